"""What becomes of answers as time goes by, in short stories; live, bulk and the referee agree on every one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import timelines
from shopkeeper.conditions import NEVER
from shopkeeper.conditions.leaves import Clock, Expr, Neg, Period
from shopkeeper.model.segments import Range
from shopkeeper.model.time import DAY, HOUR, MINUTE, SECOND, parse_local, parse_time
from shopkeeper.storage.history import Draft
from shopkeeper.timelines import keep
from tests.segments.facts import count, did, live_answer
from tests.segments.naive import holds
from tests.segments.stage import Stage

SHOP = """
shop: {time_zone: Europe/Amsterdam, currency: EUR}
segments:
  lately: {rule: {did: Product Viewed, within: 1 hour}}
  once: {rule: {did: Product Viewed, times: 1, within: 1 day}}
  not-lately: {rule: {not: {segment: lately}}}
  waited: {rule: {did: Product Added, then_not: {orders: {at_least: 1}}, then_within: 1 hour}}
  the-day: {rule: {did: Product Viewed, from: "2026-03-29", until: "2026-03-29"}}
  autumn-day: {rule: {did: Product Viewed, from: "2026-10-25", until: "2026-10-25"}}
  likes-tea: {rule: {attribute: likes, is: tea}}
  likes-nothing: {rule: {attribute: likes, is: {exists: false}}}
  two-visits: {rule: {visits: 2}}
  buyers: {rule: {orders: {at_least: 1}}}
  nested: {rule: {all: [{segment: buyers}, {segment: not-lately}, {not: {segment: likes-tea}}]}}
