"""Purchase intent of one shop: asking the current model, time frames, lists, interests, and training."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

import msgspec

from shopkeeper import insights, intent
from shopkeeper.engine import segments
from shopkeeper.engine.shop import Shop
from shopkeeper.goods.finding import find
from shopkeeper.goods.sets import resolved
from shopkeeper.insights import members, telling
from shopkeeper.insights.told import ListTold
from shopkeeper.intent import Customer, Interested, Trained
from shopkeeper.intent.interests import FACT
from shopkeeper.intent.read import FOUND
from shopkeeper.model.errors import BadInput, Unavailable
from shopkeeper.model.product_sets import Listed
from shopkeeper.product_sets import read_set
from shopkeeper.search import Question as Looking
from shopkeeper.search.question import LONGEST_TEXT
from shopkeeper.segments import touch
from shopkeeper.storage import Connection
from shopkeeper.timelines import persons

log = logging.getLogger(__name__)


class PurchasedQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Who has purchased of a set: of products named by their ids, or of a set of products as data."""

    ids: list[str] | str = ""
    set: dict[str, Any] | None = None
    """A set of products, such as {search: running shoes}, as of now."""
    when: dict[str, Any] = {}
    universe: Literal["identified", "with orders"] = "identified"


class Question(msgspec.Struct, forbid_unknown_fields=True):
    """Who wants to buy some of a set, among whom."""

    ids: list[str] | str = ""
    set: dict[str, Any] | None = None
    """A set of products, such as {search: running shoes}, as of now; instead of ids."""
    horizon: int = intent.HORIZON
    top: int = 500
    explain: bool = False
    segment: str = ""
    """Only people in this segment."""
    purchased: PurchasedQuestion | None = None
    """Only people who have purchased of that."""
    not_purchased: PurchasedQuestion | None = None
    """Only people who have not."""


def listed(ids: list[str] | str) -> list[str]:
    """Ids, or a text of them separated by commas, semicolons, spaces or lines."""
    return [id for id in re.split(r"[\s,;]+", ids) if id] if isinstance(ids, str) else ids


def _meant(shop: Shop, asked: Question | PurchasedQuestion) -> list[str]:
    """The ids that are meant, those of no product among them. BadInput where none is named; EmptySet where a set means
    no product.
    """
    if asked.set is None:
        return listed(asked.ids)
    if listed(asked.ids):
        raise BadInput(
            "two_sets", "Name ids or a set, not both.", hint="Put the ids into the set: {all: [..., {ids: ...}]}."
        )
    return ids_of(shop, asked.set)


def ids_of(shop: Shop, said: Mapping[str, Any]) -> list[str]:
    """The ids that a set of products means now, those of no product among them. EmptySet where it means no product."""
    products = read_set(said, "$.set")
    if isinstance(products, Listed):
        return list(products.ids)  # the model knows what was ordered, also where the catalogue does not
    found = resolved(shop, products)
    return [*found.products, *found.unknown_ids]


def ask(shop: Shop, question: Question) -> Interested:
    """The first people for a set, in one view that holds still."""
    ids = _meant(shop, question)
    with shop.state.read() as conn:
        shop.refresh(conn)
        model = shop.models.current(conn)
        return intent.interested(
            conn,
            model,
            shop.catalogue,
            ids,
            question.horizon,
            question.top,
            question.explain,
            _among(shop, conn, question),
        )


def _among(shop: Shop, conn: Connection, question: Question) -> Collection[str] | None:
    """The people that may be ranked; None for everybody."""
    parts: list[set[str]] = []
    if question.segment:
        base = segments.base(shop, conn)
        parts.append({member.person for member in members(base, base.segment(question.segment)).people})
    for asked, have in ((question.purchased, True), (question.not_purchased, False)):
        if asked is not None:
            parts.append(set(_purchased(shop, conn, asked, have=have)))
    return set.intersection(*parts) if parts else None


def _purchased(shop: Shop, conn: Connection, asked: PurchasedQuestion, *, have: bool) -> list[str]:
    ids, zone = _meant(shop, asked), shop.plan.zone
    when, universe = asked.when, asked.universe
    found = intent.purchased(
        conn, shop.history, shop.catalogue, zone, shop.now(), ids, when, have=have, universe=universe
    )
    names = persons(conn, found)
    return sorted(names[who] for who in found if who in names)


def purchased(shop: Shop, asked: PurchasedQuestion, *, have: bool = True) -> list[str]:
    """The people who have purchased of a set in a time frame, or have not."""
    with shop.state.read() as conn:
        shop.refresh(conn)
        return _purchased(shop, conn, asked, have=have)


def strange(shop: Shop, asked: PurchasedQuestion) -> list[str]:
    """The ids of the question that are neither in the catalogue nor in any order."""
    with shop.state.read() as conn:
        return intent.unsold(conn, shop.history, shop.catalogue, _meant(shop, asked))


def freeze(shop: Shop, question: Question, name: str) -> ListTold:
    """Keep the first people as a list."""
    found = ask(shop, question)
    what = f"want to buy of {found.size:,} products within {found.horizon} days, the first {len(found.people):,}"
    return _keep(shop, name, what, [wanting.person for wanting in found.people])


def freeze_purchased(shop: Shop, asked: PurchasedQuestion, name: str, *, have: bool = True) -> ListTold:
    """Keep the people who have purchased of a set, or have not, as a list."""
    what = f"have {'' if have else 'not '}purchased of {len(_meant(shop, asked)):,} products"
    return _keep(shop, name, what, purchased(shop, asked, have=have))


def _keep(shop: Shop, name: str, what: str, people: list[str]) -> ListTold:
    with shop.state.write() as conn:
        base = segments.base(shop, conn)
        return telling.list_told(base, insights.keep(conn, name, "intent", what, people, base.now))


def customer(shop: Shop, name: str) -> Customer:
    """What is foretold of a customer, named by their person or user id."""
    with shop.state.read() as conn:
        return intent.customer(conn, shop.models.current(conn), insights.person_named(conn, name))


def train(shop: Shop, say: Callable[[str], None] = lambda _: None) -> Trained:
    """Train on everything before today, and serve the new version from then on."""
    return intent.train(_world(shop, say))


def renew(shop: Shop, say: Callable[[str], None] = lambda _: None) -> Trained:
    """Lay out what is known of everybody by now, and find who is interested in what is followed."""
    return intent.renew(_world(shop, say))


def _world(shop: Shop, say: Callable[[str], None]) -> intent.World:
    shop.refresh()
    return intent.World(
        state=shop.state,
        history=shop.history,
        catalogue=shop.catalogue,
        zone=shop.plan.zone,
        folder=shop.models.folder,
        now=shop.now(),
        say=say,
        touched=lambda conn, people: touched(shop, conn, people),
        meant=lambda said: ids_of(shop, said),
        find=lambda words: _found(shop, words),
    )


def _found(shop: Shop, words: str) -> list[str]:
    """What the storefront's search would show for these words, of what has all of them."""
    try:
        found = find(shop, Looking(q=words[:LONGEST_TEXT], limit=FOUND, facets=False, relax=False))
    except Unavailable as error:  # a training without what was searched for is better than none
        log.warning("what visitors searched for is left out: %s", error)
        return []
    return [hit.product for hit in found.hits]


def touched(shop: Shop, conn: Connection, people: Iterable[str]) -> None:
    """Segments that ask about interests look at these people again."""
    touch(conn, shop.book, dict.fromkeys(people, (FACT,)))
