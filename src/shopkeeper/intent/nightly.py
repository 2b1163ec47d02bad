"""The nightly training and the renewals between, in processes of their own."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from shopkeeper import orders
from shopkeeper.intent import store
from shopkeeper.intent.train import RENEWED_EVERY, due, renewal_due
from shopkeeper.model.time import DAY
from shopkeeper.storage import State

log = logging.getLogger(__name__)
HOUR = 3
"""Of shop time, from which on a day's training may begin."""


class Nightly:
    """Trains once a day and renews between, in a process of its own, which leaves the processor to whoever is being answered."""

    def __init__(self) -> None:
        self._running: subprocess.Popen[bytes] | None = None

    def look(self, state: State, place: tuple[Path, str | None] | None, now: int, zone: ZoneInfo) -> None:
        """Start training or renewing where it is due, and see whether it has ended. `place` are the shop's directory and database;
        None where another process cannot open it.
        """
        if self._running is not None:
            code = self._running.poll()
            if code is None:
                return
            self._running = None
            (log.info if code == 0 else log.warning)("training or renewing purchase intent ended with %d", code)
            return
        what = None if place is None else _turn(state, now, zone)
        if place is None or what is None:
            return
        data, database = place
        shop = ["--data", str(data), *(("--database", database) if database else ())]
        self._running = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "shopkeeper.cli.main", *shop, "intent", what, "--gently"],
            stdout=subprocess.DEVNULL,
        )

    def close(self) -> None:
        """Do not wait for a training that runs: the next one comes."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait()


def _turn(state: State, now: int, zone: ZoneInfo) -> str | None:
    """What there is to do and nobody else does: `train` where a day of shop time has begun since the last training and
    there are orders before it, or `renew`.
    """
    with state.read() as conn:
        extent = orders.order_extent(conn)
        training = due(conn, now, zone, None if extent is None else extent[0], HOUR)
        if not training and not renewal_due(conn, now):
            return None
    with state.write() as conn:
        if training:
            return "train" if store.claim(conn, now, now - DAY // 4) else None
        since = max(store.renewal_asked(conn) - 1, now - RENEWED_EVERY // 4)
        return "renew" if store.claim(conn, now, since, renewal=True) else None
