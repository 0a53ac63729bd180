"""Every metric against an independent computation: quadrature, scipy.stats, Monte Carlo with its error, or by hand."""

import math
import warnings
from dataclasses import replace
from itertools import pairwise, product

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import IntegrationWarning, quad
from scipy.linalg import sqrtm
from scipy.special import logsumexp, ndtr

from collapse.beliefs import kernels
from collapse.beliefs.base import Categories, Sample
from collapse.beliefs.kernels import Kernels
from collapse.beliefs.language import EXCERPT
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals
from collapse.data import Moments
from collapse.metrics import METRICS, at_world, evaluate, measurable, metric_named
from collapse.models import MODELS
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde, KdeParams
from collapse.models.mixture import Mixture
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.sources import Source
from collapse.worlds import (
    WORLDS,
    Bimodal,
    Flipper,
    Groups,
    HeavyTailed,
    NormalWorld,
    Penguins,
    Skewed,
    Surnames,
    Uniform,
)
from collapse.worlds.base import HELD_OUT, HELD_OUT_SEED
from collapse.worlds.own import Brought, OwnNumbers

from .harness import agree, bells, possible, variants, z_scores
from .test_digits import PICTURE_METRICS
from .test_language import TEXT_METRICS
from .test_worlds import LINES, twin

WORLD_LINES = [NormalWorld(), Bimodal(), Skewed(), HeavyTailed(), Uniform()]
LINE_METRICS = {
    "variance",
    "log_variance",
    "generalized_variance",
    "mean_drift",
    "tail_mass",
    "smaller_tail",
    "coverage",
    "w1",
    "w2",
    "w2_squared",
    "kl_model_world",
    "kl_world_model",
    "heldout_nll",
    "entropy",
    "outside_mass",
    "hallucination",
}
TYPE_METRICS = {
    "tail_mass",
    "coverage",
    "kl_model_world",
    "kl_world_model",
    "heldout_nll",
    "perplexity",
    "entropy",
    "simpson",
    "self_agreement",
    "types",
    "effective_types",
    "inverse_simpson",
    "rare_types",
    "monofacts",
}
PART_METRICS = {
    "components",
    "least_weight",
    "minority_share",
    "rarest_alive",
    "overlap",
    "label_entropy",
    "label_simpson",
}
VALLEY_METRICS = {"valley"}
MAY_BE_INFINITE = {"log_variance", "entropy", "kl_model_world", "kl_world_model", "heldout_nll"}


class Bell:
    """A Gaussian belief of the program beside scipy's."""

    def __init__(self, mean: float, sd: float) -> None:
        self.belief = Normal(np.array([mean]), np.array([[sd * sd]]))
        self.mean, self.sd, self.reach = mean, sd, 12 * sd
        law = stats.norm(mean, sd)
        self.logpdf, self.cdf, self.ppf = law.logpdf, law.cdf, law.ppf

    def __str__(self) -> str:
        return f"{type(self).__name__}({self.mean:.1f},{self.sd:.1f})".lower()


class Hill(Bell):
    """A kernel density belief of the program beside sums over scipy's normals."""

    def __init__(self, centers: list[float], h: float) -> None:
        c = np.array(centers)
        self.belief = Kernels(c, np.array(h))
        self.mean, self.sd = c.mean(), math.sqrt(c.var() + h * h)
        self.reach = np.abs(c - self.mean).max() + 12 * h
        self.logpdf = lambda x: (
            logsumexp([stats.norm.logpdf(x, m, h) for m in centers], axis=0) - math.log(len(centers))
        )
        self.cdf = lambda x: sum(stats.norm.cdf(x, m, h) for m in centers) / len(centers)
        grid = np.linspace(self.mean - self.reach, self.mean + self.reach, 200_001)
        self.ppf = lambda u: np.interp(u, self.cdf(grid), grid)


class Range(Hill):
    """Two unlike bell curves, 0.7 at −0.8 and 0.3 at 1.1, and a dead one."""

    def __init__(self) -> None:
        super().__init__([0.0], 1.0)
        parts = [(0.7, stats.norm(-0.8, 0.5)), (0.3, stats.norm(1.1, 0.9))]
        self.belief = Normals(
            np.array([0.7, 0.3, 0.0]), np.array([[-0.8], [1.1], [9.0]]), np.array([[[0.25]], [[0.81]], [[4.0]]])
        )
        self.mean, self.reach = -0.56 + 0.33, 12.0
        self.sd = math.sqrt(0.7 * 0.25 + 0.3 * 0.81 + 0.21 * 1.9**2)
        self.logpdf = lambda x: logsumexp([math.log(w) + p.logpdf(x) for w, p in parts], axis=0)
        self.cdf = lambda x: sum(w * p.cdf(x) for w, p in parts)
        grid = np.linspace(-12, 12, 200_001)
        self.ppf = lambda u: np.interp(u, self.cdf(grid), grid)


