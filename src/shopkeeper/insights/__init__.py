"""Owns what can be known of segments: members and why, previews, figures beside the shop's, overlaps and journeys.

May touch storage, model, the facts, conditions and the meanings. Start reading in `base.py` (what is asked of), then
`figures.py`.
"""

from shopkeeper.insights import telling
from shopkeeper.insights.base import Base, person_named
from shopkeeper.insights.figures import DEFINITIONS, Insights, Part, Product, Worth, by_segment, insights
from shopkeeper.insights.lists import FrozenList, delete_list, freeze, keep, listed, lists, rename_person
from shopkeeper.insights.members import EVERYBODY, Member, Members, everybody, members, people_at, sizes_now
from shopkeeper.insights.preview import Preview, Sized, preview
from shopkeeper.insights.store import MIGRATIONS
from shopkeeper.insights.together import (
    MOST_DAYS,
    Journeys,
    Overlap,
    Pair,
    Place,
    Step,
    Way,
    journeys,
    ordered_set,
    overlap,
)
from shopkeeper.insights.why import Inside, Reason, Why, segments_of, why

__all__ = [
    "DEFINITIONS",
    "EVERYBODY",
    "MIGRATIONS",
    "MOST_DAYS",
    "Base",
    "FrozenList",
    "Inside",
    "Insights",
    "Journeys",
    "Member",
    "Members",
    "Overlap",
    "Pair",
    "Part",
    "Place",
    "Preview",
    "Product",
    "Reason",
    "Sized",
    "Step",
    "Way",
    "Why",
    "Worth",
    "by_segment",
    "delete_list",
    "everybody",
    "freeze",
    "insights",
    "journeys",
    "keep",
    "listed",
    "lists",
    "members",
    "ordered_set",
    "overlap",
    "people_at",
    "person_named",
    "preview",
    "rename_person",
    "segments_of",
    "sizes_now",
    "telling",
    "why",
]
