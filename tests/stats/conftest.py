"""The tea shop, empty."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.admin.seed import Little


@pytest.fixture
def little(tmp_path: Path) -> Iterator[Little]:
    """A shop without definitions or events."""
    shop = Little(tmp_path)
    yield shop
    shop.close()
