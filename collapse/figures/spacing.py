"""Names that move with a film, kept apart."""

from collections.abc import Sequence

import numpy as np

from collapse.data import Array


def spaced(across: Array, up: Array, wide: float, high: float, ends: Sequence[float]) -> Array:
    """Heights of names (T, K) at `across` of which no two stand on one another: each goes up or down by whole lines to the nearest
    place that those before it have left free."""
    up = up.copy()
    for k in range(1, up.shape[1]):
        beside = np.abs(across[:, :k] - across[:, k, None]) < wide
        steps = sorted(range(-2 * k, 2 * k + 1), key=abs)
        places = np.stack([up[:, k] + step * high for step in steps])  # as wished first
        taken = (
            (beside & (np.abs(up[:, :k] - places[..., None]) < 0.999 * high)).any(axis=-1)
            | (places < ends[0])
            | (places + high > ends[1])
        )
        up[:, k] = np.take_along_axis(places, taken.argmin(axis=0)[None], axis=0)[0]
    return up
