"""Products recommended by the open shop on request: by a definition's name, or by strategies said with the request."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from shopkeeper import recommenders, timelines
from shopkeeper.engine.decide import Asked, visitor_of
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput, NotAllowed, NotFound
from shopkeeper.model.events import user_device
from shopkeeper.model.money import decimal_text
from shopkeeper.model.recommenders import Amount, Few, Hidden, Key, Recommender, Relative
from shopkeeper.model.shapes import misfit
from shopkeeper.model.time import MINUTE
from shopkeeper.recommenders import Occasion, Pick

MOST_IN_CART = 200
VISIT = 30 * MINUTE
AUTOMATIC = ("automatic",)
Only = Literal["again", "new"]


class RecommendAsked(
    msgspec.Struct,
    frozen=True,
    forbid_unknown_fields=True,
    omit_defaults=True,
    rename={"write_key": "writeKey", "anonymous_id": "anonymousId", "user_id": "userId"},
):
    """What is to be recommended, where and to whom. All of it is optional."""

    recommender: Annotated[str, Meta(max_length=255)] = ""
    """The name of a definition: under `recommenders:` of shop.yaml, or a communication that has one."""
    strategies: Annotated[tuple[str, ...], Meta(max_length=24)] = ()
    """Strategies by name, tried in this order; `automatic` when neither is said."""
    product: Annotated[str, Meta(max_length=255)] = ""
    """The product of the page."""
    category: Annotated[str, Meta(max_length=2_000)] = ""
    """Only of this category."""
    brand: Annotated[str, Meta(max_length=2_000)] = ""
    """Only of this brand."""
    page: Annotated[str, Meta(max_length=100)] = ""
    """The type of the page, such as `cart`."""
    cart: Annotated[tuple[Key, ...], Meta(max_length=MOST_IN_CART)] | None = None
    """Products in the cart; those the visitor's events tell when left out."""
    products: Annotated[tuple[Key, ...], Meta(max_length=1_000)] = ()
    """Strategy `manual`."""
    search: Annotated[str, Meta(max_length=200)] = ""
    """Strategy `search`."""
    free_delivery_from: Amount | None = None
    """Strategy `free_delivery`; whole units of the shop's currency."""
    relative: tuple[Relative, ...] = ()
    """Beside the product of the page."""
    hide: tuple[Hidden, ...] | None = None
    """What is left out; `out_of_stock` unless said."""
    per_brand: Few | None = None
    per_category: Few | None = None
    min: Few | None = None
    max: Few | None = None
    include: dict[str, Any] | None = None
    """A set of products; needs the secret key."""
    exclude: dict[str, Any] | None = None
    """A set of products; needs the secret key."""
    without: Annotated[tuple[Key, ...], Meta(max_length=1_000)] = ()
    """Products that stand on the page already."""
    lists: bool = False
    """Also two lists: what the visitor bought before (`again`), and what they never did (`new`)."""
    anonymous_id: Annotated[str, Meta(max_length=255)] | None = None
    user_id: Annotated[str, Meta(max_length=255)] | None = None
    """Believed from a server, or with `signature`."""
    signature: str | None = None
    consent: dict[str, bool] = {}
    write_key: str | None = None


class Recommended(msgspec.Struct, frozen=True):
    """A product, why it was chosen, and by what."""

    id: str
    name: str
    price: str | None
    """Decimal; what a buyer pays."""
    was: str | None
    """Decimal; its own price, where it is sold below that."""
    currency: str
    url: str
    image: str
    reason: str
    strategy: str


