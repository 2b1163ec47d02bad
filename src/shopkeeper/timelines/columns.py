"""Facts as columns of the day files: the public schema that any tool can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
    columns: dict[str, list[Any]] = {"who": [row[0] for row in rows], "seq": [row[1] for row in rows]}
    facts = [row[2] for row in rows]
    for name in COLUMNS[:-1]:
        columns[name] = [getattr(fact, name) for fact in facts]
    columns["properties"] = [msgspec.json.encode(f.properties).decode() if f.properties else None for f in facts]
    return pa.table(columns, schema=SCHEMA)
