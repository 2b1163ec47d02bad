"""The demo shop's definitions, as packaged."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path

import msgspec
import yaml

from shopkeeper.model.definitions import ShopFile

SHOP_YAML = Path(__file__).parent / "shop.yaml"

_SUNDAY = "2030-01-06"


def shop_text(today: date) -> str:
    """shop.yaml as of a day: its countdown runs to a Sunday evening that is at least two days ahead."""
    sunday = next(day for n in range(7) if (day := today + timedelta(2 + n)).weekday() == 6)
    return SHOP_YAML.read_text("utf-8").replace(_SUNDAY, sunday.isoformat())


@cache
def shop_file() -> ShopFile:
    """Zones and campaigns of the demo shop."""
    return msgspec.convert(yaml.safe_load(SHOP_YAML.read_text("utf-8")), ShopFile)
