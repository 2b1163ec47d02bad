"""The words that products have, so laid out that those like a misspelt one, and those that begin so, are found at once. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from shopkeeper.search.rules import nearest

LETTERS = 32
"""Letters are told apart by their number modulo this."""


class Length(NamedTuple):
    """Words of one length."""

    words: list[str]
    letters: NDArray[np.uint64]
    """See `letters_of`."""


_NONE = Length([], np.zeros(0, np.uint64))


class Vocabulary:
    """Words, some of which products may have no more: how many do is asked for, by `frequency`, when it matters."""

    def __init__(self, words: Iterable[str], before: Vocabulary | None = None) -> None:
        """These words, and all of the one `before`."""
        new = {word for word in words if before is None or word not in before}
        self.words: list[str] = sorted([*(before.words if before else ()), *new])
        self.lengths: dict[int, Length] = dict(before.lengths) if before else {}
        lengths: dict[int, list[str]] = {}
        for word in sorted(new):
            lengths.setdefault(len(word), []).append(word)
        for length, more in lengths.items():
            known, letters = self.lengths.get(length, _NONE)
            added = np.array([letters_of(word) for word in more], np.uint64)
            self.lengths[length] = Length([*known, *more], np.concatenate((letters, added)))

    def __contains__(self, word: str) -> bool:
        place = bisect_left(self.words, word)
        return place < len(self.words) and self.words[place] == word

    def beginning(self, start: str) -> Iterator[str]:
        """All that begin so, in order."""
        place = bisect_left(self.words, start)
        return takewhile(lambda word: word.startswith(start), (self.words[n] for n in range(place, len(self.words))))

    def near(self, word: str, most: int, frequency: Callable[[str], int]) -> str | None:
        """The word that `most` wrong letters at most make of this one, the nearest: see `rules.nearest`."""
        own = np.uint64(letters_of(word))
        like: list[str] = []
        for length in range(len(word) - most, len(word) + most + 1):
            if length in self.lengths:
                words, letters = self.lengths[length]
                # A wrong letter is one less of one and one more of another.
                apart = np.bitwise_count(letters ^ own)
                like += [words[n] for n in np.flatnonzero(apart <= 2 * most)]
        return nearest(word, like, most, frequency)


@lru_cache(maxsize=200_000)
def letters_of(word: str) -> int:
    """A bit for each letter that a word has, and another for each that it has twice or more."""
    once = twice = 0
    for letter in word:
        bit = 1 << ord(letter) % LETTERS
        twice |= once & bit
        once |= bit
    return once | twice << LETTERS
