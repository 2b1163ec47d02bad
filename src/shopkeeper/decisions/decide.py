"""Deciding all zones of a page together.

Where candidates ask for nothing but segments, which most do, the outcome is the same for everybody in the same segments:
a zone is walked once for them, and its outcome remembered together with the hash its walk has on record.
"""

from __future__ import annotations

from collections.abc import Iterable

from shopkeeper.campaigns.rules import Page
from shopkeeper.decisions.board import Board, Zone
from shopkeeper.decisions.log import digest_of
from shopkeeper.decisions.rules import Chosen, Look, Visitor, walk

LIMIT = 10_000
"""Outcomes of a zone that are remembered at most."""
_IMPERSONAL = -1
"""The key of the outcome for visitors who permit no personalisation."""


def decide(board: Board, visitor: Visitor, page: Page, zones: Iterable[str]) -> list[Chosen]:
    """Decide the zones in page order; recommenders do not repeat a product of an earlier zone."""
    look = Look(visitor, board.inside(visitor) if visitor.personal else 0, page, board.shelves, board.time_zone)
    shown: set[str] = set()
    outcomes = []
    for name in zones:
        zone = board.zones[name]
        outcomes.append(_settled(name, zone, look) if zone.settled else walk(name, zone.candidates, look, shown))
    return outcomes


def _settled(name: str, zone: Zone, look: Look) -> Chosen:
    """The outcome of a zone that segments settle."""
    key = look.inside & zone.segments if look.visitor.personal else _IMPERSONAL
    outcome = zone.outcomes.get(key)
    if outcome is None:
        outcome = walk(name, zone.candidates, look, set())
        outcome = outcome._replace(digest=digest_of(outcome.walked))
        if len(zone.outcomes) >= LIMIT:
            zone.outcomes.clear()
        zone.outcomes[key] = outcome
    return outcome
