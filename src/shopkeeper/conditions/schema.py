"""The language as a JSON Schema, made from the structs that read it. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper.conditions.read import DEEPEST, MOST_CONDITIONS
from shopkeeper.model.segments import CONDITIONS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ACTS = ("did", "met", "orders")
"""Conditions that may follow another: `then` and `then_not`."""


def schema() -> dict[str, Any]:
    """The schema of a rule. What it cannot say (names that must exist, lengths of time, cycles) is checked on reading."""
    _, parts = msgspec.json.schema_components(list(CONDITIONS.values()), ref_template="#/$defs/{name}")
    for word, kind in CONDITIONS.items():
        part = parts[kind.__name__]
        part["required"] = sorted({*part["required"], word})
        properties = part["properties"]
        if kind.__name__ in ("All", "Either"):
            (inner,) = properties.values()
            inner["items"] = {"$ref": "#/$defs/Condition"}
        if kind.__name__ == "Not":
            properties["not"] = {"$ref": "#/$defs/Condition"}
        for name in ("then", "then_not"):
            if name in properties:
                properties[name] = {"anyOf": [_ref(word) for word in _ACTS] + [{"type": "null"}]}
    return {
        "$schema": DIALECT,
        "title": "A rule of a segment",
        "description": f"One tree of conditions: at most {MOST_CONDITIONS} of them, nested {DEEPEST} deep.",
        "$ref": "#/$defs/Condition",
        "$defs": {"Condition": {"anyOf": [_ref(word) for word in CONDITIONS]}, **parts},
    }


def _ref(word: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{CONDITIONS[word].__name__}"}
