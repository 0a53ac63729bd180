"""A Gaussian that has almost no variance left, in one direction or in all: nothing of it is lost to rounding.

The oracle is the law of the log determinant, E log det Σ_t = log det Σ₀ + t Σ_j [ψ((n − 1 − j)/2) + ln(2/m)] for j = 0…d − 1 and the
divisor m, with the variance t Σ_j ψ₁((n − 1 − j)/2), written down here from Bartlett's decomposition.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import polygamma, psi

from collapse.beliefs.normal import Normal
from collapse.data import Moments
from collapse.decoding import Decoder
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix, Replace
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.triangles import triangle
from collapse.worlds import NormalWorld

from .harness import agree


def law(n: int, d: int, t: int) -> tuple[float, float]:
    """Mean and variance of (log det Σ_t)/d under replacement with the divisor n."""
    half = (n - 1 - np.arange(d)) / 2
    return t * (psi(half) + np.log(2 / n)).sum() / d, t * polygamma(1, half).sum() / d**2


@pytest.mark.parametrize(
    ("d", "n", "generations"), [(1, 2, 1000), (2, 10, 200), (16, 20, 60), (16, 100, 200), (4, 6, 400)]
)
def test_the_log_determinant_lasts(d, n, generations):
    """Every lineage is finite, and mean and scatter are those of the law, far below what a matrix of doubles holds.

    300 lineages, false alarm 1e-5 a comparison; control: the eigenvalues of the covariance, which are all rounding.
    """
    s = Scenario(world=NormalWorld(dimension=d), n=n, generations=generations, lineages=300, seed=5)
    t = run(s)
    logs = t.measure("log_variance")[:, -1]
    mean, variance = law(n, d, generations)
    assert np.isfinite(logs).all()
    z = (logs.mean() - mean) / np.sqrt(variance / len(logs))
    chi2 = (logs.var(ddof=1) / variance - 1) / np.sqrt(2 / (len(logs) - 1))
    assert agree(np.array([z, chi2])), (z, chi2)
    last = t.params.cov[:, -1]
    with np.errstate(divide="ignore", invalid="ignore"):
        rounded = np.log(np.linalg.eigvalsh(last)).mean(axis=-1)
    assert not agree(np.array([(rounded.mean() - mean) / np.sqrt(variance / len(logs))]))


def test_nothing_that_is_small_is_said_to_be_nothing():
    """n = 2, 1000 generations: the variance is far below 1e-308 in most lineages, and no measured value is 0 or infinite for it."""
    t = run(Scenario(n=2, generations=1000, lineages=100))
    assert (t.measure("variance") > 0).all()
    assert np.isfinite(t.measure("entropy")).all()
    assert (t.params.lower[:, -1] == 0).mean() > 0.5, "the case is as extreme as it claims to be"


def test_with_as_many_examples_as_dimensions_a_direction_is_really_gone():
    """n ≤ d: a singular covariance from the first generation on, and an honest −∞; n = d + 1 keeps all of them."""
    for n, lost in ((3, True), (4, False)):
        s = Scenario(world=NormalWorld(dimension=3), n=n, generations=30, lineages=20)
        t = run(s)
        assert (np.isneginf(t.measure("log_variance")[:, 1:]) == lost).all()
        assert np.isfinite(t.measure("variance")).all()


@pytest.mark.parametrize("decoder", [Decoder(), Decoder(temperature=0.7), Decoder(top_p=0.8)], ids=repr)
def test_a_product_of_triangles_is_the_covariance(decoder):
    """The factor says what the covariance says as long as that holds; the narrowest direction is its smallest eigenvalue."""
    s = Scenario(world=NormalWorld(dimension=5), n=40, generations=5, lineages=30, decoder=decoder)
    belief = s.model.belief(run(s).params)
    assert isinstance(belief, Normal)
    np.testing.assert_allclose(belief.log_det(), np.linalg.slogdet(belief.cov)[1] / 5, rtol=1e-10)
    np.testing.assert_allclose(belief.narrowest(), np.linalg.eigvalsh(belief.cov)[..., 0], rtol=1e-8)
    assert (np.triu(belief.lower, 1) == 0).all()
    np.testing.assert_allclose(np.exp(belief.log_diagonal), np.diagonal(belief.lower, axis1=-2, axis2=-1))


def test_the_narrowest_direction_is_known_where_eigenvalues_are_rounding():
    """L = [[1, 0], [1, ε]] has det LLᵀ = ε² and trace 2 + ε², so the smaller eigenvalue is ε²/2 (1 + O(ε²))."""
    for small in (1e-3, 1e-12, 1e-100):
        lower = np.array([[1.0, 0.0], [1.0, small]])
        belief = Normal.factored(np.zeros(2), lower, np.log(np.diagonal(lower)))
        assert belief.narrowest() == pytest.approx(small**2 / 2, rel=1e-5)
        assert belief.log_det() == pytest.approx(np.log(small))
    assert np.linalg.eigvalsh(lower @ lower.T)[0] <= 1e-15


def test_a_loss_under_an_almost_flat_gaussian_is_that_of_its_factor():
    """E_world[−log p] = ½[2 log 2π + log det Σ + tr Σ⁻¹] for L = diag(1, ε): ½[2 log 2π + 2 log ε + 1 + ε⁻²]."""
    small = 1e-12
    lower = np.diag([1.0, small])
    belief = Normal.factored(np.zeros(2), lower, np.log(np.diagonal(lower)))
    expected = 0.5 * (2 * np.log(2 * np.pi) + 2 * np.log(small) + 1 + small**-2)
    assert belief.cross_entropy(NormalWorld(dimension=2).distribution) == pytest.approx(expected, rel=1e-12)


def test_pooling_keeps_what_neither_part_has_lost():
    """In one dimension: a spread of 1e-200 and one of 1e-250 at one place, where squares are 0; and with fresh data beside it."""
    tiny, tinier = (
        Moments(10, np.zeros((1, 1)), np.full((1, 1, 1), x), np.full((1, 1), np.log(x))) for x in (1e-200, 1e-250)
    )
    assert (tiny + tinier).log_diagonal.item() == pytest.approx(np.log(1e-200))
    assert (tiny + tiny).log_diagonal.item() == pytest.approx(np.log(1e-200) + np.log(2) / 2)
    s = Scenario(n=5, generations=400, lineages=50, policy=Mix(synthetic=0.8))
    assert (run(s).measure("variance")[:, -1] > 1e-3).all(), "one real example in five keeps it alive"
    assert (run(replace(s, policy=Replace())).measure("variance")[:, -1] < 1e-20).all()


def test_a_triangle_is_a_root_of_any_matrix():
    rng = np.random.default_rng(1)
    for d, m in ((2, 9), (5, 5), (4, 2)):
        wide = rng.standard_normal((6, d, m))
        lower, logs = triangle(wide, m)
        np.testing.assert_allclose(lower @ np.swapaxes(lower, 1, 2), wide @ np.swapaxes(wide, 1, 2), atol=1e-12)
        assert (np.triu(lower, 1) == 0).all()
        assert np.array_equal(np.isneginf(logs), np.broadcast_to(np.arange(d) >= m, (6, d)))


def test_a_gaussian_that_is_cut_in_its_own_directions():
    """n ≤ d and top-p: the mass is cut in as many directions as there are; 80% of plain draws lie inside."""
    world = NormalWorld(dimension=6)
    model, rng = Gaussian(), np.random.default_rng(3)
    params = model.fit(model.summarise(model.witness(world, 400, 3, rng)), None, rng)
    cut, plain = (model.sample(params, 50, Decoder(top_p=p), rng) for p in (0.8, 1.0))
    assert cut.shape == plain.shape == (400, 50, 6)
    radius = [
        np.linalg.norm((x - params.mean[:, None]) @ np.linalg.pinv(params.lower, rtol=1e-9).swapaxes(1, 2), axis=-1)
        for x in (cut, plain)
    ]
    level = np.sqrt(-2 * np.log(0.2))  # of two directions: P(χ²₂ ≤ level²) = 0.8
    assert (radius[0] <= level * (1 + 1e-9)).all()
    inside = (radius[1] <= level).mean()
    assert abs(inside - 0.8) < 5 * np.sqrt(0.16 / 20_000)
