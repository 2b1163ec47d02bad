"""What crediting looks at: people's orders, touches and carts, with the meaning that definitions give them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from shopkeeper import visitors
from shopkeeper.attribution import store
from shopkeeper.attribution.rules.touches import touches_of
from shopkeeper.attribution.rules.words import CartMove, Defined, Interaction, Key, Rules, Sale, SaleLine, Touch
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.orders import Order, placings
from shopkeeper.storage import Connection


class Meaning(NamedTuple):
    """The definitions that turn acts into touches, and orders into sales of products."""

    plan: Plan
    catalogue: Catalogue


class Past(NamedTuple):
    """What earns credit for one person: everything ascending."""

    person: str
    sales: list[Sale]
    touches: list[Touch]
    moves: list[CartMove]
    emptied: Sequence[Key]
    """The moments of all their orders that count."""


def pasts(
    conn: Connection, meaning: Meaning, rules: Rules, orders: Mapping[str, Sequence[Order]], until: int
) -> Iterator[Past]:
    """The past of each person with orders that count among these; touches as far back as the rules reach."""
    counting = {person: found for person, own in orders.items() if (found := [o for o in own if o.counts])}
    if not counting:
        return
    since = min(own[0].at for own in counting.values()) - rules.reach
    until = min(until, max(own[-1].at for own in counting.values()))  # what comes after all orders earns nothing
    touches = meant(conn, meaning, rules, store.touches_of(conn, [*counting], since, until))
    clickers = (
        [] if rules.credit_products_in_cart else [p for p, own in touches.items() if any(t.products for t in own)]
    )
    moves = store.cart_moves(conn, clickers, until)
    emptied = placings(conn, [*moves], until)
    for person, own in touches.items():
        moved = [m._replace(product=meaning.catalogue.same(m.product)) for m in moves.get(person, ())]
        sales = [sale_of(order, meaning.catalogue) for order in counting[person]]
        yield Past(person, sales, own, moved, emptied.get(person, ()))


def meant(
    conn: Connection, meaning: Meaning, rules: Rules, interactions: Mapping[str, Sequence[Interaction]]
) -> dict[str, list[Touch]]:
    """Each person's interactions as the touches they are; people without touches are left out."""
    every = [i for own in interactions.values() for i in own]
    defined = definitions(meaning, every)
    over = visitors.sessions_over(conn, {i.device for i in every}) if rules.order_lookback is None else {}
    same = meaning.catalogue.same
    found = {person: touches_of(own, defined, same, rules, over) for person, own in interactions.items()}
    return {person: touches for person, touches in found.items() if touches}


def definitions(meaning: Meaning, interactions: Iterable[Interaction]) -> dict[bytes, Defined]:
    """Event id -> what the version served says of it."""
    found: dict[bytes, Defined] = {}
    cache: dict[tuple[str, int, str, str], Defined] = {}
    for i in interactions:
        served = meaning.plan.served_as(i.communication, i.version, i.at)
        if served is None:
            continue
        key = (i.communication, served.version, i.variant, i.element)
        if key not in cache:
            communication = served.communication.as_variant(i.variant)
            element = communication.elements.get(i.element)
            products = frozenset(map(meaning.catalogue.same, element.products)) if element else frozenset()
            cache[key] = Defined(
                served.campaign_id, communication.kind, products, communication.recommender is not None
            )
        found[i.event_id] = cache[key]
    return found


def sale_of(order: Order, catalogue: Catalogue) -> Sale:
    """An order as attribution sees it; lines that name no product earn nothing."""
    lines = tuple(
        SaleLine(line.number, line.variant_of or catalogue.same(line.product), line.net, line.refunded)
        for line in order.lines
        if line.product
    )
    return Sale(order.order_id, order.at, order.event_id, order.currency, order.net, order.refunded, lines)
