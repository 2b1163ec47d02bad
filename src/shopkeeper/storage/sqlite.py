"""State on SQLite: WAL with synchronous=FULL, one writer, a pool of readers.

WAL with synchronous=NORMAL loses acknowledged commits in a power cut; FULL does not, so it is asserted at open.
Only this module may open the file: a second SQLite library in the process could delete a live WAL.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import apsw

from shopkeeper.model.errors import ShopkeeperError, Unavailable
from shopkeeper.storage.memory import Memory
from shopkeeper.storage.multirow import statements
from shopkeeper.storage.turn import Action, Turn

BUSY_TIMEOUT_MS = 10_000
"""How long to wait for another process (a command beside the server) to end its write."""

CHECKPOINT = 16_000
"""Pages of the WAL (64 MB) after which what it holds is carried into the file: pages that are written again and again are
carried once.
"""
REMEMBERED = 20_000
"""Values one write leaves in memory at most; a rebuild goes through everybody."""

_FULL = 2  # what `PRAGMA synchronous` answers for FULL
_CACHED_STATEMENTS = 512
_OUTSIDE_TROUBLE = (
    apsw.BusyError,
    apsw.CantOpenError,
    apsw.CorruptError,
    apsw.FullError,
    apsw.IOError,
    apsw.NotADBError,
    apsw.PermissionsError,
    apsw.ReadOnlyError,
)


class SqliteConnection:
    """A `Connection` on SQLite; apsw keeps the prepared statements."""

    __slots__ = ("_actions", "_changed", "_db", "_everything", "_execute", "_memory", "_now")

    def __init__(self, db: apsw.Connection, memory: Memory | None = None) -> None:
        """`memory` is that of the process, for the one connection that writes."""
        self._db = db
        self._memory = memory
        self._execute = db.execute
        self._actions: list[Action] = []
        self._changed: set[Hashable] = set()
        self._now: dict[Hashable, object] = {}
        self._everything = False

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._execute(sql, params).fetchall()

    def row(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        cursor = self._execute(sql, params)
        first: tuple[Any, ...] | None = cursor.fetchone()
        cursor.close()  # an unfinished statement would hold its snapshot open
        return first

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        before = self._db.total_changes()  # changes() would repeat the last count after DDL
        self._execute(sql, params).fetchall()
        return self._db.total_changes() - before

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        for statement, params in statements(sql, rows if isinstance(rows, list) else list(rows)):
            self._execute(statement, params).fetchall()

    def changed(self, keys: Iterable[Hashable] | None) -> None:
        if keys is None:
            self._everything = True
            self._now.clear()
            return
        keys = list(keys)
        self._changed.update(keys)
        for key in keys:
            self._now.pop(key, None)

    def recall(self, key: Hashable) -> Any:
        found = self._now.get(key)
        if found is None and self._memory is not None and not self._everything and key not in self._changed:
            found = self._memory.held(key)
        return found

    def remember(self, values: Mapping[Hashable, object]) -> None:
        if self._memory is None:
            return
        if len(self._now) + len(values) <= REMEMBERED:
            self._now.update(values)
        else:
            self.changed(values)

    def after_commit(self, action: Action) -> None:
        self._actions.append(action)

    def begin(self, how: str) -> None:
        """Start a transaction; `how` is the BEGIN statement."""
        self._execute(how)

    def end(self, how: str) -> list[Action]:
        """End it with COMMIT or ROLLBACK; answers what waited for a commit."""
        actions, self._actions = self._actions, []
        if self._db.in_transaction:  # a full disk may have rolled it back already
            self._execute(how)
        return actions

    def nothing_changed(self) -> None:
        """A write begins."""
        self._changed, self._everything, self._now = set(), False, {}

    def tell(self, memory: Memory) -> None:
        """Have what was said to be changed forgotten, and what is known now remembered, after a commit."""
        if self._everything:
            memory.clear()
        if self._changed or self._now:
            memory.renew(self._changed, self._now)

    def impatient(self, yes: bool) -> None:
        """Whether to fail at once, instead of waiting, while another process writes."""
        self._db.set_busy_timeout(0 if yes else BUSY_TIMEOUT_MS)

    def version(self) -> int:
        """A number that changes when somebody else commits to the file."""
        row = self.row("PRAGMA data_version")
        return int(row[0]) if row else 0

    def close(self) -> None:
        """Close the file."""
        self._db.close()


class SqliteState:
    """A `State` in one file."""

    name = "sqlite"
    at_once = True

    def __init__(self, path: Path) -> None:
        """Open or create the file. Raises Unavailable when that cannot be done safely."""
        self.path = path
        self._turn = Turn()
        self._idle: list[SqliteConnection] = []
        self._closed = False
        self.memory = Memory()
        self._writer = SqliteConnection(_open_writer(path), self.memory)
        self._version = self._writer.version()

    def read(self) -> _Read:
        return _Read(self)

    def write(self) -> _Write:
        return _Write(self)

    def write_at_once(self) -> _Write | None:
        if not self._turn.take_at_once():
            return None
        write = _Write(self)
        try:
            self._writer.impatient(True)
            write.begin()
        except BaseException as error:
            self._turn.give_back()
            if isinstance(error, apsw.BusyError):
                return None  # another process is writing
            raise
        finally:
            self._writer.impatient(False)
        return write

    def catch_up(self) -> None:
        self._turn.take()
        try:
            if not self._closed:
                self._look_around()
        finally:
            self._turn.give_back()

    def _look_around(self) -> None:
        """Forget everything when another connection than the writer's has committed. In the writer's turn only."""
        version = self._writer.version()
        if version != self._version:
            self._version = version
            self.memory.clear()

    def ddl(self, statement: str) -> str:
        return statement.replace("SERIAL KEY", "INTEGER PRIMARY KEY")

    def close(self) -> None:
        self._turn.take()
        try:
            self._closed = True
            while self._idle:
                self._idle.pop().close()
            self._writer.close()  # last, so that it folds the WAL into the file
        finally:
            self._turn.give_back()

    def _borrow(self) -> SqliteConnection:
        """A reader nobody uses; the pool grows to the number of snapshots ever held at once."""
        if self._closed:
            raise RuntimeError("this state is closed")
        try:
            return self._idle.pop()
        except IndexError:
            return SqliteConnection(_open_reader(self.path))

    def _bring_back(self, reader: SqliteConnection) -> None:
        if self._closed:
            reader.close()
        else:
            self._idle.append(reader)


class _Read:
    """`with state.read() as conn`: a class, as a generator would cost a tenth of the budget of a read."""

    __slots__ = ("_reader", "_state")

    def __init__(self, state: SqliteState) -> None:
        self._state = state

    def __enter__(self) -> SqliteConnection:
        self._reader = self._state._borrow()
        self._reader.begin("BEGIN")
        return self._reader

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._reader.end("ROLLBACK")
        self._state._bring_back(self._reader)
        if isinstance(error, _OUTSIDE_TROUBLE):
            raise _unavailable(self._state.path, error) from error


class _Write:
    """`with state.write() as conn`: BEGIN IMMEDIATE to a durable COMMIT, in the one writer's turn."""

    __slots__ = ("_state",)

    def __init__(self, state: SqliteState) -> None:
        self._state = state

    def __enter__(self) -> SqliteConnection:
        state = self._state
        state._turn.take()
        try:
            self.begin()
        except BaseException as error:
            state._turn.give_back()
            if isinstance(error, _OUTSIDE_TROUBLE):
                raise _unavailable(state.path, error) from error
            raise
        return state._writer

    def begin(self) -> None:
        """Begin, in a turn that is taken."""
        state = self._state
        if state._closed:
            raise RuntimeError("this state is closed")
        state._writer.begin("BEGIN IMMEDIATE")
        state._writer.nothing_changed()
        state._look_around()

    @property
    def conn(self) -> SqliteConnection:
        """The connection of a write that has begun."""
        return self._state._writer

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        state = self._state
        actions: list[Action] = []
        try:
            if error is None:
                actions = self._commit()
                state._writer.tell(state.memory)
            else:
                state._writer.end("ROLLBACK")
        finally:
            state._turn.give_back()
        if isinstance(error, _OUTSIDE_TROUBLE):
            raise _unavailable(state.path, error) from error
        for action in actions:
            action()

    def _commit(self) -> list[Action]:
        try:
            return self._state._writer.end("COMMIT")
        except apsw.Error as error:
            self._state._writer.end("ROLLBACK")
            raise _unavailable(self._state.path, error) from error


