"""The record of decisions: who saw what on which page, and which test each passed-over candidate failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shopkeeper.decisions import store
from shopkeeper.decisions.rules import Chosen
from shopkeeper.storage import Connection

KEPT_DAYS = 30


class Candidacy(msgspec.Struct, frozen=True, array_like=True):
    """How one candidate fared: `test` is empty for the one that was chosen."""

    communication: str
    version: int
    test: str
    reason: str


class Logged(msgspec.Struct, frozen=True, array_like=True):
    """One decision for all zones of a page."""

    decision_id: bytes
    at: int
    device: str
    person: str
    url: str
    zones: dict[str, list[Candidacy]]
    """Zone -> candidates in priority order down to the chosen one."""


_decode = msgspec.msgpack.Decoder(Logged).decode
_encode = msgspec.msgpack.Encoder().encode


def candidacies(outcome: Chosen) -> list[Candidacy]:
    """What is kept of one zone's walk."""
    walked = [Candidacy(f.candidate.placed.id, f.candidate.placed.version, f.test, f.reason) for f in outcome.failed]
    if outcome.candidate:
        walked.append(Candidacy(outcome.candidate.placed.id, outcome.candidate.placed.version, "", ""))
    return walked


def keep_decisions(conn: Connection, logged: Iterable[Logged]) -> None:
    """Store decisions."""
    store.add(conn, [(entry.device, entry.at, entry.decision_id, _encode(entry)) for entry in logged])


def decisions_of(conn: Connection, devices: Sequence[str], limit: int = 200) -> list[Logged]:
    """The latest decisions made for these devices."""
    return [_decode(row[3]) for row in store.of_devices(conn, devices, limit)]


def purge_decisions(conn: Connection, before: int) -> int:
    """Forget decisions made before `before`; returns how many."""
    return store.purge(conn, before)


def count_decisions(conn: Connection) -> int:
    """How many decisions are on record."""
    return store.total(conn)
