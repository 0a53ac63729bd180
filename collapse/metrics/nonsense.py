"""Confident nonsense: what a model says that the world does not, weighed by how sure the model is of it.

Functions of a belief and the world, with their lines of the table at the end.  How sure a model is of x: the share of what it says
itself that is less likely to it than x, between 0 and 1.
"""

import numpy as np
from scipy.special import ndtr

from collapse import sources
from collapse.beliefs.base import Distribution
from collapse.beliefs.language import Language
from collapse.beliefs.normal import Normal
from collapse.data import Array
from collapse.metrics import text as reading
from collapse.metrics.base import Metric
from collapse.text.grams import NONE, Grams
from collapse.worlds import Text, World

OUTERMOST = 0.01  # the share of the world outside of its 99% region
CHUNK = 1_000_000


def region(world: World, outermost: float = OUTERMOST) -> tuple[Array, Array]:
    """The ends of the region that holds all of the world but its `outermost` share, half of that on either side, each (1,)."""
    low, high = world.distribution.quantile(np.array([outermost / 2, 1 - outermost / 2]))
    return np.array([low]), np.array([high])


def outside_mass(belief: Distribution, world: World) -> Array:
    """Mass outside of the world's 99% region, beyond its 0.5% and 99.5% quantiles; 0.01 of the world itself."""
    return belief.outside(*region(world))


def hallucination(belief: Distribution, world: World) -> Array:
    """Confidence-weighted hallucination, what the model says that is not real, weighed by its own confidence.

    Real: 2 E[c(X); X outside of the world's 99% region] for X ~ the model, where c(x) is the share of what it says that is less
    likely to it than x.  At most 1, since c is 1/2 on average; 0.0001 of the world itself, where tails and doubt are one.
    Text: Σ p(context) q(x | context)² over all contexts and tokens x that the model may say though they never stand together in the
    real text, one token more than it looks back on.  Also a model of all of the real text says such things.
    """
    if isinstance(belief, Language):
        return _unread(belief, reading.as_text(world))
    return weighted(belief, *region(world))


def weighted(belief: Distribution, low: Array, high: Array) -> Array:
    """2 E[c(X); X < low or X > high], one dimension; `low`, `high` (1,) are the ends of the region that is no hallucination.

    A Gaussian by its formula 2 [s((high − μ)/σ) + s((μ − low)/σ)], s(b) = Φ(−b)² for b ≥ 0, else ½ − Φ(b)²; others by cells.
    """
    if isinstance(belief, Normal):
        mean, sd = belief.mean, belief.lower[..., 0]
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            ends = np.nan_to_num(
                np.stack([(high - mean) / sd, (mean - low) / sd]), nan=0.0, posinf=1e300, neginf=-1e300
            )
        ends = np.where((sd == 0) & (ends == 0), 1e300, ends)  # a point on the edge is inside
        found: Array = 2 * np.where(ends >= 0, ndtr(-ends) ** 2, 0.5 - ndtr(ends) ** 2).sum(axis=0)[..., 0]
        return found
    x, mass, sure = _cells(belief, low, high)
    return np.asarray(2 * np.sum(mass * sure * ((x < low) | (x > high)), axis=-1))


def confidence(belief: Distribution, x: Array) -> Array:
    """The share of what a model says that is less likely to it than x (m,), one dimension, (…, m)."""
    if isinstance(belief, Normal):
        return np.asarray(2 * ndtr(-np.abs((x - belief.mean) / belief.lower[..., 0])))
    centres, mass, _ = _cells(belief, belief.mean, belief.mean)
    lower = belief.logpdf(centres)[..., None, :] < belief.logpdf(x)[..., :, None]
    return np.asarray(np.sum(mass[..., None, :] * lower, axis=-1))


def _cells(belief: Distribution, low: Array, high: Array) -> tuple[Array, Array, Array]:
    """(middle, mass, confidence) of cells between the nodes of a belief and between those and two ends, each (…, m)."""
    nodes = np.sort(np.asarray(belief.levels()[1]), axis=-1)
    nodes = np.concatenate([nodes, (nodes[..., 1:] + nodes[..., :-1]) / 2], axis=-1)
    ends = [np.broadcast_to(end, (*nodes.shape[:-1], 1)) for end in (low, high)]
    edges = np.sort(np.concatenate([nodes, *ends], axis=-1), axis=-1)
    mass, x = np.diff(belief.cdf(edges), axis=-1), (edges[..., 1:] + edges[..., :-1]) / 2
    order = np.argsort(belief.logpdf(x), axis=-1, kind="stable")
    ranked = np.take_along_axis(mass, order, axis=-1)
    sure = np.empty_like(mass)
    np.put_along_axis(sure, order, np.cumsum(ranked, axis=-1) - ranked / 2, axis=-1)
    return x, mass, sure


def _unread(belief: Language, world: Text) -> Array:
    """Everything that the model may say, less what stands in the real text; the square of a probability weighs it by itself."""
    corpus, grams = world.corpus(belief.unit), belief.grams
    book = corpus.once(("strings", belief.order), lambda: strings(corpus.train, belief.order + 2))
    at = grams.levels[-1].at
    there = (at >= 0).reshape(grams.x.shape)
    total = np.maximum(grams.totals(grams.count), 1)
    squares = (grams.totals(grams.count.astype(float) ** 2) / total**2)[grams.then[grams.start[-2] :]]
    whole = np.maximum(there.sum(axis=1), 1)
    said = np.where(there, squares[at].reshape(there.shape) if len(squares) else 0.0, 0.0).sum(axis=1) / whole
    return belief.shaped(np.maximum(said - _spoken(grams, book, total) / whole, 0.0))


def strings(text: Array, length: int) -> Array:
    """All different strings of so many tokens of a text (N,), (m, length), in order."""
    if len(text) < length:
        return np.empty((0, length), dtype=text.dtype)
    return np.unique(np.lib.stride_tricks.sliding_window_view(text, length), axis=0)


def _spoken(grams: Grams, book: Array, total: Array) -> Array:
    """Σ count(context) q(x | context)² over the strings (context, x) of the real text, for each lineage, (R,)."""
    lineages = len(grams.x)
    keys = np.repeat(np.arange(len(grams.ends) - 1), np.diff(grams.ends)) * grams.types + grams.token
    book = book[(book < grams.types).all(axis=1)]
    found = np.zeros(lineages)
    step = max(1, CHUNK // max(len(book), 1))
    for some in (grams.empty[i : i + step] for i in range(0, lineages, step)):
        number, who, string = _pairs(some, len(book))
        for place, level in enumerate(grams.levels):
            number = level.find(number * grams.types + book[string, place])
            known = number != NONE
            number, who, string = number[known], who[known], string[known]
        context = grams.start[-2] + number
        row = grams.then[context]
        wanted = row * grams.types + book[string, -1]
        gram = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        q = np.where(keys[gram] == wanted, grams.count[gram] / total[row], 0.0)
        found += np.bincount(who, grams.count[context] * q**2, lineages)
    return found


def _pairs(lineages: Array, strings: int) -> tuple[Array, Array, Array]:
    """(the row of the empty context, lineage, string) of every lineage with every string, each (R·m,)."""
    who = np.repeat(lineages, strings)
    return who, who, np.tile(np.arange(strings), len(lineages))


LINES = (
    Metric("outside_mass", outside_mass, "mass outside of the world’s 99% region", sources.ALAA, line=True),
    Metric(
        "hallucination",
        hallucination,
        "confidence-weighted hallucination",
        sources.KEISHA,
        ("real", "text"),
        line=True,
        likelihood=True,
        integral=True,
        told=30_000,
    ),
)
