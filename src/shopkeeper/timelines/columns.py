"""Facts as columns of the day files: the public schema that any tool can read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

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
    """The facts of each day, or of each month of what happened before `old`; those of one name and then time together."""
    from pyarrow import compute  # noqa: PLC0415  # takes as long to import as all of Arrow; a server starts without it

    moments = table["at"].cast(pa.timestamp("us"))
    month, day = (compute.strftime(moments, name) for name in ("%Y-%m", "%Y-%m-%d"))
    spans = compute.if_else(compute.less(table["at"], old), month, day)
    table = table.append_column(_SPAN, spans).sort_by([(key, "ascending") for key in (_SPAN, "name", "at")])
    first = 0
    for count in compute.value_counts(table[_SPAN]).to_pylist():  # in the order in which they come first
        yield count["values"], table.slice(first, count["counts"]).drop_columns(_SPAN)
        first += count["counts"]
