"""Owns people: identity stitching, sessions, profile documents, attributes, audiences and consent.

May touch storage and model. Start reading in `rules.py` (who an event belongs to, what it changes), then `learn.py`.
"""

from shopkeeper.visitors.choices import heed, unheed
from shopkeeper.visitors.glance import glance
from shopkeeper.visitors.identity import (
    Claimed,
    claim,
    devices_of,
    owners,
    person_now,
    persons_by_now,
    persons_of,
    unclaim,
)
from shopkeeper.visitors.learn import forget, load, merge_anonymous, save
from shopkeeper.visitors.people import audience_members, audience_sizes, count_people, search_people
from shopkeeper.visitors.profile import Profile, Value, name_of
from shopkeeper.visitors.rules import Claim, anonymous_person, known_person, owner
from shopkeeper.visitors.rules import observe as learn
from shopkeeper.visitors.sessions import (
    SessionBook,
    forget_sessions,
    record_sessions,
    session_starts,
    sessions_of,
    sessions_over,
)
from shopkeeper.visitors.store import DERIVED, MIGRATIONS

__all__ = [
    "DERIVED",
    "MIGRATIONS",
    "Claim",
    "Claimed",
    "Profile",
    "SessionBook",
    "Value",
    "anonymous_person",
    "audience_members",
    "audience_sizes",
    "claim",
    "count_people",
    "devices_of",
    "forget",
    "forget_sessions",
    "glance",
    "heed",
    "known_person",
    "learn",
    "load",
    "merge_anonymous",
    "name_of",
    "owner",
    "owners",
    "person_now",
    "persons_by_now",
    "persons_of",
    "record_sessions",
    "save",
    "search_people",
    "session_starts",
    "sessions_of",
    "sessions_over",
    "unclaim",
    "unheed",
]
