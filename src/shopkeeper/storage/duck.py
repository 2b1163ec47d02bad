"""The one adapter to DuckDB: a query engine in memory, without files of its own and without extensions to fetch."""

from __future__ import annotations

import glob
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from shopkeeper.model.errors import Unavailable

THREADS = 2
MEMORY_LIMIT = "1GB"
"""Beyond this, sorts and joins spill to disk."""


class Duck:
    """Runs SQL over Parquet files; may be used by many threads, each query on its own cursor."""

    def __init__(self, spill: Path) -> None:
        """`spill` is a folder for what does not fit in memory; made when it is needed."""
        self._db = duckdb.connect(
            ":memory:",
            config={
                "threads": THREADS,
                "memory_limit": MEMORY_LIMIT,
                "temp_directory": str(spill),
                "autoinstall_known_extensions": False,  # closed networks: nothing is downloaded behind our back
                "autoload_known_extensions": False,
            },
        )
        # Files are never changed once written, and a question may name all of them several times.
        self._db.execute("LOAD parquet")  # it is part of the library
        self._db.execute("SET parquet_metadata_cache = true")
        self._db.execute("SET lock_configuration = true")
        self._cursors = threading.Lock()

    def query(
        self, sql: str, params: Sequence[Any] = (), tables: Mapping[str, pyarrow.Table] | None = None
    ) -> list[tuple[Any, ...]]:
        """Every row of the answer; `tables` may be named in the SQL.

        Raises FileNotFoundError when a file of the query has gone, Unavailable when one cannot be read or the
        query needs more memory and disk than there is.
        """
        return self._answer(tables or {}, lambda cursor: cursor.execute(sql, list(params)).fetchall())  # type: ignore[no-any-return]

    def table(
        self, sql: str, params: Sequence[Any] = (), tables: Mapping[str, pyarrow.Table] | None = None
    ) -> pyarrow.Table:
        """The answer as an Arrow table. Raises as `query` does."""
        return self._answer(tables or {}, lambda cursor: cursor.sql(sql, params=list(params)).to_arrow_table())

    def _answer(self, tables: Mapping[str, pyarrow.Table], ask: Callable[[Any], Any]) -> Any:
        with self._cursors:
            cursor = self._db.cursor()
        try:
            for name, table in tables.items():
                cursor.register(name, table)
            return ask(cursor)
        except duckdb.OutOfMemoryException as error:
            raise Unavailable(
                "history_query_too_large",
                "The query over the history needs more memory than it may use",
                hint="Ask about fewer days, or free some disk space for it to spill to.",
            ) from error
        except (duckdb.IOException, duckdb.InvalidInputException) as error:
            raise _unreadable(error) from error
        finally:
            cursor.close()

    def close(self) -> None:
        """Free its memory."""
        self._db.close()

    def nothing(self, schema: pyarrow.Schema) -> str:
        """A SELECT of no rows with the columns and types of `schema`."""
        with self._cursors:
            cursor = self._db.cursor()
        cursor.register("described", schema.empty_table())
        columns = cursor.execute("DESCRIBE SELECT * FROM described").fetchall()
        cursor.close()
        typed = ", ".join(f'CAST(NULL AS {kind}) AS "{name}"' for name, kind, *_ in columns)
        return f"SELECT {typed} WHERE false"


def relation(nothing: str, files: Sequence[Path]) -> str:
    """SQL for exactly these files, columns united by name with `nothing`, to stand after FROM.

    Older files may lack columns (NULL then), and without files it is an empty relation of the right types.
    The empty branch costs nothing: filters and projections still reach the Parquet scan.
    """
    if not files:
        return f"({nothing})"
    quoted = ", ".join("'" + glob.escape(str(path)).replace("'", "''") + "'" for path in files)
    return f"({nothing} UNION ALL BY NAME SELECT * FROM read_parquet([{quoted}], union_by_name = true))"


def _unreadable(error: duckdb.Error) -> Exception:
    reason = str(error).splitlines()[0]
    if "No files found" in reason or "No such file" in reason:
        return FileNotFoundError(reason)
    return Unavailable(
        "history_unreadable", f"The history cannot be read: {reason}", hint="Restore that file from a backup."
    )
