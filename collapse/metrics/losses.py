"""Losses: how far a belief is from the world, and how surprising what is real is to it; functions for the table of metrics."""

import numpy as np

from collapse.beliefs.base import Categories, Distribution
from collapse.beliefs.language import Language, unread
from collapse.data import Array
from collapse.metrics.text import as_text
from collapse.worlds import World


def kl_model_world(belief: Distribution, world: World) -> Array:
    """KL(model ‖ world) in nats; infinite when the model says what the world never does, however rarely."""
    if isinstance(belief, Categories):
        return world.distribution.cross_entropy(belief) - belief.entropy()
    (low, high), (least, most) = belief.support, world.distribution.support
    if low < least or high > most:
        return np.full(np.shape(belief.mean)[:-1], np.inf)
    return world.distribution.cross_entropy(belief) - belief.entropy()


def kl_world_model(belief: Distribution, world: World) -> Array:
    """KL(world ‖ model) in nats: the excess loss on endless real test data; infinite once a type is lost."""
    return belief.cross_entropy(world.distribution) - world.distribution.entropy()


def heldout_nll(belief: Distribution, world: World) -> Array:
    """Mean negative log-likelihood of real held-out data, nats per example.

    Types: scored with 1% of uniform mixed in, because a type that was lost would make it infinite.
    Text: interpolated with shorter contexts for the same reason, see `Grams.surprise`; nats per token.
    """
    if isinstance(belief, Language):
        corpus = as_text(world).corpus(belief.unit)
        return belief.loss(unread(corpus), corpus.types)
    scored = belief.scored() if isinstance(belief, Categories) else belief
    return scored.cross_entropy(world.held_out)


def perplexity(belief: Distribution, world: World) -> Array:
    """exp(held-out negative log-likelihood): how many equally likely types or tokens the model hesitates between."""
    return np.exp(heldout_nll(belief, world))


def entropy(belief: Distribution, world: World) -> Array:
    """Entropy of the belief, nats (differential for real worlds; of a text the rate for one more token)."""
    return belief.entropy()


def w1(belief: Distribution, world: World) -> Array:
    """Wasserstein-1 distance to the world, in world standard deviations."""
    return belief.w1(world.distribution) / np.sqrt(world.distribution.total)


def w2_squared(belief: Distribution, world: World) -> Array:
    """Squared Wasserstein-2 distance to the world, in world variances."""
    return belief.w2_squared(world.distribution) / world.distribution.total


def w2(belief: Distribution, world: World) -> Array:
    """Wasserstein-2 distance to the world, in world standard deviations."""
    return np.sqrt(np.maximum(w2_squared(belief, world), 0.0))
