"""What everybody's purchases and views come to: how often, how fast it rises, what goes with what, how soon again. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from shopkeeper.model.time import DAY, HOUR, MINUTE
from shopkeeper.recommenders.factors import Factors, learn
from shopkeeper.recommenders.pairs import LONGEST, Neighbours, distinct, followed, met, ranked

BOUGHT_FOR, VIEWED_FOR = 180 * DAY, 30 * DAY
"""How long purchases and views count."""
ALSO = 90 * DAY
"""Purchases of one person so near to each other are `also bought`."""
VISIT = 30 * MINUTE
THEN = 7 * DAY
"""What is bought so long after a view follows it."""
BEFORE = 20
"""Views before a purchase that are looked at, the latest."""
NEAR = 300
"""Neighbours told of several products together."""
POINTS_FOR = HOUR
"""How long points of taste are kept."""
WEEK, MONTH = 7 * DAY, 28 * DAY
Kind = Literal["together", "likely", "also_bought", "also_viewed", "then_bought"]
Rows = NDArray[np.int64]
"""Five rows: what said it, at, who, product (a number), quantity."""
_KINDS: tuple[Kind, ...] = ("together", "likely", "also_bought", "also_viewed", "then_bought")


class Counts(msgspec.Struct, frozen=True):
    """The sums as of an instant. Products by what stands for them."""

    version: int = 0
    """Rises whenever it is counted; 0 before."""
    at: int = 0
    keys: Sequence[str] = ()
    """In their order."""
    numbers: Mapping[str, int] = {}
    bought: Mapping[str, float] = {}
    """Orders of the last 28 days that have the product, by product; here and in the next two the most first."""
    viewed: Mapping[str, float] = {}
    """Visitors who looked at it in the last 30 days, by product."""
    rising: Mapping[str, float] = {}
    """How far the last 7 days lie above the three weeks before, in standard deviations; only those above."""
    again_after: Mapping[str, float] = {}
    """Median days until the same person buys it again, where that was seen twice."""
    pairs: Mapping[Kind, Neighbours] = {}
    factors: Factors | None = None
    """Points of taste; None where there are too few people."""

    def near(self, kind: Kind, weights: Mapping[str, float], *, themselves: bool = False) -> list[tuple[str, float]]:
        """Neighbours of several products together, the nearest first and ties by id; the products `themselves` only if
        asked: as neighbours of each other.
        """
        own = sorted((self.numbers[key], weight) for key, weight in weights.items() if key in self.numbers)
        if kind not in self.pairs or not own:
            return []
        numbers = np.array([number for number, _ in own], np.int64)
        near, scores = self.pairs[kind].together(numbers, np.array([weight for _, weight in own]))
        if not themselves:
            others = ~np.isin(near, numbers)
            near, scores = near[others], scores[others]
        scores = scores.round(9)
        order = np.lexsort((near, -scores))[:NEAR]
        return [(self.keys[n], s) for n, s in zip(near[order].tolist(), scores[order].tolist(), strict=True)]


def count(
    lines: Rows, views: Rows, products: Sequence[str], now: int, version: int, factors: Factors | None = None
) -> Counts:
    """Count rows; `products` tells what stands for each of their products. `factors` are those of before: they are kept
    for a while, as points move slowly.
    """
    keys = sorted(set(products))
    numbers = {key: number for number, key in enumerate(keys)}
    renumbered = np.array([numbers[key] for key in products], np.int64)
    lines, views = (_known(rows, renumbered, now) for rows in (lines, views))
    size = max(len(keys), 1)
    basket = _latest(lines[0], lines, LONGEST)
    lately = lines[:, now - lines[1] <= ALSO]
    person = _latest(lately[2], lately, 2 * LONGEST)
    visits = views[:, np.lexsort((views[0], views[1], views[2]))]
    pairs: dict[Kind, Neighbours] = {
        "together": met(basket[0], basket[3], size),
        "likely": met(basket[0], basket[3], size, chance=True),
        "also_bought": met(person[2], person[3], size),
        "also_viewed": _in_visits(visits, size),
        "then_bought": _then(visits, lines, size),
    }

    def told(values: NDArray[Any]) -> dict[str, float]:
        some = np.flatnonzero(values > 0)
        order = some[np.lexsort((some, -values[some].round(9)))]
        return {keys[n]: value for n, value in zip(order.tolist(), values[order].tolist(), strict=True)}

    month = lines[:, now - lines[1] < MONTH]
    if factors is None or now - factors.at > POINTS_FOR or now < factors.at:
        factors = learn(lines, keys, now)
    orders = distinct(month[0])
    bought = _distinct(np.searchsorted(orders, month[0]), month[3], size)
    viewed = _distinct(views[2], views[3], size)
    return Counts(
        version, now, keys, numbers, told(bought), told(viewed), told(_rising(lines, views, now, size)),
        told(_again(lines, size)), pairs, factors,
    )  # fmt: skip


def _known(rows: Rows, renumbered: Rows, now: int) -> Rows:
    rows = rows[:, rows[1] <= now].copy()
    if rows.size:
        rows[3] = renumbered[rows[3]]
    return rows


def _latest(groups: Rows, rows: Rows, most: int) -> Rows:
    """The latest `most` rows of each group."""
    order = np.lexsort((rows[3], -rows[1], groups))
    return rows[:, order[ranked(groups[order]) < most]]


def _distinct(groups: Rows, products: Rows, size: int) -> Rows:
    """In how many groups each product is."""
    if not len(products):
        return np.zeros(size, np.int64)
    return np.bincount(distinct(groups * size + products) % size, minlength=size)


def _in_visits(views: Rows, size: int) -> Neighbours:
    who, at = views[2], views[1]
    new = np.r_[True, (who[1:] != who[:-1]) | (at[1:] - at[:-1] > VISIT)] if who.size else np.zeros(0, bool)
    visits = np.cumsum(new)
    order = np.lexsort((views[3], -at, visits))
    kept = order[ranked(visits[order]) < LONGEST]
    return met(visits[kept], views[3][kept], size)


def _then(views: Rows, lines: Rows, size: int) -> Neighbours:
    """Views (by person and time) and what the same person bought within a week after."""
    lines = lines[:, np.isin(lines[2], views[2])]
    if not lines.size:
        return met(np.zeros(0, np.int64), np.zeros(0, np.int64), size)
    _, who = np.unique(np.r_[views[2], lines[2]], return_inverse=True)
    viewer, buyer = who[: views.shape[1]], who[views.shape[1] :]
    first = int(min(views[1].min(), lines[1].min())) - THEN
    span = int(max(views[1].max(), lines[1].max())) - first + 1
    # Minutes keep person and time within one whole number.
    span = span // MINUTE + 2
    seen = viewer * span + (views[1] - first) // MINUTE
    until = buyer * span + (lines[1] - first) // MINUTE
    low = np.searchsorted(seen, until - THEN // MINUTE, "left")
    high = np.searchsorted(seen, until, "right")
    low = np.maximum(np.maximum(low, np.searchsorted(seen, buyer * span)), high - BEFORE)
    many = np.maximum(high - low, 0)
    at = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(low, many)
    looked, bought = views[3][at], np.repeat(lines[3], many)
    other = looked != bought
    return followed(looked[other], bought[other], size)


def _rising(lines: Rows, views: Rows, now: int, size: int) -> NDArray[np.float64]:
    """Source: the Poisson z-score of the last week against a third of the three weeks before."""
    total = np.zeros(size)
    for rows in (lines, views):
        age = now - rows[1]
        week = np.bincount(rows[3][age < WEEK], minlength=size)
        before = np.bincount(rows[3][(age >= WEEK) & (age < MONTH)], minlength=size) / 3
        total += np.where(week > before, (week - before) / np.sqrt(before + 1), 0.0)
    return total


def _again(lines: Rows, size: int) -> NDArray[np.float64]:
    """Median days between two purchases by one person."""
    found = np.zeros(size)
    who, product, day = lines[2], lines[3], lines[1] // DAY
    order = np.lexsort((day, product, who))
    who, product, day = who[order], product[order], day[order]
    gaps = day[1:] - day[:-1]
    same = (who[1:] == who[:-1]) & (product[1:] == product[:-1]) & (gaps > 0)
    gaps, of = gaps[same], product[1:][same]
    order = np.lexsort((gaps, of))
    gaps, of = gaps[order], of[order]
    many = np.bincount(of, minlength=size)
    starts = np.cumsum(many) - many
    enough = many >= 2
    found[enough] = gaps[starts[enough] + many[enough] // 2]
    return found
