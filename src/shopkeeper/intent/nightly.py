"""The nightly training, in a process of its own."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from shopkeeper import orders
from shopkeeper.intent import store
from shopkeeper.intent.train import due
from shopkeeper.model.time import DAY
from shopkeeper.storage import State

log = logging.getLogger(__name__)
HOUR = 3
"""Of shop time, from which on a day's training may begin."""


class Nightly:
    """Trains once a day in a process of its own, which leaves the processor to whoever is being answered."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def look(self, state: State, place: tuple[Path, str | None] | None, now: int, zone: ZoneInfo) -> None:
        """Start training where it is due, and see whether it has ended. `place` are the shop's directory and database;
        None where another process cannot open it.
        """
        if self._running is not None:
            code = self._running.poll()
            if code is None:
                return
            self._running = None
            (log.info if code == 0 else log.warning)("training purchase intent ended with %d", code)
            return
        if place is None or not _turn(state, now, zone):
            return
        data, database = place
        shop = ["--data", str(data), *(("--database", database) if database else ())]
        self._running = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "shopkeeper.cli.main", *shop, "intent", "train", "--gently"],
            stdout=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """Do not wait for a training that runs: the next one comes."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait()


def _turn(state: State, now: int, zone: ZoneInfo) -> bool:
    """A day of shop time has begun since the last training, there are orders before it, and nobody else trains."""
    with state.read() as conn:
        extent = orders.order_extent(conn)
        wanted = due(conn, now, zone, None if extent is None else extent[0], HOUR)
    if not wanted:
        return False
    with state.write() as conn:
        return store.claim(conn, now, now - DAY // 4)
