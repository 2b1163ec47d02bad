"""Numbers that break things, or that evaluators might add up differently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shopkeeper import populations
from shopkeeper.conditions.live import Standing
from shopkeeper.model.errors import BadInput
from shopkeeper.model.time import DAY, parse_time
from shopkeeper.timelines import Timeline, facts
from tests.segments.stage import Stage

NOW = parse_time("2026-03-10T12:00:00Z")
ABSURD = (1e308, -1e308, 1.0001e15, 10**400, float("inf"), float("nan"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    stage = Stage(tmp_path, "{}", now=NOW)
    yield stage
    stage.close()


@pytest.mark.parametrize("number", ABSURD)
def test_absurd_numbers_are_missing(number: float):
    assert facts.scalars({"a": number, "b": 1, "c": {"d": number, "e": True}}) == {"b": 1, "c.e": True}
    assert facts._number(number) is None
    assert facts._money({"price": number}, "EUR") is None
    assert facts.scalars({"a": 10**15, "b": -1e15}) == {"a": 10**15, "b": -1e15}


@pytest.mark.parametrize(("quantity", "kept"), [(1e-300, 1e-300), (1e300, None), (2.0, 2.0)])
def test_lines_of_absurd_quantities_have_no_price(quantity: float, kept: float | None):
    line = facts.Bought("tea", quantity, 500, 0)
    more: dict[str, Any] = {"value": 500, "refunded": 0, "discount": 0, "month": 3, "in_shop_currency": True}
    found = facts.order_facts("o", 1, b"1", "d", lines=[line], **more)[1]
    assert (found.quantity, found.price) == (kept, 250 if quantity == 2 else None)


@pytest.mark.parametrize("bound", ["1.0e+300", ".inf", "-.inf", ".nan", "2.0e+15"])
@pytest.mark.parametrize(
    "rule",
    [
        "{{did: x, total: {{at_least: {}}}}}",
        "{{overdue: {{above: {}}}}}",
        "{{attribute: a, is: {{below: {}}}}}",
        "{{attribute: a, is: {}}}",
        "{{spend: {}}}",
    ],
)
def test_absurd_bounds_are_refused(stage: Stage, rule: str, bound: str):
    with pytest.raises(BadInput, match="possible"):
        stage.rule(rule.format(bound))


def test_absurd_events_break_nobody(stage: Stage):
    for number in (1e308, 1e15, -1e15):
        for quantity in (1e308, 1e15):
            cart = {"product_id": "tea", "price": number, "quantity": quantity, "minutes": number}
            stage.did("ann", NOW, "Product Added", cart)
    for at in (NOW - DAY, NOW):
        stage.did("ann", at, "Order Completed", {"order_id": f"o{at}", "value": 5, "products": [{"product_id": "t"}]})
    stage.did("ann", NOW + 1, "Product Added", {"product_id": "tea", "price": 1e13, "quantity": 1e15})
    assert stage.inside(stage.rule("{did: Product Added, total: {at_least: 1}, of: minutes}"), NOW) == set()
    assert stage.inside(stage.rule("{cart: open, value: {at_least: 1}}"), NOW + 2) == {"ann"}
    overdue = stage.rule("{overdue: {above: 1.0e+15}, sure_from: 2}")
    assert stage.inside(overdue, NOW + 2) == set()
    ann = stage.everybody()["u:ann"]
    assert Standing(Timeline(ann), "u:ann", NOW, {}).answer(overdue).until < 2**63


def test_dues_of_absurd_bounds_can_be_kept(stage: Stage):
    stage.did("ann", NOW, "Order Completed", {"order_id": "o", "value": 5, "products": [{"product_id": "t"}]})
    rule = stage.rule("{overdue: {above: 1.0e+15}}")
    with stage.shop.state.read() as conn:
        assert populations.due(conn, stage.shop.history, {"it": rule}, NOW).table.num_rows <= 1


def test_tenths_add_up_to_one(stage: Stage):
    for number in range(10):
        stage.did("ann", NOW + number, "Workout", {"minutes": 0.1, "tiny": 2.5e-6})
    for bounds in ("{at_least: 1}", "{at_most: 1}", "1"):
        assert stage.inside(stage.rule(f"{{did: Workout, total: {bounds}, of: minutes}}"), NOW + 10) == {"ann"}
    assert stage.inside(stage.rule("{did: Workout, total: {above: 1}, of: minutes}"), NOW + 10) == set()
    assert stage.inside(stage.rule("{did: Workout, total: 0.00003, of: tiny}"), NOW + 10) == {"ann"}
