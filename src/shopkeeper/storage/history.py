"""History: immutable Parquet files, one folder a day, that exist because the manifest in state says so.

A file is written, synced and renamed into place before the transaction that lists it commits. So a crash can leave a
file that nobody lists (`sweep` removes it), never a listed file that is not whole.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import pyarrow
from pyarrow import parquet

from shopkeeper.model.errors import Unavailable
from shopkeeper.storage.duck import Duck, relation
from shopkeeper.storage.state import Connection, Migration, State

MIGRATIONS = (
    Migration(
        "storage",
        1,
        (
            "CREATE TABLE storage_manifest (path TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, day TEXT NOT NULL,"
            " rows BIGINT NOT NULL, bytes BIGINT NOT NULL)",
            "CREATE INDEX storage_manifest_by_day ON storage_manifest (kind, day)",
        ),
    ),
)

_ROW_GROUP = 122_880  # DuckDB's own unit of work, so that its threads share a file well
_SPILL = "spill"


@dataclass(frozen=True)
class ManifestFile:
    """One file of the history; `day` is a UTC day, or a month (`2026-01`) that is kept whole; `bytes` its size on disk."""

    path: Path
    kind: str
    day: str
    rows: int
    bytes: int


class Draft(NamedTuple):
    """A whole file that nobody lists yet, as the manifest will have it."""

    name: str
    kind: str
    day: str
    rows: int
    bytes: int


class History:
    """The files of one shop below `folder`, each `kind/day/name.parquet`."""

    def __init__(self, folder: Path, state: State, schemas: Mapping[str, pyarrow.Schema]) -> None:
        """`schemas` names the columns of each kind of file; a room may add columns later, never change or drop one."""
        self.folder = folder
        self._state = state
        self._schemas = dict(schemas)

    def draft(self, kind: str, day: str, table: pyarrow.Table) -> Draft | None:
        """Write a file that is not part of the history yet: while a transaction waited for it, so would all who write.

        None for a table without rows. Raises ValueError when its columns are not those of its kind, Unavailable when
        it cannot be written.
        """
        if not table.schema.equals(self._schemas[kind]):
            raise ValueError(f"this table does not have the columns of the {kind} history")
        if not table.num_rows:
            return None
        name = f"{kind}/{day}/{uuid4().hex}.parquet"
        try:
            size = _write(self.folder / name, table)
        except OSError as error:
            raise Unavailable(
                "history_not_writable",
                f"The history in {self.folder} cannot be written ({error.strerror or error})",
                hint="Check that this user may write there and that the disk is not full.",
            ) from error
        return Draft(name, kind, day, table.num_rows, size)

    def enter(self, conn: Connection, draft: Draft | None) -> None:
        """List a draft through `conn`, a write(); it is part of the history when that commits.

        Raises Unavailable when a sweep took it for one that a crash had left.
        """
        if draft is None:
            return
        if not (self.folder / draft.name).is_file():
            raise Unavailable("history_swept", "A new file of the history was swept away", hint="Try again.")
        conn.run("INSERT INTO storage_manifest VALUES (?, ?, ?, ?, ?)", draft)

    def discard(self, drafts: Iterable[Draft | None]) -> None:
        """Delete drafts that are not needed."""
        _unlink([self.folder / draft.name for draft in drafts if draft is not None])

    def add(self, conn: Connection, kind: str, day: str, table: pyarrow.Table) -> None:
        """Write a file and list it in one go. Raises as `draft` does."""
        self.enter(conn, self.draft(kind, day, table))

    def files(
        self, conn: Connection, kind: str, first_day: str | None = None, last_day: str | None = None
    ) -> list[ManifestFile]:
        """The files of a kind, oldest day first; both days are included."""
        found = conn.rows(
            "SELECT path, kind, day, rows, bytes FROM storage_manifest"
            " WHERE kind = ? AND day >= ? AND day <= ? ORDER BY day, path",
            (kind, first_day or "", last_day or "~"),
        )
        return [ManifestFile(self.folder / path, *rest) for path, *rest in found]

    def replace(self, conn: Connection, kind: str, day: str, draft: Draft | None, last_day: str | None = None) -> None:
        """Put a draft in the place of all files of a day, or of all days up to the last one (compaction, erasure); None
        leaves the day empty.

        The old files are deleted once the write has committed; a query that was reading them is told to ask again.
        """
        old = self.files(conn, kind, day, last_day or day)
        conn.run("DELETE FROM storage_manifest WHERE kind = ? AND day >= ? AND day <= ?", (kind, day, last_day or day))
        self.enter(conn, draft)
        conn.after_commit(lambda: _unlink([file.path for file in old]))

    def query(
        self,
        conn: Connection,
        sql: str,
        params: Sequence[Any] = (),
        kind: str = "events",
        first_day: str | None = None,
        last_day: str | None = None,
        tables: Mapping[str, pyarrow.Table] | None = None,
    ) -> list[tuple[Any, ...]]:
        """Ask DuckDB; `{history}` in `sql` stands for the files that `conn` sees, of the days asked for.

        `tables` are further tables the SQL may name.
        Raises Unavailable when a compaction or erasure removed one of those files meanwhile.
        """
        rows: list[tuple[Any, ...]] = self._asked(
            self._duck.query, conn, sql, params, kind, first_day, last_day, tables
        )
        return rows

    def table(
        self,
        conn: Connection,
        sql: str,
        params: Sequence[Any] = (),
        kind: str = "events",
        first_day: str | None = None,
        last_day: str | None = None,
        tables: Mapping[str, pyarrow.Table] | None = None,
    ) -> pyarrow.Table:
        """The same with an Arrow table for an answer, which many rows come faster in."""
        return self._asked(self._duck.table, conn, sql, params, kind, first_day, last_day, tables)

    def reckon(self, sql: str, params: Sequence[Any], tables: Mapping[str, pyarrow.Table]) -> list[tuple[Any, ...]]:
        """Ask DuckDB about tables alone, no file of the history."""
        return self._duck.query(sql, params, tables)

    def _asked(
        self,
        ask: Callable[..., Any],
        conn: Connection,
        sql: str,
        params: Sequence[Any],
        kind: str,
        first_day: str | None,
        last_day: str | None,
        tables: Mapping[str, pyarrow.Table] | None,
    ) -> Any:
        files = [file.path for file in self.files(conn, kind, first_day, last_day)]
        try:
            return ask(sql.replace("{history}", relation(self._nothing[kind], files)), params, tables)
        except FileNotFoundError as error:
            raise Unavailable(
                "history_rewritten", "The history was rewritten while it was being read", hint="Ask again."
            ) from error

    def sweep(self) -> int:
        """Delete files that the manifest does not list, left by a crash; answers how many.

        Waits for the writer's turn, so a file that is about to be listed is safe.
        """
        with self._state.write() as conn:
            listed = {self.folder / path for (path,) in conn.rows("SELECT path FROM storage_manifest")}
            return _unlink([path for path in self.folder.glob("*/*/*.parquet*") if path not in listed])

    def close(self) -> None:
        """Free what queries have used."""
        if "_duck" in self.__dict__:
            self._duck.close()

    @cached_property
    def _duck(self) -> Duck:
        return Duck(self.spill)

    @property
    def spill(self) -> Path:
        """The folder for what does not fit in memory meanwhile."""
        return self.folder / _SPILL

    @cached_property
    def _nothing(self) -> dict[str, str]:
        return {kind: self._duck.nothing(schema) for kind, schema in self._schemas.items()}


def _write(path: Path, table: pyarrow.Table) -> int:
    """Write, sync, rename, sync the folder; answers the size in bytes."""
    for folder in (path.parent.parent.parent, path.parent.parent, path.parent):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)
    unfinished = path.with_suffix(".parquet-unfinished")
    parquet.write_table(table, unfinished, compression="zstd", row_group_size=_ROW_GROUP)
    _sync(unfinished)
    unfinished.rename(path)
    _sync(path.parent)
    return path.stat().st_size


def _sync(path: Path) -> None:
    """Force a file, or the names in a folder, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink(paths: Sequence[Path]) -> int:
    """Delete what can be deleted; a file that stays is no longer listed, and a later sweep tries again."""
    deleted = 0
    for path in paths:
        with suppress(OSError):
            path.unlink()
            deleted += 1
    return deleted
