"""A mixture of Gaussians as a distribution, against scipy and by quadrature."""

import math

import numpy as np
import pytest
from scipy import stats
from scipy.integrate import dblquad, quad
from scipy.special import logsumexp

from collapse.beliefs import normals
from collapse.beliefs.base import Sample
from collapse.beliefs.normal import Normal
from collapse.beliefs.normals import Normals
from collapse.triangles import factor, solve

from .harness import agree, z_scores

WEIGHTS, LINE = np.array([0.5, 0.3, 0.2]), [(-2.0, 0.7), (0.5, 0.3), (3.0, 1.2)]
ONE = Normals(WEIGHTS, np.array([[m] for m, _ in LINE]), np.array([[[s * s]] for _, s in LINE]))
MEANS = np.array([[0.0, 0.0], [3.0, 1.0], [-1.0, 4.0]])
COVS = np.array([[[1.0, 0.5], [0.5, 2.0]], [[0.4, 0.0], [0.0, 0.4]], [[2.0, -0.9], [-0.9, 0.5]]])
TWO = Normals(WEIGHTS, MEANS, COVS)
DEAD = Normals(np.array([0.6, 0.4, 0.0]), MEANS, COVS)


def pdf(x: float) -> float:
    return math.fsum(w * stats.norm.pdf(x, m, s) for w, (m, s) in zip(WEIGHTS, LINE, strict=True))


def test_one_dimension_is_a_sum_of_scipy_s_normals():
    x = np.linspace(-6, 8, 57)
    np.testing.assert_allclose(ONE.logpdf(x), np.log([pdf(v) for v in x]), rtol=1e-12)
    np.testing.assert_allclose(
        ONE.cdf(x), sum(w * stats.norm.cdf(x, m, s) for w, (m, s) in zip(WEIGHTS, LINE, strict=True))
    )
    np.testing.assert_allclose(
        ONE.cdf(ONE.quantile(np.array([1e-6, 0.025, 0.5, 0.9]))), [1e-6, 0.025, 0.5, 0.9], rtol=1e-9
    )
    mean = quad(lambda v: v * pdf(v), -20, 20, limit=200)[0]
    assert ONE.mean.item() == pytest.approx(mean)
    assert ONE.cov.item() == pytest.approx(quad(lambda v: (v - mean) ** 2 * pdf(v), -20, 20, limit=200)[0])
    assert float(ONE.entropy()) == pytest.approx(
        -quad(lambda v: pdf(v) * math.log(pdf(v)), -12, 14, limit=400)[0], abs=1e-9
    )
    np.testing.assert_allclose(ONE.score(x[:, None]), ONE.logpdf(x), rtol=1e-12)


def test_the_nodes_of_a_mixture_integrate_what_a_quadrature_does():
    u, x, w = ONE.levels()
    assert w.sum() == pytest.approx(1)
    for f in (np.cos, lambda v: v**3, lambda v: np.exp(v / 2)):
        assert np.sum(w * f(x)) == pytest.approx(quad(lambda v, f=f: f(v) * pdf(v), -20, 25, limit=400)[0], rel=1e-9)
    inside = (u > 1e-8) & (u < 1 - 1e-8)
    np.testing.assert_allclose(ONE.quantile(u[inside]), x[inside], atol=1e-4)


def test_two_dimensions_are_a_sum_of_scipy_s_normals():
    rows = np.random.default_rng(1).standard_normal((40, 2)) * 3
    each = [
        math.log(w) + stats.multivariate_normal(m, c).logpdf(rows) for w, m, c in zip(WEIGHTS, MEANS, COVS, strict=True)
    ]
    np.testing.assert_allclose(TWO.score(rows), logsumexp(each, axis=0), rtol=1e-12)
    assert float(TWO.cross_entropy(Sample(rows))) == pytest.approx(-logsumexp(each, axis=0).mean())
    low, high = np.array([-2.0, 0.0]), np.array([2.5, 3.0])
    sides = [
        math.fsum(
            w * (stats.norm.cdf(a, m[j], math.sqrt(c[j, j])) + stats.norm.sf(b, m[j], math.sqrt(c[j, j])))
            for w, m, c in zip(WEIGHTS, MEANS, COVS, strict=True)
        )
        for j, a, b in zip((0, 1), low, high, strict=True)
    ]
    assert float(TWO.outside(low, high)) == pytest.approx(np.mean(sides))


