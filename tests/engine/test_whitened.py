"""Variance and drift have no unit: whatever the columns are measured in, the numbers are the same, and no column counts more."""

from dataclasses import replace

import numpy as np
import pytest

from collapse.laws import law_for
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.policies import Mix, Policy, Replace
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.worlds import Flipper, OwnNumbers, Penguins
from collapse.worlds.own import Brought

from .harness import agree, z_scores

ROWS = np.random.default_rng(9).standard_gamma(2.0, (80, 3)) @ np.array(
    [[1.0, 0.4, 0.0], [0.0, 1.0, -0.7], [0.0, 0.0, 1.0]]
)
TURN = np.linalg.qr(np.random.default_rng(2).standard_normal((3, 3)))[0]


def world(rows: np.ndarray) -> OwnNumbers:
    return OwnNumbers(Brought.of(rows, tuple("abc"[: rows.shape[1]])))


def measured(rows: np.ndarray, policy: Policy, metric: str, model: object = Gaussian()) -> np.ndarray:
    return run(Scenario(world=world(rows), model=model, n=15, generations=12, lineages=40, policy=policy)).measure(
        metric
    )


@pytest.mark.parametrize("metric", ["variance", "mean_drift", "log_variance"])
@pytest.mark.parametrize("policy", [Replace(), Mix(synthetic=0.8)], ids=lambda p: p.kind)
def test_units_do_not_matter(policy: Policy, metric: str) -> None:
    """Millimetres for one column, kilometres for another, and a turn of the axes: the numbers of a Gaussian stay.

    Under replacement from the first model on by the same noise: so the rotation changes the draws, and the comparison is of the first
    generation, where the data decide alone; scaling changes nothing at any time.
    """
    plain, scaled = (measured(rows, policy, metric) for rows in (ROWS, ROWS * [1.0, 1000.0, 1e-3]))
    np.testing.assert_allclose(scaled, plain, rtol=1e-6, atol=1e-9)
    turned = measured(ROWS @ TURN, policy, metric)
    np.testing.assert_allclose(turned[:, :2], plain[:, :2], rtol=1e-6, atol=1e-9)


def test_every_column_counts_alike() -> None:
    """A column of standard deviation 1000 beside one of 1: what is left of each correlates alike with "variance left".

    Control: of the trace ÷ trace, as it was measured once, the large column is everything.
    """
    rows = np.random.default_rng(3).standard_normal((400, 2)) * [1.0, 1000.0]
    t = run(Scenario(world=world(rows), n=10, generations=15, lineages=400))
    left = np.diagonal(t.params.cov[:, -1], axis1=1, axis2=2) / np.diagonal(t.scenario.world.distribution.cov)
    shown = t.measure("variance")[:, -1]
    np.testing.assert_allclose(shown, left.mean(axis=1), rtol=0.15)  # the columns are nearly uncorrelated
    first, second = (np.corrcoef(shown, column)[0, 1] for column in left.T)
    assert abs(first - second) < 0.1
    trace = np.trace(t.params.cov[:, -1], axis1=1, axis2=2)
    first, second = (np.corrcoef(trace, column)[0, 1] for column in left.T)
    assert second - first > 0.4


def test_a_column_that_says_nothing_new_does_not_count() -> None:
    """Two columns of which one is twice the other: one axis, and as much variance as in one dimension alone."""
    one = ROWS[:, :1]
    twice = measured(np.hstack([one, 2 * one]), Replace(), "variance")
    np.testing.assert_allclose(twice[:, :2], measured(one, Replace(), "variance")[:, :2], rtol=1e-6)
    assert np.isfinite(twice).all()


def test_a_fit_along_the_axes_has_no_law_where_columns_go_together() -> None:
    """Control: with full covariances the law holds (z within 4.4 of 4 000 lineages), and with diagonal ones it would not."""
    s = Scenario(
        world=Penguins(), model=Mixture(components=1, covariance="diagonal"), n=15, generations=4, lineages=4000
    )
    assert law_for(s, "variance") is None
    full = replace(s, model=Mixture(components=1))
    law = law_for(full, "variance")
    assert law is not None
    assert agree(z_scores(run(full, keep="variance").measure("variance")[:, 2:], law[2:]))
    assert not agree(z_scores(run(s, keep="variance").measure("variance")[:, 2:], law[2:]))


def test_a_fixed_bandwidth_is_in_standard_deviations_of_the_world() -> None:
    """Penguins in millimetres, and the same in metres: one link means one amount of blur."""
    t = run(
        Scenario(world=Flipper(), model=Kde(bandwidth="fixed", h=0.5), n=50, generations=3, lineages=5), keep="variance"
    )
    h = Kde(bandwidth="fixed", h=0.5).ancestor(Flipper(), 2)
    assert h is not None
    np.testing.assert_allclose(h.h, 0.5 * np.sqrt(float(Flipper().distribution.cov[0, 0])))
    assert (t.measure("variance")[:, 1:] > 0.25).all(), "h² = 0.25 of the world's variance is added each time"
