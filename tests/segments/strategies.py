"""Random rules, facts and instants that meet each other often: few words, few moments, boundaries hit to the microsecond.

Values are of all kinds and look alike ("7", 7, 7.0, True, 1), names hold what SQL, JSON paths and LIKE take for
something else, event ids begin with large bytes, and devices are shared.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from shopkeeper.conditions import leaves as ask
from shopkeeper.model.segments import Range
from shopkeeper.model.time import DAY, HOUR, MINUTE, SECOND, parse_time
from shopkeeper.timelines import Fact

BASE = parse_time("2026-03-28T12:00:00Z")
"""Half a day before the clocks of Europe go forward."""
ZONES = ("Europe/Amsterdam", "America/New_York", "UTC", "Australia/Lord_Howe")
PEOPLE = ("u:ann", "u:bob", "a:d1")
DEVICES = ("d1", "d2", "user:ann")
LENGTHS = (SECOND, 30 * MINUTE, HOUR, DAY, DAY + HOUR, 2 * DAY, 7 * DAY)

ORDER, LINE, JOINED, SET, CONSENT = "=order", "=line", "=joined", "=set", "=consent"
EVENTS = (
    "Product Viewed",
    "Product Added",
    "Product Removed",
    "$page",
    "$identify",
    "Order Completed",
    "it's 100% \\ö",
)
OFTEN = (*EVENTS, "Product Added", "Product Added", "$page", "Order Completed")
NAMES = (*EVENTS, ORDER, LINE, JOINED, SET, CONSENT)

TEXTS = ("tea", "tea pot", "t%", "_ea", "o'neil", '"q"', "7", "true", "ünï", "")
NUMBERS = (0, 1, 7, 7.0, 2.5, -1, 1000, 0.1, 0.2, 2.5e-6)
BOOLEANS = (True, False)
IDS = ("tea", "cup", "7", "t'%")
PROPERTIES = ("size", "a.b", "it's", '"q"', "$.x[0]", "*", "ünï")
LARGE = (2**53, 2**53 + 1, -(2**53) - 1)
"""Numbers that are not told apart as floats: ids people give as numbers."""

texts, ids = st.sampled_from(TEXTS), st.sampled_from(IDS)
scalars = st.one_of(texts, st.sampled_from(NUMBERS), st.sampled_from(BOOLEANS))
names = st.sampled_from(NAMES)
lengths = st.sampled_from(LENGTHS)
moments = st.builds(
    lambda far, near, off: BASE + far + near + off,
    st.sampled_from((0, DAY, 2 * DAY, 7 * DAY)),
    st.sampled_from((0, SECOND, 30 * MINUTE, HOUR, HOUR + 30 * MINUTE)),
    st.sampled_from((0, 0, 0, 0, -1, 1)),
)
instants = st.one_of(
    moments, st.builds(lambda at, length, off: at + length + off, moments, lengths, st.sampled_from((-1, 0, 1)))
)

# Facts: an event is one fact and what it led to, all with its time and id.

_shown = {
    "device_class": st.sampled_from((None, "mobile", "desktop")),
    "browser": st.sampled_from((None, "firefox", "safari")),
    "region": st.sampled_from((None, "nh", "ünï")),
    "referrer": st.sampled_from((None, "news.example")),
    "utm_campaign": st.sampled_from((None, "t%")),
}
_known = st.dictionaries(st.sampled_from(PROPERTIES), st.one_of(scalars, st.none()), max_size=3)
_properties = st.one_of(_known, _known, st.builds(lambda some, id: some | {"id": id}, _known, st.sampled_from(LARGE)))
_optional = {
    "product": st.one_of(st.none(), ids, ids),
    "category": st.sampled_from((None, None, "tea", "t%")),
    "brand": st.sampled_from((None, "o'neil")),
    "price": st.sampled_from((None, 0, 5, 500, 1000)),
    "quantity": st.sampled_from((None, 1.0, 0.5, 2.0, 0.1, 0.3)),
    "communication": st.sampled_from((None, "tea", "pop")),
    "element": st.sampled_from((None, "button")),
    "path": st.sampled_from((None, "/", "/tea")),
}


@st.composite
def events(draw: st.DrawFn, event_id: bytes) -> list[Fact]:
    """What one event leaves behind."""
    at, device, name = draw(moments), draw(st.sampled_from(DEVICES)), draw(st.sampled_from(OFTEN))
    shown: dict[str, Any] = {column: draw(values) for column, values in _shown.items()}
    if name == "$identify":
        return [Fact(at, event_id, name, device, properties=draw(_properties), **shown)]
    more: dict[str, Any] = {column: draw(values) for column, values in _optional.items()}
    found = [Fact(at, event_id, name, device, properties=draw(_properties), **shown, **more)]
    if name == "Order Completed":
        found.extend(draw(orders(at, event_id, device)))
    if draw(st.integers(0, 4)) == 0:
        audience = draw(st.sampled_from(("tea", "o'neil")))
        found.append(Fact(at, event_id, JOINED, device, label=audience))
    if draw(st.integers(0, 4)) == 0:
        found.append(Fact(at, event_id, SET, device, properties=draw(_known)))
    if draw(st.integers(0, 4)) == 0:
        said = draw(st.dictionaries(st.sampled_from(("marketing", "size")), st.booleans(), min_size=1))
        found.append(Fact(at, event_id, CONSENT, device, properties=said))
    return found


@st.composite
def orders(draw: st.DrawFn, at: int, event_id: bytes, device: str) -> list[Fact]:
    """An order that counts, and its lines."""
    value = draw(st.sampled_from((None, 0, 500, 1000, 1500)))
    shared: dict[str, Any] = {
        "order_id": event_id.hex()[:4],
        "properties": {
            "refunded": draw(st.sampled_from((0, 500))),
            "discount": draw(st.sampled_from((0, 5))),
            "month": 3,
            "order_value": value,
        },
    }
    lines = draw(st.lists(st.tuples(ids, st.sampled_from((None, 0, 500))), max_size=2))
    return [
        Fact(at, event_id, ORDER, device, value=value, **shared),
        *(
            Fact(at, event_id, LINE, device, id, price=worth, quantity=2.0, value=worth, **shared)
            for id, worth in lines
        ),
    ]


_event_id = st.builds(
    lambda head, tail: bytes((head,)) + bytes(14) + bytes((tail,)),
    st.sampled_from((0, 1, 0x7F, 0x80, 0xFF)),
    st.integers(0, 255),
)


few = st.sampled_from((0, 2, 5))


@st.composite
def facts(draw: st.DrawFn, most: int = 10) -> list[Fact]:
    """What one person did, in no order."""
    found: list[Fact] = []
    for event_id in draw(st.lists(_event_id, min_size=draw(few), max_size=most, unique=True)):
        found.extend(draw(events(event_id)))
    return found


@st.composite
def crowds(draw: st.DrawFn, most: int = 16) -> dict[str, list[Fact]]:
    """What several people did, each event being one person's."""
    crowd: dict[str, list[Fact]] = {}
    for event_id in draw(st.lists(_event_id, min_size=draw(few), max_size=most, unique=True)):
        crowd.setdefault(draw(st.sampled_from(PEOPLE)), []).extend(draw(events(event_id)))
    return crowd


