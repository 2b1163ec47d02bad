"""Who is in which segment by what is followed, since when, and who entered and left."""

from __future__ import annotations

from collections.abc import Mapping

from shopkeeper.segments import store
from shopkeeper.segments.book import Book, Segment
from shopkeeper.segments.store import Change
from shopkeeper.storage import Connection


def followed(conn: Connection, book: Book) -> dict[str, int]:
    """Segments whose members are kept up to date -> the number of people in each."""
    current = _current(conn, book)
    found = store.sizes(conn)
    return {id: found.get((id, generation), 0) for id, generation in current.items()}


def followed_size(conn: Connection, segment: Segment) -> int | None:
    """How many people are in one segment; None where its members are not kept, or not yet."""
    generation = _generation(conn, segment)
    return store.size(conn, segment.id, generation) if generation is not None else None


def followed_members(conn: Connection, segment: Segment, limit: int, offset: int = 0) -> list[tuple[str, int]]:
    """(person, since), who entered last first; nobody where the members are not kept."""
    generation = _generation(conn, segment)
    return store.members(conn, segment.id, generation, limit, offset) if generation is not None else []


def memberships(conn: Connection, book: Book, person: str) -> dict[str, int]:
    """The segments one person is in by what is followed -> since when."""
    current = _current(conn, book)
    rows = store.memberships(conn, (person,)).get(person, ())
    return {segment: since for segment, generation, since in rows if current.get(segment) == generation}


def awaited(conn: Connection, now: int, most: int) -> list[str]:
    """Up to `most` people whose answers may be others by now than what is followed says: they wait to be looked at."""
    return [due.person for due in store.due(conn, now, most)]


def changes_in(conn: Connection, segment: str, limit: int = 50) -> list[Change]:
    """Who entered and left a segment, the latest first; an empty person stands for all whom an edit moved."""
    return store.changes_in(conn, segment, limit)


def changes_of(conn: Connection, person: str, limit: int = 50) -> list[Change]:
    """What one person entered and left, the latest first."""
    return store.changes_of(conn, person, limit)


def flow(conn: Connection, since: int) -> Mapping[str, tuple[int, int]]:
    """Segment -> (how often somebody entered, and left) since an instant, without those an edit of the rule moved."""
    return store.flow(conn, since)


def _current(conn: Connection, book: Book) -> dict[str, int]:
    return {
        id: kept.generation
        for id, kept in store.tracked(conn).items()
        if (segment := book.segments.get(id)) is not None and segment.tracked and kept.rule == segment.version
    }


def _generation(conn: Connection, segment: Segment) -> int | None:
    kept = store.tracked(conn).get(segment.id)
    return kept.generation if kept is not None and segment.tracked and kept.rule == segment.version else None
