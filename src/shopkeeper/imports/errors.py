"""The file of rows that were left out: mend them there, and import again."""

from __future__ import annotations

import csv
from pathlib import Path

from shopkeeper.imports.left_out import LeftOut
from shopkeeper.imports.rows import Rows
from shopkeeper.model.errors import BadInput


def write_errors(path: Path, rows: Rows, broken: LeftOut) -> None:
    """Row number, column and message of each broken row, then its values as they stand in the file, which is read again
    for them. BadInput if that cannot be.
    """
    columns = rows.columns if rows.columns is not None else ["line"]
    missing = len(broken)
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["row", "column", "message", *columns])
            for row in rows if missing else ():
                why = broken.get(row.number)
                if why is None:
                    continue
                held = row.held or row.values.values()
                writer.writerow([why.row, why.column, why.message, *("" if v is None else v for v in held)])
                missing -= 1
                if not missing:
                    return
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be written: {error.strerror}", hint="Name another file.") from None
