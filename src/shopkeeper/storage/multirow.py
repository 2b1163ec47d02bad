"""Inserting many rows in few statements.

apsw lets go of the interpreter's lock around every step of a statement. While requests are being answered, taking it
back costs a change of threads and up to a switch interval: a thousand rows of one `executemany` were a thousand such
changes, and took longer than all else. A statement with 64 rows is one step.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

SIZES = (64, 32, 16, 8, 4, 2, 1)
"""Rows to a statement: few sizes, so that the prepared statements stay few."""
_VALUES = re.compile(r"\bVALUES\s*(\((?:\s*\?\s*,)*\s*\?\s*\))", re.IGNORECASE)


def statements(sql: str, rows: Sequence[Sequence[Any]]) -> Iterator[tuple[str, Sequence[Any]]]:
    """The (statement, parameters) that together do what `sql` does with each row; `sql` itself unless it inserts."""
    done = 0
    for size in SIZES if _VALUES.search(sql) else (1,):
        text = _widened(sql, size)
        while len(rows) - done >= size:
            yield text, tuple(chain.from_iterable(rows[done : done + size])) if size > 1 else rows[done]
            done += size


@lru_cache(maxsize=512)
def _widened(sql: str, size: int) -> str:
    return _VALUES.sub(lambda found: "VALUES " + ", ".join([found[1]] * size), sql, count=1) if size > 1 else sql
