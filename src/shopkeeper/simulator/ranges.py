"""What the catalogue is made of: categories, what is sold in them in which variety, and their colours.

The words themselves are in `ranges.yaml`.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import yaml


class Palette(msgspec.Struct, frozen=True, array_like=True):
    """Colours of one still life: the wall, the thing, its dark and light parts, and one that speaks up."""

    back: str
    main: str
    deep: str
    light: str
    accent: str


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A group of similar products: the form of their pictures, their names, price range in cents, what is said of them."""

    form: str
    count: int
    firsts: tuple[str, ...]
    nouns: tuple[str, ...]
    prices: tuple[int, int]
    texts: tuple[str, ...]
    details: tuple[str, ...]
    staples: dict[str, int] = {}
    """Products with a fixed name and price in every catalogue, because shop.yaml and the crowd know them."""


class Range(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A category: its address, its title, a sentence about it, its brands, colours and lines."""

    slug: str
    title: str
    blurb: str
    brands: tuple[str, ...]
    palettes: tuple[Palette, ...]
    lines: tuple[Line, ...]
    tints: dict[str, int] = {}


RANGES: tuple[Range, ...] = msgspec.convert(
    yaml.safe_load((Path(__file__).parent / "ranges.yaml").read_text("utf-8")), tuple[Range, ...]
)
"""Every category, in the order of the shop's menu."""
