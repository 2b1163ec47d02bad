"""The ledger: every entry ever made for an order, and whether the entries add up to the credit that holds."""

from __future__ import annotations

import msgspec

from shopkeeper.attribution import store
from shopkeeper.attribution.rules.ledger import Cause, Entry, Place, changes, place_of
from shopkeeper.attribution.rules.words import Credit
from shopkeeper.storage import Connection


class LedgerEntry(msgspec.Struct, frozen=True):
    """One line of the ledger of an order."""

    number: int
    made_at: int
    reason: str
    sign: int
    """-1 takes an earlier entry back."""
    credit: Credit
    """Its amounts carry the sign."""


def ledger(conn: Connection, order_id: str) -> list[LedgerEntry]:
    """Everything that was ever written about an order's credit, the oldest first."""
    return [LedgerEntry(*row) for row in store.ledger(conn, order_id)]


def ledger_differences(conn: Connection) -> list[Entry]:
    """The entries that are missing for the ledger to add up to the credit that holds; none when all is well."""
    held, written = _held(conn), _written(conn)
    return changes(written, held, Cause(because="rebuilt"), {})


def settle_ledger(conn: Connection, now: int) -> int:
    """Write down what a rebuild found otherwise than it was; answers how many entries that took."""
    missing = ledger_differences(conn)
    store.write_down(conn, now, missing)
    return len(missing)


def _held(conn: Connection) -> dict[Place, Credit]:
    return {place_of(each): each for each in store.all_credits(conn)}


def _written(conn: Connection) -> dict[Place, Credit]:
    return {place_of(each): each for each in store.balance(conn)}
