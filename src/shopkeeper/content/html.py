"""Markup put together from values: whatever is not markup already is escaped here, once."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from shopkeeper.content.words import Words
from shopkeeper.model.definitions import Communication, Product

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_IGNORED = re.compile(r"[\x00-\x20\x7f-\x9f]")
_FOLLOWED = frozenset(("http", "https", "mailto", "tel"))
_VOID = frozenset(("img", "input"))


def address(url: str) -> str:
    """The address if it may be followed or loaded, else nothing: never javascript: and its like."""
    scheme = _SCHEME.match(_IGNORED.sub("", url))  # browsers overlook these characters
    return "" if scheme and scheme[1].lower() not in _FOLLOWED else url.strip()


def tag(name: str, attributes: dict[str, str | bool | None], *children: str) -> str:
    """An element. Attributes are escaped, those without a value left out; children are markup."""
    written = "".join(
        f" {key}" if value is True else f' {key}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value not in (None, False)
    )
    return f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{''.join(children)}</{name}>"


def text(name: str, words: str, **attributes: str | bool | None) -> str:
    """An element around plain text; nothing without text."""
    return tag(name, dict(attributes), escape(words, quote=False)) if words else ""


def picture(source: str, alt: str) -> str:
    """A picture that shows its description where it cannot be loaded; nothing without an address."""
    src = address(source)
    return tag("img", {"src": src, "alt": alt, "loading": "lazy"}) if src else ""


def link(href: str, element: str, *children: str, style: str | None = None) -> str:
    """A link that is an element, or without an address a button."""
    href = address(href)
    kind = {"href": href} if href else {"type": "button"}
    return tag("a" if href else "button", {"class": style, "data-sk-element": element, **kind}, *children)


def leads(communication: Communication, element: str, otherwise: str) -> str:
    """Where an element leads: where it says itself, else where the content says."""
    part = communication.elements.get(element)
    return (part.href if part else "") or otherwise


def card(product: Product, words: Words, currency: str) -> str:
    """A product to be clicked."""
    price = product.price if product.sale_price is None else product.sale_price
    own = product.currency or currency
    was = product.price if price is not None and product.price is not None and price < product.price else None
    return tag(
        "a",
        {"href": address(product.url) or None, "data-sk-element": "product", "data-sk-product": product.id},
        tag("img", {"src": address(product.image), "alt": "", "loading": "lazy"}) if address(product.image) else "",
        text("span", product.name),
        text("span", words.money(price, own)) if price is not None else "",
        tag("s", {"aria-label": f"{words['was']} {words.money(was, own)}"}, escape(words.money(was, own)))
        if was is not None
        else "",
    )


def cards(products: Iterable[Product], words: Words, currency: str, style: str = "sk-cards") -> str:
    """Products in a list."""
    items = [tag("li", {}, card(product, words, currency)) for product in products]
    return tag("ul", {"class": style}, *items) if items else ""
