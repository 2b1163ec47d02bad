"""Everybody's credit in one go: the winners by SQL over columns, for rule sets in which one touch takes all.

The definition is that of `rules/`; the SQL says it once more for speed, and a property test holds both against each other.
Other rule sets, and lookbacks of a session, are credited person by person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from shopkeeper import orders
from shopkeeper.attribution import store
from shopkeeper.attribution.credit import credit, settle
from shopkeeper.attribution.past import Meaning, definitions
from shopkeeper.attribution.rules.ledger import Cause
from shopkeeper.attribution.rules.reckon import earned
from shopkeeper.attribution.rules.touches import touches_of
from shopkeeper.attribution.rules.words import Credit, Rules, Sale, SaleLine, Touch
from shopkeeper.attribution.ruleset import rules_of
from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History

ORDERS_SQL = Path(__file__).with_name("bulk_orders.sql").read_text(encoding="utf-8")
PRODUCTS_SQL = Path(__file__).with_name("bulk_products.sql").read_text(encoding="utf-8")
ALWAYS = 1 << 62
TOUCHES = pa.schema(
    [
        ("person", pa.string()),
        ("moment", pa.int64()),
        ("id", pa.binary()),
        ("touch", pa.int64()),
        ("element", pa.int64()),
    ]
)
COUNTED = pa.schema([("element", pa.int64()), ("product", pa.string())])
SALES = pa.schema([("person", pa.string()), ("moment", pa.int64()), ("id", pa.binary()), ("sale", pa.int64())])
LINES = pa.schema([("sale", pa.int64()), ("line", pa.int64()), ("product", pa.string())])
MOVES = pa.schema(
    [
        ("person", pa.string()),
        ("product", pa.string()),
        ("moment", pa.int64()),
        ("id", pa.binary()),
        ("added", pa.int64()),
    ]
)


class Everything(NamedTuple):
    """All touches and sales of a shop; a touch or sale is meant by its place."""

    touches: list[tuple[str, Touch]]
    sales: list[tuple[str, Sale]]
    moves: list[tuple[str, str, int, bytes, int]]


def applies(rules: Rules) -> bool:
    """Whether the SQL says what these rules say."""
    return rules.model == "last" and rules.order_lookback is not None


def credit_everybody(conn: Connection, history: History, plan: Plan, catalogue: Catalogue, cause: Cause) -> None:
    """Derive the credit of all orders again, and write down what differs."""
    rules = rules_of(plan)
    if not applies(rules):
        credit(conn, plan, catalogue, orders.buyers(conn), 0, ALWAYS, cause)
        return
    all_ = _everything(conn, Meaning(plan, catalogue), rules)
    settle(conn, store.all_credits(conn), winners(history, all_, rules), {}, cause)


def winners(history: History, all_: Everything, rules: Rules) -> list[Credit]:
    """The entries of both ledgers."""
    if not all_.touches or not all_.sales:
        return []
    tables, counted = _tables(all_)
    found = [
        earned(all_.sales[sale][1], all_.sales[sale][0], all_.touches[touch][1], rules)
        for sale, touch in history.reckon(ORDERS_SQL, (rules.order_lookback,), tables)
    ]
    if counted:
        for sale, line, touch in history.reckon(PRODUCTS_SQL, (rules.product_lookback,), tables):
            person, sold = all_.sales[sale]
            found.append(earned(sold, person, all_.touches[touch][1], rules, sold.lines[line]))
    return found


def _everything(conn: Connection, meaning: Meaning, rules: Rules) -> Everything:
    same = meaning.catalogue.same
    acts = store.all_touches(conn)
    persons = {act.event_id: act.person for act in acts}
    touches = touches_of(acts, definitions(meaning, acts), same, rules, {})
    products = {product for touch in touches for product in touch.products}
    lines: dict[str, list[SaleLine]] = {}
    for order_id, number, product, variant_of, net, refunded in orders.counting_lines(conn) if products else ():
        stands_for = variant_of or same(product)
        if stands_for in products:
            lines.setdefault(order_id, []).append(SaleLine(number, stands_for, net, refunded))
    sales = [
        (person, Sale(order_id, at, event_id, currency, value - refunded, refunded, tuple(lines.get(order_id, ()))))
        for order_id, person, at, event_id, currency, value, refunded in orders.counting_heads(conn)
    ]
    moves = [] if rules.credit_products_in_cart or not products else store.all_moves(conn)
    return Everything(
        [(persons[touch.event_id], touch) for touch in touches],
        sales,
        [(person, same(m.product), m.at, m.event_id, int(m.added)) for person, m in moves],
    )


def _tables(all_: Everything) -> tuple[dict[str, pa.Table], int]:
    """What the SQL asks, and how many (element, product) pairs count."""
    elements: dict[frozenset[str], int] = {}
    for _, touch in all_.touches:
        if touch.products:
            elements.setdefault(touch.products, len(elements))
    counted = [(element, product) for products, element in elements.items() for product in products]
    touches = [
        (person, t.at, t.event_id, place, elements.get(t.products)) for place, (person, t) in enumerate(all_.touches)
    ]
    sales = [(person, s.at, s.event_id, place) for place, (person, s) in enumerate(all_.sales)]
    lines = [
        (place, number, line.product)
        for place, (_, sale) in enumerate(all_.sales)
        for number, line in enumerate(sale.lines)
    ]
    rows: Mapping[str, tuple[pa.Schema, Iterable[Sequence[object]]]] = {
        "touches": (TOUCHES, touches),
        "counted": (COUNTED, counted),
        "sales": (SALES, sales),
        "lines": (LINES, lines),
        "moves": (MOVES, all_.moves),
    }
    return {name: _table(schema, each) for name, (schema, each) in rows.items()}, len(counted)


def _table(schema: pa.Schema, rows: Iterable[Sequence[object]]) -> pa.Table:
    columns = [*zip(*rows, strict=True)] or [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
