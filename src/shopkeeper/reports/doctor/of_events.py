"""Checks of single events: tags, clocks, clicks and appearances."""

from __future__ import annotations

from shopkeeper.model.events import CLICKED, PAGE, PRODUCT_VIEWED, SHOWN, Event, Flag
from shopkeeper.model.time import DAY, MINUTE, SECOND, SESSION_GAP, format_time
from shopkeeper.reports.doctor.case import Case, Found, tell

TWICE_WITHIN = SECOND
"""Nobody opens one address twice within a second; two tags do."""
AHEAD = MINUTE
LATE = DAY


def double_tags(case: Case) -> Found:
    """Pages reported twice within a second by one device: two tags, or one that is called twice."""
    found, pages = [], 0
    for device, lived in case.by_device.items():
        before: Event | None = None
        for event in lived:
            if event.name != PAGE or _server(event):
                continue
            pages += 1
            if before and event.occurred_at - before.occurred_at <= TWICE_WITHIN and _url(event) == _url(before):
                found.append(f"{_url(event) or 'a page'} by {device}, {format_time(event.occurred_at)}")
            before = event
    return tell(found, pages)


def clicks_without_views(case: Case) -> Found:
    """Clicks in which the visit ended: no page and no product was seen after them, though half an hour has passed."""
    found, clicks = [], 0
    for device, lived in case.by_device.items():
        seen = [event.occurred_at for event in lived if event.name in (PAGE, PRODUCT_VIEWED)]
        for event in lived:
            if event.name != CLICKED or event.occurred_at > case.window.end - SESSION_GAP:
                continue
            clicks += 1
            if not any(event.occurred_at <= at < event.occurred_at + SESSION_GAP for at in seen):
                found.append(f"{_communication(event)} by {device}, {format_time(event.occurred_at)}")
    return tell(found, clicks)


def clock_skew(case: Case) -> Found:
    """Events from clocks that go ahead by more than a minute, or browsers' events that came more than a day late."""
    found = []
    for event in case.events:
        late = event.received_at - event.occurred_at
        if late < -AHEAD:
            found.append(f"{event.name} of {event.device}, {-late // SECOND} s in the future")
        elif late > LATE and not _server(event):
            found.append(f"{event.name} of {event.device}, {late // DAY} days late")
    return tell(found, len(case.events))


def without_decisions(case: Case) -> Found:
    """Appearances, reported by browsers, of which no decision is on record."""
    found, shown = [], 0
    for device, lived in case.by_device.items():
        own = [event for event in lived if event.name == SHOWN and not _server(event)]
        shown += len(own)
        known = case.decisions_of(device) if own else set()
        for event in own:
            decision = str(event.properties.get("decision_id") or "")
            if decision not in known:
                what = f"decision {decision[:32]} is not on record" if decision else "it names no decision"
                found.append(f"{_communication(event)} by {device}, {format_time(event.occurred_at)}: {what}")
    return tell(found, shown)


def undefined_communications(case: Case) -> Found:
    """Acts upon communications that no definition knows, now or earlier."""
    acts = [event for event in case.events if event.name in (SHOWN, CLICKED)]
    found = [
        f"{_communication(event)}, {format_time(event.occurred_at)}"
        for event in acts
        if _communication(event) not in case.plan.served
    ]
    return tell(found, len(acts))


def _server(event: Event) -> bool:
    return bool(event.flags & int(Flag.SERVER))


def _communication(event: Event) -> str:
    return str(event.properties.get("communication_id") or "")[:64]


def _url(event: Event) -> str:
    return str(event.context.get("url") or event.properties.get("url") or event.properties.get("path") or "")[:200]
