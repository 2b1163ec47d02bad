"""The segments every shop has, where customers are as they are in most shops."""

from __future__ import annotations

from pathlib import Path

from shopkeeper.engine.jobs import fill_segments
from shopkeeper.model.time import DAY, parse_time
from tests.segments.stage import Stage
from tests.segments.test_following import bought, inside

NOW = parse_time("2026-03-31T10:00:00Z")
GROUPS = ("champions", "regulars", "promising", "at-risk", "asleep")


def test_where_most_bought_once_nobody_who_did_is_said_to_buy_often(tmp_path: Path):
    stage = Stage(tmp_path, "{shop: {currency: EUR}}", now=NOW)
    once = {f"once-{days}": days for days in range(1, 11)}
    stage.take([bought(stage, name, NOW - days * DAY, name, 10) for name, days in once.items()])
    stage.take([bought(stage, "twice", NOW - days * DAY, f"twice-{days}", 10) for days in (12, 20)])
    fill_segments(stage.shop)
    groups = {name: {person[2:] for person in inside(stage, f"rfm-{name}")} for name in GROUPS}
    assert groups["at-risk"] == {"twice"}
    assert groups["promising"] == {"once-1", "once-2", "once-3", "once-4", "once-5"}
    assert groups["asleep"] == {"once-6", "once-7", "once-8", "once-9", "once-10"}
    assert not groups["champions"] and not groups["regulars"]
