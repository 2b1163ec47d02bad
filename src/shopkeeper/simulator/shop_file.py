"""The demo shop's definitions, as packaged."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
import yaml

from shopkeeper.model.definitions import ShopFile

SHOP_YAML = Path(__file__).parent / "shop.yaml"


@cache
def shop_file() -> ShopFile:
    """Zones and campaigns of the demo shop."""
    return msgspec.convert(yaml.safe_load(SHOP_YAML.read_text("utf-8")), ShopFile)
