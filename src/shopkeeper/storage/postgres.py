"""State on PostgreSQL, for shops with many nodes: the same SQL, the same promises.

Writers of all nodes take one advisory lock, so that they are serialised as on SQLite; readers see one REPEATABLE READ
snapshot. A shop is a schema (the first of the connection's search_path), so one database can hold several.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus
from psycopg.types.numeric import Int8Dumper
from psycopg_pool import ConnectionPool, PoolTimeout

from shopkeeper.model.errors import BadInput, Unavailable
from shopkeeper.storage.dialect import to_postgres
from shopkeeper.storage.turn import Action, Turn

CONNECT_TIMEOUT_S = 5
"""How long to wait for an answer at open."""

_POOL_SIZE = 8
_POOL_TIMEOUT_S = 10
_SHOP_LOCK = 0x73686F70  # "shop", so that other users of advisory locks are not met by accident
_BEGIN_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
# READ COMMITTED: the snapshot of a stricter level would be older than the wait for the lock.
_BEGIN_WRITE = (
    "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;"
    f" SELECT pg_advisory_xact_lock({_SHOP_LOCK}, hashtext(current_schema()))"
)

_Driver = psycopg.Connection[tuple[Any, ...]]


class PostgresConnection:
    """A `Connection` on PostgreSQL; psycopg prepares statements that come back."""

    __slots__ = ("_actions", "_db")

    def __init__(self, db: _Driver) -> None:
        self._db = db
        self._actions: list[Action] = []

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        return self._db.execute(to_postgres(sql), params).fetchall()

    def row(self, sql: str, params: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        return self._db.execute(to_postgres(sql), params).fetchone()

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        return max(0, self._db.execute(to_postgres(sql), params).rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        with self._db.cursor() as cursor:
            cursor.executemany(to_postgres(sql), rows)

    def changed(self, keys: Iterable[Hashable] | None) -> None:
        """Nothing is remembered: other nodes write too."""

    def recall(self, key: Hashable) -> Any:
        """Nothing is remembered."""

    def remember(self, values: Mapping[Hashable, object]) -> None:
        """Nothing is remembered."""

    def after_commit(self, action: Action) -> None:
        self._actions.append(action)

    def commit(self) -> list[Action]:
        """Commit; answers what waited for it. Raises RuntimeError when a failed statement was swallowed."""
        if self._db.info.transaction_status == TransactionStatus.INERROR:
            # COMMIT would quietly roll back here, and the caller would believe its write was kept.
            self.roll_back()
            raise RuntimeError("a statement failed inside this write() and its error was swallowed; nothing was kept")
        self._db.execute("COMMIT", prepare=False)
        return self._actions

    def roll_back(self) -> None:
        """Undo everything; a broken connection has done so itself."""
        if not self._db.broken and not self._db.closed:
            self._db.execute("ROLLBACK", prepare=False)


class PostgresState:
    """A `State` in one schema of a PostgreSQL database."""

    name = "postgres"
    at_once = False
    memory = None

    def __init__(self, url: str) -> None:
        """Connect. Raises BadInput for a malformed URL, Unavailable when the server cannot be used."""
        self._turn = Turn()
        self.place = _place(url)
        _check(url, self.place)
        self._pool = ConnectionPool(
            url,
            min_size=1,
            max_size=_POOL_SIZE,
            timeout=_POOL_TIMEOUT_S,
            kwargs={"autocommit": True},  # transactions are begun by hand, in one round trip
            configure=_configure,
            open=True,
        )

    def read(self) -> _Read:
        return _Read(self)

    def write(self) -> _Write:
        return _Write(self)

    def catch_up(self) -> None:
        """Nothing is remembered."""

    def write_at_once(self) -> None:
        return None  # each statement waits for the server

    def ddl(self, statement: str) -> str:
        return statement  # every statement is translated on its way out

    def close(self) -> None:
        self._pool.close()

    def _begin(self, how: str) -> _Driver:
        try:
            db = self._pool.getconn()
        except PoolTimeout as error:
            raise _unavailable(self.place, error) from error
        try:
            db.execute(how, prepare=False)
        except BaseException as error:
            self._pool.putconn(db)
            if isinstance(error, psycopg.OperationalError):
                raise _unavailable(self.place, error) from error
            raise
        return db

    def _bring_back(self, db: _Driver) -> None:
        self._pool.putconn(db)


class _Read:
    """`with state.read() as conn`: one read-only snapshot."""

    __slots__ = ("_conn", "_db", "_state")

    def __init__(self, state: PostgresState) -> None:
        self._state = state

    def __enter__(self) -> PostgresConnection:
        self._db = self._state._begin(_BEGIN_READ)
        self._conn = PostgresConnection(self._db)
        return self._conn

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self._conn.roll_back()
        finally:
            self._state._bring_back(self._db)
        if isinstance(error, psycopg.OperationalError):
            raise _unavailable(self._state.place, error) from error


class _Write:
    """`with state.write() as conn`: the shop's one writer, durable at the end."""

    __slots__ = ("_conn", "_db", "_state")

    def __init__(self, state: PostgresState) -> None:
        self._state = state

    def __enter__(self) -> PostgresConnection:
        # Threads of this process wait here, so that waiting costs no connection.
        self._state._turn.take()
        try:
            self._db = self._state._begin(_BEGIN_WRITE)
        except BaseException:
            self._state._turn.give_back()
            raise
        self._conn = PostgresConnection(self._db)
        return self._conn

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        actions: list[Action] = []
        try:
            if error is None:
                actions = self._conn.commit()
            else:
                self._conn.roll_back()
        except psycopg.OperationalError as failure:
            raise _unavailable(self._state.place, failure) from failure
        finally:
            self._state._bring_back(self._db)
            self._state._turn.give_back()
        if isinstance(error, psycopg.OperationalError):
            raise _unavailable(self._state.place, error) from error
        for action in actions:
            action()


