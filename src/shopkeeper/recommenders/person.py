"""What one visitor did with products, as strategies need it. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from math import isfinite

from shopkeeper.conditions.live.others import cart_worth, open_cart
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_REMOVED, PRODUCT_VIEWED
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.timelines.facts import LINE, ORDER, Fact
from shopkeeper.timelines.timeline import Timeline

HALF_LIFE = 90 * DAY
"""What was bought so long ago counts half; see docs/guide/recommenders.md for the measurement."""
GAP = 30 * MINUTE
"""A visit ends after so long without a view."""
INTEREST = 30 * DAY
"""Views and carts older than this say little."""
LATEST = 2_000
"""Facts of one kind that are looked at, the latest."""
_MOVES = frozenset((PRODUCT_ADDED, PRODUCT_REMOVED))


class Person:
    """One person up to an instant; products by what stands for them."""

    def __init__(self, timeline: Timeline, at: int, session_start: int, same: Callable[[str], str]) -> None:
        self._timeline = timeline
        self._at = at
        self._same = same
        views = [*_latest(timeline.named(PRODUCT_VIEWED), at, same)]
        self.viewed: dict[str, int] = {}
        """Product -> when it was last looked at, the latest first."""
        for key, when in views:
            if at - when <= INTEREST:
                self.viewed.setdefault(key, when)
        self.this_visit: list[str] = _distinct(key for key, when in views if when >= session_start)
        """Looked at in the running visit, the latest first."""
        self.last_visit: list[str] = _distinct(_run(views, session_start))
        """Looked at in the visit before, the latest first."""
        self.bought: dict[str, list[tuple[int, float]]] = {}
        """Product -> (when, quantity), the latest first."""
        lines = timeline.named(LINE)[-LATEST:]
        for fact in reversed(lines):
            if fact.product is not None and fact.at <= at:
                quantity = fact.quantity if fact.quantity is not None and isfinite(fact.quantity) else 1.0
                self.bought.setdefault(same(fact.product), []).append((fact.at, quantity))

    @property
    def carted(self) -> dict[str, int]:
        """Product -> when it was last put into a cart, the latest first."""
        found: dict[str, int] = {}
        for key, when in _latest(self._timeline.named(PRODUCT_ADDED), self._at, self._same):
            if self._at - when <= INTEREST:
                found.setdefault(key, when)
        return found

    @property
    def cart(self) -> list[str]:
        """What lies in the cart, the latest first."""
        moves = self._timeline.of(_MOVES)
        inside = open_cart(moves, self._timeline.named(ORDER), self._at) if moves else []
        return _distinct(self._same(f.product) for f in reversed(inside) if f.product is not None)

    @property
    def cart_worth(self) -> int:
        """Minor units."""
        return cart_worth(self._timeline, self._at)

    def seen_before(self, session_start: int) -> int | None:
        """When they were last here before this visit."""
        return next((fact.at for fact in reversed(self._timeline.events) if fact.at < session_start), None)

    def taste(self) -> dict[str, float]:
        """Product -> how often it was bought, a purchase of `HALF_LIFE` ago counting half."""
        at = self._at
        return {
            key: sum([0.5 ** ((at - when) / HALF_LIFE) for when in {when for when, _ in times}])
            for key, times in self.bought.items()
        }


def _latest(facts: Iterable[Fact], at: int, same: Callable[[str], str]) -> Iterator[tuple[str, int]]:
    rows = list(facts)[-LATEST:]
    return ((same(f.product), f.at) for f in reversed(rows) if f.product is not None and f.at <= at)


def _run(views: Iterable[tuple[str, int]], session_start: int) -> Iterator[str]:
    """The views of the latest visit before the running one."""
    before: int | None = None
    for key, when in views:
        if when >= session_start:
            continue
        if before is not None and before - when > GAP:
            return
        before = when
        yield key


def _distinct(keys: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(keys))


def weighted(keys: Iterable[str], fading: float = 0.8) -> Mapping[str, float]:
    """Keys, each worth less than the one before."""
    return {key: fading**place for place, key in enumerate(keys)}
