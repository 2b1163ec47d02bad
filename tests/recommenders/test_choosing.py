"""What definitions ask of the products that strategies found: filters, order, how many, and never what is not sold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.campaigns import parse_file
from shopkeeper.model.definitions import Product
from shopkeeper.model.errors import BadInput
from shopkeeper.model.events import PRODUCT_ADDED, PRODUCT_VIEWED
from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY, MINUTE
from shopkeeper.recommenders import STRATEGIES, Counts, Means, Now, Occasion, Shelves, Stock, build_shelves, choose
from shopkeeper.recommenders.counts import count
from shopkeeper.timelines import LINE, Fact, Timeline
from tests.house.tree import ROOT
from tests.recommenders.conftest import NOW, Place
from tests.recommenders.rows import rows_of

ALL = ["black", "cup", "green", "honey", "pot", "saucer", "sencha", "tin-l"]


def test_the_next_strategy_is_asked_only_below_the_minimum(place: Place):
    assert place.ids("on_sale", "newest", min=1) == ["black"]
    assert place.ids("on_sale", "newest", min=2, max=3) == ["black", "cup", "green"]
    assert place.ids("on_sale", min=2) == []


def test_sets_of_products_say_what_may_be_shown(place: Place):
    assert place.ids("newest", include={"where": "price > 8"}) == ["cup", "pot", "tin-l"]
    assert place.ids("newest", include={"search": "tea"}, exclude={"ids": ["pot"]}) == ["black", "green", "sencha"]
    assert place.ids("newest", include={"where": "price > 1000"}) == []


def test_filters_may_be_relative_to_the_product_of_the_page(place: Place):
    assert place.ids("newest", product="cup", relative=("same_category", "cheaper")) == ["saucer"]
    assert place.ids("newest", product="cup", relative=("same_brand",)) == ["black", "saucer"]
    assert place.ids("newest", product="cup", relative=("dearer",)) == ["pot", "tin-l"]
    assert place.ids("newest", product="cup", category="page") == ["pot", "saucer", "tin-l"]


def test_what_was_bought_lies_in_the_cart_or_is_sold_out_is_hidden_where_that_is_asked(place: Place):
    place.bought("eve", "green", ago=9)
    place.put_in_cart("eve", "cup")
    everything = place.ids("newest", person="eve", max=48)
    assert everything == ALL
    hidden = ("bought", "in_cart", "out_of_stock")
    assert place.ids("newest", person="eve", hide=hidden, max=48) == [id for id in ALL if id not in ("green", "cup")]
    assert "kettle" in place.ids("newest", person="eve", hide=(), max=48)


def test_some_come_first_some_last_and_some_before_all(place: Place):
    found = place.ids("newest", boost={"where": "brand is Fern"}, bury={"ids": "black"}, pin=("honey",), max=48)
    assert found == ["honey", "green", "pot", "sencha", "cup", "saucer", "tin-l", "black"]


def test_no_more_of_one_brand_or_category_than_is_said(place: Place):
    assert place.ids("newest", per_brand=1, max=48) == ["black", "green", "honey", "tin-l"]
    assert place.ids("newest", per_category=1, max=48) == ["black", "cup", "green", "honey"]


def test_variants_are_one_product_and_the_one_that_can_be_bought_is_shown(place: Place):
    place.bought("ann", "green", "tin-s")
    assert place.ids("bought_together", product="green") == ["tin-l"]
    assert "tin-l" not in place.ids("newest", product="tin-s", max=48)


def test_an_order_that_changed_takes_the_place_of_what_it_was(place: Place):
    place.bought("ann", "green", "cup", ago=2, order="one")
    assert place.ids("bought_together", product="green") == ["cup"]
    place.bought("ann", "green", "pot", ago=2, order="one")
    assert place.ids("bought_together", product="green") == ["pot"]


def test_only_what_is_new_is_counted_and_nothing_is_counted_twice(place: Place):
    place.bought("ann", "green", "cup")
    place.shop.restock()
    first = place.shop.ledger.counts
    place.shop.restock()
    assert place.shop.ledger.counts is first
    place.bought("bob", "green", "cup")
    place.shop.restock()
    assert place.shop.ledger.counts.bought == {"green": 2, "cup": 2}


def test_restocked_shelves_tell_what_new_ones_would(place: Place):
    shop, dear = place.shop, {"where": {"price": {"above": 4}}}
    asked = [
        Recommender(strategies=(name,), min=1, category=category, include=include)
        for name in ("newest", "on_sale", "best_sellers", "trending", "most_viewed", "back_in_stock")
        for category in ("", "Ware")
        for include in (None, dear)
    ]
    for change in (
        lambda: None,
        lambda: place.bought("ann", "honey", "pot"),
        lambda: place.saw("bo", "cup", "pot"),
        lambda: place.put({"id": "green", "name": "Green tea", "price": 3, "category": "Ware"}),
        lambda: place.put({"id": "kettle", "name": "Kettle", "category": "Ware", "price": 40}),
    ):
        change()
        shop.restock()
        means = Means(shop.state, shop.finder, shop.catalogue, shop.plan.file, NOW)
        with shop.state.read() as conn:
            new = build_shelves(conn, means, shop.ledger.counts, None)
        for recommender in asked:
            occasion = Occasion(NOW)
            assert choose(shop.shelves, recommender, occasion) == choose(new, recommender, occasion)


def test_what_is_alike_is_told_of_the_products_before_until_the_shelves_are_filled(place: Place):
    place.ids("similar", product="green", min=1)
    place.put({"id": "oolong", "name": "Green tea Oolong", "brand": "Fern", "category": "Tea > Green", "price": 5})
    near = Recommender(strategies=("similar",), min=1)
    shown = lambda: [pick.product.id for pick in choose(place.shop.shelves, near, Occasion(NOW, product="green"))]  # noqa: E731
    assert "sencha" in shown() and "oolong" not in shown()
    place.shop.restock()
    assert shown()[0] == "oolong"


@pytest.mark.parametrize(
    ("said", "where", "message"),
    [
        ("{strategies: [guess]}", "$.recommenders.r.strategies[0]", "no recommender strategy 'guess'"),
        ("{strategies: [manual]}", "$.recommenders.r.products", "finds nothing without 'products'"),
        ("{min: 4, max: 2}", "$.recommenders.r", "min is greater than max"),
        ("{include: {where: colour is red}}", "$.recommenders.r.include.where, column 1", "colour"),
        ("{exclude: {}}", "$.recommenders.r.exclude", "no product is meant"),
        ("{hide: [everything]}", "$.recommenders.r.hide[0]", "everything"),
    ],
)
def test_a_definition_that_cannot_be_meant_names_its_place(place: Place, said: str, where: str, message: str):
    with pytest.raises(BadInput) as error:
        place.shop.apply(parse_file(f"recommenders: {{r: {said}}}"))
    assert error.value.where == where
    assert message in str(error.value)


IDS = [f"p{number}" for number in range(8)]
products = st.lists(
    st.builds(
        Product,
        id=st.sampled_from(IDS),
        name=st.sampled_from(["Tea", "Green tea", "Cup"]),
        category=st.sampled_from(["", "Tea", "Tea > Green"]),
        brand=st.sampled_from(["", "Fern", "Acme"]),
        price=st.sampled_from([None, 100, 200, 300]),
        currency=st.just("EUR"),
        in_stock=st.booleans(),
        discovered=st.booleans(),
        retired_at=st.sampled_from([0, 0, NOW]),
        created_at=st.sampled_from([NOW - 9 * DAY, NOW - DAY]),
        variant_of=st.sampled_from(["", "", "group"]),
    ),
    unique_by=lambda product: product.id,
)
acts = st.lists(
    st.tuples(
        st.sampled_from([LINE, PRODUCT_VIEWED, PRODUCT_ADDED]),
        st.sampled_from(IDS),
        st.integers(0, 40),
        st.sampled_from(["ann", "bob"]),
    ),
    max_size=20,
)
said = st.fixed_dictionaries(
    {
        "strategies": st.lists(st.sampled_from(list(STRATEGIES)), min_size=1, max_size=3, unique=True).map(tuple),
        "min": st.just(1),
        "max": st.integers(1, 8),
        "hide": st.sets(st.sampled_from(["bought", "in_cart", "out_of_stock"])).map(lambda s: tuple(sorted(s))),
        "relative": st.sets(st.sampled_from(["same_brand", "cheaper", "dearer"]), max_size=1).map(tuple),
        "per_brand": st.sampled_from([None, 1]),
        "products": st.just(tuple(IDS)),
        "pin": st.sampled_from([(), ("p1", "p2")]),
        "only": st.sampled_from(["", "again", "new"]),
        "free_delivery_from": st.just(5),
    }
)


@given(products, acts, said, st.sampled_from(["", "p0"]), st.sets(st.sampled_from(IDS), max_size=2))
def test_filters_always_hold(made: list[Product], done: list[Any], said: dict[str, Any], seed: str, without: set[str]):
    catalogue = {p.id: p for p in made}
    variants = {p.id: p.variant_of for p in made if p.variant_of}
    stock = Stock(catalogue, variants)
    counts = counted(done, stock)
    facts = [
        Fact(NOW - days * DAY, f"{n}".encode(), name, "d", product, price=100, quantity=1.0)
        for n, (name, product, days, who) in enumerate(done)
        if who == "ann"
    ]
    shelves = Shelves(stock, Now(NOW, counts, dict.fromkeys(IDS, 1.0)))
    recommender = Recommender(**said)
    occasions = [Occasion(NOW, product=seed, session_start=NOW - MINUTE, timeline=lambda: Timeline(facts))] * 2
    picks, again = (choose(shelves, recommender, occasion, without) for occasion in occasions)
    assert picks == again
    found = [pick.product for pick in picks]
    keys = [stock.same(p.id) for p in found]
    assert len(set(keys)) == len(keys) <= recommender.max
    assert not set(keys) & {stock.same(id) for id in [*without, seed] if id}
    bought = {stock.same(f.product or "") for f in facts if f.name == LINE}
    inside = set(occasions[0].cart(stock))
    for key, product in zip(keys, found, strict=True):
        assert not product.retired_at
        assert not product.discovered
        assert product.in_stock or "out_of_stock" not in recommender.hide
        assert key not in bought or not ("bought" in recommender.hide or recommender.only == "new")
        assert key in bought or recommender.only != "again"
        assert key not in inside or "in_cart" not in recommender.hide
        if recommender.relative == ("cheaper",):
            assert (product.price or 0) < (catalogue[seed].price or 0)
    if recommender.per_brand:
        brands = [p.brand for p in found if p.brand]
        assert len(set(brands)) == len(brands)


@given(acts, st.randoms())
def test_what_is_counted_does_not_depend_on_the_order_it_came_in(done: list[Any], chance: Any):
    stock = Stock({}, {})
    first = counted(done, stock)
    chance.shuffle(done)
    second = counted(done, stock)
    assert first.keys == second.keys
    assert (first.bought, first.viewed, first.rising, first.again_after) == (
        second.bought, second.viewed, second.rising, second.again_after,
    )  # fmt: skip
    for kind in first.pairs:
        for key in first.keys:
            assert first.near(kind, {key: 1.0}) == second.near(kind, {key: 1.0})


def counted(done: list[Any], stock: Stock) -> Counts:
    lines, views, keys = rows_of(done, NOW)
    return count(lines, views, [stock.same(key) for key in keys], NOW, 1)


def test_the_guide_tells_every_strategy():
    guide = (ROOT / "docs" / "guide" / "recommenders.md").read_text(encoding="utf-8")
    told = [line for line in guide.splitlines() if line.startswith("| `")]
    rows = [f"| `{strategy.name}` | {strategy.about} |" for strategy in STRATEGIES.values()]
    assert told[: len(rows)] == rows
