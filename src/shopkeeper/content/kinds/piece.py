"""What every kind of content is made of: one piece of it, complete in its own file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shopkeeper.content.scene import Scene
from shopkeeper.model.definitions import Communication

Problem = tuple[str, str, str]
"""(message, field within the communication, hint)."""


def _no_problem(_communication: Communication, _zone: ZoneInfo) -> Iterator[Problem]:
    yield from ()


class Piece(NamedTuple):
    """A form of content."""

    name: str
    has: Callable[[Communication], bool]
    """Whether a communication uses it."""
    draw: Callable[[Communication, Scene], str]
    """Its markup. Raises Absent when the whole communication is not to be shown now."""
    moving: Callable[[Communication], bool] = lambda _: False
    """Whether it looks different from one moment or visitor to the next, even without templates."""
    beside: bool = False
    """Whether it stands beside the texts instead of among them."""
    problems: Callable[[Communication, ZoneInfo], Iterator[Problem]] = _no_problem
    """What is wrong with its definition, beyond what its types refuse."""
