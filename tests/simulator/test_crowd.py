"""The crowd: the same plan for the same seed, events that any intake takes, and both phases against a server."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from itertools import pairwise
from typing import Any, Literal

import msgspec
import pytest

from shopkeeper.model.errors import Unavailable
from shopkeeper.model.time import DAY, parse_time
from shopkeeper.simulator.catalogue import catalogue
from shopkeeper.simulator.crowd import Crowd, run
from shopkeeper.simulator.crowd.people import population
from shopkeeper.simulator.crowd.plan import Plan, plan_history
from shopkeeper.simulator.crowd.truth import EFFECTS, cause_of, odds_after
from shopkeeper.simulator.crowd.visit import World
from shopkeeper.simulator.shop_file import shop_file
from tests.simulator.recorder import SECRET_KEY, WRITE_KEY, Recorder

NOW = parse_time("2026-03-10T12:00:00Z")


class Wire(msgspec.Struct, forbid_unknown_fields=True, rename="camel"):
    """An event as the Segment specification shapes it."""

    type: Literal["track", "page", "identify"]
    message_id: str
    timestamp: str
    anonymous_id: str | None = None
    user_id: str | None = None
    event: str | None = None
    name: str | None = None
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    context: dict[str, Any] = {}


def history(seed: int = 1, days: int = 12) -> Plan:
    world = World(catalogue(), shop_file(), "http://shop.test")
    return plan_history(world, population(seed, 300, catalogue()), seed, NOW, days)


def test_the_same_seed_plans_the_same_history_and_another_another() -> None:
    assert history(1) == history(1)
    assert history(1).events != history(2).events


def test_every_event_has_segments_shape_an_owner_and_an_id_of_its_own() -> None:
    plan = history()
    ids = set()
    for event in plan.events:
        wire = msgspec.convert(event, Wire)
        assert wire.anonymous_id or wire.user_id
        assert (wire.type == "track") == bool(wire.event)
        ids.add(wire.message_id)
    assert len(ids) == len(plan.events)


def test_history_is_in_order_and_ends_now() -> None:
    times = [parse_time(event["timestamp"]) for event in history().events]
    assert times == sorted(times)
    assert times[0] >= NOW - 12 * DAY
    assert times[-1] < NOW


def test_order_ids_are_unique_and_refunds_name_one() -> None:
    plan = history(days=40)
    orders = Counter(e["properties"]["order_id"] for e in plan.events if e.get("event") == "Order Completed")
    assert set(orders.values()) == {1}
    refunds = [
        e["properties"]["order_id"] for e in plan.events if e.get("event") in ("Order Refunded", "Order Cancelled")
    ]
    assert refunds
    assert set(refunds) <= orders.keys()


def test_the_crowd_meets_every_kind_of_communication() -> None:
    met = history(days=30).truth.communications
    assert met.keys() <= EFFECTS.keys()
    assert {"spring-tea-hero", "welcome-popup", "running-note", "home-best-sellers", "welcome-back-hero"} <= met.keys()


def test_a_visitor_meets_a_capped_popup_once_a_week() -> None:
    shown: dict[str, list[int]] = {}
    for event in history().events:
        if event.get("event") == "Communication Shown" and event["properties"]["communication_id"] == "welcome-popup":
            shown.setdefault(event["anonymousId"], []).append(parse_time(event["timestamp"]))
    assert all(later - earlier >= 6 * DAY for times in shown.values() for earlier, later in pairwise(times))


def test_planted_effects_raise_the_odds_by_the_known_amount() -> None:
    assert odds_after(0.05, {}) == 0.05
    assert odds_after(0.05, {"running-week-banner": True}) == pytest.approx(0.05 * 2.0)
    assert cause_of({"welcome-popup": True}) == ""
    assert cause_of({"spring-tea-hero": False, "running-week-banner": True}) == "running-week-banner"


def test_who_takes_vitamins_is_due_again() -> None:
    due = history(days=30).truth.due
    assert due
    assert all(one.at >= NOW and one.product in catalogue().items for one in due)


def test_a_history_is_delivered_whole(recorder: Recorder) -> None:
    async def work() -> Crowd:
        crowd = Crowd(recorder.url, WRITE_KEY, SECRET_KEY, people=200)
        await crowd.backfill(days=5, now=NOW, on_progress=lambda done, _: progress.append(done))
        await crowd.close()
        return crowd

    progress: list[int] = []
    report = asyncio.run(work()).report()
    assert report.events == len(recorder.events) == max(progress)
    assert report.orders == len(recorder.named("Order Completed"))
    assert {key for _, key, _ in recorder.events} == {"secret"}


def test_live_visitors_behave_like_browsers(recorder: Recorder) -> None:
    async def work() -> Crowd:
        crowd = Crowd(recorder.url, WRITE_KEY, SECRET_KEY)
        await crowd.live(rate=60, seconds=3, pace=0.002)
        await crowd.close()
        return crowd

    report = asyncio.run(work()).report()
    assert report.decisions > 50
    assert report.decide_p99_ms
    assert report.orders == len(recorder.named("Order Completed")) > 0
    assert {(path, key) for path, key, event in recorder.events if event.get("event") == "Order Completed"} == {
        ("/v1/batch", "secret")
    }
    assert {(path, key) for path, key, event in recorder.events if event["type"] == "page"} == {("/v1/b", WRITE_KEY)}
    assert all(
        event["context"]["signature"]
        for _, key, event in recorder.events
        if event["type"] == "identify" and key == WRITE_KEY
    )
    assert all(ask["overlays"] and ask["zones"] is not None for ask in recorder.decides)


def test_visits_go_on_where_nothing_is_shown(recorder: Recorder) -> None:
    recorder.shows = False
    report = asyncio.run(run(recorder.url, WRITE_KEY, SECRET_KEY, days=0, live_seconds=1, rate=40, pace=0.002))
    assert report.decisions > 10
    assert not recorder.named("Communication Shown")


def test_a_server_that_is_not_there_is_a_clear_error() -> None:
    async def work() -> None:
        await Crowd("http://127.0.0.1:9", WRITE_KEY, SECRET_KEY, people=50).backfill(days=1, now=NOW)

    with pytest.raises(Unavailable, match="cannot be reached"):
        asyncio.run(work())


def test_the_crowd_works_in_a_process_of_its_own(recorder: Recorder) -> None:
    wish = {"base_url": recorder.url, "write_key": WRITE_KEY, "secret_key": SECRET_KEY, "days": 2, "live_seconds": 1}
    process = subprocess.Popen(
        [sys.executable, "-m", "shopkeeper.simulator.crowd"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps(wish) + "\n")
    process.stdin.flush()
    said = [json.loads(line) for line in process.stdout]
    process.stdin.close()
    assert process.wait() == 0
    assert said[0]["of"] > said[0]["done"]
    assert said[-1]["report"]["events"] == len(recorder.events)
    assert said[-1]["truth"]["spring-tea-hero"]["shown"] > 0
