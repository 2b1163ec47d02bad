"""Anchoring: chances that add up to what the set has just sold."""

from __future__ import annotations

import numpy as np

from shopkeeper.forecasts.features import SET, Features
from shopkeeper.forecasts.newton import sigmoid
from shopkeeper.forecasts.purchases import Flags, Floats

DOUBT = 3.0
"""Recent buyers with which own sales and the model weigh the same."""
CELLS = 512
STEPS = 30


def anchored(z: Floats, known: Flags, found: Features, less: Floats | None = None) -> Floats:
    """Everybody's chance, the odds multiplied by one factor so that the expected number of buyers is drawn to that of
    the last horizon. As the model has it where nothing was ever sold; zero for customers that are not known.

    `less` is what log odds are lower by as products cannot be had any more: it was not so when these were sold, and is
    left out of the comparison.
    """
    if not found.of_set[SET.index("set_unsold")]:
        usual = z if less is None else z - less
        z = z + np.float32(_shift(usual[known], found.recent) * found.recent / (found.recent + DOUBT))
    return np.where(known, sigmoid(z), np.float32(0))


def _shift(z: Floats, target: int) -> float:
    """What to add to log odds for their chances to add up to `target`, found on cells of equal log odds."""
    if not len(z):
        return 0.0
    low_z, high_z = float(z.min()), float(z.max())
    wide = max(high_z - low_z, 1e-6) / CELLS
    count = np.bincount(np.minimum(((z - low_z) / wide).astype(np.int32), CELLS - 1), minlength=CELLS)
    middle = low_z + wide * (np.arange(CELLS) + 0.5)
    low, high = -10.0, 10.0
    for _ in range(STEPS):
        shift = (low + high) / 2
        if float(count @ sigmoid(middle + shift)) < target:
            low = shift
        else:
            high = shift
    return (low + high) / 2
