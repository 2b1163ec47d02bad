"""The shop's own past as numbers: who bought what on which day, net of what was cancelled or given back whole; and what
they looked at, put in their carts and searched for, where the site tells; and what could be had, where the shop tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import numpy as np

from shopkeeper.catalogue import Catalogue, outages
from shopkeeper.forecasts.purchases import Ints, Longs, Looks, Products, Purchases, Searches, Site, Stock
from shopkeeper.model.definitions import Product
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_CLICKED, PRODUCT_VIEWED, PRODUCTS_SEARCHED
from shopkeeper.model.time import DAY, MINUTE, from_datetime, to_datetime
from shopkeeper.recommenders.marks import told
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.timelines import LINE, everybody, marked, persons

QUARTER = 15 * MINUTE
"""Shop days begin at a whole quarter of an hour, in every time zone."""
LOOKS_DAYS = 230
"""Looks and searches of so many days are read: all that the cutoffs of training reach."""
MOST_WORDS = 5_000
"""Different words that are looked up, those searched for most; each finds `FOUND` products at most."""
FOUND = 50
Place = Callable[[Any], Ints]
Find = Callable[[str], Sequence[str]]
"""The ids of the products that words find, the best first."""


class Past(NamedTuple):
    """Everything that models learn from."""

    purchases: Purchases
    site: Site
    products: Products
    people: list[str]
    """Each customer's person. Not their number in facts, which is another after they were derived anew."""
    silent: int
    """Identified customers who neither bought, nor looked at or searched for anything: nothing is known of them."""


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
# What identified customers looked at (a click on a product is a look too) or put in their carts, once a quarter of an hour.
_LOOKS = """
SELECT DISTINCT f.who AS who, product, "at" // {quarter} AS quarter, name = '{added}' AS carted
FROM {facts} AS f JOIN identified AS i ON i.who = f.who
WHERE name IN ('{viewed}', '{clicked}', '{added}') AND product IS NOT NULL AND "at" >= {since} AND "at" < {until}
ORDER BY 1, 2, 3, 4
"""
# What identified customers searched for, once a quarter of an hour. Words end at a quotation mark.
_SEARCHES = """
SELECT DISTINCT f.who AS who, REGEXP_EXTRACT(properties, '"query":"([^"]+)"', 1) AS words, "at" // {quarter} AS quarter
FROM {facts} AS f JOIN identified AS i ON i.who = f.who
WHERE name = '{searched}' AND "at" >= {since} AND "at" < {until}
ORDER BY 1, 2, 3
"""


def read(
    conn: Connection,
    history: History,
    catalogue: Catalogue,
    zone: ZoneInfo,
    until: int,
    find: Find = lambda _words: (),
) -> Past:
    """Everything before the instant `until`, of customers who are identified. `find` looks up what they searched for."""
    facts = everybody(conn)
    identified = identified_people(conn)
    tables = {**facts.tables, "identified": identified}
    said = {
        "facts": facts.relation,
        "quarter": QUARTER,
        "until": until,
        "since": until - LOOKS_DAYS * DAY,
        "line": LINE,
        "viewed": PRODUCT_VIEWED,
        "clicked": PRODUCT_CLICKED,
        "added": PRODUCT_ADDED,
        "searched": PRODUCTS_SEARCHED,
    }
    lines = history.table(conn, _put(_LINES, said), kind="facts", tables=tables)
    looked = history.table(conn, _put(_LOOKS, said), kind="facts", tables=tables)
    sought = history.table(conn, _put(_SEARCHES, said), kind="facts", tables=tables)
    who = np.unique(np.concatenate([table["who"].to_numpy() for table in (lines, looked, sought)]))
    place, people = _by_name(persons(conn, who.tolist()), who)
    products, number = _products(catalogue, [lines["product"], looked["product"]])
    purchases = Purchases(
        place(lines["who"]),
        number(lines["product"]),
        _days(lines["quarter"].to_numpy(), zone),
        lines["value"].to_numpy().astype(np.float32),
        lines["discount"].to_numpy().astype(np.float32),
    )
    products = products._replace(stock=_stock(outages(conn, catalogue, until), products, zone))
    site = Site(_looks(looked, place, number, zone), _searches(sought, place, products, catalogue, zone, find))
    return Past(purchases, site, products, people, identified.num_rows - len(who))


