"""Words, and how far apart they are."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.search.rules import distance, nearest, pieces, synonym_groups, words_of

letters = st.text("abc", max_size=6)


@cache
def slowly(one: str, other: str) -> int:
    """The same distance by its definition."""
    if not one or not other:
        return len(one) + len(other)
    ways = [slowly(one[1:], other) + 1, slowly(one, other[1:]) + 1, slowly(one[1:], other[1:]) + (one[0] != other[0])]
    if len(one) > 1 and len(other) > 1 and one[0] == other[1] and one[1] == other[0]:
        ways.append(slowly(one[2:], other[2:]) + 1)
    return min(ways)


@given(letters, letters, st.integers(0, 3))
def test_the_distance_is_what_its_definition_says(one, other, most):
    assert distance(one, other, most) == min(slowly(one, other), most + 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Crème BRÛLÉE", ["creme", "brulee"]),
        ("500ml, 1,5 l", ["500", "ml", "1.5", "l"]),
        ("Straße", ["strasse"]),
        ("緑茶", ["緑茶"]),
        ("抹茶入り", ["抹茶", "茶入", "入り"]),
        ("ok😀ok", ["ok", "ok"]),
        ("𝕬ber", ["aber"]),
        ("", []),
    ],
)
def test_text_is_cut_into_words(text, words):
    assert words_of(text) == words


@given(st.text(max_size=60))
def test_words_are_cut_the_same_again(text):
    words = words_of(text)
    assert [w for word in words for w in words_of(word)] == words or any(not word.isascii() for word in words)


def test_the_nearest_word_begins_alike_and_is_common():
    had = {"tea": 5, "tap": 50, "sae": 90, "tag": 0}
    assert nearest("tae", had, 1, had.__getitem__) == "tap"
    assert nearest("tea", ["tea"], 1, had.__getitem__) is None
    assert nearest("tug", ["tag"], 1, had.__getitem__) is None


def test_the_longest_synonym_is_taken():
    groups = synonym_groups((("shoes", "boots"), ("running shoes", "trainers")))
    assert pieces(["red", "running", "shoes"], groups) == [
        (("red",), ()),
        (("running", "shoes"), (("trainers",),)),
    ]
