"""Following who enters and leaves: after facts that can matter, and when time alone changes an answer.

Every person has at most one timer. Facts put it to "as soon as possible" in the transaction that keeps them; a worker
takes what is due, asks the rules again, notes who entered and left and why, and sets the timer to the next instant at
which an answer may change. Nothing is computed for people of whom nothing can have changed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from shopkeeper import timelines
from shopkeeper.conditions.leaves import Top
from shopkeeper.conditions.live import NEVER, Standing
from shopkeeper.model.time import MINUTE
from shopkeeper.segments import store
from shopkeeper.segments.book import ANY_EVENT, Book, Segment, asked_version
from shopkeeper.segments.store import Change, Due
from shopkeeper.segments.thresholds import thresholds as kept_thresholds
from shopkeeper.storage import Connection
from shopkeeper.timelines import Timeline

MOST_STEPS = 1000
"""Changes by time of one person that are followed one by one after a long stop; then the rest is taken together."""
TIME = "time passed"
LATER = 10 * MINUTE
log = logging.getLogger(__name__)
APART = store.APART


class Ran(NamedTuple):
    """What a step of the worker did."""

    people: int
    changes: int


def touch(conn: Connection, book: Book, facts: Mapping[str, Iterable[str]]) -> None:
    """New facts, by person: their names. Whoever has a rule asking for such a fact is due."""
    everything, names = book.asked_for
    rows = []
    for person, new in facts.items():
        mattering = sorted({name for name in new if (everything and name[0] != "=") or name in names})
        if mattering:
            rows.append((person, APART.join(mattering)))
    if rows:
        store.touch(conn, rows)


def rename_person(conn: Connection, old: str, new: str) -> None:
    """A visitor became known: the past is one person's, and where they stand is found out anew."""
    store.rename_person(conn, old, new)
    rows = store.memberships(conn, (old,)).get(old, [])
    store.add_members(conn, [(segment, generation, new, since) for segment, generation, since in rows])
    store.drop_members(conn, [(segment, generation, old) for segment, generation, _ in rows])
    store.drop_due(conn, (old,))
    store.anew(conn, (new,), "visits joined")


def start_anew(conn: Connection) -> None:
    """Forget who is in what: every segment is filled again, as after a rebuild."""
    store.untrack_all(conn)


def ask_anew(conn: Connection, persons: Sequence[str]) -> None:
    """The past of these people is another: every rule is asked again."""
    store.anew(conn, persons, "the past changed")


def next_due(conn: Connection) -> int | None:
    """When the worker has something to do next; None for never."""
    return store.next_due(conn)


def follow(conn: Connection, book: Book, now: int, limit: int) -> Ran:
    """Look at up to `limit` people who are due by `now`, the longest waiting first.

    Segments whose members are being found in bulk are left out: the backfill has whoever did something meanwhile
    looked at again.
    """
    waiting = store.due(conn, now, limit)
    if not waiting:
        return Ran(0, 0)
    thresholds = kept_thresholds(conn, book)
    current = {
        id: found.generation
        for id, found in store.tracked(conn).items()
        if (segment := book.segments.get(id)) is not None and found.version == asked_version(segment, thresholds)
    }
    followed = [segment for segment in book.segments.values() if segment.id in current]
    before = store.memberships(conn, [due.person for due in waiting])
    entered: list[tuple[str, int, str, int]] = []
    gone: list[tuple[str, int, str]] = []
    changes: list[Change] = []
    timers: list[tuple[str, int, dict[str, int]]] = []
    for due in waiting:
        timeline = timelines.load(conn, due.person)
        inside = {
            segment for segment, generation, _ in before.get(due.person, ()) if current.get(segment) == generation
        }
        told: list[Change] = []
        try:
            after = _Person(due, timeline, set(inside), followed, thresholds, told).go(now)
        except Exception:
            # One person who cannot be answered must not stop everybody else's timers.
            log.exception("%s cannot be looked at; this is tried again later", due.person)
            timers.append((due.person, now + LATER, {}))
            continue
        changes.extend(told)
        entered.extend((id, current[id], due.person, after.since[id]) for id in sorted(after.inside - inside))
        gone.extend((id, current[id], due.person) for id in sorted(inside - after.inside))
        timers.append((due.person, min(after.untils.values(), default=NEVER), after.untils))
    store.drop_members(conn, gone)
    store.add_members(conn, entered)
    store.set_due(conn, [timer for timer in timers if timer[1] < NEVER])
    store.drop_due(conn, [person for person, at, _ in timers if at >= NEVER])
    store.add_changes(conn, changes)
    return Ran(len(waiting), len(changes))


class _Person:
    """One person looked at again: from where they stood to where they stand by now."""

    def __init__(
        self,
        due: Due,
        timeline: Timeline,
        inside: set[str],
        followed: Sequence[Segment],
        thresholds: Mapping[Top, float],
        changes: list[Change],
    ) -> None:
        self.due = due
        self.timeline = timeline
        self.inside = inside
        self.followed = followed
        self.thresholds = thresholds
        self.changes = changes
        self.untils = dict(due.untils)
        self.since: dict[str, int] = {}
        self._standing = Standing(timeline, due.person, due.due, thresholds)

    def go(self, now: int) -> _Person:
        """Step from change to change up to `now`."""
        if not self.timeline.facts:
            self.untils = {}
            self._set(set(), now, self.due.because or TIME, {segment.id for segment in self.followed})
            return self
        instant = now if self.due.because or not self.due.due else self.due.due
        self._look(instant, self.due.because, everything=not self.due.untils)
        for _ in range(MOST_STEPS):
            following = min(self.untils.values(), default=NEVER)
            if following > now:
                return self
            self._look(following, "")
        self._look(now, "", everything=True)
        return self

    def _look(self, instant: int, because: str, *, everything: bool = False) -> None:
        """Ask the rules that new facts or the instant can have changed; the others' answers stand."""
        names = frozenset(because.split(APART)) if because else frozenset()
        asked = [
            segment
            for segment in self.followed
            if everything or self.untils.get(segment.id, NEVER) <= instant or _touched(segment, names)
        ]
        standing = self._standing.moved(instant, self.thresholds)
        holding = set()
        for segment in asked:
            holds, until = standing.answer(segment.expr)
            if holds:
                holding.add(segment.id)
            if until < NEVER:
                self.untils[segment.id] = until
            else:
                self.untils.pop(segment.id, None)
        self._set(holding, instant, because or TIME, {segment.id for segment in asked})

    def _set(self, holding: set[str], at: int, cause: str, asked: set[str]) -> None:
        for id in sorted(asked):
            if (id in holding) == (id in self.inside):
                continue
            entered = id in holding
            because = cause.replace(APART, ",")
            self.changes.append(Change(id, self.due.person, at, int(entered), int(not entered), because))
            if entered:
                self.inside.add(id)
                self.since[id] = at
            else:
                self.inside.discard(id)


def _touched(segment: Segment, names: frozenset[str]) -> bool:
    by = segment.touched_by
    return not by.isdisjoint(names) or (ANY_EVENT in by and any(name[0] != "=" for name in names))


__all__ = ["Ran", "ask_anew", "follow", "next_due", "rename_person", "touch"]
