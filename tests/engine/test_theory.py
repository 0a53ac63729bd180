"""Every law twice: against a simulation that could refuse it, and against a second derivation or a published number."""

import math
from dataclasses import replace
from functools import cache, partial

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.integrate import simpson
from scipy.special import digamma, gammaln, polygamma
from scipy.stats import binom, chi2, loggamma, norm

from collapse.curators.errors import Detector, Provenance
from collapse.decoding import Decoder
from collapse.laws.curves import missed, tempered
from collapse.laws.ensembles import between_share, directions_left, effective_directions, trusted, worth
from collapse.laws.numbers import absorption, confident_error, first_passage, fixation_time
from collapse.laws.table import LAWS, law_for, unknown
from collapse.laws.wright_fisher import extinction, survival
from collapse.metrics import METRICS, at_world
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.histogram import Histogram
from collapse.models.kde import Kde
from collapse.models.linear_vae import LinearVae
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.policies import (
    POLICIES,
    Accumulate,
    AccumulateSubsample,
    Anchor,
    Delayed,
    Mix,
    RandomShare,
    Replace,
    Shared,
    SharedPool,
)
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.sources import Source
from collapse.worlds import (
    WORLDS,
    Alice,
    Bimodal,
    Digits,
    Flipper,
    Groups,
    HeavyTailed,
    NormalWorld,
    OwnNumbers,
    OwnTypes,
    Penguins,
    Skewed,
    Surnames,
    Uniform,
)
from collapse.worlds.own import Brought

from .harness import PLAIN, agree, combinations, limit, named, possible, scenarios, z_scores

R = 4000
FADING = {"signal", "active_latents", "effective_rank", "participation", "latent_nats"}  # see test_digits.py
UNBIASED, KNOWN = Gaussian(estimator="unbiased"), Gaussian(variance="known")
TYPES = Scenario(world=Surnames(types=40), model=Categorical(), n=30, generations=12, lineages=R)
PLANE = OwnNumbers(
    Brought.of(np.random.default_rng(5).standard_gamma(2.0, (60, 2)) @ [[1.0, 30.0], [0.0, 20.0]], ("a", "b"))
)
LETTERS = OwnTypes(Brought.of(list("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeefffgh")))
BASE = Scenario(n=20, generations=12, lineages=R)
CASES = {
    "replace": BASE,
    "replace, unbiased": replace(BASE, model=UNBIASED),
    "replace, cooled": replace(BASE, decoder=Decoder(temperature=0.9)),
    "replace, heated and unbiased": replace(BASE, decoder=Decoder(temperature=1.2), model=UNBIASED, generations=8),
    "replace, truncated": replace(BASE, decoder=Decoder(top_p=0.95), generations=6),
    "replace, n = 4": replace(BASE, n=4, generations=3),
    "known variance": replace(BASE, model=KNOWN),
    "known variance, heated mix": replace(
        BASE, model=KNOWN, policy=Mix(synthetic=0.8), decoder=Decoder(temperature=1.4)
    ),
    "known variance, truncated, n = 3": replace(
        BASE, world=NormalWorld(3), model=KNOWN, decoder=Decoder(top_p=0.8), n=3, generations=6
    ),
    "known variance, steps from the parent": replace(
        BASE, world=Penguins(), model=Gaussian(variance="known", steps=3, rate=0.3, start="warm")
    ),
    "mix": replace(BASE, policy=Mix(synthetic=0.8)),
    "mix, unbiased and cooled": replace(
        BASE, policy=Mix(synthetic=0.7), model=UNBIASED, decoder=Decoder(temperature=0.8)
    ),
    "mix of nothing real": replace(BASE, policy=Mix(synthetic=1.0), n=10, generations=6),
    "mix of nothing else": replace(BASE, policy=Mix(synthetic=0.0), generations=4),
    "random share": replace(BASE, policy=RandomShare(synthetic=0.7)),
    "random share, unbiased": replace(BASE, policy=RandomShare(synthetic=0.5), model=UNBIASED, n=8),
    "anchor": replace(BASE, policy=Anchor(synthetic=0.8)),
    "anchor, truncated": replace(BASE, policy=Anchor(synthetic=0.6), decoder=Decoder(top_p=0.9), n=10),
    "accumulate": replace(BASE, policy=Accumulate(), n=6),
    "accumulate, unbiased": replace(BASE, policy=Accumulate(), model=UNBIASED, n=6),
    "accumulate, heated": replace(BASE, policy=Accumulate(), decoder=Decoder(temperature=1.3), n=6),
    "subsample": replace(BASE, policy=AccumulateSubsample(), n=6),
    "subsample, unbiased and cooled": replace(
        BASE, policy=AccumulateSubsample(), model=UNBIASED, decoder=Decoder(0.8), n=6
    ),
    "three dimensions": replace(BASE, world=NormalWorld(dimension=3), n=12),
    "three dimensions, n = 5": replace(BASE, world=NormalWorld(dimension=3), n=5, generations=3),
    "three dimensions, cooled": replace(BASE, world=NormalWorld(dimension=3), n=12, decoder=Decoder(temperature=0.8)),
    "two dimensions, truncated mix": replace(
        BASE, world=NormalWorld(2), policy=Mix(synthetic=0.7), decoder=Decoder(top_p=0.8)
    ),
    "kernel density": replace(BASE, model=Kde(), n=15, generations=5),
    "kernel density, fixed": replace(BASE, model=Kde(bandwidth="fixed", h=0.3), n=15, generations=8),
    "kernel density, accumulate": replace(
        BASE, model=Kde(bandwidth="silverman"), policy=Accumulate(), n=8, generations=5
    ),
    "kernel density, anchor": replace(BASE, model=Kde(), policy=Anchor(synthetic=0.5), n=10, generations=6),
    "steps from a fresh start": replace(BASE, model=Gaussian(steps=20)),
    "a step that leaps": replace(
        BASE, model=Gaussian(steps=1, rate=1.5, estimator="unbiased"), decoder=Decoder(temperature=0.8), generations=8
    ),
    "steps from the parent, cooled": replace(
        BASE, world=NormalWorld(3), model=Gaussian(steps=3, rate=0.3, start="warm"), decoder=Decoder(temperature=0.8)
    ),
    "steps on tilted axes": replace(BASE, world=Penguins(), model=Gaussian(steps=2, rate=0.4, initial_mean=2.0)),
    "histogram": replace(BASE, model=Histogram()),
    "histogram with wide bins on two humps": replace(BASE, world=Bimodal(), model=Histogram(width=3.0), generations=6),
    "histogram of flippers": replace(BASE, world=Flipper(), model=Histogram(width=0.1), generations=6),
    "skewed world": replace(BASE, world=Skewed(), policy=Mix(synthetic=0.7), generations=8),
    "two humps": replace(BASE, world=Bimodal(), policy=Anchor(synthetic=0.7), generations=8),
    "heavy tails": replace(BASE, world=HeavyTailed(df=8.0), policy=RandomShare(synthetic=0.7), generations=8),
    "edges": replace(BASE, world=Uniform(), policy=AccumulateSubsample(), n=8, generations=8),
    "flippers": replace(BASE, world=Flipper(), generations=8),
    "flippers, blurred": replace(BASE, world=Flipper(), model=Kde(bandwidth="fixed", h=3.0), generations=6, n=10),
    "groups": replace(BASE, world=Groups(), model=Mixture(), generations=8, n=12),
    "groups, tilted, mix": replace(
        BASE,
        world=Groups(dimension=2, separation=3.0),
        model=Mixture(components=2),
        policy=Mix(synthetic=0.7),
        generations=6,
    ),
    "penguins": replace(BASE, world=Penguins(), model=Mixture(), policy=Anchor(synthetic=0.8), generations=6, n=15),
    "along the axes": replace(
        BASE, world=NormalWorld(3), model=Mixture(covariance="diagonal"), policy=Mix(synthetic=0.8), generations=6, n=15
    ),
    "a fixed bandwidth in millimetres": replace(
        BASE, world=Flipper(), model=Kde(bandwidth="fixed", h=0.5), policy=Mix(synthetic=0.8), generations=6
    ),
    "one blob, two components": replace(
        BASE, world=NormalWorld(2), model=Mixture(components=2, start="cold"), generations=6, n=15
    ),
    "own numbers": replace(BASE, world=OwnNumbers(), policy=Mix(synthetic=0.7), generations=8),
    "own numbers in the plane": replace(BASE, world=PLANE, policy=Anchor(synthetic=0.7), generations=8),
    "own types": replace(TYPES, world=LETTERS, policy=Mix(synthetic=0.8)),
    "types": TYPES,
    "types, mix": replace(TYPES, policy=Mix(synthetic=0.8)),
    "types, random share": replace(TYPES, policy=RandomShare(synthetic=0.7)),
    "types, anchor": replace(TYPES, policy=Anchor(synthetic=0.7)),
    "types, accumulate": replace(TYPES, policy=Accumulate()),
    "types, subsample": replace(TYPES, policy=AccumulateSubsample()),
    "types, smoothed": replace(TYPES, model=Categorical(smoothing=0.1)),
    "detector": replace(BASE, policy=Mix(synthetic=0.8), curator=Detector(tries=30)),
    "detector, one pool": replace(BASE, policy=Mix(synthetic=0.5), curator=Detector(tpr=0.9, fpr=0.5, tries=1)),
    "detector, tiny": replace(BASE, n=5, policy=Mix(synthetic=0.6), curator=Detector(tpr=0.9, fpr=0.5, tries=1)),
    "detector, unbiased, cooled": replace(
        BASE, model=UNBIASED, decoder=Decoder(temperature=0.8), policy=Mix(synthetic=0.5), curator=Detector(tries=30)
    ),
    "types, log": replace(TYPES, policy=Mix(synthetic=0.6), curator=Provenance(tries=30)),
}
CASES |= {
    kind: replace(BASE if world.space == "real" else TYPES, world=world())
    for kind, world in WORLDS.items()
    if world.space in ("real", "types") and kind not in {s.world.kind for s in CASES.values()}
}  # a new world has a case by itself
ALSO = ("w2_squared", "kl_model_world", "kl_world_model", "log_variance")
SETTLED = (Replace, Mix, RandomShare, Anchor, Accumulate, AccumulateSubsample)  # the policies with a law
EXACT = [
    (case, metric)
    for case, s in CASES.items()
    for metric, law in LAWS.items()
    if law.standing == "exact" and law.curve(s) is not None
]


