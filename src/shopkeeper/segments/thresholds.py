"""From which value on somebody is in the top share by a metric: counted over everybody now and then, kept in between."""

from __future__ import annotations

from shopkeeper.conditions.leaves import Top
from shopkeeper.segments import store
from shopkeeper.segments.book import Book, version_of
from shopkeeper.storage import Connection


def thresholds(conn: Connection, book: Book) -> dict[Top, float]:
    """Those of the last count, for the rules of a book."""
    kept = store.thresholds(conn)
    return {top: kept[key] for top in book.tops if (key := version_of(top)) in kept}
