"""A model without a density: its samples are its belief, from noise of their own, and what needs a density is refused."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.beliefs import Cloud, Normal, Sample
from collapse.budget import worst_case_cost
from collapse.data import Items, Rows
from collapse.laws import LAWS, law_for
from collapse.metrics import METRICS, measurable
from collapse.models.gaussian import Gaussian
from collapse.models.implicit import CLOUD, Implicit
from collapse.policies import Mix
from collapse.recursion import replay
from collapse.scenario import ImpossibleError
from collapse.worlds import Flipper, NormalWorld, Skewed

from .harness import agree, z_scores
from .test_curators import Detector, Plausible

ROWS = np.random.default_rng(1).standard_normal((3, 4, 50, 2)) * 2 + 1


class PushParams(NamedTuple):
    """Mean and standard deviation of each coordinate, (…, d)."""

    mean: np.ndarray
    sd: np.ndarray


@dataclass(frozen=True)
class Push(Implicit):
    """A bell curve that pretends not to know its density."""

    kind, says, dimensions, noise = "push", "a bell curve that can only be sampled", 2, 2
    Params = PushParams

    def fit(self, data, parent, rng):
        return PushParams(data.x.mean(axis=-2), data.x.std(axis=-2))

    def push(self, params, z):
        d = params.mean.shape[-1]
        return params.mean[..., None, :] + params.sd[..., None, :] * z[..., :d]


S = Scenario(model=Push(), n=30, generations=6, lineages=40)


# ---- the belief


@pytest.mark.parametrize("lineage", [(0, 0), (2, 3), (1, 2)])
def test_every_lineage_of_a_cloud_is_an_empirical_distribution(lineage):
    """Against `Sample`, one lineage and generation at a time."""
    cloud, alone = Cloud(ROWS), Sample(ROWS[lineage])
    x, u = np.linspace(-9, 9, 31), np.array([0.0, 0.001, 0.02, 0.5, 0.51, 0.999, 1.0])
    np.testing.assert_allclose(cloud.mean[lineage], alone.mean)
    np.testing.assert_allclose(cloud.cov[lineage], alone.cov)
    np.testing.assert_array_equal(cloud.cdf(x)[lineage], alone.cdf(x))
    np.testing.assert_array_equal(cloud.quantile(u)[lineage], alone.quantile(u))
    low, high = np.array([-1.0, 0.0]), np.array([2.0, 3.0])
    assert cloud.outside(low, high)[lineage] == pytest.approx(float(alone.outside(low, high)))
    for world in (NormalWorld(), Flipper(), Skewed()):
        for metric in ("w1", "w2_squared", "coverage", "variance", "mean_drift"):
            values = METRICS[metric].function(Cloud(ROWS[..., :1]), world)
            assert values.shape == (3, 4)
            single = METRICS[metric].function(Cloud(ROWS[lineage][:, :1]), world)
            assert values[lineage] == pytest.approx(np.asarray(single).item()), metric


def test_other_places_for_every_lineage_can_be_asked():
    cloud = Cloud(ROWS)
    x = np.random.default_rng(2).standard_normal((3, 4, 6))
    found = cloud.cdf(x)
    assert found[1, 2].tolist() == cloud.cdf(x[1, 2])[1, 2].tolist()
    assert found[0, 0].tolist() != cloud.cdf(x[1, 2])[0, 0].tolist()


def test_a_cloud_has_no_density_and_says_so():
    cloud = Cloud(ROWS[..., :1])
    for ask in (
        lambda: cloud.logpdf(np.zeros(1)),
        lambda: cloud.log_likelihood(Rows(ROWS[..., :1])),
        lambda: cloud.log_likelihood(Items(np.zeros((3, 4), dtype=int), 2)),
        lambda: cloud.cross_entropy(NormalWorld()),
        lambda: cloud.entropy(),
    ):
        with pytest.raises(TypeError, match="samples have no density"):
            ask()


# ---- the family


def test_the_noise_of_a_belief_is_not_that_of_the_loop():
    """Whenever, in whatever company and by whatever seed a model is measured, its metrics are the same to the bit."""
    names = measurable(S)
    kept, later = run(S, keep=names), run(S)
    for name in names:
        np.testing.assert_array_equal(kept.measure(name), later.measure(name))
    alone = replay(S, 7)
    for a, b in zip(alone, later.params, strict=True):
        np.testing.assert_array_equal(a, b[7])
    np.testing.assert_array_equal(Push().belief(alone).rows, Push().belief(later.params).rows[7])
    first = Push().belief(later.params).rows
    np.testing.assert_array_equal(first, Push().belief(later.params).rows)


def test_the_cloud_of_a_bell_curve_is_nearly_the_bell_curve():
    """1000 samples with its mean and variance by construction; tails, coverage and distance within 0.02.

    Control: a curve that is a third wider and stands elsewhere.
    """
    params = PushParams(np.array([[0.4], [-1.0]]), np.array([[0.7], [1.2]]))
    cloud, world = Push().belief(params), NormalWorld()
    exact = Normal(params.mean, params.sd[..., None] ** 2)
    other = Normal(params.mean + 0.3, (1.3 * params.sd[..., None]) ** 2)
    assert cloud.rows.shape == (2, CLOUD, 1)
    np.testing.assert_allclose(cloud.mean, params.mean, atol=1e-12)
    np.testing.assert_allclose(cloud.cov, exact.cov)
    for metric in ("tail_mass", "w1", "coverage"):
        f = METRICS[metric].function
        assert np.abs(f(cloud, world) - f(exact, world)).max() < 0.02, metric
        assert np.abs(f(cloud, world) - f(other, world)).max() > 0.02, metric


def test_what_needs_a_density_is_not_offered():
    offered, usual = measurable(S), measurable(replace(S, model=Gaussian()))
    assert set(usual) - set(offered) == {
        "kl_model_world",
        "kl_world_model",
        "heldout_nll",
        "entropy",
        "hallucination",
    }
    with pytest.raises(ValueError, match="metric=heldout_nll cannot be measured here: push can only be sampled"):
        run(S, keep=["heldout_nll"])


def test_a_curator_that_asks_for_likelihoods_does_not_go_with_it():
    with pytest.raises(ImpossibleError, match=r"curator=plausible asks how likely .* model=push can only be sampled"):
        replace(S, curator=Plausible())
    left = run(replace(S, curator=Detector(), policy=Mix(synthetic=0.5))).measure("variance")
    assert np.isfinite(left).all()


def test_nothing_is_claimed_of_a_family_that_states_no_law():
    assert Push().spread(30) is None
    assert all(law_for(S, metric) is None for metric in LAWS)
    assert law_for(replace(S, model=Gaussian()), "variance") is not None


def test_it_loses_its_spread_as_a_bell_curve_does():
    """Fitted by the same moments it is the same chain: mean variance (1 − 1/n)^t in 2000 lineages; false alarm 1e-5.

    Control: twice as many examples.
    """
    left = run(replace(S, lineages=2000), keep=["variance"]).measure("variance")[:, 1:]
    assert agree(z_scores(left, (1 - 1 / 30) ** np.arange(1, 7)))
    assert not agree(z_scores(left, (1 - 1 / 60) ** np.arange(1, 7)))


def test_two_dimensions_and_what_a_cloud_costs():
    plane = replace(S, world=NormalWorld(dimension=2))
    assert run(plane, keep=["variance", "tail_mass"]).measure("tail_mass").shape == (40, 7)
    assert worst_case_cost(S) > 40 * 6 * CLOUD // 2, "a cloud for every lineage and generation"
    assert worst_case_cost(S, ["w1"]) - worst_case_cost(S) == 40 * 6 * CLOUD // 4 + 6 * METRICS["w1"].step(S.world)