BELIEFS = [Bell(0.3, 0.8), Bell(-1.2, 0.1), Bell(0.5, 1.7), Hill([-1.5, -0.4, 0.1, 0.3, 1.9], 0.4), Range()]
NODES = 100_001


def integral(f, low: float, high: float) -> float:
    """∫ f dx by the trapezoid rule in s, x = sinh s, which reaches far into a tail."""
    x = np.sinh(np.linspace(math.asinh(low), math.asinh(high), NODES))
    return float(np.trapezoid(f(x), x))


def world_ppf(world, u):
    law = twin(world)
    if hasattr(law, "ppf"):
        return law.ppf(u)
    grid = np.linspace(-6, 6, 200_001)
    return np.interp(u, law.cdf(grid), grid)


def independently(metric: str, belief: Bell, world) -> float:
    """The metric by another road: x-space where the program works in u-space, scipy for its own formulas."""
    law, lo, hi = twin(world), belief.mean - belief.reach, belief.mean + belief.reach
    first, last = (max(min(edge, 1000.0), -1000.0) for edge in law.support())

    def density(x):
        return np.exp(belief.logpdf(x))

    match metric:
        case "variance" | "generalized_variance":
            return integral(lambda x: (x - belief.mean) ** 2 * density(x), lo, hi)
        case "log_variance":
            return math.log(independently("variance", belief, world))
        case "mean_drift":
            return integral(lambda x: x * density(x), lo, hi) ** 2
        case "tail_mass":
            return belief.cdf(world_ppf(world, 0.025)) + 1 - belief.cdf(world_ppf(world, 0.975))
        case "outside_mass":
            return belief.cdf(world_ppf(world, 0.005)) + 1 - belief.cdf(world_ppf(world, 0.995))
        case "hallucination":
            x = np.sinh(np.linspace(math.asinh(lo), math.asinh(hi), 20 * NODES))
            mass = density(x) * np.gradient(x)
            rank = np.empty_like(mass)
            order = np.argsort(mass / np.gradient(x))
            rank[order] = np.cumsum(mass[order])
            return 2 * float(np.sum((mass * rank)[(x < world_ppf(world, 0.005)) | (x > world_ppf(world, 0.995))]))
        case "smaller_tail":
            return min(belief.cdf(world_ppf(world, 0.025)), 1 - belief.cdf(world_ppf(world, 0.975))) / 0.025
        case "coverage":
            return min(1.0, (law.cdf(belief.ppf(0.975)) - law.cdf(belief.ppf(0.025))) / 0.95)
        case "w1":
            return integral(lambda x: np.abs(belief.cdf(x) - law.cdf(x)), -1000, 1000)
        case "w2_squared":
            u = (np.arange(NODES) + 0.5) / NODES
            return float(np.mean((belief.ppf(u) - world_ppf(world, u)) ** 2))
        case "w2":
            return math.sqrt(independently("w2_squared", belief, world))
        case "kl_model_world":
            if world.kind in {"skewed", "uniform"}:
                return math.inf
            return integral(lambda x: density(x) * (belief.logpdf(x) - law.logpdf(x)), lo, hi)
        case "kl_world_model":
            far = {"normal": 35.0, "bimodal": 7.0, "skewed": 35.0, "heavy-tailed": 1000.0, "uniform": 2.0}[world.kind]
            first, last = max(first, -far), min(last, far)
            return integral(lambda x: law.pdf(x) * (law.logpdf(x) - belief.logpdf(x)), first + 1e-12, last - 1e-12)
        case "entropy":
            return -integral(lambda x: density(x) * belief.logpdf(x), lo, hi)
        case "heldout_nll":
            return -float(np.mean(belief.logpdf(world.held_out.x)))
    raise AssertionError(f"a new metric needs an independent computation: {metric}")


# ---- one dimension


@pytest.mark.parametrize("metric", sorted(LINE_METRICS))
@pytest.mark.parametrize(
    ("belief", "world"), list(product(BELIEFS, WORLD_LINES)), ids=lambda x: getattr(x, "kind", str(x))
)
def test_one_dimension(metric, belief, world):
    """Closed forms to 1e-6, integrals over a world to 1e-4; the program's grids (281 nodes, 512 cells) to a few 1e-3."""
    found = float(np.squeeze(METRICS[metric].function(belief.belief, world)))
    coarse = metric in {"w1", "w2", "w2_squared"} or isinstance(belief, Hill)
    fine = 1e-4 if metric.startswith("kl_") or metric == "hallucination" else 1e-6
    error = 3e-3 if coarse else fine
    assert found == pytest.approx(independently(metric, belief, world), rel=error, abs=error)


@pytest.mark.parametrize("belief", BELIEFS, ids=str)
def test_the_valley_of_two_humps_is_the_middle_third_between_them(belief):
    assert METRICS["valley"].function(belief.belief, Bimodal()) == pytest.approx(
        belief.cdf(0.3) - belief.cdf(-0.3), abs=1e-9
    )


