"""What is found, in which order, and what is said where nothing is."""

from __future__ import annotations

import pytest

from shopkeeper import catalogue
from shopkeeper.campaigns import parse_file
from shopkeeper.engine.derive import take_in
from shopkeeper.model.errors import BadInput
from shopkeeper.model.events import Event
from shopkeeper.search import Filters, Question, read_question
from tests.search.conftest import NOW, ids, put


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("running shoes", "run-1"),
        ("RUNNING Shoe", "run-1"),
        ("swift", "run-1"),
        ("fern socks", "sock"),
        ("trail runners", "run-2"),
        ("tshirt", "shirt"),
        ("t-shirts", "shirt"),
        ("lunch box", "box"),
        ("lunchboxes", "box"),
        ("500 ml water", "water"),
        ("500ml", "water"),
        ("sock", "sock"),
        ("shirt-red", "shirt"),
        ("RUN-2", "run-2"),
    ],
)
def test_words_find_products_in_any_form(look, text, first):
    found = look(text)
    assert (ids(found)[0], found.relaxed) == (first, "")


@pytest.mark.parametrize(("text", "first"), [("swi", "run-1"), ("canvas sneak", "sneak"), ("spar", "water")])
def test_the_last_word_may_be_begun(look, text, first):
    assert ids(look(text))[0] == first


@pytest.mark.parametrize(
    ("text", "meant", "first"),
    [
        ("runing shoes", "running shoes", "run-1"),
        ("sparklign", "sparkling", "water"),
        ("snaekers", "sneakers", "sneak"),
        ("canvsa sneakers", "canvas sneakers", "sneak"),
        ("bluetshirt", "blue tshirt", "shirt"),
    ],
)
def test_a_misspelt_word_is_corrected_and_that_is_said(look, text, meant, first):
    found = look(text)
    assert (found.relaxed, found.did_you_mean, ids(found)[0]) == ("corrected", meant, first)
    assert meant in found.said


def test_short_words_are_not_corrected(look):
    assert look("sok").relaxed in ("popular", "nothing")


def test_synonyms_find_each_other_as_words_and_phrases(look):
    assert ids(look("fizzy water")) == ["water"]
    assert ids(look("trainers"))[:2] == ["sneak", "run-1"]
    assert ids(look("running shoes"))[0] == "run-1"


def test_where_nothing_has_all_words_some_of_them_are_taken_and_that_is_said(look):
    found = look("purple running shoes")
    assert found.relaxed == "fewer_words" and ids(found)[0] == "run-1"
    assert "purple running shoes" in found.said


def test_where_nothing_has_any_word_what_sells_is_shown_and_that_is_said(shop, look):
    assert look("zzyzx").relaxed == "nothing" and not look("zzyzx").hits
    bought(shop, "sneak")
    shop.restock()
    found = look("zzyzx")
    assert (found.relaxed, ids(found)) == ("popular", ["sneak"])
    assert "what others buy" in found.said


def bought(shop, product):
    order = {"order_id": "o", "products": [{"product_id": product, "price": 5}]}
    event = Event(b"1" * 16, NOW - 1, NOW, "Order Completed", "d", None, 1, order)
    with shop.state.write() as conn:
        take_in(conn, shop.desk(), [event])


def test_nothing_is_relaxed_where_that_is_not_wanted(look):
    found = look("runing shoes", relax=False)
    assert (found.total, found.relaxed) == (0, "nothing")


@pytest.mark.parametrize("text", ["häuser", "Haus", "gemütliches Haus"])
def test_a_language_with_a_stemmer_is_stemmed(look, text):
    assert ids(look(text, language="de"))[0] == "haus"


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [("zielona herbata", "pl", "herbata"), ("lisciasta", "pl", "herbata"), ("緑茶", "ja", "cha"), ("抹", "ja", "cha")],
)
def test_a_language_without_one_is_found_as_it_is_written(look, text, language, first):
    assert ids(look(text, language=language))[0] == first


