"""Rows set aside on disk in the order in which they come, and taken up in another, in bounded memory."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import IO, Self

import duckdb
import pyarrow
from pyarrow import parquet

from shopkeeper.model.errors import Unavailable

MEMORY_LIMIT = "400MB"
"""What a sort may hold before it goes on on disk."""
BATCH = 20_000
"""Rows taken up together."""
_PREFIX = "pile-"


class Pile:
    """Rows of one schema. It lies in a folder of its own below `folder`, which goes with it; what a crash left goes with
    the next pile there.
    """

    def __init__(self, folder: Path, schema: pyarrow.Schema) -> None:
        """Raises Unavailable when the folder cannot be written."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for left in folder.glob(f"{_PREFIX}*"):
                _remove_if_forsaken(left)
            self._home = Path(mkdtemp(prefix=_PREFIX, dir=folder))
            self._lock = _locked(self._home)
            self._rows = self._home / "rows"
            self._writer = parquet.ParquetWriter(self._rows, schema, compression="zstd")
        except OSError as error:
            raise _no_room(folder, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, rows: pyarrow.RecordBatch) -> None:
        """Set rows aside. Raises Unavailable when the disk is full."""
        try:
            self._writer.write_batch(rows)
        except OSError as error:
            raise _no_room(self._home.parent, error) from error

    def taken(self, sql: str) -> Iterator[pyarrow.RecordBatch]:
        """The answer to a SELECT over all that was set aside, which the SQL calls `{pile}`, batch by batch.

        Nothing can be set aside any more. Raises Unavailable when it needs more disk than there is.
        """
        try:
            self._writer.close()
        except OSError as error:
            raise _no_room(self._home.parent, error) from error
        config: dict[str, str | bool | int | float | list[str]] = {
            "threads": 1,
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(self._home / "sorting"),
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        place = str(self._rows).replace("'", "''")
        with duckdb.connect(":memory:", config=config) as db:
            db.execute("LOAD parquet")
            db.execute(f"CREATE VIEW pile AS SELECT * FROM read_parquet('{place}')")
            try:
                yield from db.sql(sql.replace("{pile}", "pile")).to_arrow_reader(BATCH)
            except (duckdb.OutOfMemoryException, duckdb.IOException) as error:
                raise _no_room(self._home.parent, error) from error

    def close(self) -> None:
        """Throw all of it away."""
        with suppress(OSError):  # on a full disk it cannot be ended, and need not
            self._writer.close()
        shutil.rmtree(self._home, ignore_errors=True)
        self._lock.close()


def _locked(home: Path) -> IO[str]:
    lock = (home / "lock").open("w", encoding="ascii")
    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _remove_if_forsaken(home: Path) -> None:
    """Take away a pile that nobody holds any more."""
    try:
        lock = _locked(home)
    except OSError:  # somebody holds it, or it is going just now
        return
    with lock:
        shutil.rmtree(home, ignore_errors=True)


def _no_room(folder: Path, error: Exception) -> Unavailable:
    reason = str(error).splitlines()[0]
    return Unavailable(
        "no_room_to_sort",
        f"Rows cannot be put in order in {folder}: {reason}",
        hint="Check that this user may write there, and that the disk has as much room as the file is long.",
    )
