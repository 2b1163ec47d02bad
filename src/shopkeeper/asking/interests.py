"""Interests of one shop: which are followed, live or frozen, and who they mean."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from shopkeeper import intent
from shopkeeper.asking.intent import ids_of, listed, touched
from shopkeeper.engine.shop import Shop
from shopkeeper.goods import sets
from shopkeeper.intent import Interest
from shopkeeper.model.errors import BadInput, Conflict
from shopkeeper.model.product_sets import Listed
from shopkeeper.product_sets import live, read_set, sentence, to_data

CUTS: tuple[Literal["top"], Literal["share"], Literal["over"]] = ("top", "share", "over")
Subject = Literal["set", "churn", "value", "next-order"]
SUBJECTS: tuple[Subject, ...] = ("set", "churn", "value", "next-order")
UNKNOWN_TOLD = 20


class InterestAsked(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Which interest is to be followed: a set of products and who of its ranking is meant, by one of three cuts."""

    set: dict[str, Any] | None = None
    """A set of products, such as {search: running shoes}."""
    ids: list[str] | str = ""
    """Ids instead of a set."""
    frozen: bool = False
    """Keep the products that the set means now. Else its words and tests are looked up anew at each renewal."""
    by: Subject = "set"
    """What people are ranked by; but for `set` no products are named."""
    horizon: int = intent.HORIZON
    top: int | None = None
    """The first so many people."""
    share: float | None = None
    """The first share of all customers."""
    over: float | None = None
    """All with at least that chance, or so much spending in minor units, or an order within so many days."""


class InterestTold(msgspec.Struct, frozen=True):
    """An interest that is followed."""

    name: str
    by: str
    cut: Literal["top", "share", "over"]
    amount: float
    horizon: int
    people: int
    """Who is inside since the last renewal."""
    live: bool
    """Whether its products are looked up anew at each renewal."""
    said: str
    """Its products in words; empty where people are not ranked by a set."""
    set: dict[str, Any]
    renewed_at: int = 0
    """Until when it knows what people did: the last training or renewal. Microseconds."""
    unknown: tuple[str, ...] = ()
    """Told when it is followed: some of the ids that no product the model knows has."""


class RenewalTold(msgspec.Struct, frozen=True):
    """A renewal that was asked for. It is done when `renewed_at` lies after `asked_at`, here or in the list of interests."""

    asked_at: int
    """Microseconds."""
    renewed_at: int
    """Until when the model knows what people did, as of now. Microseconds."""


def follow(shop: Shop, name: str, asked: InterestAsked) -> InterestTold:
    """Follow an interest, so that segments can ask about it, or follow it anew. BadInput says what cannot be."""
    cuts = {cut: amount for cut in CUTS if (amount := getattr(asked, cut)) is not None}
    if len(cuts) != 1:
        raise BadInput("bad_cut", "Say who is meant by one of top, share and over", hint="Such as top: 500.")
    ((cut, amount),) = cuts.items()
    interest = intent.interests.check(Interest(name, _set_of(asked), cut, float(amount), asked.horizon, asked.by))
    ids: list[str] = []
    if asked.by == "set":
        if asked.frozen and not isinstance(read_set(interest.set), Listed):
            interest = msgspec.structs.replace(interest, set=sets.freeze(shop, interest.set))
        ids = ids_of(shop, interest.set)
    with shop.state.write() as conn:
        shop.refresh(conn)
        model = shop.models.current(conn)
        changed = intent.interests.follow(conn, model, shop.catalogue, interest, ids, shop.now())
        shop.refresh(conn)
        touched(shop, conn, changed)
        found = next(each for each in intent.interests.listed(conn) if each.name == interest.name)
        renewed_at = intent.trained(conn).laid_at
    unknown = intent.unknown(model, shop.catalogue, ids)
    return msgspec.structs.replace(told(found, renewed_at), unknown=tuple(unknown[:UNKNOWN_TOLD]))


def _set_of(asked: InterestAsked) -> dict[str, Any]:
    """The set that is named, as data; empty where none is."""
    ids = listed(asked.ids)
    if ids and asked.set is not None:
        raise BadInput("two_sets", "Name ids or a set, not both.", hint="Put the ids into the set.")
    if asked.by != "set" and asked.set is None and not ids:
        return {}
    return to_data(read_set({"ids": ids} if ids else asked.set, "$.set"))


def followed(shop: Shop) -> list[InterestTold]:
    """All that are followed, by name."""
    with shop.state.read() as conn:
        known = intent.interests.listed(conn)
        renewed_at = intent.trained(conn).laid_at if known else 0
        return [told(each, renewed_at) for each in known]


def told(interest: Interest, renewed_at: int) -> InterestTold:
    """An interest for programs and pages."""
    products = read_set(interest.set) if interest.set else None
    return InterestTold(
        name=interest.name,
        by=interest.of,
        cut=interest.cut,
        amount=interest.amount,
        horizon=interest.horizon,
        people=interest.size,
        live=products is not None and live(products),
        said=sentence(products) if products is not None else "",
        set=interest.set,
        renewed_at=renewed_at,
    )


def ask_renewal(shop: Shop) -> RenewalTold:
    """Have the server renew what is known of everybody, and with it the interests, within seconds. NotFound before the
    first training.
    """
    now = shop.now()
    with shop.state.write() as conn:
        intent.ask_renewal(conn, now)
        return RenewalTold(now, intent.trained(conn).laid_at)


def unfollow(shop: Shop, name: str) -> None:
    """Follow an interest no more. Conflict where a segment asks about it, NotFound where there is none."""
    with shop.state.write() as conn:
        shop.refresh(conn)
        called = intent.interests.PREFIX + name
        users = [id for id, each in shop.plan.file.segments.items() if _names(each.rule, called)]
        if users:
            raise Conflict(
                "interest_in_use",
                f"The interest {name!r} is used by the segment{'s' if len(users) > 1 else ''} {', '.join(users)}",
                hint="Have them ask about another first.",
            )
        touched(shop, conn, intent.interests.drop(conn, name, shop.now()))
        shop.refresh(conn)


def _names(rule: Any, called: str) -> bool:
    """Whether a rule asks for a prediction."""
    if isinstance(rule, dict):
        return rule.get("predicted") == called or any(_names(part, called) for part in rule.values())
    return isinstance(rule, list) and any(_names(part, called) for part in rule)
