"""Expectation–maximisation against scikit-learn, against a plain loop, and where it has nothing to hold on to."""

import math
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn.mixture import GaussianMixture

from collapse.beliefs.normals import Normals
from collapse.models.em import ALIVE, GUARD, MixtureParams, em
from collapse.models.mixture import sliced

CASES = [(1, 2, 60), (1, 3, 400), (2, 3, 150), (2, 5, 400), (3, 2, 80), (5, 4, 300), (8, 2, 200)]


def blobs(d: int, k: int, n: int, lineages: int = 6, seed: int = 1) -> tuple[np.ndarray, MixtureParams]:
    """Rows around k centres in unlike units (the last coordinate is 1000 times wider), and a start near the centres."""
    rng = np.random.default_rng(seed)
    units = np.where(np.arange(d) == d - 1, 1000.0, 1.0)
    centres = 2.5 * rng.standard_normal((lineages, k, d))
    which = rng.integers(k, size=(lineages, n))
    x = np.take_along_axis(centres, which[..., None], axis=1) + rng.standard_normal((lineages, n, d))
    start = centres + 0.4 * rng.standard_normal(centres.shape)
    cov = np.repeat(np.repeat(np.diag(units**2)[None, None], k, axis=1), lineages, axis=0)
    weights = rng.dirichlet(np.full(k, 5.0), size=lineages)
    return 50.0 + units * x, MixtureParams(weights, 50.0 + units * start, cov)


