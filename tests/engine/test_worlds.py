"""Every world against quadrature, scipy.stats and the vendored files; and the test set nobody is trained on."""

import csv
import math
import statistics
from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import quad

import collapse
from collapse.beliefs.base import Categories, Sample
from collapse.models.gaussian import Gaussian
from collapse.recursion import Streams
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

from .harness import ALARM, agree, variants, z_scores

DATASETS = Path(collapse.__file__).parent / "datasets"
EVERY = [world for kind in WORLDS.values() for world in variants(kind)]
ALL = [world for world in EVERY if world.space in ("real", "types")]  # texts: test_language.py; images: test_digits.py
LINES = [w for w in ALL if w.space == "real" and w.d == 1 and not w.finite]


class Humps:
    """A mixture from scipy normals."""

    def __init__(self, humps, weights):
        self.humps, self.weights = humps, weights

    def support(self):
        return -math.inf, math.inf

    def pdf(self, x):
        return sum(w * h.pdf(x) for w, h in zip(self.weights, self.humps, strict=True))

    def logpdf(self, x):
        return np.logaddexp.reduce([math.log(w) + h.logpdf(x) for w, h in zip(self.weights, self.humps, strict=True)])

    def cdf(self, x):
        return sum(w * h.cdf(x) for w, h in zip(self.weights, self.humps, strict=True))


def twin(world):
    """The same distribution from scipy.stats; a new continuous world needs a line here."""
    match world:
        case NormalWorld():
            return stats.norm()
        case Bimodal():
            return Humps([stats.norm(centre, math.sqrt(0.19)) for centre in (-0.9, 0.9)], [0.5, 0.5])
        case Groups(count=k, dimension=1, separation=far, rare=rare):
            weights = [(1 - rare) / (k - 1)] * (k - 1) + [rare]
            middle = math.fsum(w * i * far for i, w in enumerate(weights))
            sd = math.sqrt(1 + math.fsum(w * (i * far - middle) ** 2 for i, w in enumerate(weights)))
            return Humps([stats.norm((i * far - middle) / sd, 1 / sd) for i in range(k)], weights)
        case Skewed(shape=k):
            return stats.gamma(k, loc=-math.sqrt(k), scale=1 / math.sqrt(k))
        case HeavyTailed(df=df):
            return stats.t(df, scale=math.sqrt((df - 2) / df))
        case Uniform():
            return stats.uniform(-math.sqrt(3), 2 * math.sqrt(3))
    raise AssertionError(f"{world} has no twin in the tests")


def expectation(world, f):
    """E f(X) by adaptive quadrature of the density; a finite lower edge x₀ is opened by x = x₀ + s², so that x^(−½) is smooth."""
    low, high = twin(world).support()

    def weigh(x):
        return f(x) * math.exp(world.distribution.logpdf(np.array([x])).item())

    if math.isfinite(low) and math.isinf(high):
        return quad(lambda s: 2 * s * weigh(low + s * s), 0, np.inf, limit=500)[0]
    return quad(weigh, low, high, limit=500)[0]


def test_the_table_has_continuous_and_finite_worlds():
    assert len(LINES) > 8
    assert {w.kind for w in ALL if w.finite} == {"flipper", "penguins", "surnames", "own-numbers", "own-types"}


@pytest.mark.parametrize("world", LINES, ids=repr)
def test_mean_0_and_variance_1_by_quadrature(world):
    assert expectation(world, lambda x: 1.0) == pytest.approx(1, abs=1e-8)
    assert expectation(world, lambda x: x) == pytest.approx(0, abs=1e-7)
    rough = isinstance(world, HeavyTailed) and world.df < 3
    assert expectation(world, lambda x: x * x) == pytest.approx(1, abs=1e-4 if rough else 1e-7)
    assert (world.distribution.mean.item(), world.distribution.cov.item()) == (0.0, 1.0)


