"""The tea shop with a small crowd, and what is asked of its people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shopkeeper.engine.segments import base
from shopkeeper.insights import Base
from tests.admin.seed import Little


@pytest.fixture
def little(tmp_path: Path) -> Iterator[Little]:
    shop = Little(tmp_path)
    shop.define()
    shop.ada()
    shop.crowd(60)
    yield shop
    shop.close()


@pytest.fixture
def crowd(little: Little) -> Iterator[Base]:
    """Everybody, as of now."""
    with little.shop.state.read() as conn:
        yield base(little.shop, conn)
