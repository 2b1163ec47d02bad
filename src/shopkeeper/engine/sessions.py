"""Sign-in without passwords: a link that works once, and the opaque session it opens. Only hashes are stored."""

from __future__ import annotations

import hashlib
import secrets

from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.storage import Connection, Migration, State

LINK_LIFE = 15 * MINUTE
SESSION_LIFE = 14 * DAY

MIGRATIONS = (
    Migration(
        "sessions",
        1,
        (
            "CREATE TABLE sessions_links (hash BLOB NOT NULL PRIMARY KEY, expires_at BIGINT NOT NULL)",
            "CREATE TABLE sessions_open (hash BLOB NOT NULL PRIMARY KEY, expires_at BIGINT NOT NULL)",
        ),
    ),
)


def new_link(state: State, now: int) -> str:
    """The token of a new sign-in link: good once, for a quarter of an hour."""
    return _keep(state, "sessions_links", now + LINK_LIFE)


def open_session(state: State, link: str, now: int) -> str | None:
    """Use a link up and answer the token of the session it opens; None when it was used, is too old or never was."""
    with state.write() as conn:
        used = conn.run("DELETE FROM sessions_links WHERE hash = ? AND expires_at > ?", (_hash(link), now))
        for table in ("sessions_links", "sessions_open"):
            conn.run(f"DELETE FROM {table} WHERE expires_at <= ?", (now,))
    return _keep(state, "sessions_open", now + SESSION_LIFE) if used else None


def is_open(conn: Connection, token: str, now: int) -> bool:
    """Whether a session's token is good now."""
    sql = "SELECT 1 FROM sessions_open WHERE hash = ? AND expires_at > ?"
    return conn.row(sql, (_hash(token), now)) is not None


def close_session(state: State, token: str) -> None:
    """Sign out; the token is worth nothing afterwards."""
    with state.write() as conn:
        conn.run("DELETE FROM sessions_open WHERE hash = ?", (_hash(token),))


def _keep(state: State, table: str, expires_at: int) -> str:
    token = secrets.token_urlsafe(32)
    with state.write() as conn:
        conn.run(f"INSERT INTO {table} (hash, expires_at) VALUES (?, ?)", (_hash(token), expires_at))
    return token


def _hash(token: str) -> bytes:
    """A plain hash is enough: the tokens have 256 bits of chance."""
    return hashlib.sha256(token.encode()).digest()
