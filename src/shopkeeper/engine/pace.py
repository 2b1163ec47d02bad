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
FEW = 20
"""Requests since the last look that do not make a server busy."""


class Pace:
    """Rests between steps while the server is busy; `stop` ends a rest at once."""

    def __init__(self, shop: Shop, stop: threading.Event) -> None:
        self._shop = shop
        self._stop = stop
        self._served = 0
        self._busy = False
        self._begun = perf_counter()

    def look(self) -> None:
        """See whether requests came since the last look; a step begins."""
        self._busy = self._shop.served - self._served > FEW
        self._served = self._shop.served
        self._begun = perf_counter()

    def rest(self) -> None:
        """A step has ended, and the next begins after this."""
        if self._busy:
            self._stop.wait(min((perf_counter() - self._begun) * (1 / SHARE - 1), 2.0))
        self._begun = perf_counter()
