"""What the marketer wants: shop, zones, campaigns and their communications, exactly as written in shop.yaml.

These structs are the file format: an unknown or misspelt field is an error that names its place.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from shopkeeper.model.content import Content, Element, Id, Quiz, Text
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.shapes import LANGUAGE
from shopkeeper.model.triggers import Trigger

ZoneKind = Literal["block", "popup", "notification"]
Kind = Literal["block", "popup", "notification", "recommender", "quiz", "email"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CAPTURE = "capture"
"""The element that a field for an address is."""
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class _Definition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A part of the file: an unknown or misspelt field is an error that names its place."""


class Shop(_Definition, frozen=True):
    """The storefront this installation serves."""

    name: str = "My shop"
    """What people call the shop."""
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"
    """ISO 4217; reports sum values of this currency."""
    time_zone: str = "UTC"
    """IANA name; schedules and days of charts are in this time."""
    language: Annotated[str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    """Language of the shop's pages, as en, nl or pt-BR: of the words and amounts we write into them."""


class Cap(_Definition, frozen=True):
    """At most `times` appearances per visitor in a session, or in the last 24 hours or 7 x 24 hours, on all devices."""

    times: Annotated[int, Meta(ge=1, le=1000)] = 1
    """At most 50."""
    per: Literal["session", "day", "week"] = "session"
    """The stretch of time."""


Share = Annotated[float, Meta(ge=0, le=1)]


class Settings(_Definition, frozen=True):
    """Rules a shop may choose; the defaults are those of the product's documentation."""

    consent_default: Literal["granted", "denied"] = "granted"
    """What holds for a visitor who was not asked."""
    without_tax_and_shipping: bool = False
    """Whether order values leave out tax and shipping."""
    accept_unsigned_identities: bool = False
    """Whether a user id the browser claims may join profiles. Anyone can claim any id."""
    staff_ips: tuple[str, ...] = ()
    """Addresses and networks whose events are served and kept but never counted."""
    attention: tuple[Cap, ...] = ()
    """How many pop-ups and notifications together one visitor may meet; every cap given must hold."""
    interruption_gap_s: Annotated[float, Meta(ge=0, le=3600)] = 10
    """Seconds that have to pass between two pop-ups or notifications in a browser."""
    tag_prefix: Annotated[str, Meta(pattern="^(/[a-z0-9-]{1,40}){1,4}$")] = "/sk"
    """The path under which the tag and what it asks for are served."""
    hosts: tuple[Annotated[str, Meta(pattern=r"^[a-z0-9.-]{1,253}(:[0-9]{1,5})?$")], ...] = ()
    """Hosts of the shop's pages, as shop.example.com: the admin may fetch pages from there to check them."""
    holdout: Share = 0
    """Which share of all visitors is given nothing by any campaign, from 0 to 1."""
    custom_code: bool = False
    """Whether communications may ask for `custom_code`: then whoever edits this file can run scripts in the shop."""


AttributeKind = Literal["text", "number", "boolean", "list"]
Word = Annotated[str, Meta(min_length=1, max_length=100)]


class CatalogueSettings(_Definition, frozen=True):
    """What the shop's products have of their own, and whether those only seen on pages are shown."""

    attributes: dict[Word, AttributeKind] = {}
    """Custom attributes and what they hold; others are kept as they are sent. A value that does not fit is refused."""
    show_discovered: bool = False
    """Whether products known only from visitors' events may be recommended and found. Anyone can send such events."""


class SearchSettings(_Definition, frozen=True):
    """How products are found by words."""

    language: Annotated[str, Meta(pattern=LANGUAGE)] = "en"
    """ISO 639-1 code of products that do not say theirs; without a stemmer for it words are taken as they stand."""
    synonyms: tuple[tuple[Word, ...], ...] = ()
    """Groups of words or phrases that mean the same."""
    boosts: dict[
        Literal["title", "brand", "category", "tags", "description"], Annotated[float, Meta(ge=0, le=100)]
    ] = {}
    """How much a word counts where it stands; default: title 4, brand 2, category 2, tags 2, description 1."""


Span = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3}[hd]$", description="hours or days, such as 24h or 7d")]
Model = Literal["last", "first", "linear", "position", "decay", "shapley"]


