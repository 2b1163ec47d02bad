"""What brings a pop-up or notification forward in the browser, as written in shop.yaml, and what the browser is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

Condition = Literal[
    "load",
    "delay",
    "scroll",
    "seen",
    "exit_intent",
    "inactivity",
    "click",
    "page_view",
    "cart_value",
    "event",
]
DEEPEST = 4
"""Levels of `any` and `all`."""

_NEEDS: dict[Condition, tuple[str, ...]] = {
    "delay": ("seconds",),
    "inactivity": ("seconds",),
    "seen": ("selector",),
    "click": ("selector",),
    "page_view": ("count",),
    "cart_value": ("value",),
    "event": ("name",),
}
"""Condition -> the fields without which it says nothing."""
_TAKES: dict[Condition, tuple[str, ...]] = {**_NEEDS, "scroll": ("share",), "exit_intent": ("seconds", "touch")}
_FIELDS = ("seconds", "share", "selector", "count", "value", "name", "touch")


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The browser condition that brings a pop-up or notification forward: one condition, or several in `any` or `all`."""

    on: Condition | None = None
    """Page `load` (what holds when nothing is said), a `delay`, `scroll` down the page, an element `seen`, `exit_intent`,
    `inactivity`, a `click` on an element, the n-th `page_view` of the visit, the cart reaching a `cart_value`, or a tracked
    `event`.
    """
    seconds: Annotated[float, Meta(ge=0, le=3600)] | None = None
    """`delay`, `inactivity`: how long; `exit_intent`: how long a page must have been open, 2 when left out."""
    share: Annotated[float, Meta(ge=0, le=1)] = 0.5
    """`scroll`: how far down the page, from 0 to 1."""
    selector: Annotated[str, Meta(max_length=500)] = ""
    """`seen`, `click`: the CSS selector of the element."""
    count: Annotated[int, Meta(ge=1, le=1000)] | None = None
    """`page_view`: from which page view of the visit on."""
    value: Annotated[float, Meta(ge=0, le=1_000_000_000)] | None = None
    """`cart_value`: what the cart must be worth at least, in the shop's currency."""
    name: Annotated[str, Meta(max_length=200)] = ""
    """`event`: the event's name, as `Product Added` or one of your own."""
    touch: bool = False
    """`exit_intent`: also on touch screens, where it is a guess: a quick scroll up, return after absence, inactivity."""
    any: tuple[Trigger, ...] = ()
    """Conditions of which one suffices."""
    all: tuple[Trigger, ...] = ()
    """Conditions that must all have held on the page, in any order."""

    def told(self) -> dict[str, Any]:
        """What the browser is told: the condition and its fields, or the parts."""
        for joint in ("any", "all"):
            if parts := getattr(self, joint):
                return {joint: [part.told() for part in parts]}
        on = self.on or "load"
        return {"on": on} | {field: getattr(self, field) for field in _TAKES.get(on, ())}

    def each(self) -> Iterator[Trigger]:
        """Its conditions, without the structure."""
        parts = self.any or self.all
        if parts:
            for part in parts:
                yield from part.each()
        else:
            yield self

    def problems(self, where: str, depth: int = 1) -> Iterator[tuple[str, str, str]]:
        """(message, where, hint) of what the types alone cannot refuse."""
        if bool(self.any) + bool(self.all) + bool(self.on) > 1:
            yield "`on`, `any` and `all` exclude each other", where, "Put one into the other's list."
            return
        if depth > DEEPEST:
            yield f"conditions may be nested {DEEPEST} deep", where, "Say the same with fewer levels."
            return
        for joint in ("any", "all"):
            for number, part in enumerate(getattr(self, joint)):
                yield from part.problems(f"{where}.{joint}[{number}]", depth + 1)
        taken = () if self.any or self.all else _TAKES.get(self.on or "load", ())
        for field in _FIELDS:
            if field not in taken and getattr(self, field) != _DEFAULT[field]:
                yield (
                    f"{field!r} means nothing here",
                    f"{where}.{field}",
                    "Leave it out, or give the `on` it belongs to.",
                )
        for field in _NEEDS.get(self.on or "load", ()):
            if getattr(self, field) in (None, ""):
                yield f"{self.on} needs `{field}`", where, f"Add `{field}:`."


_DEFAULT = {field.name: field.default for field in msgspec.structs.fields(Trigger)}
