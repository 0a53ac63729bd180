"""The two-moment recursion against closed forms, published numbers and a derivation by common ancestors.

Its agreement with simulation is in `test_theory.py`.
"""

import math
from dataclasses import replace

import numpy as np
import pytest

from collapse.decoding import Decoder
from collapse.laws import law_for
from collapse.laws.moments import moments
from collapse.metrics import at_world
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.policies import Accumulate, AccumulateSubsample, Anchor, Mix, RandomShare, Shared
from collapse.scenario import Scenario
from collapse.worlds import Surnames

UNBIASED = Gaussian(estimator="unbiased")
TYPES = Scenario(world=Surnames(types=40), model=Categorical(), n=30, generations=12)


# ---- temperature and truncation


@pytest.mark.parametrize("lam", [0.5, 0.9])
def test_a_fraction_of_the_variance_caps_the_drift(lam):
    """MAD's λ with the unbiased estimator, decoded from the second generation on: E v = λ^(t−1), E μ² = (1 − λ^t)/(n(1 − λ))."""
    s, t = Scenario(n=25, generations=30, model=UNBIASED, decoder=Decoder(temperature=lam)), np.arange(1, 31)
    np.testing.assert_allclose(law_for(s, "variance")[1:], lam ** (t - 1))
    np.testing.assert_allclose(law_for(s, "mean_drift")[1:], (1 - lam**t) / (25 * (1 - lam)))


def test_top_p_halves_the_variance_in_two_and_a_half_generations():
    rho = 0.758842
    law = law_for(Scenario(n=100, generations=20, decoder=Decoder(top_p=0.95)), "variance")
    np.testing.assert_allclose(law[1:], 0.99 * (0.99 * rho) ** np.arange(20), rtol=2e-5)
    assert math.log(0.5) / math.log(rho) == pytest.approx(2.51, abs=0.005)


def test_keeping_90_percent_at_top_p_95_takes_68_percent_real_data():
    """v* = α/(1 − (1−α)ρ) for endless n: the law at n = 10⁶."""
    s = Scenario(n=1_000_000, generations=200, decoder=Decoder(top_p=0.95), policy=Mix(synthetic=0.32))
    assert law_for(s, "variance")[-1] == pytest.approx(0.68 / (1 - 0.32 * 0.758842), abs=1e-5)
    assert law_for(s, "variance")[-1] == pytest.approx(0.90, abs=0.003)


# ---- accumulate


@pytest.mark.parametrize(("n", "published"), [(10, 0.84344), (30, 0.94606), (100, 0.98363), (1000, 0.99836)])
def test_accumulate_is_the_product_and_its_limit_is_the_sinc(n, published):
    law, s = law_for(Scenario(n=n, generations=1000, policy=Accumulate()), "variance"), np.arange(1, 1001.0)
    np.testing.assert_allclose(law[1:], np.cumprod(1 - 1 / (n * s * s)), rtol=1e-11)
    sinc = math.sin(math.pi / math.sqrt(n)) / (math.pi / math.sqrt(n))
    assert sinc == pytest.approx(published, abs=6e-6)
    assert law[-1] == pytest.approx(sinc, abs=1.1 / (1000 * n))


def test_published_values_of_accumulate():
    assert law_for(Scenario(n=10, generations=100, policy=Accumulate()), "variance")[100] == pytest.approx(
        0.844276, abs=5e-7
    )
    unbiased = law_for(Scenario(n=10, generations=1000, policy=Accumulate(), model=UNBIASED), "variance")
    s = np.arange(2, 1001.0)
    np.testing.assert_allclose(unbiased[2:], np.cumprod(1 - 1 / (s * (10 * s - 1))), rtol=1e-10)
    assert unbiased[1] == pytest.approx(1)
    assert unbiased[-1] == pytest.approx(0.93514, abs=2e-4)


def subsampled(n: int, generations: int) -> tuple[np.ndarray, np.ndarray]:
    """The recursion in another notation: pool variance W and pool drift Q, the model sees n of N = tn."""
    v, q, W, Q = [1.0], [0.0], 1 - 1 / n, 1 / n
    for t in range(1, generations + 1):
        N = t * n
        a, b = N * (n - 1) / ((N - 1) * n), (N - n) / (n * (N - 1))
        v.append(a * W)
        q.append(Q + b * W)
        Q += W * (b + a / n) / (t + 1) ** 2
        W *= t / (t + 1) + a * (1 - 1 / n) / (t + 1) + t * (b + a / n) / (t + 1) ** 2
    return np.array(v), np.array(q)


@pytest.mark.parametrize(("n", "published"), [(10, 0.7390), (30, 0.9060), (100, 0.9710)])
def test_accumulate_subsample_is_its_recursion(n, published):
    v, q = moments(Scenario(n=n, generations=1000, policy=AccumulateSubsample()))
    np.testing.assert_allclose((v, q), subsampled(n, 1000), rtol=1e-10)
    assert v[-1] == pytest.approx(published, abs=3e-4)
    assert n != 10 or subsampled(n, 20_000)[0][-1] == pytest.approx(0.739002, abs=1e-6)


