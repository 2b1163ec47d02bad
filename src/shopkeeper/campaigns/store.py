"""The room's tables and every statement on them. Private to the room."""

from __future__ import annotations

from shopkeeper.storage import Connection, Migration

MIGRATIONS = (
    Migration(
        "campaigns",
        1,
        (
            # Every version of every definition; `deleted` versions mark a soft delete and keep the last body.
            """CREATE TABLE campaigns_versions (
                kind TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, created_at BIGINT NOT NULL,
                deleted INTEGER NOT NULL, position INTEGER NOT NULL, body BLOB NOT NULL,
                PRIMARY KEY (kind, id, version))""",
            "CREATE TABLE campaigns_version (one INTEGER PRIMARY KEY, version BIGINT NOT NULL)",
        ),
    ),
)


def plan_version(conn: Connection) -> int:
    row = conn.row("SELECT version FROM campaigns_version")
    return int(row[0]) if row else 0


def bump(conn: Connection) -> None:
    conn.run(
        "INSERT INTO campaigns_version VALUES (1, 1) ON CONFLICT (one) DO UPDATE "
        "SET version = campaigns_version.version + 1"
    )


def versions(conn: Connection) -> list[tuple[str, str, int, int, bool, int, bytes]]:
    """(kind, id, version, created_at, deleted, position, body) of everything, oldest version first."""
    sql = (
        "SELECT kind, id, version, created_at, deleted, position, body FROM campaigns_versions "
        "ORDER BY kind, id, version"
    )
    return [(r[0], r[1], r[2], r[3], bool(r[4]), r[5], bytes(r[6])) for r in conn.rows(sql)]


def add(
    conn: Connection, kind: str, id: str, version: int, now: int, deleted: bool, position: int, body: bytes
) -> None:
    conn.run(
        "INSERT INTO campaigns_versions VALUES (?, ?, ?, ?, ?, ?, ?)",
        (kind, id, version, now, int(deleted), position, body),
    )
