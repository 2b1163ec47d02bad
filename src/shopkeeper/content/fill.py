"""Templates filled in: a communication whose texts are those of this very moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from shopkeeper.content.clean import clean
from shopkeeper.content.liquid import Broken, Scenery, check, is_template, render
from shopkeeper.content.scene import Absent, Scene
from shopkeeper.model.definitions import Communication

PARTS = ("content", "quiz", "recommender", "elements")
"""The fields of a communication whose texts may be templates."""
MARKUP = "html"
"""The one field that is markup."""
_NEVER = ("set", "join", "products", "strategies", "category", "until", "element", "next")
"""Effects and rules: what decides something is never made of what a visitor said."""
Swap = Callable[[str, str, str], str]
"""From (text, its place, its field) to the text that takes its place."""


def templates(communication: Communication) -> Iterator[tuple[str, str, bool]]:
    """(place, text, whether it is markup) of every template of a communication."""
    found: list[tuple[str, str, bool]] = []

    def note(text: str, place: str, field: str) -> str:
        if is_template(text):
            found.append((place, text, field == MARKUP))
        return text

    _walked(communication, note)
    yield from found


def faults(communication: Communication) -> Iterator[tuple[str, Broken]]:
    """(place, what is wrong) of every template that cannot be read."""
    for place, text, markup in templates(communication):
        try:
            check(text, markup=markup)
        except Broken as broken:
            yield place, broken


def filled(communication: Communication, scene: Scene) -> Communication:
    """The communication with its templates rendered; markup is cleaned unless it may be custom code.

    Raises Absent when one of them cannot be rendered.
    """
    scenery: Scenery | None = None

    def put(text: str, place: str, field: str) -> str:
        if not is_template(text):
            return text
        nonlocal scenery
        if scenery is None:  # most communications have no template
            scenery = Scenery(scene.values(), scene.words, scene.currency, scene.zone, scene.now)
        try:
            made = render(text, scenery, markup=field == MARKUP)
        except Broken as broken:
            raise Absent(f"the template {place} is broken: {broken}") from None
        return clean(made) if field == MARKUP and not communication.custom_code else made

    return _walked(communication, put)


def _walked(communication: Communication, swap: Swap) -> Communication:
    parts = {name: _swapped(getattr(communication, name), name, name, swap) for name in PARTS}
    return msgspec.structs.replace(communication, **parts)


def _swapped(value: Any, place: str, field: str, swap: Swap) -> Any:
    if isinstance(value, str):
        return swap(value, place, field)
    if isinstance(value, tuple):
        return tuple(_swapped(each, f"{place}[{n}]", field, swap) for n, each in enumerate(value))
    if isinstance(value, dict):
        return {name: _swapped(each, f"{place}.{name}", field, swap) for name, each in value.items()}
    if isinstance(value, msgspec.Struct):
        changed = {}
        for name in value.__struct_fields__:
            if name not in _NEVER and (old := getattr(value, name)):
                new = _swapped(old, f"{place}.{name}", name, swap)
                if new is not old:
                    changed[name] = new
        return msgspec.structs.replace(value, **changed) if changed else value
    return value
