"""Following who enters and leaves: after facts that can matter, and when time alone changes an answer.

Every person has at most one timer. Facts put it to "as soon as possible" in the transaction that keeps them; a worker
takes what is due, asks the rules again, notes who entered and left and why, and sets the timer to the next instant at
which an answer may change. Nothing is computed for people of whom nothing can have changed, and rules are asked between
two transactions, as others wait for those.
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


class Taken(NamedTuple):
    """People who are due, marked so that it shows whether anything of theirs changes while they are looked at."""

    people: Sequence[Due]
    now: int
    marks: Mapping[str, int]


class Looked(NamedTuple):
    """What became of people who were due, as of one view."""

    taken: Taken
    counting: Mapping[str, int]
    """Segment -> the generation of its members that counted."""
    people: Sequence[Seen]


class Seen(NamedTuple):
    """One person who was looked at."""

    name: str
    entered: Mapping[str, int]
    """Segment -> since when."""
    gone: Sequence[str]
    changes: Sequence[Change]
    next: int
    """When to look again; NEVER where time alone changes nothing."""
    untils: Mapping[str, int]


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
    store.drop_due(conn, (old, new))  # what a look at half of the past finds is void
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


def take(conn: Connection, now: int, limit: int) -> Taken:
    """Up to `limit` people who are due by `now`, the longest waiting first, to be looked at in a later view.

    Whoever another node looks at keeps its mark, so that the first of both to be done counts: with a new one each would
    make the other's work void, for ever where their turns alternate.
    """
    people = store.due(conn, now, limit)
    unmarked = [due.person for due in people if due.mark <= 0]
    number = store.next_generation(conn) if unmarked else 0
    store.mark(conn, unmarked, number)
    return Taken(people, now, {due.person: due.mark if due.mark > 0 else number for due in people})


def look(conn: Connection, book: Book, taken: Taken) -> Looked:
    """Ask the rules about these people. Nothing is written, so that nobody waits for whoever did a million things.

    Segments whose members are being found in bulk are left out: the backfill has whoever did something meanwhile
    looked at again.
    """
    thresholds = kept_thresholds(conn, book)
    counting = _counting(conn, book, thresholds)
    followed = [segment for segment in book.segments.values() if segment.id in counting]
    before = store.memberships(conn, [due.person for due in taken.people])
    people = []
    for due in taken.people:
        inside = {segment for segment, number, _ in before.get(due.person, ()) if counting.get(segment) == number}
        timeline = timelines.load(conn, due.person)  # a database that cannot be read is the trouble of all of them
        try:
            people.append(_Person(due, timeline, inside, followed, thresholds).go(taken.now))
        except Exception:
            # One person who cannot be answered must not stop everybody else's timers.
            log.exception("%s cannot be looked at; this is tried again later", due.person)
            people.append(Seen(due.person, {}, (), (), taken.now + LATER, {}))
    return Looked(taken, counting, people)


def settle(conn: Connection, book: Book, looked: Looked) -> bool:
    """Note who entered and left, and when to look again. Nothing is noted where the segments are others by now: the
    people are still due.

    Whoever did something meanwhile was looked at before that, and is looked at again. Nothing is noted of whoever became
    somebody else, or whom another node was done with first.
    """
    if _counting(conn, book, kept_thresholds(conn, book)) != looked.counting:
        return False
    marks = store.marks_of(conn, [seen.name for seen in looked.people])
    same = [seen for seen in looked.people if marks.get(seen.name) == looked.taken.marks[seen.name]]
    touched = [seen for seen in looked.people if marks.get(seen.name) == -looked.taken.marks[seen.name]]
    _note(conn, looked.counting, same + touched)
    store.mark(conn, [seen.name for seen in touched], 0)
    store.set_due(conn, [(seen.name, seen.next, seen.untils) for seen in same if seen.next < NEVER])
    store.drop_due(conn, [seen.name for seen in same if seen.next >= NEVER])
    return True


def _note(conn: Connection, counting: Mapping[str, int], people: Sequence[Seen]) -> None:
    store.drop_members(conn, [(id, counting[id], seen.name) for seen in people for id in seen.gone])
    entered = [(id, counting[id], seen.name, since) for seen in people for id, since in seen.entered.items()]
    store.add_members(conn, entered)
    store.add_changes(conn, [change for seen in people for change in seen.changes])


def _counting(conn: Connection, book: Book, thresholds: Mapping[Top, float]) -> dict[str, int]:
    """The segments whose members are those of their rule, and in which generation they stand."""
    return {
        id: found.generation
        for id, found in store.tracked(conn).items()
        if (segment := book.segments.get(id)) is not None and found.version == asked_version(segment, thresholds)
    }


class _Person:
    """One person looked at again: from where they stood to where they stand by now."""

    def __init__(
        self,
        due: Due,
        timeline: Timeline,
        inside: set[str],
        followed: Sequence[Segment],
        thresholds: Mapping[Top, float],
    ) -> None:
        self.due = due
        self.timeline = timeline
        self.before = frozenset(inside)
        self.inside = inside
        self.followed = followed
        self.thresholds = thresholds
        self.changes: list[Change] = []
        self.untils = dict(due.untils)
        self.since: dict[str, int] = {}
        self._standing = Standing(timeline, due.person, due.due, thresholds)

    def go(self, now: int) -> Seen:
        """Step from change to change up to `now`."""
        if self.timeline.facts:
            self._step(now)
        else:
            self.untils = {}
            self._set(set(), now, self.due.because or TIME, {segment.id for segment in self.followed})
        entered = {id: self.since[id] for id in sorted(self.inside - self.before)}
        following = min(self.untils.values(), default=NEVER)
        return Seen(self.due.person, entered, sorted(self.before - self.inside), self.changes, following, self.untils)

    def _step(self, now: int) -> None:
        instant = now if self.due.because or not self.due.due else self.due.due
        self._look(instant, self.due.because, everything=not self.due.untils)
        for _ in range(MOST_STEPS):
            following = min(self.untils.values(), default=NEVER)
            if following > now:
                return
            self._look(following, "")
        self._look(now, "", everything=True)

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


__all__ = ["Looked", "Taken", "ask_anew", "look", "next_due", "rename_person", "settle", "start_anew", "take", "touch"]
