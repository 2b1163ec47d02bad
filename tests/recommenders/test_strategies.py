"""Each strategy on a shop small enough to check by eye."""

from __future__ import annotations

import pytest

from shopkeeper.model.recommenders import Recommender
from shopkeeper.model.time import DAY
from shopkeeper.recommenders import STRATEGIES, Now, Occasion, Shelves, Stock, choose
from tests.recommenders.conftest import NOW, Place


def test_what_rises_is_bought_more_this_week_than_before(place: Place):
    for days in (8, 12, 16, 20):
        place.bought("ann", "green", ago=days)
    place.bought("bob", "green", ago=1)
    place.bought("bob", "honey", "cup", ago=1)
    place.bought("cat", "honey", ago=2)
    assert place.picks("trending") == [("honey", "Rising this week"), ("cup", "Rising this week")]


def test_the_newest_come_first_and_may_be_of_a_category_at_any_depth(place: Place):
    place.put({"id": "gyokuro", "name": "Gyokuro", "category": "Tea > Green > Shaded", "created_at": str(NOW - DAY)})
    assert place.ids("newest")[0] == "gyokuro"
    assert place.ids("newest", category="Green") == ["gyokuro", "green", "sencha"]
    assert place.ids("newest", brand="fern") == ["green", "pot", "sencha"]


def test_what_is_looked_at_is_counted_by_visitor(place: Place):
    place.saw("ann", "cup", "cup", "cup", "cup")
    place.saw("ann", "pot")
    place.saw("bob", "pot")
    assert place.ids("most_viewed") == ["pot", "cup"]


def test_on_sale_is_what_is_reduced(place: Place):
    assert place.picks("on_sale") == [("black", "Reduced")]


def test_back_in_stock_is_what_came_back(place: Place):
    place.put({"id": "kettle", "name": "Kettle", "price": 40, "in_stock": True}, ago=1)
    assert place.picks("back_in_stock") == [("kettle", "Back in stock")]


def test_bought_together_is_of_one_order_and_also_bought_of_one_person(place: Place):
    place.bought("ann", "green", "cup", ago=30)
    place.bought("bob", "green", "cup", ago=20)
    place.bought("ann", "honey", ago=10)
    assert place.picks("bought_together", product="green") == [("cup", "Often bought together with Green tea")]
    assert place.ids("also_bought", product="green") == ["cup", "honey"]


def test_also_viewed_is_of_one_visit(place: Place):
    place.saw("ann", "green", "sencha", ago=2)
    place.saw("ann", "honey", ago=1)
    assert place.ids("also_viewed", product="green") == ["sencha"]


def test_viewed_then_bought_is_bought_after_the_view_and_soon(place: Place):
    place.saw("ann", "green", ago=5)
    place.bought("ann", "sencha", ago=4)
    place.bought("bob", "honey", ago=5)
    place.saw("bob", "green", ago=4)
    place.saw("cat", "green", ago=20)
    place.bought("cat", "cup", ago=4)
    assert place.ids("viewed_then_bought", product="green") == ["sencha"]


def test_similar_goes_by_name_category_and_brand(place: Place):
    assert place.ids("similar", product="green")[:2] == ["sencha", "black"]


def test_a_step_up_is_similar_and_dearer(place: Place):
    assert place.picks("upsell", product="green") == [("sencha", "A step up from Green tea")]


def test_accessories_are_those_named_then_those_of_categories_that_go_with_it(place: Place):
    assert place.ids("accessories", product="cup") == ["saucer"]
    place.bought("ann", "green", "pot")
    goes_with = {"Tea": ("Ware",)}
    assert place.ids("accessories", product="green", goes_with=goes_with) == ["pot", "cup", "saucer", "tin-l"]
    assert place.ids("complete_the_look", product="pot") == ["cup", "saucer"]


def test_add_to_order_goes_with_the_cart_and_is_never_of_it(place: Place):
    place.bought("ann", "green", "cup", "honey")
    place.bought("bob", "cup", "saucer")
    place.put_in_cart("eve", "green", "cup")
    assert place.ids("add_to_order", person="eve") == ["honey", "saucer"]
    assert place.ids("add_to_order", cart=["saucer"])[0] == "cup"


def test_free_delivery_costs_what_is_missing(place: Place):
    place.bought("ann", "green", "cup", "honey", "saucer", "pot")
    found = place.picks("free_delivery", cart=["green"], free_delivery_from=10)
    assert found == [("cup", "Brings your order to free delivery"), ("honey", "Brings your order to free delivery")]
    assert place.ids("free_delivery", cart=["pot"], free_delivery_from=10) == []


