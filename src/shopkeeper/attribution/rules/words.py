"""What attribution speaks of: interactions, touches, sales, the rule set, and credit. Everything is ordered by Key."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec

from shopkeeper.model.time import DAY, HOUR

Key = tuple[int, bytes]
"""(at, event id): the order of everything."""
Same = Callable[[str], str]
"""Maps a product to the id that stands for it and all its variants."""
WHOLE = 1_000_000
"""Shares of an order are told in millionths."""
UNLIMITED = 1 << 60
"""The reach of a lookback that has no length: a session may last for ever."""
WHOLE_ORDER = -1
"""The line number of order credit."""


class Interaction(msgspec.Struct, frozen=True):
    """One act of a person with a communication, or a cart movement (acts `added` and `removed`)."""

    at: int
    event_id: bytes
    act: str
    """shown, clicked, hovered, discarded, withheld, added, removed."""
    person: str
    device: str
    session: int
    """Start of the session it belongs to."""
    communication: str = ""
    element: str = ""
    product: str = ""
    """The product clicked in a recommender, or moved in or out of the cart."""
    zone: str = ""
    version: int | None = None
    device_class: str = ""
    """desktop, mobile or tablet; empty where the sender did not say."""
    offered: str = ""
    """The products a recommender showed, first slot first: JSON of [product, strategy] pairs."""
    variant: str = ""
    """The variant that was met."""

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class Touch(msgspec.Struct, frozen=True):
    """An interaction that may earn, with what its definition adds: kind, campaign, products the click counts for."""

    at: int
    event_id: bytes
    act: str
    communication: str
    campaign: str
    kind: str
    element: str
    zone: str
    products: frozenset[str] = frozenset()
    session: tuple[str, int] = ("", 0)
    """(device, start) of its session."""
    lives_until: int = 0
    """The first moment at which its session is over; 0 where nobody asked."""

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class Defined(NamedTuple):
    """What the version served says of an interaction's communication and element."""

    campaign: str
    kind: str
    products: frozenset[str]
    """Those the element counts for."""
    recommends: bool
    """It shows recommended products."""


class SaleLine(NamedTuple):
    """A line with a product; `product` stands for its variants, money in minor units."""

    number: int
    product: str
    net: int
    refunded: int = 0


class Sale(NamedTuple):
    """An order that counts, as attribution sees it."""

    order_id: str
    at: int
    event_id: bytes
    currency: str
    net: int
    refunded: int
    lines: tuple[SaleLine, ...]

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class CartMove(NamedTuple):
    """A product put into the cart or taken out of it."""

    at: int
    event_id: bytes
    product: str
    added: bool

    @property
    def order(self) -> Key:
        return (self.at, self.event_id)


class Rules(msgspec.Struct, frozen=True):
    """A rule set, in microseconds. The defaults are those of a shop that chose nothing."""

    version: int = 0
    order_lookback: int | None = 24 * HOUR
    """None: a touch counts for orders of its session."""
    product_lookback: int = 7 * DAY
    model: str = "last"
    half_life: int = 7 * DAY
    kinds: frozenset[str] = frozenset(("block", "popup", "notification", "recommender", "quiz", "email"))
    notification_hovers: bool = True
    credit_products_in_cart: bool = False

    @property
    def reach(self) -> int:
        """How far an interaction can reach forward to an order."""
        return max(UNLIMITED if self.order_lookback is None else self.order_lookback, self.product_lookback)


class Credit(msgspec.Struct, frozen=True):
    """What one touch earns of one order, or of one line of it: an entry of one of the two ledgers."""

    order_id: str
    line: int
    """WHOLE_ORDER in the order ledger, else the line's number."""
    at: int
    """When the order was placed."""
    person: str
    currency: str
    product: str
    value: int
    """Net of refunds, minor units."""
    refunded: int
    campaign: str
    communication: str
    element: str
    zone: str
    touch_at: int
    touch_id: bytes
    rule: int
    """Version of the rules that gave it."""
    share: int = WHOLE
    """How much of the order it is, in millionths."""
    leads: bool = True
    """Of those who share an order exactly one leads: with it the order is counted."""
