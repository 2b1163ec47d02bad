"""The rules of product credit, one by one."""

from __future__ import annotations

import pytest

from shopkeeper.attribution.rules.products import BEGINNING, in_cart, why_not
from shopkeeper.attribution.rules.words import CartMove, Rules, Sale, Touch

RULES = Rules(product_lookback=100)
SALE = Sale("o1", 1000, b"5", "EUR", 10, 0, ())


def click(at: int, id: bytes = b"1") -> Touch:
    return Touch(at, id, "clicked", "c", "k", "block", "", "", frozenset({"tea"}))


@pytest.mark.parametrize(
    ("touch", "product", "previous", "why"),
    [
        (click(950), "tea", BEGINNING, ""),
        (click(900), "tea", BEGINNING, ""),
        (click(899), "tea", BEGINNING, "it is older than the lookback of product credit"),
        (click(950), "cup", BEGINNING, "it does not count for this product"),
        (click(1000, b"4"), "tea", BEGINNING, ""),
        (click(1000, b"6"), "tea", BEGINNING, "it came after the order"),
        (click(950), "tea", (950, b"0"), ""),
        (click(950), "tea", (950, b"2"), "an earlier order of the product used it up"),
    ],
)
def test_a_click_reaches_a_line_or_says_why_not(touch: Touch, product: str, previous, why: str):
    assert why_not(touch, product, SALE, previous, RULES) == why


def added(at: int, product: str = "tea") -> CartMove:
    return CartMove(at, b"1", product, added=True)


def removed(at: int) -> CartMove:
    return CartMove(at, b"1", "tea", added=False)


@pytest.mark.parametrize(
    ("moves", "orders", "lies"),
    [
        ([], [], False),
        ([added(5)], [], True),
        ([added(5, "cup")], [], False),
        ([added(5), added(6, "cup")], [], True),
        ([added(5), removed(6)], [], False),
        ([removed(4), added(5)], [], True),
        ([added(5), removed(11)], [], True),
        ([added(11)], [], False),
        ([CartMove(10, b"5", "tea", added=True)], [], False),
        ([CartMove(10, b"4", "tea", added=True)], [], True),
        ([added(5)], [(4, b"9")], True),
        ([added(5)], [(5, b"2")], False),
        ([added(5)], [(4, b"9"), (7, b"1")], False),
        ([added(5)], [(10, b"4")], False),
        ([added(5)], [(10, b"6")], True),
    ],
)
def test_a_product_lies_in_the_cart(moves: list[CartMove], orders: list[tuple[int, bytes]], lies: bool):
    assert in_cart("tea", (10, b"5"), moves, orders) == lies
