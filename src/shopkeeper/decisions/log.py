"""The record of decisions: who saw what on which page, and which test each passed-over candidate failed.

Most visitors walk a zone the same way, so a walk is stored once under its hash and decisions refer to it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from shopkeeper.decisions import store
from shopkeeper.decisions.rules import Candidacy, Chosen
from shopkeeper.model.events import Event
from shopkeeper.storage import Connection, State

KEPT_DAYS = 30


class Made(msgspec.Struct, frozen=True):
    """A decision just made, before it is kept."""

    decision_id: bytes
    at: int
    device: str
    person: str
    url: str
    outcomes: list[Chosen]
    took_us: int = 0
    """From the request's arrival at the engine to the outcome, in microseconds."""
    withheld: list[Event] = []
    """What a held-out visitor would have been shown: events to be written with the record."""


class Logged(msgspec.Struct, frozen=True):
    """A decision on record, for all zones of a page."""

    decision_id: bytes
    at: int
    device: str
    person: str
    url: str
    zones: dict[str, list[Candidacy]]
    """Zone -> candidates in priority order down to the chosen one."""
    took_us: int = 0


class _Row(msgspec.Struct, frozen=True, array_like=True):
    decision_id: bytes
    person: str
    url: str
    walks: dict[str, bytes]
    took_us: int = 0


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode
_decode_walk = msgspec.msgpack.Decoder(list[Candidacy]).decode


def digest_of(walked: list[Candidacy]) -> bytes:
    """The hash under which a walk is stored."""
    return hashlib.blake2b(_encode(walked), digest_size=12).digest()


class Recorder:
    """Keeps decisions; remembers which walks are stored already. Used by the one writer only."""

    LIMIT = 50_000

    def __init__(self) -> None:
        self._digests: dict[tuple[int, ...], tuple[bytes, list[Candidacy]]] = {}
        self._stored: set[bytes] = set()

    def keep(self, conn: Connection, made: Iterable[Made]) -> None:
        """Store decisions, and the walks that are new."""
        new: dict[bytes, bytes] = {}
        rows = []
        for decision in made:
            walks = {}
            for outcome in decision.outcomes:
                digest = walks[outcome.zone] = outcome.digest or self._digest(outcome.walked)
                if digest not in self._stored:
                    self._stored.add(digest)
                    new[digest] = _encode(outcome.walked)
            body = _encode(_Row(decision.decision_id, decision.person, decision.url, walks, decision.took_us))
            rows.append((decision.device, decision.at, body))
        if new:
            store.add_walks(conn, new.items())
        store.add(conn, rows)
        if len(self._stored) > self.LIMIT:
            self._stored.clear()

    def _digest(self, walked: list[Candidacy]) -> bytes:
        # The outcomes of a walk are mostly the prepared ones of its board: telling them apart by identity is quick,
        # and safe as long as the remembered walk keeps them alive.
        key = tuple(map(id, walked))
        known = self._digests.get(key)
        if known is None:
            if len(self._digests) >= self.LIMIT:
                self._digests.clear()
            known = self._digests[key] = (digest_of(walked), walked)
        return known[0]

    def forget(self) -> None:
        """Store every walk anew: what was remembered may not have been committed."""
        self._stored.clear()


def decisions_of(conn: Connection, devices: Sequence[str], limit: int = 200) -> list[Logged]:
    """The latest decisions made for these devices, newest first."""
    rows = [(device, at, _decode(body)) for device, at, body in store.of_devices(conn, devices, limit)]
    wanted = sorted({digest for _, _, row in rows for digest in row.walks.values()})
    walks = {digest: _decode_walk(body) for digest, body in store.walks(conn, wanted)}
    return [
        Logged(
            row.decision_id,
            at,
            device,
            row.person,
            row.url,
            {zone: walks.get(digest, []) for zone, digest in row.walks.items()},
            row.took_us,
        )
        for device, at, row in rows
    ]


def zones_asked(conn: Connection, limit: int) -> dict[str, int]:
    """Zone -> how many of the latest decisions asked for it."""
    return dict(Counter(zone for body in store.latest_bodies(conn, limit) for zone in _decode(body).walks))


def enter_decisions(state: State) -> None:
    """Enter the decisions made since in the index by device: a person's page finds older ones by it.

    A chunk at a time, as others wait to write meanwhile.
    """
    while True:
        with state.read() as conn:
            if store.entered(conn) >= store.latest(conn):
                return
        with state.write() as conn:
            store.enter(conn)


def purge_decisions(conn: Connection, before: int) -> int:
    """Forget decisions made before `before`; returns how many."""
    return store.purge(conn, before)


def count_decisions(conn: Connection) -> int:
    """How many decisions are on record."""
    return store.total(conn)
