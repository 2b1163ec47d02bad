"""What lies in the cart. Pure."""

from __future__ import annotations

from shopkeeper.conditions.leaves import Cart
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_REMOVED
from shopkeeper.populations.checks import Fields, tests_sql
from shopkeeper.populations.source import Asked, Source, earliest, span
from shopkeeper.populations.words import both, bounded, text, texts, within
from shopkeeper.timelines.facts import ORDER

_MOVES = frozenset((PRODUCT_ADDED, PRODUCT_REMOVED))


def source(leaves: dict[str, Cart], asked: Asked) -> Source:
    """The answers of all leaves about the cart."""
    fields = Fields(asked.sets)
    answers, columns = {}, []
    for position, (key, leaf) in enumerate(leaves.items()):
        conditions = [f"b{position}", span(leaf.period, asked.at).sql("newest")]
        columns.append(f"MAX(CASE WHEN {tests_sql(leaf.tests, fields, _MOVES)} THEN 1 ELSE 0 END) = 1 AS b{position}")
        if leaf.bounds is not None:
            conditions.append(within("worth", leaf.bounds, whole=True))
        answers[key] = both(conditions)
    worth = f"TRY_CAST(ROUND({bounded('COALESCE(price, 0) * COALESCE(quantity, 1e0)')}) AS DECIMAL(38, 0))"
    moved = f"name IN {texts(_MOVES)} AND product IS NOT NULL"
    first = earliest(span(leaf.period, asked.at).first for leaf in leaves.values())
    if first is not None:
        # Only carts that something was put into in the period; they may hold older things too.
        lately = f"name = {text(PRODUCT_ADDED)} AND t >= {first} AND t <= {asked.at}"
        moved += f" AND who IN (SELECT who FROM {Fields(asked.sets).select(asked.relation)} AS f WHERE {lately})"
    moves = _latest(moved, "who, product", fields, asked)
    orders = _latest(f"name = {text(ORDER)}", "who", Fields(asked.sets), asked)
    return Source(
        f"SELECT m.who, {', '.join(columns)}, SUM({worth}) AS worth, MAX(m.t) AS newest FROM {moves} AS m "
        f"LEFT JOIN (SELECT who, t AS order_at, event_id AS order_event FROM {orders} AS f) AS o ON o.who = m.who "
        f"WHERE m.name = {text(PRODUCT_ADDED)} AND "
        "(o.who IS NULL OR m.t > order_at OR (m.t = order_at AND m.event_id > order_event)) GROUP BY m.who",
        answers,
    )


def _latest(which: str, of: str, fields: Fields, asked: Asked) -> str:
    """The last fact there is of each of these."""
    return (
        f"(SELECT * FROM (SELECT f.*, ROW_NUMBER() OVER (PARTITION BY {of} ORDER BY t DESC, event_id DESC, name DESC) "
        f"AS latest FROM {fields.select(asked.relation)} AS f WHERE t <= {asked.at} AND {which}) AS f WHERE latest = 1)"
    )
