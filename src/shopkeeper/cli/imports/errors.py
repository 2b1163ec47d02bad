"""The file of rows that were left out: mend them there, and import again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from shopkeeper.imports.sheet import Broken
from shopkeeper.model.errors import BadInput


def write_errors(path: Path, columns: Sequence[str], broken: Sequence[Broken]) -> None:
    """Row number, column and message of each broken row, then its values as they were. BadInput if that cannot be."""
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "column", "message", *columns])
            for each in sorted(broken, key=lambda b: b.row):
                writer.writerow([each.row, each.column, each.message, *("" if v is None else v for v in each.values)])
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be written: {error.strerror}", hint="Name another file.") from None
