"""The countable facts of reports: acts with their sessions, and what touches earned by where they were made."""

from __future__ import annotations

from typing import NamedTuple


class Seen(NamedTuple):
    """One act upon a communication, as far as counting needs it."""

    communication: str
    act: str
    device: str
    session: int
    at: int
    zone: str
    device_class: str


class Earning(NamedTuple):
    """Order credit by where and on what kind of device its touches were made; minor units, net of refunds."""

    communication: str
    zone: str
    device_class: str
    currency: str
    orders: int
    value: int
    refunded: int
