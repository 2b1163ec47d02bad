"""The shop's own past as numbers: who bought what on which day, net of what was cancelled or given back whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from shopkeeper.catalogue import Catalogue
from shopkeeper.forecasts.purchases import Flags, Ints, Longs, Looks, Products, Purchases
from shopkeeper.model.definitions import Product
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_VIEWED
from shopkeeper.model.time import DAY, MINUTE, from_datetime, to_datetime
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import LINE, everybody, marked, persons

QUARTER = 15 * MINUTE
"""Shop days begin at a whole quarter of an hour, in every time zone."""
LOOKS_DAYS = 230
"""Looks of so many days are read: all that the cutoffs of training reach."""


class Past(NamedTuple):
    """Everything that models learn from."""

    purchases: Purchases
    looks: Looks
    products: Products
    people: list[str]
    """Each customer's person. Not their number in facts, which is another after they were derived anew."""


def day_number(at: int, zone: ZoneInfo) -> int:
    """The day of shop time, counted from 1 January 1970."""
    return to_datetime(at, zone).date().toordinal() - 719_163


def day_begins(day: int, zone: ZoneInfo) -> int:
    """Microseconds at which a day of shop time begins."""
    moment = to_datetime(day * DAY).replace(tzinfo=zone)
    return from_datetime(moment)


# Who bought how much of what in each quarter of an hour; a discount on the order is spread over its lines by value.
_LINES = """
SELECT f.who AS who, product, "at" // {quarter} AS quarter, CAST(SUM(COALESCE(value, 0)) AS DOUBLE) AS value,
    CAST(SUM(COALESCE(TRY_CAST(REGEXP_EXTRACT(properties, '"discount":([0-9]+)', 1) AS DOUBLE), 0) * COALESCE(value, 0)
        / GREATEST(COALESCE(TRY_CAST(REGEXP_EXTRACT(properties, '"order_value":([0-9]+)', 1) AS DOUBLE), 1), 1))
        AS DOUBLE) AS discount
FROM {facts} AS f JOIN identified AS i ON i.who = f.who
WHERE name = '{line}' AND product IS NOT NULL AND "at" < {until}
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
# What identified customers looked at or put in their carts, once a quarter of an hour.
_LOOKS = """
SELECT DISTINCT f.who AS who, product, "at" // {quarter} AS quarter, name = '{added}' AS carted
FROM {facts} AS f JOIN identified AS i ON i.who = f.who
WHERE name IN ('{viewed}', '{added}') AND product IS NOT NULL AND "at" >= {since} AND "at" < {until}
ORDER BY 1, 2, 3, 4
"""


def read(conn: Connection, history: History, catalogue: Catalogue, zone: ZoneInfo, until: int) -> Past:
    """Everything before the instant `until`, of customers who are identified and have bought."""
    facts = everybody(conn)
    tables = {**facts.tables, "identified": identified_people(conn)}
    said = {
        "facts": facts.relation,
        "quarter": QUARTER,
        "until": until,
        "since": until - LOOKS_DAYS * DAY,
        "line": LINE,
        "viewed": PRODUCT_VIEWED,
        "added": PRODUCT_ADDED,
    }
    lines = history.table(conn, _put(_LINES, said), kind="facts", tables=tables)
    looked = history.table(conn, _put(_LOOKS, said), kind="facts", tables=tables)
    who = np.unique(lines["who"].to_numpy())
    products, number = _products(catalogue, [lines["product"], looked["product"]])
    purchases = Purchases(
        np.searchsorted(who, lines["who"].to_numpy()).astype(np.int32),
        number(lines["product"]),
        _days(lines["quarter"].to_numpy(), zone),
        lines["value"].to_numpy().astype(np.float32),
        lines["discount"].to_numpy().astype(np.float32),
    )
    named = persons(conn, who.tolist())
    return Past(purchases, _looks(looked, who, number, zone), products, [named[one] for one in who.tolist()])


def identified_people(conn: Connection) -> Any:
    """The numbers (`who`) of the customers who are identified, as a table to ask of."""
    return marked(conn, _identified)


def _identified(person: str) -> bool:
    return person.startswith("u:")


def _put(sql: str, said: dict[str, Any]) -> str:
    for name, value in said.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    return sql


def _looks(looked: Any, who: Longs, number: Any, zone: ZoneInfo) -> Looks:
    place = np.minimum(np.searchsorted(who, looked["who"].to_numpy()), max(len(who) - 1, 0))
    here: Flags = who[place] == looked["who"].to_numpy() if len(who) else np.zeros(looked.num_rows, bool)
    carted = np.asarray(looked["carted"].to_pylist(), bool)
    return Looks(
        place[here].astype(np.int32),
        number(looked["product"])[here],
        _days(looked["quarter"].to_numpy(), zone)[here],
        carted[here],
    )


def _days(quarters: Longs, zone: ZoneInfo) -> Ints:
    unique, place = np.unique(quarters, return_inverse=True)
    days = np.array([day_number(int(quarter) * QUARTER, zone) for quarter in unique], np.int32)
    return days[place] if len(unique) else np.zeros(0, np.int32)


def _products(catalogue: Catalogue, columns: Iterable[Any]) -> tuple[Products, Any]:
    """Every product of the catalogue or an order, variants as the product they are one of; and how columns of ids
    become numbers.
    """
    sold = {catalogue.same(str(id)) for column in columns for id in column.unique().to_pylist()}
    ids = sorted(sold | {catalogue.same(id) for id in catalogue.products})
    place = {id: number for number, id in enumerate(ids)}

    def number(column: Any) -> Ints:
        coded = column.combine_chunks().dictionary_encode()
        known = [place[catalogue.same(str(id))] for id in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy(zero_copy_only=False)
        return np.array(known, np.int32)[codes] if known else np.zeros(0, np.int32)

    told = [catalogue.products.get(id) for id in ids]
    names = [product.name if product else id for product, id in zip(told, ids, strict=True)]
    levels, labels = (
        zip(*(_coded(column) for column in zip(*map(shelf, told), strict=True)), strict=True)
        if ids
        else (
            (np.zeros(0, np.int32),) * 4,
            ([],) * 4,
        )
    )
    return Products(ids, names, tuple(levels), tuple(labels)), number


def shelf(product: Product | None) -> tuple[str, str, str, str]:
    """Category, parent, department and brand of a product, empty where they are not known. Levels of a category are
    told apart by `>` or `/`.
    """
    if product is None:
        return ("", "", "", "")
    path = [part.strip() for part in product.category.replace(">", "/").split("/") if part.strip()]
    department = str(product.extra.get("department") or "") or (path[0] if path else "")
    return (" / ".join(path), " / ".join(path[:-1] or path), department, product.brand)


def _coded(texts: Iterable[str]) -> tuple[Ints, list[str]]:
    names = sorted({text for text in texts if text})
    place = {name: number for number, name in enumerate(names)}
    return np.array([place.get(text, -1) for text in texts], np.int32), names
