"""Rejected events: kept word for word with the reason, so that a person can look, mend and replay them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from shopkeeper.events import store
from shopkeeper.model.time import format_time
from shopkeeper.storage import Connection


class Reject(msgspec.Struct, frozen=True):
    """One event that was not accepted, as it arrived."""

    received_at: int
    code: str
    message: str
    server: bool
    """It came with the secret key."""
    default_type: str
    """The call its route stood for, when it named none itself."""
    sent_at: str | None
    raw: bytes
    id: int = 0

    def told(self) -> dict[str, Any]:
        """The reject for programs: what arrived as text, broken characters replaced."""
        return {
            "id": self.id,
            "received_at": format_time(self.received_at),
            "code": self.code,
            "message": self.message,
            "raw": self.raw.decode("utf-8", "replace"),
        }


def keep_rejects(conn: Connection, rejects: Iterable[Reject]) -> None:
    """Store the rejects for a person to see."""
    for r in rejects:
        store.add_reject(conn, (r.received_at, r.code, r.message, int(r.server), r.default_type, r.sent_at, r.raw))


def list_rejects(conn: Connection, limit: int = 100) -> list[Reject]:
    """The oldest kept rejects."""
    return [_reject(row) for row in store.rejects(conn, limit)]


def newest_rejects(conn: Connection, limit: int = 100) -> list[Reject]:
    """The rejects kept last, the newest first."""
    return [_reject(row) for row in store.newest_rejects(conn, limit)]


def _reject(row: tuple[int, int, str, str, int, str, str | None, bytes]) -> Reject:
    reject_id, received_at, code, message, server, default_type, sent_at, raw = row
    return Reject(received_at, code, message, bool(server), default_type, sent_at, bytes(raw), reject_id)


def count_rejects(conn: Connection) -> dict[str, int]:
    """How many rejects are kept, by code."""
    return store.count_rejects(conn)


def forget_reject(conn: Connection, reject_id: int) -> None:
    """Drop a reject that was replayed with success."""
    store.delete_reject(conn, reject_id)