def test_a_valley_lies_where_the_world_is_least_dense_between_neighbours():
    """Of three groups in a row, the last of them rare, it is beside the rare one; too near to one another, they have none."""
    world = Groups(count=3, separation=5.0, rare=0.1)
    at = world.groups.means[:, 0]
    assert world.valley == pytest.approx((at[1] + (at[2] - at[1]) / 3, at[2] - (at[2] - at[1]) / 3))
    for without in (Groups(separation=1.0), Groups(dimension=2), NormalWorld(), Skewed(), Penguins()):
        assert without.valley is None
        assert "no valley" in METRICS["valley"].refusal(Scenario(without, Mixture()))
    assert at_world(Bimodal(), "valley") == pytest.approx(0.0814, abs=5e-5)


def test_every_metric_of_the_table_is_computed_somewhere_here():
    assert (
        set(METRICS)
        == LINE_METRICS | VALLEY_METRICS | TYPE_METRICS | TEXT_METRICS | PART_METRICS | PICTURE_METRICS
        != set()
    )
    assert {n for n, m in METRICS.items() if "real" in m.spaces} == LINE_METRICS | VALLEY_METRICS | PART_METRICS
    assert {n for n, m in METRICS.items() if m.parts} == PART_METRICS
    assert {n for n, m in METRICS.items() if "types" in m.spaces} == TYPE_METRICS
    assert {n for n, m in METRICS.items() if "text" in m.spaces} == TEXT_METRICS
    assert {n for n, m in METRICS.items() if "images" in m.spaces} == PICTURE_METRICS


@pytest.mark.parametrize("belief", BELIEFS[:3], ids=lambda b: f"{b.mean}")
def test_distances_to_real_data_are_scipy_s(belief):
    """Flipper lengths in world units against scipy.stats.wasserstein_distance with 20 000 quantiles of the belief."""
    world, z = Flipper(), (np.arange(20_000) + 0.5) / 20_000
    sd, mean = math.sqrt(float(world.distribution.total)), world.distribution.mean.item()
    scaled = Normal(mean + sd * belief.belief.mean, world.distribution.total * belief.belief.cov)
    x = (world.values - mean) / sd
    assert float(METRICS["w1"].function(scaled, world)) == pytest.approx(
        stats.wasserstein_distance(x, belief.ppf(z)), abs=4e-3
    )
    coupled = np.mean((np.sort(np.repeat(x, 1000)) - np.repeat(belief.ppf((np.arange(2740) + 0.5) / 2740), 100)) ** 2)
    assert float(METRICS["w2_squared"].function(scaled, world)) == pytest.approx(coupled, abs=4e-3)
    nll = -np.mean(stats.norm(mean + sd * belief.mean, sd * belief.sd).logpdf(world.held_out.x))
    assert float(METRICS["heldout_nll"].function(scaled, world)) == pytest.approx(nll)
    low, high = world.tails
    assert float(METRICS["tail_mass"].function(scaled, world)) == pytest.approx(
        belief.cdf((low.item() - mean) / sd) + 1 - belief.cdf((high.item() - mean) / sd)
    )


@pytest.mark.parametrize("world", [Flipper(), OwnNumbers()], ids=lambda w: w.kind)
@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.3, 0.8), (-1.2, 0.1), (0.02, 1.05), (4.0, 0.0)])
def test_distances_of_a_bell_curve_to_a_data_set_are_exact(world, shift, scale):
    """W₁ = ∫ |F − G| dx and W₂² = ∫ (Q − Q₀)² du, both by midpoints in every step of the data: 4000 a row; no row is between."""
    x = np.sort(world.data.trained[:, 0] if isinstance(world, OwnNumbers) else world.values)
    mean, sd = x.mean() + shift * x.std(), scale * x.std()
    belief = Normal(np.array([mean]), np.array([[sd * sd]]))
    gap = mean + sd * stats.norm.ppf((np.arange(4000 * len(x)) + 0.5) / (4000 * len(x))) - np.repeat(x, 4000)
    assert METRICS["w1"].function(belief, world).item() == pytest.approx(np.abs(gap).mean() / x.std(), rel=1e-5)
    assert METRICS["w2_squared"].function(belief, world).item() == pytest.approx(np.mean(gap**2) / x.var(), rel=3e-5)


def test_a_data_set_of_many_values_is_as_near_as_its_quadrature():
    """More different values than nodes: W₁ by the trapezoid rule to half a percent, W₂² exactly as ever."""
    world = OwnNumbers(Brought.of(np.random.default_rng(5).gamma(2.0, size=(2500, 1))))
    x, belief = np.sort(world.data.trained[:, 0]), Normal(np.array([2.2]), np.array([[1.5]]))
    gap = 2.2 + math.sqrt(1.5) * stats.norm.ppf((np.arange(500 * len(x)) + 0.5) / (500 * len(x))) - np.repeat(x, 500)
    assert METRICS["w1"].function(belief, world).item() == pytest.approx(np.abs(gap).mean() / x.std(), rel=5e-3)
    assert METRICS["w2_squared"].function(belief, world).item() == pytest.approx(np.mean(gap**2) / x.var(), rel=3e-5)


