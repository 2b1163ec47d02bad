"""Jobs leave the processor to whoever is being answered, also when a job began in a quiet moment."""

from __future__ import annotations

import threading
from types import SimpleNamespace
from typing import Any, cast

from shopkeeper.engine.pace import BUSY, LOOK_S, Pace


class Stop(threading.Event):
    """Never set; notes how long was waited instead of waiting."""

    waited = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += timeout or 0
        return False


def paced() -> tuple[Any, Stop, Pace]:
    shop, stop = SimpleNamespace(served=0), Stop()
    return shop, stop, Pace(cast(Any, shop), stop)


def test_nobody_is_answered_so_a_job_goes_on():
    _, stop, pace = paced()
    pace.begin()
    pace.rest()
    assert stop.waited == 0


def test_a_job_that_began_in_quiet_rests_once_requests_come():
    shop, stop, pace = paced()
    pace.begin()
    shop.served += round(BUSY * LOOK_S) + 1
    pace.rest()
    assert stop.waited > 0
