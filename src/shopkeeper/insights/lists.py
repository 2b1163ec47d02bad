"""Lists: frozen copies of a segment's members. They stay as they are whatever becomes of the segment."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from shopkeeper.insights import store
from shopkeeper.model.errors import BadInput, Conflict, NotFound
from shopkeeper.segments import Segment
from shopkeeper.storage import Connection

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class FrozenList(NamedTuple):
    """A list without its people."""

    id: str
    segment: str
    sentence: str
    """What the rule said when it was frozen."""
    at: int
    size: int


def freeze(conn: Connection, id: str, segment: Segment, persons: Sequence[str], now: int) -> FrozenList:
    """Keep these members as a list of this name. Raises Conflict where there is one already."""
    return keep(conn, id, segment.id, segment.sentence, persons, now)


def keep(conn: Connection, id: str, source: str, sentence: str, persons: Sequence[str], now: int) -> FrozenList:
    """Keep people of any source as a list, with what is said of them. Raises Conflict where there is one already."""
    if not _ID.fullmatch(id):
        hint = "Use lower-case letters, digits, . _ and -, 64 at most."
        raise BadInput("bad_id", f"{id[:80]!r} cannot be the name of a list", hint=hint)
    if any(known.id == id for known in lists(conn)):
        raise Conflict(
            "list_exists", f"There is a list {id!r} already", hint="Choose another name, or delete that list."
        )
    found = FrozenList(id, source, sentence, now, len(persons))
    store.add_list(conn, id, source, sentence, now, persons)
    return found


def lists(conn: Connection) -> list[FrozenList]:
    """All lists, the latest first."""
    return [FrozenList(*row) for row in store.lists(conn)]


def listed(conn: Connection, id: str) -> list[str]:
    """The people of a list. Raises NotFound."""
    _known(conn, id)
    return store.listed(conn, id)


def delete_list(conn: Connection, id: str) -> FrozenList:
    """Drop a list; what it was. Raises NotFound."""
    found = _known(conn, id)
    store.drop_list(conn, id)
    return found


def _known(conn: Connection, id: str) -> FrozenList:
    for found in lists(conn):
        if found.id == id:
            return found
    raise NotFound("unknown_list", f"There is no list {id[:80]!r}", hint="`shopkeeper segments lists` shows all.")


def rename_person(conn: Connection, old: str, new: str) -> None:
    """A visitor became known: in the lists, too, it is one person."""
    store.rename_listed(conn, old, new)