@pytest.mark.parametrize("df", [3.0, 5.0])
def test_the_far_tails_of_a_world_count_for_a_kernel_density(df):
    """W₂² = ∫ (Q − Q₀)² du over both tails by ratio, down to levels of 1e-15; a sum over the cells alone missed up to a tenth."""
    world, (centers, h) = (
        HeavyTailed(df=df),
        (np.random.default_rng(2).standard_t(df, 40) * math.sqrt((df - 2) / df), 0.4),
    )
    u = np.geomspace(1e-15, 0.5, 40_001)
    x = np.linspace(centers.min() - 9 * h, centers.max() + 9 * h, 20_001)
    below, above = (stats.norm.cdf(s * (x[:, None] - centers) / h).mean(axis=1) for s in (1, -1))
    ends = stats.t(df).ppf(u) * math.sqrt((df - 2) / df)
    low, high = np.interp(u, below, x) - ends, np.interp(u, above[::-1], x[::-1]) + ends
    exact = np.trapezoid(low**2 + high**2, u)
    assert METRICS["w2_squared"].function(Kernels(centers, np.array(h)), world).item() == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("world", [NormalWorld(), Uniform(), Flipper()], ids=lambda w: w.kind)
def test_nobody_covers_more_than_the_world(world):
    """By hand: the rows inside the closed interval, at most all of them."""
    sd = math.sqrt(float(world.distribution.total))
    wide, half = (Normal(world.distribution.mean, np.array([[(s * sd) ** 2]])) for s in (3.0, 0.5))
    assert METRICS["coverage"].function(wide, world).item() == 1.0
    if world.finite:
        low, high = stats.norm.interval(0.95, world.distribution.mean.item(), 0.5 * sd)
        rows = np.mean((world.values >= low) & (world.values <= high))
        assert METRICS["coverage"].function(half, world).item() == pytest.approx(rows / 0.95)


def test_a_tail_loses_its_mass_when_the_belief_narrows():
    """2Φ(−1.96/σ): at σ² = 0.4144 half of the tail is left, which is what `early` looks for."""
    for v, mass in (
        (1.0, 0.05),
        (0.25, 2 * stats.norm.sf(2 * 1.959963984540054)),
        (4.0, 2 * stats.norm.sf(1.959963984540054 / 2)),
    ):
        assert METRICS["tail_mass"].function(Normal(np.zeros(1), np.array([[v]])), NormalWorld()) == pytest.approx(mass)


# ---- many dimensions

MEAN, COV = np.array([0.4, -0.3, 0.1]), np.array([[1.3, 0.4, -0.2], [0.4, 0.6, 0.1], [-0.2, 0.1, 0.9]])


def test_three_dimensions_by_formula_and_by_sampling():
    """KL both ways by 200 000 draws (false alarm 1e-5; the control is the KL the other way round); W₂ with scipy's sqrtm."""
    world, belief = NormalWorld(dimension=3), Normal(MEAN, COV)
    found = {name: float(METRICS[name].function(belief, world)) for name in measurable(Scenario(world=world))}
    ours, theirs = stats.multivariate_normal(MEAN, COV), stats.multivariate_normal(np.zeros(3), np.eye(3))
    x, y = ours.rvs(200_000, random_state=1), theirs.rvs(200_000, random_state=2)
    forward, backward = ours.logpdf(x) - theirs.logpdf(x), theirs.logpdf(y) - ours.logpdf(y)
    assert agree(z_scores(forward, found["kl_model_world"]))
    assert agree(z_scores(backward, found["kl_world_model"]))
    assert not agree(z_scores(backward, found["kl_model_world"]))
    assert found["entropy"] == pytest.approx(ours.entropy())
    assert found["variance"] == pytest.approx(np.trace(COV) / 3)
    assert found["log_variance"] == pytest.approx(np.log(np.linalg.eigvals(COV).real).mean())
    assert found["mean_drift"] == pytest.approx(MEAN @ MEAN / 3)
    assert found["w2_squared"] == pytest.approx((MEAN @ MEAN + np.trace(COV) + 3 - 2 * np.trace(sqrtm(COV)).real) / 3)
    assert found["w2"] == pytest.approx(math.sqrt(found["w2_squared"]))
    sd = np.sqrt(np.diag(COV))
    tails = stats.norm.cdf(-1.959963984540054, MEAN, sd) + stats.norm.sf(1.959963984540054, MEAN, sd)
    assert found["tail_mass"] == pytest.approx(tails.mean())
    rows = world.sample((HELD_OUT,), np.random.default_rng(HELD_OUT_SEED))
    assert found["heldout_nll"] == pytest.approx(-ours.logpdf(rows).mean())
    assert "coverage" not in found
    assert "w1" not in found


# ---- the parts of a mixture, by hand

PENGUINS = Scenario(world=Penguins(), model=Mixture())