def test_recently_viewed_is_the_latest_first(place: Place):
    place.saw("eve", "green", "cup", "green", ago=1)
    assert place.ids("recently_viewed", person="eve") == ["green", "cup"]


def test_a_view_of_the_running_visit_counts_at_once(place: Place):
    place.saw("ann", "green", "sencha", ago=2)
    place.saw("bob", "cup", "saucer", ago=2)
    place.shop.restock()
    place.saw("eve", "green", ago=1)
    place.saw("eve", "cup")
    assert place.ids("this_visit", person="eve", visit=5) == ["saucer"]
    assert place.ids("last_visit", person="eve", visit=5) == ["sencha"]


def test_a_click_on_what_nothing_is_like_leaves_what_is_like_the_one_before(place: Place):
    place.put({"id": "odd", "name": "Umbrella"})
    place.saw("eve", "green", "odd")
    assert place.ids("this_visit", person="eve", visit=5)[0] == "sencha"


def test_for_you_is_what_one_buys_and_what_goes_with_it(place: Place):
    for person in ("ann", "bob"):
        place.bought(person, "green", "honey")
    for days in (5, 40):
        place.bought("eve", "green", ago=days)
    place.bought("eve", "cup", ago=170)
    found = place.picks("for_you", person="eve")
    assert found[:2] == [("green", "You bought it 2 times"), ("honey", "Goes with what you buy")]
    assert place.ids("for_you", person="eve", only="again") == ["green", "cup"]
    assert place.ids("for_you", person="eve", only="new") == ["honey"]


def test_left_behind_was_wanted_and_not_bought(place: Place):
    place.put_in_cart("eve", "pot", "honey", ago=5)
    place.saw("eve", "cup", "green", ago=4)
    place.bought("eve", "honey", "green", ago=3)
    found = place.picks("left_behind", person="eve")
    assert found == [("pot", "You had it in your cart"), ("cup", "You looked at it")]


def test_a_two_month_vitamin_bought_three_months_ago_comes_before_one_bought_yesterday(place: Place):
    for id in ("vitamin-c", "vitamin-d"):
        place.put({"id": id, "name": id, "price": 10})
        for person in ("ann", "bob"):
            for days in (120, 60, 0):
                place.bought(person, id, ago=days)
    place.bought("eve", "vitamin-c", ago=90)
    place.bought("eve", "vitamin-d", ago=1)
    found = place.picks("buy_again", person="eve")
    assert found == [("vitamin-c", "You bought it 90 days ago; it lasts about 60")]


def test_what_was_bought_once_long_ago_is_not_first_for_being_overdue(place: Place):
    place.bought("eve", "cup", ago=170)
    for days in (80, 60, 40):
        place.bought("eve", "green", ago=days)
    assert place.ids("buy_again", person="eve") == ["green", "cup"]


def test_new_since_the_last_visit_begins_with_categories_one_knows(place: Place):
    place.saw("eve", "cup", ago=3)
    for id, category, days in (("mug", "Ware", 2), ("jam", "Sweets", 1), ("old", "Ware", 9)):
        place.put({"id": id, "name": id, "category": category, "created_at": str(NOW - days * DAY)})
    assert place.ids("new_since", person="eve") == ["mug", "jam"]
    assert place.ids("new_since", person="nobody") == []


def test_search_finds_by_words_and_manual_is_as_the_shop_says(place: Place):
    assert set(place.ids("search", search="green tea")) == {"green", "sencha"}
    assert place.picks("manual", products=("pot", "cup")) == [
        ("pot", "Picked by the shop"),
        ("cup", "Picked by the shop"),
    ]


def test_automatic_goes_by_the_page_the_cart_and_the_visitor(place: Place):
    place.bought("ann", "green", "cup")
    place.bought("bob", "honey", "saucer")
    assert place.ids("automatic", product="green")[0] == "cup"
    assert place.ids("automatic", page="cart", cart=["honey"])[0] == "saucer"
    assert place.ids("automatic", person="bob", max=2) == ["honey", "saucer"]
    assert len(place.ids("automatic")) == 6


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_strategy_says_nothing_where_nothing_is_known(name: str):
    shelves = Shelves(Stock({}, {}), Now())
    assert choose(shelves, Recommender(strategies=(name,)), Occasion(NOW, product="gone", cart=["gone"])) == []
