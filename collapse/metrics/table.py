"""What we watch: functions of a belief and the world, exact or by quadrature, never a histogram estimate.

A metric sees a `Distribution` (what the model believes) and the world; asked about the world itself it gives the value
of generation 0.  To add one, write a function below and give it a line in `METRICS`.
"""

from functools import partial

import numpy as np

from collapse import sources
from collapse.beliefs.base import CENTRAL, Categories, Distribution
from collapse.beliefs.language import Language
from collapse.beliefs.pictures import Pictures
from collapse.data import Array
from collapse.metrics import diversity, nonsense, pictures
from collapse.metrics import text as reading
from collapse.metrics.base import Metric
from collapse.metrics.groups import (
    components,
    label_entropy,
    label_simpson,
    least_weight,
    minority_share,
    overlap,
    rarest_alive,
)
from collapse.metrics.losses import entropy, heldout_nll, kl_model_world, kl_world_model, perplexity, w1, w2, w2_squared
from collapse.metrics.signs import generalized_variance, self_agreement, smaller_tail
from collapse.worlds import Digits, TypesWorld, World


def variance(belief: Distribution, world: World) -> Array:
    """Variance as a share of the world's, averaged over the world's whitened axes: tr(Σ₀⁻¹Σ)/d, which has no unit.

    Axes along which the world has no variance do not count.  Images: total variance ÷ the world's, trΣ/trΣ₀, since most pixels near
    the edge are white in nearly all of them.
    """
    if isinstance(world, Digits) or belief.cov.shape[-1] == 1:
        return belief.total / world.distribution.total
    return np.sum(belief.cov * world.distribution.precision, axis=(-2, -1))


def log_variance(belief: Distribution, world: World) -> Array:
    """Mean log-eigenvalue of the covariance less the world's; in one dimension log(v / v₀), nats."""
    return belief.log_det() - world.distribution.log_det()


def mean_drift(belief: Distribution, world: World) -> Array:
    """Squared distance of the mean from the world's, averaged over the world's whitened axes: (μ − μ₀)ᵀ Σ₀⁻¹ (μ − μ₀)/d; of images
    ‖μ − μ₀‖²/trΣ₀."""
    gap = belief.mean - world.distribution.mean
    if isinstance(world, Digits):
        return np.sum(gap**2, axis=-1) / world.distribution.total
    return np.asarray(np.sum(gap @ world.distribution.precision * gap, axis=-1))


def tail_mass(belief: Distribution, world: World) -> Array:
    """Mass that the belief gives to the world's outermost 5%.

    Real: below the world's 2.5% or above its 97.5% quantile, averaged over coordinates.
    Types: the rarest types that together make up at most 5% of the world.
    Text: different rare words ÷ running words; rare are the words that together make up at most 5% of the real text.
    Images: as real, along the ten principal axes of the real images.
    """
    if isinstance(belief, Pictures):
        assert isinstance(world, Digits)
        return belief.seen(world.axes).outside(*world.tails)
    if isinstance(belief, Language):
        return reading.rare_words(belief, reading.as_text(world))
    if isinstance(world, TypesWorld):
        assert isinstance(belief, Categories)
        return np.asarray(belief.p[..., world.rare].sum(axis=-1))
    return belief.outside(*world.tails)


def valley(belief: Distribution, world: World) -> Array:
    """Mass that the belief puts where there should be next to none: into the middle third between the two neighbouring humps of the
    world that have the deepest valley between them (`World.valley`)."""
    assert world.valley is not None
    low, high = np.array(world.valley)[:, None]
    return 1.0 - belief.outside(low, high)


def coverage(belief: Distribution, world: World) -> Array:
    """Share of the world that the belief still finds ordinary.

    Real: the world's mass inside the belief's own central 95% interval, ends included, divided by 0.95; at most 1.
    Types: the world's mass on types that the belief still has.
    Images: the share of held-out images with a sample nearer than their fifth real neighbour.
    """
    if isinstance(belief, Pictures):
        assert isinstance(world, Digits)
        return pictures.coverage(belief, world)
    if isinstance(world, TypesWorld):
        assert isinstance(belief, Categories)
        return np.asarray(np.sum(world.p * (belief.p > 0), axis=-1))
    edges = np.moveaxis(np.asarray(belief.quantile(CENTRAL)), -1, 0)
    inside = world.distribution.cdf(edges[1]) - world.distribution.cdf(np.nextafter(edges[0], -np.inf))
    return np.minimum(inside / 0.95, 1.0)


def simpson(belief: Categories, world: World) -> Array:
    """Simpson diversity 1 − Σ p²: the chance that two draws differ."""
    return np.asarray(1.0 - np.sum(belief.p**2, axis=-1))


def types(belief: Distribution, world: World) -> Array:
    """Surviving types: how many have a positive probability; of a text, how many different tokens were read."""
    if isinstance(belief, Language):
        return reading.known_tokens(belief, reading.as_text(world))
    assert isinstance(belief, Categories)
    return np.count_nonzero(belief.p, axis=-1).astype(float)


def effective_types(belief: Distribution, world: World) -> Array:
    """Effective number of types exp(entropy), the Hill number of order 1; of a text, of n-grams as long as the model knows them."""
    if isinstance(belief, Language):
        return reading.effective_grams(belief, reading.as_text(world))
    return np.exp(belief.entropy())


def rare_types(belief: Categories, world: TypesWorld) -> Array:
    """Share of the world's rare types (see tail_mass) that survive."""
    return np.count_nonzero(belief.p[..., world.rare], axis=-1) / max(np.count_nonzero(world.rare), 1)