def flock(weights: list[float], places: list[str]) -> Normals:
    """Components that stand exactly where a species does."""
    groups = PENGUINS.world.groups
    at = [groups.labels.index(name) for name in places]
    return Normals(np.array(weights), groups.means[at], groups.covs[at])


def test_the_parts_of_the_world_are_its_species():
    assert at_world(PENGUINS.world, "components") == 3
    assert at_world(PENGUINS.world, "rarest_alive") == 1
    assert at_world(PENGUINS.world, "least_weight") == pytest.approx(54 / 274), (
        "of the 274 training birds 54 are Chinstraps"
    )
    assert at_world(PENGUINS.world, "minority_share") == pytest.approx(54 / 274, abs=0.01), (
        "a few would pass for others"
    )
    assert math.isnan(at_world(NormalWorld(), "components")), "nobody knows any groups there"


@pytest.mark.parametrize(
    ("weights", "places", "expected"),
    [
        ([0.5, 0.3, 0.2], ["Adelie", "Gentoo", "Chinstrap"], (3, 0.2, 0.2, 1)),
        ([0.5, 0.5, 0.0], ["Adelie", "Gentoo", "Chinstrap"], (2, 0.0, 0.0, 0)),
        ([0.0, 0.6, 0.4], ["Adelie", "Gentoo", "Chinstrap"], (2, 0.0, 0.4, 1)),
        ([0.5, 0.3, 0.2], ["Chinstrap", "Chinstrap", "Adelie"], (3, 0.2, 0.8, 1)),
    ],
)
def test_parts_by_hand(weights, places, expected):
    """components, least_weight, minority_share (by what its draws are taken for) and rarest_alive (by birth: the third component)."""
    belief = flock(weights, places)
    names = ("components", "least_weight", "minority_share", "rarest_alive")
    for name, value in zip(names, expected, strict=True):
        off = 0.08 if name == "minority_share" else 1e-9  # a few real birds would be taken for another species
        assert float(METRICS[name].function(belief, PENGUINS.world)) == pytest.approx(value, abs=off), name
    assert float(METRICS["overlap"].function(belief, PENGUINS.world)) == pytest.approx(float(belief.overlap()))


def test_held_out_penguins_are_scored_in_the_plane():
    belief = flock([0.4, 0.35, 0.25], ["Adelie", "Gentoo", "Chinstrap"])
    held_out = PENGUINS.world.held_out
    assert isinstance(held_out, Sample)
    each = [
        math.log(w) + stats.multivariate_normal(m, c).logpdf(held_out.rows)
        for w, m, c in zip(belief.weights, belief.means, belief.covs, strict=True)
    ]
    assert float(METRICS["heldout_nll"].function(belief, PENGUINS.world)) == pytest.approx(
        -logsumexp(each, axis=0).mean()
    )


@pytest.mark.parametrize(
    ("scenario", "name", "why"),
    [
        (Scenario(), "components", "for a mixture"),
        (Scenario(world=NormalWorld(), model=Mixture()), "minority_share", "no groups"),
        (Scenario(world=Penguins(), model=Mixture(components=2)), "rarest_alive", "has groups, which is 3"),
        (PENGUINS, "w2", "no formula"),
        (PENGUINS, "entropy", "no formula"),
        (Scenario(world=Penguins()), "w2_squared", "no formula"),
        (PENGUINS, "w1", "one dimension"),
    ],
    ids=str,
)
def test_what_mixtures_cannot_be_asked_says_why(scenario, name, why):
    with pytest.raises(ValueError, match=why):
        metric_named(name, scenario)


# ---- types, by hand


def by_hand(p: list[float], world: Surnames, n: int = 1000) -> dict[str, float]:
    q, rare, held = world.p.tolist(), world.rare.tolist(), world.held_out.p.tolist()
    k = len(p)
    scored = [0.99 * x + 0.01 / k for x in p]
    nll = -math.fsum(h * math.log(s) for h, s in zip(held, scored, strict=True) if h)
    entropy = -math.fsum(x * math.log(x) for x in p if x)
    return {
        "tail_mass": math.fsum(x for x, r in zip(p, rare, strict=True) if r),
        "coverage": math.fsum(y for x, y in zip(p, q, strict=True) if x > 0),
        "kl_model_world": math.fsum(x * math.log(x / y) for x, y in zip(p, q, strict=True) if x),
        "kl_world_model": math.inf
        if min(p) == 0
        else math.fsum(y * math.log(y / x) for x, y in zip(p, q, strict=True)),
        "heldout_nll": nll,
        "perplexity": math.exp(nll),
        "entropy": entropy,
        "effective_types": math.exp(entropy),
        "simpson": 1 - math.fsum(x * x for x in p),
        "inverse_simpson": 1 / math.fsum(x * x for x in p),
        "monofacts": math.fsum(x * (1 - x) ** (n - 1) for x in p),
        "self_agreement": math.fsum(x * x - x * y for x, y in zip(p, q, strict=True)),
        "types": sum(x > 0 for x in p),
        "rare_types": sum(x > 0 and r for x, r in zip(p, rare, strict=True)) / max(sum(rare), 1),
    }


