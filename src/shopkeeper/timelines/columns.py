"""Facts as columns of the day files: the public schema that any tool can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
import pyarrow as pa

from shopkeeper.model.time import DAY, day_of, month_of
from shopkeeper.timelines.facts import COLUMNS
from shopkeeper.timelines.store import plain

_TYPES: dict[str, pa.DataType] = {
    "at": pa.int64(),
    "event_id": pa.binary(),
    "price": pa.int64(),
    "quantity": pa.float64(),
    "value": pa.int64(),
}
SCHEMA = pa.schema(
    [("who", pa.int64()), ("seq", pa.int64()), *((name, _TYPES.get(name, pa.string())) for name in COLUMNS)]
)
"""`who` is the person's number, `seq` the write it came with; properties are JSON text."""
SCHEMAS = {"facts": SCHEMA}
_SPAN = "span"


def to_table(writes: Iterable[tuple[int, int, bytes]]) -> pa.Table:
    """The facts of (who, seq, body) as one Arrow table, in their order."""
    whos, seqs, facts = [], [], []
    for who, seq, body in writes:
        found = plain(body)
        whos += [who] * len(found)
        seqs += [seq] * len(found)
        facts += found
    if not facts:
        return SCHEMA.empty_table()
    *columns, properties = zip(*facts, strict=True)
    told = [msgspec.json.encode(said).decode() if said else None for said in properties]
    arrays = [pa.array(column, field.type) for column, field in zip((whos, seqs, *columns, told), SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)


def by_span(table: pa.Table, old: int) -> Iterator[tuple[str, pa.Table]]:
    """The facts of each day, or of each month of days that began before `old`; those of one name and then time together."""
    days, place = np.unique(table["at"].to_numpy() // DAY, return_inverse=True)
    spans = [(month_of if day * DAY < old else day_of)(day * DAY) for day in days.tolist()]
    names = sorted(set(spans))
    numbers = np.array([names.index(span) for span in spans], np.int64)[place]
    table = table.append_column(_SPAN, [numbers]).sort_by([(key, "ascending") for key in (_SPAN, "name", "at")])
    first = 0
    for name, count in zip(names, np.bincount(numbers).tolist(), strict=True):
        yield name, table.slice(first, count).drop_columns(_SPAN)
        first += count
