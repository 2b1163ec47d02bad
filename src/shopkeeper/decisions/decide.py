"""Deciding all zones of a page together.

Where candidates ask for nothing but segments, which most do, the outcome is the same for everybody in the same segments
for whom the same variants were drawn: a zone is walked once for them, and its outcome remembered together with the hash
its walk has on record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from shopkeeper.campaigns.rules import Page
from shopkeeper.decisions.board import Board, Zone
from shopkeeper.decisions.draw import Painter
from shopkeeper.decisions.log import digest_of
from shopkeeper.decisions.rules import Chosen, Look, Visitor, walk
from shopkeeper.recommenders import Occasion
from shopkeeper.timelines import Timeline

LIMIT = 10_000
"""Outcomes of a zone that are remembered at most."""
_IMPERSONAL = -1
"""The key of the outcome for visitors who permit no personalisation."""


def decide(
    board: Board, visitor: Visitor, timeline: Callable[[], Timeline], page: Page, zones: Iterable[str]
) -> list[Chosen]:
    """Decide the zones in page order; recommenders do not repeat a product of an earlier zone.

    `timeline` reads what the visitor did, where that is needed.
    """
    personal = visitor.personal
    inside = board.inside(visitor, timeline) if personal else 0
    if personal and visitor.unit and board.lots:
        inside |= board.lots.of(visitor.unit)
    look: Look | None = None
    shown: set[str] = set()
    outcomes = []
    for name in zones:
        zone = board.zones[name]
        key = inside & zone.bits if personal else _IMPERSONAL
        found = zone.outcomes.get(key) if zone.settled else None
        if found is None:
            look = look or _look(board, visitor, inside, timeline, page)
            found = _first(name, zone, look, key) if zone.settled else walk(name, zone.candidates, look, shown)
        outcomes.append(found)
    return outcomes


def _look(board: Board, visitor: Visitor, inside: int, timeline: Callable[[], Timeline], page: Page) -> Look:
    paint = Painter(board.easel, board.shelves, visitor, page, timeline)
    occasion = Occasion(
        visitor.moment.at,
        session_start=visitor.moment.session_start,
        page=page.type,
        product=page.product,
        category=page.category,
        timeline=timeline if visitor.personal else None,
    )
    return Look(visitor, inside, page, board.shelves, board.time_zone, paint, occasion, board.lots.everywhere)


def _first(name: str, zone: Zone, look: Look, key: int) -> Chosen:
    """The outcome of a zone that segments settle, for the first who meets it."""
    outcome = walk(name, zone.candidates, look, set())
    outcome = outcome._replace(digest=digest_of(outcome.walked))
    if len(zone.outcomes) >= LIMIT:
        zone.outcomes.clear()
    zone.outcomes[key] = outcome
    return outcome