@cache
def simulated(case: str) -> dict[str, np.ndarray]:
    """Every metric with a law, (R, T), measured in one run."""
    s = CASES[case]
    names = [m for m in LAWS if LAWS[m].curve(s) is not None]
    trajectory = run(s, keep=names)
    return {name: trajectory.measure(name)[:, 1:] for name in names}


def tame(metric: str, s: Scenario) -> np.ndarray:
    """Generations whose sample mean may be trusted: the relative variance that a replace chain reaches stays below R/100."""
    t, n = np.arange(1, s.generations + 1), s.n
    growth = (n + 1) / (n - 1) if metric != "kl_world_model" else (n - 3) / (n - 5) if n > 5 else math.inf
    return growth**t < R / 100


# ---- against simulation


@pytest.mark.parametrize(("case", "metric"), EXACT)
def test_a_law_is_what_happens_on_average(case, metric):
    """4000 lineages, every tame generation at once; false alarm 1e-5 a test (largest |z| of 12: 4.9 standard errors)."""
    s = CASES[case]
    usable = tame(metric, s)
    found, law = simulated(case)[metric], law_for(s, metric)[1:]
    assert usable.any() or metric == "kl_world_model"
    assert found.shape == (R, s.generations)
    assert np.isfinite(law).all()
    if not found.std(axis=0).any():  # what is known does not vary
        np.testing.assert_allclose(found, np.broadcast_to(law, found.shape), atol=1e-12)
        return
    assert agree(z_scores(found[:, usable], law[usable])) if usable.any() else s.n <= 5


WRONG = {
    "variance": ("replace", replace(BASE, model=UNBIASED)),
    "mean_drift": ("accumulate", replace(BASE, policy=AccumulateSubsample(), n=6)),
    "log_variance": ("replace, unbiased", BASE),
    "w2_squared": ("replace", replace(BASE, model=UNBIASED)),
    "kl_model_world": ("replace", replace(BASE, n=25)),
    "kl_world_model": ("replace", replace(BASE, model=UNBIASED)),
    "simpson": ("types", replace(TYPES, n=40)),
    "self_agreement": ("types", replace(TYPES, n=40)),
    "tail_mass": ("types, smoothed", TYPES),
}


def test_every_exact_law_has_a_case_and_a_control():
    exact = {m for m, law in LAWS.items() if law.standing == "exact"}
    assert exact == {metric for _, metric in EXACT} == set(WRONG) != set()
    assert {law.standing for law in LAWS.values()} == {
        "exact",
        "lower bound",
        "limit for large n",
        "limit for large n, right to 2%",
        "with endless data",
        "limit for separate groups",
    }
    lawful = {p for p in POLICIES.values() if law_for(Scenario(policy=p()), "variance") is not None}
    assert {type(CASES[case].policy) for case, _ in EXACT} == set(SETTLED)
    assert lawful - set(SETTLED) == {SharedPool, Delayed}, (
        "which have tests of their own: `test_shared_pool`, `test_delayed`"
    )
    assert {CASES[case].world.kind for case, _ in EXACT} == {
        k for k, w in WORLDS.items() if w.space in ("real", "types")
    }, "of texts and images there are tests in their own files"
    assert len(EXACT) > 80


@pytest.mark.parametrize("metric", WRONG)
def test_a_wrong_law_is_refused(metric):
    """The control: the same harness, the same lineages, the law of another question."""
    case, other = WRONG[metric]
    s = CASES[case]
    found = run(s, keep=(metric,)).measure(metric)[:, 1:]
    usable = tame(metric, s)
    assert not agree(z_scores(found[:, usable], law_for(other, metric)[1:][usable]))


