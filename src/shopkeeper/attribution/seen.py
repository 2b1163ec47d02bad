"""The countable facts of reports: acts with their sessions, and what touches earned by where they were made."""

from __future__ import annotations

from typing import NamedTuple

Seen = tuple[str, str, str, int, int, str, str, str]
"""One act as far as counting needs it: communication, act, device, session, at, zone, device class, variant.

A plain tuple, as a window may have a million of them.
"""


class Earning(NamedTuple):
    """Order credit by where, on what kind of device and on which variant its touches were made; minor units, net."""

    communication: str
    zone: str
    device_class: str
    variant: str
    currency: str
    orders: int
    value: int
    refunded: int
