"""Members that are followed by facts and timers are at every moment those that the referee finds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.engine.jobs import fill_segments, follow_segments
from shopkeeper.model.definitions import SegmentDefinition
from shopkeeper.model.events import Event, Flag
from shopkeeper.model.time import DAY, HOUR, MINUTE
from tests.properties.play import cut, empty
from tests.properties.worlds import PRODUCTS, SHOP, START, worlds
from tests.segments.stage import Stage

RULES: dict[str, dict[str, Any]] = {
    "lately": {"did": "anything", "within": "1 hour"},
    "quiet": {"not": {"did": "anything", "within": "1 day"}},
    "twice": {"did": "Product Added", "times": 2, "within": "7 days"},
    "one-visit-buyers": {"all": [{"visits": 1}, {"orders": {"at_least": 1}}]},
    "spent": {"spend": {"at_least": 20}, "within": "9 days"},
    "popped": {"attribute": "favourite", "is": ["popped", "tea"]},
    "clicked-in-vain": {"met": "clicked", "then_not": {"orders": {"at_least": 1}}, "then_within": "3 hours"},
    "full-cart": {"cart": "open", "older_than": "30 minutes"},
    "overdue": {"overdue": {"above": 1}, "usual_gap": "1 week", "sure_from": 2},
}
examples = settings(
    max_examples=max(settings().max_examples // 3, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("shop"), "{}", PRODUCTS, START)
    own = {id: SegmentDefinition(rule) for id, rule in RULES.items()}
    stage.shop.apply(msgspec.structs.replace(SHOP, segments=own))
    yield stage
    stage.close()


def members(stage: Stage) -> dict[str, set[str]]:
    """Segment -> who is kept as a member."""
    with stage.shop.state.read() as conn:
        rows = conn.rows(
            "SELECT m.segment, m.person FROM segments_members AS m JOIN segments_tracked AS t "
            "ON t.segment = m.segment AND t.generation = m.generation"
        )
    return {id: {person for segment, person in rows if segment == id} for id in RULES}


def begin(stage: Stage) -> None:
    """Nobody is there, and all rules are followed."""
    empty(stage.shop)
    with stage.shop.state.write() as conn:
        for table in ("segments_members", "segments_due", "segments_tracked", "segments_changes"):
            conn.run(f"DELETE FROM {table}")
    fill_segments(stage.shop)


@examples
@given(worlds(), st.randoms(use_true_random=False), st.lists(st.integers(1, 6), max_size=4), st.data())
def test_members_are_those_the_referee_finds(stage: Stage, arrived: list[Event], chance, sizes, data):
    stage.now = START
    begin(stage)
    rules = {id: stage.shop.book.segments[id].expr for id in RULES}
    for batch in cut(chance.sample(arrived, len(arrived)), sizes):
        stage.now = max(stage.now, *(event.occurred_at for event in batch))
        stage.take(batch)
        for wait in data.draw(
            st.lists(st.sampled_from((0, 30 * MINUTE, HOUR + 1, DAY, 8 * DAY)), min_size=1, max_size=2)
        ):
            stage.now += wait
            follow_segments(stage.shop)
            assert members(stage) == stage.agreed(rules, stage.now)


def test_an_order_cancelled_by_the_servers_counts_at_once_for_whoever_placed_it(stage: Stage):
    stage.now = START
    begin(stage)
    stage.did("ann", START, "Order Completed", {"order_id": "o9", "total": 5})
    follow_segments(stage.shop)
    assert members(stage)["one-visit-buyers"] == {"u:ann"}
    cancelled = stage.event("", START + 1000, "Order Cancelled", {"order_id": "o9"}, device="server")
    stage.now = START + HOUR
    stage.take([msgspec.structs.replace(cancelled, flags=int(Flag.SERVER | Flag.VERIFIED))])
    follow_segments(stage.shop)
    assert members(stage)["one-visit-buyers"] == set()
