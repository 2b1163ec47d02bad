"""The file of rows that were left out: mend them there, and import again."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

from shopkeeper.imports.left_out import LeftOut
from shopkeeper.imports.rows import TOLD, Rows
from shopkeeper.model.errors import BadInput


def write_errors(path: Path, rows: Rows, broken: LeftOut) -> None:
    """Row number, column and message of each broken row, then its values as they stand in the file, which is read again
    for them. BadInput if that cannot be.

    Where that is the very file that is written, as by whoever mends a file of errors and imports it again, it is replaced
    once it is read.
    """
    itself = rows.path is not None and path.exists() and path.samefile(rows.path)
    part = path.with_name(f"{path.name}.part") if itself else path
    try:
        with part.open("w", encoding="utf-8", newline="") as file:
            _write(file, rows, broken)
        if itself:
            part.replace(path)
    except OSError as error:
        raise BadInput("no_file", f"{path} cannot be written: {error.strerror}", hint="Name another file.") from None
    finally:
        if itself:
            part.unlink(missing_ok=True)


def _write(file: TextIO, rows: Rows, broken: LeftOut) -> None:
    missing = len(broken)
    writer = csv.writer(file)
    writer.writerow([*TOLD, *(rows.columns if rows.columns is not None else ["line"])])
    for row in rows if missing else ():
        why = broken.get(row.number)
        if why is None:
            continue
        held = row.held or row.values.values()
        writer.writerow([why.row, why.column, why.message, *("" if v is None else v for v in held)])
        missing -= 1
        if not missing:
            return