def theirs(x: np.ndarray, start: MixtureParams, diagonal: bool, tolerance: float, iterations: int) -> GaussianMixture:
    """scikit-learn's fit of one lineage from the same start, without its floor under the variance."""
    precisions = 1 / np.diagonal(start.cov, axis1=1, axis2=2) if diagonal else np.linalg.inv(start.cov)
    model = GaussianMixture(
        len(start.weights),
        covariance_type="diag" if diagonal else "full",
        tol=tolerance,
        reg_covar=0.0,
        max_iter=iterations,
        weights_init=start.weights,
        means_init=start.mean,
        precisions_init=precisions,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when it does not converge; so do we, by the number of steps
        return model.fit(x)


@pytest.mark.parametrize(("d", "k", "n"), CASES)
@pytest.mark.parametrize("diagonal", [False, True], ids=["full", "diagonal"])
@pytest.mark.parametrize(("tolerance", "iterations"), [(1e-3, 100), (1e-5, 150), (1e-9, 7)])
def test_scikit_learn_fits_the_same(d, k, n, diagonal, tolerance, iterations):
    """The same number of steps, log-likelihood, weights, means and covariances, from the same start, to rounding."""
    x, start = blobs(d, k, n, lineages=3)
    ours = em(x, start, diagonal=diagonal, tolerance=tolerance, iterations=iterations)
    for i, rows in enumerate(x):
        other = theirs(rows, MixtureParams(*(a[i] for a in start)), diagonal, tolerance, iterations)
        covariances = np.stack([np.diag(c) for c in other.covariances_]) if diagonal else other.covariances_
        assert ours.steps[i] == other.n_iter_
        assert ours.loglik[i] == pytest.approx(other.lower_bound_, abs=1e-10)
        np.testing.assert_allclose(ours.params.weights[i], other.weights_, rtol=1e-7)
        np.testing.assert_allclose(ours.params.mean[i], other.means_, rtol=1e-7)
        scale = x[i].std(axis=0)
        np.testing.assert_allclose(
            ours.params.cov[i] / np.outer(scale, scale), covariances / np.outer(scale, scale), atol=1e-8
        )


def test_another_start_is_another_answer():
    """The control of the test above: its numbers would notice."""
    x, start = blobs(2, 3, 150)
    moved = start._replace(mean=start.mean[:, ::-1] + 1.0)
    assert not np.allclose(em(x, start).loglik, em(x, moved).loglik, atol=1e-6)


def one_step(rows: np.ndarray, w: np.ndarray, mean: np.ndarray, cov: np.ndarray) -> tuple[np.ndarray, ...]:
    """E and M for one lineage, as it is written in a textbook."""
    density = np.array(
        [[w[k] * stats.multivariate_normal(mean[k], cov[k]).pdf(row) for k in range(len(w))] for row in rows]
    )
    r = density / density.sum(axis=1, keepdims=True)
    means = [sum(r[i, k] * row for i, row in enumerate(rows)) / r[:, k].sum() for k in range(len(w))]
    covs = [
        sum(r[i, k] * np.outer(row - means[k], row - means[k]) for i, row in enumerate(rows)) / r[:, k].sum()
        for k in range(len(w))
    ]
    return r.mean(axis=0), np.array(means), np.array(covs)


@pytest.mark.parametrize("d", [1, 2, 3])
def test_one_step_by_the_textbook(d):
    x, start = blobs(d, 3, 40, lineages=3)
    ours = em(x, start, iterations=1).params
    for i, rows in enumerate(x):
        for mine, other in zip(ours, one_step(rows, *(a[i] for a in start)), strict=True):
            np.testing.assert_allclose(mine[i], other, rtol=1e-9)


@pytest.mark.parametrize(("d", "k", "n"), CASES)
@pytest.mark.parametrize("iterations", [1, 2, 9])
def test_after_any_step_the_mixture_has_the_moments_of_the_sample(d, k, n, iterations):
    """Mean and covariance; a diagonal mixture has the mean and the variances (control: not the covariances)."""
    x, start = blobs(d, k, n)
    for diagonal in (False, True):
        belief = Normals(*em(x, start, diagonal=diagonal, iterations=iterations, tolerance=0.0).params)
        scale = x.std(axis=1)
        both = scale[:, :, None] * scale[:, None, :]
        sample = np.array([np.cov(rows.T, bias=True).reshape(d, d) for rows in x])
        np.testing.assert_allclose(belief.mean, x.mean(axis=1), rtol=1e-12)
        np.testing.assert_allclose(*(np.diagonal(c / both, axis1=1, axis2=2) for c in (belief.cov, sample)), rtol=1e-11)
        assert np.allclose(belief.cov / both, sample / both, atol=1e-10) == (not diagonal or d == 1)


def test_a_step_never_loses_likelihood():
    x, start = blobs(2, 4, 120)
    climb = np.stack([em(x, start, iterations=t, tolerance=0.0).loglik for t in range(1, 30)])
    assert (np.diff(climb, axis=0) > -1e-12).all()
    assert (climb[-1] > climb[0] + 0.01).all()


@pytest.mark.parametrize("diagonal", [False, True])
def test_a_lineage_does_not_notice_its_neighbours(diagonal):
    """Each alone, and all in a batch from which the quick ones are dropped on the way."""
    x, start = blobs(2, 3, 90, lineages=12)
    together = em(x, start, diagonal=diagonal, tolerance=1e-7, iterations=300)
    assert len(set(together.steps.tolist())) > 4
    for i in range(12):
        alone = em(
            x[i : i + 1],
            MixtureParams(*(a[i : i + 1] for a in start)),
            diagonal=diagonal,
            tolerance=1e-7,
            iterations=300,
        )
        assert alone.steps[0] == together.steps[i]
        for mine, other in zip(alone.params, together.params, strict=True):
            np.testing.assert_allclose(mine[0], other[i], rtol=1e-9, atol=1e-12)


def test_units_do_not_matter():
    """Millimetres or light years: the answer is the same one in other units."""
    x, start = blobs(2, 3, 120)
    plain = em(x, start, tolerance=1e-6)
    for a, b in ((1e-40, 0.0), (1e-6, 0.0), (1e3, -7.0), (1e40, 0.0)):
        other = em(a * x + b, MixtureParams(start.weights, a * start.mean + b, a * a * start.cov), tolerance=1e-6)
        np.testing.assert_array_equal(other.steps, plain.steps)
        np.testing.assert_allclose(other.params.weights, plain.params.weights, rtol=1e-8)
        np.testing.assert_allclose((other.params.mean - b) / a, plain.params.mean, rtol=1e-8)
        np.testing.assert_allclose(other.params.cov / a**2, plain.params.cov, rtol=1e-5, atol=1e-6)


# ---- nothing to hold on to


def flat(k: int, d: int, lineages: int = 1) -> MixtureParams:
    """k standard components in a row."""
    mean = np.repeat(np.arange(k, dtype=float)[:, None], d, axis=1)
    return MixtureParams(
        np.full((lineages, k), 1 / k),
        np.repeat(mean[None], lineages, axis=0),
        np.repeat(np.repeat(np.eye(d)[None, None], k, axis=1), lineages, axis=0),
    )


def sane(params: MixtureParams) -> None:
    assert all(np.isfinite(a).all() for a in params)
    assert (params.weights >= 0).all()
    np.testing.assert_allclose(params.weights.sum(axis=1), 1, rtol=1e-12)
    assert (np.diagonal(params.cov, axis1=-2, axis2=-1) >= 0).all()


@pytest.mark.parametrize("d", [1, 2, 8])
@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize(
    "rows", ["all equal", "all zero", "two places", "on a line", "tiny", "huge", "two rows", "an outlier"]
)
@pytest.mark.parametrize("diagonal", [False, True])
def test_degenerate_data_neither_crash_nor_give_nan(d, k, rows, diagonal):
    rng = np.random.default_rng(2)
    x = {
        "all equal": np.full((2, 30, d), 0.1),
        "all zero": np.zeros((2, 30, d)),
        "two places": np.full((2, 30, d), 3.0),
        "on a line": np.repeat(rng.standard_normal((2, 30, 1)), d, axis=2),
        "tiny": 1e-200 * rng.standard_normal((2, 30, d)),
        "huge": 1e100 * rng.standard_normal((2, 30, d)),
        "two rows": rng.standard_normal((2, 2, d)),
        "an outlier": rng.standard_normal((2, 30, d)),
    }[rows]
    if rows == "two places":
        x[:, ::3] = -1.0
    if rows == "an outlier":
        x[:, 0] = 1e12
    for start in (flat(k, d, 2), sliced(x, k, diagonal)):
        for steps in (1, 60):
            params = em(x, start, diagonal=diagonal, iterations=steps, tolerance=1e-6).params
            sane(params)
            again = em(x, params, diagonal=diagonal, iterations=steps).params
            sane(again)
            np.testing.assert_allclose(
                Normals(*params).mean, x.mean(axis=1), rtol=1e-9, atol=1e-9 * np.abs(x).max() + 1e-13
            )


def test_the_dead_stay_dead_and_lie_where_they_died():
    """A component far from all data dies at once, whatever follows; its place and its shape are kept."""
    x = np.random.default_rng(3).standard_normal((1, 40, 2))
    start = flat(3, 2)
    start.mean[0, 2] = 40.0
    params = em(x, start).params
    assert params.weights[0, 2] == 0
    assert (params.weights[0, :2] > 0).all()
    np.testing.assert_allclose(params.mean[0, 2], 40.0)
    np.testing.assert_allclose(params.cov[0, 2], np.eye(2))
    there = em(np.concatenate([x, np.full((1, 20, 2), 40.0)], axis=1), params).params
    assert there.weights[0, 2] == 0


def test_half_an_example_is_the_line_between_life_and_death():
    """A lone point holds its component (it expects one example); with nothing within reach it is gone; the heaviest stays."""
    x = np.concatenate([np.random.default_rng(4).standard_normal((1, 30, 1)), [[[50.0]]]], axis=1)
    start = MixtureParams(np.array([[0.9, 0.1]]), np.array([[[0.0], [50.0]]]), np.ones((1, 2, 1, 1)))
    held = em(x, start).params
    assert held.weights[0, 1] == pytest.approx(1 / 31)
    assert held.cov[0, 1, 0, 0] == pytest.approx(0, abs=1e-20), "no floor: one example has no variance"
    assert em(x[:, :-1], start).params.weights[0, 1] == 0
    crowd = flat(8, 1)
    crowd.mean[:] = 0.0
    alike = em(np.array([[[0.0], [1.0]]]), crowd).params.weights
    assert 2 * alike.max() < ALIVE
    assert (alike > 0).all(), "eight alike components expect a quarter of an example each, and none is the lightest"


def test_the_guard_is_far_below_anything_drawn():
    """A group 30 000 times narrower than the sample is learnt to 1e-6; only a relative spread below 1e-6 meets the guard."""
    rng = np.random.default_rng(5)
    for narrow in (1e-2, 1e-4, 3e-5):
        near, far = narrow * rng.standard_normal((1, 60, 1)), 1 + rng.standard_normal((1, 60, 1))
        x = np.concatenate([near, far], axis=1)
        start = MixtureParams(np.full((1, 2), 0.5), np.array([[[0.0], [1.0]]]), np.array([[[[narrow**2]], [[1.0]]]]))
        found = em(x, start, tolerance=1e-9, iterations=200).params
        sklearn = theirs(x[0], MixtureParams(*(a[0] for a in start)), False, 1e-9, 200)
        np.testing.assert_allclose(found.cov[0, :, 0, 0], sklearn.covariances_[:, 0, 0], rtol=1e-6)
        assert found.cov[0, 0, 0, 0] > 100 * GUARD * x.var()


@settings(max_examples=60)
@given(st.integers(1, 3), st.integers(1, 5), st.integers(2, 12), st.integers(0, 10**6), st.booleans())
def test_many_generations_of_almost_nothing(d, k, n, seed, diagonal):
    """Fit, speak, fit again: weights sum to 1, nothing is NaN, and who is dead stays dead."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((2, n, d))
    params = sliced(x, k, diagonal)
    for _ in range(25):
        before = params.weights == 0
        params = em(x, params, diagonal=diagonal, iterations=20).params
        sane(params)
        assert (params.weights[before] == 0).all()
        which = np.stack([rng.choice(k, n, p=w / w.sum()) for w in params.weights])
        sd = np.sqrt(np.diagonal(params.cov, axis1=-2, axis2=-1))
        x = np.take_along_axis(params.mean, which[..., None], axis=1)
        x = x + np.take_along_axis(sd, which[..., None], axis=1) * rng.standard_normal(x.shape)


def test_the_likelihood_that_is_told_is_the_likelihood():
    x, start = blobs(2, 3, 70)
    assert em(x, start, iterations=1).loglik == pytest.approx(
        [Normals(*(a[i] for a in start)).score(rows).mean() for i, rows in enumerate(x)]
    )
    assert math.isfinite(em(x, start).loglik.sum())
