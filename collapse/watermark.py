"""A watermark in a text: after each token half of all tokens are green, and who knows the list can count them.

The green list follows Kirchenbauer et al. (2023, arXiv 2301.10226): a fixed hash of the token before and of the token itself decides,
so that the lists after two tokens have nothing to do with each other.  `Watermark` in `decoding` says green tokens more often.
"""

import numpy as np

from collapse.data import Array
from collapse.passages import Tokens

_KEY = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def green(before: Array, token: Array) -> Array:
    """Which tokens are green after the tokens `before`, of bool; both are token numbers from 0 in one shape.

    Half of all pairs are.  The hash is SplitMix64's, the same on every machine.
    """
    x = (before.astype(np.uint64) << np.uint64(32)) + token.astype(np.uint64) + _KEY
    x = (x ^ (x >> np.uint64(30))) * _MIX[0]
    x = (x ^ (x >> np.uint64(27))) * _MIX[1]
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(63)).astype(bool)


def counted(text: Tokens) -> tuple[Array, Array]:
    """(green, judged): which tokens of texts (R, n) are green, and which can be: all but the first of each passage."""
    judged = ~text.first
    judged[:, :1] = False
    found = np.zeros(text.x.shape, dtype=bool)
    found[:, 1:] = green(text.x[:, :-1], text.x[:, 1:])
    return found & judged, judged
