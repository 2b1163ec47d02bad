"""Definitions that change between events: what was derived live is what a rebuild derives from them as they are now."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shopkeeper.engine import rebuild
from shopkeeper.engine.derive import take_in
from shopkeeper.engine.shop import Shop
from shopkeeper.model.definitions import Rate, ShopFile
from shopkeeper.model.events import Event
from shopkeeper.model.time import DAY, HOUR
from tests.properties.play import cut, empty, same, tables
from tests.properties.worlds import PRODUCTS, SHOP, START, worlds

examples = settings(
    max_examples=max(settings().max_examples // 2, 1),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def without(campaign: str) -> ShopFile:
    """The shop with a campaign taken out of the file."""
    return msgspec.structs.replace(SHOP, campaigns={k: v for k, v in SHOP.campaigns.items() if k != campaign})


def with_settings(**chosen: object) -> ShopFile:
    """The shop with other settings."""
    return msgspec.structs.replace(SHOP, settings=msgspec.structs.replace(SHOP.settings, **chosen))


def with_rules(**chosen: object) -> ShopFile:
    """The shop with other attribution rules."""
    return msgspec.structs.replace(SHOP, attribution=msgspec.structs.replace(SHOP.attribution, **chosen))


def edited() -> ShopFile:
    """The tea block moved to another zone, its button about another product and audience."""
    text = msgspec.json.encode(SHOP).replace(b'"tea-lovers"', b'"drinkers"').replace(b'"tea"]', b'"cup"]')
    text = text.replace(b'"zone":"hero"', b'"zone":"side"')
    file = msgspec.json.decode(text, type=ShopFile)
    return msgspec.structs.replace(file, zones=file.zones | {"side": SHOP.zones["hero"]})


FILES = [
    SHOP,
    without("tea"),
    without("cups"),
    edited(),
    with_rules(order_lookback="1h"),
    with_rules(order_lookback="session", model="linear"),
    with_rules(model="position", kinds=("block", "popup"), order_lookback="30d"),
    with_rules(product_lookback="30d", credit_products_in_cart=True, notification_hovers=False, model="shapley"),
    msgspec.structs.replace(SHOP, rates=(Rate("USD", 0.9), Rate("USD", 0.8, "2026-03-09"))),
    with_settings(without_tax_and_shipping=True),
]
changes: st.SearchStrategy[Callable[[Shop], object]] = st.one_of(
    st.sampled_from(FILES).map(lambda file: lambda shop: shop.apply(file)),
    st.sampled_from([[PRODUCTS[0]], [msgspec.structs.replace(PRODUCTS[1], variant_of="")], PRODUCTS]).map(
        lambda products: lambda shop: shop.put_products(products)
    ),
)


@pytest.fixture(scope="module")
def changing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Shop, list[int]]]:
    """A shop without definitions, and the hands of its clock."""
    hands = [START]
    shop = Shop.open(tmp_path_factory.mktemp("shop"), now=lambda: hands[0])
    yield shop, hands
    shop.close()


def clear(shop: Shop) -> None:
    """As new: no event, no definition, no product."""
    empty(shop)
    with shop.state.write() as conn:
        for table in ("campaigns_versions", "catalogue_products"):
            conn.run(f"DELETE FROM {table}")
        for table in ("campaigns_version", "catalogue_version"):
            conn.run(f"UPDATE {table} SET version = version + 1")
    shop.refresh()


@examples
@given(worlds(), st.randoms(use_true_random=False), st.lists(st.tuples(changes, st.integers(1, 5)), max_size=4))
def test_a_rebuild_after_changes_derives_what_is_there(changing, arrived: list[Event], chance, steps):
    shop, hands = changing
    clear(shop)
    shuffled = chance.sample(arrived, len(arrived))
    batches = cut(shuffled, [size for _, size in steps])
    for number, batch in enumerate(batches):
        hands[0] = START + number * (DAY - HOUR)
        if number < len(steps):
            steps[number][0](shop)
        with shop.state.write() as conn:
            take_in(conn, shop.desk(), batch)
    for change, _ in steps[len(batches) :]:
        change(shop)
    with shop.state.read() as conn:
        live = tables(conn)
    rebuild.rebuild(shop)
    with shop.state.read() as conn:
        same(live, tables(conn))
