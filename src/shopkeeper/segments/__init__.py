"""Owns segments: live rules, what they mean, who is in them, and when that changes.

May touch storage, model and the rooms of facts. Start reading in `meaning.py` (from the language to questions about
facts), then `live/` (one person's answers) and `bulk/` (everybody's).
"""

from shopkeeper.segments.book import Book, Segment, audience_segment, build_book, users_of
from shopkeeper.segments.live import NEVER, Answer, Standing
from shopkeeper.segments.meaning import AUDIENCE
from shopkeeper.segments.prebuilt import PREBUILT
from shopkeeper.segments.store import MIGRATIONS
from shopkeeper.segments.thresholds import thresholds
from shopkeeper.segments.track import Ran, ask_anew, follow, next_due, rename_person, touch

__all__ = [
    "AUDIENCE",
    "MIGRATIONS",
    "NEVER",
    "PREBUILT",
    "Answer",
    "Book",
    "Ran",
    "Segment",
    "Standing",
    "ask_anew",
    "audience_segment",
    "build_book",
    "follow",
    "next_due",
    "rename_person",
    "thresholds",
    "touch",
    "users_of",
]
