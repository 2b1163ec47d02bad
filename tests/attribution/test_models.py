"""The models on paths one can check by hand, and against their definitions where those can be computed otherwise."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.attribution.rules.markov import Ended, removal_weights
from shopkeeper.attribution.rules.models import FINE, MODELS, leader, weights
from shopkeeper.attribution.rules.words import Touch
from shopkeeper.model.money import spread
from shopkeeper.model.time import HOUR

letters = st.sampled_from("ABCD")
chains = st.dictionaries(
    st.lists(letters, min_size=1, max_size=5).map(tuple),
    st.builds(Ended, st.integers(0, 4), st.integers(0, 4)).filter(any),
    min_size=1,
    max_size=8,
)


def step(communication: str, at: int = 0) -> Touch:
    return Touch(at, b"", "clicked", communication, "c", "block", "", "", session=("d", at))


def steps(path: str) -> list[Touch]:
    return [step(communication, at * HOUR) for at, communication in enumerate(path)]


@pytest.mark.parametrize(
    ("model", "path", "expected"),
    [
        ("last", "ABC", [0, 0, 1]),
        ("first", "ABC", [1, 0, 0]),
        ("linear", "ABC", [1, 1, 1]),
        ("position", "A", [1]),
        ("position", "AB", [1, 1]),
        ("position", "ABC", [2, 1, 2]),
        ("position", "ABCDE", [6, 1, 1, 1, 6]),
        ("decay", "ABC", [FINE // 4, FINE // 2, FINE]),
        ("shapley", "ABA", [0, 1, 1]),
        ("shapley", "AAA", [0, 0, 1]),
    ],
)
def test_a_model_weighs_the_steps(model: str, path: str, expected: list[int]):
    assert weights(model, steps(path), HOUR) == expected


@pytest.mark.parametrize(("shares", "place"), [([1], 0), ([1, 1], 1), ([2, 1, 2], 2), ([3, 1, 2], 0), ([0, 0], 1)])
def test_the_greatest_share_leads_and_of_equals_the_last(shares: list[int], place: int):
    assert leader(shares) == place


@given(st.text("ABCD", min_size=1, max_size=8), st.sampled_from(MODELS), st.integers(-(10**6), 10**12))
def test_every_model_gives_all_away_and_nothing_twice(path: str, model: str, value: int):
    by = weights(model, steps(path), HOUR)
    assert len(by) == len(path) and min(by) >= 0 and sum(by) > 0
    assert sum(spread(value, by)) == value


@given(st.lists(st.text("ABC", min_size=1, max_size=5), min_size=1, max_size=6))
def test_shapley_is_the_mean_gain_over_all_orders_of_joining(paths: list[str]):
    """The definition, by brute force: the worth of a set is the number of paths that need no other communication."""
    everybody = sorted({letter for path in paths for letter in path})

    def worth(members: set[str]) -> int:
        return sum(set(path) <= members for path in paths)

    gains = dict.fromkeys(everybody, 0.0)
    orders = list(permutations(everybody))
    for order in orders:
        for place, member in enumerate(order):
            gains[member] += (worth({*order[: place + 1]}) - worth({*order[:place]})) / len(orders)
    ours = dict.fromkeys(everybody, 0.0)
    for path in paths:
        by = weights("shapley", steps(path), HOUR)
        for letter, weight in zip(path, by, strict=True):
            ours[letter] += weight / sum(by)
    assert ours == pytest.approx(gains)


def without(paths, state: str | None) -> float:
    """The chance of an order when a state leads nowhere, by walking the chain for a long time."""
    moves: dict[str, dict[str, float]] = {}
    for path, (orders, nothing) in paths.items():
        walk = ["start", *path]
        for here, there in pairwise(walk):
            moves.setdefault(here, {})[there] = moves.get(here, {}).get(there, 0) + orders + nothing
        last = moves.setdefault(walk[-1], {})
        last["order"] = last.get("order", 0) + orders
        last["nothing"] = last.get("nothing", 0) + nothing
    there = {"start": 1.0}
    won = 0.0
    for _ in range(4000):
        following: dict[str, float] = {}
        for here, chance in there.items():
            out = moves.get(here, {})
            for to, count in out.items():
                part = chance * count / sum(out.values())
                won += part if to == "order" else 0
                if to not in ("order", "nothing", state) and part > 1e-15:
                    following[to] = following.get(to, 0) + part
        there = following
        if not there:
            break
    return won


@given(chains)
def test_markov_weights_are_what_is_lost_without_a_state(paths):
    by = removal_weights(paths)
    all_of_it = without(paths, None)
    for state, weight in by.items():
        lost = (all_of_it - without(paths, state)) / all_of_it if all_of_it else 0
        assert 0 <= weight <= FINE + 1 and weight / FINE == pytest.approx(lost, abs=1e-6)


def test_markov_of_a_chain_one_can_solve_by_hand():
    """A leads to B half of the time, B to an order half of the time; A alone never does."""
    by = removal_weights({("A", "B"): Ended(1, 1), ("A",): Ended(0, 2), ("B",): Ended(1, 1)})
    assert by == {"A": round(FINE / 2), "B": FINE}


def test_markov_without_an_order_gives_nothing():
    assert removal_weights({("A",): Ended(0, 3)}) == {"A": 0}


def test_markov_without_a_path_is_empty():
    assert removal_weights({}) == {}
