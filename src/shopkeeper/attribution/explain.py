"""Why an order was credited as it was: every act considered, why it did or did not count, the winners, the rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec

from shopkeeper.attribution import store
from shopkeeper.attribution.journal import ledger
from shopkeeper.attribution.past import Meaning, Past, definitions, meant, sale_of
from shopkeeper.attribution.rules.paths import path_to
from shopkeeper.attribution.rules.products import BEGINNING, in_cart, why_not
from shopkeeper.attribution.rules.touches import may_earn
from shopkeeper.attribution.rules.words import WHOLE, WHOLE_ORDER, Credit, Defined, Interaction, Rules, Sale, Touch
from shopkeeper.attribution.ruleset import rules_of
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.model.events import POSTED
from shopkeeper.model.time import DAY, format_time
from shopkeeper.orders import Order, get_order, person_orders, placings
from shopkeeper.storage import Connection

FARTHEST = 90 * DAY
"""No lookback of a fixed length is longer; where the lookback is the session, older acts are not listed."""


def explain(conn: Connection, plan: Plan, catalogue: Catalogue, order_id: str) -> dict[str, Any] | None:
    """Why an order was credited as it was, as plain values; None when there is no such order."""
    found = get_order(conn, order_id)
    if found is None:
        return None
    order, person = found
    rules = rules_of(plan)
    meaning = Meaning(plan, catalogue)
    acts = store.of_person(conn, person, order.at - min(rules.reach, FARTHEST), order.at)
    acts = [act for act in acts if act.order < order.order]
    case = _case(conn, meaning, rules, order, person, acts)
    entries = store.credits_of(conn, [order_id])
    won = {each.touch_id: each for each in entries if each.line == WHOLE_ORDER}
    leads = next((each for each in won.values() if each.leads), None)
    lines = {each.line: each for each in entries if each.line != WHOLE_ORDER}
    return {
        "order_id": order_id,
        "person": person,
        "placed_at": format_time(order.at),
        "currency": order.currency,
        "value": order.value,
        "refunded": order.refunded,
        "net": order.net,
        "counts": order.counts,
        "sent_currency": order.sent_currency,
        "rate": order.rate,
        "rule": {"version": rules.version, **msgspec.to_builtins(_said(plan))},
        "order_credit": {"campaign": leads.campaign, "communication": leads.communication} if leads else None,
        "lines": [_line(case, place, lines) for place in range(len(case.sale.lines))],
        "considered": [_considered(case, act, won.get(act.event_id), lines) for act in acts],
        "ledger": [
            {
                "made_at": format_time(e.made_at),
                "reason": e.reason,
                "sign": e.sign,
                "line": None if e.credit.line == WHOLE_ORDER else e.credit.line,
                "communication": e.credit.communication,
                "value": e.credit.value,
                "rule": e.credit.rule,
            }
            for e in ledger(conn, order_id)
        ],
    }


class _Case(NamedTuple):
    """One order with all that its explanation looks at."""

    order: Order
    sale: Sale
    rules: Rules
    defined: dict[bytes, Defined]
    path: frozenset[bytes]
    """The touches inside the lookback of order credit."""
    past: Past
    previous: dict[str, tuple[int, bytes]]
    """Product -> the order before that held it."""


def _said(plan: Plan) -> dict[str, Any]:
    """The rule set in the words of shop.yaml, defaults written out."""
    return {name: getattr(plan.attribution, name) for name in plan.attribution.__struct_fields__}


def _case(
    conn: Connection, meaning: Meaning, rules: Rules, order: Order, person: str, acts: Sequence[Interaction]
) -> _Case:
    sale = sale_of(order, meaning.catalogue)
    touches = meant(conn, meaning, rules, {person: acts}).get(person, [])
    moves = store.cart_moves(conn, [person], order.at).get(person, [])
    moves = [m._replace(product=meaning.catalogue.same(m.product)) for m in moves]
    previous = {
        line.product: (earlier.at, earlier.event_id)
        for earlier in person_orders(conn, person, order.at - rules.product_lookback, order.at)
        if earlier.counts and earlier.order < order.order
        for line in sale_of(earlier, meaning.catalogue).lines
    }
    emptied = placings(conn, [person], order.at).get(person, [])
    return _Case(
        order,
        sale,
        rules,
        definitions(meaning, acts),
        frozenset(touch.event_id for touch in path_to(sale, touches, rules.order_lookback)),
        Past(person, [sale], touches, moves, emptied),
        previous,
    )


def _line(case: _Case, place: int, earned: dict[int, Credit]) -> dict[str, Any]:
    line = case.sale.lines[place]
    credit = earned.get(line.number)
    if credit:
        why = "the last click on it that may earn"
    elif not case.order.counts:
        why = "the order does not count"
    else:
        reasons = [_against(case, touch, line.product) for touch in case.past.touches if line.product in touch.products]
        why = reasons[-1] if reasons else "no click on it within the lookback"
    return {
        "line": line.number,
        "product": line.product,
        "net": line.net,
        "credited": credit is not None,
        "communication": credit.communication if credit else "",
        "why": why,
    }


def _against(case: _Case, click: Touch, product: str) -> str:
    """Why a click does not earn the order's lines of a product."""
    reason = why_not(click, product, case.sale, case.previous.get(product, BEGINNING), case.rules)
    if reason or case.rules.credit_products_in_cart:
        return reason
    return (
        "it lay in the cart when clicked" if in_cart(product, click.order, case.past.moves, case.past.emptied) else ""
    )


def _considered(case: _Case, act: Interaction, won: Credit | None, lines: dict[int, Credit]) -> dict[str, Any]:
    numbers = [number for number, credit in lines.items() if credit.touch_id == act.event_id]
    return {
        "at": format_time(act.at),
        "act": act.act,
        "communication": act.communication,
        "campaign": case.defined[act.event_id].campaign if act.event_id in case.defined else "",
        "variant": act.variant,
        "element": act.element,
        "product": act.product,
        "order_credit": won is not None,
        "share": won.share / WHOLE if won else 0.0,
        "value": won.value if won else 0,
        "product_credit_lines": numbers,
        "why": _why(case, act, won, earned_lines=bool(numbers)),
    }


def _why(case: _Case, act: Interaction, won: Credit | None, *, earned_lines: bool) -> str:
    if act.event_id not in case.defined:
        return "its communication is not defined"
    kind = case.defined[act.event_id].kind
    if not may_earn(act.act, kind, case.rules):
        return _no_touch(act.act, kind, case.rules)
    if not case.order.counts:
        return "the order does not count"
    if won:
        return _WON.get(case.rules.model, f"{won.share / WHOLE:.1%} of the order, by the model {case.rules.model}")
    if act.event_id in case.path:
        why = _PASSED.get(case.rules.model, "another touch of its communication stands for it")
    elif case.rules.order_lookback is None:
        why = "its session was over before the order"
    else:
        why = "older than the lookback of the order credit"
    return f"{why}; earned the lines of its product" if earned_lines else why


_WON = {"last": "the last touch before the order", "first": "the first touch within the lookback"}
_PASSED = {"last": "a later touch won the order", "first": "an earlier touch won the order"}


def _no_touch(act: str, kind: str, rules: Rules) -> str:
    if act == "discarded":
        return "a discard earns nothing"
    if act in POSTED.values():
        return "what becomes of an e-mail earns nothing; a click in it does"
    if act == "withheld":
        return "held out: it was not shown"
    if kind not in rules.kinds:
        return f"touches of kind {kind} do not count"
    return f"{act} on a {kind} is not a touch"