PAIRS = [
    ("mix", "random share"),
    ("random share", "anchor"),
    ("mix", "anchor"),
    ("accumulate", "subsample"),
    ("replace", "mix"),
]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_policies_that_look_alike_are_told_apart(a, b):
    """Control: with the knobs of one policy, the law of another is refused by the variance or by the drift."""
    ours, policy = CASES[a], type(CASES[b].policy)
    share = (
        {"synthetic": ours.policy.synthetic} if issubclass(policy, Shared) and isinstance(ours.policy, Shared) else {}
    )
    other = replace(ours, policy=policy(**share))
    z = [z_scores(simulated(a)[m], law_for(other, m)[1:]) for m in ("variance", "mean_drift")]
    assert not all(agree(x) for x in z)


SIX_TENTHS = [p(synthetic=0.6) if issubclass(p, Shared) else p() for p in SETTLED]


@pytest.mark.parametrize("policy", SIX_TENTHS, ids=lambda p: p.kind)
def test_what_runs_lose_inside_reappears_between_them(policy):
    """E drift² + E v = 1 with maximum likelihood and plain sampling: exactly in the laws; in 4000 runs, false alarm 1e-5.

    Control: with the unbiased estimator the sum is more than 1.
    """
    s = Scenario(policy=policy, n=8, generations=10, lineages=R)
    np.testing.assert_allclose(law_for(s, "variance") + law_for(s, "mean_drift"), 1, atol=1e-13)
    for model, right in ((s.model, True), (UNBIASED, False)):
        trajectory = run(replace(s, model=model), keep=("variance", "mean_drift"))
        total = (trajectory.measure("variance") + trajectory.measure("mean_drift"))[:, 1:]
        assert agree(z_scores(total, 1.0)) == right


# ---- the table of closed forms (Gaussian, replace, one dimension), typed here


