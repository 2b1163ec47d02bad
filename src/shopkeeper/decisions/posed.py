"""A board for somebody who is not there: nothing of them is remembered, and segments may be given."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from shopkeeper.decisions.board import Board
from shopkeeper.decisions.rules import Visitor
from shopkeeper.timelines import Timeline


class Posed(Board):
    """The same board for a visitor as `forced` would have them: segment -> whether they are in it, whatever they did."""

    def __init__(self, board: Board, forced: Mapping[str, bool]) -> None:
        vars(self).update(vars(board))  # the very same zones, segments and shelves
        self._forced = forced

    def inside(self, visitor: Visitor, timeline: Callable[[], Timeline]) -> int:
        bits, _ = self._answers(visitor, timeline())
        for position, segment in enumerate(self.segments):
            if segment.id in self._forced:
                bits = bits | 1 << position if self._forced[segment.id] else bits & ~(1 << position)
        return bits
