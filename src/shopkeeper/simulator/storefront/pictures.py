"""Product pictures: small still lifes drawn in SVG, the same one for the same product."""

from __future__ import annotations

import random
from html import escape

from shopkeeper.simulator.catalogue import Item
from shopkeeper.simulator.ranges import RANGES, Palette
from shopkeeper.simulator.storefront.motifs import MOTIFS

SIZE = 480
_TABLE = 372
"""The height at which things stand."""
_CLOSER = "translate(240 392) scale(1.2) translate(-240 -392)"

_SHELVES = {shelf.slug: shelf for shelf in RANGES}


def picture(item: Item) -> str:
    """The SVG of a product: a lit wall, a table edge, and the thing itself with its shadow."""
    rng = random.Random(f"picture:{item.id}")
    palette = _palette(rng, item)
    body = f"<g transform='{_CLOSER}'>{MOTIFS[item.form](rng, palette)}</g>"
    return _frame(palette, body, escape(item.product.name), SIZE, SIZE)


def still_life(items: list[Item], width: int, category: str) -> str:
    """Several products side by side on one table: heroes and category tiles."""
    palette = _SHELVES[category].palettes[0]
    step = (width - SIZE) // max(1, len(items) - 1) if len(items) > 1 else 0
    parts = []
    for place, item in enumerate(items):
        rng = random.Random(f"picture:{item.id}")
        own = _palette(rng, item)
        parts.append(f'<g transform="translate({place * step} 0)">{MOTIFS[item.form](rng, own)}</g>')
    return _frame(palette, "".join(parts), "", width, SIZE)


def _palette(rng: random.Random, item: Item) -> Palette:
    """A strawberry bar is red; where the name says nothing about colour, chance chooses."""
    shelf = _SHELVES[item.product.category]
    chosen = rng.randrange(len(shelf.palettes))
    return shelf.palettes[next((place for word, place in shelf.tints.items() if item.id.startswith(word)), chosen)]


def _frame(palette: Palette, body: str, title: str, width: int, height: int) -> str:
    name = f"<title>{title}</title>" if title else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">{name}'
        '<defs><radialGradient id="lit" cx=".32" cy=".2" r="1"><stop stop-color="#fff" stop-opacity=".6"/>'
        '<stop offset=".75" stop-color="#fff" stop-opacity="0"/></radialGradient>'
        '<linearGradient id="round"><stop stop-color="#fff" stop-opacity=".28"/><stop offset=".3" stop-color="#fff"'
        ' stop-opacity=".05"/><stop offset="1" stop-color="#000" stop-opacity=".22"/></linearGradient></defs>'
        f'<rect width="{width}" height="{height}" fill="{palette.back}"/>'
        f'<rect width="{width}" height="{height}" fill="url(#lit)"/>'
        f'<rect y="{_TABLE}" width="{width}" height="{height - _TABLE}" fill="{palette.deep}" opacity=".1"/>'
        f"{body}</svg>"
    )
