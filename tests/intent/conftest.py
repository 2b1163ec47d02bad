"""The planted shop, learned once."""

from __future__ import annotations

import pytest

from tests.intent.planted import Planted, plant


@pytest.fixture(scope="session")
def planted() -> Planted:
    return plant()
