"""A small line chart: where its lines, ticks and labels go. Pure geometry; the template draws it as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from shopkeeper.campaigns import Plan
from shopkeeper.model.money import exponent
from shopkeeper.model.time import to_datetime

WIDTH, HEIGHT = 720, 200
LEFT, RIGHT, TOP, BOTTOM = 8, 56, 14, 24


class Line(NamedTuple):
    """One series as SVG points, and where its last value stands."""

    name: str
    points: str
    last_x: float
    last_y: float


class Tick(NamedTuple):
    """A place on an axis with its label."""

    at: float
    label: str
    anchor: str = "middle"


class Chart(NamedTuple):
    """Everything the template draws, in units of the view box."""

    width: int
    height: int
    lines: list[Line]
    across: list[Tick]
    up: list[Tick]
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def draw(values: Mapping[str, Sequence[int]], starts: Sequence[int], plan: Plan, label: str) -> Chart:
    """Lay out series of minor units that share their steps; `label` is the strftime form of a step's time."""
    scale = 10 ** exponent(plan.shop.currency)
    top = _ceiling(max((value for run in values.values() for value in run), default=0) / scale)
    inner_width, inner_height = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM

    def x(step: int) -> float:
        return round(LEFT + inner_width * step / max(len(starts) - 1, 1), 1)

    def y(amount: float) -> float:
        return round(TOP + inner_height * (1 - max(amount, 0) / top), 1)

    lines = [
        Line(
            name,
            " ".join(f"{x(i)},{y(value / scale)}" for i, value in enumerate(run)),
            x(len(run) - 1),
            y(run[-1] / scale),
        )
        for name, run in values.items()
    ]
    last = len(starts) - 1
    marks = {0: "start", last // 3: "middle", 2 * last // 3: "middle", last: "end"}
    across = [
        Tick(x(step), to_datetime(starts[step], plan.zone).strftime(label), anchor)
        for step, anchor in sorted(marks.items())
    ]
    up = [Tick(y(top * part), f"{top * part:,.6g}", "start") for part in (0, 0.5, 1)]
    return Chart(WIDTH, HEIGHT, lines, across, up)


def _ceiling(value: float) -> float:
    """The next of 1, 2, 5 x 10^n, so that ticks fall on numbers people say."""
    step = 1.0
    while step * 5 < value:
        step *= 10
    return next(step * part for part in (1, 2, 5, 10) if step * part >= value)
