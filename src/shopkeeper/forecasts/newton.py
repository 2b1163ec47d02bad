"""The most likely weights of a logistic regression under an L2 penalty, by Newton's method; the same rows give the same weights.

Rows may come in groups of which each knows a part of the weights only: columns that are crossed with "bought before", say,
are nothing but a second weight of the same columns for the rows that did. So no column stands twice, and none is read
that is zero for all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from shopkeeper.forecasts.purchases import Doubles, Floats

STEPS = 40
ENOUGH = 1e-7
"""Share of the loss that a step must gain for another to be taken."""
TOGETHER = 65_536
"""Rows whose products are added up in single precision."""
Real = TypeVar("Real", Doubles, Floats)


class Group(NamedTuple):
    """Rows that share the weights they know."""

    x: Floats
    """(rows, columns)"""
    bought: Doubles
    weight: Doubles
    places: tuple[slice, ...]
    """Weights of the first columns, as many as the slice is long; where there are several slices they add up."""

    def meant(self, w: Doubles) -> Doubles:
        """The weights of the columns."""
        found = np.zeros(self.x.shape[1])
        for place in self.places:
            found[: _length(place)] += w[place]
        return found

    def odds(self, w: Doubles) -> Doubles:
        """Log odds of each row."""
        return (self.x @ self.meant(w).astype(np.float32)).astype(np.float64)


def _length(place: slice) -> int:
    return int(place.stop - place.start)


def newton(groups: Sequence[Group], penalty: Doubles) -> Doubles:
    """The weights that make what was bought most likely; the first is the constant, whose column is all ones."""
    w = np.zeros(len(penalty))
    weight = sum(float(g.weight.sum()) for g in groups)
    rate = np.clip(sum(float(g.weight @ g.bought) for g in groups) / weight, 1e-6, 1 - 1e-6)
    w[0] = np.log(rate / (1 - rate))
    loss = _loss(groups, penalty, w)
    for _ in range(STEPS):
        slope, bend = _slopes(groups, penalty, w)
        step, size = np.linalg.solve(bend, slope), 1.0
        while (new := _loss(groups, penalty, w - size * step)) > loss and size > 1e-4:
            size /= 2
        if new > loss:
            break
        w, gained, loss = w - size * step, loss - new, new
        if gained < ENOUGH * loss:
            break
    return w


def _slopes(groups: Sequence[Group], penalty: Doubles, w: Doubles) -> tuple[Doubles, Doubles]:
    """First and second derivatives of the loss."""
    slope, bend = penalty * w, np.diag(penalty)
    for group in groups:
        chance = sigmoid(group.odds(w))
        apart = (group.weight * (chance - group.bought)).astype(np.float32)
        each = (group.weight * chance * (1 - chance)).astype(np.float32)
        own = np.zeros((group.x.shape[1], group.x.shape[1]))
        for start in range(0, len(each), TOGETHER):
            part = group.x[start : start + TOGETHER]
            own += part.T @ (part * each[start : start + TOGETHER, None])
        first = group.x.T @ apart
        for one in group.places:
            slope[one] += first[: _length(one)]
            for other in group.places:
                bend[one, other] += own[: _length(one), : _length(other)]
    return slope, bend


def _loss(groups: Sequence[Group], penalty: Doubles, w: Doubles) -> float:
    loss = 0.5 * penalty @ (w * w)
    for group in groups:
        z = group.odds(w)
        loss += group.weight @ (np.logaddexp(0, z) - group.bought * z)
    return float(loss)


def sigmoid(z: Real) -> Real:
    """Log odds to chance."""
    found = np.clip(z, -40, 40)
    np.exp(np.negative(found, out=found), out=found)
    found += 1
    return np.asarray(np.reciprocal(found, out=found))