class RecommendTold(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is recommended; nothing where fewer than the minimum were found."""

    title: str
    products: list[Recommended]
    again: list[Recommended] | None = None
    """Of what the visitor bought before; only if asked for."""
    new: list[Recommended] | None = None
    unknown_ids: list[str] = []
    """Of the product and the cart: what is not in the catalogue."""
    counted_at: int = 0
    """When what everybody did was counted, microseconds; left out before the first time."""


def read_recommend(data: Mapping[str, Any]) -> RecommendAsked:
    """A request as it came in; BadInput names the field that cannot be used."""
    try:
        return msgspec.convert(data, RecommendAsked)
    except msgspec.ValidationError as error:
        words, place = misfit(error)
        hint = "See docs/guide/recommenders.md."
        raise BadInput("bad_request", f"The request cannot be read: {words}.", where=place, hint=hint) from None


def recommend(shop: Shop, asked: RecommendAsked, *, server: bool) -> RecommendTold:
    """The answer to a request. `server` is whether it came with the secret key, which sets of products need."""
    if not server and (asked.include is not None or asked.exclude is not None):
        error = NotAllowed("secret_key_needed", "Sets of products need the secret key.", where="$.include")
        error.status = 403
        raise error
    return _answered(shop, asked, _definition(shop, asked), _visit(shop, asked, server=server))


def recommend_to(shop: Shop, asked: RecommendAsked, person: str) -> RecommendTold:
    """The same for a person by name, whose running visit is that of the last half hour."""
    now = shop.now()
    with shop.state.read() as conn:
        timeline = timelines.load(conn, person)
    latest = [fact.at for fact in timeline.events if fact.at <= now]
    start = now
    for at in reversed(latest):
        if start - at > VISIT:
            break
        start = at
    visit = partial(Occasion, now, session_start=start, timeline=lambda: timeline)
    return _answered(shop, asked, _definition(shop, asked), visit)


def _visit(shop: Shop, asked: RecommendAsked, *, server: bool) -> Callable[..., Occasion]:
    """The occasion, but for the page: who is looking, as far as they permit to be known."""
    now = shop.now()
    device = asked.anonymous_id or (user_device(asked.user_id) if asked.user_id else "")
    said = Asked(
        anonymous_id=asked.anonymous_id, user_id=asked.user_id, signature=asked.signature, consent=asked.consent
    )
    visitor = visitor_of(shop, said, device, now, server=server) if device else None
    if visitor is None or not visitor.personal:
        return partial(Occasion, now)
    read = partial(timelines.glance, shop.state, visitor.profile.person)
    return partial(Occasion, now, session_start=visitor.moment.session_start, timeline=read)


def _definition(shop: Shop, asked: RecommendAsked) -> Recommender:
    """The recommender that is meant, with what the request says otherwise."""
    if asked.recommender and asked.strategies:
        raise BadInput(
            "bad_request", "recommender and strategies exclude each other.", where="$.strategies", hint="Name one."
        )
    base = Recommender(strategies=asked.strategies or AUTOMATIC)
    if asked.recommender:
        known = recommenders.named(shop.plan.file)
        if asked.recommender not in known:
            hint = f"There are: {', '.join(known) or 'none yet'}. Strategies go into `strategies`."
            raise NotFound(
                "unknown_recommender",
                f"There is no recommender {asked.recommender!r}.",
                where="$.recommender",
                hint=hint,
            )
        base = known[asked.recommender]
    said = {name: value for name in _OVER if (value := getattr(asked, name)) not in (None, "", ())}
    found = replace(base, **said)
    recommenders.check(found, "$")
    return found


_OVER = (
    *("category", "brand", "products", "search", "free_delivery_from", "relative", "hide", "per_brand", "per_category"),
    *("min", "max", "include", "exclude"),
)
"""Fields of a definition that a request may say otherwise."""


def _answered(
    shop: Shop, asked: RecommendAsked, definition: Recommender, visit: Callable[..., Occasion]
) -> RecommendTold:
    shelves = shop.shelves
    category = "" if asked.category == "page" else asked.category
    occasion = visit(page=asked.page, product=asked.product, category=category, cart=asked.cart)

    def found(only: Only | None = None) -> list[Recommended]:
        meant = replace(definition, only=only, min=1) if only else definition
        return [*map(_told, recommenders.choose(shelves, meant, occasion, asked.without))]

    return RecommendTold(
        definition.title,
        found(),
        found("again") if asked.lists else None,
        found("new") if asked.lists else None,
        _unknown(shop, [asked.product, *(asked.cart or ())]),
        shelves.now.counts.at,
    )


def _unknown(shop: Shop, ids: Iterable[str]) -> list[str]:
    known = shop.catalogue
    return [id for id in dict.fromkeys(ids) if id and id not in known.products and id not in known.members]


def _told(pick: Pick) -> Recommended:
    product: Product = pick.product

    def decimal(units: int | None) -> str | None:
        return None if units is None else decimal_text(units, product.currency)

    return Recommended(
        product.id,
        product.name,
        decimal(product.paid),
        decimal(product.price) if product.on_sale else None,
        product.currency,
        product.url,
        product.image,
        pick.reason,
        pick.strategy,
    )