"""
START = parse_time("2026-03-02T10:00:00Z")
Ask = Callable[[str, int], bool]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, SHOP)
    yield stage
    stage.close()


@pytest.fixture
def ann(stage: Stage) -> Ask:
    """Whether Ann is in a segment at an instant."""
    return lambda segment, at: "ann" in stage.inside(segment, at)


def test_a_window_closes_a_microsecond_after_its_length(stage: Stage, ann: Ask):
    stage.did("ann", START, "Product Viewed")
    assert not ann("lately", START - 1)
    assert ann("lately", START)
    assert ann("lately", START + HOUR)
    assert not ann("lately", START + HOUR + 1)


def test_exactly_once_ends_with_the_second_and_begins_again_when_the_first_is_old(stage: Stage, ann: Ask):
    stage.did("ann", START, "Product Viewed")
    stage.did("ann", START + HOUR, "Product Viewed")
    assert ann("once", START + HOUR - 1)
    assert not ann("once", START + HOUR)
    assert not ann("once", START + DAY)
    assert ann("once", START + DAY + 1)
    assert not ann("once", START + HOUR + DAY + 1)


def test_a_negation_comes_true_when_time_has_passed(stage: Stage, ann: Ask):
    stage.did("ann", START, "Product Viewed")
    assert not ann("not-lately", START + HOUR)
    assert ann("not-lately", START + HOUR + 1)


def test_nobody_is_in_a_segment_before_they_are_there(stage: Stage, ann: Ask):
    stage.did("ann", START, "Product Viewed")
    assert not ann("not-lately", START - 1)


def test_who_did_not_order_is_known_once_the_time_for_it_is_over(stage: Stage, ann: Ask):
    stage.did("ann", START, "Product Added", {"product_id": "tea"})
    assert not ann("waited", START + HOUR)
    assert ann("waited", START + HOUR + 1)
    stage.did("ann", START + HOUR, "Order Completed", {"order_id": "o1", "total": 5})
    assert not ann("waited", START + HOUR + 1)


def test_an_event_that_arrives_late_counts_from_when_it_happened(stage: Stage, ann: Ask):
    stage.did("ann", START + 30 * DAY, "page")
    stage.did("ann", START, "Product Viewed")
    assert ann("lately", START + MINUTE)
    assert not ann("lately", START + 30 * DAY)


def test_a_late_event_between_two_visits_makes_them_one(stage: Stage, ann: Ask):
    stage.did("ann", START, "page")
    stage.did("ann", START + 50 * MINUTE, "page")
    assert ann("two-visits", START + DAY)
    stage.did("ann", START + 25 * MINUTE, "page")
    assert not ann("two-visits", START + DAY)


def test_an_order_that_is_cancelled_never_was(stage: Stage, ann: Ask):
    stage.did("ann", START, "Order Completed", {"order_id": "o1", "total": 5})
    assert ann("buyers", START + HOUR)
    stage.did("ann", START + DAY, "Order Cancelled", {"order_id": "o1"})
    assert not ann("buyers", START + HOUR)


def test_nested_segments_change_with_their_parts(stage: Stage, ann: Ask):
    stage.did("ann", START, "Order Completed", {"order_id": "o1", "total": 5})
    stage.did("ann", START, "Product Viewed")
    stage.did("ann", START + 2 * HOUR, "identify", {"likes": "tea"})
    stage.did("ann", START + 3 * HOUR, "identify", {"likes": "cups"})
    inside = [ann("nested", START + hours * HOUR + 1) for hours in (0, 1, 2, 3)]
    assert inside == [False, True, False, True]


def test_a_deleted_attribute_is_missing(stage: Stage, ann: Ask):
    stage.did("ann", START, "identify", {"likes": "Tea"})
    stage.did("ann", START + HOUR, "identify", {"likes": None})
    assert (ann("likes-tea", START), ann("likes-nothing", START)) == (True, False)
    assert (ann("likes-tea", START + HOUR), ann("likes-nothing", START + HOUR)) == (False, True)


def test_what_an_unknown_visitor_did_is_the_customers_from_the_beginning(stage: Stage):
    stage.did("", START, "Product Viewed", device="phone")
    assert stage.inside("lately", START) == {"a:phone"}
    stage.did("ann", START + HOUR, "identify", device="phone")
    assert stage.inside("lately", START) == {"ann"}


def test_files_that_are_written_anew_say_what_they_said(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    stage.did("", START, "Product Viewed", device="phone")
    stage.did("bob", START, "Order Completed", {"order_id": "o1", "total": 5})
    timelines.move(stage.shop.state, stage.shop.history, stage.shop.now())
    stage.did("ann", START + HOUR, "identify", device="phone")
    stage.did("bob", START + HOUR, "Order Cancelled", {"order_id": "o1"})
    monkeypatch.setattr(keep, "MANY_CORRECTIONS", 1)
    assert timelines.tidy(stage.shop.state, stage.shop.history, stage.shop.now()) == 1
    assert stage.inside("lately", START) == {"ann"}
    assert stage.inside("buyers", START) == set()


def test_what_is_learnt_while_files_are_written_is_known_beside_them(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    shop, write = stage.shop, stage.shop.history.draft

    def viewed_and_moved() -> None:
        stage.did("cat", START, "Product Viewed")
        timelines.move(shop.state, shop.history, shop.now())

    def meanwhile(do: Callable[[], object], *happens: Callable[[], None]) -> None:
        rest = iter(happens)

        def draft(*of: Any) -> Draft | None:
            next(rest, lambda: None)()
            return write(*of)

        with monkeypatch.context() as patched:
            patched.setattr(shop.history, "draft", draft)
            do()

    stage.did("ann", START, "Product Added")
    stage.did("", START, "Product Viewed", device="phone")
    stage.did("bob", START, "Order Completed", {"order_id": "o1", "total": 5})
    meanwhile(
        lambda: timelines.move(shop.state, shop.history, shop.now()),
        lambda: stage.did("ann", START + HOUR, "identify", device="phone"),
        lambda: stage.did("bob", START + HOUR, "Order Cancelled", {"order_id": "o1"}),
    )
    assert (stage.inside("lately", START), stage.inside("buyers", START)) == ({"ann"}, set())
    monkeypatch.setattr(keep, "MANY_FILES", 1)
    meanwhile(lambda: timelines.tidy(shop.state, shop.history, shop.now()), viewed_and_moved)
    assert stage.inside("lately", START) == {"ann", "cat"}


def test_facts_of_old_months_lie_together(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    for hours in range(0, 72, 24):
        stage.did("ann", START + hours * HOUR, "Product Viewed")
    shop, at = stage.shop, START + 2 * DAY

    def files() -> list[str]:
        with shop.state.read() as conn:
            return [file.day for file in shop.history.files(conn, "facts")]

    timelines.move(shop.state, shop.history, at)
    asked = stage.inside("lately", at)
    assert (asked, files()) == ({"ann"}, ["2026-03-02", "2026-03-03", "2026-03-04"])
    monkeypatch.setattr(keep, "MANY_FILES", 3)
    assert timelines.tidy(shop.state, shop.history, at) == 0
    assert timelines.tidy(shop.state, shop.history, at + 120 * DAY) == 1
    assert (stage.inside("lately", at), files()) == (asked, ["2026-03"])
    stage.did("bob", START + 2 * DAY, "Product Viewed")
    timelines.move(shop.state, shop.history, at + 120 * DAY)
    assert (stage.inside("lately", at), files()) == ({"ann", "bob"}, ["2026-03", "2026-03"])


def test_a_second_person_on_the_device_takes_along_what_came_after(stage: Stage):
    stage.did("ann", START, "identify", device="phone")
    stage.did("", START + 2 * SECOND, "Product Viewed", device="phone")
    stage.did("bob", START + 3 * SECOND, "identify", device="phone")
    assert stage.inside("lately", START + MINUTE) == {"ann"}
    stage.did("bob", START + SECOND, "identify", device="phone")
    assert stage.inside("lately", START + MINUTE) == {"bob"}
    assert stage.inside("not-lately", START + MINUTE) == {"ann"}


@pytest.mark.parametrize(("segment", "day", "hours"), [("the-day", "2026-03-29", 23), ("autumn-day", "2026-10-25", 25)])
def test_a_day_of_the_shop_has_as_many_hours_as_its_clock_gives_it(stage: Stage, segment: str, day: str, hours: int):
    first = parse_local(day, stage.shop.plan.zone)
    for user, at in {"before": first - 1, "first": first, "last": first + hours * HOUR - 1}.items():
        stage.did(user, at // 1000 * 1000, "Product Viewed")
    stage.did("after", first + hours * HOUR, "Product Viewed")
    assert stage.inside(segment, first + 2 * DAY) == {"first", "last"}


def test_the_clock_jumps_over_an_hour_and_lives_one_twice():
    night = Clock(frozenset((6,)), 2 * 60, 3 * 60, "Europe/Amsterdam")
    skipped, repeated = parse_time("2026-03-29T00:00:00Z"), parse_time("2026-10-25T00:00:00Z")
    assert not any(live_answer(night, [], skipped + minutes * MINUTE).holds for minutes in range(240))
    assert sum(live_answer(night, [], repeated + minutes * MINUTE).holds for minutes in range(240)) == 120
    assert live_answer(night, [], skipped - DAY).until == parse_time("2026-04-05T00:00:00Z")


def test_hours_past_midnight_belong_to_the_day_they_began_on():
    late = Clock(frozenset((4,)), 22 * 60, 2 * 60, "Europe/Amsterdam")
    friday = parse_time("2026-03-06T21:00:00Z")
    times = {friday: True, friday + 4 * HOUR - 1: True, friday + 4 * HOUR: False, friday - 1: False}
    assert {at: live_answer(late, [], at).holds for at in times} == times


def test_a_very_long_timeline_answers_as_a_short_one():
    facts = [did("Product Viewed", START + n * MINUTE, properties={"n": n % 7}) for n in range(20_000)]
    t = START + 20_000 * MINUTE
    asked: list[Expr] = [
        count("Product Viewed", Range(at_least=1440), Period(within=DAY)),
        count("Product Viewed", Range(exactly=1439), Period(within=DAY)),
        Neg(count("Product Viewed", Range(above=19_999))),
    ]
    answers = [live_answer(rule, facts, t) for rule in asked]
    assert [answer.holds for answer in answers] == [holds(rule, facts, "u:ann", t) for rule in asked]
    assert [answer.holds for answer in answers] == [True, False, False]
    assert [answer.until - t for answer in answers] == [1, 1, NEVER - t]


def test_a_very_long_timeline_in_state_is_read_whole(stage: Stage):
    facts = [did("Product Viewed", START + n * SECOND) for n in range(20_000)]
    with stage.shop.state.write() as conn:
        timelines.add(conn, {"u:ann": facts})
    assert stage.inside(count("Product Viewed", Range(exactly=20_000)), START + DAY) == {"ann"}
    assert stage.inside(count("Product Viewed", Range(exactly=3_601), Period(within=HOUR)), facts[-1].at) == {"ann"}
