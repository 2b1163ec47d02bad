"""Credit by a Markov chain: how many conversions would be lost without a communication.

Source: Anderl, Becker, von Wangenheim, Schumann: Mapping the customer journey, 2016 (first order). Every step of a path
is a state; paths begin at a start and end absorbed, in an order or in nothing. With N the expected visits (the inverse
of I - Q, Q the transitions between states), the chance ever to come to a state is N[start, i] / N[i, i], and from there
an order follows with the chance h[i]. Taking the state away loses just the product of the two, its removal effect:
never negative, never more than the chance of an order at all. Value is shared in proportion to the effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from shopkeeper.attribution.rules.models import FINE


class Ended(NamedTuple):
    """How often a path led to an order, and how often to nothing."""

    orders: int = 0
    nothing: int = 0


def removal_weights(paths: Mapping[tuple[str, ...], Ended]) -> dict[str, int]:
    """State -> its removal effect as a whole number, for `spread`; all 0 where no path led to an order."""
    states = sorted({state for path in paths for state in path})
    place = {state: i for i, state in enumerate(states, 1)}
    # Counted in lists: to add one to a cell of an array costs ten times as much.
    counts = [[0] * (len(states) + 1) for _ in range(len(states) + 1)]
    ended_in = [[0, 0] for _ in counts]
    for path, (orders, nothing) in paths.items():
        here = 0
        for state in path:
            there = place[state]
            counts[here][there] += orders + nothing
            here = there
        ended_in[here][0] += orders
        ended_in[here][1] += nothing
    moves, ends = np.array(counts, float), np.array(ended_in, float)
    out = moves.sum(axis=1) + ends.sum(axis=1)
    out[out == 0] = 1
    visits = np.linalg.inv(np.eye(len(states) + 1) - moves / out[:, None])
    wins = visits @ (ends[:, 0] / out)
    if wins[0] <= 0:
        return dict.fromkeys(states, 0)
    effects = visits[0] / np.diag(visits) * wins / wins[0]
    return {state: max(round(float(effects[i]) * FINE), 0) for state, i in place.items()}
