"""Every sentence people say of segments can be said in the language, and means it: somebody is inside, somebody is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from shopkeeper.conditions.units import duration
from shopkeeper.model.definitions import Product
from shopkeeper.model.events import Event
from shopkeeper.model.time import parse_time
from tests.segments.stage import Stage

NOW = parse_time("2026-03-31T10:00:00Z")
EXAMPLES = yaml.safe_load(Path(__file__).with_name("examples.yaml").read_text())
SHOP = """
shop: {name: Tiny, currency: EUR, time_zone: Europe/Amsterdam}
zones: {hero: {kind: block}, corner: {kind: notification}}
campaigns:
  spring:
    status: published
    communications:
      spring-hero:
        kind: block
        zone: hero
        elements: {button: {join: gardeners, set: {season: Spring}}, other: {}}
        variants: {control: {}, loud: {content: {heading: Tea}}}
      spring-mail: {kind: email, elements: {button: {}}}
  autumn:
    status: published
    communications: {corner-box: {kind: notification, zone: corner}}
"""
PRODUCTS = [
    Product("tea", "Tea", price=1000, currency="EUR", category="Tea"),
    Product("tea-green", "Green tea", price=1100, currency="EUR", variant_of="tea"),
    Product("cup", "Cup", price=500, currency="EUR", category="Kitchen"),
    Product(
        "pot",
        "Pot",
        price=3000,
        sale_price=2000,
        currency="EUR",
        category="Kitchen",
        brand="Acme",
        tags=("gift",),
        cost=900,
    ),
    Product("phone", "Phone", price=49_900, currency="EUR", category="Electronics", in_stock=False),
    Product("laptop", "Laptop", price=99_900, currency="EUR", category="Electronics"),
    Product("shirt", "Shirt", price=2000, currency="EUR", category="Fashion > Shirts", extra={"colour": "Blue"}),
]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A shop in which for every example two people did what it says, each the same acts but for what matters."""
    definitions = yaml.safe_load(SHOP)
    definitions["segments"] = {f"example-{n}": {"rule": example["rule"]} for n, example in enumerate(EXAMPLES)}
    stage = Stage(tmp_path_factory.mktemp("shop"), yaml.safe_dump(definitions), PRODUCTS, NOW)
    for number, example in enumerate(EXAMPLES):
        for place in ("inside", "outside"):
            stage.take([_event(stage, f"{place}-{number}", *act) for act in example[place]])
    yield stage
    stage.close()


def _event(stage: Stage, user: str, ago: str, name: str, said: Any = None, context: Any = None) -> Event:
    at, said = NOW - duration(ago), dict(said or {})
    if name == "order":
        name, extra = "Order Completed", {"discount": said.pop("discount", 0)}
        lines = [{"product_id": id, "price": price} for id, price in said.items()]
        said = {"order_id": f"order-{user}-{ago}", "products": lines} | extra
    elif name in ("refund", "cancel"):
        name = {"refund": "Order Refunded", "cancel": "Order Cancelled"}[name]
        said["order_id"] = f"order-{user}-2 days"
    return stage.event(user, at, name, said, context)


@pytest.mark.parametrize("number", range(len(EXAMPLES)), ids=[example["says"] for example in EXAMPLES])
def test_somebody_is_inside_and_somebody_is_not(stage: Stage, number: int):
    inside = stage.inside(f"example-{number}", NOW)
    assert f"inside-{number}" in inside
    assert f"outside-{number}" not in inside
