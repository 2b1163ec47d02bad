"""Definitions as earlier versions of the program wrote them, said in today's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_MOVED = {
    "order_lookback_hours": ("order_lookback", "{}h"),
    "product_lookback_days": ("product_lookback", "{}d"),
    "credit_products_in_cart": ("credit_products_in_cart", None),
}
"""Settings that stand under `attribution:` now: their names and how their numbers are written there."""


def renewed(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same definitions with moved settings where they stand today; what stands there already is left."""
    fresh = dict(data)
    settings, rules = fresh.get("settings"), fresh.get("attribution") or {}
    if not isinstance(settings, dict) or not isinstance(rules, dict) or not settings.keys() & _MOVED.keys():
        return fresh
    fresh["settings"] = {name: value for name, value in settings.items() if name not in _MOVED}
    moved = {
        name: form.format(settings[old]) if form else settings[old]
        for old, (name, form) in _MOVED.items()
        if old in settings
    }
    fresh["attribution"] = {**moved, **rules}
    return fresh
