"""One open shop on each database for a whole module; every example leaves it as empty as it found it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from shopkeeper.engine.shop import Shop
from tests.properties.worlds import PRODUCTS, SHOP, START


def _shop(folder: Path, database: str | None = None) -> Shop:
    shop = Shop.open(folder, database, now=lambda: START)
    shop.put_products(PRODUCTS)
    shop.apply(SHOP)
    return shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """A shop on SQLite."""
    shop = _shop(tmp_path_factory.mktemp("shop"))
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def postgres_shop(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[Shop]:
    """The same shop on PostgreSQL."""
    shop = _shop(tmp_path_factory.mktemp("shop"), _schema(postgres_server, "properties"))
    yield shop
    shop.close()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, postgres_server: str) -> Iterator[list[Shop]]:
    """Three nodes of one shop on PostgreSQL."""
    url, folder = _schema(postgres_server, "nodes"), tmp_path_factory.mktemp("nodes")
    found = [_shop(folder, url), *(Shop.open(folder, url, now=lambda: START) for _ in range(2))]
    yield found
    for node in found:
        node.close()


def _schema(server: str, name: str) -> str:
    """An empty database of that name, as far as a shop can tell."""
    with psycopg.connect(server, autocommit=True) as db:
        db.execute(f"CREATE SCHEMA {name}")
    return f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{name}"
