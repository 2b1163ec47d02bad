"""The record of decisions: who saw what on which page, and which test each passed-over candidate failed.

Most visitors walk a zone the same way, so a walk is stored once under its hash and decisions refer to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from shopkeeper.decisions import store
from shopkeeper.decisions.rules import Candidacy, Chosen
from shopkeeper.storage import Connection

KEPT_DAYS = 30


class Made(msgspec.Struct, frozen=True):
    """A decision just made, before it is kept."""

    decision_id: bytes
    at: int
    device: str
    person: str
    url: str
    outcomes: list[Chosen]


class Logged(msgspec.Struct, frozen=True):
    """A decision on record, for all zones of a page."""

    decision_id: bytes
    at: int
    device: str
    person: str
    url: str
    zones: dict[str, list[Candidacy]]
    """Zone -> candidates in priority order down to the chosen one."""


class _Row(msgspec.Struct, frozen=True, array_like=True):
    decision_id: bytes
    person: str
    url: str
    walks: dict[str, bytes]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Row).decode
_decode_walk = msgspec.msgpack.Decoder(list[Candidacy]).decode


class Recorder:
    """Keeps decisions; remembers which walks are stored already. Used by the one writer only."""

    LIMIT = 50_000

    def __init__(self) -> None:
        self._hashes: dict[tuple[int, ...], tuple[bytes, list[Candidacy]]] = {}

    def keep(self, conn: Connection, made: Iterable[Made]) -> None:
        """Store decisions, and the walks that are new."""
        new: dict[bytes, bytes] = {}
        rows = []
        for decision in made:
            walks = {outcome.zone: self._hash(outcome.walked, new) for outcome in decision.outcomes}
            body = _encode(_Row(decision.decision_id, decision.person, decision.url, walks))
            rows.append((decision.device, decision.at, body))
        if new:
            store.add_walks(conn, new.items())
        store.add(conn, rows)

    def _hash(self, walked: list[Candidacy], new: dict[bytes, bytes]) -> bytes:
        # The outcomes of a walk are mostly the prepared ones of its board: telling them apart by identity is quick,
        # and safe as long as the remembered walk keeps them alive.
        key = tuple(map(id, walked))
        known = self._hashes.get(key)
        if known is not None:
            return known[0]
        body = _encode(walked)
        digest = hashlib.blake2b(body, digest_size=12).digest()
        new[digest] = body
        if len(self._hashes) >= self.LIMIT:
            self._hashes.clear()
        self._hashes[key] = (digest, walked)
        return digest

    def forget(self) -> None:
        """Store every walk anew: what was remembered may not have been committed."""
        self._hashes.clear()


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
        )
        for device, at, row in rows
    ]


def purge_decisions(conn: Connection, before: int) -> int:
    """Forget decisions made before `before`; returns how many."""
    return store.purge(conn, before)


def count_decisions(conn: Connection) -> int:
    """How many decisions are on record."""
    return store.total(conn)
