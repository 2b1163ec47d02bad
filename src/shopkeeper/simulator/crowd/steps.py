"""The steps a visit is made of; whoever drives it answers the questions and carries the rest out."""

from __future__ import annotations

from typing import Any, NamedTuple


class Page(NamedTuple):
    """A page of the shop and the zones marked on it."""

    type: str
    path: str
    title: str
    zones: tuple[str, ...] = ()
    category: str = ""
    product: str = ""


class Answer(NamedTuple):
    """What a zone was given."""

    communication: str
    kind: str
    zone: str
    version: int | str | None = None
    decision_id: str = ""
    products: tuple[tuple[str, str], ...] = ()  # id, and the strategy that chose it


class Ask(NamedTuple):
    """What shall the zones of this page show? The driver sends back `{zone: Answer}`."""

    page: Page


class Tell(NamedTuple):
    """An event in Segment's shape, without id and time. `server`: from the shop's server, not from the browser."""

    event: dict[str, Any]
    server: bool = False


class Wait(NamedTuple):
    """Time passes while somebody reads or thinks."""

    seconds: float


Step = Ask | Tell | Wait
