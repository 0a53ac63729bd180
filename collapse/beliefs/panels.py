"""Integrals over a line on which densities change at very different scales: Gauss–Legendre between nodes that know these scales."""

import numpy as np

from collapse.data import Array

ORDER = 3
_X, _W = np.polynomial.legendre.leggauss(ORDER)
STEPS = np.linspace(-8.0, 8.0, 65)  # nodes of one bell curve, a quarter of its standard deviation apart


def panels(*nodes: Array) -> tuple[Array, Array, Array]:
    """(edges (…, m), points (…, 3(m − 1)), weights of the points) between all nodes (…, m_i) together, in order."""
    lead = np.broadcast_shapes(*(x.shape[:-1] for x in nodes))
    edges = np.sort(np.concatenate([np.broadcast_to(x, (*lead, x.shape[-1])) for x in nodes], axis=-1), axis=-1)
    half = np.diff(edges)[..., None] / 2
    points = edges[..., :-1, None] + half * (1 + _X)
    return edges, points.reshape(*lead, -1), (half * _W).reshape(*lead, -1)


def mass_in(density: Array, cdf: Array, weights: Array) -> Array:
    """The mass at each point (…, 3(m − 1)), by the density there, but so that every panel has just the mass that the distribution
    function says, `cdf` (…, m): a density may be infinite at an edge."""
    rough = (weights * density).reshape(*cdf.shape[:-1], -1, len(_X))
    whole = rough.sum(axis=-1, keepdims=True)
    exact = np.maximum(np.diff(cdf), 0.0)[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        scaled = np.where(whole > 0, rough * (exact / whole), exact / len(_X))
    return scaled.reshape(weights.shape)
