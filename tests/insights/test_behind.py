"""Members are told as of now, also while those who follow them have not caught up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from shopkeeper.engine.jobs import fill_segments, follow_segments
from shopkeeper.engine.segments import base, freeze
from shopkeeper.insights import members, sizes_now
from shopkeeper.insights.members import AWAITED
from shopkeeper.model.time import MINUTE, SECOND, parse_time
from tests.segments.stage import Stage

START = parse_time("2026-03-01T09:00:00Z")
RULES = {"looking": {"did": "Product Viewed", "within": "10 minutes"}, "quiet": {"not": {"segment": "looking"}}}


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    stage = Stage(tmp_path, yaml.safe_dump({"segments": {id: {"rule": rule} for id, rule in RULES.items()}}), now=START)
    looks(stage, ["ann", "bob"], START)
    stage.now = START + SECOND
    fill_segments(stage.shop)
    follow_segments(stage.shop)
    return stage


def looks(stage: Stage, people: Sequence[str], at: int) -> None:
    stage.take([stage.event(person, at, "Product Viewed", {"product_id": "tea"}) for person in people])


def told(stage: Stage, segment: str, limit: int = 1000, offset: int = 0) -> list[str]:
    """Who is told to be inside; the size said beside it, and by the list of segments, is theirs."""
    with stage.shop.state.read() as conn:
        asked = base(stage.shop, conn)
        found = members(asked, asked.book.segments[segment], limit, offset)
        everyone = members(asked, asked.book.segments[segment])
        assert found.size == len(everyone.people) == sizes_now(asked)[segment]
    return [member.person[2:] for member in found.people]


def test_a_new_fact_counts_before_it_is_followed(stage: Stage):
    looks(stage, ["cyd"], stage.now)
    assert told(stage, "looking") == ["cyd", "ann", "bob"]
    assert [told(stage, "looking", 1, offset) for offset in range(4)] == [["cyd"], ["ann"], ["bob"], []]


def test_passing_time_counts_before_it_is_followed(stage: Stage):
    stage.now = START + 5 * MINUTE
    looks(stage, ["bob"], stage.now)
    stage.now = START + 11 * MINUTE
    assert told(stage, "looking") == ["bob"]
    assert told(stage, "quiet") == ["ann"]
    assert freeze(stage.shop, "looking", "now").size == 1


def test_far_behind_everybody_is_asked(stage: Stage):
    crowd = [f"p{number}" for number in range(AWAITED + 1)]
    looks(stage, crowd, stage.now)
    assert sorted(told(stage, "looking")) == sorted([*crowd, "ann", "bob"])
    stage.now = START + 11 * MINUTE
    assert told(stage, "looking") == []
