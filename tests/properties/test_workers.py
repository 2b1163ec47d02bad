"""However many nodes take events in at the same time, and whichever of them gets which, the figures are the same."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.model.events import Event
from tests.properties.play import cut, empty, play, same, tables
from tests.properties.worlds import worlds

examples = settings(
    max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)


@examples
@given(worlds(), st.randoms(use_true_random=False), st.lists(st.integers(1, 4), max_size=8), st.integers(1, 3))
def test_any_number_of_workers_derives_the_same(
    shop: Shop, nodes: list[Shop], arrived: list[Event], chance, sizes: list[int], workers: int
):
    batches = cut(chance.sample(arrived, len(arrived)), sizes)
    empty(nodes[0])

    def work(which: int) -> None:
        for batch in batches[which::workers]:
            _take_in(nodes[which], batch)

    with ThreadPoolExecutor(workers) as together:
        list(together.map(work, range(workers)))
    with nodes[0].state.read() as conn:
        same(play(shop, batches), tables(conn))


def _take_in(node: Shop, batch: Sequence[Event]) -> None:
    with node.state.write() as conn:
        node.refresh(conn)
        take_in(conn, node.desk(), batch)
