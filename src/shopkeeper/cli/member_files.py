"""Members of a segment as a file for other programs: CSV or Parquet."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from shopkeeper.engine.told import MembersTold
from shopkeeper.model.errors import BadInput

COLUMNS = ("person", "user_id", "name", "email", "orders", "spent", "since")
"""`spent` is in minor units of the shop's currency."""


def check(file: Path) -> None:
    """BadInput for a file of a kind that cannot be written."""
    if file.suffix not in (".csv", ".parquet"):
        raise BadInput("bad_file", f"{file} is neither .csv nor .parquet", hint="Name one of these.", where="--out")


def write(file: Path, told: MembersTold) -> int:
    """Write all members; how many."""
    rows = [[getattr(member, column) for column in COLUMNS] for member in told.members]
    try:
        if file.suffix == ".csv":
            with file.open("w", newline="", encoding="utf-8") as out:
                writer = csv.writer(out)
                writer.writerow(COLUMNS)
                writer.writerows([_inert(value) for value in row] for row in rows)
        else:
            columns = list(zip(*rows, strict=True)) or [()] * len(COLUMNS)
            types = {"orders": pa.int64(), "spent": pa.int64()}
            parquet.write_table(
                pa.table(
                    {
                        name: pa.array(column, types.get(name, pa.string()))
                        for name, column in zip(COLUMNS, columns, strict=True)
                    }
                ),
                file,
            )
    except OSError as error:
        raise BadInput("no_file", f"{file} cannot be written: {error.strerror}", hint="Check the folder.") from None
    return len(rows)


def _inert(value: object) -> object:
    """Text a spreadsheet would take for a formula is kept from being one."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
