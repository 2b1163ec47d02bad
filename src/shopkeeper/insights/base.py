"""The whole base of people, with the segments as they are: what every question of this room is asked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shopkeeper.conditions import Expr, Top, each_leaf
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.segments import Book, Segment, bulk
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History

MOST = 30
"""Segments that are compared with each other at most."""


class Base(NamedTuple):
    """Everybody, at one instant."""

    conn: Connection
    history: History
    book: Book
    kept: Mapping[Top, float]
    """Thresholds of the last count."""
    now: int

    def segment(self, id: str) -> Segment:
        """The segment of that id. Raises NotFound."""
        found = self.book.get(id) if len(id) <= 255 and "\0" not in id else None
        if found is None:
            known = ", ".join(list(self.book.segments)[:30])
            raise NotFound("unknown_segment", f"There is no segment {id[:80]!r}", hint=f"There are {known}.")
        return found

    def chosen(self, ids: Iterable[str], least: int = 1) -> list[Segment]:
        """Segments to be compared, each once. Raises BadInput for too few or too many, NotFound for an unknown one."""
        names = list(dict.fromkeys(ids))
        if not least <= len(names) <= MOST:
            raise BadInput(
                "bad_choice",
                f"Choose {least} to {MOST} different segments, not {len(names)}",
                where="segments",
                hint="Give their ids, such as new-visitors and returning-customers.",
            )
        return [self.segment(name) for name in names]

    def thresholds(self, rules: Iterable[Expr]) -> Mapping[Top, float]:
        """The thresholds these rules need: those of the last count, and a count of those that have none yet."""
        tops = {leaf for rule in rules for leaf in each_leaf(rule) if isinstance(leaf, Top)}
        missing = tops - self.kept.keys()
        return {**self.kept, **bulk.thresholds(self.conn, self.history, missing, self.now)} if missing else self.kept
