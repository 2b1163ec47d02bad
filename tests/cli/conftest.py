"""A shop in a folder of its own and the program run on it, in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shopkeeper.cli.main import app
from shopkeeper.engine.shop import Shop
from shopkeeper.orders import get_order

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """`run("import", "orders", file)` is `shopkeeper --data ... import orders file`."""
    return lambda *words: CliRunner().invoke(app, ["--data", str(tmp_path / "data"), *map(str, words)])


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """The same shop, open."""
    shop = Shop.open(tmp_path / "data")
    yield shop
    shop.close()


def order(shop, order_id):
    """An order as the shop knows it, or None."""
    with shop.state.read() as conn:
        found = get_order(conn, order_id)
    return found[0] if found else None