@pytest.mark.parametrize("n", [2, 5, 20, 100])
@pytest.mark.parametrize("ml", [True, False], ids=["ml", "unbiased"])
def test_the_table_of_closed_forms(n, ml):
    s = Scenario(n=n, generations=40, model=Gaussian() if ml else UNBIASED)
    t, k, den = np.arange(41), n - 1, n if ml else n - 1
    r, d = 1 - 1 / n, digamma(k / 2) + math.log(2 / den)
    c = math.exp(0.5 * math.log(2 / den) + gammaln(n / 2) - gammaln(k / 2))
    v, m = (r**t, 1 - r**t) if ml else (np.ones(41), t / n)
    np.testing.assert_allclose(law_for(s, "variance"), v, rtol=1e-12)
    np.testing.assert_allclose(law_for(s, "mean_drift"), m, rtol=1e-11, atol=1e-15)
    np.testing.assert_allclose(law_for(s, "log_variance"), t * d, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(
        law_for(s, "w2_squared"), 2 * (1 - c**t) if ml else t / n + 2 * (1 - c**t), rtol=1e-9, atol=1e-13
    )
    np.testing.assert_allclose(
        law_for(s, "kl_model_world"), -t * d / 2 if ml else (t / n - t * d) / 2, rtol=1e-9, atol=1e-13
    )
    if n > 3:
        a = den / (n - 3)
        cross = (a**t - 1) / 3 if ml else (n - 1) / (2 * n) * (a**t - 1)
        np.testing.assert_allclose(
            law_for(s, "kl_world_model"), 0.5 * (a**t - 1 + cross + t * d), rtol=1e-8, atol=1e-12
        )


def test_published_values_of_the_replace_law():
    law = law_for(Scenario(n=100, generations=100), "variance")
    assert [round(law[t], 4) for t in (25, 50, 100)] == [0.7778, 0.6050, 0.3660]
    assert law_for(Scenario(n=100, generations=50), "log_variance")[50] == pytest.approx(-1.0093, abs=5e-5)
    assert law_for(Scenario(n=100, generations=50), "w2_squared")[50] == pytest.approx(0.6289, abs=5e-5)
    assert law_for(Scenario(n=100, generations=50), "kl_model_world")[50] == pytest.approx(0.5046, abs=5e-5)
    assert law_for(Scenario(n=100, generations=100), "kl_world_model")[100] == pytest.approx(12.34, abs=5e-3)
    assert law_for(Scenario(n=100, generations=100, model=UNBIASED), "w2_squared")[100] == pytest.approx(
        1.446, abs=5e-4
    )
    assert law_for(Scenario(n=100, generations=100, model=UNBIASED), "kl_world_model")[100] == pytest.approx(
        4.50, abs=5e-3
    )


def test_the_log_determinant_in_five_dimensions():
    """E log det = Σ_j ψ((n−1−j)/2) + d ln(2/n), published −0.7217 for d = 5, n = 30; the metric is its mean over directions."""
    per_step = sum(digamma((29 - j) / 2) + math.log(2 / 30) for j in range(5))
    law = law_for(Scenario(world=NormalWorld(dimension=5), n=30, generations=10), "log_variance")
    np.testing.assert_allclose(5 * law, per_step * np.arange(11), rtol=1e-12)
    assert 5 * law[1] == pytest.approx(-0.7217, abs=5e-5)


@pytest.mark.parametrize("d", [1, 2, 16])
def test_the_trace_decays_alike_in_every_dimension(d):
    law = law_for(Scenario(world=NormalWorld(dimension=d), n=30, generations=60), "variance")
    np.testing.assert_allclose(law, (1 - 1 / 30) ** np.arange(61))


# ---- types


def alive(p: np.ndarray, n: int, generations: int) -> np.ndarray:
    """E surviving types, exactly: each type by itself is a Wright–Fisher chain k → Bin(n, k/n), started at Bin(n, p_i)."""
    k = np.arange(n + 1)
    step = binom.pmf(k[None, :], n, k[:, None] / n)
    now, curve = binom.pmf(k[None, :], n, p[:, None]), [float(len(p))]
    for _ in range(generations):
        curve.append(float((1 - now[:, 0]).sum()))
        now = now @ step
    return np.array(curve)


@pytest.mark.parametrize(("types", "n"), [(10, 5), (40, 30), (100, 60), (40, 200)])
def test_surviving_types_against_the_exact_chain(types, n):
    """The law is a lower bound and close: within 4% of the exact expectation, and within the one type that never dies."""
    s = replace(TYPES, world=Surnames(types=types), n=n, generations=40)
    law, exact = law_for(s, "types"), alive(s.world.p, n, 40)
    assert (law <= exact + 1e-9).all()
    assert (exact - law <= 0.04 * exact + 1).all()
    assert law[0] == types
    np.testing.assert_allclose(law[1], -np.expm1(-n * s.world.p).sum(), rtol=1e-12)


def test_surviving_types_in_a_simulation():
    """4000 lineages against the exact chain (false alarm 1e-5) and, one-sided, against the bound; control: n = 33."""
    found = simulated("types")["types"]
    assert agree(z_scores(found, alive(TYPES.world.p, 30, 12)[1:]))
    assert not agree(z_scores(found, alive(TYPES.world.p, 33, 12)[1:]))
    assert (z_scores(found, law_for(TYPES, "types")[1:]) > -limit(12)).all()


def test_the_extinction_of_families():
    """g_5 = .31208, g_10 = .17225; a word seen once is alive with 1 − e^(−g_t): .632 .469 .374 .268(5) .158(10) .0376(50)."""
    g = extinction(50)
    assert len(g) == 51
    assert (g[5], g[10]) == (pytest.approx(0.31208, abs=5e-6), pytest.approx(0.17225, abs=5e-6))
    assert [round(-math.expm1(-g[t]), 3) for t in (1, 2, 3, 5, 10)] == [0.632, 0.469, 0.374, 0.268, 0.158]
    assert -math.expm1(-g[50]) == pytest.approx(0.0376, abs=5e-5)
    assert all(1 / t <= g[t] <= 3 / t for t in range(1, 51))
    assert -math.expm1(-extinction(1)[0]) == 1


def test_smoothing_is_mutation():
    """The typed recursion, its fixed point, and a world that ends near uniform instead of at one type."""
    s = replace(TYPES, model=Categorical(smoothing=0.5), generations=400)
    a, K, n = 0.5, 40, 30
    u = a * K / (n + a * K)
    F = 1 - at_world(s.world, "simpson")
    for value in law_for(s, "simpson"):
        assert 1 - value == pytest.approx(F, rel=1e-10)
        F = (1 - u) ** 2 * (1 / n + (1 - 1 / n) * F) + (1 - (1 - u) ** 2) / K
    fixed = ((1 - u) ** 2 / n + (1 - (1 - u) ** 2) / K) / (1 - (1 - u) ** 2 * (1 - 1 / n))
    assert 1 - law_for(s, "simpson")[-1] == pytest.approx(fixed, rel=1e-9)


@pytest.mark.parametrize("temperature", [0.9, 0.5, 1.5])
def test_a_temperature_bends_shares_into_powers(temperature):
    """p_t ∝ p_0^(1/τ^(t−1)) for endless samples: n = 10⁶ is within 0.1% of it, and n = 100 is the control that is not."""
    s = replace(TYPES, decoder=Decoder(temperature=temperature), generations=6, lineages=20, n=1_000_000)
    p, expected = s.world.p, []
    for t in range(7):
        warm = [x ** (temperature ** -max(t - 1, 0)) for x in p.tolist()]
        expected.append(-math.fsum(w / math.fsum(warm) * math.log(w / math.fsum(warm)) for w in warm))
    np.testing.assert_allclose(law_for(s, "entropy"), expected, rtol=1e-9)
    np.testing.assert_allclose(law_for(s, "effective_types"), np.exp(expected), rtol=1e-9)
    for n, close in ((1_000_000, True), (100, False)):
        found = run(replace(s, n=n), keep=("entropy",)).measure("entropy").mean(axis=0)
        assert np.allclose(found, expected, rtol=1e-3, atol=2e-3) == close


def test_a_cold_world_ends_at_its_first_name_without_a_warning():
    cold, hot = (tempered(replace(TYPES, decoder=Decoder(temperature=t), generations=1000)) for t in (0.05, 5.0))
    assert cold[-1].max() == pytest.approx(1)
    np.testing.assert_allclose(hot[-1], 1 / 40)


@pytest.mark.parametrize(
    ("types", "n", "tau", "t"), [(500, 100_000, 1.05, 30), (500, 100_000, 1.5, 10), (50, 10_000, 0.95, 8)]
)
def test_how_far_finite_samples_miss_the_limit_is_known(types, n, tau, t):
    """Simulated entropy below the limit, beside its first order, to a fifth of it in generations 1 and t."""
    s = Scenario(Surnames(types=types), Categorical(), Decoder(temperature=tau), n=n, generations=t, lineages=2000)
    p = tempered(s)
    short = -(p * np.log(p)).sum(axis=1) - run(s, keep="entropy").measure("entropy").mean(axis=0)
    assert missed(s)[[1, t]] == pytest.approx(short[[1, t]], rel=0.2)


@pytest.mark.parametrize(("n", "tau"), [(100, 1.5), (1000, 1.02), (1000, 0.9), (1_000_000, 1.5), (1_000_000, 0.9)])
def test_a_limit_is_drawn_where_it_holds_and_else_it_is_said(n, tau):
    """The review's cases: 32 times off at n = 100, τ = 1.5; what is drawn is within 2% of what happens in every generation."""
    s = Scenario(Surnames(types=500), Categorical(), Decoder(temperature=tau), n=n, generations=10, lineages=50)
    law = law_for(s, "effective_types")
    assert (law is not None) == (n == 1_000_000)
    if law is None:
        assert f"n = {n:,} is too small" in unknown(s, "effective_types")
        return
    found = run(s, keep="effective_types").measure("effective_types").mean(axis=0)
    np.testing.assert_allclose(found, law, rtol=0.02)


@pytest.mark.parametrize(("t", "both"), [(20, 0.4224), (60, 0.0546)])
def test_two_types_are_absorbed_between_the_bounds(t, both):
    """P(both alive) from the exact chain with n = 20, p = 0.3 (published .4224, .0546), between the published bounds."""
    k = np.arange(21)
    step = binom.pmf(k[None, :], 20, k[:, None] / 20)
    now = binom.pmf(k, 20, 0.3) @ np.linalg.matrix_power(step, t - 1)
    low, high = absorption(0.3, 20, t)
    assert 1 - now[0] - now[-1] == pytest.approx(both, abs=0.005)
    assert low <= 1 - now[0] - now[-1] <= high <= 1
    assert low == pytest.approx({20: 0.301, 60: 0.0387}[t], abs=5e-4)
    assert high == pytest.approx({20: 1.0, 60: 0.387}[t], abs=5e-4)


def fixation(n: int) -> np.ndarray:
    """Mean generations until k of n is 0 or n, exactly, by solving (I − Q)T = 1."""
    k = np.arange(1, n)
    return np.linalg.solve(np.eye(n - 1) - binom.pmf(k[None, :], n, k[:, None] / n), np.ones(n - 1))


def test_fixation_time_against_the_exact_chain():
    """Published: 277.26 against 275.00 for p = ½ and 130.03 against 128.24 for p = 0.1 at n = 200; 2n(K−1)ln(K/(K−1))."""
    exact = fixation(200)
    for p, formula, chain in ((0.5, 277.26, 275.00), (0.1, 130.03, 128.24)):
        assert fixation_time(np.array([p, 1 - p]), 200) == pytest.approx(formula, abs=0.005)
        assert exact[round(200 * p) - 1] == pytest.approx(chain, abs=0.005)
        assert 1 < fixation_time(np.array([p, 1 - p]), 200) - exact[round(200 * p) - 1] < 3
    assert fixation_time(np.full(6, 1 / 6), 50) == pytest.approx(2 * 50 * 5 * math.log(6 / 5))
    assert fixation_time(np.full(100_000, 1e-5), 50) == pytest.approx(100, rel=1e-4)
    assert fixation_time(np.array([1.0, 0.0]), 50) == 0


# ---- first passage


@pytest.mark.parametrize(
    ("estimator", "share", "mean"),
    [("ml", 0.5, 38.5), ("ml", 0.1, 118.2), ("unbiased", 0.5, 76.6), ("unbiased", 0.1, 235.4)],
)
def test_published_first_passages(estimator, share, mean):
    found, sd = first_passage(100, share, estimator)
    drift, step = -(digamma(49.5) + math.log(2 / (100 if estimator == "ml" else 99))), polygamma(1, 49.5)
    assert found == pytest.approx(mean, abs=0.06)
    assert sd == pytest.approx(math.sqrt(-math.log(share) * step / drift**3))


def test_the_first_passage_of_8000_walks():
    """Mean within 3% and 4.4 standard errors of the formula; the control, without the overshoot, is 10% low and refused."""
    logs = run(Scenario(n=100, generations=600, lineages=8000), keep=("log_variance",)).measure("log_variance")
    below = logs < math.log(0.5)
    assert below.any(axis=1).mean() > 0.999
    first = below.argmax(axis=1)[below.any(axis=1)]
    slack = limit(1) * first.std() / math.sqrt(len(first))
    right, sd = first_passage(100, 0.5)
    drift = -(digamma(49.5) + math.log(2 / 100))
    assert abs(first.mean() - right) < 0.03 * right + slack
    assert abs(first.mean() - math.log(2) / drift) > 0.03 * right + slack
    assert first.std() == pytest.approx(sd, rel=0.15)


# ---- where there is no law, and what a law says of itself


APART = Scenario(world=Groups(separation=50.0, rare=0.2), model=Mixture(), n=20, generations=30, lineages=2000)
NONE = {
    "variance": [
        replace(BASE, decoder=Decoder(top_p=0.9), model=Kde()),
        TYPES,
        replace(BASE, model=Gaussian(loss="data-weighted")),
        replace(BASE, model=Gaussian(loss="density-power", steps=3)),
        replace(BASE, model=Gaussian(steps=3), policy=Mix()),
        replace(BASE, model=Histogram(), policy=Anchor()),
        replace(BASE, model=Histogram(), decoder=Decoder(temperature=0.9)),
    ],
    "mean_drift": [TYPES, replace(BASE, model=Kde(), decoder=Decoder(temperature=0.9))],
    "log_variance": [
        replace(BASE, world=Skewed()),
        replace(BASE, policy=Mix()),
        replace(BASE, decoder=Decoder(top_p=0.99)),
        replace(BASE, policy=Accumulate()),
        replace(BASE, model=Kde()),
        replace(BASE, world=NormalWorld(3), n=3),
        replace(BASE, model=Gaussian(steps=3)),
        replace(BASE, model=Gaussian(loss="model-weighted")),
    ],
    "w2_squared": [
        replace(BASE, world=NormalWorld(2)),
        replace(BASE, world=Uniform()),
        replace(BASE, decoder=Decoder(top_p=0.9)),
        replace(BASE, policy=Anchor()),
    ],
    "kl_model_world": [replace(BASE, world=NormalWorld(dimension=2)), replace(BASE, policy=RandomShare()), TYPES],
    "kl_world_model": [
        replace(BASE, n=3),
        replace(BASE, n=2),
        replace(BASE, world=NormalWorld(2)),
        replace(BASE, policy=Mix()),
    ],
    "self_agreement": [
        BASE,
        replace(TYPES, decoder=Decoder(temperature=0.9)),
        replace(TYPES, model=Categorical(smoothing=0.1)),
    ],
    "simpson": [
        BASE,
        replace(TYPES, decoder=Decoder(temperature=0.9)),
        replace(TYPES, decoder=Decoder(top_p=0.9)),
        replace(TYPES, model=Categorical(smoothing=1.0), policy=Mix(synthetic=0.5)),
    ],
    "tail_mass": [
        BASE,
        replace(TYPES, decoder=Decoder(temperature=0.9)),
        replace(TYPES, model=Categorical(smoothing=0.1)),
    ],
    "entropy": [
        BASE,
        TYPES,
        replace(TYPES, decoder=Decoder(temperature=0.9), policy=Mix(synthetic=0.5)),
        replace(TYPES, decoder=Decoder(temperature=0.9, top_p=0.9)),
    ],
    "effective_types": [BASE, TYPES],
    "rarest_alive": [
        BASE,
        TYPES,
        replace(APART, policy=Mix()),
        replace(APART, model=Mixture(start="cold")),
        replace(APART, n=2001),
        replace(APART, model=Mixture(components=2)),
        replace(APART, decoder=Decoder(temperature=0.9)),
        replace(APART, world=NormalWorld()),
    ],
    "types": [
        BASE,
        replace(TYPES, policy=AccumulateSubsample()),
        replace(TYPES, policy=RandomShare()),
        replace(TYPES, policy=Mix(), curator=Detector()),
        replace(TYPES, decoder=Decoder(top_p=0.9)),
        replace(TYPES, model=Categorical(smoothing=0.1)),
    ],
    "hapaxes": [BASE, TYPES, Scenario(Alice(), Ngram()), Scenario(Alice(), Ngram(order=1, unit="words"))],
}
MEANS = Scenario(Digits(), LinearVae(), n=40)
NONE["variance"] += [MEANS, replace(MEANS, model=LinearVae(speaking="samples"))]
NONE |= {
    metric: [
        BASE,
        TYPES,
        replace(MEANS, policy=Mix()),
        replace(MEANS, decoder=Decoder(top_p=0.9)),
        replace(MEANS, model=LinearVae(speaking="samples", noise="refitted")),
    ]
    for metric in FADING
}
NONE["latent_nats"].append(replace(MEANS, model=LinearVae(noise="refitted")))


def test_no_law_is_claimed_where_none_is_known():
    assert set(NONE) == set(LAWS)
    for metric, without in NONE.items():
        for s in without:
            assert law_for(s, metric) is None, (metric, s)
    assert law_for(BASE, "coverage") is None


def test_a_share_that_rounds_to_all_is_replace():
    s = replace(BASE, policy=Mix(synthetic=0.99))
    assert s.policy.split(s.n) == (0, 20)
    for metric in ALSO:
        np.testing.assert_array_equal(law_for(s, metric), law_for(BASE, metric))


@pytest.mark.parametrize("scenario", list(combinations(n=9, generations=6)), ids=named)
def test_every_curve_begins_at_the_world_and_has_its_length(scenario):
    known = 0
    for metric in LAWS:
        curve = law_for(scenario, metric)
        if curve is not None:
            known += 1
            assert curve.shape == (7,)
            assert curve.dtype == float
            assert not np.isnan(curve).any()
            assert curve[0] == pytest.approx(at_world(scenario.world, metric, scenario.model), abs=1e-9)
    unknown = scenario.world.space == "text" or not isinstance(scenario.policy, SETTLED)
    assert known > 0 or unknown or scenario.model.spread(scenario.n) is None, (
        "something is known about every other combination, unless the model says that nobody knows what a fit does"
    )


# ---- what is printed of a law


def root_of_chi(s: Scenario, m: int) -> float:
    """c = E√(χ²_{n−1}/m) by quadrature."""
    return chi2(s.n - 1).expect(lambda x: np.sqrt(x / m))


def divisor(s: Scenario) -> int:
    return s.n - (s.model.estimator == "unbiased")


def log_chi(s: Scenario) -> float:
    """The mean of E ln(χ²_{n−1−j}/m) over the dimensions j, from scipy's log-gamma distribution."""
    return float(np.mean([loggamma((s.n - 1 - j) / 2).mean() + math.log(2 / divisor(s)) for j in range(s.world.d)]))


def smoothed(s: Scenario, t: np.ndarray) -> np.ndarray:
    """The printed recursion of F, as an affine map applied t times."""
    p, K = s.world.p, s.world.types
    u = s.model.smoothing * K / (s.n + s.model.smoothing * K)
    slope, rise = (1 - u) ** 2 * (1 - 1 / s.n), (1 - u) ** 2 / s.n + (1 - (1 - u) ** 2) / K
    return 1 - (slope**t * (p @ p) + rise * (1 - slope**t) / (1 - slope))


def pulled(s: Scenario, t: np.ndarray, drift: bool) -> np.ndarray:
    """The printed recursions for gradient steps: the mean and the variance of the drift apart, along axes whitened by a root."""
    m, n, sd = s.model, s.n, np.sqrt(np.diagonal(s.world.distribution.cov))
    whiten = np.linalg.inv(np.linalg.cholesky(s.world.distribution.cov))
    left, short = (1 - m.rate) ** m.steps, (1 - min(m.rate, 1)) ** m.steps
    begin, a = whiten @ (m.initial_mean * sd), 1 if m.estimator == "ml" else n / (n - 1)
    wide = np.mean(np.diagonal(whiten @ np.diag((m.initial_sd * sd) ** 2) @ whiten.T))
    v, middle, var = [1.0], np.zeros(s.world.d), 0.0  # drift² = |E drift|² + its variance
    found = [0.0]
    for i in t[1:]:
        warm, lam = m.start == "warm" and i > 1, s.decoder.shrink(s.world.d) if i > 1 else 1.0
        var = (1 if warm else (1 - left) ** 2) * var + (1 - left) ** 2 * lam * v[-1] / n
        middle = middle if warm else left * begin + (1 - left) * middle
        v.append(short * (v[-1] if warm else wide) + (1 - short) * a * (1 - 1 / n) * lam * v[-1])
        found.append(np.mean(middle**2) + var)
    return np.array(found if drift else v)


def boxed(s: Scenario, t: np.ndarray, drift: bool) -> np.ndarray:
    """The printed recursions for a histogram, the characteristic function of the world by Simpson's rule over its density."""
    w, n, law = s.model.width, s.n, s.world.distribution
    x = np.linspace(-14, 14, 20_001)
    density = np.exp(law.logpdf(x))
    phi = [abs(simpson(density * np.exp(2j * np.pi * k / w * x), x=x)) for k in range(1, 40)]
    kappa = w**2 / (2 * np.pi**2) * sum(p**2 / k**2 for k, p in enumerate(phi, 1))
    v, q = [1.0], [0.0]
    for i in t[1:]:
        waves = (1 - 1 / n) * kappa if i == 1 else 0.0
        q.append(q[-1] + (v[-1] + w**2 / 12) / n + waves)
        v.append((1 - 1 / n) * (v[-1] + w**2 / 12) + w**2 / 12 - waves)
    return np.array(q if drift else v)


def passed_by_hand(s: Scenario) -> dict[int, float]:
    """How many real examples are among the n that a detector lets through, with their probabilities: candidate by candidate, from
    pools that are drawn without putting back."""
    m, k = s.policy.split(s.n)
    passes = {1: 1 - s.curator.fpr, 0: 1 - s.curator.tpr}
    todo, done = {(0, 0, m, k): 1.0}, {}
    for _ in range(s.n * s.curator.tries):
        after = {}
        for (through, real, left, others), chance in todo.items():
            if left + others == 0:
                left, others = m, k
            for is_real, number in ((1, left), (0, others)):
                drawn = chance * number / (left + others)
                rest = left - is_real, others - (1 - is_real)
                for fine, probability in ((1, passes[is_real]), (0, 1 - passes[is_real])):
                    state = (through + fine, real + fine * is_real, *rest)
                    into, key = (done, state[1]) if state[0] == s.n else (after, state)
                    into[key] = into.get(key, 0.0) + drawn * probability
        todo = {state: chance for state, chance in after.items() if chance}
    assert sum(done.values()) == pytest.approx(1, abs=1e-9)
    return done


def sieved(s: Scenario, t: np.ndarray, *, drift: bool) -> np.ndarray:
    """A mean over how many of the n examples are real, each time the law of a diet of so many."""
    counts, n = passed_by_hand(s), s.n
    a, b = s.model.spread(n)
    v, q = [1.0, a * (1 - 1 / n) + b], [0.0, 1 / n]
    for _ in t[2:]:
        said, whole, far = s.decoder.shrink(1) * v[-1], 0.0, 0.0
        for real, chance in counts.items():
            made = n - real
            second = (real + made * (said + q[-1])) / n
            mean = (real + made * said + made**2 * q[-1]) / n**2
            whole, far = whole + chance * (second - mean), far + chance * mean
        v.append(a * whole + b)
        q.append(far)
    return np.array(q if drift else v)


_, ABOUT_ONE, ABOUT_MANY = (case.formula for case in LAWS["log_variance"].special)
PRINTED = {  # every formula that can be printed, but for the two-moment recursion, read again as it stands
    "E v_t = (1 − 1/n)^t": lambda s, t: (1 - 1 / s.n) ** t,
    "E v_t = 1": lambda s, t: np.ones(len(t)),
    "v_t = 1": lambda s, t: np.ones(len(t)),
    "log v_t = 0": lambda s, t: np.zeros(len(t)),
    "E W₂² = E drift²": lambda s, t: law_for(s, "mean_drift"),
    "E KL = ½ E drift²": lambda s, t: law_for(s, "mean_drift") / 2,
    "E drift²_t = 1 − (1 − 1/n)^t": lambda s, t: 1 - (1 - 1 / s.n) ** t,
    "E drift²_t = t/n": lambda s, t: t / s.n,
    LAWS["variance"].special[3].formula: partial(pulled, drift=False),
    LAWS["variance"].special[4].formula: partial(boxed, drift=False),
    LAWS["mean_drift"].special[2].formula: partial(pulled, drift=True),
    LAWS["mean_drift"].special[3].formula: partial(boxed, drift=True),
    LAWS["variance"].special[5].formula: partial(sieved, drift=False),
    LAWS["mean_drift"].special[4].formula: partial(sieved, drift=True),
    LAWS["log_variance"].formula: lambda s, t: t * log_chi(s) + np.maximum(t - 1, 0) * math.log(s.decoder.temperature),
    ABOUT_ONE: lambda s, t: t * log_chi(s),
    ABOUT_MANY: lambda s, t: t * log_chi(s),
    LAWS["w2_squared"].formula: lambda s, t: (
        law_for(s, "mean_drift")
        + law_for(s, "variance")
        + 1
        - 2 * root_of_chi(s, divisor(s)) ** t * s.decoder.temperature ** (np.maximum(t - 1, 0) / 2)
    ),
    "E W₂² = 2(1 − c^t), c = √(2/n) Γ(n/2)/Γ((n−1)/2)": lambda s, t: 2 * (1 - root_of_chi(s, s.n) ** t),
    "E KL = ½(E drift² + E v − 1 − E log v)": lambda s, t: (
        (law_for(s, "mean_drift") + law_for(s, "variance") - 1 - law_for(s, "log_variance")) / 2
    ),
    "E[Σp_t² − Σp_t p₀] = (1 − Σp₀²)(1 − (1 − 1/n)^t)": lambda s, t: (
        at_world(s.world, "simpson") * (1 - (1 - 1 / s.n) ** t)
    ),
    "E[1 − Σp_t²] = (1 − Σp₀²)(1 − 1/n)^t": lambda s, t: (1 - s.world.p @ s.world.p) * (1 - 1 / s.n) ** t,
    "F = E Σp_t²: F' = (1−u)²[1/n + (1 − 1/n)F] + (1 − (1−u)²)/K, u = aK/(n + aK)": smoothed,
    "E p_t = p₀": lambda s, t: np.full(len(t), s.world.p[s.world.rare].sum()),
}
ELSEWHERE = FADING | {
    "kl_world_model",
    "entropy",
    "effective_types",
    "rarest_alive",
    "types",
    "hapaxes",
}  # one formula each, tested above
ASKED = [
    Scenario(world=world(), model=model, policy=policy, decoder=decoder, n=9, generations=6)
    for world in (NormalWorld, partial(NormalWorld, 3), Bimodal, Penguins, Surnames)
    for model in (
        Gaussian(),
        UNBIASED,
        KNOWN,
        Kde(),
        Kde(bandwidth="fixed"),
        Gaussian(steps=3, rate=0.4),
        Gaussian(steps=1, rate=1.6, start="warm"),
        Histogram(width=3.0),
        Mixture(),
        Categorical(),
        Categorical(smoothing=0.3),
    )
    for policy in (Replace(), Mix(), Mix(synthetic=0.5), Anchor(synthetic=0.5), Accumulate(), AccumulateSubsample())
    for decoder in (PLAIN, Decoder(temperature=0.8), Decoder(top_p=0.9))
    if possible({"world": world(), "model": model})
]
CURATED = [
    Scenario(model=UNBIASED, policy=Mix(synthetic=0.6), decoder=decoder, curator=Detector(tries=30), n=9, generations=6)
    for decoder in (PLAIN, Decoder(temperature=0.8))
]


@pytest.mark.parametrize(("d", "n"), [(1, 60), (8, 60), (8, 200), (16, 400)])
def test_what_is_printed_as_about_is_about(d, n):
    """Within 15% where n is at least seven times d; the formula of one dimension is 30% off at least elsewhere."""
    s = replace(BASE, world=NormalWorld(d), n=n)
    text = LAWS["log_variance"].stated(s)
    assert ("2t/n" in text) == (d == 1)
    exact = law_for(s, "log_variance")[-1] / s.generations
    assert -(d + 3) / (2 * n) == pytest.approx(exact, rel=0.15)
    assert d == 1 or abs(-2 / n / exact - 1) > 0.3


@pytest.mark.parametrize("metric", sorted(set(LAWS) - ELSEWHERE))
def test_the_formula_that_is_printed_is_true_of_the_scenario(metric):
    """Each formula is computed again from what it says; where it is the two-moment recursion, no simple one may hold."""
    law, seen = LAWS[metric], set()
    for s in [*ASKED, *CURATED]:
        curve, t = law_for(s, metric), np.arange(s.generations + 1)
        if curve is None:
            continue
        text = law.stated(s)
        seen.add(text)
        if text in PRINTED:
            np.testing.assert_allclose(PRINTED[text](s, t), curve, rtol=1e-7, atol=1e-10, err_msg=f"{text} {s}")
        else:
            assert "two-moment recursion" in text
            plain = [
                PRINTED[case.formula](s, t)
                for case in law.special
                if case.formula in PRINTED and case.formula[:2] == "E "
            ]
            assert not any(np.allclose(simple, curve) for simple in plain if np.isfinite(simple).all()), (text, s)
    assert seen == {law.formula, *(case.formula for case in law.special)}, "every formula is printed somewhere"


def replaced(s: Scenario) -> bool:
    return s.policy.kind == "replace" or (isinstance(s.policy, Shared) and round(s.policy.synthetic * s.n) == s.n)


def covered(metric: str, s: Scenario) -> bool:
    """Where a law holds, read from what `Law.covers` says."""
    known = s.model.kind == "gaussian" and s.model.variance == "known"
    if known and metric in ("variance", "log_variance"):
        return True
    if known and metric in ("w2_squared", "kl_model_world", "kl_world_model"):
        return s.world.kind == "normal" and s.world.d == 1 and covered("mean_drift", s)
    if s.curator.single:
        return False
    settled, kind = isinstance(s.policy, (*SETTLED, Delayed, SharedPool)), s.world.space
    gaussian = s.model.kind == "gaussian"
    solved = gaussian and s.model.loss == "likelihood" and s.model.steps == 0
    types, unsmoothed = kind == "types", getattr(s.model, "smoothing", 1) == 0
    chain = s.world.kind == "normal" and solved and replaced(s) and s.decoder.top_p == 1 and s.n > s.world.d
    line = chain and s.world.d == 1
    if metric in FADING:
        means = s.model.kind == "linear-vae" and s.model.speaking == "means"
        endless = metric == "latent_nats" and means and s.model.noise == "refitted"
        return means and not endless and replaced(s) and s.decoder.top_p == 1
    match metric:
        case "variance" | "mean_drift":
            known = kind in ("real", "images") and s.model.spread(s.n) is not None
            steps = gaussian and s.model.loss == "likelihood" and s.model.steps > 0
            alone = replaced(s) and (steps or (s.model.kind == "histogram" and s.decoder.neutral))
            return alone or (known and settled and (s.decoder.neutral or gaussian))
        case "log_variance":
            return chain
        case "w2_squared" | "kl_model_world":
            return line
        case "kl_world_model":
            return line and s.n > 3
        case "simpson":
            return types and s.decoder.neutral and (settled if unsmoothed else replaced(s))
        case "tail_mass":
            return types and unsmoothed and s.decoder.neutral and settled
        case "self_agreement":
            return types and unsmoothed and s.decoder.neutral and settled
        case "types":
            followed = all(
                phase.kind in ("mix", "anchor", "accumulate") or replaced(replace(s, policy=phase))
                for phase in s.policy.phases
            )
            return types and unsmoothed and s.decoder.neutral and followed
        case "entropy" | "effective_types":
            return (
                types
                and unsmoothed
                and replaced(s)
                and not s.decoder.truncates
                and s.decoder.temperature >= 0.05
                and s.decoder.temperature != 1
                and missed(s).max() <= 0.02
            )
        case "rarest_alive":
            groups = s.world.groups
            return (
                s.model.kind == "mixture"
                and groups is not None
                and s.model.components == len(groups.weights)
                and replaced(s)
                and s.model.start == "warm"
                and s.decoder.neutral
                and s.n <= 2000
            )
    return (
        kind == "text"
        and (s.model.unit, s.model.order) == ("words", 0)
        and replaced(s)
        and s.decoder.neutral
        and s.n <= len(s.world.corpus("words").train) // 200 * 200
    )


@given(scenarios())
@settings(max_examples=300)
def test_a_law_covers_what_it_says(scenario):
    s = replace(scenario, generations=min(scenario.generations, 3), n=min(scenario.n, 5000))
    for metric in LAWS:
        assert (law_for(s, metric) is not None) == covered(metric, s), (metric, s)


@pytest.mark.parametrize("s", ASKED[::5], ids=repr)
def test_the_usual_laws_cover_what_they_say(s):
    for metric in LAWS:
        assert (law_for(s, metric) is not None) == covered(metric, s), metric


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: law.metric)
def test_a_law_introduces_itself(law):
    assert LAWS[law.metric] is law
    assert law.metric in METRICS
    assert law.formula
    assert law.covers
    assert law.curve.__doc__
    assert law.sources
    assert all(isinstance(s, Source) for s in law.sources)


