"""Who enters and leaves, followed by the worker: after facts, by time alone, after a new definition, across a stop."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper import segments, timelines
from shopkeeper.campaigns import parse_file
from shopkeeper.conditions import Standing
from shopkeeper.engine.jobs import fill_segments, follow_segments, renew_thresholds
from shopkeeper.model.definitions import ShopFile
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, HOUR, MINUTE, SECOND, parse_time
from shopkeeper.segments import filling
from shopkeeper.segments.store import Change
from tests.segments.stage import Stage

START = parse_time("2026-03-01T09:00:00Z")
LOOKING = {"did": "Product Viewed", "within": "10 minutes"}
REGULAR = {"all": [{"orders": {"at_least": 2}}, {"orders": {"at_least": 1}, "within": "30 days"}]}
ONCE = {"did": "Product Viewed", "times": 1, "within": "1 hour"}


def definitions(**rules: object) -> str:
    return yaml.safe_dump({"segments": {id: {"rule": rule} for id, rule in rules.items()}})


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, definitions(looking=LOOKING, regular=REGULAR, once=ONCE), now=START)
    fill_segments(stage.shop)
    return stage


def file(**rules: object) -> ShopFile:
    return parse_file(definitions(**rules))


def bought(stage: Stage, user: str, at: int, order: str, total: int) -> Event:
    return stage.event(user, at, "Order Completed", {"order_id": order, "total": total})


def told(stage: Stage, segment: str) -> list[tuple[str, int, bool, str]]:
    """(person, seconds after the start, entered, cause), the first first."""
    with stage.shop.state.read() as conn:
        changes = segments.changes_in(conn, segment)
    return [(c.person, (c.at - START) // SECOND, bool(c.entered), c.cause) for c in changes[::-1] if c.person]


def inside(stage: Stage, segment: str) -> set[str]:
    found = stage.shop.book.get(segment)
    if found is None:
        return set()
    with stage.shop.state.read() as conn:
        return {person for person, _ in segments.followed_members(conn, found, 1000)}


def step(stage: Stage, now: int) -> int:
    stage.now = now
    return follow_segments(stage.shop)


def test_a_fact_lets_somebody_in_and_time_lets_them_out_to_the_microsecond(stage: Stage):
    stage.take([stage.event("ann", START, "Product Viewed")])
    step(stage, START + SECOND)
    assert inside(stage, "looking") == {"u:ann"}
    step(stage, START + 9 * MINUTE)
    assert inside(stage, "looking") == {"u:ann"}
    step(stage, START + 10 * MINUTE + SECOND)
    assert inside(stage, "looking") == set()
    assert told(stage, "looking") == [
        ("u:ann", 1, True, "Product Viewed"),
        ("u:ann", 600, False, "time passed"),
    ]


def test_where_nobody_is_due_nobody_is_looked_at(stage: Stage):
    stage.take([stage.event("ann", START, "Product Viewed")])
    assert step(stage, START + SECOND) == 1
    assert step(stage, START + 2 * SECOND) == 0
    assert step(stage, START + 9 * MINUTE) == 0


def test_a_long_stop_misses_no_change(tmp_path: Path):
    stage = Stage(tmp_path, definitions(once=ONCE), now=START)
    fill_segments(stage.shop)
    stage.take([stage.event("ann", START, "Product Viewed"), stage.event("ann", START + 20 * MINUTE, "Product Viewed")])
    step(stage, START + 21 * MINUTE)
    assert inside(stage, "once") == set()
    stage.shop.close()
    later = Stage(tmp_path, definitions(once=ONCE), now=START + DAY)
    step(later, START + DAY)
    assert [row[1:3] for row in told(later, "once")] == [(3600, True), (4800, False)]


def test_a_visitor_who_becomes_known_moves_with_all_they_did(stage: Stage):
    stage.take([stage.event("", START, "Product Viewed", device="phone")])
    step(stage, START + SECOND)
    assert inside(stage, "looking") == {"a:phone"}
    stage.take([stage.event("ann", START + MINUTE, "identify", {"name": "Ann"}, device="phone")])
    step(stage, START + 2 * MINUTE)
    assert inside(stage, "looking") == {"u:ann"}


def test_a_new_segment_is_filled_from_the_past_and_followed_from_then_on(stage: Stage):
    stage.take([stage.event("ann", START, "Product Viewed"), stage.event("ben", START, "page")])
    step(stage, START + SECOND)
    stage.now = START + MINUTE
    stage.shop.apply(file(looking=LOOKING, viewers={"did": "Product Viewed"}, idle={"not": LOOKING}))
    assert set(fill_segments(stage.shop)) >= {"viewers", "idle"}
    assert inside(stage, "viewers") == {"u:ann"}
    assert inside(stage, "idle") == {"u:ben"}
    step(stage, START + 10 * MINUTE + SECOND)
    assert inside(stage, "idle") == {"u:ann", "u:ben"}
    assert inside(stage, "regular") == set(), "a segment that is no more has no members"


def test_those_a_new_segment_begins_with_are_told_of_as_first_counted(stage: Stage):
    stage.take([stage.event("ann", START, "Product Viewed")])
    stage.shop.apply(file(viewed={"did": "Product Viewed"}))
    fill_segments(stage.shop)
    with stage.shop.state.read() as conn:
        assert segments.changes_in(conn, "viewed") == [Change("viewed", "", stage.now, 1, 0, "first counted")]


def test_an_edited_rule_is_told_of_once_for_all(stage: Stage):
    stage.take([stage.event("ann", START, "Product Viewed")])
    step(stage, START + SECOND)
    stage.shop.apply(file(looking={"did": "Product Added"}))
    fill_segments(stage.shop)
    assert inside(stage, "looking") == set()
    with stage.shop.state.read() as conn:
        latest = segments.changes_in(conn, "looking")[0]
    assert latest == Change("looking", "", stage.now, 0, 1, "the rule changed")


def test_what_happens_while_a_segment_is_filled_is_not_missed(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Somebody looks at a product after the bulk engine has read everybody's facts."""
    stage.take([stage.event("ann", START, "Product Viewed")])
    stage.shop.apply(file(viewers={"did": "Product Viewed"}))
    ask = filling._ask

    def meanwhile(*arguments):
        found = ask(*arguments)
        stage.take([stage.event("ben", START, "Product Viewed")])
        step(stage, START + SECOND)
        return found

    monkeypatch.setattr(filling, "_ask", meanwhile)
    fill_segments(stage.shop)
    step(stage, START + 2 * SECOND)
    assert inside(stage, "viewers") == {"u:ann", "u:ben"}


