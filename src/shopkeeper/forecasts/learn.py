"""Learning from the shop's own past: random sets at several cutoffs, with what happened in the days after each.

Every cutoff has a `Space` of its own that was built from earlier days only. The newest window is held out: a model that
was never shown it is judged on it, and only then the model that is served learns from it too.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.draw import LEAST, Drawn, draw
from shopkeeper.forecasts.features import features
from shopkeeper.forecasts.judge import Report, judge
from shopkeeper.forecasts.logistic import Rows, Weights, fit, gather
from shopkeeper.forecasts.purchases import Products, Purchases, Site
from shopkeeper.forecasts.sample import sample
from shopkeeper.forecasts.space import Space, space

HORIZONS = (14, 28, 56)
STEP = 28
"""Days between cutoffs, and the window that is held out."""
CUTOFFS = 6
SETS = 48
"""Sets of each cutoff and horizon."""
JUDGED = 200
"""Sets of the back-test."""
LEAST_DAYS = 2 * STEP
LEAST_SETS = 160
BUYERS = 1_000
"""Buyers of a set that are learned from at most; weighted to stand for all of them."""
NEGATIVES, LEAST_NEGATIVES = 3, 300
"""Customers who did not buy, for each who did, and at least so many; weighted likewise."""


class Learnt(NamedTuple):
    """What training found out."""

    weights: Weights | None
    """None where there is too little data: then past purchases are counted, and it is said so."""
    report: Report | None
    """The back-test; None where there is nothing to hold out."""
    sets: int
    """Sets it learned from."""
    days: int
    """Days from the first purchase until now."""


class Example(NamedTuple):
    """One set at one cutoff: its rows, and the day on which its labels end."""

    rows: Rows
    end: int


def learn(
    purchases: Purchases, products: Products, customers: int, now: int, site: Site | None = None, seed: int = 1
) -> Learnt:
    """Fit and judge on what was bought before the day `now`."""
    purchases, customers, site, share = sample(purchases.before(now), customers, site)
    days = now - int(purchases.day.min(initial=now))
    if days < LEAST_DAYS:
        return Learnt(None, None, 0, days)
    examples: list[Example] = []
    held_out: tuple[Space, list[Drawn]] | None = None
    for number, cutoff in enumerate(cutoffs(now, days)):
        known = space(purchases, products, customers, cutoff, site, share)
        if number == 0:
            drawn = draw(known, purchases.between(cutoff, cutoff + STEP), JUDGED, seed)
            held_out = known, [each for each in drawn if len(each.bought) >= LEAST]
        examples += examples_at(known, purchases, now, seed + number)
    earlier = [example for example in examples if example.end <= now - STEP]
    judged = fit_all(earlier) if len(earlier) >= LEAST_SETS // 2 else None
    report = judge(*held_out, judged, STEP) if held_out and held_out[1] else None
    return Learnt(fit_all(examples) if len(examples) >= LEAST_SETS else None, report, len(examples), days)


def cutoffs(now: int, days: int) -> list[int]:
    """Days before which everything is known and after which it is asked for, the latest first; each leaves a horizon
    of past.
    """
    return [now - STEP * number for number in range(1, CUTOFFS + 1) if days - STEP * number >= STEP]


def examples_at(known: Space, purchases: Purchases, now: int, seed: int, sets: int = SETS) -> list[Example]:
    """Examples of one cutoff, of every horizon whose labels end by `now`."""
    day = known.past.day
    return [
        Example(_rows(known, drawn, horizon, seed), day + horizon)
        for horizon in HORIZONS
        if day + horizon <= now
        for drawn in draw(known, purchases.between(day, day + horizon), sets, seed * 100 + horizon)
    ]


def fit_all(examples: list[Example]) -> Weights:
    """One model of all examples."""
    return fit(Rows(*(np.concatenate(column) for column in zip(*(e.rows for e in examples), strict=True))))


def _rows(known: Space, drawn: Drawn, horizon: int, seed: int) -> Rows:
    found = features(known, drawn.members, horizon)
    others = np.setdiff1d(np.flatnonzero(known.known), drawn.bought)
    chance = np.random.default_rng((seed, horizon, int(drawn.members[0])))
    buyers = drawn.bought if len(drawn.bought) <= BUYERS else chance.choice(drawn.bought, BUYERS, replace=False)
    count = min(len(others), max(LEAST_NEGATIVES, NEGATIVES * len(buyers)))
    chosen = np.concatenate((buyers, chance.choice(others, count, replace=False))).astype(np.int32)
    x, repeat = gather(known.about, found, chosen)
    bought = np.arange(len(chosen)) < len(buyers)
    weight = np.where(bought, len(drawn.bought) / max(len(buyers), 1), len(others) / max(count, 1)).astype(np.float32)
    return Rows(x, repeat, bought, weight)


__all__ = ["Learnt", "cutoffs", "examples_at", "fit_all", "learn"]
