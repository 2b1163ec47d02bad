"""The language of segments: a closed tree of conditions, data only. What each condition means is told in the guide.

A rule is written as nested mappings; which condition a mapping is shows in its first word:
`{all: [{segment: returning-customers}, {did: Product Viewed, where: {category: tea}, within: 30 days}]}`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shopkeeper.model.content import Id
from shopkeeper.model.definitions import DAYS, Day

Scalar = str | int | float | bool
Name = Annotated[str, Meta(min_length=1, max_length=255)]
Duration = Annotated[str, Meta(min_length=2, max_length=40, description="as 30 days, 12 hours, 30 minutes, 2 weeks")]
Moment = Annotated[
    str, Meta(min_length=10, max_length=40, description="a date, both ends included, or a time; shop time")
]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Range(_Part, frozen=True):
    """Bounds of a number; all that are given must hold. A bare number means exactly that."""

    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    exactly: float | None = None

    @property
    def empty(self) -> bool:
        """No bound is given."""
        return self == _ANY

    def holds(self, number: float) -> bool:
        """Whether a number lies inside."""
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
            and (self.exactly is None or number == self.exactly)
        )


_ANY = Range()


class Test(_Part, frozen=True):
    """What a value has to be; all that is given must hold. A bare value means exactly that, a list any of them.

    Text is compared without regard to case. A missing value passes no test but `exists: false`, unless `or_missing`.
    """

    is_: Scalar | list[Scalar] | None = msgspec.field(default=None, name="is")
    not_: Scalar | list[Scalar] | None = msgspec.field(default=None, name="not")
    contains: Name | None = None
    starts_with: Name | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None
    exists: bool | None = None
    or_missing: bool = False

    @property
    def empty(self) -> bool:
        """It asks for nothing."""
        return self == Test() or self == Test(or_missing=True)


Numbers = float | Range
Tests = Scalar | list[Scalar] | Test
Where = dict[Name, Tests]
OF_PRODUCT = "product."
"""Before any attribute of a product as sets of products name it: what the catalogue says of it now."""


class _Timed(_Part, frozen=True, kw_only=True):
    """Conditions on what happened in a period; without one, ever."""

    within: Duration | None = msgspec.field(default=None)
    """At most so long ago; a day is 24 hours."""
    older_than: Duration | None = msgspec.field(default=None)
    """More than so long ago."""
    from_: Moment | None = msgspec.field(default=None, name="from")
    """Not before; a bare date means its first moment in shop time."""
    until: Moment | None = msgspec.field(default=None)
    """Not after; a bare date is included to its last moment."""


class _Acts(_Timed, frozen=True, kw_only=True):
    """Conditions on acts that can be counted and followed by others."""

    times: Numbers | None = msgspec.field(default=None)
    """How often; at least once when left out."""
    when: Literal["any", "first", "last"] = msgspec.field(default="any")
    """Whether the period is about any, about the first ever or about the last such act; it then counts for one."""
    then: dict[str, Any] | None = msgspec.field(default=None)
    """An act that followed: `did`, `met` or `orders` with its `where`."""
    then_not: dict[str, Any] | None = msgspec.field(default=None)
    """An act that did not follow."""
    then_within: Duration | None = msgspec.field(default=None)
    """How soon it followed; for `then_not`, how long was waited in vain."""


class All(_Part, frozen=True):
    """Every condition holds."""

    all: Annotated[list[dict[str, Any]], Meta(min_length=1)]


class Either(_Part, frozen=True):
    """At least one condition holds."""

    any: Annotated[list[dict[str, Any]], Meta(min_length=1)]


class Not(_Part, frozen=True):
    """The condition does not hold."""

    not_: dict[str, Any] = msgspec.field(name="not")


class Everybody(_Part, frozen=True):
    """All people."""

    everybody: Literal[True]


class Reference(_Part, frozen=True):
    """Whoever is in another segment."""

    segment: Name


class Did(_Acts, frozen=True):
    """An event: its name, `page` for a page view, or `anything`."""

    did: Name | list[Name]
    where: Where = {}
    """Tests of the event's properties; product, category, brand, price, on_sale and path are known to all."""
    total: Numbers | None = None
    """Bounds of the sum of a property over these events, instead of how often; see `of`."""
    of: Name = "value"
    """The property that is summed."""


class Met(_Acts, frozen=True):
    """An act with the content of a campaign; `held_out` would have seen it and was held out to measure it.

    An e-mail is `received`, `opened` (which mail programs also say of themselves), and `unsubscribed` from.
    """

    met: Literal["saw", "clicked", "hovered", "discarded", "held_out", "received", "opened", "unsubscribed"]
    campaign: Id | None = None
    communication: Id | None = None
    element: Id | None = None
    variant: Id | None = None
    """The variant it was met as; for those held out, the one they would have met."""


