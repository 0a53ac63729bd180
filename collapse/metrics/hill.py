"""Hill numbers: how many equally common kinds would be as diverse.  One definition for types, n-grams, components and classes."""

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy.special import xlogy

from collapse.data import Array

_LAST = partial(np.sum, axis=-1)


def hill(p: Array, q: float, total: Callable[[Array], Array] = _LAST) -> Array:
    """The Hill number of order q of shares p (…, K), (Σ p^q)^(1/(1 − q)), (…).

    Order 0 counts the kinds that there are, order 1 is the limit exp(−Σ p ln p), order 2 is 1/Σ p².  The larger q, the less rare
    kinds count.  `total`: how to add up over kinds, by default over the last axis.  Source: Hill (1973).
    """
    if q == 1:
        return np.asarray(np.exp(-total(xlogy(p, p))))
    return np.asarray(total(np.where(p > 0, p**q, 0.0)) ** (1 / (1 - q)))
