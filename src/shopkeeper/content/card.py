"""Products as cards: the same for everybody, so each is drawn once for as long as the catalogue stays."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from shopkeeper.content.html import address, picture, tag, text
from shopkeeper.content.scene import Offer, Scene
from shopkeeper.model.definitions import Product


def cards(offers: Iterable[Offer], scene: Scene, style: str = "sk-cards") -> str:
    """Products in a list; nothing without products."""
    items = "".join(f"<li>{_card(offer.product, scene)}</li>" for offer in offers)
    return tag("ul", {"class": style}, items) if items else ""


def _card(product: Product, scene: Scene) -> str:
    known = scene.cards.get(product.id) if scene.cards is not None else None
    if known is None:
        known = _drawn(product, scene)
        if scene.cards is not None:
            scene.cards[product.id] = known
    return known


def _drawn(product: Product, scene: Scene) -> str:
    price = product.price if product.sale_price is None else product.sale_price
    currency = product.currency or scene.currency
    was = product.price if price is not None and product.price is not None and price < product.price else None
    written = scene.words.money(was, currency) if was is not None else ""
    return tag(
        "a",
        {"href": address(product.url) or None, "data-sk-element": "product", "data-sk-product": product.id},
        picture(product.image, ""),
        text("span", product.name),
        text("span", scene.words.money(price, currency)) if price is not None else "",
        tag("s", {"aria-label": f"{scene.words['was']} {written}"}, escape(written)) if written else "",
    )
