"""How price and stock went, and what follows: drops, returns, what is new. On both databases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper import catalogue
from shopkeeper.catalogue.rules import Offer, worth_keeping
from shopkeeper.model.definitions import Product
from shopkeeper.model.time import DAY
from shopkeeper.storage import State, migrate

JAN = 20_000 * DAY


@pytest.fixture
def state(any_state: State) -> State:
    migrate(any_state, catalogue.MIGRATIONS)
    return any_state


def put(state, at, **said):
    with state.write() as conn:
        return catalogue.put(conn, [catalogue.read_product({"id": "tea", **said}, "EUR", 0)], at)


def ask(state, verb, *arguments):
    with state.read() as conn:
        return verb(conn, *arguments)


def test_a_product_keeps_the_moment_it_was_first_seen(state):
    put(state, JAN, price=5)
    put(state, JAN + DAY, price=4)
    loaded = ask(state, catalogue.load_catalogue, catalogue.Catalogue())
    assert loaded.products["tea"].created_at == JAN
    assert ask(state, catalogue.newest, JAN, JAN + DAY) == [("tea", JAN)]
    assert ask(state, catalogue.newest, JAN + 1, JAN + 2 * DAY) == []


def test_the_same_again_changes_nothing(state):
    assert put(state, JAN, price=5) == catalogue.Put(added=1)
    assert put(state, JAN + DAY, price=5) == catalogue.Put(same=1)
    assert len(ask(state, catalogue.offers_of, "tea")) == 1


def test_a_price_that_fell_is_a_drop_and_one_that_rose_again_is_none(state):
    put(state, JAN, price=10)
    put(state, JAN + DAY, price=10, sale_price=8)
    assert ask(state, catalogue.price_drops, JAN + DAY, JAN + 2 * DAY) == [("tea", JAN + DAY, 1000, 800)]
    put(state, JAN + DAY + 1, price=12)
    assert ask(state, catalogue.price_drops, JAN + DAY, JAN + 2 * DAY) == []


def test_a_price_in_another_currency_is_no_drop(state):
    put(state, JAN, price="10 EUR")
    put(state, JAN + DAY, price="8 USD")
    assert ask(state, catalogue.price_drops, JAN + DAY, JAN + 2 * DAY) == []


def test_back_in_stock_is_told_with_its_moment_and_not_once_it_is_gone_again(state):
    put(state, JAN, stock=3)
    put(state, JAN + DAY, stock=0)
    put(state, JAN + 2 * DAY, stock=7)
    assert ask(state, catalogue.back_in_stock, JAN + DAY, JAN + 3 * DAY) == [("tea", JAN + 2 * DAY)]
    put(state, JAN + 2 * DAY + 5, stock=0)
    assert ask(state, catalogue.back_in_stock, JAN + DAY, JAN + 3 * DAY) == []


def test_a_product_cannot_be_had_while_none_of_its_variants_can(state):
    for id in ("red", "blue"):
        put(state, JAN, id=id, variant_of="shirt", stock=1)
    put(state, JAN, id="cup", stock=1)
    put(state, JAN + DAY, id="red", variant_of="shirt", stock=0)
    put(state, JAN + 2 * DAY, id="blue", variant_of="shirt", stock=0)
    put(state, JAN + 3 * DAY, id="red", variant_of="shirt", stock=5)
    held = ask(state, catalogue.load_catalogue, catalogue.Catalogue())
    gone, back = ("shirt", JAN + 2 * DAY, False), ("shirt", JAN + 3 * DAY, True)
    assert ask(state, catalogue.outages, held, JAN + 4 * DAY) == [gone, back]
    assert ask(state, catalogue.outages, held, JAN + 3 * DAY) == [gone]


def test_a_retired_product_comes_back_when_it_is_put_again(state):
    put(state, JAN, price=5)
    held = ask(state, catalogue.load_catalogue, catalogue.Catalogue())
    with state.write() as conn:
        assert catalogue.retire(conn, held.products.values(), JAN + DAY) == 1
    gone = ask(state, catalogue.load_catalogue, held)
    assert gone.products["tea"].retired_at == JAN + DAY
    put(state, JAN + 2 * DAY, price=5)
    assert not ask(state, catalogue.load_catalogue, gone).products["tea"].retired_at
    assert ask(state, catalogue.back_in_stock, JAN, JAN + 3 * DAY) == [("tea", JAN + 2 * DAY)]


def test_only_what_changed_is_read_again(state):
    put(state, JAN, id="tea")
    put(state, JAN, id="cup")
    held = ask(state, catalogue.load_catalogue, catalogue.Catalogue())
    put(state, JAN, id="cup", price=3)
    now = ask(state, catalogue.load_catalogue, held)
    assert now.products["tea"] is held.products["tea"] and now.products["cup"].price == 300
    assert now == ask(state, catalogue.load_catalogue, catalogue.Catalogue())


def test_a_group_is_known_from_each_of_its_members(state):
    for id in ("red", "blue"):
        put(state, JAN, id=id, variant_of="shirt")
    known = ask(state, catalogue.load_catalogue, catalogue.Catalogue())
    assert known.group("red") == known.group("shirt") == ("blue", "red")
    put(state, JAN, id="shirt")
    assert ask(state, catalogue.load_catalogue, known).group("blue") == ("shirt", "blue", "red")


offers = st.builds(
    Offer,
    st.integers(0, 3 * DAY),
    st.sampled_from([None, 500, 600]),
    st.none(),
    st.just("EUR"),
    st.booleans(),
    st.sampled_from([None, 0, 1, 2]),
)


@given(st.lists(offers, max_size=12))
def test_no_change_of_price_or_of_being_in_stock_is_lost(told: list[Offer]):
    told.sort(key=lambda offer: offer.at)
    kept: list[Offer] = []
    for offer in told:
        if worth_keeping(kept[-1] if kept else None, offer):
            kept.append(offer)
        assert (kept[-1].price, kept[-1].in_stock) == (offer.price, offer.in_stock)


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [("kitchen", True), ("Home > kitchen", True), ("Kitchen > Cups", True), ("Home > Cups", False), ("Kit", False)],
)
def test_a_category_holds_what_lies_below_it_at_any_depth(wanted, holds):
    product = Product("c", "Cup", category="Home > Kitchen > Cups")
    path = tuple(catalogue.fold(name) for name in wanted.split(">"))
    assert any(catalogue.lies_in(place, path) for place in catalogue.paths(product)) == holds
