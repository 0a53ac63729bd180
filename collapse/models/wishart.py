"""The law of the mean and the scatter of Gaussian rows, drawn without the rows."""

import numpy as np

from collapse.data import Array, Moments
from collapse.decoding import Decoder


def standard_moments(shape: tuple[int, ...], n: int, decoder: Decoder, rng: np.random.Generator) -> Moments:
    """The moments of n rows of N(0, I_d) as a decoder draws them, for shape (…, d)."""
    if decoder.top_p < 1.0:
        return Moments.of(decoder.standard_normal((*shape[:-1], n, shape[-1]), rng))
    mean = rng.standard_normal(shape) * np.sqrt(decoder.temperature / n)
    lower, log_diagonal = bartlett(n - 1, shape, rng)
    if decoder.temperature != 1.0:
        lower, log_diagonal = lower * decoder.temperature**0.5, log_diagonal + np.log(decoder.temperature) / 2
    return Moments(n, mean, lower, log_diagonal)


def bartlett(df: int, shape: tuple[int, ...], rng: np.random.Generator) -> tuple[Array, Array]:
    """(A, the logarithms of its diagonal): a lower triangle A (…, d, d) with A Aᵀ ~ Wishart(I_d, df), for shape (…, d).

    With df < d the matrix is singular: its columns from df on are 0.  Source: Bartlett (1933).
    """
    d = shape[-1]
    if d == 1 and df > 0:  # one number each, which is asked for most of all
        root = np.sqrt(2.0 * rng.standard_gamma(df / 2, shape))
        return root[..., None], np.log(root)
    index = np.arange(d)
    root = np.sqrt(2.0 * rng.standard_gamma(np.maximum(df - index, 0) / 2, shape))
    lower = np.tril(rng.standard_normal((*shape, d)), -1) * (index < df)
    lower[..., index, index] = root
    with np.errstate(divide="ignore"):
        return lower, np.log(root)
