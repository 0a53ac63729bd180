"""Diversity of what a model says, how alike its answers to different openings are, and how much it says only once.

Functions of a belief and the world, with their lines of the table at the end.
"""

from functools import partial
from typing import Any

import numpy as np

from collapse import sources
from collapse.beliefs.base import Categories, Distribution
from collapse.beliefs.language import Language, original
from collapse.data import Array
from collapse.decoding import Decoder
from collapse.metrics import text as reading
from collapse.metrics.base import Metric
from collapse.metrics.hill import hill
from collapse.worlds import Text, World
from collapse.worlds.base import HELD_OUT_SEED

OPENINGS = 20
SAID = {"chars": 200, "words": 50}  # tokens that are said after an opening
ALIKE = {"chars": 3, "words": 1}  # tokens: of these n-grams continuations are compared
SAMPLE = 1000  # examples, where nobody has decided how many


def inverse_simpson(belief: Distribution, world: World) -> Array:
    """Effective number of common types 1/Σ p², the Hill number of order 2; of a text, of n-grams as long as the model knows them."""
    if isinstance(belief, Language):
        return reading.effective_grams(belief, reading.as_text(world), 2.0)
    assert isinstance(belief, Categories)
    return hill(belief.p, 2.0)


def different_grams(belief: Language, world: Text) -> Array:
    """Different n-grams of order + 1 tokens in the excerpt, the Hill number of order 0."""
    return reading.effective_grams(belief, world, 0.0)


def monofacts(belief: Distribution, world: World) -> Array:
    """The monofact rate N₁/n: of n examples the share that is seen once.  It estimates how much of the world n examples have missed.

    Types: in expectation, Σ p (1 − p)^(n−1), for as many examples as train the first model.
    Text: the words of the excerpt that stand in it once ÷ its running words.
    """
    if isinstance(belief, Language):
        return reading.monofacts(belief, reading.as_text(world))
    assert isinstance(belief, Categories)
    return np.asarray(np.sum(belief.p * (1 - belief.p) ** ((belief.size or SAMPLE) - 1), axis=-1))


def prompt_similarity(belief: Language, world: Text) -> Array:
    """Are the answers to different openings alike?  The mean cosine between any two of 20 continuations, by their counts of words, or
    of three characters in a row; NaN of a text that has no two openings.

    The openings are spread evenly over the real text, and chance is the same for every model: what differs is what it believes.
    Generation 0 is the real text itself, as it goes on.
    """
    corpus = world.corpus(belief.unit)
    openings, real = corpus.once(("openings", belief.order), lambda: _openings(corpus, belief.order))
    if len(openings) < 2:
        return belief.shaped(np.full(len(belief.read.x), np.nan))
    if belief.grams is original(corpus, belief.order).grams:
        return belief.shaped(alike(real[None], ALIKE[belief.unit]))
    grams = belief.grams
    start = np.stack([grams.after(opening) for opening in openings], axis=-1)
    luck = np.random.default_rng(HELD_OUT_SEED).random((real.shape[1], len(openings)))
    said = grams.follow(start.ravel(), np.tile(luck, (1, len(start))), Decoder())
    return belief.shaped(alike(said.reshape(*start.shape, -1), ALIKE[belief.unit]))


def _openings(corpus: Any, order: int) -> tuple[Array, Array]:
    """Openings (m, order) from all over the training part, and how the real text goes on from each, (m, steps)."""
    train = corpus.train
    many = min(OPENINGS, len(train))
    at = np.arange(many)[:, None] * (len(train) // max(many, 1))
    steps = min(SAID[corpus.unit], len(train) // max(many, 1))
    return train[(at + np.arange(order)) % len(train)], train[(at + order + np.arange(steps)) % len(train)]


def alike(said: Array, length: int) -> Array:
    """The mean cosine between the counts of n-grams of every two of k texts, said (R, k, m) of token numbers, (R,).

    The mean over pairs is (‖Σ u‖² − k) / (k (k − 1)) for the unit vectors u of counts, so no pair need be looked at.
    """
    lineages, k, m = said.shape
    length = min(length, m)
    code = np.zeros((lineages, k, m - length + 1), dtype=np.uint64)
    for i in range(length):
        code = code * reading.MIX + said[..., i : m - length + 1 + i].astype(np.uint64) + np.uint64(1)
    found, gram = np.unique(code, return_inverse=True)
    text = np.broadcast_to(np.arange(lineages * k).reshape(lineages, k, 1), code.shape)
    cell, times = np.unique(text.ravel() * len(found) + gram.ravel(), return_counts=True)
    row = cell // len(found)
    unit = times / np.sqrt(np.bincount(row, times.astype(float) ** 2))[row]
    place, there = np.unique(row // k * len(found) + cell % len(found), return_inverse=True)
    square = np.bincount(place // len(found), np.bincount(there, unit) ** 2, lineages)
    return np.asarray((square - k) / (k * (k - 1)))


_discrete = partial(Metric, spaces=("types", "text"))
LINES = (
    _discrete("inverse_simpson", inverse_simpson, "effective number of common types (1 ÷ Σ p²)", sources.HILL),
    Metric("different_grams", different_grams, "different n-grams", sources.HILL, ("text",)),
    _discrete("monofacts", monofacts, "share that is said only once (monofact rate)", sources.GOOD, sized=True),
    Metric(
        "prompt_similarity",
        prompt_similarity,
        "similarity of answers to different openings (cosine)",
        sources.PADMAKUMAR,
        ("text",),
        told=30_000,
    ),
)
