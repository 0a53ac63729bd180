"""A fixed reader of digits: multinomial logistic regression, fitted once to real images, the same for every model and generation.

It only ever says one of ten digits, also of an image that is none; that is why a fading digit may be read wrongly and surely.
"""

from functools import cache

import numpy as np
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from collapse.data import Array
from collapse.worlds.digits import BLACK, Digits

RIDGE = 1.0  # ½ · RIDGE · Σ w² beside the summed log-likelihood, as scikit-learn's C = 1
CLASSES = 10


def read(images: Array) -> Array:
    """The probability of every digit, (m, 10), for images (m, 64) of grey values 0 to 16."""
    return softmax(_logits(_weights(), images), axis=-1)


def accuracy() -> float:
    """The share of held-out real images that are read rightly."""
    world = Digits()
    return float((read(world.unread).argmax(axis=-1) == world.unread_labels).mean())


def _logits(weights: Array, images: Array) -> Array:
    return images / BLACK @ weights[:-1] + weights[-1]


@cache
def _weights() -> Array:
    """The weights (65, 10), the last row without a penalty; fitted by L-BFGS to the real images that are not held out."""
    world = Digits()
    images, truth = world.rows, np.eye(CLASSES)[world.labels]
    inputs = np.column_stack([images / BLACK, np.ones(len(images))])

    def loss(flat: Array) -> tuple[float, Array]:
        w = flat.reshape(-1, CLASSES)
        logs = log_softmax(inputs @ w, axis=-1)
        slope = inputs.T @ (np.exp(logs) - truth)
        slope[:-1] += RIDGE * w[:-1]
        return float(-np.sum(truth * logs) + RIDGE / 2 * np.sum(w[:-1] ** 2)), slope.ravel()

    start = np.zeros(inputs.shape[1] * CLASSES)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 500}).x).reshape(
        -1, CLASSES
    )