def _by_name(named: Mapping[int, str], who: Longs) -> tuple[Place, list[str]]:
    """How columns of numbers in facts become customers, and the customers, in the order of their names: numbers in facts
    go by arrival, and a model is a function of what happened.
    """
    order = sorted(range(len(who)), key=lambda at: named[int(who[at])])
    rank = np.empty(len(who), np.int32)
    rank[order] = np.arange(len(who), dtype=np.int32)
    return lambda column: rank[np.searchsorted(who, column.to_numpy())], [named[int(who[at])] for at in order]


def identified_people(conn: Connection) -> Any:
    """The numbers (`who`) of the customers who are identified, as a table to ask of."""
    return marked(conn, _identified)


def _identified(person: str) -> bool:
    return person.startswith("u:")


def _put(sql: str, said: dict[str, Any]) -> str:
    for name, value in said.items():
        sql = sql.replace(f"{{{name}}}", str(value))
    return sql


def _looks(looked: Any, place: Place, number: Any, zone: ZoneInfo) -> Looks:
    return Looks(
        place(looked["who"]),
        number(looked["product"]),
        _days(looked["quarter"].to_numpy(), zone),
        np.asarray(looked["carted"].to_pylist(), bool),
    )


def _searches(
    sought: Any, place: Place, products: Products, catalogue: Catalogue, zone: ZoneInfo, find: Find
) -> Searches:
    """Searches by the words that were typed, as far as these are looked up, and what the words find."""
    coded = sought["words"].combine_chunks().dictionary_encode()
    texts: list[str | None] = coded.dictionary.to_pylist()
    code = coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    often = np.argsort(-np.bincount(code, minlength=len(texts)), kind="stable")
    numbers = {id: number for number, id in enumerate(products.ids)}
    found: list[list[int]] = [[] for _ in texts]
    for at in often[:MOST_WORDS].tolist():
        words = typed(texts[at] or "")
        if any(letter.isalnum() for letter in words):  # nothing but signs would find everything
            ids = dict.fromkeys(catalogue.same(id) for id in find(words)[:FOUND])
            found[at] = [numbers[id] for id in ids if id in numbers]
    told = np.array([bool(each) for each in found], bool)[code] if texts else np.zeros(0, bool)
    return Searches(
        place(sought["who"])[told],
        code[told].astype(np.int32),
        _days(sought["quarter"].to_numpy()[told], zone),
        np.concatenate(([0], np.cumsum([len(each) for each in found]))).astype(np.int64),
        np.array([number for each in found for number in each], np.int32),
    )


def typed(text: str) -> str:
    """What was typed, of the JSON text it stands in."""
    try:
        return str(msgspec.json.decode(f'"{text}"')).strip()
    except msgspec.DecodeError:
        return text.replace("\\", " ").strip()


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
        numbers = [place[catalogue.same(str(id))] for id in coded.dictionary.to_pylist()]
        codes = coded.indices.to_numpy(zero_copy_only=False)
        return np.array(numbers, np.int32)[codes] if numbers else np.zeros(0, np.int32)

    known = [catalogue.products.get(id) for id in ids]
    names = [product.name if product else id for product, id in zip(known, ids, strict=True)]
    levels, labels = (
        zip(*(_coded(column) for column in zip(*map(shelf, known), strict=True)), strict=True)
        if ids
        else (
            (np.zeros(0, np.int32),) * 4,
            ([],) * 4,
        )
    )
    marks = told(known) if any(known) else None
    return Products(ids, names, tuple(levels), tuple(labels), marks), number


def _stock(wavered: Sequence[tuple[str, int, bool]], products: Products, zone: ZoneInfo) -> Stock | None:
    """When products could be had, from `outages`."""
    numbers = {id: number for number, id in enumerate(products.ids)}
    rows = [(numbers[id], day_number(at, zone), had) for id, at, had in wavered if id in numbers]
    if not rows:
        return None
    product, day, had = zip(*rows, strict=True)
    return Stock(np.array(product, np.int32), np.array(day, np.int32), np.array(had, bool))


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
