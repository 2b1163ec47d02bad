"""Sessions: visits of one device, separated by half an hour without an event. Not cut at midnight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence

from shopkeeper.model.events import UNCOUNTED, Event
from shopkeeper.model.time import SESSION_GAP
from shopkeeper.storage import Connection
from shopkeeper.visitors import store
from shopkeeper.visitors.rules import Span, extend_spans

REMEMBERED = 3
"""Sessions of a device: the running one, and where clocks differ those around it."""


class SessionBook:
    """The sessions around a batch of events, and which older sessions were swallowed by others or began earlier."""

    def __init__(self) -> None:
        self.spans: dict[str, list[Span]] = {}
        self.renamed: list[tuple[str, int, int]] = []
        """(device, old start, new start)"""

    def start_of(self, device: str, at: int) -> int:
        """The start of the session an event of the batch belongs to."""
        return self.span_of(device, at).start

    def span_of(self, device: str, at: int) -> Span:
        """The session an event of the batch belongs to; one of an instant where it makes none."""
        spans = self.spans.get(device, [])
        if spans and spans[-1].start <= at <= spans[-1].end:
            return spans[-1]
        position = bisect_right(spans, at, key=lambda span: span.start) - 1
        return spans[position] if position >= 0 and at <= spans[position].end else Span(at, at)


def record_sessions(conn: Connection, events: Iterable[Event]) -> SessionBook:
    """Extend, join or begin the sessions of the events' devices. Uncounted events make no session."""
    times: dict[str, list[int]] = {}
    for event in events:
        if event.flags & UNCOUNTED:
            continue
        held = times.get(event.device)
        if held is None:
            times[event.device] = [event.occurred_at]
        else:
            held.append(event.occurred_at)
    before = store.visits(conn, {device: min(at) - SESSION_GAP for device, at in times.items()})
    book = SessionBook()
    gone: list[tuple[str, int]] = []
    new: list[tuple[str, int, int]] = []
    now: dict[str, store.Visits] = {}
    for device, at in times.items():
        since, old = before[device]
        spans = book.spans[device] = extend_spans(old, at)
        if spans == old:
            continue
        now[device] = _latest(since, spans)
        if len(spans) == len(old) and spans[-1].start == old[-1].start and spans[:-1] == old[:-1]:  # as mostly
            new.append((device, *spans[-1]))
            continue
        unchanged, starts = set(old), {span.start for span in spans}
        for span in old:
            if span.start not in starts:
                gone.append((device, span.start))
                holder = next(s for s in spans if s.start <= span.start <= s.end)
                book.renamed.append((device, span.start, holder.start))
        new.extend((device, span.start, span.end) for span in spans if span not in unchanged)
    store.put_spans(conn, gone, new, now)
    return book


def _latest(since: int, spans: Sequence[Span]) -> store.Visits:
    """What is worth remembering of sessions that are all those since then."""
    kept = spans[-REMEMBERED:]
    return store.Visits(max(since, kept[0].end) if len(kept) < len(spans) else since, kept)


def forget_sessions(conn: Connection, device: str) -> None:
    """Drop a device's sessions; the caller records them again from the log."""
    store.delete_spans(conn, device)


def sessions_over(conn: Connection, devices: Iterable[str]) -> dict[tuple[str, int], int]:
    """(device, start) -> the first moment at which that session is over, for all sessions of these devices."""
    return {
        (device, span.start): span.end + SESSION_GAP for device in devices for span in store.all_spans(conn, device)
    }


def sessions_of(conn: Connection, devices: Sequence[str]) -> SessionBook:
    """All sessions of these devices."""
    book = SessionBook()
    book.spans = {device: store.all_spans(conn, device) for device in devices}
    return book


def session_starts(conn: Connection, devices: Sequence[str]) -> Callable[[str, int], int]:
    """A lookup of session starts by (device, time) over all sessions of these devices."""
    return sessions_of(conn, devices).start_of
