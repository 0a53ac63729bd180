"""Fits other than by the maximum of likelihood: losses that weigh, steps and bins, against plain twins and published numbers."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from scipy.optimize import minimize, root

from collapse.beliefs.boxes import Boxes
from collapse.budget import DIGITS, bounded, growth, worst_case_cost
from collapse.data import Rows
from collapse.decoding import Decoder
from collapse.laws.moments import moments
from collapse.laws.table import unknown
from collapse.metrics import measurable
from collapse.models.base import Model
from collapse.models.gaussian import Gaussian
from collapse.models.histogram import Histogram
from collapse.models.weighted import LOSSES, fitted, limit
from collapse.policies import Accumulate, Mix
from collapse.recursion import replay, run
from collapse.scenario import ImpossibleError, Scenario
from collapse.worlds import Bimodal, Flipper, NormalWorld, Penguins, Uniform

from .harness import ALARM, PLAIN, agree, bells, z_of_two, z_scores

WEIGHING = LOSSES[1:]


def learnt(loss: str, alpha: float, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and covariance of one data set (n, d)."""
    mean, lower, _ = fitted(x, np.full(len(x), 1 / len(x)), loss, alpha)
    return mean, lower @ lower.T


# ---- losses that weigh examples


@pytest.mark.parametrize("d", [1, 2])
@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_data_weighted_is_numpy_s_weighted_average(alpha, d):
    x = np.random.default_rng(d).standard_normal((40, d)) @ (np.eye(d) + 0.3)
    plain = stats.multivariate_normal(x.mean(axis=0), np.cov(x.T, bias=True))
    weights = plain.pdf(x) ** alpha
    mean, cov = learnt("data-weighted", alpha, x)
    np.testing.assert_allclose(mean, np.average(x, axis=0, weights=weights))
    np.testing.assert_allclose(cov, np.atleast_2d(np.cov(x.T, aweights=weights, bias=True)))


@pytest.mark.parametrize("alpha", [0.1, 0.5])
def test_model_weighted_solves_its_equations(alpha):
    """Σ q^α ∂ log q = 0 by scipy's root finder, whose own start is the plain fit."""
    x = np.random.default_rng(3).standard_normal(60) * 2 + 1

    def scores(at):
        mean, sd = at[0], math.exp(at[1])
        z = (x - mean) / sd
        weight = np.exp(-alpha / 2 * z * z)
        return [np.mean(weight * z), np.mean(weight * (z * z - 1))]

    found = root(scores, [x.mean(), math.log(x.std())], tol=1e-13).x
    mean, cov = learnt("model-weighted", alpha, x[:, None])
    assert mean[0] == pytest.approx(found[0], abs=1e-7)
    assert math.sqrt(cov[0, 0]) == pytest.approx(math.exp(found[1]), rel=1e-7)


@pytest.mark.parametrize("alpha", [0.1, 0.5])
@pytest.mark.parametrize("d", [1, 2])
def test_density_power_minimises_its_divergence(alpha, d):
    """∫ q^(1+α) − (1 + 1/α) mean q(x_i)^α, minimised by scipy over the mean and a triangular factor."""
    x = np.random.default_rng(4).standard_normal((60, d)) @ (np.eye(d) + 0.3) + 1
    lower_at = np.tril_indices(d)

    def divergence(at):
        lower = np.zeros((d, d))
        lower[lower_at] = at[d:]
        q = stats.multivariate_normal(at[:d], lower @ lower.T, allow_singular=True)
        peak = (2 * np.pi) ** (-d / 2) / abs(np.prod(np.diagonal(lower)))
        return peak**alpha * (1 + alpha) ** (-d / 2) - (1 + 1 / alpha) * np.mean(q.pdf(x) ** alpha)

    start = np.concatenate([x.mean(axis=0), np.linalg.cholesky(np.cov(x.T).reshape(d, d))[lower_at]])
    at = minimize(divergence, start, method="BFGS", options={"gtol": 1e-9}).x
    lower = np.zeros((d, d))
    lower[lower_at] = at[d:]
    mean, cov = learnt("density-power", alpha, x)
    np.testing.assert_allclose(mean, at[:d], atol=2e-5)
    np.testing.assert_allclose(cov, lower @ lower.T, rtol=2e-4, atol=1e-4)


