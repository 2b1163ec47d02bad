"""The sentence of a rule says what the rule asks, all of it and exactly."""

from __future__ import annotations

from typing import Any

import pytest

from shopkeeper.conditions import sentence

SAID: list[tuple[dict[str, Any], str]] = [
    ({"did": "page"}, "viewed a page"),
    ({"did": ["page", "Product Viewed"]}, "viewed a page or did Product Viewed"),
    ({"did": ["Product Viewed", "page"]}, "did Product Viewed or viewed a page"),
    ({"did": ["A", "B"]}, "did A or B"),
    ({"did": ["page", "anything"]}, "did anything"),
    (
        {"average_order": {"above": 50}, "where": {"discounted": True}, "within": "30 days"},
        "spend more than 50 EUR an order on average with discounted being true within 30 days",
    ),
    ({"overdue": {"above": 2}}, "ordered last more than 2 times their usual gap ago"),
    (
        {"overdue": {"above": 2}, "usual_gap": "30 days"},
        "ordered last more than 2 times their usual gap (30 days with fewer than 3 orders) ago",
    ),
    (
        {"overdue": 1.5, "sure_from": 5},
        "ordered last exactly 1.5 times their usual gap (60 days with fewer than 5 orders) ago",
    ),
    (
        {"orders": 1, "where": {"product.attributes.colour": "blue", "product.in_stock": True}},
        "have exactly 1 order with the product's colour being blue and the product's in stock being true",
    ),
    ({"top": 0.1, "by": "spend"}, "are in the top 10% by net spend"),
    ({"top": 0.004, "by": "spend"}, "are in the top 0.4% by net spend"),
    ({"top": 0.125, "by": "orders"}, "are in the top 12.5% by number of orders"),
    ({"top": 0.29, "by": "orders"}, "are in the top 29% by number of orders"),
    ({"top": 1, "by": "orders"}, "are in the top 100% by number of orders"),
    ({"spend": {"at_least": 1_000_000}}, "spent at least 1,000,000 EUR"),
    ({"spend": {"at_least": 1234567.89}}, "spent at least 1,234,567.89 EUR"),
    (
        {"spend": {"at_least": 123456.78, "below": 1e13}},
        "spent at least 123,456.78 and less than 10,000,000,000,000 EUR",
    ),
    ({"spend": 49.9}, "spent exactly 49.90 EUR"),
    ({"spend": {"above": 0}}, "spent more than 0 EUR"),
    ({"cart": "open", "value": {"at_least": 1234.5}}, "have an open cart worth at least 1,234.50 EUR"),
    ({"orders": {"at_least": 1234567}}, "have at least 1,234,567 orders"),
    ({"did": "page", "times": {"at_least": 1}}, "viewed a page"),
    ({"bucket": {"below": 12.345678}}, "have a random number less than 12.345678 of 100"),
    ({"not": {"segment": "cart-abandoners"}}, "are not in cart-abandoners"),
    ({"not": {"did": "anything", "within": "30 minutes"}}, "did not do anything within 30 minutes"),
    ({"not": {"did": "anything"}}, "never did anything"),
    ({"not": {"not": {"did": "anything"}}}, "are not people who never did anything"),
    ({"not": {"orders": {"at_least": 2}}}, "do not have at least 2 orders"),
    ({"not": {"consent": "marketing"}}, "have not granted marketing"),
    ({"not": {"orders": 0}}, "are not people who have no order"),
    ({"not": {"not": {"orders": 1}}}, "are not people who do not have exactly 1 order"),
    ({"not": {"did": ["A", "B"]}}, "are not people who did A or B"),
    (
        {"not": {"all": [{"orders": 1}, {"spend": 2}]}},
        "are not people who (have exactly 1 order and spent exactly 2 EUR)",
    ),
    ({"bucket": {"below": 50}, "seed": "spring"}, "have a random number less than 50 of 100 by the seed spring"),
]


@pytest.mark.parametrize(("rule", "said"), SAID, ids=[said for _, said in SAID])
def test_a_sentence_says_all_of_its_rule(rule: dict[str, Any], said: str):
    assert sentence(rule, "EUR") == said


def test_amounts_have_no_more_decimals_than_the_currency():
    assert sentence({"spend": 1500.4}, "JPY") == "spent exactly 1,500 JPY"
