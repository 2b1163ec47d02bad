"""Which products a set means: by words, tests and ids, combined; never nothing, never everything by mistake."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.catalogue import Catalogue
from shopkeeper.model.product_sets import EmptySet
from shopkeeper.product_sets import World, freeze, read_set, resolve, split_ids, to_data
from tests.product_sets.conftest import NOW, catalogue, told


@pytest.mark.parametrize(
    ("where", "products"),
    [
        ({"price": {"above": 50}}, {"coffee", "pot-l"}),
        ({"list_price": {"above": 100}}, {"coffee"}),
        ({"sale_price": 90}, {"coffee"}),
        ({"brand": "fern"}, {"tea", "cup"}),
        ({"brand": ["Fern", "LOOM"]}, {"tea", "cup", "shirt", "shirt-red", "shirt-blue"}),
        ({"brand": {"starts_with": "acme"}}, {"coffee"}),
        ({"category": "drinks"}, {"tea", "coffee"}),
        ({"category": "Drinks > Tea"}, {"tea"}),
        ({"category": {"not": "drinks"}}, {"cup", "shirt", "shirt-red", "shirt-blue"}),
        ({"category": {"contains": "tea"}}, {"tea"}),
        ({"tag": "organic"}, {"tea"}),
        ({"tag": {"exists": False}, "price": {"exists": True}, "brand": {"exists": False}}, {"pot-s", "pot-l"}),
        ({"stock": {"at_least": 1}}, {"tea"}),
        ({"in_stock": False}, {"coffee"}),
        ({"on_sale": True}, {"coffee"}),
        ({"discount": {"at_least": 0.25}}, {"coffee"}),
        ({"margin": {"at_least": 0.6}}, {"tea"}),
        ({"age": {"below": 7}}, {"tea"}),
        ({"title": {"contains": "tea"}}, {"tea", "cup"}),
        ({"attributes.colour": "Red"}, {"shirt-red"}),
        ({"attributes.weight": {"at_least": 100}}, {"tea"}),
        ({"price": {"exists": False}}, {"bare", "cup"}),
        ({"id": ["tea", "bare"]}, {"tea", "bare"}),
        ({"description": {"contains": "porcelain"}}, {"cup"}),
        ({"description": {"contains": "cotton"}}, {"shirt-red"}),
        ({"description": "of linen", "attributes.colour": "blue"}, {"shirt-blue"}),
    ],
)
def test_tests_of_attributes(meant, where, products):
    assert set(meant({"where": where}).products) == products


@pytest.mark.parametrize(
    ("data", "products"),
    [
        ({"search": "tea"}, {"tea", "cup"}),
        ({"ids": "tea, bare\ncup;tea"}, {"tea", "bare", "cup"}),
        ({"all": [{"search": "tea"}, {"where": {"category": "Drinks"}}]}, {"tea"}),
        ({"any": [{"ids": ["bare"]}, {"where": {"price": {"above": 100}}}, {"ids": ["tea"]}]}, {"bare", "tea"}),
        ({"all": [{"where": {"brand": "fern"}}, {"not": {"ids": ["cup"]}}]}, {"tea"}),
        ({"where": "brand is Fern and not category is Kitchen"}, {"tea"}),
    ],
)
def test_sets_are_combined(meant, data, products):
    assert set(meant(data).products) == products


def test_a_product_means_its_variants_and_a_variant_only_itself(meant):
    assert meant({"ids": ["shirt"]}).products == ("shirt", "shirt-blue", "shirt-red")
    red = meant({"ids": ["shirt-red"]})
    assert red.products == ("shirt-red",)
    assert red.any_variant == {"shirt", "shirt-blue", "shirt-red"}


def test_the_id_of_a_group_means_its_variants(meant):
    found = meant({"ids": ["pots"]})
    assert found.products == ("pot-l", "pot-s") and not found.unknown_ids
    assert found.any_variant == {"pots", "pot-l", "pot-s"}


def test_unknown_ids_are_reported_and_the_others_count(meant):
    found = meant({"ids": "tea nosuch, neither"})
    assert found.products == ("tea",) and found.unknown_ids == ("nosuch", "neither")


@pytest.mark.parametrize("data", [None, {}, [], {"ids": ""}, {"ids": []}, {"ids": " , ;\n"}, {"search": ""},
                                  {"search": " !? "}, {"where": {}}, {"where": " "}])  # fmt: skip
def test_a_set_that_says_nothing_is_an_error_not_everything(data):
    with pytest.raises(EmptySet) as refused:
        read_set(data)
    assert refused.value.code == "empty_product_set"


def test_only_unknown_ids_are_an_error_that_names_them(meant):
    with pytest.raises(EmptySet, match="nosuch, neither") as refused:
        meant({"ids": ["nosuch", "neither"]})
    assert (refused.value.code, refused.value.unknown) == ("unknown_products", ("nosuch", "neither"))


@pytest.mark.parametrize("data", [{"where": {"brand": "nobody"}}, {"search": "rum"}, {"not": {"where": "id exists"}},
                                  {"all": [{"ids": ["tea"]}, {"ids": ["cup"]}]}])  # fmt: skip
def test_a_set_that_means_nothing_is_an_error(meant, data):
    with pytest.raises(EmptySet) as refused:
        meant(data)
    assert refused.value.code == "empty_product_set"


def test_a_list_longer_than_the_catalogue_is_taken_and_a_far_too_long_one_refused(meant):
    found = meant({"ids": [*map(str, range(50_000)), "tea"]})
    assert found.products == ("tea",) and len(found.unknown_ids) == 50_000
    with pytest.raises(ValueError, match="a set may list"):
        try:
            meant({"ids": [*map(str, range(200_001))]})
        except Exception as error:
            raise ValueError(str(error)) from error


def test_a_set_of_everything_is_a_set(meant):
    found = meant({"where": {"id": {"exists": True}}})
    assert len(found.products) == 9 and found.share == 1


def test_retired_products_are_meant_by_their_ids_or_when_asked_for():
    known = catalogue()
    gone = msgspec.structs.replace(known.products["tea"], retired_at=NOW)
    known = msgspec.structs.replace(known, products={**known.products, "tea": gone})
    world = World(known, "EUR", NOW, lambda _text: ["tea", "cup"], told)
    means = lambda data: resolve(read_set(data), world).products  # noqa: E731
    assert means({"search": "tea"}) == ("cup",)
    assert means({"where": {"brand": "fern"}}) == ("cup",)
    assert means({"ids": ["tea"]}) == ("tea",)
    assert means({"where": {"retired": True}}) == ("tea",)


def test_an_empty_catalogue_has_no_sets():
    with pytest.raises(EmptySet):
        resolve(
            read_set({"where": {"price": {"exists": False}}}), World(Catalogue(), "EUR", NOW, lambda _text: [], told)
        )


def test_a_frozen_set_stays_as_it_was(world):
    before = freeze(read_set({"where": {"brand": "fern"}}), world)
    assert before.ids == ("cup", "tea") and "brand fern" in before.of
    assert resolve(read_set(to_data(before)), world).products == ("cup", "tea")


def test_each_part_tells_what_it_means_by_itself(meant):
    tree = meant({"all": [{"search": "tea"}, {"where": {"category": "Drinks"}}]}).tree
    assert (tree.size, [(part.words, part.size) for part in tree.parts]) == (
        1,
        [("found by “tea”", 2), ("with category Drinks", 2)],
    )


@pytest.mark.parametrize("text", ["a,b c\nd;e\tf", " a , b ,, c\r\nd e f "])
def test_ids_are_separated_by_commas_spaces_and_lines(text):
    assert split_ids(text) == ("a", "b", "c", "d", "e", "f")


ids = st.sampled_from(["tea", "cup", "shirt", "shirt-red", "pots", "bare"])
leaves = st.one_of(
    st.lists(ids, min_size=1, max_size=3).map(lambda found: {"ids": found}),
    st.sampled_from([{"where": {"brand": "fern"}}, {"where": {"price": {"above": 15}}}, {"search": "tea"}]),
)
sets = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
        inner.map(lambda part: {"not": part}),
    ),
    max_leaves=6,
)
KNOWN = catalogue()
WORLD = World(KNOWN, "EUR", NOW, lambda _text: ["tea", "cup"], told)


def answer(data):
    try:
        return set(resolve(read_set(data), WORLD).products)
    except EmptySet:
        return set()


@given(sets)
def test_a_set_and_its_data_mean_the_same(data):
    assert answer(to_data(read_set(data))) == answer(data) <= set(KNOWN.products)


@given(sets, sets)
def test_all_any_and_not_are_those_of_sets(one, other):
    assert answer({"any": [one, other]}) == answer({"not": {"all": [{"not": one}, {"not": other}]}})
    assert not answer({"all": [one, {"not": {"any": [one, other]}}]})
