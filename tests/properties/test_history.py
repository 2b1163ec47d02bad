"""Where the log lies changes nothing: in state, in day files, purged, merged, or read back by a rebuild."""

from __future__ import annotations

from itertools import islice
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper import events
from shopkeeper.engine import rebuild
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, HOUR
from shopkeeper.storage import Connection
from shopkeeper.storage.history import Draft
from tests.properties.play import cut, empty, play, same, settle, tables
from tests.properties.worlds import START, worlds

examples = settings(
    max_examples=max(settings().max_examples // 3, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
sizes = st.lists(st.integers(1, 6), max_size=8)


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild, "BATCH", 2)


def tidy(shop: Shop, *, keep: int) -> None:
    """Move everything, purge all but `keep`, and merge the files of every day that has two."""
    events.move(shop.state, shop.history, START + 10 * DAY, keep)
    events.compact(shop.state, shop.history, many=2)


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes, st.sampled_from([-60 * DAY, 9 * DAY, 60 * DAY]))
def test_moving_purging_and_merging_in_between_changes_nothing(shop: Shop, arrived: list[Event], chance, sizes, keep):
    batches = cut(chance.sample(arrived, len(arrived)), sizes)
    expected = play(shop, batches)
    same(expected, settle(shop, batches, lambda shop: tidy(shop, keep=keep)))
    empty(shop)


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes, st.booleans())
def test_a_rebuild_derives_what_live_processing_did(shop: Shop, arrived: list[Event], chance, sizes, moved: bool):
    batches = cut(chance.sample(arrived, len(arrived)), sizes)
    live = settle(shop, batches, (lambda shop: tidy(shop, keep=HOUR)) if moved else (lambda _: None))
    rebuild.rebuild(shop)
    with shop.state.read() as conn:
        rebuilt = tables(conn)
    empty(shop)
    same(live, rebuilt)


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes)
def test_every_event_is_in_exactly_one_place(shop: Shop, arrived: list[Event], chance, sizes):
    settle(shop, cut(chance.sample(arrived, len(arrived)), sizes), lambda shop: tidy(shop, keep=-60 * DAY))
    events.move(shop.state, shop.history, START + 60 * DAY)
    with shop.state.read() as conn:
        told = [event for batch in events.stream(conn, shop.history, 3) for event in batch]
        count = events.count(conn, shop.history)
    empty(shop)
    assert sorted(e.event_id for e in told) == sorted({e.event_id for e in arrived})
    assert told == sorted(told, key=lambda e: e.order)
    assert count == (len(told), 0)


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes)
def test_what_arrives_while_files_are_written_is_in_exactly_one_place_too(shop: Shop, arrived, chance, sizes):
    batches = cut(chance.sample(arrived, len(arrived)), sizes)
    expected, rest, write = play(shop, batches), iter(batches), shop.history.draft

    def arrives(conn: Connection) -> None:
        for batch in islice(rest, 1):
            take_in(conn, shop.desk(), batch)

    def draft(*of: Any) -> Draft | None:
        begun = shop.state.write_at_once()
        if begun is not None:  # nobody arrives in the middle of a transaction
            arrives(begun.conn)
            begun.__exit__(None, None, None)
        return write(*of)

    empty(shop)
    for _ in batches:
        with shop.state.write() as conn:
            arrives(conn)
        with patch.object(shop.history, "draft", draft):
            tidy(shop, keep=-60 * DAY)
    tidy(shop, keep=-60 * DAY)
    with shop.state.read() as conn:
        same(expected, tables(conn))
        told = [event for batch in events.stream(conn, shop.history, 3) for event in batch]
    empty(shop)
    assert sorted(e.event_id for e in told) == sorted({e.event_id for e in arrived})
