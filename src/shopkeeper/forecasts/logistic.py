"""One logistic regression for every set and horizon: its features, crossed with "bought before" and "never sold"."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from shopkeeper.forecasts.features import DENSE, OWN, SET, Features
from shopkeeper.forecasts.index import CUSTOMER
from shopkeeper.forecasts.newton import Group, newton
from shopkeeper.forecasts.purchases import Doubles, Flags, Floats, Ints

SHARED = (*CUSTOMER, *SET, *DENSE)
"""Features that every customer has."""
COLUMNS = (*SHARED, *OWN)
UNSOLD, MISSING = COLUMNS.index("set_unsold"), COLUMNS.index("set_missing")
STRENGTH = 30.0
"""L2 penalty of a standardised coefficient, in examples."""
FEW_ROWS = 16_384
FEW = 8
_C, _S = len(CUSTOMER), len(SET)
_D = slice(_C + _S, len(SHARED))


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
    """Most likely weights under an L2 penalty; the same rows give the same weights."""
    k, shared = len(COLUMNS), len(SHARED)
    mean, spread = _scale(rows)
    new = rows.x[:, UNSOLD] > 0
    everybody = slice(0, 1 + shared)
    repeat = slice(everybody.stop, everybody.stop + 1 + k)
    unsold = slice(repeat.stop, repeat.stop + 1 + shared)
    groups = [
        _group(rows, ~rows.repeat & ~new, mean, spread, everybody),
        _group(rows, rows.repeat, mean, spread, everybody, repeat),
        _group(rows, ~rows.repeat & new, mean, spread, everybody, unsold),
    ]
    penalty = np.full(unsold.stop, strength)
    penalty[0] = penalty[repeat.start] = 1e-3
    w = newton(groups, penalty)
    found = np.zeros((3, 1 + k))
    for row, place in zip(found, (everybody, repeat, unsold), strict=True):
        row[: place.stop - place.start] = w[place]
    found[:, 1:] /= spread
    (all_, more, fresh), constants = found[:, 1:], found[:, 0] - found[:, 1:] @ mean
    return Weights(all_, more, fresh, constants)


def _group(rows: Rows, chosen: Flags, mean: Doubles, spread: Doubles, *places: slice) -> Group:
    """Some of the rows, a constant before their features; own features only where a place has room for them."""
    columns = max(place.stop - place.start for place in places) - 1
    x = np.ones((int(chosen.sum()), 1 + columns), np.float32)
    x[:, 1:] = rows.x[chosen, :columns]
    x[:, 1:] -= mean[:columns].astype(np.float32)
    x[:, 1:] /= spread[:columns].astype(np.float32)
    return Group(x, rows.bought[chosen].astype(np.float64), rows.weight[chosen].astype(np.float64), places)


def _scale(rows: Rows) -> tuple[Doubles, Doubles]:
    """Mean and spread of each feature, of own ones among past buyers; infinite where a feature says nothing."""
    shared = len(SHARED)
    mean, spread = _moments(rows.x)
    if rows.repeat.any():
        mean[shared:], spread[shared:] = _moments(rows.x[rows.repeat, shared:])
    spread[spread < 1e-6] = np.inf
    return mean, spread


def _moments(x: Floats) -> tuple[Doubles, Doubles]:
    """Mean and standard deviation of each column, some rows at a time: examples are many."""
    mean = x.mean(axis=0, dtype=np.float64)
    square = np.zeros(x.shape[1])
    for start in range(0, len(x), FEW_ROWS):
        apart = x[start : start + FEW_ROWS] - mean
        square += np.einsum("ij,ij->j", apart, apart)
    return mean, np.sqrt(square / max(len(x), 1))


def meant(weights: Weights, found: Features) -> tuple[Doubles, float]:
    """The weights and the constant of everybody for this set."""
    unsold = found.of_set[UNSOLD - _C] > 0
    w = weights.everybody + weights.unsold if unsold else weights.everybody
    constant = weights.constants[0] + (weights.constants[2] if unsold else 0.0)
    return w, float(constant + w[_C : _C + _S] @ found.of_set)


def log_odds(weights: Weights, about: Floats, found: Features) -> Floats:
    """Everybody's log odds of buying some of the set within the horizon."""
    w, constant = meant(weights, found)
    b, more = found.buyers, weights.repeat
    # Rows of buyers are picked out of columns; where they are many, all rows in order cost less.
    many = len(b) * FEW >= len(about)
    z, *theirs = _shared(about, found.dense, w, *([more] if many else []))
    z += np.float32(constant)
    if len(b):
        own = theirs[0][b] if many else _shared(about[b], found.dense[b], more)[0]
        own += found.own @ more[len(SHARED) :].astype(np.float32)
        z[b] += own + np.float32(weights.constants[1] + more[_C : _C + _S] @ found.of_set)
    return z


def lost(weights: Weights, found: Features) -> Floats | None:
    """What everybody's log odds miss because some of the set cannot be had; None where nothing is missing."""
    share = found.of_set[MISSING - _C]
    if not share:
        return None
    column = weights.everybody[MISSING] + (weights.unsold[MISSING] if found.of_set[UNSOLD - _C] else 0.0)
    less = np.full(len(found.dense), column * share, np.float32)
    less[found.buyers] += np.float32(weights.repeat[MISSING] * share)
    return less


def _shared(about: Floats, dense: Floats, *weights: Doubles) -> list[Floats]:
    """What the features of customers, and those found for everybody, add for each row, by each of these weights."""
    found = [np.asarray(about @ w[:_C].astype(np.float32), np.float32) for w in weights]
    some = np.stack([w[_D] for w in weights]).astype(np.float32)
    told = np.flatnonzero(some.any(axis=0)).tolist()  # others need not be read
    for start in range(0, len(dense), FEW_ROWS):  # what is added up stays near the processor
        part = slice(start, start + FEW_ROWS)
        for z, each in zip(found, some, strict=True):
            for number in told:
                z[part] += dense[part, number] * each[number]
    return found
