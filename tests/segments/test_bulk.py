"""Segments in bulk, one kind of question at a time, and what hostile words and corrected files do to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from shopkeeper import populations, timelines
from shopkeeper.conditions import leaves as ask
from shopkeeper.model.buckets import bucket_of
from shopkeeper.model.segments import Range
from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.storage import Connection
from shopkeeper.storage.history import History
from shopkeeper.storage.portable import portable
from shopkeeper.timelines import Fact, keep
from tests.segments.base import Base
from tests.segments.facts import EVER, ONCE, count, did
from tests.segments.naive import Context

NOW = 1_000 * DAY
ORDERS = ask.Match(frozenset(("=order",)))


def is_(field: str, *values: Any) -> ask.FieldTest:
    return ask.FieldTest(field, ask.Check(values=frozenset(values)))


def who(base: Base, rule: ask.Expr, crowd: Mapping[str, list[Fact]], context: Context | None = None) -> set[str]:
    return base.members(dict(crowd), [rule], NOW, context or Context())[0]


def test_a_count_looks_at_the_period_only(base: Base):
    crowd = {"u:ann": [did("tea", NOW - DAY), did("tea", NOW - 2 * DAY - 1)], "u:bob": [did("tea", NOW - 2 * DAY)]}
    assert who(base, count("tea", ONCE, ask.Period(within=2 * DAY)), crowd) == {"u:ann", "u:bob"}
    assert who(base, count("tea", Range(at_least=2), ask.Period(within=2 * DAY)), crowd) == set()
    assert who(base, count("tea", Range(exactly=1), ask.Period(older_than=2 * DAY)), crowd) == {"u:ann"}


def test_who_did_nothing_that_matters_is_in_what_was_not_done(base: Base):
    crowd = {"u:ann": [did("tea", NOW)], "u:bob": [did("cup", NOW)], "u:later": [did("cup", NOW + 1)]}
    assert who(base, count("tea", Range(exactly=0)), crowd) == {"u:bob"}
    assert who(base, ask.Neg(count("tea")), crowd) == {"u:bob"}
    assert who(base, ask.And(()), crowd) == {"u:ann", "u:bob"}


def test_sums_and_means_leave_out_what_is_no_number(base: Base):
    crowd = {"u:ann": [did("tea", NOW, properties={"n": n}) for n in (2, 2.5, "3", True, None)]}
    for aggregate, number in (("sum", 4.5), ("mean", 2.25)):
        match = ask.Match(frozenset(("tea",)))
        assert who(base, ask.Measure(match, EVER, aggregate, Range(exactly=number), "properties.n"), crowd) == {"u:ann"}


def test_orders_are_counted_once_each(base: Base):
    crowd = {"u:ann": [did("=line", NOW, order_id="1"), did("=line", NOW, order_id="1"), did("=line", NOW)]}
    measure = ask.Measure(ask.Match(frozenset(("=line",))), EVER, "orders", Range(exactly=1))
    assert who(base, measure, crowd) == {"u:ann"}


def test_the_last_one_lies_in_the_period_and_not_just_any(base: Base):
    crowd = {"u:ann": [did("=order", NOW - 9 * DAY), did("=order", NOW - DAY)], "u:bob": [did("=order", NOW - 9 * DAY)]}
    assert who(base, ask.Edge(ORDERS, ask.Period(older_than=5 * DAY), last=True), crowd) == {"u:bob"}
    assert who(base, ask.Edge(ORDERS, ask.Period(older_than=5 * DAY), last=False), crowd) == {"u:ann", "u:bob"}


def test_a_share_needs_a_whole(base: Base):
    crowd = {
        "u:ann": [did("=order", NOW, properties={"discount": 5}), did("=order", NOW, properties={"discount": 0})],
        "u:bob": [did("tea", NOW)],
    }
    part = (ask.FieldTest("properties.discount", ask.Check(excluded=frozenset((0,)))),)
    assert who(base, ask.Share(ORDERS, part, EVER, Range(exactly=0.5)), crowd) == {"u:ann"}
    assert who(base, ask.Share(ORDERS, part, EVER, Range(at_least=0)), crowd) == {"u:ann"}


def test_somebody_is_overdue_by_the_own_rhythm(base: Base):
    crowd = {"u:ann": [did("=order", NOW - days * DAY) for days in (30, 20, 10)], "u:bob": [did("=order", NOW - DAY)]}
    assert who(base, ask.Rhythm(ORDERS, 90 * DAY, 3, Range(at_least=1)), crowd) == {"u:ann"}


def test_of_two_values_at_one_time_the_later_id_counts(base: Base):
    crowd = {
        "u:ann": [did("tea", NOW, event_id=2, browser="safari"), did("tea", NOW, event_id=1, browser="firefox")],
        "u:bob": [did("tea", NOW, event_id=2, browser="firefox"), did("tea", NOW, event_id=1, browser="safari")],
    }
    assert who(base, ask.Latest(None, "browser", ask.Check(values=frozenset(("safari",)))), crowd) == {"u:ann"}


def test_a_removed_attribute_is_missing_and_an_unknown_one_has_its_default(base: Base):
    crowd = {
        "u:ann": [
            did("$identify", NOW - 1, properties={"plan": "gold"}),
            did("$identify", NOW, properties={"plan": None}),
        ],
        "u:bob": [did("$identify", NOW, properties={"other": 1})],
    }
    names = frozenset(("$identify",))
    gold = ask.Check(values=frozenset(("gold",)))
    assert who(base, ask.Latest(names, "properties.plan", gold, "gold"), crowd) == {"u:bob"}
    assert who(base, ask.Latest(names, "properties.plan", ask.Check(exists=False)), crowd) == {"u:ann", "u:bob"}


def test_one_follows_another_in_time(base: Base):
    tea, cup = (ask.Match(frozenset((name,))) for name in ("tea", "cup"))
    crowd = {
        "u:ann": [did("tea", NOW - HOUR), did("cup", NOW)],
        "u:bob": [did("cup", NOW - HOUR), did("tea", NOW - 10)],
    }
    assert who(base, ask.Follow(tea, cup, EVER, HOUR, negate=False), crowd) == {"u:ann"}
    assert who(base, ask.Follow(tea, cup, EVER, None, negate=True), crowd) == {"u:bob"}
    assert who(base, ask.Follow(tea, cup, EVER, HOUR, negate=True), crowd) == set(), "its hour is not over"


def test_an_order_empties_the_cart(base: Base):
    def put(at: int, price: int = 500) -> Fact:
        return did("Product Added", at, product="tea", price=price, quantity=2.0)

    crowd = {
        "u:ann": [put(NOW - 2), did("=order", NOW - 3)],
        "u:bob": [put(NOW - 2), did("=order", NOW - 1)],
        "u:cat": [put(NOW - 2), did("Product Removed", NOW - 1, product="tea")],
    }
    assert who(base, ask.Cart((), Range(exactly=1000), EVER), crowd) == {"u:ann"}
    assert who(base, ask.Cart((is_("product", "cup"),), None, EVER), crowd) == set()


def test_a_pause_begins_a_new_visit(base: Base):
    crowd = {
        "u:ann": [did("$page", NOW - HOUR), did("$page", NOW - HOUR + 30 * MINUTE)],
        "u:bob": [did("$page", NOW - HOUR), did("$page", NOW - HOUR + 30 * MINUTE - 1)],
    }
    assert who(base, ask.Visits((), None, None, EVER, Range(exactly=2)), crowd) == {"u:ann"}
    assert who(base, ask.Visits((), Range(at_least=2), Range(below=30), EVER, ONCE), crowd) == {"u:bob"}


def test_chance_and_clock(base: Base):
    crowd = {person: [did("tea", NOW)] for person in ("u:ann", "u:bob", "u:cat")}
    lower = {person for person in crowd if bucket_of(person, "x") < 50}
    assert who(base, ask.Bucket(Range(below=50), "x"), crowd) == lower
    thursday = ask.Clock(frozenset((3,)), 0, 24 * 60, "UTC")  # 1972-09-27 is a Wednesday
    assert who(base, thursday, crowd) == set()
    assert who(base, ask.Neg(thursday), crowd) == set(crowd)


def test_the_top_is_counted_over_everybody(base: Base):
    crowd = {f"u:{n}": [did("=order", NOW, value=n)] for n in range(1, 11)}
    top = ask.Top(ask.Measure(ORDERS, EVER, "sum", Range(), "value"), 0.25)
    found = base.asked(crowd, lambda conn, history: populations.thresholds(conn, history, [top], NOW))
    assert found == {top: 8}
    assert who(base, top, crowd, Context(found)) == {"u:8", "u:9", "u:10"}
    assert who(base, top, crowd) == set(), "before a count nobody is"


def test_a_count_is_due_to_the_microsecond(base: Base):
    crowd = {"u:ann": [did("tea", NOW - day * DAY) for day in (1, 2, 3)], "u:bob": [did("tea", NOW - DAY)]}
    lately = count("tea", Range(at_least=2), ask.Period(within=5 * DAY))
    assert base.dues(crowd, [lately], NOW) == {(0, "u:ann"): NOW + 3 * DAY + 1}
    assert base.dues(crowd, [ask.Neg(lately)], NOW) == {(0, "u:ann"): NOW + 3 * DAY + 1}


HOSTILE = (
    "'", "''", '"', "\\", "\\'", "'; DROP TABLE facts_waiting; --", "{history}", "x') OR TRUE --", "%", "_", "[{,]", "$.*",
    "{}", "ö\u2028", "\n\t\x01", ',"tea":1', "/*", "a.b",
)  # fmt: skip


@pytest.mark.parametrize("word", HOSTILE)
def test_words_of_people_are_only_words(base: Base, word: str):
    crowd = {
        "u:ann": [did("tea", NOW, brand=word, properties={word: word, "z": 1})],
        "u:bob": [did("tea", NOW, brand="x", properties={"a": f',"{word}":7', "y": word})],
        "u:cat": [did(word, NOW)],
    }
    assert who(base, count("tea", ONCE, EVER, is_("brand", word)), crowd) == {"u:ann"}
    assert who(base, count("tea", ONCE, EVER, is_(f"properties.{word}", word)), crowd) == {"u:ann"}
    holds = ask.FieldTest(f"properties.{word}", ask.Check(contains=word, starts_with=word))
    assert who(base, count("tea", ONCE, EVER, holds), crowd) == {"u:ann"}
    excluded = ask.FieldTest("brand", ask.Check(excluded=frozenset((word,))))
    assert who(base, count("tea", ONCE, EVER, excluded), crowd) == {"u:bob"}
    assert who(base, count(word), crowd) == {"u:cat"}


def test_a_hundred_categories_are_counted_apart(base: Base):
    crowd = {f"u:{n}": [did("tea", NOW - day * DAY, category=f"c{n}") for day in range(n)] for n in range(1, 9)}
    rules: list[ask.Expr] = [
        count("tea", Range(at_least=3), ask.Period(within=days * DAY), is_("category", f"c{n}"))
        for n in range(1, 9)
        for days in (1, 4)
    ]
    found = base.members(crowd, rules, NOW, Context())
    assert found[1::2] == [{f"u:{n}"} if n >= 3 else set() for n in range(1, 9)]
    assert found[::2] == [set()] * 8


def test_files_are_read_as_they_should_be_now(base: Base):
    def question(conn: Connection, history: History) -> set[tuple[int, str]]:
        keep.move_waiting(conn, history, NOW)
        timelines.rename_person(conn, "a:d1", "u:ann")
        timelines.forget(conn, ["u:gone"])
        timelines.put_orders(conn, [("u:bob", NOW)], {})
        timelines.add(conn, {"u:dan": [did("=order", NOW)]})
        wanted = {"twice": count("tea", Range(exactly=2)), "ordered": count("=order")}
        table = populations.members(conn, history, wanted, NOW, {}).table.to_pydict()
        names = timelines.persons(conn, table["who"])
        return {(position, names[who]) for position, who in zip(table["segment"], table["who"], strict=True)}

    crowd = {"u:ann": [did("tea", NOW)], "a:d1": [did("tea", NOW)], "u:gone": [did("tea", NOW), did("tea", NOW)]}

    def with_order(conn: Connection, history: History) -> set[tuple[int, str]]:
        order = [did("=order", NOW, order_id="1")]
        timelines.put_orders(conn, [("u:bob", NOW)], {"1": ("u:bob", NOW, order)})
        return question(conn, history)

    assert base.asked(crowd, with_order) == {(0, "u:ann"), (1, "u:dan")}


def test_every_query_is_one_that_spark_can_run(base: Base, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    for name in ("query", "table"):
        own = getattr(History, name)

        def watched(self, conn, sql, *args, _own=own, **kwargs):
            asked.append(sql)
            return _own(self, conn, sql, *args, **kwargs)

        monkeypatch.setattr(History, name, watched)
    tops = [
        ask.Top(m, 0.5) for m in (ask.Edge(ORDERS, EVER, last=True), ask.Measure(ORDERS, EVER, "mean", ONCE, "value"))
    ]
    field = ask.FieldTest(
        "properties.it's", ask.Check(frozenset(("x", 1)), None, "a", "b", Range(at_least=1.5)), frozenset(("p",))
    )
    match = ask.Match(None, (field, ask.FieldTest("price", ask.Check(bounds=Range(above=1)))))
    rules: list[ask.Expr] = [
        ask.Measure(match, ask.Period(DAY, HOUR, 1, NOW), "sum", ONCE, "properties.it's"),
        ask.Measure(match, EVER, "orders", ONCE),
        ask.Share(match, (field,), EVER, ONCE),
        ask.Rhythm(match, DAY, 2, ONCE),
        ask.Latest(None, "properties.it's", ask.Check(contains="x")),
        ask.Follow(match, ORDERS, EVER, DAY, negate=True),
        ask.Cart((field,), ONCE, EVER),
        ask.Visits((field,), ONCE, ONCE, EVER, ONCE),
        ask.Bucket(ONCE, "s"),
        *tops,
        *(count("tea", ONCE, EVER, is_("category", str(n))) for n in range(6)),
    ]
    base.asked({}, lambda conn, history: populations.thresholds(conn, history, tops, NOW))
    base.members({"u:ann": [did("tea", NOW)]}, rules, NOW, Context(dict.fromkeys(tops, 5.0)))
    base.dues({"u:ann": [did("tea", NOW)]}, rules, NOW)
    assert len(asked) >= 5
    for sql in asked:
        assert "SELECT" in portable(sql)


def test_orders_of_many_products_are_counted_once_each(base: Base):
    def line(product: str, order_id: str, days: int = 0) -> Fact:
        return did("=line", NOW - days * DAY, product=product, order_id=order_id)

    crowd = {
        "u:ann": [line("p1", "1"), line("p2", "1"), line("p1", "2", 9)],
        "u:bob": [line("p3", "3"), line("p3", "3")],
    }
    rules: list[ask.Expr] = [
        ask.Measure(ask.Match(frozenset(("=line",)), (is_("product", f"p{n}"),)), when, "orders", Range(at_least=2))
        for n in range(1, 6)
        for when in (EVER, ask.Period(within=DAY))
    ]
    assert base.members(crowd, rules, NOW, Context()) == [{"u:ann"}, *[set()] * 9]
