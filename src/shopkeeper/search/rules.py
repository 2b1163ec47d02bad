"""Words: how text is cut into them, how far apart two are, which groups mean the same, what is said of an answer. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

LONGEST_WORD = 64
_WORDS = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)?")
_UNSPACED = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+"
)
"""Scripts written without spaces (Thai, Lao, Khmer, Japanese, Chinese), and Korean: taken two characters at a time."""
_JOINED = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)+")


def plain(text: str) -> str:
    """Text without accents and regard to case."""
    if text.isascii():
        return text.lower()
    # Letters that only look otherwise, such as 𝕬, are capitals once they are written plainly.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFC", text).casefold()).casefold()
    return "".join(c for c in parts if not unicodedata.combining(c))


def words_of(text: str) -> list[str]:
    """The words of a text in their order. Letters and digits part, so that `500ml` and `500 ml` are the same."""
    found: list[str] = []
    for word in _WORDS.findall(plain(text)):
        if not word.isascii() and _UNSPACED.search(word):
            found.extend(_pairs(word))
        else:
            found.append(word.replace(",", ".")[:LONGEST_WORD])
    return found


def joined_of(text: str) -> list[str]:
    """Words with a hyphen or an apostrophe written as one: `t-shirt` is also found as `tshirt`."""
    return [re.sub(r"[-'’]", "", word)[:LONGEST_WORD] for word in _JOINED.findall(plain(text))]


def _pairs(word: str) -> Iterator[str]:
    """Stretches without spaces in pairs of characters, the rest as it stands."""
    place = 0
    for stretch in _UNSPACED.finditer(word):
        if stretch.start() > place:
            yield word[place : stretch.start()]
        text = stretch.group()
        yield from (text[i : i + 2] for i in range(max(1, len(text) - 1)))
        place = stretch.end()
    if place < len(word):
        yield word[place:]


def typos_allowed(word: str) -> int:
    """How many letters of a word may be wrong: none of a short one, as every other word would do."""
    if not word.isalpha() or len(word) < 4:
        return 0
    return 1 if len(word) < 8 else 2


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, change or swap with their neighbour to make one word of another; `most + 1` if more.

    Source: the restricted Damerau-Levenshtein distance, as the index uses it.
    """
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def nearest(word: str, candidates: Iterable[str], most: int, frequency: Callable[[str], int]) -> str | None:
    """The candidate nearest to a word of those that any document has (`frequency` tells how many do); of equally near
    ones that with the same beginning, then the commonest.
    """
    best: tuple[int, bool, int, str] | None = None
    for candidate in candidates:
        if candidate == word or (far := distance(word, candidate, most)) > most:
            continue
        before = (far, candidate[:1] != word[:1])
        if (best is None or before <= best[:2]) and (documents := frequency(candidate)):
            rank = (*before, -documents, candidate)
            best = rank if best is None else min(best, rank)
    return best[3] if best else None


Groups = tuple[tuple[tuple[str, ...], ...], ...]


@lru_cache(maxsize=32)
def synonym_groups(groups: tuple[tuple[str, ...], ...]) -> Groups:
    """Each group as phrases of words; a phrase without a word is left out."""
    return tuple(tuple(words for phrase in group if (words := tuple(words_of(phrase)))) for group in groups)


def pieces(words: Sequence[str], groups: Groups) -> list[tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]]:
    """The words of a question as (words, other ways to say them), longest synonyms first, left to right."""
    ways: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for group in groups:
        for phrase in group:
            ways.setdefault(phrase, []).extend(other for other in group if other != phrase)
    longest = max(map(len, ways), default=0)
    found = []
    place = 0
    while place < len(words):
        for length in range(min(longest, len(words) - place), 0, -1):
            phrase = tuple(words[place : place + length])
            if phrase in ways:
                found.append((phrase, tuple(dict.fromkeys(ways[phrase]))))
                place += length
                break
        else:
            found.append(((words[place],), ()))
            place += 1
    return found


def said_of(text: str, relaxed: str, corrected: str, used: Sequence[str]) -> str:
    """What an answer is, in words for a visitor; empty where it is what was asked for."""
    if relaxed == "corrected":
        return f"Nothing has “{text}”; this is for “{corrected}”."
    if relaxed == "fewer_words":
        return f"Nothing has all of “{text}”; this has some of it: {', '.join(used)}."
    if relaxed == "popular":
        return f"Nothing was found for “{text}”; this is what others buy."
    return f"Nothing was found for “{text}”." if relaxed == "nothing" else ""