def test_the_constants_of_two_kinds_of_accumulation():
    """n(1 − E v_∞) → π²/6 for all data, π²/2 − 2 for n picked, as n → ∞."""
    for policy, constant in ((Accumulate(), math.pi**2 / 6), (AccumulateSubsample(), math.pi**2 / 2 - 2)):
        law = law_for(Scenario(n=100_000, generations=1000, policy=policy), "variance")
        assert 100_000 * (1 - law[-1]) == pytest.approx(constant, rel=4e-3)


# ---- mixing, by counting common ancestors


def by_descent(policy: Shared, n: int, generations: int) -> np.ndarray:
    """E v_t = 1 − F_t, F the chance that two draws from a diet descend from one real example; a second derivation.

    Two draws fall on one slot (1/n), on two synthetic slots, which both copy the last diet, or on one real and one
    synthetic slot; G is the chance that a draw from a diet descends from a *given* original example.
    """
    real, made = policy.split(n)
    F, G, curve = 1 / n, 1 / n, [1.0, 1 - 1 / n]
    for _ in range(1, generations):
        met = {"mix": 0.0, "anchor": G, "random-share": G}[policy.kind]
        F = 1 / n + made * (made - 1) / n**2 * F + 2 * real * made / n**2 * met
        G = made / n * G + (1 / n if policy.kind == "anchor" else real / n * (1 / n))
        curve.append(1 - F)
    return np.array(curve)


@pytest.mark.parametrize("policy", [Mix, RandomShare, Anchor], ids=lambda p: p.kind)
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_mixing_by_counting_ancestors(policy, share):
    for n in (2, 10, 101):
        s = Scenario(n=n, generations=80, policy=policy(synthetic=share))
        np.testing.assert_allclose(law_for(s, "variance"), by_descent(s.policy, n, 80), rtol=1e-10, atol=1e-14)
        types = replace(TYPES, n=n, generations=80, policy=policy(synthetic=share))
        expected = at_world(types.world, "simpson") * by_descent(s.policy, n, 80)
        np.testing.assert_allclose(law_for(types, "simpson"), expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize(
    ("n", "share", "published"),
    [(20, 0.9, 0.787234), (20, 0.5, 0.93548), (100, 0.95, 0.90654), (100, 0.99, 0.664), (40, 0.9, 0.882353)],
)
def test_the_steady_state_of_fresh_data(n, share, published):
    alpha = 1 - share
    last = law_for(Scenario(n=n, generations=1000, policy=Mix(synthetic=share)), "variance")[-1]
    assert last == pytest.approx(1 - 1 / (n * (2 * alpha - alpha**2) + 1 - alpha), rel=1e-9)
    assert last == pytest.approx(published, abs=5e-7 if n * alpha == 2 or n == 40 else 5e-4)


def test_types_with_fresh_data_reach_the_same_share():
    """n = 40 with 4 fresh keeps 0.882353 of Simpson's diversity, in the typed recursion and in the law."""
    s = replace(TYPES, n=40, generations=1000, policy=Mix(synthetic=0.9))
    start, m, k, n = at_world(s.world, "simpson"), 4, 36, 40
    F0 = F = 1 - start
    for _ in range(2000):
        F = 1 / n + (m * (m - 1) + 2 * m * k) * F0 / n**2 + k * (k - 1) * F / n**2
    assert (1 - F) / start == pytest.approx(0.882353, abs=5e-7)
    assert law_for(s, "simpson")[-1] == pytest.approx(1 - F, rel=1e-10)


@pytest.mark.parametrize(
    ("m", "made", "v", "q"), [(10, 90, 0.8593, 0.1407), (10, 990, 0.8573, 0.1427), (50, 950, 0.9705, None)]
)
def test_the_steady_state_of_a_fixed_real_set(m, made, v, q):
    """q = s/(m(m+2s)+s), E v_∞ = (1 − 1/m)(1 − q), E μ_∞² = 1/m + (1 − 1/m)q."""
    n = m + made
    both = moments(Scenario(n=n, generations=1000, policy=Anchor(synthetic=made / n)))
    ratio = made / (m * (m + 2 * made) + made)
    assert both[0][-1] == pytest.approx((1 - 1 / m) * (1 - ratio), rel=1e-4)
    assert both[1][-1] == pytest.approx(1 / m + (1 - 1 / m) * ratio, rel=1e-4)
    assert both[0][-1] == pytest.approx(v, abs=1e-4)
    assert q is None or both[1][-1] == pytest.approx(q, abs=1e-4)


# ---- kernel densities


def test_a_kernel_density_grows_by_its_published_factor():
    law = law_for(Scenario(model=Kde(), n=100, generations=10), "variance")
    np.testing.assert_allclose(law[2:] / law[1:-1], 1 - 1 / 100 + 100**-0.4)
    assert law[2] / law[1] == pytest.approx(1.1485, abs=5e-5)


def test_a_fixed_bandwidth_has_a_fixed_point():
    law = law_for(Scenario(model=Kde(bandwidth="fixed", h=0.3), n=20, generations=1000), "variance")
    data = 1 - 1 / 20
    for value in law[1:]:
        assert value == pytest.approx(data + 0.09)
        data = (data + 0.09) * (1 - 1 / 20)
    assert law[-1] - 0.09 == pytest.approx(19 * 0.09), "the data end at (n − 1)h²"
