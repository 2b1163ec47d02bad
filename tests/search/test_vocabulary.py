"""Words that are near, and words that begin so, are those that looking at every word finds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.search.rules import nearest
from shopkeeper.search.vocabulary import Vocabulary

words = st.text("abcdé", min_size=1, max_size=9)


@given(st.sets(words, max_size=60), words, st.integers(1, 2))
def test_the_nearest_is_the_nearest_of_all(known, word, most):
    often = {w: len(w) % 3 for w in known}
    assert Vocabulary(known).near(word, most, often.__getitem__) == nearest(word, known, most, often.__getitem__)


@given(st.sets(words), words)
def test_all_words_are_found_by_their_beginning(known, start):
    assert list(Vocabulary(known).beginning(start)) == sorted(w for w in known if w.startswith(start))


@given(st.sets(words), st.lists(words))
def test_words_are_added(known, more):
    grown = Vocabulary(more, Vocabulary(known))
    assert set(grown.beginning("")) == known | set(more)
    assert all(word in grown for word in more)
