"""Families: what is learnt against numpy, scipy and plain Python; fast paths against honest ones."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats
from scipy.special import ndtr

from collapse.data import Counts, Moments, Rows
from collapse.decoding import Decoder
from collapse.models import MODELS, Model
from collapse.models.categorical import Categorical, CategoricalParams
from collapse.models.gaussian import Gaussian, GaussianParams
from collapse.models.kde import Kde, KdeParams
from collapse.models.linear_vae import LinearVae
from collapse.models.mixture import Mixture
from collapse.models.wishart import bartlett
from collapse.worlds import WORLDS, Alice, Digits, Flipper, NormalWorld, Surnames

from .harness import ALARM, agree, bells, possible, variants, z_of_two, z_scores

PLAIN = Decoder()
COV = {
    1: np.array([[4.0]]),
    2: np.array([[2.0, 0.9], [0.9, 1.0]]),
    3: np.array([[2.0, 0.9, 0.3], [0.9, 1.0, -0.4], [0.3, -0.4, 0.7]]),
}
ALL = [model for kind in MODELS.values() for model in variants(kind)]


def gaussians(lineages: int, d: int) -> GaussianParams:
    return bells(np.broadcast_to(np.arange(1.0, d + 1), (lineages, d)), np.broadcast_to(COV[d], (lineages, d, d)))


# ---- the fast path against the honest one


def looked_at(data: Moments) -> np.ndarray:
    """Statistics of a summary: mean, its products, scatter, its products with each other and with the mean, and log trace."""
    d = data.mean.shape[-1]
    upper = np.triu_indices(d)
    gap, scatter = data.mean - np.arange(1.0, d + 1), data.scatter[:, *upper]
    pairs = [
        (a[:, :, None] * b[:, None, :]).reshape(len(a), -1) for a, b in ((gap, gap), (scatter, scatter), (gap, scatter))
    ]
    return np.concatenate(
        [data.mean, scatter, *pairs, np.log(np.trace(data.scatter, axis1=1, axis2=2))[:, None]], axis=1
    )


def test_something_is_overridden():
    assert [k for k in MODELS.values() if k.emit is not Model.emit] == [Gaussian, LinearVae], (
        "a new override needs a comparison, here or in test_digits.py"
    )
    assert [k for k in MODELS.values() if k.observe is not Model.observe] == [LinearVae]


@pytest.mark.parametrize(("d", "n"), [(1, 2), (1, 9), (2, 8), (3, 10), (3, 3), (3, 2)])
@pytest.mark.parametrize("decoder", [PLAIN, Decoder(temperature=0.6)], ids=["plain", "cool"])
def test_gaussian_summaries_are_those_of_rows(d, n, decoder):
    """Up to 70 moments of (mean, scatter), 10 000 lineages either way; false alarm 1e-5 a test.

    Control: the same comparison with summaries of n + 1 rows fails.
    """
    model, params = Gaussian(), gaussians(10_000, d)
    fast = model.emit(params, n, decoder, np.random.default_rng(1))
    slow = Model.emit(model, params, n, decoder, np.random.default_rng(2))
    other = Model.emit(model, params, n + 1, decoder, np.random.default_rng(3))
    assert fast.size == slow.size == n
    assert fast.scatter.shape == slow.scatter.shape
    assert agree(z_of_two(looked_at(fast), looked_at(slow)))
    assert not agree(z_of_two(looked_at(fast), looked_at(other)))


@pytest.mark.parametrize("n", [2, 3, 4, 9])
def test_a_scatter_has_the_rank_of_its_rows(n):
    scatter = Gaussian().emit(gaussians(50, 3), n, PLAIN, np.random.default_rng(1)).scatter
    assert (np.linalg.matrix_rank(scatter, hermitian=True) == min(3, n - 1)).all()
    np.testing.assert_allclose(scatter, np.swapaxes(scatter, 1, 2))


def test_the_law_of_the_fast_path_is_chi_square_and_normal():
    """d = 1, n = 5: scatter/σ² ~ χ²₄ and (x̄ − μ)√n/σ ~ N(0, 1); KS, 40 000, level 1e-5; control: χ²₅."""
    data = Gaussian().emit(gaussians(40_000, 1), 5, PLAIN, np.random.default_rng(4))
    chi2, z = data.scatter.ravel() / 4, (data.mean.ravel() - 1) * math.sqrt(5) / 2
    assert stats.kstest(chi2, stats.chi2(4).cdf).pvalue > ALARM
    assert stats.kstest(chi2, stats.chi2(5).cdf).pvalue < ALARM
    assert stats.kstest(z, stats.norm.cdf).pvalue > ALARM
    assert agree(z_scores((chi2 - 4) * z, 0.0))


@pytest.mark.parametrize("df", [1, 2, 3, 7])
def test_wishart_against_scipy(df):
    """E W = df·I and E log det W = Σ ψ((df−j)/2) + d ln 2; false alarm 1e-5; control: one degree of freedom more."""
    half, log_diagonal = bartlett(df, (20_000, 3), np.random.default_rng(df))
    assert np.array_equal(np.exp(log_diagonal) == 0, np.arange(3) >= df * np.ones((20_000, 1)))
    np.testing.assert_allclose(np.exp(log_diagonal), np.diagonal(half, axis1=1, axis2=2))
    w = half @ np.swapaxes(half, -1, -2)
    upper = np.triu_indices(3)
    assert agree(z_scores(w[:, *upper], df * np.eye(3)[upper]))
    assert not agree(z_scores(w[:, *upper], (df + 1) * np.eye(3)[upper]))
    if df >= 3:
        other = stats.wishart(df, np.eye(3)).rvs(20_000, random_state=1)
        assert agree(z_of_two(np.linalg.slogdet(w)[1], np.linalg.slogdet(other)[1]))


@pytest.mark.parametrize("world", [NormalWorld(), NormalWorld(dimension=2)], ids=repr)
def test_looking_at_a_world_that_is_in_the_family(world):
    """`observe` (from the params that equal the world) against the moments of real rows; false alarm 1e-5."""
    model = Gaussian()
    fast = model.observe(world, 20_000, 6, np.random.default_rng(5))
    slow = model.summarise(model.witness(world, 20_000, 6, np.random.default_rng(6)))
    assert agree(z_of_two(looked_at(fast), looked_at(slow)))


# ---- learning


@pytest.mark.parametrize("d", [1, 2, 5])
def test_gaussian_fit_is_numpy_s(d):
    x = np.random.default_rng(7).standard_normal((4, 9, d)) @ np.random.default_rng(8).standard_normal((d, d))
    for estimator, bias in (("ml", True), ("unbiased", False)):
        model = Gaussian(estimator=estimator)
        params = model.fit(model.summarise(Rows(x)), None, np.random.default_rng(0))
        np.testing.assert_allclose(params.mean, x.mean(axis=1))
        np.testing.assert_allclose(params.cov, [np.atleast_2d(np.cov(rows.T, bias=bias)) for rows in x])


@pytest.mark.parametrize(("rule", "method"), [("scott", "scott"), ("silverman", "silverman"), ("fixed", None)])
def test_kde_is_scipy_s(rule, method):
    """Density, distribution, mean and bandwidth against scipy.stats.gaussian_kde, lineage by lineage."""
    x = 3 + 2 * np.random.default_rng(9).standard_normal((3, 25))
    model, grid = Kde(bandwidth=rule, h=0.7), np.linspace(-8, 14, 45)
    params = model.fit(model.summarise(Rows(x[..., None])), None, np.random.default_rng(0))
    belief = model.belief(params)
    for i, centers in enumerate(x):
        other = stats.gaussian_kde(centers, method or 0.7 / centers.std(ddof=1))
        assert params.h[i] == pytest.approx(other.factor * centers.std(ddof=1))
        np.testing.assert_allclose(belief.logpdf(grid)[i], other.logpdf(grid), atol=1e-9)
        np.testing.assert_allclose(belief.cdf(grid)[i], [other.integrate_box_1d(-np.inf, g) for g in grid], atol=1e-12)
        x_fine = np.linspace(-17, 23, 4001)
        density = other(x_fine)
        assert belief.mean[i, 0] == pytest.approx(np.trapezoid(x_fine * density, x_fine))
        assert float(belief.total[i]) == pytest.approx(
            np.trapezoid((x_fine - centers.mean()) ** 2 * density, x_fine), rel=1e-6
        )


def test_the_named_bandwidths():
    two_points = Rows(np.array([[[-1.0], [1.0]]]))
    for rule, factor in (("scott", 2**-0.2), ("silverman", (3 * 2 / 4) ** -0.2)):
        params = Kde(bandwidth=rule).fit(two_points, None, np.random.default_rng(0))
        assert params.h[0] == pytest.approx(math.sqrt(2) * factor)


@pytest.mark.parametrize("smoothing", [0.0, 0.5, 3.0])
def test_categorical_fit_is_a_counter(smoothing):
    rng = np.random.default_rng(10)
    drawn = rng.integers(5, size=(4, 30))
    k = np.stack([np.bincount(row, minlength=6) for row in drawn])
    params = Categorical(smoothing=smoothing).fit(Counts(k), None, rng)
    for row, p in zip(drawn, params.p, strict=True):
        seen = Counter(row.tolist())
        np.testing.assert_allclose(p, [(seen[i] + smoothing) / (30 + smoothing * 6) for i in range(6)])
        assert (p[5] == 0) == (smoothing == 0), "a type that nobody saw"


@pytest.mark.parametrize("model", ALL, ids=repr)
def test_spread_says_what_a_fit_does_to_the_variance(model):
    """a·V + b against the belief fitted to given data, to rounding."""
    spread = model.spread(12)
    if spread is None:
        exempt = model.space == "text" or getattr(model, "smoothing", 0) > 0 or model.kind == "gaussian"
        assert model.kind != "gaussian" or model.rows or model.steps, (
            "it is known where the likelihood is solved exactly"
        )
        assert exempt or type(model) not in (Gaussian, Mixture, Kde, Categorical), "of these four it is known"
        return
    a, b = spread
    rng = np.random.default_rng(11)
    if model.space == "types":
        k = rng.multinomial(12, np.full(5, 0.2), size=3)
        before, after = (
            1 - ((k / 12) ** 2).sum(axis=1),
            1 - (model.belief(model.fit(Counts(k), None, rng)).p ** 2).sum(axis=1),
        )
    else:
        x = rng.standard_normal((3, 12, 1)) * 2
        before, after = x.var(axis=(1, 2)), model.belief(model.fit(model.summarise(Rows(x)), None, rng)).total
    np.testing.assert_allclose(after, a * before + b, rtol=1e-12)


# ---- speaking


@pytest.mark.parametrize("temperature", [0.25, 1.0, 2.0])
@pytest.mark.parametrize("top_p", [0.5, 1.0])
def test_a_gaussian_speaks_the_truncated_normal(temperature, top_p):
    """KS against scipy, 40 000 draws, level 1e-5; control: plain sampling, unless it is."""
    decoder = Decoder(temperature=temperature, top_p=top_p)
    x = Gaussian().sample(gaussians(100, 1), 400, decoder, np.random.default_rng(12))
    assert x.shape == (100, 400, 1)
    c = stats.norm.ppf((1 + top_p) / 2)
    z = (x.ravel() - 1) / (2 * math.sqrt(temperature))
    assert stats.kstest(z, stats.truncnorm(-c, c).cdf).pvalue > ALARM
    assert decoder.neutral or stats.kstest((x.ravel() - 1) / 2, stats.norm.cdf).pvalue < ALARM


@pytest.mark.parametrize("decoder", [PLAIN, Decoder(temperature=0.6, top_p=0.7)], ids=["plain", "both"])
def test_a_gaussian_speaks_with_its_own_covariance(decoder):
    """Mean and covariance in d = 3 with the factor that `shrink` states; false alarm 1e-5; control: no factor."""
    x = Gaussian().sample(gaussians(30_000, 3), 1, decoder, np.random.default_rng(13))[:, 0]
    gap, upper = x - np.arange(1.0, 4), np.triu_indices(3)
    products = (gap[:, :, None] * gap[:, None, :])[:, *upper]
    assert agree(z_scores(x, np.arange(1.0, 4)))
    assert agree(z_scores(products, decoder.shrink(3) * COV[3][upper]))
    assert decoder.neutral or not agree(z_scores(products, COV[3][upper]))


TWO = KdeParams(np.array([[-1.0, -0.8, 0.9, 1.0, 1.4]]), np.array([0.35]))


def test_kde_resampling_adds_its_bandwidth():
    """Mean x̄ and variance V + h², 60 000 draws; false alarm 1e-5; control: V alone."""
    x = Kde().sample(TWO, 60_000, PLAIN, np.random.default_rng(14)).ravel()
    v = TWO.centers.var() + 0.35**2
    assert agree(z_scores(x, TWO.centers.mean()))
    assert agree(z_scores((x - TWO.centers.mean()) ** 2, v))
    assert not agree(z_scores((x - TWO.centers.mean()) ** 2, TWO.centers.var()))
    mixture = lambda g: ndtr((np.asarray(g)[:, None] - TWO.centers) / 0.35).mean(axis=1)  # noqa: E731
    assert stats.kstest(x, mixture).pvalue > ALARM


@pytest.mark.parametrize("decoder", [Decoder(0.4), Decoder(2.5), Decoder(1.0, 0.6), Decoder(0.5, 0.7)], ids=repr)
def test_a_kde_speaks_its_density_to_the_power_one_over_tau(decoder):
    """KS of 20 000 draws against f^(1/τ) on its highest-density region, by quadrature; level 1e-5; control: plain sampling."""
    other = stats.gaussian_kde(TWO.centers[0], 0.35 / TWO.centers[0].std(ddof=1))
    grid = np.linspace(-7, 7, 28_001)
    f = other(grid) ** (1 / decoder.temperature)
    f /= f.sum()
    falling = np.sort(f)[::-1]
    if decoder.top_p < 1:
        threshold = falling[np.searchsorted(falling.cumsum(), decoder.top_p)]
        f = np.where(f >= threshold, f, 0.0)
        f /= f.sum()
    cdf = f.cumsum()
    for spoken, right in ((decoder, True), (PLAIN, False)):
        x = Kde().sample(TWO, 20_000, spoken, np.random.default_rng(15)).ravel()
        distance = stats.kstest(x, lambda g: np.interp(g, grid, cdf)).statistic
        cell = 0.003  # the model speaks in 512 cells over about 6, and truncates by whole cells
        assert (stats.kstwo.sf(max(distance - cell, 0), 20_000) > ALARM) == right


def test_categorical_counts_are_those_of_single_draws():
    """`utter` (multinomial) and a plain count of `sample`: both have mean np and the multinomial covariance; false alarm 1e-5."""
    p = np.array([0.4, 0.3, 0.2, 0.1, 0.0])
    params, model = CategoricalParams(np.broadcast_to(p, (8000, 5))), Categorical()
    upper = np.triu_indices(4)
    second = (stats.multinomial.cov(7, p) + 49 * np.outer(p, p))[:4, :4][upper]
    counted = np.stack(
        [np.bincount(row, minlength=5) for row in model.sample(params, 7, PLAIN, np.random.default_rng(16))[..., 0]]
    )
    for k in (counted, model.utter(params, 7, PLAIN, np.random.default_rng(17)).k):
        assert (k.sum(axis=1) == 7).all()
        assert (k[:, 4] == 0).all()
        products = (k[:, :4, None] * k[:, None, :4])[:, *upper]
        assert agree(z_scores(k[:, :4], 7 * p[:4]))
        assert agree(z_scores(products, second))
        assert not agree(z_scores(products, (49 * np.outer(p, p))[:4, :4][upper])), "the control: no sampling noise"


def test_categorical_decoding_is_reweighting():
    """Counts of 30 000 draws, χ² at level 1e-5, against (16, 9)/25 for τ = ½ and top-p 0.8; control: no truncation."""
    params = CategoricalParams(np.array([[0.4, 0.3, 0.2, 0.1]]))
    decoder = Decoder(temperature=0.5, top_p=0.8)
    for k in (
        Categorical().utter(params, 30_000, decoder, np.random.default_rng(18)).k[0],
        np.bincount(Categorical().sample(params, 30_000, decoder, np.random.default_rng(19)).ravel(), minlength=4),
    ):
        assert (k[2:] == 0).all()
        assert stats.chisquare(k[:2], 30_000 * np.array([16, 9]) / 25).pvalue > ALARM
        assert stats.chisquare(k[:2], 30_000 * np.array([4, 3]) / 7).pvalue < ALARM


@pytest.mark.parametrize("model", ALL, ids=repr)
def test_a_neutral_decoder_is_heard_as_no_decoder(model):
    world = {"types": Surnames(types=10), "text": Alice(), "real": NormalWorld(), "images": Digits()}[model.space]
    n = 40 if model.space == "images" else 400
    params = model.fit(model.observe(world, 3, n, np.random.default_rng(1)), None, np.random.default_rng(2))
    spoken = [
        model.sample(params, 6, d, np.random.default_rng(3)) for d in (PLAIN, Decoder(1.0, 1.0), Decoder(1, 1, 0))
    ]
    np.testing.assert_array_equal(spoken[0], spoken[1])
    np.testing.assert_array_equal(spoken[0], spoken[2])
    loud = model.sample(params, 6, Decoder(temperature=0.3), np.random.default_rng(3))
    assert not np.array_equal(loud, spoken[0])


# ---- the contract


@pytest.mark.parametrize("model", ALL, ids=repr)
def test_shapes_of_every_model_in_every_world(model):
    for world in (kind() for kind in WORLDS.values()):
        if not possible({"world": world, "model": model}):
            assert model.space != world.space or world.d > model.dimensions
            continue
        rng = np.random.default_rng(20)
        params = model.fit(model.summarise(model.witness(world, 4, 6, rng)), None, rng)
        assert isinstance(params, model.Params)
        assert params._fields
        assert all(a.shape[0] == 4 and np.isfinite(a).all() for a in params)
        assert model.belief(params).space == world.space
        for decoder in (PLAIN, Decoder(temperature=0.7), Decoder(top_p=0.5)):
            speaks_in_shape(model, params, world, decoder, rng)


def speaks_in_shape(model, params, world, decoder, rng):
    rows = model.sample(params, 5, decoder, rng)
    assert rows.shape == (4, 5, world.d)
    assert np.isfinite(rows).all()
    told, shown = model.utter(params, 5, decoder, rng), model.emit(params, 5, decoder, rng)
    assert told.size == shown.size == 5
    assert told.subsample(2, rng).size == 2
    assert type(model.summarise(told)) is type(shown)
    assert (told + model.witness(world, 4, 7, rng)).size == 12
    assert (shown + model.observe(world, 4, 7, rng)).size == 12
    cost = model.cost(world, decoder, 5, distinct=False)
    assert min(cost.sampling, cost.observing) > 0


def test_a_member_is_the_world_itself():
    for kind in WORLDS.values():
        world = kind()
        for model in (m() for m in MODELS.values() if possible({"world": world, "model": m()})):
            member = model.member(world, 3)
            if member is not None:
                assert world.kind in {"normal", "groups"} or world.space == "types"
                assert all(a.shape[0] == 3 for a in member)
                assert np.asarray(model.belief(member).entropy()) == pytest.approx(float(world.distribution.entropy()))
    assert Gaussian().member(Flipper(), 2) is None
