"""Credit: derive people's entries in both ledgers from their touches and orders, and write down what changed."""

from __future__ import annotations

from collections.abc import Sequence

from shopkeeper import orders
from shopkeeper.attribution import store
from shopkeeper.attribution.past import Meaning, Past, pasts
from shopkeeper.attribution.rules.ledger import Cause, changes, place_of
from shopkeeper.attribution.rules.reckon import order_credits, product_credits
from shopkeeper.attribution.rules.words import Credit, Rules
from shopkeeper.attribution.ruleset import rules_of
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.orders import Order
from shopkeeper.storage import Connection
from shopkeeper.storage.hours import disturb

TOGETHER = 500
"""People whose past is read in one go."""


def credit(
    conn: Connection,
    plan: Plan,
    catalogue: Catalogue,
    persons: Sequence[str],
    start: int,
    end: int,
    cause: Cause = Cause(),  # noqa: B008 - frozen
) -> None:
    """Derive the credit of these people's orders again, as far as a change in [start, end] can reach.

    A touch reaches orders up to the longer lookback later; an order changes which earlier clicks later orders may use.
    """
    rules = rules_of(plan)
    low, high = start, end + rules.reach
    for place in range(0, len(persons), TOGETHER):
        together = persons[place : place + TOGETHER]
        # Clicks may be used up by orders before the first that is concerned.
        known = orders.orders_of(conn, together, low - rules.reach, high)
        concerned = {o.order_id: o for own in known.values() for o in own if low <= o.at <= high}
        before = store.credited_between(conn, together, low, high) | concerned.keys()
        if not before:
            continue
        active = {person: own for person, own in known.items() if any(o.order_id in concerned for o in own)}
        new = [
            each
            for past in pasts(conn, Meaning(plan, catalogue), rules, active, high)
            for each in credits_of(past, rules, low, high)
        ]
        settle(conn, store.credits_of(conn, sorted(before)), new, concerned, cause)


def credits_of(past: Past, rules: Rules, low: int, high: int) -> list[Credit]:
    """What a person's touches earn of their orders placed in [low, high], in both ledgers."""
    person, sales, touches, moves, emptied = past
    earned = [each for sale in sales if low <= sale.at <= high for each in order_credits(sale, person, touches, rules)]
    lines = product_credits(sales, person, touches, moves, emptied, rules)
    return [*earned, *(each for each in lines if low <= each.at <= high)]


def settle(
    conn: Connection, old: Sequence[Credit], new: Sequence[Credit], concerned: dict[str, Order], cause: Cause
) -> None:
    """Put the new entries in the place of the old ones, and write down in the ledger what differs."""
    was, now = ({place_of(each): each for each in credits} for credits in (old, new))
    if was == now:
        return
    changed = sorted(
        {p[0] for p, each in was.items() if now.get(p) != each}
        | {p[0] for p, each in now.items() if was.get(p) != each}
    )
    names = set(changed)
    disturb(conn, {each.at for each in (*old, *new) if each.order_id in names})
    store.replace(conn, changed, [each for each in new if each.order_id in names])
    if cause.ledger:
        standing = {id: _standing(concerned[id]) for id in changed if id in concerned}
        store.write_down(conn, cause.now, changes(was, now, cause, standing))


def _standing(order: Order) -> str:
    return "counting" if order.counts else "cancelled" if order.cancelled else "no longer counts"
