"""Would-be exposures: the events that say what a held-out visitor was not shown."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from shopkeeper.decisions import Chosen, Visitor
from shopkeeper.model.events import WITHHELD, Event, Flag, version_text
from shopkeeper.visitors.profile import would_be

_FLAGS = int(Flag.SERVER | Flag.VERIFIED)


class Asking(NamedTuple):
    """The decision that was made, when, for which device and whom by its own word, and what else its request told."""

    decision_id: bytes
    at: int
    device: str
    said_user: str | None
    context: Callable[[], dict[str, Any]]


def would_be_exposures(outcomes: Iterable[Chosen], visitor: Visitor, asking: Asking) -> list[Event]:
    """One event for each communication that was withheld, the first time in a session.

    Their ids follow from the decision's, so that writing them again changes nothing.
    """
    found: list[Event] = []
    for outcome in outcomes:
        for candidate in outcome.withheld:
            placed = candidate.placed
            known = visitor.profile.appearances.get(would_be(placed.id), ())
            if known and known[-1] >= visitor.moment.session_start:
                continue
            decision_id, at, device, said, context = asking
            user = said if said == visitor.profile.user else None
            told = {
                "communication_id": placed.id,
                "version": version_text(placed.version, placed.variant),
                "zone": outcome.zone,
                "decision_id": decision_id.hex(),
            }
            digest = hashlib.blake2b(decision_id + placed.id.encode(), digest_size=16).digest()
            who = (device, user, _FLAGS)
            found.append(Event(digest, at, at, WITHHELD, *who, told, context(), digest[:8], digest.hex()))
    return found