def _open_reader(path: Path) -> apsw.Connection:
    try:
        db = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, statementcachesize=_CACHED_STATEMENTS)
        _prepare(db, cache_kib=16_384)
        db.execute("PRAGMA query_only = ON")
    except apsw.Error as error:
        raise _unavailable(path, error) from error
    return db


def _open_writer(path: Path) -> apsw.Connection:
    """Open the file for writing and prove that it keeps what it is given."""
    if not path.parent.is_dir():
        raise Unavailable(
            "no_data_folder", f"There is no folder {path.parent}", hint="Create it, or name another data directory."
        )
    try:
        db = apsw.Connection(str(path), statementcachesize=_CACHED_STATEMENTS)
        _prepare(db, cache_kib=65_536)
        mode = db.pragma("journal_mode", "wal")
        db.pragma("wal_autocheckpoint", CHECKPOINT)
        db.pragma("journal_size_limit", 64 << 20)
        db.execute("BEGIN IMMEDIATE; ROLLBACK")  # a file or folder that cannot be written says so now
    except apsw.Error as error:
        raise _unavailable(path, error) from error
    if mode != "wal" or db.pragma("synchronous") != _FULL:
        db.close()
        raise Unavailable(
            "state_not_durable",
            f"SQLite could not be set to keep every acknowledged write in {path} (journal_mode is {mode})",
            hint="Put the data directory on a local disk; network file systems do not support this.",
        )
    return db


def _prepare(db: apsw.Connection, cache_kib: int) -> None:
    """Settings every connection needs; LIKE and foreign keys then mean what they mean on PostgreSQL."""
    db.set_busy_timeout(BUSY_TIMEOUT_MS)
    db.execute(
        f"PRAGMA synchronous = FULL; PRAGMA cache_size = -{cache_kib}; PRAGMA temp_store = MEMORY;"
        " PRAGMA foreign_keys = ON; PRAGMA case_sensitive_like = ON"
    )


def _unavailable(path: Path, error: apsw.Error) -> ShopkeeperError:
    """The driver's complaint as something its reader can act on."""
    if isinstance(error, apsw.NotADBError):
        return Unavailable("not_a_database", f"{path} is not a SQLite database", hint="Name another file, or move it.")
    if isinstance(error, apsw.CorruptError):
        return Unavailable("state_damaged", f"The database {path} is damaged", hint="Restore it from a backup.")
    if isinstance(error, apsw.BusyError):
        return Unavailable(
            "state_busy", f"Another process has been writing to {path} for too long", hint="Let it finish, then retry."
        )
    if isinstance(error, apsw.FullError):
        return Unavailable("disk_full", f"There is no room left for {path}", hint="Free some disk space.")
    return Unavailable(
        "state_not_writable",
        f"The database {path} cannot be opened or written ({error})",
        hint="Check that the folder exists and that this user may write to it.",
    )
