"""Members as a file for other programs: CSV or Parquet, money in whole units of the shop's currency."""

from __future__ import annotations

import msgspec

from shopkeeper.insights.told import MembersTold
from shopkeeper.model.money import decimal_text
from shopkeeper.storage.sheet import csv_text, parquet_bytes

COLUMNS = {
    "person": "text",
    "user_id": "text",
    "name": "text",
    "email": "text",
    "orders": "number",
    "spent": "money",
    "since": "text",
}
FORMS = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
"""Form -> media type."""


def file_of(told: MembersTold, form: str) -> bytes:
    """The members in one of the forms."""
    rows = [msgspec.to_builtins(m) | {"spent": decimal_text(m.spent, told.currency)} for m in told.members]
    return csv_text(list(COLUMNS), rows).encode() if form == "csv" else parquet_bytes(COLUMNS, rows)
