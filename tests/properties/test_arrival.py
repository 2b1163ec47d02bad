"""Derived state is a function of the set of events: order, repetition and batching change nothing."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import Event
from tests.properties.play import cut, one_by_one, play, same
from tests.properties.worlds import worlds

examples = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
sizes = st.lists(st.integers(1, 6), max_size=8)


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes)
def test_any_order_in_any_batches_derives_the_same(shop: Shop, arrived: list[Event], chance, sizes: list[int]):
    shuffled = chance.sample(arrived, len(arrived))
    same(play(shop, [arrived]), play(shop, cut(shuffled, sizes)))


@examples
@given(worlds(), st.randoms(use_true_random=False))
def test_one_by_one_in_any_order_derives_the_same(shop: Shop, arrived: list[Event], chance):
    ordered = sorted(arrived, key=lambda e: e.order)
    shuffled = chance.sample(arrived, len(arrived))
    same(play(shop, one_by_one(ordered)), play(shop, one_by_one(shuffled)))


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes)
def test_copies_in_later_batches_change_nothing(shop: Shop, arrived: list[Event], chance, sizes: list[int]):
    again = chance.choices(arrived, k=len(arrived))
    same(play(shop, [arrived]), play(shop, [arrived, *cut(again, sizes)]))


@examples
@given(worlds(), st.randoms(use_true_random=False), sizes)
def test_both_databases_derive_the_same(
    shop: Shop, postgres_shop: Shop, arrived: list[Event], chance, sizes: list[int]
):
    batches = cut(chance.sample(arrived, len(arrived)), sizes)
    same(play(shop, batches), play(postgres_shop, batches))
