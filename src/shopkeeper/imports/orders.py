"""Orders from rows, one row a line: grouped by order id, each order one `Order Completed` as a server would send it.

An order is taken as a whole or not at all: with one of its rows broken its value would be wrong, and once it is in the
log, mending the row would come too late. Its rows may lie anywhere in the file: so all of it is read before the first order is
taken, and the rows are put in order on disk.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from zoneinfo import ZoneInfo

import msgspec
import pyarrow as pa

from shopkeeper.engine.importing import Call
from shopkeeper.imports import values
from shopkeeper.imports.left_out import LeftOut
from shopkeeper.imports.rows import Part, Row, Rows
from shopkeeper.imports.sheet import Naming
from shopkeeper.model.errors import BadEvent, BadInput
from shopkeeper.model.events import ORDER_COMPLETED
from shopkeeper.storage.pile import Pile

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
MOST_LINES = 10_000
"""Rows of one order; no event may be so long."""
LONGEST_TEXT = 1_000
"""Characters of an id; those of events are shorter."""
_BATCH = 10_000
_PILE = pa.schema(
    [("row", pa.int64())] + [(field, pa.float64() if field == "quantity" else pa.string()) for field in FIELDS]
)
# The rows by the time of their order, an order's together as in the file.
_IN_ORDER = f"""
SELECT {", ".join(f"p.{name}" for name in _PILE.names)}
FROM {{pile}} AS p
JOIN (SELECT order_id, min(placed_at) AS first_time, min("row") AS first_row FROM {{pile}} GROUP BY order_id) AS o
  USING (order_id)
