"""The whole base of people, with the segments as they are: what every question of this room is asked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from shopkeeper import populations, visitors
from shopkeeper.campaigns import Plan
from shopkeeper.conditions import Expr, Top, each_leaf
from shopkeeper.model.errors import BadInput, NotFound
from shopkeeper.model.time import LATEST, format_time, parse_local
from shopkeeper.segments import Book, Segment
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

    @property
    def plan(self) -> Plan:
        """The definitions."""
        return self.book.world.plan

    def told(self, at: int) -> str:
        """An instant as it is told: ISO 8601 in shop time."""
        return format_time(at, self.plan.zone)

    def maybe(self, at: int | None) -> str | None:
        """The same for one there need not be."""
        return None if at is None else self.told(at)

    def moment(self, text: str) -> int:
        """The instant a text names, in shop time where it has no offset. Raises BadInput."""
        try:
            at = parse_local(text, self.plan.zone)
            if not 0 <= at < LATEST:
                raise ValueError("outside all calendars")
        except (ValueError, OverflowError):
            hint = "Use ISO 8601, such as 2026-03-01T09:30."
            raise BadInput("bad_time", f"{text[:80]!r} is not a time", hint=hint, where="at") from None
        return at

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
        return (
            {**self.kept, **populations.thresholds(self.conn, self.history, missing, self.now)}
            if missing
            else self.kept
        )


def person_named(conn: Connection, name: str) -> str:
    """The person a name means: an id as it stands, else a user id, else an anonymous id; the name itself for nobody."""
    if "\0" in name or len(name) > 300:
        return name[:80].replace("\0", "")
    wanted = [name, visitors.known_person(name), visitors.anonymous_person(name)]
    found = visitors.load(conn, wanted, create=False)
    known = next((person for person in wanted if person in found), None)
    if known is None:
        owners = visitors.persons_of(conn, [name])
        known = owners[0] if len(owners) == 1 else name
    return known
