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
    with psycopg.connect(postgres_server, autocommit=True) as db:
        db.execute("CREATE SCHEMA properties")
    joint = "&" if "?" in postgres_server else "?"
    url = f"{postgres_server}{joint}options=-csearch_path%3Dproperties"
    shop = _shop(tmp_path_factory.mktemp("shop"), url)
    yield shop
    shop.close()