@pytest.mark.parametrize("world", LINES, ids=repr)
def test_density_and_distribution_are_scipy_s(world):
    x = np.linspace(-4.05, 4.05, 164)
    other = twin(world)
    with np.errstate(divide="ignore"):
        np.testing.assert_allclose(np.exp(world.distribution.logpdf(x)), other.pdf(x), rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(world.distribution.cdf(x), other.cdf(x), rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("world", LINES, ids=repr)
def test_quantile_undoes_cdf(world):
    u = np.concatenate([[1e-9, 1e-6], np.linspace(0.001, 0.999, 97), [1 - 1e-6]])
    np.testing.assert_allclose(world.distribution.cdf(world.distribution.quantile(u)), u, rtol=1e-7, atol=1e-9)
    low, high = world.tails
    np.testing.assert_allclose([twin(world).cdf(low).item(), twin(world).cdf(high).item()], [0.025, 0.975], rtol=1e-9)


@pytest.mark.parametrize("world", LINES, ids=repr)
def test_entropy_by_quadrature(world):
    def surprise(x):
        log = world.distribution.logpdf(np.array([x])).item()
        return -log if math.isfinite(log) else 0.0

    assert float(world.distribution.entropy()) == pytest.approx(expectation(world, surprise), abs=2e-5), (
        "the trapezoid rule on 281 nodes"
    )


@pytest.mark.parametrize("world", LINES, ids=repr)
def test_samples_follow_the_law(world):
    """Kolmogorov–Smirnov, 40 000 draws, level 1e-5; control: the same draws stretched by a tenth are rejected."""
    x = world.sample((200, 200), np.random.default_rng(1))
    assert x.shape == (200, 200, 1)
    assert stats.kstest(x.ravel(), twin(world).cdf).pvalue > ALARM
    assert stats.kstest(1.1 * x.ravel(), twin(world).cdf).pvalue < ALARM


@pytest.mark.parametrize("d", [1, 2, 16])
def test_the_normal_world_in_many_dimensions(d):
    """Mean 0, covariance I and 5% in each coordinate's tails; false alarm 1e-5; a correlated world is the control."""
    world = NormalWorld(dimension=d)
    x = world.sample((30_000,), np.random.default_rng(d))
    upper = np.triu_indices(d)
    products = (x[:, :, None] * x[:, None, :])[:, *upper]
    assert x.shape == (30_000, d)
    assert agree(z_scores(x, 0.0))
    assert agree(z_scores(products, np.eye(d)[upper]))
    assert not agree(z_scores(products * 1.1, np.eye(d)[upper]))
    low, high = world.tails
    assert agree(z_scores((x < low) | (x > high), 0.05))
    assert float(world.distribution.total) == d
    assert float(world.distribution.entropy()) == pytest.approx(d / 2 * math.log(2 * math.pi * math.e))


# ---- what nobody is trained on


@pytest.mark.parametrize("world", ALL, ids=repr)
def test_the_held_out_set_is_fixed_and_drawn_from_the_world(world):
    """Mean and variance of the test set within 4.7 standard errors or so of the world's; false alarm 2e-5 each."""
    again = type(world)(**{k: getattr(world, k) for k in type(world).knobs()})
    a, b = world.held_out, again.held_out
    if isinstance(a, Categories):
        np.testing.assert_array_equal(a.p, b.p)
        if world.private:
            return  # counted, not drawn: see test_own
        np.testing.assert_allclose(a.p * 10_000, np.round(a.p * 10_000), atol=1e-9)
        z = (a.p - world.p) / np.sqrt(world.p * (1 - world.p) / 10_000)
        assert np.abs(z[world.p * 10_000 > 20]).max() < 5.5
        assert not np.array_equal(a.p, world.p)
    else:
        assert isinstance(a, Sample)
        np.testing.assert_array_equal(a.rows, b.rows)
        assert a.rows.shape == (len(a.x), world.d)
        assert agree(z_scores(a.rows, world.distribution.mean))
        gap, upper = a.rows - world.distribution.mean, np.triu_indices(world.d)
        assert agree(z_scores((gap[:, :, None] * gap[:, None, :])[:, *upper], world.distribution.cov[upper]))


@pytest.mark.parametrize("world", LINES, ids=repr)
@pytest.mark.parametrize("seed", [0, 1, 20240724])
def test_no_training_example_is_held_out(world, seed):
    """Not even for the seed that looks like the test set's own; continuous values never meet by chance."""
    held_out = set(world.held_out.x.tolist())
    assert len(held_out) == 2000
    for purpose in ("original", "fresh"):
        rows = Gaussian().witness(world, 20, 100, Streams(seed, 0)(1, purpose)).x
        assert not held_out & set(rows.ravel().tolist())


def flippers() -> list[float]:
    with (DATASETS / "penguins.csv").open() as file:
        return [float(row["flipper_length_mm"]) for row in csv.DictReader(file) if row["flipper_length_mm"] != "NA"]


def test_the_flippers_are_the_file_s():
    lengths, world = flippers(), Flipper()
    train, kept = [x for i, x in enumerate(lengths) if i % 5 != 4], [x for i, x in enumerate(lengths) if i % 5 == 4]
    assert (len(lengths), len(train), len(kept)) == (342, 274, 68)
    assert (min(lengths), max(lengths)) == (172, 231)
    assert statistics.fmean(lengths) == pytest.approx(200.9152, abs=1e-4), "the mean that palmerpenguins reports"
    assert world.values.tolist() == sorted(train)
    assert world.held_out.x.tolist() == sorted(kept)
    assert world.distribution.mean.item() == pytest.approx(statistics.fmean(train))
    assert float(world.distribution.total) == pytest.approx(statistics.pvariance(train))


def test_flippers_are_drawn_with_replacement_from_the_training_ones():
    """Pearson's χ² over all lengths, 50 000 draws, level 1e-5; control: the held-out lengths' frequencies."""
    world = Flipper()
    drawn = world.sample((50_000,), np.random.default_rng(2))[:, 0]
    values, times = np.unique(world.values, return_counts=True)
    assert set(drawn) == set(values)
    seen = np.array([(drawn == v).sum() for v in values])
    assert stats.chisquare(seen, 50_000 * times / times.sum()).pvalue > ALARM
    others = np.array([(world.held_out.x == v).sum() + 0.01 for v in values])
    assert stats.chisquare(seen, 50_000 * others / others.sum()).pvalue < ALARM


def test_flipper_cdf_and_quantile_are_the_empirical_ones():
    world, m = Flipper(), 274
    for x in (150.0, 172.0, 200.0, 200.5, 231.0, 300.0):
        assert float(world.distribution.cdf(np.array(x))) == sum(v <= x for v in world.values) / m
    u = np.array([0.5 / m, 0.25, 0.5, 0.975, 1.0])
    np.testing.assert_array_equal(world.distribution.quantile(u), np.quantile(world.values, u, method="inverted_cdf"))
    low, high = world.tails
    assert float(world.distribution.outside(low, high)) == sum(v < low or v > high for v in world.values) / m <= 0.05


PAIRS = {
    "bill": (("bill_length_mm", 1.0), ("bill_depth_mm", 1.0)),
    "body": (("flipper_length_mm", 1.0), ("body_mass_g", 0.01)),
}


@pytest.mark.parametrize("measured", PAIRS)
def test_the_penguins_are_the_file_s(measured):
    with (DATASETS / "penguins.csv").open() as file:
        birds = [row for row in csv.DictReader(file) if row["body_mass_g"] != "NA"]
    rows = [tuple(scale * float(row[name]) for name, scale in PAIRS[measured]) for row in birds]
    kept, train = rows[4::5], [row for i, row in enumerate(rows) if i % 5 != 4]
    world = Penguins(measured=measured)
    assert (len(train), len(kept)) == (274, 68)
    np.testing.assert_allclose(world.rows, train)
    np.testing.assert_allclose(world.held_out.rows, kept)
    np.testing.assert_allclose(world.distribution.cov, np.cov(np.array(train).T, bias=True))
    species = [row["species"] for i, row in enumerate(birds) if i % 5 != 4]
    assert world.groups.labels == ("Adelie", "Gentoo", "Chinstrap")
    for k, name in enumerate(world.groups.labels):
        own = np.array([row for row, s in zip(train, species, strict=True) if s == name])
        assert world.groups.weights[k] == pytest.approx(len(own) / 274)
        np.testing.assert_allclose(world.groups.means[k], own.mean(axis=0))
        np.testing.assert_allclose(world.groups.covs[k], np.cov(own.T, bias=True))
    low, high = world.tails
    outside = [
        statistics.fmean(v < a or v > b for v in column)
        for column, a, b in zip(zip(*train, strict=True), low, high, strict=True)
    ]
    assert float(world.distribution.outside(low, high)) == pytest.approx(statistics.fmean(outside))
    drawn = world.sample((50, 40), np.random.default_rng(1)).reshape(-1, 2)
    assert set(map(tuple, drawn.tolist())) == set(map(tuple, world.rows.tolist()))


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("count", [2, 5])
@pytest.mark.parametrize("separation", [1.0, 8.0])
def test_groups_are_where_they_are_said_to_be(dimension, count, separation):
    """Neighbours `separation` standard deviations apart, mean 0, variance 1 on average; the last is the rare one; and the moments,
    shares and tails of 40 000 draws; false alarm 1e-5 each."""
    world = Groups(count=count, dimension=dimension, separation=separation, rare=0.2)
    g, sd = world.groups, math.sqrt(world.groups.covs[0, 0, 0])
    far = [math.dist(a, b) / sd for a, b in zip(g.means, g.means[1:], strict=False)]
    np.testing.assert_allclose(far, world.separation)
    assert g.weights[-1] == 0.2
    np.testing.assert_allclose(g.weights[:-1], 0.8 / (world.count - 1))
    np.testing.assert_allclose(world.distribution.mean, 0, atol=1e-12)
    assert float(world.distribution.total) == pytest.approx(world.dimension)
    x = world.sample((40_000,), np.random.default_rng(3))
    assert agree(z_scores(x, 0.0))
    upper = np.triu_indices(world.dimension)
    assert agree(z_scores((x[:, :, None] * x[:, None, :])[:, *upper], world.distribution.cov[upper]))
    low, high = world.tails
    assert agree(z_scores(x < low, 0.025))
    assert agree(z_scores(x > high, 0.025))
    if world.separation == 8:
        nearest = np.argmin([np.linalg.norm(x - mean, axis=1) for mean in g.means], axis=0)
        assert agree(z_scores(nearest == world.count - 1, 0.2))


def test_the_groups_of_two_humps_are_the_humps():
    g, x = Bimodal().groups, np.linspace(-3, 3, 31)
    np.testing.assert_allclose(g.logpdf(x), Bimodal().distribution.logpdf(x))


def surnames() -> list[tuple[str, float]]:
    lines = (DATASETS / "surnames-top5000.txt").read_text().splitlines()
    return [(line.split()[0], float(line.split()[1])) for line in lines]


@pytest.mark.parametrize("types", [10, 1000, 5000])
def test_the_surnames_are_the_file_s(types):
    rows, world = surnames(), Surnames(types=types)
    assert len(rows) == len({name for name, _ in rows}) == 5000
    assert rows[0] == ("SMITH", 1.006)
    total = math.fsum(share for _, share in rows[:types])
    np.testing.assert_allclose(world.p, [share / total for _, share in rows[:types]], rtol=1e-12)
    assert math.fsum(world.p) == pytest.approx(1, abs=1e-12)
    assert [n.upper() for n in world.labels] == [name for name, _ in rows[:types]]
    assert (np.diff(world.p) <= 0).all()


@pytest.mark.parametrize("types", [10, 100, 1000, 5000])
def test_the_rare_surnames_are_the_last_that_fit_into_5_percent(types):
    world = Surnames(types=types)
    count, mass = 0, 0.0
    for p in world.p[::-1]:
        if mass + p > 0.05 + 1e-12:
            break
        count, mass = count + 1, mass + p
    assert world.rare.sum() == count
    assert world.rare[types - count :].all()
    assert not world.rare[: types - count].any()


def test_entropy_of_surnames_by_hand():
    p = Surnames(types=10).p
    assert float(Surnames(types=10).distribution.entropy()) == pytest.approx(-math.fsum(x * math.log(x) for x in p))


@pytest.mark.parametrize("world", EVERY, ids=repr)
def test_a_world_introduces_itself(world):
    assert world.says
    assert world.unit
    assert world.space in {"real", "types", "text", "images"}
    assert isinstance(world.source, Source) == world.finite, "real data says where it is from"


def test_two_streams_give_two_samples_and_one_gives_one():
    for world in ALL:
        if world.space == "real":
            a, b, c = (world.sample((3, 4), np.random.default_rng(seed)) for seed in (1, 1, 2))
            np.testing.assert_array_equal(a, b)
            assert not np.array_equal(a, c)
