"""What `serve` does beside answering: move events to history, restock the shelves, index decisions, forget old ones."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from math import inf
from time import monotonic

from shopkeeper import decisions, events, segments, stats, timelines
from shopkeeper.engine.pace import Pace
from shopkeeper.engine.shop import Shop
from shopkeeper.intent import Nightly
from shopkeeper.model.errors import ShopkeeperError
from shopkeeper.model.time import DAY, MINUTE

REFRESH_S = 1.0
"""How soon definitions applied by another process are taken up."""
ENTER_EVERY = 5
RESTOCK_EVERY = 15
COUNTING = 0.05
"""Of the time, for counting what goes together; what is not counted yet is a little less fresh."""
SUM_EVERY = 3
SUM_CHUNK = 50
"""Hours summed up in one go."""
ACTS_AT_ONCE = 2_000
"""A write of so many acts takes some 20 ms, and is not lengthened by another hour; quiet hours share one."""
MOVE_EVERY = 60
FACTS_CHUNK = 300
"""Writes of facts moved in one go; each holds a few dozen facts where requests are batches."""
MOVE_CHUNK = 1_000
"""Events moved in one go: answers wait for some 5 ms of that."""
TRAIN_EVERY = 10
"""To see whether purchase intent has to be trained, which is once a day, or renewed, which somebody may wait for."""
TIDY_EVERY = 3600
STRAGGLERS = 10 * MINUTE
"""How long after its end an hour is left alone: most late events have come by then."""
FOLLOWED = 10
"""People looked at again before a rest: some milliseconds in which others hardly have the interpreter."""
FOLLOW_S = 0.8
"""How long people are looked at again before the other jobs have their turn."""
log = logging.getLogger(__name__)


def no_rest() -> None:
    """Where nobody else is being answered."""


def sum_hours(shop: Shop, limit: int, rest: Callable[[], None] = no_rest) -> int:
    """Sum up hours that are over, the oldest first; answers how many it did. What is not summed up is still counted."""
    with shop.state.read() as conn:
        due = stats.next_unsummed(conn, shop.now() - STRAGGLERS, limit)
    left = iter(due)
    hour = next(left, None)
    while hour is not None:
        with shop.state.write() as conn:
            shop.refresh(conn)
            acts = 0
            while hour is not None and acts < ACTS_AT_ONCE:
                acts += stats.sum_up(conn, shop.plan, hour)
                hour = next(left, None)
        rest()
    return len(due)


def follow_segments(shop: Shop, rest: Callable[[], None] = no_rest, until: float = inf) -> int:
    """Look at everybody who is due: who entered and left which segment. Returns how many people were looked at.

    Timers come before new facts, and it ends at `until` (of the monotonic clock) for other jobs to have their turn.
    Where nobody is due this is one look at the end of an index.
    """
    done = 0
    looked: segments.Looked | None = None
    while True:
        with shop.state.read() as conn:
            due = segments.next_due(conn)
        over = due is None or due > shop.now() or monotonic() > until
        if over and looked is None:
            return done
        with shop.state.write() as conn:
            shop.refresh(conn)
            if looked is not None and segments.settle(conn, shop.book, looked):
                done += len(looked.people)
            taken = segments.take(conn, shop.now(), 0 if over else FOLLOWED)
        with shop.state.read() as conn:
            looked = segments.look(conn, shop.book, taken) if taken.people else None
        rest()


def fill_segments(shop: Shop) -> list[str]:
    """Find the members of segments that are new or changed, in bulk; returns which."""
    filled = segments.backfill(shop.state, shop.history, shop.book, shop.now())
    if filled:
        shop.take_thresholds()
        log.info("members of %s found", ", ".join(filled))
    return filled


def renew_thresholds(shop: Shop) -> None:
    """Count anew from where on somebody is in the top share, and follow those who are in or out by that."""
    if segments.renew_thresholds(shop.state, shop.history, shop.book, shop.now()):
        shop.take_thresholds()
        fill_segments(shop)


class Jobs:
    """A thread that wakes every second and does what is due. Failures are logged and tried again next time."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._stop = threading.Event()
        self._pace = Pace(shop, self._stop)
        self._nightly = Nightly()
        self._counted = 1
        """Writes of facts when thresholds were counted last because there were twice as many."""
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop after the job at hand."""
        self._stop.set()
        self._thread.join()
        self._nightly.close()

    def _run(self) -> None:
        tick = 0
        self._try(self._shop.history.sweep)
        self._try(lambda: renew_thresholds(self._shop))
        self._try(lambda: self._shop.restock(self._pace.rest, COUNTING))
        while not self._stop.wait(REFRESH_S):
            tick += 1
            self._pace.begin()
            for every, job in self._list():
                if tick % every == 0 and not self._stop.is_set():
                    self._try(job)

    def _try(self, job: Callable[[], object]) -> None:
        try:
            job()
        except ShopkeeperError as error:
            log.warning("a job will be tried again: %s", error)
        except Exception:
            log.exception("a job failed and will be tried again")

    def _list(self) -> list[tuple[int, Callable[[], object]]]:
        """What there is to do, each so many seconds apart; where one fails the others go on."""
        shop, rest = self._shop, self._pace.rest
        return [
            (1, shop.state.catch_up),
            (1, shop.refresh),
            (SUM_EVERY, lambda: sum_hours(shop, SUM_CHUNK, rest)),
            (1, lambda: fill_segments(shop)),
            (1, lambda: follow_segments(shop, rest, monotonic() + FOLLOW_S)),
            (ENTER_EVERY, lambda: decisions.enter_decisions(shop.state)),
            (RESTOCK_EVERY, lambda: shop.restock(rest, COUNTING)),
            (RESTOCK_EVERY, self._count_a_young_shop),
            (MOVE_EVERY, lambda: events.move(shop.state, shop.history, shop.now(), chunk=MOVE_CHUNK, rest=rest)),
            (MOVE_EVERY, lambda: timelines.move(shop.state, shop.history, shop.now(), chunk=FACTS_CHUNK, rest=rest)),
            (TRAIN_EVERY, lambda: self._nightly.look(shop.state, shop.place, shop.now(), shop.plan.zone)),
            (TIDY_EVERY, lambda: events.compact(shop.state, shop.history)),
            (TIDY_EVERY, lambda: timelines.tidy(shop.state, shop.history, shop.now())),
            (TIDY_EVERY, lambda: renew_thresholds(shop)),
            (TIDY_EVERY, self._forget_decisions),
        ]

    def _forget_decisions(self) -> None:
        with self._shop.state.write() as conn:
            decisions.purge_decisions(conn, self._shop.now() - decisions.KEPT_DAYS * DAY)

    def _count_a_young_shop(self) -> None:
        """Count thresholds anew whenever there is twice as much to count: a new shop does not wait for the hour."""
        with self._shop.state.read() as conn:
            latest = timelines.latest_write(conn)
        if latest >= 2 * self._counted:
            self._counted = latest
            shop = self._shop
            timelines.move(shop.state, shop.history, shop.now(), chunk=FACTS_CHUNK, rest=self._pace.rest)
            renew_thresholds(self._shop)
