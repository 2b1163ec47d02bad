"""What was bought and looked at lately, by everybody: read as it comes, kept as columns, counted anew when it grew.

Only writes of facts that are new are read. Orders that changed take the place of what they were, and an event that was
folded again is counted once. What was erased, cancelled or merged away leaves when a new day begins and all is read again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import islice
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from shopkeeper.model.events import PRODUCT_VIEWED
from shopkeeper.model.time import DAY, HOUR
from shopkeeper.recommenders.counts import BOUGHT_FOR, VIEWED_FOR, Counts, count
from shopkeeper.storage import State
from shopkeeper.timelines import LINE, latest_write, writes_since

CHUNK = 50
"""Writes read before a rest; those of an import are large, and 300 of them stop everybody for 100 ms."""
MOST = {LINE: 2_000_000, PRODUCT_VIEWED: 1_000_000}
"""Rows kept, the latest: some 100 MB at most."""
MERGED_AT = 100_000
COLUMNS_AT = 4_000
"""Rows made columns at a time: nobody else has the interpreter meanwhile."""
LONGEST = {LINE: BOUGHT_FOR, PRODUCT_VIEWED: VIEWED_FOR}
Row = tuple[int, int, int, int, int]
Columns = NDArray[np.int64]


class Ledger:
    """The rows of one shop. One thread reads at a time; what it counted is a value that does not change."""

    def __init__(self) -> None:
        self.counts = Counts()
        self._reading = threading.Lock()
        self._forget()
        self._day = -1
        self._counted_at, self._cost = -1e9, 0.0

    def follow(
        self,
        state: State,
        now: int,
        same: Callable[[str], str],
        rest: Callable[[], None] = lambda: None,
        share: float = 1.0,
    ) -> Counts:
        """Read what is new and count anew where something is; `same` tells what stands for a product's variants.

        Counting takes at most this `share` of the time: else it waits, and the counts before still hold.
        """
        with self._reading:
            if now // DAY != self._day:
                self._forget()
                self._day = now // DAY
            self._read(state, now, rest)
            soon = self._counted_at + self._cost * (1 / share - 1)
            grown = self._stale or (self.counts.version > 0 and now - self.counts.at > HOUR)
            if grown and monotonic() >= soon:
                self._count(now, same)
            return self.counts

    def _forget(self) -> None:
        self._seq = 0
        self._keys: dict[str, int] = {}
        self._rows: dict[str, Columns] = {name: np.zeros((5, 0), np.int64) for name in MOST}
        self._waiting: dict[str, dict[object, tuple[int, list[Row]]]] = {name: {} for name in MOST}
        self._stale = False

    def _read(self, state: State, now: int, rest: Callable[[], None]) -> None:
        with state.read() as conn:
            latest = latest_write(conn)
        fresh = 0
        while self._seq < latest:
            with state.read() as conn:
                writes = writes_since(conn, self._seq, CHUNK)
            for who, seq, facts in writes:
                self._seq = seq
                for fact in facts:
                    if fact.name in MOST and fact.product is not None and now - fact.at <= LONGEST[fact.name]:
                        said = fact.order_id if fact.name == LINE else fact.event_id
                        row = (hash(said), fact.at, who, self._number(fact.product), round(fact.quantity or 1))
                        waiting = self._waiting[fact.name]
                        if said not in waiting or waiting[said][0] != seq:
                            waiting[said] = (seq, [])
                        waiting[said][1].append(row)
                        fresh += 1
            if len(writes) < CHUNK:
                break
            if fresh >= MERGED_AT:
                self._merge(now)
                fresh = 0
            rest()
        self._merge(now)

    def _number(self, product: str) -> int:
        return self._keys.setdefault(product, len(self._keys))

    def _merge(self, now: int) -> None:
        """Put what waits among the rows: the latest word of each order and event counts."""
        for name, waiting in self._waiting.items():
            if not waiting:
                continue
            new = _columns(row for _, rows in waiting.values() for row in rows)
            waiting.clear()
            old = self._rows[name]
            kept = old[:, ~np.isin(old[0], new[0]) & (now - old[1] <= LONGEST[name])]
            rows = np.concatenate([kept, new], axis=1)
            if rows.shape[1] > MOST[name]:
                rows = rows[:, np.argsort(rows[1], kind="stable")[-MOST[name] :]]
            self._rows[name] = rows
            self._stale = True

    def _count(self, now: int, same: Callable[[str], str]) -> None:
        begun = monotonic()
        products = [same(key) for key in self._keys]
        before = self.counts
        self.counts = count(
            self._rows[LINE], self._rows[PRODUCT_VIEWED], products, now, before.version + 1, before.factors
        )
        self._counted_at, self._stale = monotonic(), False
        self._cost = self._counted_at - begun


def _columns(rows: Iterator[Row]) -> Columns:
    parts = []
    while part := list(islice(rows, COLUMNS_AT)):
        parts.append(np.array(part, np.int64).T)
    return np.concatenate(parts, axis=1)
