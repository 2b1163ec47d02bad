"""Markup put together from values: whatever is not markup already is escaped here, once."""

from __future__ import annotations

import re
from html import escape

from shopkeeper.model.definitions import Communication

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
