"""Google Merchant feeds in XML, RSS 2.0 or Atom: read item by item, and never trusted.

A document type is refused, and with it entities of any kind (bombs, files, addresses). Of a file that breaks off the
items before are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from shopkeeper.model.errors import BadInput

GOOGLE = "{http://base.google.com/ns/1.0}"
ATOM = "{http://www.w3.org/2005/Atom}"
LARGEST_ITEM = 4 << 20
"""Bytes of one item; more is no product."""
_ITEMS = frozenset(("item", f"{ATOM}entry", "entry"))
_SEVERAL = {"additional_image_link": "images", "product_type": "categories"}
"""Elements that may stand several times: the first is the field itself, and these take the others."""


class _Watched:
    """A file that may give so many bytes and no more before the next item ends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.since = 0

    def read(self, size: int) -> bytes:
        self.since += size
        if self.since > LARGEST_ITEM:
            raise BadInput(
                "bad_feed",
                f"An item of the feed is larger than {LARGEST_ITEM >> 20} MB",
                hint="Is this a feed of products?",
            )
        return self._file.read(size)


def read_feed(file: IO[bytes]) -> Iterator[dict[str, Any]]:
    """The items of a feed, each as field -> text, or a list where an element may stand several times.

    BadInput (raised when it is reached) names the line and column at which the XML breaks.
    """
    watched = _Watched(file)
    depth: list[Element] = []
    items = 0
    try:
        for event, element in iterparse(watched, ("start", "end"), forbid_dtd=True):
            if event == "start":
                depth.append(element)
                continue
            depth.pop()
            if element.tag in _ITEMS:
                items += 1
                watched.since = 0
                yield _values(element)
                element.clear()
                if depth:
                    depth[-1].clear()  # else the whole feed would pile up in memory
    except ParseError as error:
        line, column = error.position
        raise BadInput(
            "bad_xml",
            f"The XML breaks after {items:,} items: {str(error).partition(':')[0]}",
            where=f"line {line}, column {column + 1}",
            hint="What came before was read. Export the feed again.",
        ) from None
    except DefusedXmlException:
        raise BadInput(
            "unsafe_xml",
            "The feed has a document type, which could make its reader fetch files or fill the memory",
            hint="Take the <!DOCTYPE ...> out.",
        ) from None
    except (LookupError, ValueError) as error:
        raise BadInput("bad_xml", f"The feed cannot be read: {error}", hint="Save it as UTF-8.") from None
    if not items:
        raise BadInput("empty_file", "The feed has no item", hint="Name an RSS or Atom feed of products.")


def _values(item: Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for child in item:
        name = child.tag.rpartition("}")[2].lower()
        text = _text(child)
        if not name or not text:
            continue
        held = _SEVERAL.get(name)
        if held == "images" or (held and name in found):
            found.setdefault(held, []).append(text)
        elif child.tag.startswith(GOOGLE) or name not in found:  # what is Google's goes before what is the feed's own
            found[name] = text
    return found


def _text(child: Element) -> str:
    if child.tag == f"{ATOM}link":
        return child.get("href", "") if child.get("rel", "alternate") == "alternate" else ""
    if len(child):  # such as shipping, with parts of its own
        return "; ".join(f"{c.tag.rpartition('}')[2]}: {(c.text or '').strip()}" for c in child)
    return (child.text or "").strip()