def test_a_threshold_counted_anew_lets_people_in_and_out(tmp_path: Path):
    stage = Stage(tmp_path, definitions(best={"top": 0.5, "by": "spend"}), now=START)
    stage.take([bought(stage, "ann", START, "1", 100), bought(stage, "ben", START, "2", 50)])
    renew_thresholds(stage.shop)
    assert inside(stage, "best") == {"u:ann"}
    stage.take([bought(stage, "ben", START + HOUR, "3", 500)])
    step(stage, START + 2 * HOUR)
    assert inside(stage, "best") == {"u:ann", "u:ben"}, "by the threshold of the last count"
    renew_thresholds(stage.shop)
    assert inside(stage, "best") == {"u:ben"}
    assert told(stage, "best")[-1] == ("u:ann", 7200, False, "the threshold changed")


acts = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben", ""]),
        st.integers(0, 90),
        st.sampled_from(["Product Viewed", "Product Added", "page", "identify"]),
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(acts, st.lists(st.integers(0, 200), min_size=1, max_size=5))
def test_members_are_those_of_live_answers_whenever_the_worker_has_run(tmp_path_factory, acts, moments):
    stage = Stage(
        tmp_path_factory.mktemp("shop"), definitions(looking=LOOKING, once=ONCE, idle={"not": LOOKING}), now=START
    )
    fill_segments(stage.shop)
    for moment in sorted(moments):
        now = START + moment * MINUTE
        stage.take([stage.event(user, START + at * MINUTE, name) for user, at, name in acts if at <= moment])
        step(stage, now)
        members_are_those_of_live_answers(stage)


def members_are_those_of_live_answers(stage: Stage) -> None:
    people = sorted(stage.everybody())
    with stage.shop.state.read() as conn:
        for segment in stage.shop.book.segments.values():
            if not segment.tracked:
                continue
            expected = {
                person
                for person in people
                if (line := timelines.load(conn, person)).facts
                and Standing(line, person, stage.now, stage.shop.thresholds).answer(segment.expr).holds
            }
            assert inside(stage, segment.id) == expected, segment.id