# Rules as the evaluators get them.


def ranges(*numbers: float) -> st.SearchStrategy[Range]:
    """Bounds out of these numbers; often one, sometimes two, rarely none."""
    number = st.sampled_from(numbers)
    one = st.sampled_from(("at_least", "at_most", "above", "below", "exactly"))
    return st.one_of(
        st.builds(lambda word, n: Range(**{word: n}), one, number),
        st.builds(lambda word, n: Range(**{word: n}), one, number),
        st.builds(lambda low, high: Range(at_least=low, below=high), number, number),
        st.just(Range()),
    )


checks = st.builds(
    ask.Check,
    values=st.one_of(st.none(), st.frozensets(scalars, min_size=1, max_size=2)),
    excluded=st.one_of(st.none(), st.none(), st.frozensets(scalars, min_size=1, max_size=2)),
    contains=st.sampled_from((None, None, None, "e", "%", "_", "'")),
    starts_with=st.sampled_from((None, None, None, "t", "_", "\\")),
    bounds=st.one_of(st.just(Range()), ranges(0, 1, 2.5, 7, 500)),
    exists=st.sampled_from((None, None, None, True, False)),
    or_missing=st.sampled_from((False, False, True)),
)
simple_checks = st.one_of(
    st.builds(lambda value: ask.Check(values=frozenset((value,))), scalars),
    st.builds(lambda value: ask.Check(excluded=frozenset((value,))), scalars),
    st.builds(lambda bounds: ask.Check(bounds=bounds), ranges(0, 1, 7, 500)),
)
large_checks = st.one_of(
    st.builds(lambda value: ask.Check(values=frozenset((value,))), st.sampled_from(LARGE)),
    st.builds(lambda value: ask.Check(excluded=frozenset((value,))), st.sampled_from(LARGE)),
    st.builds(lambda bounds: ask.Check(bounds=bounds), ranges(*LARGE)),
)
columns = st.sampled_from(
    ("product", "category", "brand", "price", "quantity", "value", "order_id", "communication", "element", "label")
    + ("path", "device_class", "browser", "region", "referrer", "utm_campaign", "device")
)
properties = st.sampled_from([f"properties.{name}" for name in (*PROPERTIES, "discount", "order_value", "on_sale")])
field_tests = st.one_of(
    st.builds(
        ask.FieldTest,
        st.one_of(columns, columns, properties),
        st.one_of(checks, simple_checks),
        st.sampled_from((None, None, frozenset(("tea",)), frozenset(("cup", "t'%")), frozenset())),
    ),
    st.builds(ask.FieldTest, st.just("properties.id"), large_checks),
)
tests = st.lists(field_tests, max_size=2).map(tuple)
some_tests = st.one_of(st.just(()), st.just(()), tests)
matches = st.builds(ask.Match, st.one_of(st.none(), st.frozensets(names, min_size=1, max_size=2)), some_tests)
periods = st.one_of(
    st.just(ask.Period()),
    st.builds(lambda within: ask.Period(within=within), lengths),
    st.builds(
        ask.Period,
        st.one_of(st.none(), lengths),
        st.one_of(st.none(), st.none(), lengths),
        st.one_of(st.none(), moments),
        st.one_of(st.none(), moments),
    ),
)
loose_periods = st.one_of(st.just(ask.Period()), periods)
counts = ranges(0, 1, 2, 3, 1.5)
summed = st.sampled_from(("value", "price", "quantity", "properties.size", "category"))
measures = st.one_of(
    st.builds(ask.Measure, matches, periods, st.sampled_from(("count", "orders")), counts),
    st.builds(
        ask.Measure, matches, periods, st.sampled_from(("sum", "mean")), ranges(0, 1, 7, 500, 1000, 0.1, 0.3), summed
    ),
)
edges = st.builds(ask.Edge, matches, periods, st.booleans())
shares = st.builds(ask.Share, matches, tests, loose_periods, ranges(0, 0.5, 1, 1 / 3))
rhythms = st.builds(ask.Rhythm, matches, lengths, st.integers(2, 4), ranges(0, 0.5, 1, 2))
latests = st.builds(
    ask.Latest,
    st.one_of(
        st.none(), st.frozensets(st.sampled_from((*EVENTS, ORDER, JOINED, SET, CONSENT)), min_size=1, max_size=3)
    ),
    st.one_of(columns, properties, properties),
    st.one_of(checks, simple_checks, simple_checks),
    st.one_of(st.none(), st.none(), scalars),
)
follows = st.builds(ask.Follow, matches, matches, loose_periods, st.one_of(st.none(), lengths), st.booleans())
carts = st.builds(
    ask.Cart, some_tests, st.one_of(st.none(), st.none(), ranges(0, 2, 3, 500, 1000, 1500)), loose_periods
)
visits = st.builds(
    ask.Visits,
    st.one_of(st.just(()), tests),
    st.one_of(st.none(), counts),
    st.one_of(st.none(), ranges(0, 30, 1 / 60)),
    periods,
    counts,
)
clocks = st.builds(
    ask.Clock,
    st.frozensets(st.integers(0, 6), min_size=1),
    st.sampled_from((0, 9 * 60, 12 * 60, 150, 23 * 60 + 30)),
    st.sampled_from((0, 150, 180, 12 * 60, 17 * 60, 24 * 60)),
    st.sampled_from(ZONES),
)
buckets = st.builds(ask.Bucket, ranges(0, 25, 50, 99.99), st.sampled_from(("", "a", "ü")))
tops = st.builds(ask.Top, st.one_of(measures, edges), st.sampled_from((0.1, 0.34, 0.5, 1.0)))

steady: st.SearchStrategy[ask.Expr] = st.one_of(
    measures, measures, edges, shares, rhythms, latests, latests, follows, follows, carts, visits, buckets, tops
)
"""Every kind of leaf but the clock's."""
single: st.SearchStrategy[ask.Expr] = st.one_of(steady, steady, steady, clocks)


def _joints(parts: st.SearchStrategy[ask.Expr]) -> st.SearchStrategy[ask.Expr]:
    several = st.lists(parts, max_size=3).map(tuple)
    return st.one_of(st.builds(ask.And, several), st.builds(ask.Or, several), st.builds(ask.Neg, parts))


trees = st.recursive(single, _joints, max_leaves=5)
"""Rules of any shape; also those that nothing is asked in."""