def test_stop_words_ask_for_nothing(look):
    assert ids(look("shoes for the run"))[0] == "run-1"
    assert look("for the").total <= 1


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(brand=("fern",)), {"run-1", "sock"}),
        (Filters(category=("shoes",)), {"run-1", "run-2", "sneak"}),
        (Filters(category=("Shoes > Running",)), {"run-1", "run-2"}),
        (Filters(category=("running", "drinks")), {"run-1", "run-2", "water"}),
        (Filters(tag=("NEW",)), {"run-1"}),
        (Filters(price_from=80, price_to=90), {"run-1", "run-2"}),
        (Filters(on_sale=True), {"run-2"}),
        (Filters(in_stock=False), {"sock"}),
        (Filters(brand=("fern",), in_stock=True), {"run-1"}),
        (Filters(brand=("nobody",)), set()),
    ],
)
def test_filters_leave_what_passes_all_of_them(look, filters, found):
    assert set(ids(look("", filters=filters))) == found


def test_facets_count_what_was_found(look):
    facets = look("running").facets
    assert [(f.value, f.count) for f in facets["brand"]] == [("Fern", 2), ("Acme", 1)]
    assert ("Clothes > Socks", 1) in [(f.value, f.count) for f in facets["category"]]
    assert {f.value: f.count for f in facets["in_stock"]} == {"yes": 2, "no": 1}
    assert look("running").price == (900, 9000)


@pytest.mark.parametrize(("sort", "first"), [("price", "water"), ("-price", "haus")])
def test_products_are_sorted_by_price(look, sort, first):
    found = look("", sort=sort, filters=Filters(price_from=0))
    assert ids(found)[0] == first


def test_pages_of_an_answer_hold_everything_once(look):
    pages = [ids(look("", limit=3, offset=offset, sort="price", filters=Filters(price_from=0))) for offset in (0, 3, 6)]
    everything = [id for page in pages for id in page]
    assert len(set(everything)) == len(everything) == 9


def test_a_group_is_found_once_and_shows_a_variant_that_can_be_bought(look):
    found = look("shirt")
    assert ids(found) == ["shirt"] and found.hits[0].product == "shirt-blue"
    assert look("shirt red").hits[0].id == "shirt"


def test_a_retired_product_is_not_found(shop, look):
    shop.write_products(lambda conn: catalogue.retire(conn, [shop.catalogue.products["box"]], shop.now()))
    assert look("lunchbox", relax=False).total == 0


def test_a_shop_may_weigh_its_fields(shop, look):
    put(shop, {"id": "t", "name": "Plain", "tags": ["plum"]}, {"id": "d", "name": "Plum jam"})
    assert ids(look("plum"))[0] == "d"
    shop.apply(parse_file("search: {boosts: {title: 0.1, tags: 50}}"))
    assert ids(look("plum"))[0] == "t"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"q": 5}, "$.q"),
        ({"q": "x" * 300}, "$.q"),
        ({"limit": 101}, "$.limit"),
        ({"limit": -1}, "$.limit"),
        ({"filters": {"brand": "Fern"}}, "$.filters.brand"),
        ({"filters": {"price_from": -1}}, "$.filters.price_from"),
        ({"filters": {"colour": "red"}}, "$.filters"),
        ({"sort": "chance"}, "$.sort"),
        ({"language": "english"}, "$.language"),
        ({"q": "a\0b"}, ""),
        ({"q": "a\ud800"}, ""),
    ],
)
def test_a_question_that_cannot_be_asked_names_its_place(data, where):
    with pytest.raises(BadInput) as refused:
        read_question(data, Question)
    assert refused.value.where == where


@pytest.mark.parametrize(
    "text", ["!!! ???", "a" * 200, "AND OR NOT", 'title:"x"~2 ^5', "((((", "*", "\u202e\u0301", "0" * 150]
)
def test_no_text_means_more_than_its_words(look, text):
    assert look(text).total == 0 or look(text).hits