def test_the_harness_knows_its_own_alarm_rate():
    """20 000 honest comparisons of 5 means: a limit for 1 in 100 is exceeded by 1% of them, within 4.4 standard errors."""
    z = np.random.default_rng(1).standard_normal((20_000, 5))
    rate = (np.abs(z).max(axis=1) > norm.isf(0.01 / 10)).mean()
    assert abs(rate - (1 - (1 - 0.002) ** 5)) < 4.4 * math.sqrt(0.01 / 20_000)
    assert [round(limit(m), 2) for m in (1, 10, 100)] == [4.42, 4.89, 5.33]


# ---- groups that never overlap


def test_the_survival_of_a_group_against_plain_coin_tosses():
    """The Wright–Fisher chain, once as a law and once as 20 000 histories of binomial draws; false alarm 1e-5; control: n + 2."""
    rng, p = np.random.default_rng(1), np.full(20_000, 0.2)
    alive = []
    for _ in range(30):
        p = rng.binomial(20, p) / 20
        alive.append(p > 0)
    found = np.stack(alive, axis=1).astype(float)
    assert agree(z_scores(found, survival(0.2, 20, 30)[1:]))
    assert not agree(z_scores(found, survival(0.2, 22, 30)[1:]))


def test_separate_groups_die_by_the_wright_fisher_law():
    """2000 lineages of fitted mixtures 50 standard deviations apart; false alarm 1e-5; control: groups that overlap."""
    found = run(APART, keep=("rarest_alive",)).measure("rarest_alive")[:, 1:]
    law = law_for(APART, "rarest_alive")[1:]
    assert agree(z_scores(found, law))
    near = run(replace(APART, world=Groups(separation=0.5, rare=0.2)), keep=("rarest_alive",)).measure("rarest_alive")[
        :, 1:
    ]
    assert not agree(z_scores(near[:, 5:], law[5:]))


