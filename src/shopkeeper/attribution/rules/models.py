"""How several touches share an order: a whole weight for each step of its path.

`last` and `first` give all to one. `linear` gives every step alike. `position` gives 40 % each to the first and the
last and spreads 20 % over those between (two share evenly). `decay` halves with every half-life that a step is older
than the last one. `shapley` gives every communication of the path alike, at its last step: with the value of a set of
communications defined as that of the orders whose path needs no other (order of steps disregarded), this is their
Shapley value, exactly (Zhao, Mahboobi, Bagheri: Shapley Value Methods for Attribution Modeling in Online Advertising,
2018, theorem 1). Markov chains need all paths at once and stand in `markov.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shopkeeper.attribution.rules.words import Touch

FINE = 1 << 40
"""The weight of the last step under `decay`: so fine that the rounding of weights moves no cent."""


def weights(model: str, steps: Sequence[Touch], half_life: int) -> list[int]:
    """One weight for each step of a path that has some; their sum is positive."""
    return _MODELS[model](steps, half_life)


def leader(shares: Sequence[int]) -> int:
    """The place of the greatest share, of equals the last: the step the order is counted with."""
    return max(range(len(shares)), key=lambda place: (shares[place], place))


def _last(steps: Sequence[Touch], _half_life: int) -> list[int]:
    return [0] * (len(steps) - 1) + [1]


def _first(steps: Sequence[Touch], _half_life: int) -> list[int]:
    return [1] + [0] * (len(steps) - 1)


def _linear(steps: Sequence[Touch], _half_life: int) -> list[int]:
    return [1] * len(steps)


def _position(steps: Sequence[Touch], _half_life: int) -> list[int]:
    between = len(steps) - 2
    return [2 * between, *[1] * between, 2 * between] if between > 0 else [1] * len(steps)


def _decay(steps: Sequence[Touch], half_life: int) -> list[int]:
    last = steps[-1].at
    return [int(FINE * 2 ** ((step.at - last) / half_life)) for step in steps]


def _shapley(steps: Sequence[Touch], _half_life: int) -> list[int]:
    last = {step.communication: place for place, step in enumerate(steps)}
    return [int(last[step.communication] == place) for place, step in enumerate(steps)]


_MODELS: dict[str, Callable[[Sequence[Touch], int], list[int]]] = {
    "last": _last,
    "first": _first,
    "linear": _linear,
    "position": _position,
    "decay": _decay,
    "shapley": _shapley,
}
MODELS = tuple(_MODELS)
"""The models that look at one order at a time: a ledger may follow any of them."""
