"""Facts as columns of the day files: the public schema that any tool can read."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from shopkeeper.timelines.facts import COLUMNS, Fact

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


def to_table(rows: Sequence[tuple[int, int, Fact]]) -> pa.Table:
    """(who, seq, fact) as one Arrow table."""
    if not rows:
        return SCHEMA.empty_table()
    whos, seqs, facts = zip(*rows, strict=True)
    *columns, properties = zip(*map(msgspec.structs.astuple, facts), strict=True)
    told = [msgspec.json.encode(said).decode() if said else None for said in properties]
    arrays = [pa.array(column, field.type) for column, field in zip((whos, seqs, *columns, told), SCHEMA, strict=True)]
    return pa.Table.from_arrays(arrays, schema=SCHEMA)
