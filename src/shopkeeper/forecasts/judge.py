"""The back-test: how well the held-out days were foretold, beside what simple rules would have given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
import numpy as np

from shopkeeper.forecasts.anchor import anchored
from shopkeeper.forecasts.draw import Drawn
from shopkeeper.forecasts.features import OWN, Features, features
from shopkeeper.forecasts.index import CUSTOMER
from shopkeeper.forecasts.logistic import Weights, log_odds, lost
from shopkeeper.forecasts.newton import sigmoid
from shopkeeper.forecasts.purchases import Doubles, Flags, Longs
from shopkeeper.forecasts.space import Space

BINS = 20
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""Shares of the customers that are contacted, for the curve."""
LEAST = 3
"""Buyers that a part of the customers needs to be judged."""
PARTS = ("all", "repeat", "never bought", "launch")
"""All customers for sets sold before; of these the past buyers and the others; all customers for sets never sold."""


class Measures(NamedTuple):
    """How one ranking did."""

    auc: float
    pr_auc: float
    lift_5: float
    lift_10: float
    recall_10: float


class Line(msgspec.Struct, frozen=True):
    """How one method did for some of the customers, means over sets."""

    method: str
    part: str
    auc: float
    pr_auc: float
    lift_5: float
    lift_10: float
    recall_10: float
    sets: int


class Point(msgspec.Struct, frozen=True):
    """Contacting the first share of the ranking reaches so much of the buyers."""

    contacted: float
    reached: float
    by_activity: float
    by_count: float


class Bin(msgspec.Struct, frozen=True):
    """Of customers with about this chance, the share that bought."""

    people: int
    chance: float
    bought: float


class Report(msgspec.Struct, frozen=True):
    """The back-test that is stored with a model."""

    first_day: int
    """The days that were held out: the first, and how many."""
    days: int
    sets: int
    lines: tuple[Line, ...]
    curve: tuple[Point, ...]
    calibration: tuple[Bin, ...]
    calibration_error: float
    brier: float
    size_error: float
    """Median of |foretold buyers / buyers - 1| over sets sold before, anchored."""
    size_error_unanchored: float


Scorer = Callable[[Space, Features], Doubles]


def activity(known: Space, _found: Features) -> Doubles:
    """Who bought often lately, whatever it was."""
    return np.asarray(known.about[:, CUSTOMER.index("visits_30")], np.float64)


def counted(known: Space, found: Features) -> Doubles:
    """How often the set was bought, lately more; the rest by activity. Also what is served where data is little."""
    score = 1e-4 * activity(known, found)
    score[found.buyers] += found.own[:, OWN.index("bought_90")]
    return score


def model(weights: Weights) -> Scorer:
    """The model's chances as they are."""
    return lambda known, found: sigmoid(log_odds(weights, known.about, found).astype(np.float64))


def anchored_model(weights: Weights) -> Scorer:
    """The model's chances, anchored to the set's own recent sales."""

    def score(known: Space, found: Features) -> Doubles:
        z = log_odds(weights, known.about, found)
        return anchored(z, known.known, found, lost(weights, found)).astype(np.float64)

    return score


def judge(known: Space, sets: Sequence[Drawn], weights: Weights | None, horizon: int) -> Report:
    """Judge weights that never saw the days after `known` by what was bought in them."""
    methods: dict[str, Scorer] = {"activity": activity, "past count": counted}
    if weights is not None:
        methods |= {"plain": model(weights), "model": anchored_model(weights)}
    trial = Trial(known, methods)
    for drawn in sets:
        trial.add(drawn, features(known, drawn.members, horizon))
    best = "model" if weights is not None else "past count"
    parts = calibration(*trial.chances("model")) if weights is not None else []
    chance, bought = trial.chances("model") if weights is not None else (np.zeros(1), np.zeros(1, bool))
    return Report(
        first_day=known.past.day,
        days=horizon,
        sets=len(sets),
        lines=tuple(line for line in trial.lines() if line.method != "plain"),
        curve=tuple(
            Point(share, trial.reached(best, n), trial.reached("activity", n), trial.reached("past count", n))
            for n, share in enumerate(SHARES)
        ),
        calibration=tuple(Bin(*part) for part in parts),
        calibration_error=expected_error(parts),
        brier=float(((chance - bought) ** 2).mean()),
        size_error=trial.size_error("model"),
        size_error_unanchored=trial.size_error("plain"),
    )


