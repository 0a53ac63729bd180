"""The curves of `theory.LAWS`: closed forms and exact recursions for the mean over lineages, (T+1,), or None where none is known.

Means of variance and drift come from `moments.py`; here are the laws that need more than two moments.
"""

import numpy as np
from scipy.special import digamma, gammaln

from collapse.beliefs.base import Categories
from collapse.beliefs.language import PASSAGE
from collapse.data import Array
from collapse.laws.base import Curve
from collapse.laws.moments import known_variance, moments, only_replaces
from collapse.laws.wright_fisher import LARGEST, extinction, survival
from collapse.metrics import METRICS, at_world
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario
from collapse.speech import percent
from collapse.worlds import NormalWorld, Text, TypesWorld

COLD = 0.05  # below this temperature the power 1/τ^t has no digits
ERROR = 0.02  # nats of entropy by which finite samples may miss a limit for endless ones: 2% of the effective number


def _chi_square_chain(scenario: Scenario) -> bool:
    """Is v_t a product of independent χ²_{n−1}/den?  A Gaussian on a Gaussian world, solved exactly, replaced, not truncated."""
    s = scenario
    return (
        only_replaces(s)
        and isinstance(s.model, Gaussian)
        and s.model.spread(s.n) is not None
        and not known_variance(s)
        and isinstance(s.world, NormalWorld)
        and not s.decoder.truncates
    )


def _only_drifts(scenario: Scenario) -> bool:
    """Do world and model differ in nothing but their means, in one dimension?"""
    return known_variance(scenario) and isinstance(scenario.world, NormalWorld) and scenario.world.d == 1


def _denominator(scenario: Scenario) -> int:
    assert isinstance(scenario.model, Gaussian)
    return scenario.n if scenario.model.estimator == "ml" else scenario.n - 1


def _steps(scenario: Scenario) -> tuple[Array, Array]:
    """t = 0…T, and how many of these generations were trained on decoded output: max(t − 1, 0)."""
    t = np.arange(scenario.generations + 1)
    return t, np.maximum(t - 1, 0)


def variance(scenario: Scenario) -> Curve:
    """E v_t; for replace (1 − 1/n)^t with ml, 1 with unbiased; always 1 where it is known and held."""
    if known_variance(scenario):
        return np.ones(scenario.generations + 1)
    both = moments(scenario) if scenario.world.space in ("real", "images") else None
    return None if both is None else both[0]


def mean_drift(scenario: Scenario) -> Curve:
    """E ‖μ_t − μ₀‖²; with ml and an undecoded policy it is 1 − E v_t: what runs lose inside reappears between them."""
    both = moments(scenario) if scenario.world.space in ("real", "images") else None
    return None if both is None else both[1]


def log_variance(scenario: Scenario) -> Curve:
    """t/d Σ_{j<d} [ψ((n−1−j)/2) + ln(2/den)] + (t−1) ln τ; always 0 where the variance is known and held."""
    s = scenario
    if known_variance(s):
        return np.zeros(s.generations + 1)
    if not _chi_square_chain(s) or s.n - 1 < s.world.d:
        return None
    t, decoded = _steps(s)
    per_step = np.mean(digamma((s.n - 1 - np.arange(s.world.d)) / 2) + np.log(2 / _denominator(s)))
    return t * per_step + decoded * np.log(s.decoder.temperature)


def w2_squared(scenario: Scenario) -> Curve:
    """E drift² + E v + 1 − 2 E σ, with E σ_t = c^t τ^((t−1)/2), c = √(2/den) Γ(n/2)/Γ((n−1)/2)."""
    s, both = scenario, moments(scenario)
    if _only_drifts(s):
        return mean_drift(s)
    if both is None or not _chi_square_chain(s) or s.world.d > 1:
        return None
    t, decoded = _steps(s)
    c = np.exp(0.5 * np.log(2 / _denominator(s)) + gammaln(s.n / 2) - gammaln((s.n - 1) / 2))
    return both[0] + both[1] + 1 - 2 * c**t * s.decoder.temperature ** (decoded / 2)


def kl_model_world(scenario: Scenario) -> Curve:
    """½ (E drift² + E v − 1 − E log v)."""
    both, logs = moments(scenario), log_variance(scenario)
    if both is None or logs is None or scenario.world.d > 1 or not isinstance(scenario.world, NormalWorld):
        return None
    return (both[0] + both[1] - 1 - logs) / 2


def kl_world_model(scenario: Scenario) -> Curve:
    """½ (E 1/v + E μ²/v − 1 + E log v); with a = den/(n−3):  x' = a(x/τ + 1/n),  y' = a y/τ  for x = E μ²/v, y = E 1/v."""
    s, logs, drift = scenario, log_variance(scenario), mean_drift(scenario)
    if _only_drifts(s):
        return None if drift is None else drift / 2
    if logs is None or known_variance(s) or s.world.d > 1 or s.n <= 3:
        return None
    a = _denominator(s) / (s.n - 3)
    x, y = np.zeros(s.generations + 1), np.ones(s.generations + 1)
    with np.errstate(over="ignore"):
        for t in range(s.generations):
            tau = s.decoder.temperature if t else 1.0
            x[t + 1], y[t + 1] = a * (x[t] / tau + 1 / s.n), a * y[t] / tau
    return (x + y - 1 + logs) / 2


