"""Looking people up: search, counts and audience members."""

from __future__ import annotations

from shopkeeper.storage import Connection
from shopkeeper.visitors import store
from shopkeeper.visitors.profile import Profile


def search_people(conn: Connection, text: str = "", limit: int = 50, offset: int = 0) -> list[Profile]:
    """People whose names, e-mails or ids contain `text` (any part, any case), the latest seen first."""
    return store.search(conn, text, limit, offset)


def count_people(conn: Connection) -> tuple[int, int]:
    """(people, known customers among them)."""
    return store.totals(conn)


def audience_sizes(conn: Connection) -> dict[str, int]:
    """Members of each audience."""
    return store.audience_sizes(conn)


def audience_members(conn: Connection, audience: str, limit: int = 1000) -> list[tuple[str, int]]:
    """(person, joined_at) of an audience, the earliest first."""
    return store.audience_members(conn, audience, limit)
