"""Where evaluators once disagreed, and what looks alike and is not the same."""

from __future__ import annotations

from typing import Any

import pytest

from shopkeeper.conditions.leaves import Cart, Check, FieldTest, Latest, Match, Measure
from shopkeeper.model.segments import Range
from tests.segments.facts import EVER, agreed, count, did
from tests.segments.stage import Stage


def test_facts_without_an_order_are_no_order():
    distinct = Measure(Match(None), EVER, "orders", Range(at_least=1))
    assert not agreed(distinct, [did("Product Viewed", 1)], 2)
    assert agreed(distinct, [did("Product Viewed", 1), did("Order Completed", 1, order_id="o1")], 2)


def test_half_a_cent_in_the_cart_is_rounded_up():
    facts = [did("Product Added", 1, product="tea", price=5, quantity=0.5)]
    assert agreed(Cart((), Range(exactly=3), EVER), facts, 2)


@pytest.mark.parametrize(
    ("value", "wanted", "same"),
    [
        (7, 7.0, True),
        (7, "7", False),
        ("7", 7, False),
        (1, True, False),
        (True, 1, False),
        (False, 0, False),
        ("true", True, False),
        (True, True, True),
        ("", "", True),
        (None, "", False),
    ],
)
def test_only_values_of_one_kind_are_the_same(value: Any, wanted: Any, same: bool):
    identify = [did("$identify", 1, properties={"size": value})]
    sizes = frozenset(("$identify",))
    assert agreed(Latest(sizes, "properties.size", Check(values=frozenset((wanted,)))), identify, 1) == same
    test = FieldTest("properties.size", Check(values=frozenset((wanted,))))
    assert agreed(count("$identify", Range(at_least=1), EVER, test), identify, 1) == same


def test_one_and_true_are_two_questions_in_one_book(tmp_path):
    """Python holds 1 and True for the same, and so for the same key of what rules share."""
    stage = Stage(tmp_path, "segments: {one: {rule: {attribute: a, is: 1}}, yes: {rule: {attribute: a, is: true}}}")
    stage.did("ann", 1_000_000, "identify", {"a": 1})
    stage.did("bob", 1_000_000, "identify", {"a": True})
    assert stage.inside("one", 2_000_000) == {"ann"}
    assert stage.inside("yes", 2_000_000) == {"bob"}
    stage.close()
