"""The rows of a file that cannot be used: which, and why. What they hold is read again from the file when it is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from shopkeeper.model.errors import BadInput

MOST_ROWS = 500_000
"""Rows kept in mind; a file with more is not what it is taken for."""
LONGEST_REASON = 300


class Broken(NamedTuple):
    """A row that cannot be used: where, and why."""

    row: int
    column: str
    message: str


class LeftOut:
    """Rows by their number; a row with several faults is there once, with all of them."""

    def __init__(self) -> None:
        self._found: dict[int, Broken] = {}

    def add(self, row: int, column: str, message: str) -> None:
        """Note a row."""
        if len(message) > LONGEST_REASON:
            message = f"{message[: LONGEST_REASON // 2]} ... {message[-LONGEST_REASON // 2 :]}"
        before = self._found.get(row)
        if before is not None:
            column, message = before.column, f"{before.message}; {message}"[: 2 * LONGEST_REASON]
        self._found[row] = Broken(row, column, message)

    def check(self) -> None:
        """BadInput where there are too many."""
        if len(self._found) > MOST_ROWS:
            raise BadInput(
                "too_many_errors",
                f"{len(self._found):,} rows cannot be used, more than are kept to be mended",
                hint="Is this the right file, with the right columns? No more of it was taken.",
            )

    def __contains__(self, row: int) -> bool:
        return row in self._found

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Broken]:
        """In the order of the file."""
        return (self._found[row] for row in sorted(self._found))

    def get(self, row: int) -> Broken | None:
        """Why a row cannot be used, if it cannot."""
        return self._found.get(row)
