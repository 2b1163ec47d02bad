"""A small line chart: where its lines and labels go. Pure geometry; the template draws it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shopkeeper.campaigns import Plan
from shopkeeper.model.money import exponent
from shopkeeper.model.time import to_datetime

WIDTH, HEIGHT = 1000, 100
ROUND = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)
"""Tops of an axis that people can halve in their heads."""


class Line(NamedTuple):
    """One series as the points of a polyline, and as the outline of the area below it."""

    name: str
    points: str
    area: str


class Chart(NamedTuple):
    """What the template draws: lines in a box of WIDTH x HEIGHT, labels at equal distances along both axes."""

    lines: list[Line]
    up: list[str]
    """Top, middle and bottom of the value axis."""
    across: list[str]
    width: int = WIDTH
    height: int = HEIGHT


def draw(values: Mapping[str, Sequence[int]], starts: Sequence[int], plan: Plan, label: str) -> Chart:
    """Lay out series of minor units that share their steps; `label` is the strftime form of a step's time."""
    scale = 10 ** exponent(plan.shop.currency)
    top = _top(max((value for run in values.values() for value in run), default=0) / scale)
    last = len(starts) - 1
    lines = []
    for name, run in values.items():
        points = " ".join(
            f"{WIDTH * step / max(last, 1):.1f},{HEIGHT * (1 - max(value / scale, 0) / top):.2f}"
            for step, value in enumerate(run)
        )
        lines.append(Line(name, points, f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}"))
    across = [to_datetime(starts[round(last * part / 3)], plan.zone).strftime(label) for part in range(4)]
    return Chart(lines, [f"{top * part:,.6g}" for part in (1, 0.5, 0)], across)


def curve(across: Sequence[float], values: Mapping[str, Sequence[float]]) -> Chart:
    """Lay out shares of 1 over shares of 1, from nothing to all."""
    lines = []
    for name, run in values.items():
        corners = [(0.0, 0.0), *zip(across, run, strict=True)]
        points = " ".join(f"{WIDTH * x:.1f},{HEIGHT * (1 - y):.2f}" for x, y in corners)
        lines.append(Line(name, points, f"0,{HEIGHT} {points} {WIDTH},{HEIGHT}"))
    return Chart(lines, ["100%", "50%", "0%"], ["0%", "33%", "67%", "100%"])


def _top(value: float) -> float:
    """The smallest of the round tops, times a power of ten, that is not below the value."""
    step = 1.0
    while step * 10 < value:
        step *= 10
    return next(step * part for part in ROUND if step * part >= value)
