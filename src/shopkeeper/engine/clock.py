"""The edge of time and chance: the only place that reads the clock and makes ids."""

from __future__ import annotations

import random
import secrets
import time


def now() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000


# Ids must be unique, not secret; asking the kernel for each would cost a system call a request.
_chance = random.Random(secrets.randbits(256))  # noqa: S311 - see above
_VERSION_7 = (0x7 << 76) | (0b10 << 62)
_CHANCE = ((1 << 76) - 1) & ~(0b11 << 62)


def fresh_id() -> bytes:
    """A UUIDv7: 48 bits of milliseconds, then chance (RFC 9562, section 5.7)."""
    milliseconds = time.time_ns() // 1_000_000
    return (milliseconds << 80 | _VERSION_7 | _chance.getrandbits(76) & _CHANCE).to_bytes(16, "big")


def fresh_key(prefix: str) -> str:
    """A key nobody can guess."""
    return prefix + secrets.token_urlsafe(24)