@pytest.mark.parametrize("lost", [0, 3, 29])
def test_types_by_hand(lost):
    world = Surnames(types=30)
    p = np.random.default_rng(lost).dirichlet(np.ones(30))
    p[30 - lost :] = 0
    p /= p.sum()
    expected = by_hand(p.tolist(), world)
    assert set(expected) == TYPE_METRICS
    for name, value in expected.items():
        assert float(METRICS[name].function(Categories(p), world)) == pytest.approx(value, rel=1e-10, abs=1e-12), name


# ---- generation 0


@pytest.mark.parametrize("world", [w for kind in WORLDS.values() for w in variants(kind)], ids=repr)
def test_the_world_is_its_own_generation_0(world):
    model = next(m() for m in MODELS.values() if possible({"world": world, "model": m()}))
    names = measurable(Scenario(world=world, model=model))
    value = {name: at_world(world, name, model) for name in names}
    for name in names:
        if name in {"w1", "w2", "w2_squared", "kl_model_world", "kl_world_model", "log_variance", "mean_drift"}:
            far = (
                2e-7 if world.blended else 1e-9
            )  # a distance reads quantiles back from levels near 1, which are rounded
            assert value[name] == pytest.approx(0, abs=far)
    if world.space == "real":
        assert value["variance"] == pytest.approx(1, abs=1e-12)
        assert value["tail_mass"] == pytest.approx(0.05, abs=1e-9) or (
            world.finite and 0.03 < value["tail_mass"] <= 0.05
        )
        assert value.get("coverage", 1.0) == pytest.approx(1, abs=1e-9), "the ends of an interval belong to it"
        for name in {"heldout_nll", "entropy"} & value.keys():
            assert math.isnan(value[name]) == world.finite, "a data set has no density"
    elif world.space == "images":
        assert value["variance"] == pytest.approx(1, abs=1e-12)
        assert 0.03 < value["tail_mass"] <= 0.05
        assert value["coverage"] > 0.9
        assert value["live_classes"] == len(world.classes)
        assert value["frechet"] == pytest.approx(0, abs=1e-9)
        assert math.isnan(value["elbo"]), "a data set has no density"
    elif world.space == "text":
        assert 0.03 < value["tail_mass"] < 0.07, "5%, but for an excerpt only"
        assert value["gibberish"] == 0
        assert value["copied"] > 0.99, "but for passages that are cut where the text ends"
    else:
        assert value == pytest.approx({**by_hand(world.p.tolist(), world, EXCERPT)}, abs=1e-9)
        assert value["tail_mass"] <= 0.05
        assert value["types"] == world.types


# ---- collapse to the very end


@pytest.mark.parametrize("v", [1e-12, 1e-300, 5e-324, 0.0, 1e300])
@pytest.mark.parametrize("world", [*WORLD_LINES, Flipper()], ids=repr)
def test_an_extreme_gaussian_is_measured_without_a_warning(world, v):
    params = bells(np.array([[0.3], [-2.0]]), np.full((2, 1, 1), v))
    scenario = Scenario(world=world)
    for name, values in evaluate(scenario, params, measurable(scenario)).items():
        assert values.shape == (2,)
        assert not np.isnan(values).any(), name
        assert np.isfinite(values).all() or name in MAY_BE_INFINITE
    narrow = (
        evaluate(scenario, params, ("kl_world_model",))["kl_world_model"] if not world.finite else np.array([np.inf])
    )
    assert (narrow > 1e10).all() or v in {1e-12, 1e300}


def test_what_a_point_is_worth():
    """v = 0 at m: W₂² = m² + 1, W₁ = E|X − m|, no tail, no coverage, and infinite losses."""
    scenario = Scenario()
    found = evaluate(scenario, bells(np.array([[0.3]]), np.zeros((1, 1, 1))), measurable(scenario))
    value = {k: v.item() for k, v in found.items()}
    folded = 2 * stats.norm.pdf(0.3) + 0.3 * (2 * stats.norm.cdf(0.3) - 1)
    assert value["w2_squared"] == pytest.approx(1.09)
    assert value["w1"] == pytest.approx(folded, abs=1e-3)
    assert (value["variance"], value["tail_mass"], value["coverage"]) == (0, 0, 0)
    assert value["log_variance"] == value["entropy"] == -math.inf
    assert value["kl_model_world"] == value["kl_world_model"] == value["heldout_nll"] == math.inf


