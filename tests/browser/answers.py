"""Decisions for one zone as the server writes them for the tag."""

from __future__ import annotations

from typing import Any


def answer(kind: str = "block", **changes: Any) -> dict[str, Any]:
    """The communication `spring`, with some of it changed."""
    content = {"heading": "Spring tea", "text": "Fresh leaves", "button": "See", "href": "/tea"}
    content |= changes.pop("content", {})
    chosen = {"communication": "spring", "campaign": "c", "kind": kind, "version": 3, "content": content}
    return chosen | {"elements": {}, "trigger": {"on": "load"}, "close_after_s": None, "products": None} | changes