class Orders(_Acts, frozen=True):
    """How many orders that count; with a `where` about products, those that hold such a line."""

    orders: Numbers
    where: Where = {}
    """product, category, brand, price of a line; order_value, discounted, refunded, month of the order."""


class Spend(_Timed, frozen=True):
    """Net value of orders in the shop's currency; with a `where` about products, of such lines."""

    spend: Numbers
    where: Where = {}


class AverageOrder(_Timed, frozen=True):
    """Mean net value of orders in the shop's currency; nobody without an order."""

    average_order: Numbers
    where: Where = {}


class Share(_Timed, frozen=True):
    """Which share of the orders passes a test, from 0 to 1; nobody without an order."""

    order_share: Numbers
    where: Where


class Rhythm(_Part, frozen=True):
    """Time since the last order, in units of the person's usual gap between orders.

    The usual gap is (last - first) / (orders - 1) from `sure_from` orders on, below that `usual_gap`.
    """

    overdue: Numbers
    usual_gap: Duration = "60 days"
    sure_from: Annotated[int, Meta(ge=2, le=100)] = 3


class Cart(_Timed, frozen=True):
    """Products put into the cart, not taken out and not ordered since. The period is about its last change."""

    cart: Literal["open"]
    where: Where = {}
    """Tests one product in it has to pass."""
    value: Numbers | None = None
    """Bounds of the value of all that is in it."""


class Joined(_Timed, frozen=True):
    """A member of an audience; the period is about the first joining."""

    audience: Name


class Attribute(_Part, frozen=True):
    """The latest value of an attribute."""

    attribute: Name
    is_: Tests = msgspec.field(name="is")


class Visitor(_Part, frozen=True):
    """What was last known of the visitor's device, place and origin."""

    visitor: Literal[
        "device", "browser", "os", "language", "country", "region", "referrer", "source", "medium", "utm_campaign"
    ]
    is_: Tests = msgspec.field(name="is")


class Visits(_Timed, frozen=True):
    """How many visits: what one person did on one device without a pause of half an hour.

    The period is about the beginning of a visit.
    """

    visits: Numbers
    where: Where = {}
    """entry (path of the first page), device, referrer, source, medium, utm_campaign of its first event."""
    pages: Numbers | None = None
    """Pages viewed in the visit."""
    minutes: Numbers | None = None
    """From its first to its last event."""


class Clock(_Part, frozen=True):
    """Hours of some days, shop time, end exclusive; `until` at or before `from` runs past midnight."""

    clock: tuple[Day, ...] = DAYS
    from_: str = msgspec.field(default="00:00", name="from")
    until: str = "24:00"


class Consent(_Part, frozen=True):
    """The visitor's choice on a purpose, else the shop's default."""

    consent: Literal["measurement", "personalisation", "marketing"]
    is_: Literal["granted", "denied"] = msgspec.field(default="granted", name="is")


class Bucket(_Part, frozen=True):
    """A random but lasting share of all people, in percent from 0 to 100; `seed` makes another draw."""

    bucket: Numbers
    seed: Annotated[str, Meta(max_length=64)] = ""


class Top(_Timed, frozen=True):
    """The top share by a metric, from 0 to 1, of those who have any; the threshold is renewed daily."""

    top: Annotated[float, Meta(gt=0, le=1)]
    by: Literal["spend", "orders", "average_order", "last_order", "pages", "events"]


class Predicted(_Part, frozen=True):
    """A prediction about the person, such as purchase intent; only those that are installed."""

    predicted: Name
    is_: Tests = msgspec.field(name="is")


Condition = (
    All
    | Either
    | Not
    | Everybody
    | Reference
    | Did
    | Met
    | Orders
    | Spend
    | AverageOrder
    | Share
    | Rhythm
    | Cart
    | Joined
    | Attribute
    | Visitor
    | Visits
    | Clock
    | Consent
    | Bucket
    | Top
    | Predicted
)
CONDITIONS: dict[str, type[_Part]] = {
    "all": All,
    "any": Either,
    "not": Not,
    "everybody": Everybody,
    "segment": Reference,
    "did": Did,
    "met": Met,
    "orders": Orders,
    "spend": Spend,
    "average_order": AverageOrder,
    "order_share": Share,
    "overdue": Rhythm,
    "cart": Cart,
    "audience": Joined,
    "attribute": Attribute,
    "visitor": Visitor,
    "visits": Visits,
    "clock": Clock,
    "consent": Consent,
    "bucket": Bucket,
    "top": Top,
    "predicted": Predicted,
}
"""First word of a condition -> the condition."""
