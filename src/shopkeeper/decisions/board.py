"""The board: every zone's candidates in priority order, with all that can be prepared before a visitor comes."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper.campaigns import Placed, Plan
from shopkeeper.decisions.rules import Board, Candidate, place
from shopkeeper.recommenders import Shelves
from shopkeeper.segments import named


def build_board(plan: Plan, shelves: Shelves) -> Board:
    """Compile the plan's candidates."""
    zones = {
        zone: [place(Candidate.of(p, named(p.campaign.segment), _raw(p))) for p in placed]
        for zone, placed in plan.candidates.items()
    }
    return Board(zones, shelves, plan.zone)


def _raw(placed: Placed) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(wire(placed)))


def wire(placed: Placed) -> dict[str, Any]:
    """What the browser may know of a communication: content and targets, never effects or rules."""
    c = placed.communication
    return {
        "communication": placed.id,
        "campaign": placed.campaign_id,
        "kind": c.kind,
        "version": placed.version,
        "content": {
            "heading": c.content.heading or (c.recommender.title if c.recommender else ""),
            "text": c.content.text,
            "image": c.content.image,
            "image_alt": c.content.image_alt,
            "button": c.content.button,
            "href": c.content.href,
            "html": c.content.html or None,
        },
        "elements": {name: {"href": element.href} for name, element in c.elements.items()},
        "trigger": {"on": c.trigger.on, "seconds": c.trigger.seconds, "share": c.trigger.share},
        "close_after_s": c.close_after_s if c.kind == "notification" else None,
    }
