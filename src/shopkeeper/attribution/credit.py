"""Credit: derive a person's entries in both ledgers from their touches and orders, and explain them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shopkeeper.attribution import store
from shopkeeper.attribution.rules import (
    Defined,
    Interaction,
    Rules,
    Sale,
    may_earn,
    order_winner,
    product_winners,
    touches_of,
)
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.time import format_time
from shopkeeper.orders import Order, get_order, person_orders, placings
from shopkeeper.storage import Connection

__all__ = ["Rules", "credit", "explain", "rules_of"]


def rules_of(plan: Plan) -> Rules:
    """The attribution rules a shop's settings choose."""
    settings = plan.settings
    return Rules(
        settings.order_lookback_hours * 3_600_000_000,
        settings.product_lookback_days * 86_400_000_000,
        settings.credit_products_in_cart,
    )


def credit(conn: Connection, plan: Plan, catalogue: Catalogue, person: str, start: int, end: int) -> None:
    """Derive the credit of a person's orders again, as far as a change in [start, end] can reach.

    A touch reaches orders up to the longer lookback later; an order changes which earlier clicks later orders may use.
    """
    rules = rules_of(plan)
    orders = person_orders(conn, person, start - rules.reach, end + rules.reach)
    low, high = start, end + rules.reach
    affected = [o for o in orders if low <= o.at <= high]
    stale = {*store.credited_between(conn, person, low, high), *(o.order_id for o in affected)}
    if stale:
        store.clear_credits(conn, sorted(stale))
    counting = [o for o in orders if o.counts]
    if not any(low <= o.at <= high for o in counting):
        return
    interactions = store.touches_of_person(conn, person, low - rules.reach, high)
    touches = touches_of(interactions, _definitions(plan, catalogue, interactions), catalogue.same)
    if not touches:
        return
    sales = [_sale(o, catalogue) for o in counting]
    clicks = [t for t in touches if t.products]
    moves = store.cart_moves(conn, person, high) if clicks and not rules.credit_products_in_cart else []
    moves = [m._replace(product=catalogue.same(m.product)) for m in moves]
    emptied = placings(conn, person, high) if moves else []
    winners = product_winners(sales, clicks, moves, emptied, rules)
    currency = {o.order_id: o.currency for o in counting}
    inside = [s for s in sales if low <= s.at <= high]
    won = [(s, order_winner(s, touches, rules.order_lookback)) for s in inside]
    store.add_order_credits(conn, [(s, person, currency[s.order_id], touch) for s, touch in won if touch])
    store.add_product_credits(
        conn,
        [
            (s, number, product, net, person, currency[s.order_id], winners[s.order_id, number])
            for s in inside
            for number, product, net in s.lines
            if (s.order_id, number) in winners
        ],
    )


def explain(conn: Connection, plan: Plan, catalogue: Catalogue, order_id: str) -> dict[str, Any] | None:
    """Why an order was credited as it was: every interaction considered, why it did or did not count, and the winners."""
    found = get_order(conn, order_id)
    if found is None:
        return None
    order, person = found
    rules = rules_of(plan)
    interactions = store.of_person(conn, person, order.at - rules.reach, order.at)
    definitions = _definitions(plan, catalogue, interactions)
    sale = _sale(order, catalogue)
    entry = store.order_credit(conn, order_id)
    lines = store.product_credits(conn, order_id)
    considered = []
    for i in interactions:
        if i.order >= sale.order:
            continue
        won_lines = [number for number, touch in lines.items() if touch == i.event_id]
        won = entry is not None and bytes(entry[2]) == i.event_id
        considered.append(
            {
                "at": format_time(i.at),
                "act": i.act,
                "communication": i.communication,
                "campaign": definitions[i.event_id].campaign if i.event_id in definitions else "",
                "element": i.element,
                "product": i.product,
                "order_credit": won,
                "product_credit_lines": won_lines,
                "why": _why(i, definitions, order, rules, won=won, won_lines=bool(won_lines)),
            }
        )
    return {
        "order_id": order_id,
        "person": person,
        "placed_at": format_time(order.at),
        "currency": order.currency,
        "value": order.value,
        "refunded": order.refunded,
        "net": order.net,
        "counts": order.counts,
        "rule": {
            "order_lookback_hours": plan.settings.order_lookback_hours,
            "product_lookback_days": plan.settings.product_lookback_days,
            "model": "last touch",
        },
        "order_credit": {"campaign": entry[0], "communication": entry[1]} if entry else None,
        "lines": [{"line": n, "product": p, "net": net, "credited": n in lines} for n, p, net in sale.lines],
        "considered": considered,
    }


def _why(
    i: Interaction,
    definitions: dict[bytes, Defined],
    order: Order,
    rules: Rules,
    *,
    won: bool,
    won_lines: bool,
) -> str:
    if i.event_id not in definitions:
        return "its communication is not defined"
    kind = definitions[i.event_id].kind
    if not may_earn(i.act, kind):
        return "a discard earns nothing" if i.act == "discarded" else f"{i.act} on a {kind} is not a touch"
    if not order.counts:
        return "the order does not count"
    if won:
        return "the last touch before the order"
    if i.at < order.at - rules.order_lookback:
        late = "older than the lookback of the order credit"
    else:
        late = "a later touch won the order"
    return f"{late}; earned the lines of its product" if won_lines else late


def _definitions(plan: Plan, catalogue: Catalogue, interactions: Sequence[Interaction]) -> dict[bytes, Defined]:
    """Event id -> what the version served says of it."""
    found: dict[bytes, Defined] = {}
    cache: dict[tuple[str, int, str], Defined] = {}
    for i in interactions:
        served = plan.served_as(i.communication, i.version, i.at)
        if served is None:
            continue
        key = (i.communication, served.version, i.element)
        if key not in cache:
            element = served.communication.elements.get(i.element)
            products = frozenset(map(catalogue.same, element.products)) if element else frozenset()
            communication = served.communication
            recommends = communication.recommender is not None
            cache[key] = Defined(served.campaign_id, communication.kind, products, recommends)
        found[i.event_id] = cache[key]
    return found


def _sale(order: Order, catalogue: Catalogue) -> Sale:
    lines = tuple(
        (line.number, line.variant_of or catalogue.same(line.product), line.net) for line in order.lines if line.product
    )
    return Sale(order.order_id, order.at, order.event_id, order.net, lines)
