"""Owns segments: which there are, who is in them, and following who enters and leaves.

May touch storage, model, the rooms of facts and conditions. Start reading in `book.py` (all segments, ready to be
answered), then `track.py` (following one person) and `filling.py` (finding everybody of a new one).
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
from shopkeeper.segments.track import (
    Looked,
    Taken,
    ask_anew,
    look,
    next_due,
    rename_person,
    settle,
    start_anew,
    take,
    touch,
)

__all__ = [
    "MIGRATIONS",
    "PREBUILT",
    "Book",
    "Change",
    "Looked",
    "Segment",
    "Taken",
    "ask_anew",
    "audience_segment",
    "awaited",
    "backfill",
    "build_book",
    "changes_in",
    "changes_of",
    "flow",
    "followed",
    "followed_members",
    "followed_size",
    "look",
    "memberships",
    "next_due",
    "rename_person",
    "renew_thresholds",
    "settle",
    "start_anew",
    "take",
    "thresholds",
    "touch",
    "users_of",
]
