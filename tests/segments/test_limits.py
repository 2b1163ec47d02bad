"""How much a rule may ask for: a short file must not mean an endless rule."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import pytest

from shopkeeper.campaigns import Plan
from shopkeeper.catalogue import Catalogue
from shopkeeper.conditions.leaves import each_leaf
from shopkeeper.conditions.meaning import World, meaning
from shopkeeper.conditions.read import measure
from shopkeeper.model.definitions import Campaign, ShopFile
from shopkeeper.model.errors import BadInput
from shopkeeper.segments import Book, build_book

PAGE = {"did": "page"}


def world(rules: Mapping[str, Any]) -> World:
    return World(Plan(1, ShopFile(), {}, {}, {}), Catalogue(), rules)


def many(count: int, part: dict[str, Any]) -> dict[str, Any]:
    return {"any": [part] * count}


def test_references_to_references_are_counted():
    rules: dict[str, Any] = {"s0": many(199, PAGE)}
    rules |= {f"s{n}": many(199, {"segment": f"s{n - 1}"}) for n in range(1, 4)}
    before = time.process_time()
    with pytest.raises(BadInput, match=r"through the segments it refers to, .* more than 1,000 conditions") as refused:
        meaning(rules["s3"], world(rules), "$.segments.s3.rule", ("s3",))
    assert refused.value.where == "$.segments.s3.rule.any[0]"
    assert time.process_time() - before < 5


def test_a_thousand_conditions_through_references_are_fine():
    rules = {"s0": many(99, PAGE)}
    fine = {"all": [many(9, {"segment": "s0"}), many(88, PAGE)]}
    assert len(list(each_leaf(meaning(fine, world(rules))))) == 9 * 99 + 88
    with pytest.raises(BadInput, match="more than 1,000 conditions"):
        meaning({"all": [*fine["all"], PAGE]}, world(rules))


def test_a_referenced_rule_is_measured_too():
    deep: dict[str, Any] = PAGE
    for _ in range(5000):
        deep = {"not": deep}
    with pytest.raises(BadInput, match="nested 16 deep") as refused:
        meaning({"segment": "deep"}, world({"deep": deep}))
    assert refused.value.where == "$.segments.deep.rule"


def test_circles_are_still_named():
    rules = {"a": many(2, {"segment": "b"}), "b": {"segment": "a"}}
    with pytest.raises(BadInput, match="refers to itself: a > b > a"):
        meaning(rules["a"], world(rules), "$", ("a",))


def test_counting_stops_at_the_limit():
    """As aliases of YAML make it: twelve lists, each of the one before, many times."""
    rule = PAGE
    for _ in range(12):
        rule = many(30, rule)
    before = time.process_time()
    with pytest.raises(BadInput, match="200 conditions"):
        measure(rule)
    assert time.process_time() - before < 5
    assert measure(many(199, PAGE)) == 200


def book(**campaigns: Campaign) -> Book:
    return build_book(Plan(1, ShopFile(campaigns=campaigns), {}, {}, {}), Catalogue(), ["buyers"])


def test_asking_for_an_audience_does_not_write_it_into_the_book():
    asked = book()
    before = list(asked.segments)
    found = asked.get("audience:nobody-yet")
    assert found is not None and found.origin == "audience"
    assert list(asked.segments) == before and "audience:buyers" in before


def test_the_audience_of_a_campaign_is_in_the_book():
    assert "audience:vips" in book(one=Campaign(segment="audience:vips")).segments


def test_a_rule_on_trial_is_not_kept():
    tried = book()
    kept = len(tried._intern._known)
    tried.trial({"did": "Product Viewed", "times": 7, "within": "5 days"})
    assert len(tried._intern._known) == kept


def test_a_rule_on_trial_shares_what_the_book_has():
    tried = book()
    assert tried.trial({"audience": "buyers"}) is tried.segments["audience:buyers"].expr


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"orders": 2.5}, "Counts are whole numbers; 2.5 is none"),
        ({"orders": {"at_most": -1}}, "Counts go from 0 up; none lies within these bounds"),
        ({"did": "page", "times": {"below": 0}}, "Counts go from 0 up"),
        ({"did": "page", "times": {"above": 1, "below": 2}}, "Counts go from 0 up"),
        ({"visits": 1, "pages": 0.5}, "Counts are whole numbers"),
        ({"visits": 1, "minutes": {"below": 0}}, "Minutes go from 0 up"),
        ({"bucket": {"at_least": 200}}, "Percentages go from 0 to 100"),
        ({"order_share": {"above": 1}, "where": {"month": 3}}, "Shares go from 0 to 1"),
        ({"orders": 1, "where": {"month": 13}}, "months are the numbers 1 to 12"),
        ({"attribute": "size", "is": {"is": 1, "not": 1}}, "no value is among those"),
        ({"attribute": "size", "is": {"exists": False, "at_least": 3}}, "what does not exist passes no other test"),
        ({"did": "page", "where": {"title": "Tea"}}, "title is not kept with what people did"),
        ({"did": "page", "where": {"product.age": {"below": 30}}}, "product.age changes with every moment"),
        (
            {"did": "page", "where": {"product.description": {"contains": "tea"}}},
            "product.description cannot be asked here",
        ),
        ({"orders": 1, "where": {"product.colour": "blue"}}, "products have no 'colour'"),
        ({"cart": "open", "where": {"product.stock": "many"}}, "stock is a number"),
    ],
)
def test_what_nobody_can_be_is_refused(rule: dict[str, Any], said: str):
    with pytest.raises(BadInput, match=said):
        meaning(rule, world({}))


@pytest.mark.parametrize(
    "rule",
    [
        {"orders": {"above": 0, "below": 2}},
        {"order_share": {"above": 0.5}, "where": {"month": {"at_least": 11}}},
        {"bucket": {"at_least": 100}},
        {"attribute": "size", "is": {"is": True, "not": 1}},
        {"did": "identify", "where": {"title": "Mrs"}},
    ],
)
def test_what_somebody_can_be_is_not(rule: dict[str, Any]):
    meaning(rule, world({}))
