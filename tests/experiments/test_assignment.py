"""Who belongs to which variant: the public vectors, shares that are kept, ranges that move with their borders only."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.experiments import Holdout, Split
from shopkeeper.experiments.rules import bucket_ranges, choose, position
from tests.house.tree import ROOT

CASES: dict[str, Any] = json.loads((ROOT / "cases" / "experiments" / "assignment.json").read_text())
CROWD = [f"visitor-{number}" for number in range(20_000)]


@pytest.mark.parametrize(("seed", "value", "expected"), CASES["hash"])
def test_ids_fall_where_the_public_vectors_say(seed: str, value: str, expected: float):
    assert position(seed, value) == expected


@pytest.mark.parametrize(("_title", "weights", "coverage", "expected"), CASES["ranges"])
def test_ranges_are_those_of_the_public_vectors(_title: str, weights, coverage: float, expected):
    assert bucket_ranges(weights, coverage) == pytest.approx([pytest.approx(tuple(each)) for each in expected])


@pytest.mark.parametrize(("_title", "place", "ranges", "expected"), CASES["choice"])
def test_choices_are_those_of_the_public_vectors(_title: str, place: float, ranges, expected: int):
    assert choose(place, ranges) == expected


@pytest.mark.parametrize("communication", ["hero", "popup-2", "a.b_c"])
@pytest.mark.parametrize("weights", [{"control": 1, "b": 1}, {"control": 7, "b": 2, "c": 1}])
def test_a_crowd_is_shared_out_by_weight(communication: str, weights: dict[str, float]):
    met = Counter(map(Split.of(communication, weights).variant_of, CROWD))
    for name, weight in weights.items():
        share = weight / sum(weights.values())
        # Five standard errors: a fair draw passes all of them but once in a million.
        assert abs(met[name] / len(CROWD) - share) < 5 * (share * (1 - share) / len(CROWD)) ** 0.5


def test_tests_do_not_follow_each_other():
    one, other = Split.of("one", {"control": 1, "b": 1}), Split.of("other", {"control": 1, "b": 1})
    met = Counter((one.variant_of(unit), other.variant_of(unit)) for unit in CROWD)
    assert all(abs(count / len(CROWD) - 0.25) < 0.016 for count in met.values()) and len(met) == 4


@given(st.dictionaries(st.text("abc", min_size=1), st.floats(0, 1000), min_size=1, max_size=6), st.text())
def test_everybody_has_a_variant_that_has_a_weight(weights: dict[str, float], unit: str):
    if sum(weights.values()) > 0.001:
        assert weights[Split.of("hero", weights).variant_of(unit)] > 0


def test_a_greater_holdout_keeps_all_who_were_held_out():
    small, large = Holdout.of_campaign("spring", 0.1), Holdout.of_campaign("spring", 0.2)
    held = [unit for unit in CROWD if small.holds(unit)]
    assert abs(len(held) / len(CROWD) - 0.1) < 0.011
    assert all(large.holds(unit) for unit in held)
    assert not any(Holdout.of_shop(0).holds(unit) for unit in CROWD)
    assert all(Holdout.of_shop(1).holds(unit) for unit in CROWD)