class Attribution(_Definition, frozen=True):
    """Which touch earns an order or a line. Every change is a new version, and all of history follows it."""

    order_lookback: Annotated[str, Meta(pattern=r"^(session|[1-9][0-9]{0,3}[hd])$")] = "24h"
    """How long before an order a touch may lie to earn order credit: hours or days up to 90d, or `session`."""
    product_lookback: Span = "7d"
    """How long before an order a click on a product may lie to earn product credit; up to 90d."""
    model: Model = "last"
    """Who of several touches earns an order: the `last`, the `first`, all alike (`linear`), 40/20/40 (`position`), the
    later the more (`decay`), or all communications alike (`shapley`).
    """
    half_life: Span = "7d"
    """Model `decay`: a touch so much older than the last one earns half as much; up to 90d."""
    kinds: tuple[Kind, ...] = ("block", "popup", "notification", "recommender", "quiz", "email")
    """Kinds of communications whose touches may earn."""
    notification_hovers: bool = True
    """Whether hovering a notification is a touch; hovering anything else never is."""
    credit_products_in_cart: bool = False
    """Whether a click on a product that already lies in the cart may earn."""


class Rate(_Definition, frozen=True):
    """What a currency is worth from a day on; an order takes the rate of its moment and keeps it."""

    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")]
    """ISO 4217 code of the foreign currency."""
    rate: Annotated[float, Meta(gt=0, le=1_000_000)]
    """How much of the shop's currency one unit of it is worth."""
    from_: str = msgspec.field(default="1970-01-01", name="from")
    """First moment, shop time, as 2026-03-01; from the beginning when left out."""


class Zone(_Definition, frozen=True):
    """A named place in the shop. `priority` is the strict order of its communications."""

    kind: ZoneKind = "block"
    """What may stand in it; recommenders stand in blocks."""
    title: str = ""
    """What people call it."""
    priority: tuple[Id, ...] = ()
    """Communications, the first that qualifies is shown; those not named follow in the order of the file."""


class DayPart(_Definition, frozen=True):
    """Hours of some days, shop time, end exclusive; `until` at or before `from` runs past midnight."""

    days: tuple[Day, ...] = DAYS
    """The days on which the hours begin."""
    from_: str = msgspec.field(default="00:00", name="from")
    """First minute, as 09:00."""
    until: str = "24:00"
    """The minute after the last one, as 17:30; 24:00 is midnight."""


class Schedule(_Definition, frozen=True):
    """When a campaign may be live, in shop time, end exclusive. A bare date means its first moment."""

    from_: str | None = msgspec.field(default=None, name="from")
    """First moment, as 2026-03-01 or 2026-03-01T09:30; open when left out."""
    until: str | None = None
    """The moment after the last one; open when left out."""
    day_parts: tuple[DayPart, ...] = ()
    """Hours of the week; at all hours when left out."""


class When(_Definition, frozen=True):
    """The page context a communication asks for; every list given must match, any entry of it suffices."""

    page_types: tuple[str, ...] = ()
    """Types the page names itself, as `home` or `product`."""
    url: str = ""
    """A path with `*` for any characters; matched against the path of the page's address."""
    categories: tuple[str, ...] = ()
    """Categories the page names."""
    products: tuple[str, ...] = ()
    """Products the page names."""


CONTROL = "control"
"""The variant that the others are compared with."""


class Variant(_Definition, frozen=True):
    """Alternative content under test. What it leaves out is as the communication says."""

    weight: Annotated[float, Meta(ge=0, le=1000)] = 1
    """How many visitors meet it, beside the weights of the others; with 0 nobody does."""
    content: Content | None = None
    """What the visitor sees instead."""
    elements: dict[Id, Element] | None = None
    """Clickable parts by id, instead of those of the communication."""
    recommender: Recommender | None = None
    """Which products to show instead."""