class Trial:
    """Methods beside each other over many sets."""

    def __init__(self, known: Space, methods: dict[str, Scorer]) -> None:
        self.known = known
        self.methods = methods
        self._found: dict[tuple[str, str], list[Measures]] = {}
        self._reached: dict[str, list[Doubles]] = {name: [] for name in methods}
        self._chances: dict[str, list[tuple[Doubles, Flags]]] = {name: [] for name in methods}
        self._sizes: dict[str, list[float]] = {name: [] for name in methods}

    def add(self, drawn: Drawn, found: Features) -> None:
        """One more set: who bought of it, and what is known of everybody."""
        everybody = self.known.known
        bought, repeat = np.zeros(len(everybody), bool), np.zeros(len(everybody), bool)
        bought[drawn.bought], repeat[found.buyers] = True, True
        launch = drawn.kind == "launch"
        for name, method in self.methods.items():
            score = method(self.known, found)
            groups = {"launch": everybody} if launch else {"all": everybody, "repeat": everybody & repeat}
            groups["never bought"] = everybody & ~repeat
            groups["all four kinds"] = everybody
            groups[drawn.kind] = everybody
            for part, group in groups.items():
                if bought[group].sum() >= LEAST and not bought[group].all():
                    self._found.setdefault((name, part), []).append(measure(score[group], bought[group]))
            self._reached[name].append(reached(score[everybody], bought[everybody], SHARES))
            self._chances[name].append((score[everybody].astype(np.float32), bought[everybody]))
            if not launch:
                self._sizes[name].append(abs(float(score[everybody].sum()) / len(drawn.bought) - 1))

    def lines(self) -> list[Line]:
        """Means over sets."""
        return [
            Line(
                name,
                part,
                **dict(zip(Measures._fields, np.mean(np.array(found), axis=0).tolist(), strict=True)),
                sets=len(found),
            )
            for (name, part), found in self._found.items()
        ]

    def reached(self, method: str, share: int) -> float:
        """Mean share of the buyers among the first `SHARES[share]` customers."""
        return float(np.mean([each[share] for each in self._reached[method]])) if method in self._reached else 0.0

    def chances(self, method: str) -> tuple[Doubles, Flags]:
        """Every customer's chance for every set, and whether they bought."""
        found = self._chances[method]
        return np.concatenate([f[0] for f in found]).astype(np.float64), np.concatenate([f[1] for f in found])

    def size_error(self, method: str) -> float:
        """Median error of the number of buyers that was foretold."""
        return float(np.median(self._sizes[method])) if self._sizes.get(method) else 0.0


def measure(score: Doubles, bought: Flags) -> Measures:
    """AUC with ties counted half; average precision; lift and recall of the first 5 and 10 %, ties shared evenly."""
    hits, n = int(bought.sum()), len(bought)
    found, count = _by_score(score, bought)
    misses = count - found
    worse = (n - hits) - np.cumsum(misses)
    auc = float((found * (worse + misses / 2)).sum() / (hits * (n - hits)))
    precision = np.cumsum(found) / np.cumsum(count)
    five, ten = reached(score, bought, (0.05, 0.1))
    return Measures(auc, float((precision * found).sum() / hits), five / 0.05, ten / 0.1, ten)


def reached(score: Doubles, bought: Flags, shares: Sequence[float]) -> Doubles:
    """The share of the buyers among each first share of the ranking."""
    found, count = _by_score(score, bought)
    below = np.cumsum(count) - count
    hits = max(int(bought.sum()), 1)
    return np.array([(found * np.clip((s * len(bought) - below) / count, 0, 1)).sum() / hits for s in shares])


def _by_score(score: Doubles, bought: Flags) -> tuple[Doubles, Longs]:
    """Buyers and customers of each score, the best first."""
    values, place, count = np.unique(-score, return_inverse=True, return_counts=True)
    return np.asarray(np.bincount(place, bought, len(values)), np.float64), count.astype(np.int64)


def calibration(chance: Doubles, bought: Flags, bins: int = BINS) -> list[tuple[int, float, float]]:
    """(people, mean chance, share that bought) in parts of equal size by chance."""
    order = np.argsort(chance, kind="stable")
    return [(len(p), float(chance[p].mean()), float(bought[p].mean())) for p in np.array_split(order, bins) if len(p)]


def expected_error(parts: Sequence[tuple[int, float, float]]) -> float:
    """Expected calibration error: the mean distance between chance and share."""
    return sum(n * abs(chance - share) for n, chance, share in parts) / max(sum(part[0] for part in parts), 1)
