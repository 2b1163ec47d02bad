"""The board: every zone's candidates in priority order, with all that can be prepared before a visitor comes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from shopkeeper.campaigns import Placed, Plan
from shopkeeper.recommenders import Shelves
from shopkeeper.segments import Segment, named


class Candidate(NamedTuple):
    """A communication in a zone, ready to be tested and served."""

    placed: Placed
    segment: Segment | None
    """None when the segment does not exist (any more): nobody is in it."""
    wire: msgspec.Raw
    """The answer's JSON, but for the products of a recommender."""


class Board(NamedTuple):
    """What competes for attention, as of one version of the plan."""

    plan: Plan
    shelves: Shelves
    zones: Mapping[str, list[Candidate]]


def build_board(plan: Plan, shelves: Shelves) -> Board:
    """Compile the plan's candidates."""
    zones = {
        zone: [Candidate(p, named(p.campaign.segment), msgspec.Raw(msgspec.json.encode(wire(p)))) for p in placed]
        for zone, placed in plan.candidates.items()
    }
    return Board(plan, shelves, zones)


def wire(placed: Placed) -> dict[str, Any]:
    """What the browser may know of a communication: content and targets, never effects or rules."""
    c = placed.communication
    answer: dict[str, Any] = {
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
    return answer