class Communication(_Definition, frozen=True):
    """One piece of content a visitor can meet."""

    kind: Kind
    """What it is."""
    zone: str = ""
    """Empty for kinds that are not shown on the site (email)."""
    content: Content = Content()
    """What the visitor sees."""
    when: When = When()
    """The page it asks for; any page when left out."""
    cap: Cap | None = None
    """How often one visitor may see it; without limit when left out."""
    trigger: Trigger = Trigger()
    """What brings a pop-up or notification forward."""
    close_after_s: Annotated[float, Meta(ge=1, le=600)] = 7
    """After how many seconds a notification vanishes."""
    elements: dict[Id, Element] = {}
    """Clickable parts by id, with their effects."""
    recommender: Recommender | None = None
    """Which products to show; kind `recommender`, or beside other content."""
    quiz: Quiz | None = None
    """What is asked; kind `quiz` only."""
    custom_code: bool = False
    """Whether its html goes into the page as it is, scripts and all; needs the setting of that name."""
    variants: dict[Id, Variant] = {}
    """Contents under test by name, one of them `control`; visitors keep theirs. Without any, nothing is tested."""

    def as_variant(self, name: str) -> Communication:
        """The communication as those see it who belong to a variant; itself where there is none of that name."""
        variant = self.variants.get(name)
        if variant is None:
            return self
        said = {field: getattr(variant, field) for field in ("content", "elements", "recommender")}
        return msgspec.structs.replace(self, **{field: value for field, value in said.items() if value is not None})

    def weights(self) -> dict[str, float]:
        """How many visitors meet each variant, beside the others."""
        return {name: variant.weight for name, variant in self.variants.items()}

    def faces(self) -> dict[str, Communication]:
        """Every way it can look, by the name of the variant; without variants itself, under no name."""
        return {name: self.as_variant(name) for name in self.variants} or {"": self}

    def part(self, id: str) -> Element | None:
        """The element of that id with its effects, also where it is an answer of a quiz or the field for an address."""
        if id in self.elements:
            return self.elements[id]
        if self.quiz is not None:
            question, _, answer = id.rpartition(".")
            asked = self.quiz.questions.get(question)
            given = asked.answers.get(answer) if asked else None
            return Element(join=given.join, set=given.set) if given else None
        capture = self.content.capture
        return Element(join=capture.join, set=capture.set) if capture and id == CAPTURE else None

    def audiences(self) -> set[str]:
        """Those it can make a visitor join: by an element, an answer or an address, in any of its variants."""
        asked = self.quiz.questions.values() if self.quiz else ()
        joins = {answer.join for question in asked for answer in question.answers.values()}
        for face in (self, *self.faces().values()):
            joins |= {element.join for element in face.elements.values()}
            joins |= {face.content.capture.join} if face.content.capture else set()
        return joins - {""}


class Sequence(_Definition, frozen=True):
    """Ordered steps of a campaign; each step is a communication."""

    name: str = ""
    """What people call it."""
    steps: tuple[Id, ...] = ()
    """Communications in their order."""


class Campaign(_Definition, frozen=True):
    """What the marketer manages: segment, schedule and the communications shown under them."""

    name: str = ""
    """What people call it."""
    status: Literal["draft", "published", "paused"] = "draft"
    """Only published campaigns are live."""
    segment: str = "everyone"
    """A pre-built segment such as `everyone` or `returning-customers`, one of this file, or `audience:<name>`."""
    schedule: Schedule = Schedule()
    """When it may be live; always when left out."""
    caps: tuple[Cap, ...] = ()
    """How often one visitor may meet its communications together; every cap given must hold."""
    holdout: Share = 0
    """Which share of visitors is given nothing by this campaign, from 0 to 1, to see what it brings."""
    held_out: Literal["nothing", "next"] = "nothing"
    """What those see instead: `nothing`, or the `next` communication of the zone that qualifies."""
    communications: dict[Id, Communication] = {}
    """By id; ids are unique in the whole file."""
    sequences: dict[Id, Sequence] = {}
    """By id; one named `main` with all communications when left out."""


