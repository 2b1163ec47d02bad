"""The edge of time and chance: the only place that reads the clock and makes ids."""

from __future__ import annotations

import os
import secrets
import time


def now() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000


def fresh_id() -> bytes:
    """A UUIDv7: 48 bits of milliseconds, then chance (RFC 9562, section 5.7)."""
    raw = bytearray((time.time_ns() // 1_000_000).to_bytes(6, "big") + os.urandom(10))
    raw[6] = (raw[6] & 0x0F) | 0x70
    raw[8] = (raw[8] & 0x3F) | 0x80
    return bytes(raw)


def fresh_key(prefix: str) -> str:
    """A key nobody can guess."""
    return prefix + secrets.token_urlsafe(24)