class _BoolDumper(Int8Dumper):
    """A bool is 0 or 1, as on SQLite."""

    def dump(self, obj: Any) -> Buffer | None:
        return b"1" if obj else b"0"


class _NumericLoader(Loader):
    """A sum of integers is an int and an average a float, as on SQLite."""

    def load(self, data: Buffer) -> int | float:
        text = bytes(data)
        return int(text) if text.lstrip(b"-").isdigit() else float(text)


def _configure(db: _Driver) -> None:
    """Make a fresh connection agree with SQLite about numbers, and durable whatever the server's default is."""
    db.adapters.register_dumper(int, Int8Dumper)  # the smallest type that fits would overflow in `? + ?`
    db.adapters.register_dumper(bool, _BoolDumper)
    db.adapters.register_loader("numeric", _NumericLoader)
    db.prepared_max = 512
    db.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )


def _place(url: str) -> str:
    """Where the database is, without the password, for messages."""
    try:
        parts = psycopg.conninfo.conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise BadInput(
            "bad_database_url",
            "The database URL cannot be understood",
            hint="Use postgresql://user:password@host:5432/name, with special characters percent-encoded.",
        ) from error
    return f"{parts.get('dbname') or 'the default database'} on {parts.get('host') or 'this machine'}"


def _check(url: str, place: str) -> None:
    """Refuse at once, and clearly, a server that cannot be reached or does not keep what it is given."""
    settings = "SELECT current_setting('fsync'), current_setting('server_encoding'), current_schema()"
    try:
        with psycopg.connect(url, connect_timeout=CONNECT_TIMEOUT_S) as db:
            fsync, encoding, schema = db.execute(settings).fetchone() or ("", "", None)
    except psycopg.OperationalError as error:
        raise _unavailable(place, error) from error
    if fsync != "on":
        raise Unavailable(
            "state_not_durable", f"PostgreSQL ({place}) runs with fsync off and would lose events", hint="Turn it on."
        )
    if encoding != "UTF8":
        raise Unavailable(
            "state_not_utf8", f"The database {place} is encoded in {encoding}", hint="Create it with ENCODING 'UTF8'."
        )
    if schema is None:
        raise Unavailable(
            "no_schema", f"The search_path of {place} names no schema that exists", hint="Create the schema first."
        )


def _unavailable(place: str, error: BaseException) -> Unavailable:
    reason = next(iter(str(error).strip().splitlines()), "no answer")
    return Unavailable(
        "state_unavailable",
        f"PostgreSQL ({place}) cannot be used: {reason}",
        hint="Check the database URL, that the server runs, and that its user may connect.",
    )
