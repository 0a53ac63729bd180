"""A curator that looks for a watermark in the passages of a text."""

from dataclasses import dataclass

import numpy as np

from collapse.curators.base import Bench, Sieve
from collapse.data import Array
from collapse.passages import Tokens
from collapse.pool import Pool
from collapse.spec import knob
from collapse.watermark import counted


def z_scores(pool: Pool, original: Pool) -> Array:
    """How many more green tokens each passage has than the original text lets expect, in binomial standard deviations, (R, m).

    z = (g − γT)/√(γ(1 − γ)T) for g green ones of T tokens with one before them; γ is the green share of the originals of the lineage,
    because a text has its habits, and is not half green to the digit.
    """
    found, judged = _counts(original)
    usual = np.clip(found.sum(axis=-1, keepdims=True) / np.maximum(judged.sum(axis=-1, keepdims=True), 1), 0.01, 0.99)
    size = _sizes(pool.begins())
    of_passage, tested = (pool.mean_of_item(each) * size for each in _counts(pool))
    return (of_passage - usual * tested) / np.sqrt(usual * (1 - usual) * np.maximum(tested, 1))


def _counts(pool: Pool) -> tuple[Array, Array]:
    """(green, judged) of each token of a pool of text, as 0 and 1."""
    assert isinstance(pool.data, Tokens)
    found, judged = counted(pool.data)
    return found.astype(float), judged.astype(float)


def _sizes(begins: Array) -> Array:
    """How many tokens the passage of each token has, (R, m)."""
    rows = np.arange(len(begins))[:, None] * begins.shape[-1]
    return np.bincount((begins + rows).ravel(), minlength=begins.size)[(begins + rows).ravel()].reshape(begins.shape)


@dataclass(frozen=True)
class Watermarked(Sieve):
    """Throws passages away in which green tokens are too frequent: those of models that speak with a watermark (decoder=watermark).

    It knows the green list and the original text, and nothing of the models.  A model that has learnt from marked text says green
    tokens more often by itself.
    """

    kind = "watermark"
    says = "passages with a watermark are thrown away"
    spaces = ("text",)
    sort = "texts"

    most: float = knob(
        3.0,
        "the z-score of its green tokens from which a passage is thrown away",
        label="largest z-score",
        low=0.0,
        high=20.0,
    )

    def passes(self, pool: Pool, bench: Bench) -> Array:
        return z_scores(pool, bench.original) < self.most