@pytest.mark.parametrize("rank", [0, 1, 2])
def test_a_flat_gaussian_in_three_dimensions_is_singular(rank):
    """Fewer directions than dimensions: log det −∞ and infinite losses, whatever rounding says; the trace stays."""
    rng = np.random.default_rng(rank)
    rows = rng.standard_normal((500, 20, rank)) @ rng.standard_normal((500, rank, 3))
    scenario = Scenario(world=NormalWorld(dimension=3))
    params = Gaussian().fit(Moments.of(rows), None, rng)
    found = evaluate(scenario, params, measurable(scenario))
    assert (found["log_variance"] == -np.inf).all()
    assert (found["kl_world_model"] == np.inf).all()
    assert (found["heldout_nll"] == np.inf).all()
    np.testing.assert_allclose(found["variance"], rows.var(axis=1).sum(axis=-1) / 3)
    assert np.isfinite(found["w2"]).all()


@pytest.mark.parametrize("h", [1e-3, 1e-15, 1e-200, 0.0])
@pytest.mark.parametrize("world", [*WORLD_LINES, Flipper()], ids=repr)
def test_a_kernel_density_on_one_point_is_measured_without_a_warning(world, h):
    scenario = Scenario(world=world, model=Kde())
    found = evaluate(scenario, KdeParams(np.full((2, 5), 0.3), np.full(2, h)), measurable(scenario))
    for name, values in found.items():
        assert not np.isnan(values).any(), name
        assert np.isfinite(values).all() or name in MAY_BE_INFINITE
    sd = math.sqrt(float(world.distribution.total))
    u = np.linspace(0, 1, 20_002)[1:-1]
    np.testing.assert_allclose(found["w1"], np.abs(world.distribution.quantile(u) - 0.3).mean() / sd, rtol=5e-3)
    np.testing.assert_allclose(found["variance"], h * h / sd**2, atol=1e-30)


def test_kernels_outside_the_world_cost_infinity_and_not_nonsense():
    """Empty cells between far kernels have weight 0 where the world's log density is −∞: 0 · ∞ must be 0."""
    belief = Kernels(np.array([1.6, 3.0, 9.0]), np.array(0.01))
    assert METRICS["kl_model_world"].function(belief, Uniform()) == np.inf


def test_one_surviving_type():
    world, p = Surnames(types=10), np.eye(10)[0]
    value = {n: float(METRICS[n].function(Categories(p), world)) for n in TYPE_METRICS}
    assert (value["simpson"], value["types"], value["entropy"], value["effective_types"]) == (0, 1, 0, 1)
    assert value["kl_world_model"] == math.inf
    assert math.isfinite(value["heldout_nll"])
    assert math.isfinite(value["perplexity"])


# ---- the contract


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda m: m.name)
def test_a_metric_introduces_itself(metric):
    assert METRICS[metric.name] is metric
    assert isinstance(metric.source, Source)
    assert metric.label
    assert metric.function.__doc__
    assert set(metric.spaces) <= {"real", "types", "text", "images"} != set()


@pytest.mark.parametrize("kind", WORLDS.values(), ids=lambda k: k.kind)
def test_what_cannot_be_measured_says_why(kind):
    for world in variants(kind):
        model = next(m() for m in MODELS.values() if possible({"world": world, "model": m()}))
        scenario = Scenario(world=world, model=model)
        able = measurable(scenario)
        assert len(able) >= 5
        for name, metric in METRICS.items():
            if name in able:
                assert metric_named(name, scenario) is metric
            else:
                assert len(metric.refusal(scenario)) > 10
                with pytest.raises(ValueError, match=f"metric={name} cannot be measured here"):
                    metric_named(name, scenario)


@pytest.mark.parametrize("model", [Gaussian(), Kde(), Categorical()], ids=lambda m: m.kind)
def test_lineages_and_generations_are_measured_each_by_itself(model):
    world = Surnames(types=12) if model.space == "types" else NormalWorld()
    scenario, rng = Scenario(world=world, model=model), np.random.default_rng(3)
    params = model.fit(model.observe(world, 6, 9, rng), None, rng)
    names = measurable(scenario)
    flat = evaluate(scenario, params, names)
    folded = evaluate(scenario, model.Params(*(a.reshape(2, 3, *a.shape[1:]) for a in params)), names)
    for name in names:
        assert flat[name].shape == (6,)
        np.testing.assert_allclose(folded[name], flat[name].reshape(2, 3), rtol=1e-12)


def test_a_kernel_density_does_not_depend_on_the_chunks(monkeypatch):
    belief, x = Kernels(np.random.default_rng(4).standard_normal((3, 40)), np.full(3, 0.3)), np.linspace(-3, 3, 57)
    whole = belief.cdf(x), belief.logpdf(x)
    monkeypatch.setattr(kernels, "_CHUNK", 500)
    np.testing.assert_array_equal(belief.cdf(x), whole[0])
    np.testing.assert_array_equal(belief.logpdf(x), whole[1])


@pytest.mark.parametrize("world", LINES, ids=repr)
def test_the_outside_of_a_world_is_its_tail(world):
    low, high = world.tails
    assert float(world.distribution.outside(low, high)) == pytest.approx(0.05)


