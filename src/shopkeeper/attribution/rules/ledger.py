"""What a change of credit writes into the ledger: a reversal of what stood there, and what stands now, with a reason.

The ledger is a diary, not derived state: its entries tell what the program believed when, and add up to the credit
that holds. Nothing in it is ever changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from shopkeeper.attribution.rules.words import Credit

Place = tuple[str, int, int, bytes]
"""(order, line, touch at, touch id): what the credit that holds has one entry for."""


class Cause(msgspec.Struct, frozen=True):
    """Why credit is derived again, as far as the caller knows."""

    now: int = 0
    """When, microseconds; it stands in the ledger and decides nothing."""
    because: str = ""
    """The reason, where it is none of the events themselves: `stitched`, `rule change` ..."""
    placed: frozenset[str] = frozenset()
    """Orders that were not there before."""
    spoken: frozenset[str] = frozenset()
    """Orders about which something new was said."""
    ledger: bool = True
    """False while a rebuild goes through all of the past again; it settles the ledger once, at its end."""


class Entry(NamedTuple):
    """One line of the ledger: `sign` -1 takes an earlier entry back."""

    sign: int
    credit: Credit
    reason: str


def place_of(credit: Credit) -> Place:
    """Where an entry stands among those that hold."""
    return (credit.order_id, credit.line, credit.touch_at, credit.touch_id)


def changes(
    old: Mapping[Place, Credit], new: Mapping[Place, Credit], cause: Cause, standing: Mapping[str, str]
) -> list[Entry]:
    """The entries that lead from the old credit to the new; none where only the person or the rule's number differ.

    `standing` says of the orders concerned whether they are `counting`, `cancelled` or, left out, gone or waiting.
    """
    reversed_ = [credit for place, credit in old.items() if not _alike(credit, new.get(place))]
    written = [credit for place, credit in new.items() if not _alike(credit, old.get(place))]
    if not (reversed_ or written):
        return []
    reasons = _reasons(reversed_, written, cause, standing)
    return [
        *(Entry(-1, credit, reasons[credit.order_id]) for credit in reversed_),
        *(Entry(1, credit, reasons[credit.order_id]) for credit in written),
    ]


def _alike(one: Credit, other: Credit | None) -> bool:
    """Whether two entries say the same; whose the order is and which rule confirmed it is not of the ledger."""
    return other is not None and one == msgspec.structs.replace(other, person=one.person, rule=one.rule)


def _reasons(old: list[Credit], new: list[Credit], cause: Cause, standing: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for order_id in {credit.order_id for credit in (*old, *new)}:
        before = [credit for credit in old if credit.order_id == order_id]
        after = [credit for credit in new if credit.order_id == order_id]
        found[order_id] = _reason(order_id, before, after, cause, standing.get(order_id, ""))
    return found


def _reason(order_id: str, old: list[Credit], new: list[Credit], cause: Cause, standing: str) -> str:
    if cause.because:
        return cause.because
    if order_id in cause.placed:
        return "placed"
    if order_id in cause.spoken:
        if standing != "counting":
            return standing or "no longer counts"
        return "refunded" if _refunded(old) != _refunded(new) else "updated"
    return "another order" if cause.spoken else "late touch"


def _refunded(credits: Iterable[Credit]) -> int:
    return sum(credit.refunded for credit in credits)
