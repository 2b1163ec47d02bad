"""One logistic regression for every set and horizon: its features, crossed with "bought before" and "never sold"."""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np

from shopkeeper.forecasts.features import DENSE, OWN, SET, Features
from shopkeeper.forecasts.index import CUSTOMER
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints

SHARED = (*CUSTOMER, *SET, *DENSE)
"""Features that every customer has."""
COLUMNS = (*SHARED, *OWN)
UNSOLD = COLUMNS.index("set_unsold")
STRENGTH = 30.0
"""L2 penalty of a standardised coefficient, in examples."""
STEPS = 40
PART, FEW_ROWS = 65_536, 16_384
FEW = 8
_C, _S = len(CUSTOMER), len(SET)
_D = slice(_C + _S, len(SHARED))


Real = TypeVar("Real", Doubles, Floats)


class Rows(NamedTuple):
    """Examples: features as (rows, len(COLUMNS)), own features zero where the customer bought none of the set."""

    x: Floats
    repeat: Flags
    """Bought of the set before."""
    bought: Flags
    """Bought of it within the horizon."""
    weight: Floats


class Weights(NamedTuple):
    """What a unit of each feature adds to the log odds; each (len(COLUMNS),)."""

    everybody: Doubles
    repeat: Doubles
    """On top, for who bought of the set before; the only weights of own features."""
    unsold: Doubles
    """On top, where nobody ever bought of the set."""
    constants: Doubles
    """(3,), in that order."""


def gather(about: Floats, found: Features, chosen: Ints) -> tuple[Floats, Flags]:
    """The features of some customers as rows, and who of them bought before."""
    x = np.zeros((len(chosen), len(COLUMNS)), np.float32)
    x[:, :_C] = about[chosen]
    x[:, _C : _C + _S] = found.of_set
    x[:, _D] = found.dense[chosen]
    if not len(found.buyers):
        return x, np.zeros(len(chosen), bool)
    place = np.minimum(np.searchsorted(found.buyers, chosen), len(found.buyers) - 1)
    repeat = found.buyers[place] == chosen
    x[repeat, len(SHARED) :] = found.own[place[repeat]]
    return x, repeat


def fit(rows: Rows, strength: float = STRENGTH) -> Weights:
    """Most likely weights under an L2 penalty, by Newton's method; the same rows give the same weights."""
    k, shared = len(COLUMNS), len(SHARED)
    mean, spread = _scale(rows)
    base = ((rows.x[:, :shared] - mean[:shared]) / spread[:shared]).astype(np.float32)
    own = np.where(rows.repeat[:, None], (rows.x[:, shared:] - mean[shared:]) / spread[shared:], 0).astype(np.float32)
    repeat = rows.repeat[:, None].astype(np.float32)
    unsold = rows.x[:, UNSOLD : UNSOLD + 1]
    ones = np.ones_like(repeat)
    design = np.concatenate((ones, base, repeat, base * repeat, own, unsold, base * unsold), axis=1)
    penalty = np.full(design.shape[1], strength)
    penalty[0] = penalty[1 + shared] = 1e-3
    w = newton(design, rows.bought.astype(np.float64), rows.weight.astype(np.float64), penalty)
    parts = np.split(w, np.cumsum([1, shared, 1, k, 1]))
    everybody, more, new = np.zeros(k), parts[3] / spread, np.zeros(k)
    everybody[:shared] = parts[1] / spread[:shared]
    new[:shared] = parts[5] / spread[:shared]
    constants = [float(parts[n][0] - each @ mean) for n, each in ((0, everybody), (2, more), (4, new))]
    return Weights(everybody, more, new, np.array(constants))


def _scale(rows: Rows) -> tuple[Doubles, Doubles]:
    """Mean and spread of each feature, of own ones among past buyers; infinite where a feature says nothing."""
    shared = len(SHARED)
    mean, spread = rows.x.mean(axis=0, dtype=np.float64), rows.x.std(axis=0, dtype=np.float64)
    if rows.repeat.any():
        own = rows.x[rows.repeat, shared:]
        mean[shared:], spread[shared:] = own.mean(axis=0, dtype=np.float64), own.std(axis=0, dtype=np.float64)
    spread[spread < 1e-6] = np.inf
    return mean, spread


def newton(design: Floats, bought: Doubles, weight: Doubles, penalty: Doubles) -> Doubles:
    """The weights of the columns that make what was bought most likely, under an L2 penalty of each."""
    w = np.zeros(design.shape[1])
    rate = np.clip(np.average(bought, weights=weight), 1e-6, 1 - 1e-6)
    w[0] = np.log(rate / (1 - rate))
    loss = _loss(design, bought, weight, penalty, w)
    for _ in range(STEPS):
        chance = sigmoid((design @ w.astype(np.float32)).astype(np.float64))
        slope = design.T @ (weight * (chance - bought)).astype(np.float32) + penalty * w
        each = (weight * chance * (1 - chance)).astype(np.float32)
        bend = np.diag(penalty)
        for start in range(0, len(design), PART):
            part = design[start : start + PART]
            bend = bend + part.T @ (part * each[start : start + PART, None])
        step, size = np.linalg.solve(bend, slope), 1.0
        while (new := _loss(design, bought, weight, penalty, w - size * step)) > loss and size > 1e-4:
            size /= 2
        if new > loss:
            break
        w, gained, loss = w - size * step, loss - new, new
        if gained < 1e-7 * loss:
            break
    return w


def _loss(design: Floats, bought: Doubles, weight: Doubles, penalty: Doubles, w: Doubles) -> float:
    z = (design @ w.astype(np.float32)).astype(np.float64)
    return float(weight @ (np.logaddexp(0, z) - bought * z) + 0.5 * penalty @ (w * w))


def sigmoid(z: Real) -> Real:
    """Log odds to chance."""
    found = np.clip(z, -40, 40)
    np.exp(np.negative(found, out=found), out=found)
    found += 1
    return np.asarray(np.reciprocal(found, out=found))


def meant(weights: Weights, found: Features) -> tuple[Doubles, float]:
    """The weights and the constant of everybody for this set."""
    unsold = found.of_set[UNSOLD - _C] > 0
    w = weights.everybody + weights.unsold if unsold else weights.everybody
    constant = weights.constants[0] + (weights.constants[2] if unsold else 0.0)
    return w, float(constant + w[_C : _C + _S] @ found.of_set)


def log_odds(weights: Weights, about: Floats, found: Features) -> Floats:
    """Everybody's log odds of buying some of the set within the horizon."""
    w, constant = meant(weights, found)
    z = _shared(about, found.dense, w)
    z += np.float32(constant)
    if len(found.buyers):
        b, more = found.buyers, weights.repeat
        # Rows of buyers are picked out of columns; where they are many, all rows in order cost less.
        some = len(b) * FEW < len(z)
        own = _shared(about[b], found.dense[b], more) if some else _shared(about, found.dense, more)[b]
        own += found.own @ more[len(SHARED) :].astype(np.float32)
        z[b] += own + np.float32(weights.constants[1] + more[_C : _C + _S] @ found.of_set)
    return np.asarray(z, np.float32)


def _shared(about: Floats, dense: Floats, w: Doubles) -> Floats:
    """What the features of customers, and those found for everybody, add for each row."""
    z = np.asarray(about @ w[:_C].astype(np.float32), np.float32)
    told = [(number, each) for number, each in enumerate(w[_D].astype(np.float32)) if each]  # others need not be read
    for start in range(0, len(z), FEW_ROWS):  # what is added up stays near the processor
        part = slice(start, start + FEW_ROWS)
        for number, each in told:
            z[part] += dense[part, number] * each
    return z