@pytest.mark.parametrize("loss", WEIGHING)
@pytest.mark.parametrize("alpha", [0.1, 0.4])
def test_what_is_lost_in_a_generation_of_much_data(loss, alpha):
    """E log v after three generations of 20 000 examples against 1/(1 + α), 1 − α and 1; 64 lineages, false alarm 1e-5.  The control
    is the limit of another loss.  The bias of so many examples, of the order of 1/n, is far below the standard error."""
    s = Scenario(model=Gaussian(loss=loss, alpha=alpha), n=20_000, generations=3, lineages=64)
    logs = run(s, keep=("log_variance",)).measure("log_variance")[:, 1:]
    t = np.arange(1, 4)
    assert agree(z_scores(logs, t * math.log(limit(loss, alpha))))
    assert not agree(z_scores(logs, t * math.log(limit(LOSSES[LOSSES.index(loss) - 1], alpha))))


def test_what_is_known_of_a_loss_is_said():
    """The factor of endless data, where it holds, and for no other model."""
    s = Scenario(model=Gaussian(loss="model-weighted", alpha=0.2))
    assert unknown(s, "variance").endswith("endless ones would keep 80% of the variance in each generation.")
    assert unknown(replace(s, world=Bimodal()), "log_variance").endswith(
        "n = 100 examples, so there is only the simulation."
    )
    assert unknown(replace(s, model=Gaussian(steps=3)), "log_variance").startswith("No formula is known for this curve")


def test_published_half_lives():
    """Of α = .1: 7.3 generations, 6.6, and none."""
    half = [math.log(0.5) / math.log(limit(loss, 0.1)) for loss in WEIGHING[:2]]
    np.testing.assert_allclose(half, [7.3, 6.6], atol=0.05)
    assert limit("density-power", 0.1) == limit("likelihood", 0.1) == 1


@pytest.mark.parametrize("loss", WEIGHING)
def test_a_weighing_fit_follows_every_change_of_axes(loss):
    x = np.random.default_rng(5).standard_normal((9, 2))
    turn = np.array([[2.0, 1.0], [-0.5, 3.0]])
    mean, cov = learnt(loss, 0.3, x)
    moved = learnt(loss, 0.3, x @ turn.T + 7)
    np.testing.assert_allclose(moved[0], turn @ mean + 7, rtol=1e-9)
    np.testing.assert_allclose(moved[1], turn @ cov @ turn.T, rtol=1e-8)


@pytest.mark.parametrize("loss", WEIGHING)
@pytest.mark.parametrize("policy", [Mix(synthetic=0.5), Accumulate()], ids=lambda p: p.kind)
@pytest.mark.parametrize("world", [Bimodal(), Penguins(), NormalWorld(dimension=5)], ids=lambda w: w.kind)
def test_weighing_goes_with_everything(loss, policy, world):
    """Also with fewer examples than dimensions, and nothing is not a number."""
    s = Scenario(world, Gaussian(loss=loss, alpha=0.5), policy=policy, n=4, generations=6, lineages=5)
    for name, values in run(s, keep=measurable(s)).kept.items():
        assert not np.isnan(values).any(), name


@pytest.mark.parametrize("loss", WEIGHING)
@pytest.mark.parametrize("d", [1, 2])
def test_what_has_vanished_stays_a_point(loss, d):
    """Rows that rounding no longer tells apart, after some hundred generations: nothing is not a number, and no warning."""
    s = Scenario(NormalWorld(dimension=d), Gaussian(loss=loss, alpha=0.5), n=5, generations=300, lineages=3)
    names = [name for name in measurable(s) if not name.startswith("kl_")]
    found = run(s, keep=names).kept
    assert not any(np.isnan(values).any() for values in found.values())
    assert (found["variance"][:, -1] < 1e-25).all()