def test_the_weights_of_separate_groups_are_a_martingale_with_the_variance_of_the_law():
    """E w_t = w_0 and E Σ w_t² = 1 − (1 − Σ w_0²)(1 − 1/n)^t; false alarm 1e-5 each; control: n + 3."""
    w = run(APART).params.weights
    real, t = APART.world.groups.weights, np.arange(1, 31)
    assert agree(z_scores(w[:, :, :2], real[:2]))
    squares = (w**2).sum(axis=-1)
    start = 1 - (real**2).sum()
    assert agree(z_scores(squares, 1 - start * (1 - 1 / 20) ** t))
    assert not agree(z_scores(squares, 1 - start * (1 - 1 / 23) ** t))


# ---- laws of the whole ensemble


@pytest.mark.parametrize("n", [10, 50])
def test_the_worth_of_a_generation_and_the_share_between_lineages(n):
    """F and 1 ÷ n_eff from 4000 means and variances, at 4.4 standard errors of a mean; control: 1.2 times the drift."""
    s = Scenario(n=n, generations=10, lineages=4000, seed=2)
    t = run(s, keep=("variance", "mean_drift"))
    v, q = (t.measure(m)[:, 1:] for m in ("variance", "mean_drift"))
    share, examples = between_share(s)[1:], worth(s)[1:]
    decay = (1 - 1 / n) ** np.arange(1, 11)
    np.testing.assert_allclose(share, 1 - decay)
    np.testing.assert_allclose(examples, 1 / (1 - decay))
    assert agree(z_scores(q - share * (q + v), 0.0))
    assert agree(z_scores(q, 1 / examples))
    assert not agree(z_scores(q, 1.2 / examples))


