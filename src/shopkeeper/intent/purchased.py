"""Who has purchased of a set of products in a time frame, and who has not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo

from shopkeeper.catalogue import Catalogue
from shopkeeper.intent.read import identified_people
from shopkeeper.intent.rules import Frame, frame
from shopkeeper.model.errors import BadInput
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import LINE, ORDER, everybody, tabled

Universe = Literal["identified", "with orders"]

# Customers with a line of one of the products in the frame; orders that were cancelled or given back have no lines.
_HAVE = """
SELECT DISTINCT f.who FROM {facts} AS f JOIN wanted AS w ON w.product = f.product
WHERE name = '{line}' AND "at" >= {first} AND "at" < {end}
"""
# Of the products meant those that anybody ever bought.
_SOLD = "SELECT DISTINCT f.product FROM {facts} AS f JOIN wanted AS w ON w.product = f.product WHERE name = '{line}'"
# The identified customers, all of them or only those with an order that counts.
_EVERYBODY = "SELECT who FROM identified"
_WITH_ORDERS = "SELECT DISTINCT f.who FROM {facts} AS f JOIN identified AS i ON i.who = f.who WHERE name = '{order}'"


def purchased(  # noqa: PLR0913 - a question has so many sides
    conn: Connection,
    history: History,
    catalogue: Catalogue,
    zone: ZoneInfo,
    now: int,
    ids: Sequence[str],
    when: Mapping[str, Any] | None = None,
    *,
    have: bool = True,
    universe: Universe = "identified",
) -> list[int]:
    """Numbers in facts of the identified customers who bought any of the set in the time frame, or none of it.

    `when` as `rules.frame` takes it. Raises BadInput for an empty set, for ids of which none is known, and for a time
    frame that cannot be.
    """
    wanted = spread(catalogue, ids)
    if len(unsold(conn, history, catalogue, ids)) == len({id.strip() for id in ids if id.strip()}):
        raise BadInput(
            "unknown_products",
            f"None of the ids is in the catalogue or in an order, such as {ids[0][:80]!r}",
            hint="Check them: who has not bought what does not exist is not everybody.",
        )
    span: Frame = frame(when or {}, now, zone)
    facts = everybody(conn)
    tables = {**facts.tables, "identified": identified_people(conn), "wanted": tabled({"product": wanted})}
    base = _EVERYBODY if universe == "identified" else _WITH_ORDERS
    sql = f"SELECT who FROM ({base}) AS b WHERE who {'IN' if have else 'NOT IN'} ({_HAVE}) ORDER BY who"
    for name, value in {
        "facts": facts.relation,
        "line": LINE,
        "order": ORDER,
        "first": span.first,
        "end": span.end,
    }.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    return [int(row[0]) for row in history.query(conn, sql, kind="facts", tables=tables)]


def unsold(conn: Connection, history: History, catalogue: Catalogue, ids: Sequence[str]) -> list[str]:
    """The ids that are neither in the catalogue nor in any order, each once."""
    strange = [id for id in dict.fromkeys(each.strip() for each in ids) if id and not _listed(catalogue, id)]
    if not strange:
        return []
    facts = everybody(conn)
    sql = _SOLD.replace("{facts}", facts.relation).replace("{line}", LINE)
    tables = {**facts.tables, "wanted": tabled({"product": strange})}
    sold = {str(row[0]) for row in history.query(conn, sql, kind="facts", tables=tables)}
    return [id for id in strange if id not in sold]


def _listed(catalogue: Catalogue, id: str) -> bool:
    return id in catalogue.products or id in catalogue.members


def spread(catalogue: Catalogue, ids: Sequence[str]) -> list[str]:
    """The ids with those of all variants of the same products. Raises BadInput for none."""
    heads = {catalogue.same(id.strip()) for id in ids if id.strip()}
    if not heads:
        raise BadInput("empty_set", "No product was named: an empty set is not everybody", hint="Name some ids.")
    return sorted(heads | {variant for variant, head in catalogue.variants.items() if head in heads})
