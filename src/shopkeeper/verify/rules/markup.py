"""What a page's markup holds of interest: scripts, zones, marks, policies, product data. Pure.

Scripts inside templates, comments and <noscript> never run and are passed over, as browsers do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any, NamedTuple

_MARKS = {"sk:page_type": "type", "sk:product": "product", "sk:category": "category"}
_ATTRIBUTES = {"data-sk-page": "type", "data-sk-product": "product", "data-sk-category": "category"}
_INERT = ("template", "noscript")
_CLASSIC = ("", "module", "text/javascript", "application/javascript", "text/ecmascript", "application/ecmascript")
_PRODUCT = re.compile(r"(?:https?://schema\.org/)?Product(?:Group)?")


class Script(NamedTuple):
    """A script element."""

    attributes: Mapping[str, str]
    text: str
    line: int

    @property
    def src(self) -> str:
        return self.attributes.get("src", "").strip()

    @property
    def runs(self) -> bool:
        """Whether browsers run it: consent tools write another type to hold a script back."""
        return self.attributes.get("type", "").strip().lower() in _CLASSIC


class Place(NamedTuple):
    """A zone of the page."""

    name: str
    line: int


class Markup:
    """A page, read."""

    def __init__(self, html: str) -> None:
        self.scripts: list[Script] = []
        self.zones: list[Place] = []
        self.marks: dict[str, str] = {}
        """type, product and category, as the tag reads them: a meta element is stronger than the body's attribute."""
        self.policies: list[str] = []
        """Content-Security-Policies of meta elements."""
        self.styles: list[str] = []
        """Addresses of style sheets."""
        self.served = False
        """Whether the shop's server put decided content in itself."""
        self.says_product = False
        """Whether something beside the marks says that it is a product's page."""
        self.base = ""
        """The address relative ones start from, where the page gives one."""
        _Reader(self).read(html)

    def linked(self) -> tuple[list[Any], list[str]]:
        """The products in its JSON-LD, and what is wrong with JSON-LD that cannot be read."""
        products, broken = [], []
        for script in self.scripts:
            if not script.attributes.get("type", "").lower().startswith("application/ld+json"):
                continue
            try:
                products += [thing for thing in _things(json.loads(script.text)) if _is_product(thing)]
            except (ValueError, RecursionError) as error:
                broken.append(f"line {script.line}: {error}")
        return products, broken


class _Reader(HTMLParser):
    def __init__(self, page: Markup) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page
        self.inert = 0
        self.open: tuple[dict[str, str], int] | None = None
        self.text: list[str] = []

    def read(self, html: str) -> None:
        self.feed(html)
        self.close()
        self._end_script()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given: dict[str, str] = {}
        for name, value in attrs:
            given.setdefault(name, value or "")
        line = self.getpos()[0]
        if tag in _INERT:
            self.inert += 1
        if self.inert:
            return
        page = self.page
        if tag == "script":
            self.open, self.text = (given, line), []
        elif tag == "meta":
            self._meta(given)
        elif tag == "link" and "stylesheet" in given.get("rel", "").lower().split():
            page.styles.append(given.get("href", ""))
        elif tag == "base" and not page.base:
            page.base = given.get("href", "")
        elif tag == "body":
            for name, mark in _ATTRIBUTES.items():
                if given.get(name):
                    page.marks.setdefault(mark, given[name])
        if "data-sk-zone" in given:
            page.zones.append(Place(given["data-sk-zone"], line))
        page.served = page.served or "data-sk-served" in given
        page.says_product = page.says_product or bool(_PRODUCT.fullmatch(given.get("itemtype", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag in _INERT and self.inert:
            self.inert -= 1
        if tag == "script":
            self._end_script()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.text.append(data)

    def _end_script(self) -> None:
        if self.open:
            given, line = self.open
            self.page.scripts.append(Script(given, "".join(self.text), line))
            self.open = None

    def _meta(self, given: Mapping[str, str]) -> None:
        name, content = given.get("name", ""), given.get("content", "")
        if name in _MARKS and content:
            self.page.marks[_MARKS[name]] = content
        if given.get("http-equiv", "").lower() == "content-security-policy":
            self.page.policies.append(content)
        if given.get("property") == "og:type" and content.lower() in ("product", "og:product", "product.item"):
            self.page.says_product = True


def ids_of(product: Any) -> Iterator[str]:
    """The ids a product and its variants go by, those first that the tag takes."""
    for one in (product, *_list(product.get("hasVariant"))):
        if isinstance(one, dict):
            said = (next(iter(_list(one.get(name))), None) for name in ("sku", "productID", "productGroupID"))
            if plain := next(
                (text for each in said if isinstance(each, str | int) and (text := str(each).strip())), ""
            ):
                yield plain[:255]


def _things(value: Any) -> Iterator[Any]:
    for one in _list(value):
        if isinstance(one, dict):
            for thing in _list(one.get("@graph")) or [one]:
                yield thing
                yield from _list(thing.get("mainEntity")) if isinstance(thing, dict) else ()


def _is_product(thing: Any) -> bool:
    kinds = _list(thing.get("@type")) if isinstance(thing, dict) else []
    return any(isinstance(kind, str) and _PRODUCT.fullmatch(kind) for kind in kinds)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
