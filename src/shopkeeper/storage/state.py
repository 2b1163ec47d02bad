"""State: one transactional database behind one small interface, SQLite or PostgreSQL.

SQL is written once, in the subset both databases share (ON CONFLICT, RETURNING, window functions), with `?` for
parameters and the types BIGINT, INTEGER, DOUBLE PRECISION, TEXT and BLOB. Both databases then agree on these points:
every integer has 64 bits, text compares by its UTF-8 bytes, LIKE is case sensitive, a bool is stored as 0 or 1,
a sum of integers is an int, and bytes come back as bytes. In DDL, `SERIAL KEY` is a primary key that numbers itself
and `WITHOUT ROWID` may be said for tables with a natural key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, TypeVar

from shopkeeper.model.errors import BadInput, Unavailable
from shopkeeper.storage.memory import Memory
from shopkeeper.storage.sqlite import SqliteState

Value = TypeVar("Value")


class Connection(Protocol):
    """SQL inside one transaction; not to be kept after its `with` block, nor shared between threads."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Every row of a query (or of a RETURNING clause)."""
        ...

    def row(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query, or None."""
        ...

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Execute a statement; answers the number of rows it inserted, changed or deleted."""
        ...

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Execute one statement once for each row of parameters."""
        ...

    def changed(self, keys: Iterable[Hashable] | None) -> None:
        """Say which remembered values (see `memory.py`) this write makes untrue; None for all of them."""
        ...

    def recall(self, key: Hashable) -> Any:
        """What the process remembers under a key and is still so inside this write; None outside a write, and where
        nothing is remembered. Not to be changed.
        """
        ...

    def remember(self, values: Mapping[Hashable, object]) -> None:
        """Say what values are after this write: they are remembered once it has committed."""
        ...

    def after_commit(self, action: Callable[[], object]) -> None:
        """Have `action` called once this write is durable; never called when it is rolled back."""
        ...


class Begun(Protocol):
    """A write that has begun and is ended by its `__exit__`, as that of a `with` block."""

    @property
    def conn(self) -> Connection:
        """The connection to write through."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...


class State(Protocol):
    """The database of one shop."""

    name: str
    """`sqlite` or `postgres`."""
    at_once: bool
    """Whether `write_at_once` ever begins a write."""

    @property
    def memory(self) -> Memory | None:
        """What this process remembers; None where other nodes write too."""
        ...

    def read(self) -> AbstractContextManager[Connection]:
        """A read-only view that holds still: one snapshot, taken by its first query. May be used by many threads."""
        ...

    def write(self) -> AbstractContextManager[Connection]:
        """The one serialised writer: durable when the block ends, rolled back when it raises.

        A failing statement must be let out of the block, as PostgreSQL keeps nothing after one.
        Raises RuntimeError when the thread is already inside a write().
        """
        ...

    def catch_up(self) -> None:
        """Drop what is remembered if another process has written since; to be called now and then."""
        ...

    def write_at_once(self) -> Begun | None:
        """A write() already begun, or None where that would mean waiting; for callers that must not wait.

        Its `__exit__` waits for the disk and may be called in another thread than the rest.
        """
        ...

    def ddl(self, statement: str) -> str:
        """A statement of a migration in this database's own words."""
        ...

    def close(self) -> None:
        """Let go of every connection; the state cannot be used afterwards."""
        ...


@dataclass(frozen=True)
class Migration:
    """One step of a room's tables: `number` counts from 1 within the `room`; a released step is never edited."""

    room: str
    number: int
    statements: tuple[str, ...]


def open_state(url: str) -> State:
    """Open the database at `sqlite:///absolute/path/state.db` or `postgresql://user@host/name`.

    The path of a SQLite file is taken as it stands (no percent encoding); its folder must exist.
    Raises BadInput for a URL that means nothing, Unavailable when the database cannot be used.
    """
    if url.startswith("sqlite:///"):
        return SqliteState(Path(url.removeprefix("sqlite://")))
    if url.startswith(("postgresql://", "postgres://")):
        # Deferred: a shop on SQLite should not pay the driver's import at every start.
        from shopkeeper.storage.postgres import PostgresState

        return PostgresState(url)
    scheme = url.split(":", 1)[0] if ":" in url else url
    raise BadInput(
        "bad_database_url",
        f"The database URL begins with {scheme!r}, which is not a database shopkeeper knows",
        hint="Use sqlite:///absolute/path/state.db or postgresql://user:password@host:5432/name.",
    )


def parts(values: Sequence[Value], size: int = 512) -> Iterator[Sequence[Value]]:
    """The values in parts fit for IN lists: at most `size` (a power of two) at a time.

    The last part is filled up to a power of two with repeats of its last value, which an IN list does not mind: so a
    query has a handful of texts instead of hundreds, and the database finds it prepared.
    """
    for start in range(0, len(values), size):
        part = list(values[start : start + size])
        part.extend(part[-1:] * ((1 << (len(part) - 1).bit_length()) - len(part)))
        yield part


def marks(count: int) -> str:
    """Placeholders for an IN list: `marks(3)` is `?,?,?`."""
    return ",".join("?" * count)


def migrate(state: State, migrations: Sequence[Migration]) -> None:
    """Bring the rooms' tables up to date in one transaction, each step once and in order.

    Raises Unavailable when the database was already used by a newer version of the program.
    """
    with state.write() as conn:
        conn.run(
            state.ddl(
                "CREATE TABLE IF NOT EXISTS storage_migrations"
                " (room TEXT NOT NULL, number BIGINT NOT NULL, PRIMARY KEY (room, number))"
            )
        )
        applied = {(room, number) for room, number in conn.rows("SELECT room, number FROM storage_migrations")}
        _refuse_newer(applied, migrations)
        for step in sorted(migrations, key=lambda step: step.number):
            if (step.room, step.number) in applied:
                continue
            for statement in step.statements:
                conn.run(state.ddl(statement))
            conn.run("INSERT INTO storage_migrations (room, number) VALUES (?, ?)", (step.room, step.number))


def _refuse_newer(applied: set[tuple[str, int]], migrations: Sequence[Migration]) -> None:
    """An older program must not write into tables whose meaning it does not know."""
    known = {(step.room, step.number) for step in migrations}
    rooms = {step.room for step in migrations}
    unknown = sorted(pair for pair in applied - known if pair[0] in rooms)
    if unknown:
        room, number = unknown[-1]
        raise Unavailable(
            "state_newer",
            f"The database has step {number} of {room!r}, which this version of shopkeeper does not know",
            hint="Install the version that last used this shop, or a newer one.",
        )