ORDER BY o.first_time NULLS LAST, o.first_row, p."row"
"""
_encode = msgspec.json.encode


class _Line(NamedTuple):
    """One row, parsed. `row` is its number in the file."""

    row: int
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
    """The orders of a file as calls, in the order of their times; `broken` grows while they are read. What it holds on
    disk goes when it is closed.
    """

    def __init__(
        self,
        rows: Rows,
        mapping: Mapping[str, str],
        zone: ZoneInfo,
        layout: str = "",
        *,
        room: Path,
        progress: Callable[[int, int], None] = lambda _done, _whole: None,
    ) -> None:
        """Reads all rows, and sets them aside in the folder `room`. BadInput when there is no row, a column is missing,
        or the file breaks off.
        """
        self.rows = rows
        self.broken = LeftOut()
        self.broke: BadInput | None = None
        """Why no more orders were taken, if not all were."""
        self._doubtful: dict[str, int] = {}
        """Orders of which a row cannot be read, and the row."""
        self._done = self._whole = 0
        rows.refuse_none()
        self.naming = Naming(rows.name, rows.columns, FIELDS, mapping)
        self.naming.require(
            "order_id", "placed_at", "product_id", "user_id|anonymous_id", "price|line_total|order_total"
        )
        self._readers = _readers(zone, layout)
        self._pile = Pile(room, _PILE)
        try:
            self._set_aside(progress)
        except BaseException:
            self._pile.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pile.close()

    @property
    def far(self) -> tuple[int, int]:
        """How many rows are taken, of how many."""
        return self._done, self._whole

    def __iter__(self) -> Iterator[Call[list[int]]]:
        try:
            for order_id, rows in groupby(self._lines(), key=lambda line: line.order_id):
                lines = list(islice(rows, MOST_LINES + 1))
                if len(lines) <= MOST_LINES:
                    yield from self._order(lines)
                    self.broken.check()
                    continue
                for line in chain(lines, rows):
                    self._refuse(line.row, "order_id", f"order {order_id} has more than {MOST_LINES:,} rows")
                    self.broken.check()
        except BadInput as error:
            self.broke = error

    def refuse(self, rows: list[int], error: BadEvent) -> None:
        """Note that an order was not taken: the row to blame with the reason, the others with a word about it."""
        found = re.match(r"properties\.products\[(\d+)\]\.?(\w*)", error.where)
        blamed = rows[int(found[1])] if found else rows[0]
        field = {"total": "line_total"}.get(found[2], found[2]) if found else error.where.removeprefix("properties.")
        nobody = error.code == "missing_identity"  # the columns have other names than an event's fields
        self._refuse(blamed, field, "it has neither user_id nor anonymous_id" if nobody else error.message)
        self._leave_out(rows)

    def _set_aside(self, progress: Callable[[int, int], None]) -> None:
        """Read all rows, and set those aside that are of an order."""
        read = _nothing_read()
        for part in self.rows.parts():
            for row in part.faults:
                self._put_down(row)
            columns = self.naming.of(part.columns)
            read["row"] += part.numbers
            for field in FIELDS:
                read[field] += self._column(field, columns.get(field), part)
            first = len(read["row"]) - len(part.numbers)
            for number, order_id in zip(part.numbers, islice(read["order_id"], first, None), strict=True):
                if order_id is None and number not in self.broken:
                    self.broken.add(number, columns.get("order_id", "order_id"), "it has no order id")
            self.broken.check()
            if len(read["row"]) >= _BATCH:
                self._put_aside(read)
                read = _nothing_read()
                progress(*self.rows.gauge.far)
        self._put_aside(read)
        progress(*self.rows.gauge.far)

    def _put_down(self, row: Row) -> None:
        """Note a row that cannot be read. With too few or too many cells it still tells of which order it may be."""
        self.broken.add(row.number, "", row.fault)
        named = self.rows.columns or ()
        column = self.naming.column("order_id")
        if column in named:
            place = named.index(column)
            for cell in {place, place + len(row.held) - len(named)}:
                if 0 <= cell < len(row.held):
                    self._doubtful[str(row.held[cell]).strip()] = row.number

    def _put_aside(self, read: Mapping[str, list[Any]]) -> None:
        lines = pa.record_batch([pa.array(read[field.name], field.type) for field in _PILE], schema=_PILE)
        lines = lines.filter(lines.column("order_id").is_valid())
        self._pile.add(lines)
        self._whole += lines.num_rows

    def _column(self, field: str, column: str | None, part: Part) -> list[Any]:
        """What each row says of a field. Values repeat a lot, and each is read once; those that cannot be are noted."""
        if column is None:
            return [None] * len(part.numbers)
        cells = part.cells(column)
        mixed = len({*map(type, cells)} - {type(None)}) > 1  # 1, 1.0 and True are one key, and are not read alike
        keys: Sequence[Any] = [*zip(map(type, cells), cells, strict=True)] if mixed else cells
        try:
            found = dict(zip(keys, cells, strict=True))
        except TypeError:  # lists and objects cannot be keys
            keys = range(len(cells))
            found = dict(zip(keys, cells, strict=True))
        read = self._readers[field]
        meant: dict[Any, Any] = {}
        wrong: dict[Any, str] = {}
        for key, cell in found.items():
            try:
                meant[key] = None if cell is None else read(_cell(cell))
            except ValueError as error:
                meant[key] = None
                wrong[key] = str(error)
        if wrong:
            for number, key in zip(part.numbers, keys, strict=True):
                if key in wrong:
                    self.broken.add(number, column, wrong[key])
        return [meant[key] for key in keys]

    def _lines(self) -> Iterator[_Line]:
        for batch in self._pile.taken(_IN_ORDER):
            yield from map(_Line._make, zip(*(column.to_pylist() for column in batch.columns), strict=True))
            self._done += batch.num_rows

    def _order(self, lines: list[_Line]) -> Iterator[Call[list[int]]]:
        """The call of one order, unless one of its rows is broken."""
        head = lines[0]._asdict()
        for field in ("placed_at", *OF_ORDER):
            said = {value: line for line in reversed(lines) if (value := getattr(line, field)) is not None}
            if len(said) > 1 and field in OF_ORDER:
                last = next(line for line in lines if getattr(line, field) not in (None, head[field]))
                message = f"order {lines[0].order_id} has {' and '.join(map(repr, reversed(said)))} as {field}"
                self._refuse(last.row, field, message)
            head[field] = min(said, default=None) if field == "placed_at" else next(iter(said), None)
        if head["placed_at"] is None and not any(line.row in self.broken for line in lines):
            self._refuse(lines[0].row, "placed_at", "it has no time")
        for line in lines:
            if line.product_id is None and line.row not in self.broken:
                self._refuse(line.row, "product_id", "it has no product id")
        rows = [line.row for line in lines]
        if (doubt := self._doubtful.get(lines[0].order_id)) is not None:
            self._refuse(rows[0], "order_id", f"its order is left out, as row {doubt} is broken")
        if any(row in self.broken for row in rows):
            self._leave_out(rows)
        else:
            yield Call(rows, _encode(_call(head, lines)))

    def _refuse(self, row: int, field: str, message: str) -> None:
        self.broken.add(row, self.naming.column(field), message)

    def _leave_out(self, rows: list[int]) -> None:
        blamed = next(row for row in rows if row in self.broken)
        for row in rows:
            if row not in self.broken:
                self._refuse(row, "order_id", f"its order is left out, as row {blamed} is broken")


def _nothing_read() -> dict[str, list[Any]]:
    return {name: [] for name in _PILE.names}


def _readers(zone: ZoneInfo, layout: str) -> dict[str, Callable[[Any], Any]]:
    """How the value of each field is read; all of them refuse with ValueError."""
    own: dict[str, Callable[[Any], Any]] = {
        "placed_at": values.time_reader(zone, layout),
        "quantity": values.quantity,
        "price": values.amount,
        "line_total": values.amount,
        "order_total": values.amount,
        "currency": values.currency,
    }
    return {field: own.get(field, values.text) for field in FIELDS}


def _cell(value: Any) -> Any:
    """A cell that can be the value of a field; ValueError for one that is too long, or a list."""
    if isinstance(value, str):
        if len(value) > LONGEST_TEXT:
            raise ValueError(f"{value[:20]!r}... is longer than {LONGEST_TEXT:,} characters")
        return value.strip() or None
    if isinstance(value, dict | list):
        raise ValueError("it is a list or an object, not a value")
    return value


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
