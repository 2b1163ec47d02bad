"""The segments every shop has. A segment of the same id in shop.yaml takes the place of one, thresholds and all. Pure."""

from __future__ import annotations

from typing import Any

from shopkeeper.model.definitions import SegmentDefinition

_VISITING: dict[str, Any] = {"did": "anything", "within": "30 minutes"}
_TOP_SPEND: dict[str, Any] = {"top": 0.1, "by": "spend", "within": "365 days"}
_RECENT: dict[str, Any] = {"top": 0.4, "by": "last_order"}
# Where most customers have one order, the top two fifths by number of orders would be all of them.
_OFTEN: dict[str, Any] = {"all": [{"top": 0.4, "by": "orders"}, {"orders": {"at_least": 2}}]}
_MUCH: dict[str, Any] = {"top": 0.4, "by": "spend"}
_BUYER: dict[str, Any] = {"orders": {"at_least": 1}}


def _segment(name: str, note: str, rule: dict[str, Any]) -> SegmentDefinition:
    return SegmentDefinition(rule, name, note)


def _all(*parts: dict[str, Any]) -> dict[str, Any]:
    return {"all": list(parts)}


def _not(part: dict[str, Any]) -> dict[str, Any]:
    return {"not": part}


PREBUILT: dict[str, SegmentDefinition] = {
    "everyone": _segment("Everyone", "Every visitor.", {"everybody": True}),
    "new-visitors": _segment(
        "New Visitors",
        "In their first session and without an order.",
        _all({"orders": 0}, {"visits": {"at_most": 1}}, {"any": [_VISITING, _not({"did": "anything"})]}),
    ),
    "returning-customers": _segment("Returning Customers", "Previous purchasers: at least one order.", _BUYER),
    "high-value-customers": _segment(
        "High-Value Customers",
        "The top tenth by net spend of the last 365 days, with at least two orders.",
        _all(_TOP_SPEND, {"orders": {"at_least": 2}}),
    ),
    "cart-abandoners": _segment(
        "Cart Abandoners",
        "Left half an hour ago or longer with products in the cart, and no order since.",
        _all({"cart": "open"}, _not(_VISITING)),
    ),
    # Life cycle, by each customer's own rhythm: every customer is in exactly one of these.
    "lifecycle-new": _segment(
        "New Customers", "One order, and not long overdue for a second.", _all({"orders": 1}, {"overdue": {"at_most": 1.5}})
    ),
    "lifecycle-active": _segment(
        "Active Customers",
        "Several orders, and the last no longer ago than half as long again as their usual gap.",
        _all({"orders": {"at_least": 2}}, {"overdue": {"at_most": 1.5}}),
    ),
    "lifecycle-slipping-away": _segment(
        "Slipping Away", "The last order is one and a half to three times their usual gap ago.", {"overdue": {"above": 1.5, "at_most": 3}}
    ),
    "lifecycle-lost": _segment("Lost Customers", "The last order is over three times their usual gap ago.", {"overdue": {"above": 3}}),
    # Loyalty.
    "loyalty-one-time": _segment("One-Time Buyers", "Exactly one order.", {"orders": 1}),
    "loyalty-loyal": _segment("Loyal Customers", "Two to four orders.", {"orders": {"at_least": 2, "at_most": 4}}),
    "loyalty-frequent": _segment("Frequent Buyers", "Five orders or more.", {"orders": {"at_least": 5}}),
    "loyalty-vip": _segment(
        "VIPs",
        "Five orders or more, and the top twentieth by net spend of the last 365 days.",
        _all({"orders": {"at_least": 5}}, {"top": 0.05, "by": "spend", "within": "365 days"}),
    ),
    # RFM: recency, frequency and money, each by the top two fifths of all customers; often is twice at least.
    "rfm-champions": _segment("Champions", "Bought lately, often and much.", _all(_RECENT, _OFTEN, _MUCH)),
    "rfm-regulars": _segment("Regulars", "Buy often and lately, for smaller sums.", _all(_RECENT, _OFTEN, _not(_MUCH))),
    "rfm-promising": _segment("Promising", "Bought lately, not often yet.", _all(_RECENT, _not(_OFTEN))),
    "rfm-at-risk": _segment("At Risk", "Used to buy often, not lately.", _all(_not(_RECENT), _OFTEN)),
    "rfm-asleep": _segment("Asleep", "Bought neither lately nor often.", _all(_BUYER, _not(_RECENT), _not(_OFTEN))),
    # Price sensitivity.
    "price-sensitive": _segment(
        "Price Sensitive",
        "At least two orders, half of them or more with a discount.",
        _all({"orders": {"at_least": 2}}, {"order_share": {"at_least": 0.5}, "where": {"discounted": True}}),
    ),
    "full-price-buyers": _segment(
        "Full-Price Buyers",
        "At least two orders, at most a tenth of them with a discount.",
        _all({"orders": {"at_least": 2}}, {"order_share": {"at_most": 0.1}, "where": {"discounted": True}}),
    ),
    # Seasons.
    "holiday-shoppers": _segment(
        "Holiday Shoppers",
        "Half of their orders or more in November and December.",
        {"order_share": {"at_least": 0.5}, "where": {"month": [11, 12]}},
    ),
    "sale-seekers": _segment(
        "Sale Seekers",
        "Looked at three products on sale or more within 60 days.",
        {"did": "Product Viewed", "where": {"on_sale": True}, "within": "60 days", "times": {"at_least": 3}},
    ),
}  # fmt: skip
