"""How a report may be had: as the end of its path, or in the Accept header."""

from __future__ import annotations

FORMS = {
    "json": "application/json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
}