_BOTH = ("real", "types")
_TYPES = ("types",)
_TEXT = ("text",)
_DISCRETE = ("types", "text")
_ALL = ("real", "types", "text")
_WIDE = ("real", "images")
_scored = partial(Metric, likelihood=True, integral=True)  # needs a model that can say how likely an example is
METRICS = {
    m.name: m
    for m in (
        Metric("variance", variance, "variety left (variance ÷ real variance)", sources.SHUMAILOV, _WIDE),
        Metric("log_variance", log_variance, "log of the variance ratio", sources.SHUMAILOV),
        Metric(
            "generalized_variance",
            generalized_variance,
            "variety left in all directions (geometric mean of the variances ÷ the real ones)",
            sources.WILKS,
        ),
        Metric("mean_drift", mean_drift, "squared drift of the mean", sources.SHUMAILOV, _WIDE),
        Metric("tail_mass", tail_mass, "mass in the real tails", sources.SHUMAILOV, (*_ALL, "images")),
        Metric("valley", valley, "mass in the valley between two real humps", sources.SHUMAILOV, valley=True),
        Metric("smaller_tail", smaller_tail, "mass in the smaller of the real tails ÷ 2.5%", sources.SHUMAILOV),
        Metric(
            "coverage",
            coverage,
            "share of the real world covered",
            sources.SHUMAILOV,
            (*_BOTH, "images"),
            line=True,
            integral=True,
        ),
        Metric("w1", w1, "Wasserstein-1 distance to the world", sources.VILLANI, line=True, integral=True),
        Metric("w2", w2, "Wasserstein-2 distance to the world", sources.VILLANI, closed=True, integral=True),
        Metric(
            "w2_squared",
            w2_squared,
            "squared Wasserstein-2 distance to the world",
            sources.VILLANI,
            closed=True,
            integral=True,
        ),
        _scored("kl_model_world", kl_model_world, "KL(model ‖ world)", sources.COVER, _BOTH, density=True, closed=True),
        _scored("kl_world_model", kl_world_model, "KL(world ‖ model)", sources.COVER, _BOTH, density=True, closed=True),
        _scored("heldout_nll", heldout_nll, "loss on real held-out data", sources.COVER, _ALL, told=10_000),
        _scored("perplexity", perplexity, "perplexity on real held-out data", sources.COVER, _DISCRETE),
        _scored("entropy", entropy, "entropy", sources.COVER, _ALL, closed=True),
        Metric("simpson", simpson, "Simpson diversity", sources.SIMPSON, _TYPES),
        Metric(
            "self_agreement",
            self_agreement,
            "agreement with itself beyond that with the world",
            sources.SIMPSON,
            _TYPES,
        ),
        Metric("types", types, "surviving types", sources.HILL, _DISCRETE),
        Metric("effective_types", effective_types, "effective number of types", sources.HILL, _DISCRETE),
        Metric("rare_types", rare_types, "share of rare types alive", sources.HILL, _TYPES),
        Metric("components", components, "components alive", sources.PEARSON, parts=1),
        Metric("least_weight", least_weight, "smallest weight of a component", sources.PEARSON, parts=1),
        Metric(
            "minority_share",
            minority_share,
            "draws taken for the rarest group",
            sources.PEARSON,
            parts=1,
            groups=True,
            integral=True,
        ),
        Metric(
            "rarest_alive",
            rarest_alive,
            "component that began as the rarest group alive",
            sources.WRIGHT,
            parts=1,
            groups=True,
            matched=True,
        ),
        Metric("overlap", overlap, "overlap of the components", sources.BHATTACHARYYA, parts=1),
        Metric("own_perplexity", reading.own_perplexity, "perplexity on its own text", sources.SHANNON, _TEXT),
        Metric(
            "zero_perplexity",
            reading.zero_perplexity,
            "perplexity of the text under generation 0",
            sources.SHUMAILOV,
            _TEXT,
        ),
        Metric(
            "zero_tail", reading.zero_tail, "upper tail of the perplexity under generation 0", sources.SHUMAILOV, _TEXT
        ),
        Metric("vocabulary", reading.vocabulary, "different words", sources.GUO, _TEXT),
        Metric("hapaxes", reading.hapaxes, "share of the words used once that are alive", sources.SURESH, _TEXT),
        *(
            Metric(f"distinct_{n}", f, f"different {n}-grams ÷ {n}-grams", sources.LI, _TEXT)
            for n, f in reading.DISTINCT.items()
        ),
        Metric("repetition", reading.repetition, "share of text that repeats itself", sources.WELLECK, _TEXT),
        Metric("self_bleu", reading.self_bleu, "Self-BLEU between passages", sources.ZHU, _TEXT),
        Metric("copied", reading.copied, "share of text copied from the real one", sources.GUO, _TEXT),
        Metric("gibberish", reading.gibberish, "share of words not in what generation 0 has read", sources.GUO, _TEXT),
        Metric(
            "untrue_pairs",
            reading.untrue_pairs,
            "share of word pairs that never stand in the real text",
            sources.KEISHA,
            _TEXT,
        ),
        Metric("context_entropy", reading.context_entropy, "entropy of the contexts (nats)", sources.SHANNON, _TEXT),
        Metric("label_entropy", label_entropy, "entropy of the components (nats)", sources.SHANNON, parts=1),
        Metric("label_simpson", label_simpson, "Simpson diversity of the components", sources.SIMPSON, parts=1),
        *diversity.LINES,
        *nonsense.LINES,
        *pictures.LINES,
    )
}