class SegmentDefinition(_Definition, frozen=True):
    """A live rule with a name; the guide to segments shows every condition."""

    rule: dict[str, Any]
    """The tree of conditions."""
    name: str = ""
    """What people call it."""
    note: Text = ""
    """What it is for."""


class ShopFile(_Definition, frozen=True):
    """The whole of shop.yaml."""

    shop: Shop = Shop()
    """The storefront."""
    settings: Settings = Settings()
    """Rules the shop chose."""
    attribution: Attribution = Attribution()
    """Which touch earns what."""
    catalogue: CatalogueSettings = CatalogueSettings()
    """What products have."""
    search: SearchSettings = SearchSettings()
    """How products are found."""
    strings: dict[str, Text] = {}
    """Words we write into the shop's pages, where others are wanted than those of its language."""
    rates: tuple[Rate, ...] = ()
    """What other currencies are worth; orders in a currency without a rate are shown apart, never summed."""
    zones: dict[Id, Zone] = {}
    """Places in the shop, by id."""
    segments: dict[Id, SegmentDefinition] = {}
    """By id; one with the id of a pre-built segment takes its place."""
    recommenders: dict[Id, Recommender] = {}
    """By id; asked for over the API and the command line. Those of communications are named by their communication."""
    campaigns: dict[Id, Campaign] = {}
    """By id. What is taken out of the file is soft-deleted."""


class Product(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A product as everything that decides knows it, without its long text; prices in minor units of `currency`.

    There may be half a million of them and none is part of a ring: so Python's collector does not look at them.
    """

    id: str
    name: str
    url: str = ""
    image: str = ""
    price: int | None = None
    sale_price: int | None = None
    currency: str = ""
    category: str = ""
    """The main one, as it was said: a name, or a path such as `Home > Kitchen > Cups`."""
    brand: str = ""
    in_stock: bool = True
    """Whether it can be bought now."""
    variant_of: str = ""
    """The product it is a variant of, or the id that its group shares."""
    cost: int | None = None
    """What one costs the shop, in `currency`; margins are told where it is known."""
    created_at: int = 0
    """When it was made, as the shop says; else when it was first seen here. Microseconds."""
    extra: dict[str, Any] = {}
    """Custom attributes by name, of the types that shop.yaml declares, else as they were sent."""
    categories: tuple[str, ...] = ()
    """Further categories beside the main one."""
    images: tuple[str, ...] = ()
    """Further pictures beside the main one."""
    tags: tuple[str, ...] = ()
    stock: int | None = None
    """Units on hand, where the shop tells."""
    availability: str = ""
    """in_stock, out_of_stock, preorder or backorder, where the shop tells."""
    language: str = ""
    """ISO 639-1 code of its texts; the shop's where it is not said."""
    discovered: bool = False
    """Known only from pages that visitors saw; anybody can send those."""
    retired_at: int = 0
    """When it was missing from the whole catalogue; 0 for one that is sold. Microseconds."""

    @property
    def paid(self) -> int | None:
        """What a buyer pays: the sale price where there is one."""
        return self.price if self.sale_price is None else self.sale_price

    @property
    def on_sale(self) -> bool:
        """Sold below its own price."""
        return self.sale_price is not None and self.price is not None and self.sale_price < self.price

    def without_text(self) -> Product:
        """The same without its long text."""
        return self


class FullProduct(Product, frozen=True, omit_defaults=True, gc=False):
    """A product with its long text: as a shop sends it and the catalogue stores it, never held for all products."""

    description: str = ""

    def without_text(self) -> Product:
        return Product(*(getattr(self, name) for name in Product.__struct_fields__))