@pytest.mark.parametrize(
    "query", ["policy=mix&policy.synthetic=0.5", "policy=anchor&policy.synthetic=0.8", "policy=accumulate"]
)
def test_the_worth_of_names_is_the_drift_of_their_shares(query):
    """E Σ (p_t − p₀)² ÷ (1 − Σ p₀²) = 1 ÷ n_eff for types, by the shares themselves; control: 1.2 times it."""
    s = Scenario.from_query(f"world=surnames&world.types=30&model=categorical&n=40&generations=6&lineages=3000&{query}")
    p = run(s).params.p
    drift = np.sum((p - s.world.p) ** 2, axis=-1) / (1 - np.sum(s.world.p**2))
    assert agree(z_scores(drift, 1 / worth(s)[1:]))
    assert not agree(z_scores(drift, 1.2 / worth(s)[1:]))


@pytest.mark.parametrize("query", ["", "model.estimator=unbiased", "decoder.temperature=0.8"])
def test_the_effective_number_of_directions(query):
    """The published case d = 16, n = 40: 11.18, 6.91, 4.36 and 2.51 at generations 1, 3, 6 and 12; and generation 6 of many lineages
    within 1%, drawn here row by row."""
    s = Scenario.from_query(f"world.dimension=16&n=40&generations=12&lineages=10000&{query}")
    law = effective_directions(s)
    np.testing.assert_allclose(law[[1, 3, 6, 12]], [11.179, 6.914, 4.359, 2.510], atol=1e-3)
    rng, lower = np.random.default_rng(7), np.broadcast_to(np.eye(16), (20_000, 16, 16))
    for _ in range(6):
        rows = rng.standard_normal((20_000, 39, 16)) @ np.swapaxes(lower, 1, 2) / np.sqrt(40)
        cov = np.swapaxes(rows, 1, 2) @ rows
        lower = np.linalg.cholesky(cov)
    assert float(directions_left(cov)) == pytest.approx(law[6], rel=0.01)
    found = directions_left(run(replace(s, lineages=4000)).params.cov)
    np.testing.assert_allclose(found[:6], law[1:7], rtol=0.03)
    assert trusted(s).tolist() == [(41 / 39) ** t < 100 for t in range(13)]


@pytest.mark.parametrize(("mean", "sd"), [(0.0, 1.0), (0.3, 0.7), (3.0, 0.2), (0.0, 3.0)])
def test_the_confident_error_of_a_bell_curve(mean, sd):
    """By drawing 400 000 times: 2 E[c 1_H], c the share of its own draws that are no likelier; .0025 if healthy, 1 in a tail."""
    x = np.random.default_rng(9).normal(mean, sd, 400_000)
    sure = 2 * norm.sf(np.abs(x - mean) / sd)
    wrong = 2 * sure * (np.abs(x) > norm.ppf(0.975))
    assert agree(z_scores(wrong[:, None], confident_error(mean, sd)))
    assert confident_error(0.0, 1.0) == pytest.approx(0.0025)
    assert confident_error(9.0, 0.1) == pytest.approx(1.0)
