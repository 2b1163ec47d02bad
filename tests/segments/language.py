"""Random rules in the language, about the little shops of `tests/properties/worlds.py`. All of them can be understood."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Rule = dict[str, Any]

_lengths = st.sampled_from(("1 second", "30 minutes", "1 hour", "24 hours", "7 days", "2 weeks"))
_dates = st.sampled_from(
    (("2026-03-01", "2026-03-01"), ("2026-03-01T10:00", "2026-03-02T10:00:00.000001"), ("2026-03-02", "2026-03-29"))
)
_periods = st.one_of(
    st.just({}),
    st.just({}),
    _lengths.map(lambda length: {"within": length}),
    st.builds(
        lambda length, more: {"older_than": length} | more, _lengths, st.sampled_from(({}, {"within": "3 weeks"}))
    ),
    _dates.map(lambda ends: {"from": ends[0], "until": ends[1]}),
    _dates.map(lambda ends: {"until": ends[1]}),
)
_bound = st.sampled_from(("at_least", "at_most", "above", "below"))


def _numbers(*numbers: float) -> st.SearchStrategy[Any]:
    number = st.sampled_from(numbers)
    return st.one_of(number, st.builds(lambda word, n: {word: n}, _bound, number))


def _counts(*numbers: float, most: float = float("inf")) -> st.SearchStrategy[Any]:
    """Numbers of what cannot be less than nothing nor more than `most`."""
    return _numbers(*numbers).filter(lambda said: said not in ({"below": 0}, {"above": most}))


_values = st.sampled_from(("x", "X", "y", 7, 7.5, "7", True, "tea", "popped"))
_tests = st.one_of(
    _values,
    st.lists(st.sampled_from(("x", "y", 7, "tea")), min_size=1, max_size=2),
    _values.map(lambda value: {"not": value}),
    _values.map(lambda value: {"not": value, "or_missing": True}),
    st.sampled_from(({"exists": True}, {"exists": False}, {"contains": "e"}, {"starts_with": "t"}, {"at_least": 7})),
)
_products = st.one_of(
    st.just({}),
    st.sampled_from(("tea", "tea-green", "cup", "nothing")).map(lambda id: {"product": id}),
    _numbers(5, 10, 11).map(lambda price: {"price": price}),
    st.sampled_from(("Tea", {"exists": False}, {"not": "tea"})).map(lambda test: {"category": test}),
    st.booleans().map(lambda on_sale: {"on_sale": on_sale}),
    st.sampled_from(
        (
            {"product.tag": "gift"},
            {"product.category": "tea"},
            {"product.attributes.colour": ["green", "blue"]},
            {"product.attributes.colour": {"exists": False}},
            {"product.stock": {"at_most": 3}},
            {"product.tag": "no such tag"},
        )
    ),
)
_whole_orders = st.one_of(
    st.just({}),
    _numbers(5.5, 10, 20).map(lambda value: {"order_value": value}),
    st.booleans().map(lambda yes: {"discounted": yes}),
    st.just({"month": [3, 4]}),
)
_orders = st.one_of(_products, _whole_orders, st.booleans().map(lambda yes: {"refunded": yes, "product": "tea"}))
_acts = st.sampled_from(
    ("page", "anything", "identify", "Product Added", "Product Removed", "Order Completed", "Communication Clicked")
)
_did = st.builds(lambda act, where: {"did": act} | _some(where=where), _acts, _products)
_met = st.builds(
    lambda act, what: {"met": act} | what,
    st.sampled_from(("saw", "clicked", "hovered", "discarded", "held_out", "received", "opened")),
    st.sampled_from(
        (
            {},
            {"campaign": "tea"},
            {"communication": "note-cup"},
            {"campaign": "tea", "element": "button"},
            {"communication": "hero-tea", "variant": "control"},
            {"campaign": "tea", "variant": "loud"},
        )
    ),
)
_bought = _orders.map(lambda where: {"orders": {"at_least": 1}} | _some(where=where))
_act = st.one_of(_did, _met, _bought)
_counted = st.one_of(
    st.builds(lambda act, times: act | {"times": times}, st.one_of(_did, _met), _counts(0, 1, 2)),
    st.builds(lambda number, where: {"orders": number} | _some(where=where), _counts(0, 1, 2), _orders),
)
_edges = st.builds(lambda act, which: act | {"when": which}, _act, st.sampled_from(("first", "last")))
_followed = st.builds(
    lambda act, word, after, soon: act | {word: after} | soon,
    _act,
    st.sampled_from(("then", "then_not")),
    _act,
    st.one_of(st.just({}), _lengths.map(lambda length: {"then_within": length})),
)
_totals = st.builds(
    lambda where, total, of: {"did": "Product Added", "total": total, "of": of} | _some(where=where),
    _products,
    _numbers(0, 1, 10),
    st.sampled_from(("price", "quantity", "value")),
)
_amounts = _numbers(0, 5.5, 10, 20)
_money = st.one_of(
    st.builds(lambda number, where: {"spend": number} | _some(where=where), _amounts, _orders),
    st.builds(lambda number, where: {"average_order": number} | _some(where=where), _amounts, _whole_orders),
)
_shares = st.builds(
    lambda number, where: {"order_share": number, "where": where},
    _counts(0, 0.5, 1, most=1),
    st.sampled_from(({"discounted": True}, {"refunded": False}, {"order_value": {"at_least": 10}}, {"month": 3})),
)
_carts = st.builds(
    lambda where, value: {"cart": "open"} | _some(where=where, value=value),
    _products,
    st.one_of(st.none(), _numbers(0, 5, 10)),
)
_visits = st.builds(
    lambda number, pages, minutes: {"visits": number} | _some(pages=pages, minutes=minutes),
    _counts(0, 1, 2),
    st.one_of(st.none(), _counts(0, 1)),
    st.one_of(st.none(), _counts(0, 10, 30)),
)
_timed = st.builds(
    lambda condition, period: condition | period,
    st.one_of(_act, _act, _counted, _edges, _followed, _totals, _money, _shares, _carts, _visits),
    _periods,
)
_joined = st.builds(
    lambda audience, period: {"audience": audience} | period, st.sampled_from(("tea-lovers", "cup-lovers")), _periods
)
_tops = st.builds(
    lambda share, by, period: {"top": share, "by": by} | period,
    st.sampled_from((0.1, 0.5, 1)),
    st.sampled_from(("spend", "orders", "average_order", "last_order", "pages", "events")),
    _periods,
)
_others = st.one_of(
    st.builds(
        lambda name, test: {"attribute": name, "is": test}, st.sampled_from(("email", "size", "favourite")), _tests
    ),
    st.builds(lambda bound: {"overdue": bound, "usual_gap": "1 week", "sure_from": 2}, _numbers(0.5, 1, 2)),
    st.sampled_from(
        (
            {"everybody": True},
            {"consent": "measurement"},
            {"consent": "measurement", "is": "denied"},
            {"visitor": "device", "is": {"exists": False}},
            {"clock": ["sun", "mon"], "from": "10:30", "until": "12:00"},
            {"bucket": {"below": 50}},
            {"segment": "cart-abandoners"},
            {"segment": "new-visitors"},
            {"segment": "audience:tea-lovers"},
        )
    ),
)


def _some(**fields: Any) -> Rule:
    return {name: value for name, value in fields.items() if value not in (None, {})}


conditions: st.SearchStrategy[Rule] = st.one_of(_timed, _timed, _timed, _joined, _tops, _others)


def _joints(parts: st.SearchStrategy[Rule]) -> st.SearchStrategy[Rule]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda all_: {"all": all_}),
        several.map(lambda any_: {"any": any_}),
        parts.map(lambda n: {"not": n}),
    )


rules = st.recursive(conditions, _joints, max_leaves=5)
