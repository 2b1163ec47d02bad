"""Lots: all that is drawn for somebody by the definitions in force, as bits of one number, drawn once and remembered."""

from __future__ import annotations

from shopkeeper.experiments.rules import Holdout, Split

LIMIT = 50_000
"""Ids whose lots are remembered at most; beyond it all are forgotten, which costs a draw each."""


class Lots:
    """Draws that were asked for, each with bits of its own. Whoever takes no part has none of the bits."""

    def __init__(self, first: int, shop: Holdout | None = None) -> None:
        """`first` is the first bit that is free; `shop` holds out of everything."""
        self._free = first
        self._holdouts: dict[Holdout, int] = {}
        self._splits: list[tuple[int, Split]] = []
        self._drawn: dict[str, int] = {}
        self.everywhere = self.holdout(shop) if shop else 0
        """The bit of those whom the shop holds out."""

    def holdout(self, holdout: Holdout) -> int:
        """The bit of those held out; the same for the same holdout."""
        if holdout not in self._holdouts:
            self._holdouts[holdout] = 1 << self._take(1)
        return self._holdouts[holdout]

    def split(self, split: Split) -> tuple[int, int]:
        """(shift, mask): shifted and masked, lots tell the number of the variant, from 1 on; 0 is none."""
        width = len(split.names).bit_length()
        shift = self._take(width)
        self._splits.append((shift, split))
        return shift, (1 << width) - 1

    def of(self, unit: str) -> int:
        """The lots of an id."""
        drawn = self._drawn.get(unit)
        if drawn is None:
            drawn = sum(bit for holdout, bit in self._holdouts.items() if holdout.holds(unit))
            for shift, split in self._splits:
                drawn |= split.number_of(unit) + 1 << shift
            if len(self._drawn) >= LIMIT:
                self._drawn.clear()
            self._drawn[unit] = drawn
        return drawn

    def __bool__(self) -> bool:
        """Whether anything is drawn at all."""
        return bool(self._holdouts or self._splits)

    def _take(self, width: int) -> int:
        place, self._free = self._free, self._free + width
        return place
