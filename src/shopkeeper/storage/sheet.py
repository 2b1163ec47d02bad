"""Tables for other programs: CSV that a spreadsheet opens safely, and Parquet with real types."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import pyarrow
from pyarrow import parquet

Kind = Literal["text", "prose", "id", "number", "money", "share", "time", "code"]
"""What a column holds; `prose` is text of a sentence or more, `id` text that is not broken into lines."""

_MONEY = pyarrow.decimal128(24, 3)
"""Three places hold the minor units of every currency there is."""
_TYPES = {
    "text": pyarrow.string(),
    "prose": pyarrow.string(),
    "id": pyarrow.string(),
    "code": pyarrow.string(),
    "number": pyarrow.float64(),
    "share": pyarrow.float64(),
    "money": _MONEY,
    "time": pyarrow.timestamp("us", tz="UTC"),
}


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The rows as CSV (RFC 4180) under their columns.

    Text a spreadsheet would take for a formula is kept from being one by an apostrophe.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(_inert(row.get(column)) for column in columns)
    return out.getvalue()


def parquet_bytes(columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The rows as a Parquet file; `columns` maps each name to its kind.

    Money is a decimal of the currency's whole units (a text or number as `csv_text` writes it), time is microseconds.
    Numbers that are whole throughout become 64-bit integers.
    """
    arrays, fields = [], []
    for name, kind in columns.items():
        values = [row.get(name) for row in rows]
        if kind == "money":
            values = [None if value is None else Decimal(str(value)) for value in values]
        elif _TYPES[kind] == pyarrow.string():
            values = [None if value is None else str(value) for value in values]
        whole = kind == "number" and all(value is None or isinstance(value, int) for value in values)
        type_ = pyarrow.int64() if whole else _TYPES[kind]
        arrays.append(pyarrow.array(values, type=type_))
        fields.append(pyarrow.field(name, type_))
    table = pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields))
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()


def _inert(value: Any) -> Any:
    risky = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    if not risky or _is_number(value):
        return value
    return "'" + value


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
