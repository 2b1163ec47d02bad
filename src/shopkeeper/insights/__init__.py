"""Owns what can be known of segments: members and why, previews, figures beside the shop's, overlaps and journeys.

May touch storage, model, the facts, conditions and the meanings. Start reading in `base.py` (what is asked of), then
`figures.py`.
"""

from shopkeeper.insights.base import Base
from shopkeeper.insights.members import Member, Members, members, people_at, sizes_now
from shopkeeper.insights.preview import Preview, Sized, preview
from shopkeeper.insights.why import Reason, Why, why

__all__ = [
    "Base",
    "Member",
    "Members",
    "Preview",
    "Reason",
    "Sized",
    "Why",
    "members",
    "people_at",
    "preview",
    "sizes_now",
    "why",
]