def simpson(scenario: Scenario) -> Curve:
    """(1 − Σp₀²) V_t; for replace (1 − Σp₀²)(1 − 1/n)^t.

    With add-a smoothing and replace, F = Σp² obeys F' = (1−u)²[1/n + (1 − 1/n)F] + (1 − (1−u)²)/K, u = aK/(n + aK).
    """
    s = scenario
    if not isinstance(s.world, TypesWorld):
        return None
    start = at_world(s.world, "simpson")
    both = moments(s)
    if both is not None:
        return start * both[0]
    if not (only_replaces(s) and s.decoder.neutral and isinstance(s.model, Categorical)):
        return None
    mass = s.model.smoothing * s.world.types
    keep = (s.n / (s.n + mass)) ** 2
    f = np.full(s.generations + 1, 1 - start)
    for t in range(s.generations):
        f[t + 1] = keep * (1 / s.n + (1 - 1 / s.n) * f[t]) + (1 - keep) / s.world.types
    return 1 - f


def self_agreement(scenario: Scenario) -> Curve:
    """(1 − Σp₀²)(1 − V_t): what a model of types agrees more with itself than with the world."""
    s = scenario
    both = moments(s) if isinstance(s.world, TypesWorld) else None
    return None if both is None else at_world(s.world, "simpson") * (1 - both[0])


def tail_mass(scenario: Scenario) -> Curve:
    """Types, unsmoothed and undecoded: E p_t = p_0, a martingale.  For real worlds no closed form is known."""
    s = scenario
    if s.world.space != "types" or moments(s) is None:
        return None
    return np.full(s.generations + 1, at_world(s.world, "tail_mass"))


def tempered(scenario: Scenario) -> Curve:
    """p_t for endless samples, (T+1, K): p_t ∝ p_0^(1/τ^(t−1)), since the first model learns from undecoded data."""
    s = scenario
    if not (
        isinstance(s.world, TypesWorld)
        and isinstance(s.model, Categorical)
        and s.model.smoothing == 0
        and only_replaces(s)
        and not s.decoder.truncates
        and s.decoder.temperature != 1.0
        and s.decoder.temperature >= COLD
    ):
        return None
    _, decoded = _steps(s)
    power = s.decoder.temperature ** -np.minimum(decoded, 300.0 / abs(np.log(s.decoder.temperature)))
    logs = power[:, None] * np.log(s.world.p / s.world.p.max())
    weights = np.exp(logs)
    return weights / weights.sum(axis=1, keepdims=True)


def missed(scenario: Scenario) -> Curve:
    """By how much the entropy of finite samples falls short of `tempered`, in nats, to first order: ½ Σ p_i V_i, where V_i, the
    variance of log p_i, is divided by τ² in every generation and grows by (1 − p_i)/(n p_i)."""
    s, p = scenario, tempered(scenario)
    if p is None:
        return None
    found, v = np.zeros(len(p)), np.zeros(p.shape[1])
    for t in range(1, len(p)):
        with np.errstate(divide="ignore", over="ignore"):
            v = np.minimum(v / (s.decoder.temperature**2 if t > 1 else 1.0) + (1 - p[t]) / (s.n * p[t]), 1e300)
        found[t] = 0.5 * np.sum(np.where(p[t] > 0, p[t] * v, 0.0))
    return found


def too_few(scenario: Scenario) -> str:
    """Why the limit for endless samples is not drawn where there is one, or an empty text."""
    off = missed(scenario)
    if off is None or off.max() <= ERROR:
        return ""
    return (
        f"The law for endless samples is not drawn, because n = {scenario.n:,} is too small for it: from generation "
        f"{int((off > ERROR).argmax())} on it would be off by more than {percent(ERROR)} of the effective number."
    )


def entropy(scenario: Scenario) -> Curve:
    """Types with a temperature: the entropy of p_t ∝ p_0^(1/τ^(t−1)), where finite samples miss it by 0.02 nats at most."""
    p = tempered(scenario)
    return None if p is None or too_few(scenario) else Categories(p).entropy()


def effective_types(scenario: Scenario) -> Curve:
    """Effective number of types: the exponential of the entropy of p_t ∝ p_0^(1/τ^(t−1)), right to 2%, as for `entropy`."""
    logs = entropy(scenario)
    return None if logs is None else np.exp(logs)


def rarest_alive(scenario: Scenario) -> Curve:
    """The Wright–Fisher chain of the rarest group: exact when groups never overlap."""
    s = scenario
    if METRICS["rarest_alive"].refusal(s) or not only_replaces(s) or not s.decoder.neutral or s.n > LARGEST:
        return None
    assert s.world.groups is not None
    warm = s.model.start == "warm"  # type: ignore[attr-defined]
    return survival(float(s.world.groups.weights.min()), s.n, s.generations) if warm else None


def hapaxes(scenario: Scenario) -> Curve:
    """(n/N) (1 − e^{−g_{t−1}}), g as in `extinction`: a word that stands once in N tokens is among n of them with probability
    n/N, and from then on it is a family of one.  Words drawn one by one (order 0), for at most one reading of the whole text."""
    s = scenario
    if not (
        isinstance(s.model, Ngram)
        and isinstance(s.world, Text)
        and s.model.unit == "words"
        and s.model.order == 0
        and only_replaces(s)
        and s.decoder.neutral
    ):
        return None
    whole = len(s.world.corpus("words").train)
    if s.n > whole - whole % PASSAGE:
        return None
    return np.concatenate([[1.0], s.n / whole * -np.expm1(-extinction(s.generations)[: s.generations])])
