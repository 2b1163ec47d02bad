"""How hours add up to any window, exactly. Pure.

A session counts once for a communication and an act, in the hour of its first such act. An hour's rollup holds how many
sessions counted in it, and by name those that came over from an hour before (`Carried`). For a window, summed hours are
added up, what lies outside them (its ragged ends, hours not summed up yet) is taken from the rows, and whoever began
outside the summed hours is counted once by name.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.model.time import HOUR, from_datetime, to_datetime


class Window(NamedTuple):
    """[start, end) in microseconds."""

    start: int
    end: int

    @property
    def before(self) -> Window:
        """The period of the same length just before."""
        return Window(2 * self.start - self.end, self.start)


class Pair(NamedTuple):
    """What is counted at most once: an act of a session upon a communication."""

    communication: str
    act: str
    device: str
    session: int


class Place(NamedTuple):
    """Where a count stands. A session's zone, device class and variant are those of its first such act, its day the day
    of shop time it began on.
    """

    communication: str
    act: str
    zone: str
    device_class: str
    variant: str
    day: str


class Counted(NamedTuple):
    """Sessions with at least one act, and the raw number of acts."""

    sessions: int = 0
    raw: int = 0

    def plus(self, sessions: int, raw: int) -> Counted:
        """So much more."""
        return Counted(self.sessions + sessions, self.raw + raw)


class Carried(NamedTuple):
    """A pair that acted in an hour and had begun before it: when, and where it counts."""

    pair: Pair
    first_at: int
    place: Place


Row = tuple[str, str, str, int, int, str, str, str]
"""One act as it lies in the rows: communication, act, device, session, at, zone, device class, variant."""
NONE = Counted()
Counts = dict[Place, Counted]
Firsts = Mapping[Pair, Row]
"""The first row on record of each pair that may have begun before the rows at hand."""


class Tally(NamedTuple):
    """What the rows of a stretch of time say: raw acts by place, and each pair with when and where it began."""

    raw: dict[Place, int]
    pairs: dict[Pair, tuple[int, Place]]


def tally(rows: Iterable[Row], firsts: Firsts, day_of: Callable[[int], str]) -> Tally:
    """Count rows given in order; `day_of` is the day of shop time of a moment.

    A window may have a million rows, so that a row costs as few objects as can be.
    """
    raw: dict[Place, int] = {}
    pairs: dict[Pair, tuple[int, Place]] = {}
    places: dict[tuple[str, ...], Place] = {}

    def place_of(*words: str) -> Place:
        return places.setdefault(words, Place(*words))

    for communication, act, device, session, at, *where in rows:
        words = (communication, act, *where, day_of(session))
        place = places.get(words) or place_of(*words)
        raw[place] = raw.get(place, 0) + 1
        pair = (communication, act, device, session)
        if pair not in pairs:
            # A plain tuple finds and equals the Pair of the same words.
            first = firsts.get(pair)  # type: ignore[call-overload]
            began = (at, place) if first is None else (first[4], place_of(communication, act, *first[5:], words[-1]))
            pairs[pair] = began  # type: ignore[index]
    return Tally(raw, pairs)


def roll_up(found: Tally, hour: int) -> tuple[Counts, list[Carried]]:
    """An hour's rollup: the counts of its own, and who came over from before."""
    counts = {place: Counted(0, raw) for place, raw in found.raw.items()}
    carried = []
    for pair, (first_at, place) in found.pairs.items():
        if first_at >= hour:
            counts[place] = counts.get(place, NONE).plus(1, 0)
        else:
            carried.append(Carried(Pair(*pair), first_at, place))
    return counts, carried


def add_up(
    summed: Counts, carried: Iterable[Carried], between: Sequence[Tally], inside: Callable[[int], bool]
) -> Counts:
    """The counts of a window: its summed hours with who was carried into them, and the tallies of what lies between.

    `inside` says whether a moment lies in one of the summed hours: who began there is in `summed` already.
    """
    counts = dict(summed)
    named: dict[Pair, Place] = {one.pair: one.place for one in carried if not inside(one.first_at)}
    for part in between:
        for place, raw in part.raw.items():
            counts[place] = counts.get(place, NONE).plus(0, raw)
        named.update((pair, place) for pair, (first_at, place) in part.pairs.items() if not inside(first_at))
    for place, sessions in Counter(named.values()).items():
        counts[place] = counts.get(place, NONE).plus(sessions, 0)
    return counts


def stretches(hours: Sequence[int], window: Window) -> tuple[list[Window], list[Window]]:
    """(runs of summed hours, gaps between and around them) that together are the window. `hours` ascend."""
    runs: list[Window] = []
    for hour in hours:
        if runs and runs[-1].end == hour:
            runs[-1] = Window(runs[-1].start, hour + HOUR)
        else:
            runs.append(Window(hour, hour + HOUR))
    edges = [window.start, *(edge for run in runs for edge in run), window.end]
    gaps = [Window(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
    return runs, gaps


def in_runs(runs: Sequence[Window]) -> Callable[[int], bool]:
    """Whether a moment lies in one of these runs, which ascend."""
    starts = [run.start for run in runs]

    def inside(at: int) -> bool:
        position = bisect_right(starts, at) - 1
        return position >= 0 and at < runs[position].end

    return inside


def day_edges(window: Window, zone: ZoneInfo) -> list[int]:
    """The start, the midnights of shop time inside, and the end; days have 23 to 25 hours where clocks change."""
    midnight = to_datetime(window.start, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    edges = [window.start]
    while True:
        midnight += timedelta(days=1)
        at = _moment(midnight, zone)
        if at >= window.end:
            return [*edges, window.end]
        if at > edges[-1]:
            edges.append(at)


def by_day(window: Window, zone: ZoneInfo) -> list[tuple[str, Window]]:
    """The window cut at the midnights of shop time, each part with its day."""
    return [(day_name(a, zone), Window(a, b)) for a, b in pairwise(day_edges(window, zone))]


def day_name(at: int, zone: ZoneInfo) -> str:
    """The day of shop time of a moment, `YYYY-MM-DD`."""
    return to_datetime(at, zone).strftime("%Y-%m-%d")


class Days:
    """Days of moments, remembered: neighbours mostly share one."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._starts: list[int] = []
        self._days: list[tuple[int, str]] = []
        """(end, name) of the day that begins at each start; days in between may be missing."""
        self._last = (0, 0, "")

    def __call__(self, at: int) -> str:
        """The day of shop time of a moment, as `day_name` has it."""
        start, end, name = self._last
        if start <= at < end:
            return name
        position = bisect_right(self._starts, at) - 1
        if position < 0 or at >= self._days[position][0]:
            position += 1
            start, end = self._bounds(at)
            self._starts.insert(position, start)
            self._days.insert(position, (end, day_name(at, self._zone)))
        self._last = (self._starts[position], *self._days[position])
        return self._last[2]

    def _bounds(self, at: int) -> tuple[int, int]:
        midnight = to_datetime(at, self._zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None, fold=0)
        return _moment(midnight, self._zone), _moment(midnight + timedelta(days=1), self._zone)


def _moment(local: datetime, zone: ZoneInfo) -> int:
    return from_datetime(local.replace(tzinfo=zone))
