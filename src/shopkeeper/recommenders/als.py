"""Points of products, near where the same people buy.

Source: implicit feedback by alternating least squares, Hu, Koren and Volinsky (2008).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FACTORS, SWEEPS = 32, 12
REGULARISATION, CONFIDENCE = 5.0, 3.0


def points(bought: Any, sweeps: int = SWEEPS) -> NDArray[np.float32]:
    """(products, FACTORS) of a sparse matrix of people by products, always the same ones for the same matrix. Small ones
    need more sweeps.
    """
    # Deferred: half a second and some 60 MB that small shops do without.
    from implicit.cpu.als import AlternatingLeastSquares  # noqa: PLC0415
    from threadpoolctl import threadpool_limits  # noqa: PLC0415

    with threadpool_limits(limits=1, user_api="blas"):  # threads within threads wait for each other
        model = AlternatingLeastSquares(
            factors=FACTORS,
            regularization=REGULARISATION,
            alpha=CONFIDENCE,
            iterations=sweeps,
            num_threads=1,
            random_state=1,
            calculate_training_loss=False,
        )
        model.fit(bought, show_progress=False)
    return np.ascontiguousarray(model.item_factors, np.float32)
