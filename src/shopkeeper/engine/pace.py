"""Leaving the processor to whoever is being answered.

What `serve` does beside answering is Python too, and two threads that both compute take the interpreter's lock from each
other. While requests come, a job rests after each of its steps for several times as long as the step took.
"""

from __future__ import annotations

import threading
from time import perf_counter

from shopkeeper.engine.shop import Shop

SHARE = 0.12
"""Of the time, for jobs while requests come."""
BUSY = 20
"""Requests a second that make a server busy."""
LOOK_S = 0.2
"""How long requests are counted before a server counts as idle again."""


class Pace:
    """Rests between steps while the server is busy; `stop` ends a rest at once."""

    def __init__(self, shop: Shop, stop: threading.Event) -> None:
        self._shop = shop
        self._stop = stop
        self._served = shop.served
        self._busy = False
        self._begun = self._looked = perf_counter()

    def begin(self) -> None:
        """A step begins."""
        self._look(perf_counter())

    def rest(self) -> None:
        """A step has ended, and the next begins after this."""
        now = perf_counter()
        took = now - self._begun
        self._look(now)
        if self._busy:
            self._stop.wait(min(took * (1 / SHARE - 1), 2.0))
        self._begun = perf_counter()

    def _look(self, now: float) -> None:
        """See whether requests come: a long job meets both quiet and busy moments."""
        self._begun = now
        came, since = self._shop.served - self._served, now - self._looked
        enough = came > BUSY * max(since, LOOK_S)
        if enough or since >= LOOK_S:
            self._busy = enough
            self._served, self._looked = self._shop.served, now