@pytest.mark.parametrize("world", [Uniform(), Skewed(), Skewed(shape=30.0)], ids=repr)
@pytest.mark.parametrize("model", [Gaussian(), Kde(), Mixture(components=2)], ids=lambda m: m.kind)
def test_whatever_says_the_impossible_is_infinitely_wrong(world, model):
    """A bell curve reaches beyond every edge: KL(model ‖ world) is infinite in every lineage and generation.

    Control: a world without edges, where it is finite as long as the model has a spread; and the world itself, at distance 0.
    """
    s = Scenario(world=world, model=model, n=20, generations=8, lineages=10)
    found = run(s).measure("kl_model_world")
    assert np.isposinf(found[:, 1:]).all()
    assert found[:, 0] == pytest.approx(0, abs=1e-9)
    assert np.isfinite(run(replace(s, world=HeavyTailed(), generations=2)).measure("kl_model_world")).all()


# ---- densities that change at very different scales


def log_bell(x, mean=0.0, sd=1.0):
    """The log density of a Gaussian by its formula: `stats.norm` takes twenty times as long for a single number."""
    return -0.5 * ((x - mean) / sd) ** 2 - np.log(sd * math.sqrt(2 * math.pi))


def densely(log_q, places) -> tuple[float, float, float]:
    """(entropy, KL(normal world ‖ q), KL(q ‖ normal world)) by scipy's adaptive quadrature between all `places`."""
    ends = np.unique(places)

    def integral(f):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IntegrationWarning)  # it says that 1e-11 is all that rounding allows
            return math.fsum(quad(f, a, b, limit=200, epsabs=1e-11, epsrel=1e-9)[0] for a, b in pairwise(ends))

    entropy = -integral(lambda x: math.exp(log_q(x)) * log_q(x))
    world_model = -integral(lambda x: math.exp(log_bell(x)) * log_q(x)) - stats.norm.entropy()
    return entropy, world_model, -entropy - integral(lambda x: math.exp(log_q(x)) * log_bell(x))


@pytest.mark.parametrize("h", [0.001, 0.003, 0.01, 0.05, 0.2, 0.5])
def test_a_kernel_density_is_integrated_at_its_own_scale(h):
    """Entropy and KL(q ‖ world) to 1e-6, KL(world ‖ q) to 1e-4, W₁ and coverage on a grid of 2 million; the entropy at h = 0.001 was
    wrong by 2.5 nats."""
    c = np.random.default_rng(1).standard_normal(12)
    belief, world = Kernels(c, np.array(h)), NormalWorld()

    def log_q(x):
        return float(np.logaddexp.reduce(log_bell(x, c, h))) - math.log(len(c))

    around = [c + k * h for k in (-8, -4, -2, -1, 0, 1, 2, 4, 8)]
    right = densely(
        log_q,
        np.concatenate([*around, np.diff(np.sort(c)) / 2 + np.sort(c)[:-1], np.linspace(-9, 9, 61)]),
    )
    for name, value in zip(("entropy", "kl_world_model", "kl_model_world"), right, strict=True):
        error = 1e-4 if name == "kl_world_model" else 1e-6
        assert float(np.squeeze(METRICS[name].function(belief, world))) == pytest.approx(value, rel=error), name
    x = np.linspace(c.min() - 9 * h, c.max() + 9 * h, 2_000_001)
    cdf = sum(ndtr((x - k) / h) for k in c) / len(c)
    low, high = np.interp([0.025, 0.975], cdf, x)
    assert METRICS["coverage"].function(belief, world).item() == pytest.approx(
        (ndtr(high) - ndtr(low)) / 0.95, abs=1e-5
    )
    distance = (
        np.trapezoid(np.abs(cdf - ndtr(x)), x)
        + sum(quad(ndtr, -9, x[0])[:1])
        + sum(quad(lambda v: ndtr(-v), x[-1], 9)[:1])
    )
    assert METRICS["w1"].function(belief, world).item() == pytest.approx(distance, abs=1e-4)


@pytest.mark.parametrize("narrow", [1.0, 0.1, 0.01, 1e-3])
def test_a_mixture_with_a_narrow_component_is_integrated_at_its_scale(narrow):
    """Entropy and both KL to 1e-6 of their size; with the nodes of the world alone they were up to 4.4% off."""
    means, sds, weights = (-1.0, 0.5, 0.7), (0.3, narrow, 1.0), (0.5, 0.4, 0.1)
    belief = Normals(np.array(weights), np.array(means)[:, None], np.array(sds)[:, None, None] ** 2)

    def log_q(x):
        return float(np.logaddexp.reduce(np.log(weights) + log_bell(x, np.array(means), np.array(sds))))

    places = np.concatenate(
        [np.linspace(-9, 9, 91), *(m + s * np.linspace(-8, 8, 33) for m, s in zip(means, sds, strict=True))]
    )
    right = densely(log_q, places)
    for name, value in zip(("entropy", "kl_world_model", "kl_model_world"), right, strict=True):
        assert float(np.squeeze(METRICS[name].function(belief, NormalWorld()))) == pytest.approx(
            value, rel=1e-6, abs=1e-7
        ), name