def test_the_total_moments_by_sampling():
    """Mean and products of 200 000 draws, component by component; false alarm 1e-5; control: the mean of the covariances alone."""
    rng = np.random.default_rng(2)
    which = rng.choice(3, 200_000, p=WEIGHTS)
    x = np.empty((200_000, 2))
    for k in range(3):
        x[which == k] = rng.multivariate_normal(MEANS[k], COVS[k], (which == k).sum())
    assert agree(z_scores(x, TWO.mean))
    gap, upper = x - TWO.mean, np.triu_indices(2)
    products = (gap[:, :, None] * gap[:, None, :])[:, *upper]
    assert agree(z_scores(products, TWO.cov[upper]))
    assert not agree(z_scores(products, np.tensordot(WEIGHTS, COVS, 1)[upper]))


def test_one_component_is_a_gaussian():
    one, bell = Normals(np.ones(1), MEANS[:1], COVS[:1]), Normal(MEANS[0], COVS[0])
    rows = Sample(np.random.default_rng(3).standard_normal((30, 2)))
    low, high = np.array([-1.0, -1.0]), np.array([1.0, 2.0])
    np.testing.assert_allclose(one.cov, bell.cov)
    assert float(one.cross_entropy(rows)) == pytest.approx(float(bell.cross_entropy(rows)))
    assert float(one.outside(low, high)) == pytest.approx(float(bell.outside(low, high)))
    assert float(one.overlap()) == 0


def coefficient(k: int, m: int) -> float:
    """∫ √(p_k p_m) by quadrature in the plane."""
    p, q = (stats.multivariate_normal(MEANS[i], COVS[i]) for i in (k, m))
    return dblquad(lambda y, x: math.sqrt(p.pdf([x, y]) * q.pdf([x, y])), -9, 9, -9, 11, epsabs=1e-6)[0]


def test_overlap_by_quadrature_and_as_a_bound():
    """Σ √(w_k w_l) ∫√(p_k p_l); and it bounds the share of draws that the mixture itself takes for another component's."""
    pairs = [(k, m) for k in range(3) for m in range(k)]
    expected = math.fsum(math.sqrt(WEIGHTS[k] * WEIGHTS[m]) * coefficient(k, m) for k, m in pairs)
    assert float(TWO.overlap()) == pytest.approx(expected, rel=1e-4)
    assert float(DEAD.overlap()) == pytest.approx(math.sqrt(0.24) * coefficient(1, 0), rel=1e-4)
    rng, mistaken = np.random.default_rng(4), 0.0
    laws = [stats.multivariate_normal(m, c) for m, c in zip(MEANS, COVS, strict=True)]
    for k in range(3):
        x = laws[k].rvs(20_000, random_state=rng)
        mistaken += WEIGHTS[k] * float(
            np.mean(np.argmax([w * p.pdf(x) for w, p in zip(WEIGHTS, laws, strict=True)], axis=0) != k)
        )
    assert 0.005 < mistaken < float(TWO.overlap())
    assert float(Normals(np.full(2, 0.5), MEANS[[0, 0]], COVS[[0, 0]]).overlap()) == pytest.approx(0.5), (
        "twins: a coin toss"
    )


