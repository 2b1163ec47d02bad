"""Ranking everybody by the chance of buying some of a set, and why the first of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.anchor import anchored
from shopkeeper.forecasts.features import Features, features
from shopkeeper.forecasts.judge import counted
from shopkeeper.forecasts.logistic import Weights, log_odds, lost
from shopkeeper.forecasts.purchases import Floats, Ints
from shopkeeper.forecasts.space import Space


class Ranking(NamedTuple):
    """Everybody's place."""

    found: Features
    chance: Floats
    """(customers,) chance of buying within the horizon; nan for all where there is too little data to know it."""
    score: Floats
    """(customers,) what they are ranked by; -inf for customers without a purchase."""

    def first(self, count: int) -> Ints:
        """The first customers, the best first."""
        return best(self.score, count)


def best(score: Floats, count: int) -> Ints:
    """The first by score, the best first; of equals the one with the lower number. Nobody whose score is -inf."""
    count = min(count, int(np.isfinite(score).sum()))
    if not count:
        return np.zeros(0, np.int32)
    edge = np.partition(score, len(score) - count)[len(score) - count]
    some = np.flatnonzero(score >= edge)
    order = np.lexsort((some, -score[some]))
    return some[order][:count].astype(np.int32)


def rank(known: Space, weights: Weights | None, members: Ints, horizon: int) -> Ranking:
    """Rank for the set `members`. Without weights by past purchases and activity, and no chance is told."""
    found = features(known, members, horizon)
    everybody = known.known
    if weights is None:
        score = np.where(everybody, counted(known, found), -np.inf)
        nothing = np.full(len(score), np.nan, np.float32)
        return Ranking(found, nothing, score.astype(np.float32))
    z: Floats = log_odds(weights, known.about, found)
    chance = anchored(z, everybody, found, lost(weights, found))
    return Ranking(found, chance, np.where(everybody, z, np.float32(-np.inf)))
