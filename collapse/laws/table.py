"""What must happen: the laws, with their formulas, their sources and where they hold.

To add a law, write its curve, scenario → (T+1,) or None, and give it a line in `LAWS`.  "Replace" is any policy whose share of
real data rounds to nothing.
"""

from collapse.laws import fading, founders
from collapse.laws.base import Curve, Law, Special
from collapse.laws.cases import approaches, binned, fair, plain, plain_line, sieved
from collapse.laws.curves import (
    COLD,
    effective_types,
    entropy,
    hapaxes,
    kl_model_world,
    kl_world_model,
    log_variance,
    mean_drift,
    rarest_alive,
    self_agreement,
    simpson,
    tail_mass,
    too_few,
    variance,
    w2_squared,
)
from collapse.laws.moments import known_variance, moments
from collapse.laws.tastes import endless_drift, endless_variance
from collapse.laws.weights import endless_only
from collapse.laws.wright_fisher import LARGEST
from collapse.scenario import Scenario
from collapse.sources import ALEMOHAMMAD, GALTON, KAZDAN, MARCHI, OURS, SEDDIK, SHUMAILOV, SURESH, WRIGHT

_STEPS = "replace, a Gaussian with gradient steps, l = (1 − η)^k, l' the same with η of at most 1, a = 1 or n/(n − 1) if unbiased"
_BINS = "replace, a histogram, plain sampling, κ = (w²/2π²) Σ_k |φ(2πk/w)|²/k² with φ of the world in the first fit, and then 0"
_SIEVED = "mix, a detector or a log of origins; of what passes, W is the weight of made examples, A = E Σ w² of made, R of real ones"
_PLAIN = "replace, divisor n, plain sampling"
_FAIR = "replace, divisor n − 1 or a variance that is known, plain sampling"
_KNOWN = "a Gaussian whose variance is known, and held at that of the world"
_POLICIES = "replace, mix, random-share, anchor, accumulate, accumulate-subsample, delayed between two of these, shared"
_DIET = f"{_POLICIES}; every estimator and bandwidth; with a decoder other than plain sampling a Gaussian; with a curator mix"
_TRACE = "images that a linear VAE passes on as samples and with refitted noise, plain sampling"
_CHAIN = "a Gaussian on the normal world, replace, either estimator, any temperature, no top-p"
_TEMPERED = (
    f"types, replace, no smoothing, a temperature of {COLD} or more but 1, no top-p, no top-k, samples so large that they miss the "
    "entropy by 0.02 nats at most"
)
_M = "m = n or, unbiased, n − 1"
LAWS = {
    law.metric: law
    for law in (
        Law(
            "variance",
            variance,
            "E v_t = aV_t + b, V_t by the two-moment recursion of the training data",
            f"real worlds; {_DIET}; {_TRACE}; with gradient steps, or a histogram, replace only",
            (SHUMAILOV, ALEMOHAMMAD, KAZDAN, OURS),
            special=(
                Special("v_t = 1", f"{_KNOWN}, whatever it is fed", known_variance),
                Special("E v_t = (1 − 1/n)^t", _PLAIN, plain),
                Special("E v_t = 1", _FAIR, fair),
                Special("v' = l's + (1 − l')a(1 − 1/n)λv, s the variance where the steps start", _STEPS, approaches),
                Special("v' = (1 − 1/n)(v + w²/12 − κ) + w²/12", _BINS, binned),
                Special(
                    "v = aV + b, V' = 1 − E W + E W (λv + q) − q', q the squared drift and W the share of what passes that is made",
                    _SIEVED,
                    sieved,
                ),
            ),
            elsewhere=lambda s: endless_only(s) or endless_variance(s),
        ),
        Law(
            "mean_drift",
            mean_drift,
            "E drift²_t = q_t, by the two-moment recursion of the training data",
            f"real worlds; {_DIET}; {_TRACE}; with gradient steps, or a histogram, replace only",
            (SHUMAILOV, OURS),
            special=(
                Special("E drift²_t = 1 − (1 − 1/n)^t", _PLAIN, plain),
                Special("E drift²_t = t/n", _FAIR, fair),
                Special(
                    "q' = E[l(start − μ₀) + (1 − l)(μ − μ₀)]² + (1 − l)²λv/n, μ the mean of the parent, μ₀ that of the world",
                    _STEPS,
                    approaches,
                ),
                Special("q' = q + (v + w²/12)/n + (1 − 1/n)κ", _BINS, binned),
                Special("q' = R + Aλv + E W² q", _SIEVED, sieved),
            ),
            elsewhere=endless_drift,
        ),
        Law(
            "log_variance",
            log_variance,
            f"E log v_t = t/d Σ_(j<d) [ψ((n−1−j)/2) + ln(2/m)] + (t−1) ln τ, {_M}",
            f"{_CHAIN}, n > d",
            (OURS,),
            special=(
                Special("log v_t = 0", f"{_KNOWN}, whatever it is fed", known_variance),
                Special("E log v_t = t [ψ((n−1)/2) + ln(2/n)], about −2t/n", f"{_PLAIN}, one dimension", plain_line),
                Special(
                    "E log v_t = t/d Σ_(j<d) [ψ((n−1−j)/2) + ln(2/n)], about −(d + 3)t/(2n) where n is much larger than d",
                    _PLAIN,
                    plain,
                ),
            ),
            elsewhere=endless_only,
        ),
        Law(
            "w2_squared",
            w2_squared,
            "E W₂² = E drift² + E v + 1 − 2 c^t τ^((t−1)/2), c = √(2/m) Γ(n/2)/Γ((n−1)/2), " + _M,
            f"{_CHAIN}, one dimension",
            (SHUMAILOV, OURS),
            special=(
                Special("E W₂² = E drift²", f"{_KNOWN}, any training data", known_variance),
                Special("E W₂² = 2(1 − c^t), c = √(2/n) Γ(n/2)/Γ((n−1)/2)", _PLAIN, plain),
            ),
        ),
        Law(
            "kl_model_world",
            kl_model_world,
            "E KL = ½(E drift² + E v − 1 − E log v)",
            f"{_CHAIN}, one dimension",
            (OURS,),
            special=(Special("E KL = ½ E drift²", f"{_KNOWN}, any training data", known_variance),),
        ),
        Law(
            "kl_world_model",
            kl_world_model,
            "E KL = ½(E 1/v + E μ²/v − 1 + E log v)",
            f"{_CHAIN}, one dimension, n > 3",
            (OURS,),
            special=(Special("E KL = ½ E drift²", f"{_KNOWN}, any training data", known_variance),),
        ),
        Law(
            "simpson",
            simpson,
            "E[1 − Σp_t²] = (1 − Σp₀²) V_t, V_t by the two-moment recursion of the training data",
            f"types, plain sampling; without smoothing {_POLICIES}; with smoothing replace",
            (SEDDIK, OURS),
            special=(
                Special("E[1 − Σp_t²] = (1 − Σp₀²)(1 − 1/n)^t", "replace, no smoothing", plain),
                Special(
                    "F = E Σp_t²: F' = (1−u)²[1/n + (1 − 1/n)F] + (1 − (1−u)²)/K, u = aK/(n + aK)",
                    "replace, smoothing a",
                    lambda s: moments(s) is None,
                ),
            ),
        ),
        Law(
            "self_agreement",
            self_agreement,
            "E[Σp_t² − Σp_t p₀] = (1 − Σp₀²)(1 − V_t), V_t by the two-moment recursion of the training data",
            f"types, no smoothing, plain sampling; {_POLICIES}",
            (SEDDIK, OURS),
            special=(Special("E[Σp_t² − Σp_t p₀] = (1 − Σp₀²)(1 − (1 − 1/n)^t)", "replace", plain),),
        ),
        Law(
            "tail_mass",
            tail_mass,
            "E p_t = p₀",
            f"types, no smoothing, plain sampling; {_POLICIES}",
            (SHUMAILOV, SEDDIK),
        ),
        Law(
            "entropy",
            entropy,
            "entropy of p_t ∝ p_0^(1/τ^(t−1))",
            _TEMPERED,
            (MARCHI, OURS),
            "limit for large n, right to 2%",
            elsewhere=too_few,
        ),
        Law(
            "effective_types",
            effective_types,
            "exp(entropy) of p_t ∝ p_0^(1/τ^(t−1))",
            _TEMPERED,
            (MARCHI, OURS),
            "limit for large n, right to 2%",
            elsewhere=too_few,
        ),
        Law(
            "rarest_alive",
            rarest_alive,
            "counts ~ Binomial(n, count ÷ n): the Wright–Fisher chain",
            f"as many components as groups, warm start, replace, plain sampling, n up to {LARGEST}",
            (WRIGHT,),
            "limit for separate groups",
        ),
        founders.LINE,
        Law(
            "hapaxes",
            hapaxes,
            "(n/N)(1 − e^{−g_{t−1}}), g_{t+1} = 1 − e^{−g_t}",
            "words at order 0, replace, plain sampling, n up to one reading of the text",
            (SURESH, GALTON, OURS),
            "limit for large n",
        ),
        *fading.LINES,
    )
}


def unknown(scenario: Scenario, metric: str) -> str:
    """Why no law of a metric is drawn in a scenario, in a sentence."""
    why = LAWS[metric].elsewhere(scenario) if metric in LAWS else ""
    return why or "No formula is known for this curve."


def law_for(scenario: Scenario, metric: str) -> Curve:
    """The law of the mean of a metric in this scenario, (T+1,); None is an honest "we do not know"."""
    return LAWS[metric].curve(scenario) if metric in LAWS else None
