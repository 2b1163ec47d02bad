"""Rebuild: empty everything that is derived and derive it again from the log, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from shopkeeper import attribution, events, orders, segments, timelines
from shopkeeper.engine.derive import add_known, reattribute
from shopkeeper.engine.shop import DERIVED, Shop
from shopkeeper.intent import interests
from shopkeeper.storage import hours

BATCH = 5_000
Progress = Callable[[int, int], None]
"""Called with (done, total)."""


def rebuild(shop: Shop, progress: Progress = lambda _done, _total: None) -> int:
    """Derive all state again; returns the number of events read. Readers see the old state until it commits."""
    with shop.state.write() as conn:
        while events.move_waiting(conn, shop.history):
            pass
        total, _ = events.count(conn, shop.history)
        for table in DERIVED:
            conn.run(f"DELETE FROM {table}")
        timelines.reset(conn, shop.history)
        segments.start_anew(conn)
        hours.disturb_all(conn)
        conn.changed(None)
        done = 0
        for batch in events.stream(conn, shop.history, BATCH):
            add_known(conn, shop.desk(ledger=False), batch)
            done += len(batch)
            progress(done, total)
        interests.restore(conn)
        attribution.settle_ledger(conn, shop.now())
    return done


def recredit(shop: Shop, progress: Progress = lambda _done, _total: None) -> int:
    """Derive both ledgers again from touches and orders; returns the number of buyers."""
    with shop.state.write() as conn:
        people = len(orders.buyers(conn))
        progress(0, people)
        reattribute(conn, shop.desk(), "recomputed")
        progress(people, people)
    return people