def while_looking(monkeypatch: pytest.MonkeyPatch, before: Callable[[], None], after: Callable[[], None]) -> None:
    """Once, something happens after people were taken to be looked at, and after they were."""
    look = segments.look

    def looking(*arguments: Any) -> segments.Looked:
        monkeypatch.setattr(segments, "look", look)
        before()
        looked = look(*arguments)
        after()
        return looked

    monkeypatch.setattr(segments, "look", looking)


def test_what_somebody_does_while_they_are_looked_at_is_not_missed(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    stage.shop.apply(file(twice={"did": "Product Viewed", "times": {"at_least": 2}}))
    fill_segments(stage.shop)
    stage.take([stage.event("ann", START, "Product Viewed")])
    while_looking(monkeypatch, lambda: None, lambda: stage.take([stage.event("ann", START, "Product Viewed")]))
    step(stage, START + SECOND)
    assert inside(stage, "twice") == {"u:ann"}


def test_nobody_waits_for_whoever_is_looked_at(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Other writes are let through while rules are asked: else this would wait for itself."""
    stage.take([stage.event("ann", START, "Product Viewed")])
    while_looking(monkeypatch, lambda: stage.take([stage.event("ben", START, "Product Viewed")]), lambda: None)
    step(stage, START + SECOND)
    assert inside(stage, "looking") == {"u:ann", "u:ben"}


def test_a_rule_that_is_edited_while_somebody_is_looked_at_counts(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    stage.take([stage.event("ann", START, "Product Viewed")])

    def edited() -> None:
        stage.shop.apply(file(looking={"did": "Product Added"}))
        fill_segments(stage.shop)

    while_looking(monkeypatch, lambda: None, edited)
    step(stage, START + SECOND)
    assert inside(stage, "looking") == set()


def test_two_nodes_that_take_turns_do_not_make_each_others_work_void(stage: Stage):
    """Each begins to look before the other is done, again and again."""
    stage.take([stage.event("ann", START, "Product Viewed")])
    stage.now = START + SECOND
    looked: list[segments.Looked | None] = [None, None]
    for turn in (0, 1, 0, 1):
        with stage.shop.state.write() as conn:
            if (done := looked[turn]) is not None:
                segments.settle(conn, stage.shop.book, done)
            taken = segments.take(conn, stage.now, 50)
        with stage.shop.state.read() as conn:
            looked[turn] = segments.look(conn, stage.shop.book, taken) if taken.people else None
    assert told(stage, "looking") == [("u:ann", 1, True, "Product Viewed")]
    assert looked == [None, None]


def test_what_a_look_at_half_of_a_past_found_is_void(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Ann's views are too old for the rule, those of the phone that turns out to be hers are not."""
    stage.take([stage.event("ann", START, "Product Viewed")])
    stage.take([stage.event("", START + 9 * MINUTE, "Product Viewed", device="phone")])
    step(stage, START + 9 * MINUTE)
    now = START + 11 * MINUTE
    known = stage.event("ann", now, "identify", {"name": "Ann"}, device="phone")
    while_looking(monkeypatch, lambda: None, lambda: stage.take([known]))
    step(stage, now)
    assert inside(stage, "looking") == {"u:ann"}
    assert [change for change in told(stage, "looking") if not change[2]] == []


arriving = st.lists(
    st.tuples(
        st.sampled_from(["ann", "ben", ""]),
        st.sampled_from(["phone", "laptop"]),
        st.sampled_from(["Product Viewed", "page", "identify", "Order Completed", "Order Cancelled"]),
        st.integers(-30, 0),
    ),
    max_size=4,
)


@settings(max_examples=40)
@given(st.lists(st.tuples(arriving, arriving, arriving), min_size=1, max_size=4))
def test_members_are_those_of_live_answers_whatever_comes_while_somebody_is_looked_at(tmp_path_factory, rounds):
    rules = definitions(looking=LOOKING, once=ONCE, idle={"not": LOOKING}, regular=REGULAR)
    stage = Stage(tmp_path_factory.mktemp("shop"), rules, now=START)
    fill_segments(stage.shop)
    order = {"order_id": "1", "total": 10}
    for number, parts in enumerate(rounds):
        stage.now = now = START + number * 7 * MINUTE

        def come(arrived, now=now):
            stage.take(
                [
                    stage.event(user, now + at * MINUTE, name, order if "Order" in name else None, device=device)
                    for user, device, name, at in arrived
                ]
            )

        come(parts[0])
        with pytest.MonkeyPatch.context() as patch:
            while_looking(patch, partial(come, parts[1]), partial(come, parts[2]))
            follow_segments(stage.shop)
        follow_segments(stage.shop)
        members_are_those_of_live_answers(stage)


def test_a_new_top_segment_is_counted_before_it_is_filled(stage: Stage):
    stage.take([bought(stage, "ann", START, "1", 100), bought(stage, "ben", START, "2", 50)])
    stage.shop.apply(file(best={"top": 0.5, "by": "spend"}))
    fill_segments(stage.shop)
    assert inside(stage, "best") == {"u:ann"}
    assert told(stage, "best") == [], "told of once, for all"


def test_names_with_commas_and_a_great_many_names_are_heard(tmp_path: Path):
    rules = {"sent": {"did": "Form sent, again"}, "zed": {"did": "Zed"}}
    stage = Stage(tmp_path, definitions(looking=LOOKING, **rules), now=START)
    fill_segments(stage.shop)
    stage.take([stage.event("ann", START, "Product Viewed")])
    step(stage, START + SECOND)
    stage.take([stage.event("ann", START + SECOND, "Form sent, again")])
    step(stage, START + 2 * SECOND)
    assert inside(stage, "sent") == {"u:ann"}
    for n in range(60):
        stage.take([stage.event("ann", START + 2 * SECOND, f"A rather long name of an event, number {n}")])
    stage.take([stage.event("ann", START + 3 * SECOND, "Zed")])
    step(stage, START + 4 * SECOND)
    assert inside(stage, "zed") == {"u:ann"}


def test_a_person_who_cannot_be_answered_stops_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    load = timelines.load

    def broken(conn, person):
        line = load(conn, person)
        return object() if person == "u:ann" else line

    monkeypatch.setattr(timelines, "load", broken)
    stage.take([stage.event("ann", START, "Product Viewed"), stage.event("ben", START, "Product Viewed")])
    step(stage, START + SECOND)
    assert inside(stage, "looking") == {"u:ben"}
    monkeypatch.undo()
    step(stage, START + SECOND + 10 * MINUTE)
    assert [row for row in told(stage, "looking") if row[0] == "u:ann"] == []


def test_becoming_known_is_no_second_entering(stage: Stage):
    stage.shop.apply(file(viewers={"did": "Product Viewed"}))
    fill_segments(stage.shop)
    stage.take([stage.event("", START, "Product Viewed", device="phone")])
    step(stage, START + SECOND)
    stage.take([stage.event("ann", START + MINUTE, "identify", {"name": "Ann"}, device="phone")])
    step(stage, START + 2 * MINUTE)
    assert told(stage, "viewers") == [("u:ann", 1, True, "Product Viewed")]


def test_other_order_values_are_followed(stage: Stage):
    rule = {"spend": {"at_least": 100}}
    stage.shop.apply(file(rich=rule))
    fill_segments(stage.shop)
    order = {"order_id": "1", "total": 110, "tax": 20}
    stage.take([stage.event("ann", START, "Order Completed", order)])
    step(stage, START + SECOND)
    assert inside(stage, "rich") == {"u:ann"}
    stage.shop.apply(parse_file("settings: {without_tax_and_shipping: true}\n" + definitions(rich=rule)))
    step(stage, START + 2 * SECOND)
    assert inside(stage, "rich") == set()


def test_a_node_that_was_overtaken_gives_way(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Another node fills the same segment between the question and the switch."""
    stage.take([stage.event("ann", START, "Product Viewed")])
    stage.shop.apply(file(viewers={"did": "Product Viewed"}))
    write = filling._write

    def overtaken(*arguments):
        monkeypatch.setattr(filling, "_write", write)
        generation = write(*arguments)
        fill_segments(stage.shop)
        return generation

    monkeypatch.setattr(filling, "_write", overtaken)
    fill_segments(stage.shop)
    assert inside(stage, "viewers") == {"u:ann"}
