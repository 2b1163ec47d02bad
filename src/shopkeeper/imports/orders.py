"""Orders from rows, one row a line: grouped by order id, each order one `Order Completed` as a server would send it.

An order is taken as a whole or not at all: with one of its rows broken its value would be wrong, and once it is in the
log, mending the row would come too late.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from shopkeeper.engine.importing import Call
from shopkeeper.imports import values
from shopkeeper.imports.sheet import Broken, Sheet, each, rename, require, text
from shopkeeper.model.errors import BadEvent
from shopkeeper.model.events import ORDER_COMPLETED

FIELDS: dict[str, tuple[str, ...]] = {
    "order_id": ("order", "order_number"),
    "placed_at": ("created_at", "ordered_at", "timestamp", "date"),
    "user_id": ("customer_id", "customer"),
    "anonymous_id": (),
    "product_id": ("sku", "product"),
    "quantity": ("qty",),
    "price": ("unit_price",),
    "line_total": ("total",),
    "order_total": (),
    "currency": (),
}
"""What a row may tell, and other names a column may have for it. `price` is of one unit; `line_total` wins over it."""
OF_ORDER = ("user_id", "anonymous_id", "order_total", "currency")
"""Must not differ between the rows of an order; it may stand in the first row only."""
_BATCH = 50_000
_encode = msgspec.json.encode


class _Line(NamedTuple):
    """One row, parsed. `position` is its place in the sheet."""

    position: int
    order_id: str
    placed_at: str | None
    user_id: str | None
    anonymous_id: str | None
    product_id: str | None
    quantity: float | None
    price: str | None
    line_total: str | None
    order_total: str | None
    currency: str | None


class Orders:
    """The orders of a sheet as calls, in the order of their times; `broken` grows while they are read."""

    def __init__(self, sheet: Sheet, mapping: Mapping[str, str], zone: ZoneInfo, layout: str = "") -> None:
        """BadInput when a column is missing."""
        self.sheet = sheet
        self.columns = rename(sheet, FIELDS, mapping)
        require(
            sheet, self.columns, "order_id", "placed_at", "product_id", "user_id|anonymous_id",
            "price|line_total|order_total",
        )  # fmt: skip
        self.broken: list[Broken] = list(sheet.broken)
        self._bad: set[int] = set()
        parsed = self._parse(zone, layout)
        for position in pc.indices_nonzero(pc.is_null(parsed["order_id"])).to_pylist():
            self._refuse(position, "order_id", "it has no order id")
        self._lines, self.total = _in_order(parsed)

    def __iter__(self) -> Iterator[Call[list[int]]]:
        lines: list[_Line] = []
        for batch in self._lines.to_batches(max_chunksize=_BATCH):
            for line in map(_Line._make, zip(*(column.to_pylist() for column in batch.columns), strict=True)):
                if lines and lines[0].order_id != line.order_id:
                    yield from self._order(lines)
                    lines = []
                lines.append(line)
        if lines:
            yield from self._order(lines)

    def refuse(self, positions: list[int], error: BadEvent) -> None:
        """Note that an order was not taken: the row to blame with the reason, the others with a word about it."""
        found = re.match(r"properties\.products\[(\d+)\]\.?(\w*)", error.where)
        blamed = positions[int(found[1])] if found else positions[0]
        field = {"total": "line_total"}.get(found[2], found[2]) if found else error.where.removeprefix("properties.")
        nobody = error.code == "missing_identity"  # the columns have other names than an event's fields
        self._refuse(blamed, field, "it has neither user_id nor anonymous_id" if nobody else error.message)
        self._leave_out(positions)

    def _parse(self, zone: ZoneInfo, layout: str) -> dict[str, pa.Array]:
        readers = {
            "placed_at": (values.time_reader(zone, layout), pa.string()),
            "quantity": (values.quantity, pa.float64()),
            "price": (values.amount, pa.string()),
            "line_total": (values.amount, pa.string()),
            "order_total": (values.amount, pa.string()),
            "currency": (values.currency, pa.string()),
        }
        parsed: dict[str, pa.Array] = {}
        for field in FIELDS:
            if field not in self.columns:
                kind = readers[field][1] if field in readers else pa.string()
                parsed[field] = pa.nulls(self.sheet.table.num_rows, kind)
                continue
            column = self.sheet.table.column(self.columns[field])
            if field not in readers:
                parsed[field] = text(column)
                continue
            parsed[field], problems = each(column, *readers[field])
            for position, message in problems.items():
                self._refuse(position, field, message)
        return parsed

    def _order(self, lines: list[_Line]) -> Iterator[Call[list[int]]]:
        """The call of one order, unless one of its rows is broken."""
        head = lines[0]._asdict()
        for field in ("placed_at", *OF_ORDER):
            said = {value: line for line in reversed(lines) if (value := getattr(line, field)) is not None}
            if len(said) > 1 and field in OF_ORDER:
                last = next(line for line in lines if getattr(line, field) not in (None, head[field]))
                message = f"order {lines[0].order_id} has {' and '.join(map(repr, reversed(said)))} as {field}"
                self._refuse(last.position, field, message)
            head[field] = min(said, default=None) if field == "placed_at" else next(iter(said), None)
        if head["placed_at"] is None and not any(line.position in self._bad for line in lines):
            self._refuse(lines[0].position, "placed_at", "it has no time")
        for line in lines:
            if line.product_id is None and line.position not in self._bad:
                self._refuse(line.position, "product_id", "it has no product id")
        positions = [line.position for line in lines]
        if self._bad.isdisjoint(positions):
            yield Call(positions, _encode(_call(head, lines)))
        else:
            self._leave_out(positions)

    def _refuse(self, position: int, field: str, message: str) -> None:
        column = self.columns.get(field, field)
        self.broken.append(Broken(self.sheet.rows[position], column, message, self.sheet.values(position)))
        self._bad.add(position)

    def _leave_out(self, positions: list[int]) -> None:
        blamed = next(self.sheet.rows[p] for p in positions if p in self._bad)
        for position in positions:
            if position not in self._bad:
                self._refuse(position, "order_id", f"its order is left out, as row {blamed} is broken")


def _call(head: Mapping[str, Any], lines: list[_Line]) -> dict[str, Any]:
    """The order as a call in the wire shape. The id is made of the order's, so that it comes in once."""
    properties: dict[str, Any] = {"order_id": head["order_id"], "products": [_product(line) for line in lines]}
    if head["currency"]:
        properties["currency"] = head["currency"]
    if head["order_total"]:
        properties["total"] = head["order_total"]
    return {
        "type": "track",
        "event": ORDER_COMPLETED,
        "messageId": f"import:order:{head['order_id']}",
        "userId": head["user_id"],
        "anonymousId": head["anonymous_id"],
        "timestamp": head["placed_at"],
        "properties": properties,
    }


def _product(line: _Line) -> dict[str, Any]:
    product: dict[str, Any] = {"product_id": line.product_id}
    if line.quantity is not None:
        product["quantity"] = line.quantity
    if line.price is not None:
        product["price"] = line.price
    if line.line_total is not None:
        product["total"] = line.line_total
    return product


def _in_order(parsed: Mapping[str, pa.Array]) -> tuple[pa.Table, int]:
    """The rows sorted by the time of their order, an order's rows together as in the file; and how many orders."""
    rows = pa.table({"position": pa.array(range(len(parsed["order_id"])), pa.int64()), **parsed})
    rows = rows.filter(pc.is_valid(rows["order_id"]))
    orders = rows.group_by("order_id").aggregate([("placed_at", "min"), ("position", "min")])
    orders = orders.sort_by([("placed_at_min", "ascending"), ("position_min", "ascending")])
    rank = pc.index_in(rows["order_id"], value_set=orders["order_id"])
    ordered = pc.sort_indices(
        pa.table({"rank": rank, "position": rows["position"]}),
        sort_keys=[("rank", "ascending"), ("position", "ascending")],
    )
    return rows.take(ordered), orders.num_rows