def test_draws_are_taken_for_a_group_by_bayes_rule():
    """In one dimension by the ends of the intervals where a group is the likeliest, found on a fine grid; in two by drawing."""
    wide, narrow = stats.norm(0, 2), stats.norm(1, 0.5)
    groups = Normals(np.array([0.7, 0.3]), np.array([[0.0], [1.0]]), np.array([[[4.0]], [[0.25]]]))
    model = Normals(
        np.array([[0.5, 0.5], [1.0, 0.0]]),
        np.array([[[0.8], [3.0]], [[1.2], [1.0]]]),
        np.array([[[0.09], [1.0]], [[0.5], [1.0]]])[..., None],
    )
    x = np.linspace(-10, 12, 2_000_001)
    second = np.log(0.3) + narrow.logpdf(x) > np.log(0.7) + wide.logpdf(x)
    for found, w, m, c in zip(
        model.taken_for(groups), model.weights, model.means[..., 0], model.covs[..., 0, 0], strict=True
    ):
        density = sum(a * stats.norm(b, d**0.5).pdf(x) for a, b, d in zip(w, m, c, strict=True))
        assert found[1] == pytest.approx(np.trapezoid(density * second, x), abs=0.01)
        assert found.sum() == pytest.approx(1)
    rng = np.random.default_rng(8)
    which = rng.choice(2, size=100_000, p=[0.25, 0.75])
    draws = np.stack([rng.multivariate_normal(MEANS[k], 2 * COVS[k], len(which)) for k in (1, 0)])[
        which, np.arange(len(which))
    ]
    score = [
        np.log(w) + stats.multivariate_normal(m, c).logpdf(draws)
        for w, m, c in zip(TWO.weights, MEANS, COVS, strict=True)
    ]
    share = np.bincount(np.argmax(score, axis=0), minlength=len(MEANS)) / len(which)
    there = Normals(np.array([0.25, 0.75]), MEANS[[1, 0]], 2 * COVS[[1, 0]])
    np.testing.assert_allclose(there.taken_for(TWO), share, atol=0.02)
    assert not np.allclose(share, [0.75, 0.25, 0.0], atol=0.02), "by birth it would be another number"


@pytest.mark.parametrize("d", [1, 2, 4])
def test_factor_and_solve_are_numpy_s(d):
    a = np.random.default_rng(6).standard_normal((5, d, d))
    cov, gap = a @ np.swapaxes(a, 1, 2), np.random.default_rng(7).standard_normal((5, d))
    lower = factor(np.moveaxis(cov, 0, -1), np.zeros(d))
    np.testing.assert_allclose(np.moveaxis(lower, -1, 0), np.linalg.cholesky(cov), atol=1e-9)
    np.testing.assert_allclose(
        solve(lower, gap.T).T, np.linalg.solve(np.linalg.cholesky(cov), gap[..., None])[..., 0], rtol=1e-7
    )


def test_a_singular_covariance_has_a_factor():
    line = np.outer([1.0, 2.0, -1.0], [1.0, 2.0, -1.0])
    lower = factor(line, np.zeros(3))
    np.testing.assert_allclose(lower @ lower.T, line, atol=1e-12)
    assert (np.diag(factor(line, np.full(3, 1e-6))) > 0).all()
    assert (factor(np.zeros((3, 3)), np.zeros(3)) == 0).all()


def test_a_point_is_a_density():
    point = Normals(np.array([0.5, 0.5]), np.array([[0.0], [1.0]]), np.zeros((2, 1, 1)))
    x = np.array([0.0, 0.5, 1.0])
    assert np.isfinite(point.logpdf(x[[0, 2]])).all()
    assert (point.logpdf(x)[[0, 2]] > 30).all()
    np.testing.assert_array_equal(point.cdf(x + 0.1), [0.5, 0.5, 1.0])
    assert point.cov.item() == 0.25
    flat = Normals(np.array([0.5, 0.5]), MEANS[:2], np.zeros((2, 2, 2)))
    assert np.isfinite(flat.score(MEANS[:2])).all()
    assert float(flat.overlap()) == 0


def test_leading_axes_and_chunks_do_not_matter(monkeypatch):
    rng = np.random.default_rng(8)
    w, m = rng.dirichlet(np.ones(3), (4, 5)), rng.standard_normal((4, 5, 3, 2))
    a = rng.standard_normal((4, 5, 3, 2, 2))
    many, sample = Normals(w, m, a @ np.swapaxes(a, -1, -2)), Sample(rng.standard_normal((23, 2)))
    whole = many.cross_entropy(sample)
    one = Normals(w[2, 3], m[2, 3], many.covs[2, 3])
    assert whole.shape == many.overlap().shape == many.total.shape == (4, 5)
    assert float(whole[2, 3]) == pytest.approx(float(one.cross_entropy(sample)))
    assert float(many.overlap()[2, 3]) == pytest.approx(float(one.overlap()))
    monkeypatch.setattr(normals, "CHUNK", 300)
    np.testing.assert_allclose(many.cross_entropy(sample), whole, rtol=1e-12)
