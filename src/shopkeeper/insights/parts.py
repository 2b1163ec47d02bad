"""A rule taken apart: each condition with its place, its sentence and what it comes down to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from shopkeeper.conditions import AUDIENCE, Expr, sentence
from shopkeeper.conditions.read import read
from shopkeeper.model.segments import CONDITIONS, All, Either, Not, Reference
from shopkeeper.segments import Book

_WORDS = {kind: word for word, kind in CONDITIONS.items()}


class Part(NamedTuple):
    """One condition of a rule."""

    where: str
    """Its place, as `$.all[0]`."""
    kind: str
    """The word it begins with."""
    sentence: str
    """In plain words, to stand after "people who"."""
    expr: Expr
    parts: tuple[Part, ...]
    """The conditions inside it; of a reference, those of the segment it names."""

    def walk(self) -> Iterator[Part]:
        """Itself and all inside it, the outer before the inner."""
        yield self
        for part in self.parts:
            yield from part.walk()


def taken_apart(rule: Any, book: Book, where: str = "$") -> Part:
    """The tree of a rule. BadInput says what is wrong in it."""
    expr = book.trial(rule, where)
    condition = read(rule, where)
    inner: list[tuple[Any, str]] = []
    match condition:
        case All():
            inner = [(part, f"{where}.all[{i}]") for i, part in enumerate(condition.all)]
        case Either():
            inner = [(part, f"{where}.any[{i}]") for i, part in enumerate(condition.any)]
        case Not():
            inner = [(condition.not_, f"{where}.not")]
        case Reference() if not condition.segment.startswith(AUDIENCE):
            named = book.segments[condition.segment]
            inner = [(named.rule, f"$.segments.{named.id}.rule")]
    parts = tuple(taken_apart(part, book, place) for part, place in inner)
    return Part(where, _WORDS[type(condition)], sentence(rule, book.world.currency), expr, parts)
