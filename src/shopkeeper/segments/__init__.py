"""Owns segments: which there are, who is in them, and following who enters and leaves.

May touch storage, model, the rooms of facts and conditions. Start reading in `book.py` (all segments, ready to be
answered), then `track.py` (following one person) and `bulk/` (everybody at once).
"""

from shopkeeper.segments.book import Book, Segment, audience_segment, build_book, users_of
from shopkeeper.segments.filling import backfill, renew_thresholds
from shopkeeper.segments.people import (
    awaited,
    changes_in,
    changes_of,
    flow,
    followed,
    followed_members,
    followed_size,
    memberships,
)
from shopkeeper.segments.prebuilt import PREBUILT
from shopkeeper.segments.store import MIGRATIONS, Change
from shopkeeper.segments.thresholds import thresholds
from shopkeeper.segments.track import Ran, ask_anew, follow, next_due, rename_person, start_anew, touch

__all__ = [
    "MIGRATIONS",
    "PREBUILT",
    "Book",
    "Change",
    "Ran",
    "Segment",
    "ask_anew",
    "audience_segment",
    "awaited",
    "backfill",
    "build_book",
    "changes_in",
    "changes_of",
    "flow",
    "follow",
    "followed",
    "followed_members",
    "followed_size",
    "memberships",
    "next_due",
    "rename_person",
    "renew_thresholds",
    "start_anew",
    "thresholds",
    "touch",
    "users_of",
]
