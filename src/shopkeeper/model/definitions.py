"""What the marketer wants: shop, zones, campaigns and their communications, exactly as written in shop.yaml.

These structs are the file format: an unknown or misspelt field is an error that names its place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$", description="lower-case letters, digits, . _ -")]
ZoneKind = Literal["block", "popup", "notification"]
Kind = Literal["block", "popup", "notification", "recommender", "email"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Text = Annotated[str, Meta(max_length=20_000)]


class _Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class Shop(_Definition, frozen=True):
    """The storefront this installation serves."""

    name: str = "My shop"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"
    time_zone: str = "UTC"


class Settings(_Definition, frozen=True):
    """Rules a shop may choose; the defaults are those of the product's documentation."""

    order_lookback_hours: Annotated[int, Meta(ge=1, le=2160)] = 24
    product_lookback_days: Annotated[int, Meta(ge=1, le=90)] = 7
    credit_products_in_cart: bool = False
    consent_default: Literal["granted", "denied"] = "granted"
    without_tax_and_shipping: bool = False
    accept_unsigned_identities: bool = False
    staff_ips: tuple[str, ...] = ()


class Zone(_Definition, frozen=True):
    """A named place in the shop. `priority` is the strict order of its communications."""

    kind: ZoneKind = "block"
    title: str = ""
    priority: tuple[Id, ...] = ()


class DayPart(_Definition, frozen=True):
    """Hours of some days, shop time, end exclusive; `until` at or before `from` runs past midnight."""

    days: tuple[Day, ...] = DAYS
    from_: str = msgspec.field(default="00:00", name="from")
    until: str = "24:00"


class Schedule(_Definition, frozen=True):
    """When a campaign may be live, in shop time, end exclusive. A bare date means its first moment."""

    from_: str | None = msgspec.field(default=None, name="from")
    until: str | None = None
    day_parts: tuple[DayPart, ...] = ()


class Content(_Definition, frozen=True):
    """What the visitor sees. `html` is cleaned when it is applied; the rest is plain text."""

    heading: Text = ""
    text: Text = ""
    image: str = ""
    image_alt: str = ""
    button: str = ""
    href: str = ""
    html: Annotated[str, Meta(max_length=200_000)] = ""


class When(_Definition, frozen=True):
    """The page context a communication asks for; every list given must match, any entry of it suffices."""

    page_types: tuple[str, ...] = ()
    url: str = ""
    """A path with `*` for any characters; matched against the path of the page's address."""
    categories: tuple[str, ...] = ()
    products: tuple[str, ...] = ()


class Cap(_Definition, frozen=True):
    """At most `times` appearances per visitor in a session, or in the last 24 hours or 7 x 24 hours."""

    times: Annotated[int, Meta(ge=1, le=1000)] = 1
    per: Literal["session", "day", "week"] = "session"


class Trigger(_Definition, frozen=True):
    """The browser condition that brings a pop-up or notification forward."""

    on: Literal["load", "delay", "exit_intent", "scroll"] = "load"
    seconds: Annotated[float, Meta(ge=0, le=3600)] = 0
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5


class Element(_Definition, frozen=True):
    """A clickable part and the effects of a click on it.

    `join` names an audience, `set` gives attributes, `products` are those the click counts as a click on.
    """

    href: str = ""
    join: str = ""
    set: dict[str, str | int | float | bool] = {}
    products: tuple[str, ...] = ()


class Recommender(_Definition, frozen=True):
    """Which products to show: strategies are tried in order until together they fill `min`."""

    title: str = ""
    strategies: tuple[str, ...] = ("best_sellers",)
    category: str = ""
    """`page` for the category of the page, a category's name, or empty for the whole shop."""
    min: Annotated[int, Meta(ge=1, le=48)] = 1
    max: Annotated[int, Meta(ge=1, le=48)] = 6


class Communication(_Definition, frozen=True):
    """One piece of content a visitor can meet."""

    kind: Kind
    zone: str = ""
    """Empty for kinds that are not shown on the site (email)."""
    content: Content = Content()
    when: When = When()
    cap: Cap | None = None
    trigger: Trigger = Trigger()
    close_after_s: Annotated[float, Meta(ge=1, le=600)] = 7
    elements: dict[Id, Element] = {}
    recommender: Recommender | None = None


class Sequence(_Definition, frozen=True):
    """Ordered steps of a campaign; each step is a communication."""

    name: str = ""
    steps: tuple[Id, ...] = ()


class Campaign(_Definition, frozen=True):
    """What the marketer manages: segment, schedule and the communications shown under them."""

    name: str = ""
    status: Literal["draft", "published", "paused"] = "draft"
    segment: str = "everyone"
    schedule: Schedule = Schedule()
    communications: dict[Id, Communication] = {}
    sequences: dict[Id, Sequence] = {}


class ShopFile(_Definition, frozen=True):
    """The whole of shop.yaml."""

    shop: Shop = Shop()
    settings: Settings = Settings()
    zones: dict[Id, Zone] = {}
    campaigns: dict[Id, Campaign] = {}


class Product(msgspec.Struct, frozen=True, omit_defaults=True):
    """A product as the catalogue knows it; prices in minor units of `currency`."""

    id: str
    name: str
    url: str = ""
    image: str = ""
    price: int | None = None
    sale_price: int | None = None
    currency: str = ""
    category: str = ""
    brand: str = ""
    in_stock: bool = True
    variant_of: str = ""
    created_at: int = 0
    extra: dict[str, Any] = {}
