"""One person's facts in order, ready for many questions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import attrgetter

from shopkeeper.timelines.facts import Fact

_ORDER = attrgetter("at", "event_id")
_NOTHING: tuple[Fact, ...] = ()


class Timeline:
    """Facts ascending by (at, event id), as a whole and by name. Not to be changed once built."""

    __slots__ = ("_by_name", "events", "facts")

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts: list[Fact] = sorted(facts, key=_ORDER)
        self._by_name: dict[str, list[Fact]] = {}
        self.events: list[Fact] = []
        """Without the derived ones."""
        for fact in self.facts:
            self._by_name.setdefault(fact.name, []).append(fact)
            if not fact.derived:
                self.events.append(fact)

    def named(self, name: str) -> Sequence[Fact]:
        """The facts of that name."""
        return self._by_name.get(name, _NOTHING)

    def of(self, names: frozenset[str] | None) -> Sequence[Fact]:
        """The facts of these names in order; all events for None."""
        if names is None:
            return self.events
        found = [self._by_name[name] for name in names if name in self._by_name]
        if len(found) <= 1:
            return found[0] if found else _NOTHING
        return sorted((fact for facts in found for fact in facts), key=_ORDER)
