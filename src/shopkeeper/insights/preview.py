"""A rule while it is being written: what it says, how many it means, and each of its conditions; why nobody is inside."""

from __future__ import annotations

from typing import Any

import msgspec

from shopkeeper import populations, timelines
from shopkeeper.conditions.leaves import And, Expr
from shopkeeper.insights.base import Base
from shopkeeper.insights.parts import Part, taken_apart

SAMPLE = 8
MOST_LEFT_OUT = 40
"""Conditions each of which is left out in turn, to say which of them keeps everybody out."""


class Sized(msgspec.Struct, frozen=True):
    """One condition and how many people it alone means."""

    where: str
    kind: str
    sentence: str
    size: int
    share: float
    parts: list[Sized]


class Preview(msgspec.Struct, frozen=True):
    """What a rule would give."""

    sentence: str
    size: int
    everybody: int
    share: float
    """Of everybody."""
    tree: Sized
    sample: list[str]
    """Some people inside."""
    empty_because: str
    """Why nobody is inside; empty where somebody is."""


def preview(base: Base, rule: Any) -> Preview:
    """Sizes of the whole and of every condition in one pass over everybody. BadInput points at what is wrong."""
    tree = taken_apart(rule, base.book)
    parts = list(tree.walk())
    wanted: dict[str, Expr] = {str(number): part.expr for number, part in enumerate(parts)}
    if isinstance(tree.expr, And) and len(tree.parts) <= MOST_LEFT_OUT:
        wanted |= {f"without {i}": _without(tree.expr, i) for i in range(len(tree.expr.parts))}
    thresholds = base.thresholds(wanted.values())
    sizes, everybody, some = populations.sizes(base.conn, base.history, wanted, base.now, thresholds, some=SAMPLE)
    by_place = {id(part): sizes[str(number)] for number, part in enumerate(parts)}
    size = sizes["0"]
    if size and not some:  # those of whom there is nothing to tell in this regard are only found by asking for all
        whole = populations.members(base.conn, base.history, {"it": tree.expr}, base.now, thresholds).table["who"]
        some = whole.slice(0, SAMPLE).to_pylist()
    sample = sorted(timelines.persons(base.conn, some).values())
    return Preview(
        tree.sentence,
        size,
        everybody,
        size / everybody if everybody else 0.0,
        _sized(tree, by_place, everybody),
        sample,
        "" if size else _because(tree, by_place, sizes, everybody),
    )


def _without(whole: And, place: int) -> Expr:
    return And(tuple(part for i, part in enumerate(whole.parts) if i != place))


def _sized(part: Part, sizes: dict[int, int], everybody: int) -> Sized:
    size = sizes[id(part)]
    inner = [_sized(each, sizes, everybody) for each in part.parts]
    return Sized(part.where, part.kind, part.sentence, size, size / everybody if everybody else 0.0, inner)


def _because(part: Part, sizes: dict[int, int], named: dict[str, int], everybody: int) -> str:
    """The condition that makes a rule empty, or that it is only all of them together."""
    if not everybody:
        return "Nobody is on record yet."
    empty = [inner for inner in part.parts if not sizes[id(inner)]]
    if part.kind == "all" and empty:
        return _because(empty[0], sizes, {}, everybody)
    if part.kind == "all":
        freed = [(named[f"without {i}"], inner) for i, inner in enumerate(part.parts) if named.get(f"without {i}")]
        text = "Each condition is met by somebody, but no one meets all of them."
        if freed:
            count, most = max(freed, key=lambda pair: pair[0])
            people = "1 person" if count == 1 else f"{count:,} people"
            text += f" Without “{most.sentence}” it would be {people}."
        return text
    if part.kind == "segment" and part.parts:
        return _because(part.parts[0], sizes, {}, everybody)
    if part.kind == "not":
        return f"Everybody on record is excluded: all people {part.parts[0].sentence}."
    return f"Nobody on record meets “{part.sentence}” ({part.where})."