@pytest.mark.parametrize("alpha", [0.1, 0.5])
@pytest.mark.parametrize("n", [2, 3, 6, 20])
def test_a_divergence_is_as_wide_as_is_charged_for(alpha, n):
    model = Gaussian(loss="density-power", alpha=alpha)
    v = run(Scenario(model=model, n=n, generations=1, lineages=4000), keep=("variance",)).measure("variance")[:, 1]
    most = model.widest(n)[0] * (1 - 1 / n)
    assert v.mean() < most * (1 + 0.05)
    assert v.mean() > most * (1 - alpha) ** 2 - 0.05, "and not much too wide"


# ---- gradient steps


def climbed(model: Gaussian, start: tuple, mean: np.ndarray, cov: np.ndarray) -> tuple:
    """The steps one by one: gradients of ½|m − mean|² and of ½|C − cov|², and no step of the covariance above 1."""
    m, c = (np.array(a, dtype=float) for a in start)
    for _ in range(model.steps):
        m = m - model.rate * (m - mean)
        c = c - min(model.rate, 1.0) * (c - cov)
    return m, c


@pytest.mark.parametrize("d", [1, 3])
@pytest.mark.parametrize("start", ["fresh", "warm"])
@pytest.mark.parametrize(("steps", "rate"), [(1, 0.1), (20, 0.1), (5, 1.0), (3, 1.7), (4, 2.0)])
def test_steps_are_steps(d, start, steps, rate):
    """Two generations, the second from rows, against plain gradient steps."""
    model = Gaussian(steps=steps, rate=rate, start=start, initial_mean=1.5, initial_sd=0.7)
    rng = np.random.default_rng(6)
    begin = model.ancestor(NormalWorld(dimension=d), 2)
    x, y = rng.standard_normal((2, 2, 9, d)) + 3
    first = model.fit(model.summarise(Rows(x)), begin, rng)
    second = model.fit(model.summarise(Rows(y)), first, rng)
    for i in range(2):
        new = (np.full(d, 1.5), 0.49 * np.eye(d))
        one = climbed(model, new, x[i].mean(axis=0), np.atleast_2d(np.cov(x[i].T, bias=True)))
        two = climbed(
            model, one if start == "warm" else new, y[i].mean(axis=0), np.atleast_2d(np.cov(y[i].T, bias=True))
        )
        np.testing.assert_allclose(first.mean[i], one[0], rtol=1e-10)
        np.testing.assert_allclose(first.cov[i], one[1], rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(second.mean[i], two[0], rtol=1e-10)
        np.testing.assert_allclose(second.cov[i], two[1], rtol=1e-9, atol=1e-12)


def test_published_pull_of_a_fresh_start():
    """η = .1 and k = 20: ρ = .8784, and 52% of the distance to the start is left after five generations."""
    model = Gaussian(steps=20, initial_mean=3.0)
    left = model.left[0]
    assert 1 - left == pytest.approx(0.8784, abs=5e-5)
    q = moments(Scenario(model=model, n=1_000_000, generations=5))[1]
    assert 1 - math.sqrt(q[5]) / 3 == pytest.approx(0.52, abs=0.005)


def test_steps_after_a_loss_go_towards_its_fit():
    x = np.random.default_rng(7).standard_normal((3, 30, 1))
    goal = Gaussian(loss="model-weighted", alpha=0.3)
    model = replace(goal, steps=4, rate=0.5)
    exact, found = (m.fit(Rows(x), None, np.random.default_rng(0)) for m in (goal, model))
    np.testing.assert_allclose(found.mean, 1 / 16 + 15 / 16 * exact.mean)
    np.testing.assert_allclose(found.cov, 4 / 16 + 15 / 16 * exact.cov)


@pytest.mark.parametrize("start", ["fresh", "warm"])
def test_the_moments_are_enough_for_steps(start):
    """Three generations by moments and by rows, 4000 lineages either way; false alarm 1e-5; the control has twice the examples."""
    model = Gaussian(steps=3, rate=0.4, start=start)
    params = {"fast": None, "slow": None, "other": None}
    for name in params:
        rng, n = np.random.default_rng(len(name)), 12 if name == "other" else 6
        found = model.ancestor(NormalWorld(), 4000)
        data = Rows(rng.standard_normal((4000, n, 1)))
        for _ in range(3):
            found = model.fit(model.summarise(data), found, rng)
            emit = model.emit if name == "fast" else lambda *args: Model.emit(model, *args)
            data = emit(found, n, PLAIN, rng)
        v = found.cov[:, 0, 0]
        params[name] = np.stack([found.mean[:, 0], found.mean[:, 0] ** 2, v, v * v, found.mean[:, 0] * v], axis=1)
    assert agree(z_of_two(params["fast"], params["slow"]))
    assert not agree(z_of_two(params["fast"], params["other"]))


def test_variances_beyond_doubles_survive_steps():
    """Warm steps towards narrow data: log v stays a number where v has long been too small for one."""
    s = Scenario(model=Gaussian(steps=1, rate=1.0, start="warm"), n=2, generations=900, lineages=5)
    logs = run(s, keep=("log_variance",)).measure("log_variance")
    assert np.isfinite(logs).all()
    assert logs[:, -1].max() < -800


def test_a_rate_that_leaps_is_refused_where_it_leaps_too_far():
    """η = 2, one step: the distance to the start doubles in each generation, .6 digits of its square."""
    s = Scenario(model=Gaussian(steps=1, rate=2.0), generations=40)
    q = moments(s)[1]
    assert q[-1] / q[-2] == pytest.approx(4, rel=1e-3)
    assert bounded(s) is s
    with pytest.raises(ImpossibleError, match="at most generations="):
        bounded(replace(s, generations=70))
    last = replace(s, generations=1 + int(39 * DIGITS / growth(s)), lineages=3)
    assert np.isfinite(run(bounded(last), keep=("mean_drift",)).measure("mean_drift")).all()
    for calm in (Gaussian(steps=2, rate=2.0), Gaussian(steps=1, rate=2.0, start="warm"), Gaussian(steps=1, rate=0.9)):
        assert growth(replace(s, model=calm)) == 0


def test_weighing_costs_by_example_and_steps_do_not():
    plain = Scenario(n=1000)
    assert worst_case_cost(replace(plain, model=Gaussian(steps=1000))) == worst_case_cost(plain)
    assert worst_case_cost(replace(plain, model=Gaussian(loss="data-weighted"))) > 100 * worst_case_cost(plain)


# ---- bins


def boxes(n: int = 12, width: float = 0.8) -> tuple[np.ndarray, Boxes]:
    x = np.random.default_rng(8).standard_normal((3, n))
    params = Histogram(width=width).fit(Rows(x[..., None]), None, np.random.default_rng(9))
    return x, Histogram().belief(params)


def test_a_histogram_is_scipy_s():
    x, belief = boxes()
    grid, u = np.linspace(-4, 4, 101), np.linspace(0.001, 0.999, 37)
    for i in range(3):
        edges = belief.origin[i] + 0.8 * np.arange(-12, 13)
        law = stats.rv_histogram(np.histogram(x[i], edges), density=False)
        np.testing.assert_allclose(belief.cdf(grid)[i], law.cdf(grid), atol=1e-12)
        np.testing.assert_allclose(belief.quantile(u)[i], law.ppf(u), atol=1e-12)
        np.testing.assert_allclose(np.exp(belief.logpdf(grid)[i]), law.pdf(grid), atol=1e-12)
        assert belief.mean[i, 0] == pytest.approx(law.mean())
        assert belief.total[i] == pytest.approx(law.var())
        assert belief.entropy()[i] == pytest.approx(law.entropy())
        _, nodes, weights = (np.broadcast_to(a, (3, 96))[i] for a in belief.levels())
        assert np.sum(weights * nodes**7) == pytest.approx(law.moment(7))


def test_losses_of_a_histogram_by_quadrature():
    """KL(model ‖ world) by a fine sum; KL(world ‖ model) is infinite on the whole line and finite where every bin has been seen."""
    belief = boxes()[1]
    at = np.linspace(-8, 8, 400_001)
    for i in range(3):
        p = np.exp(belief.logpdf(at)[i])
        held = p > 0
        kl = np.sum(p[held] * (np.log(p[held]) - stats.norm.logpdf(at[held]))) * (at[1] - at[0])
        assert NormalWorld().distribution.cross_entropy(belief)[i] - belief.entropy()[i] == pytest.approx(kl, abs=1e-4)
    assert np.isinf(belief.cross_entropy(NormalWorld().distribution)).all()
    edge = 3**0.5
    world, x = Uniform().distribution, np.linspace(-edge, edge, 400)[None, :, None]
    full = Histogram().belief(Histogram(width=edge / 2).fit(Rows(x), None, np.random.default_rng(1)))
    inside = np.linspace(-edge, edge, 200_001)
    assert full.cross_entropy(world)[0] == pytest.approx(-full.logpdf(inside[None]).mean(), abs=1e-4)


@pytest.mark.parametrize("decoder", [PLAIN, Decoder(temperature=0.5), Decoder(top_p=0.6)], ids=str)
def test_a_histogram_speaks_its_density(decoder):
    """KS of 20 000 draws against the reweighted bins, level 1e-5; the control is another decoder."""
    x, belief = boxes()
    params = Histogram.Params(belief.index, belief.origin, belief.width)
    said = Histogram().sample(params, 20_000, decoder, np.random.default_rng(10))[..., 0]
    for i in range(3):
        edges = belief.origin[i] + 0.8 * np.arange(-12, 13)
        mass = np.histogram(x[i], edges)[0] / 12
        other = Decoder(temperature=1.6)
        laws = [stats.rv_histogram((d.reweight(mass), edges), density=False) for d in (decoder, other)]
        assert stats.kstest(said[i], laws[0].cdf).pvalue > ALARM
        assert stats.kstest(said[i], laws[1].cdf).pvalue < ALARM


def test_published_growth_of_a_histogram():
    """n = 400, w = .5: the sample after six models has the variance 1.2305, in a formula that neglects w²/(12n) a step."""
    v = moments(Scenario(model=Histogram(width=0.5), n=400, generations=6))[0]
    assert (1 - 1 / 400) * v[6] == pytest.approx(1.2305, abs=6 * 0.25 / 12 / 400 + 5e-5)
    assert v[1] == pytest.approx((1 - 1 / 400) * (1 + 0.25 / 12) + 0.25 / 12, abs=1e-7)


def test_bins_come_in_the_units_of_the_world():
    s = Scenario(Flipper(), Histogram(width=0.5), n=30, generations=3, lineages=2)
    width = run(s).params.width
    np.testing.assert_allclose(width, 0.5 * np.sqrt(Flipper().distribution.total))


def test_a_gaussian_of_bells_is_not_touched_by_its_new_knobs():
    """Knobs that are not used change nothing, to the bit."""
    params = bells(np.zeros((4, 1)), np.ones((4, 1, 1)))
    for model in (Gaussian(alpha=0.4), Gaussian(rate=1.5, start="warm", initial_mean=0.0, initial_sd=5.0)):
        plain, other = (
            m.fit(m.emit(params, 9, PLAIN, np.random.default_rng(1)), None, np.random.default_rng(2))
            for m in (Gaussian(), model)
        )
        assert all(np.array_equal(a, b) for a, b in zip(plain, other, strict=True))


@pytest.mark.parametrize(
    "model", [Gaussian(steps=3), Gaussian(loss="density-power"), Histogram()], ids=lambda m: m.phrase()
)
def test_one_lineage_comes_back_as_it_was(model):
    """Also the start that every fit has in common, which is not among the params."""
    s = Scenario(Penguins() if model.dimensions > 1 else Flipper(), model, n=12, generations=4, lineages=6)
    whole, one = run(s).params, replay(s, 4)
    assert all(np.array_equal(a[4], b) for a, b in zip(whole, one, strict=True))


def test_an_example_that_is_endlessly_far_counts_nothing():
    """Three rows 1e−160 apart and one at 1, whose squared distance in their units is no double."""
    rows = np.array([0.0, 1e-160, 2e-160, 1.0])[None, :, None]
    mean, lower, _ = fitted(rows, np.full(4, 0.25), "model-weighted", 0.5)
    assert mean[0, 0] == pytest.approx(1e-160)
    assert 5e-161 < lower[0, 0, 0] < 1e-160
