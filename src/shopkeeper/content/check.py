"""What is wrong with the content of a communication, told to its author before anybody sees it."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from shopkeeper.content.fill import faults
from shopkeeper.content.kinds import PIECES, Problem
from shopkeeper.model.definitions import Communication, ShopFile

_LIQUID = "See docs/guide/content.md for what templates may say."


def problems(communication: Communication, zone: ZoneInfo, *, code_permitted: bool) -> Iterator[Problem]:
    """(message, field, hint) of every fault of a communication's content."""
    for place, broken in faults(communication):
        yield f"the template is broken: {broken}", place, _LIQUID
    for piece in PIECES:
        if piece.has(communication):
            yield from piece.problems(communication, zone)
    if communication.custom_code and not code_permitted:
        hint = (
            "Set `custom_code: true` under `settings:`, if everybody who edits this file may run scripts in the shop."
        )
        yield "this shop does not permit custom code", "custom_code", hint
    if communication.kind == "quiz" and communication.quiz is None:
        yield "a quiz needs `quiz:`", "", "Give it questions and results."
    if communication.kind != "quiz" and communication.quiz is not None:
        yield f"a {communication.kind} asks no questions", "quiz", "Make it `kind: quiz`."
    if communication.content.banner and not communication.content.image:
        yield "a banner needs a picture", "content.banner", "Give `image:`."


def string_problems(file: ShopFile, known: frozenset[str]) -> Iterator[Problem]:
    """(message, place, hint) of words for what we never say."""
    for name in file.strings:
        if name not in known:
            yield f"we say nothing named {name!r}", f"$.strings.{name}", f"Names: {', '.join(sorted(known))}."
