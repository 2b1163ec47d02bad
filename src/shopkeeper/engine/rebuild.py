"""Rebuild: empty everything that is derived and derive it again from the log, in one transaction."""

from __future__ import annotations

from collections.abc import Callable

from shopkeeper import events, orders
from shopkeeper.engine.derive import add_known, reattribute
from shopkeeper.engine.shop import DERIVED, Shop
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
        hours.disturb_all(conn)
        conn.changed(None)
        done = 0
        for batch in events.stream(conn, shop.history, BATCH):
            add_known(conn, shop.desk(), batch)
            done += len(batch)
            progress(done, total)
    return done


def recredit(shop: Shop, progress: Progress = lambda _done, _total: None) -> int:
    """Derive both ledgers again from touches and orders; returns the number of buyers."""
    with shop.state.write() as conn:
        people = orders.buyers(conn)
        for done, person in enumerate(people, 1):
            reattribute(conn, shop.desk(), (person,))
            if done % 100 == 0 or done == len(people):
                progress(done, len(people))
    return len(people)
