"""Acts as the rows that are counted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shopkeeper.model.events import PRODUCT_VIEWED
from shopkeeper.model.time import DAY
from shopkeeper.timelines import LINE

Rows = NDArray[np.int64]


def rows_of(done: Iterable[Any], now: int) -> tuple[Rows, Rows, list[str]]:
    """(lines, views, products) of acts (name, product, days ago, who); lines of one person and day are one order."""
    keys: dict[str, int] = {}
    found: dict[str, list[tuple[int, ...]]] = {LINE: [], PRODUCT_VIEWED: []}
    for place, (name, product, days, who) in enumerate(done):
        if name in found:
            number = keys.setdefault(product, len(keys))
            person = len(who) + ord(who[0])
            id = person * 1_000 + days if name == LINE else place
            found[name].append((id, now - days * DAY, person, number, 1))
    lines, views = (np.array(rows, np.int64).reshape(-1, 5).T for rows in found.values())
    return lines, views, list(keys)
