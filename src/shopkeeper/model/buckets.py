"""Lasting chance: a hash says in which hundredth somebody is, the same in every language and for ever.

FNV-1a with 32 bits, used as GrowthBook's hash version 2 does: the decimal text of the hash of seed + value is hashed
again, and the last four digits count. Python's own `hash` differs from run to run.
"""

from __future__ import annotations

STEPS = 10_000
"""So many places there are."""
_PRIME, _BASIS = 0x01000193, 0x811C9DC5


def fnv1a(text: str) -> int:
    """FNV-1a, 32 bits, over the UTF-8 bytes."""
    found = _BASIS
    for byte in text.encode():
        found = ((found ^ byte) * _PRIME) & 0xFFFFFFFF
    return found


def place_of(value: str, seed: str) -> int:
    """One of the places from 0 (included) to STEPS (excluded)."""
    return fnv1a(str(fnv1a(seed + value))) % STEPS


def bucket_of(value: str, seed: str) -> float:
    """Percent from 0 (included) to 100 (excluded), in steps of a hundredth."""
    return place_of(value, seed) / 100
