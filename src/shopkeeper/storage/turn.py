"""One writer at a time: the turn that a thread takes before it writes."""

from __future__ import annotations

import threading
from collections.abc import Callable

Action = Callable[[], object]


class Turn:
    """A lock that refuses, instead of waiting for ever, when its own thread asks again."""

    __slots__ = ("_holder", "_lock")

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder = 0

    def take(self) -> None:
        """Wait for the turn. Raises RuntimeError inside a write() of the same thread."""
        me = threading.get_ident()
        if self._holder == me:
            raise RuntimeError("write() inside a write() of the same thread; pass the outer connection down instead")
        self._lock.acquire()
        self._holder = me

    def take_at_once(self) -> bool:
        """Take the turn if nobody has it. It belongs to no thread then, and any thread may give it back."""
        return self._lock.acquire(blocking=False)

    def give_back(self) -> None:
        """Let the next thread write."""
        self._holder = 0
        self._lock.release()
