"""Members of a segment as a file for other programs: CSV or Parquet."""

from __future__ import annotations

from pathlib import Path

import msgspec

from shopkeeper.insights.told import MembersTold
from shopkeeper.model.errors import BadInput
from shopkeeper.model.money import decimal_text
from shopkeeper.storage.sheet import csv_text, parquet_bytes

COLUMNS = {
    "person": "text", "user_id": "text", "name": "text", "email": "text", "orders": "number", "spent": "money",
    "since": "text",
}  # fmt: skip


def check(file: Path) -> None:
    """BadInput for a file of a kind that cannot be written."""
    if file.suffix not in (".csv", ".parquet"):
        raise BadInput("bad_file", f"{file} is neither .csv nor .parquet", hint="Name one of these.", where="--out")


def write(file: Path, told: MembersTold) -> int:
    """Write all members; how many."""
    rows = [msgspec.to_builtins(m) | {"spent": decimal_text(m.spent, told.currency)} for m in told.members]
    body = csv_text(list(COLUMNS), rows).encode() if file.suffix == ".csv" else parquet_bytes(COLUMNS, rows)
    try:
        file.write_bytes(body)
    except OSError as error:
        raise BadInput("no_file", f"{file} cannot be written: {error.strerror}", hint="Check the folder.") from None
    return len(rows)
