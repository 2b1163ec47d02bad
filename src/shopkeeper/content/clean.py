"""Merchants' markup reduced to what is safe to put into a page, and made to work under a strict content policy."""

from __future__ import annotations

import re
from functools import cache

import nh3

_ATTRIBUTES = {
    "*": {"class", "style", "data-sk-element", "data-sk-close", "title", "role", "aria-label", "dir", "lang"}
}
_TAGS = {*nh3.ALLOWED_TAGS, "button"}
_FIXED = {"button": {"type": "button"}}
"""A button of ours inside a form of the shop does not send that form."""
_TAG = re.compile(r'<[a-z](?:[^<>"]|"[^"]*")*>')


def clean(html: str) -> str:
    """The markup without scripts, event handlers, forms, frames and addresses that run code."""
    return nh3.clean(html, tags=_TAGS, attributes=_allowed(), link_rel=None, set_tag_attribute_values=_FIXED)


def styled(html: str) -> str:
    """The same markup with its style attributes named `data-sk-style`: policies without unsafe-inline forbid the
    attribute but not a script's use of it, so the tag sets them.
    """
    return _TAG.sub(lambda tag: tag[0].replace(' style="', ' data-sk-style="'), html)


@cache
def _allowed() -> dict[str, set[str]]:
    merged = {tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()}
    for tag, names in _ATTRIBUTES.items():
        merged.setdefault(tag, set()).update(names)
    return merged
