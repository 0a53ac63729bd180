"""The formulas of the laws, typeset: LaTeX by the printed formula, and what their letters mean.

A law that gets a new formula gets a line here; a test asks for it.
"""

import re
from typing import Final

_FACTOR: Final = r"\frac{\Gamma(n/2)}{\Gamma((n-1)/2)}"
_SIGNAL: Final = (
    r"\begin{aligned} s_i(1) &= \lambda_i - \sigma^2 \\ s_i(t) &= \max\bigl(\tau\, s_i(t-1) - \sigma^2,\ 0\bigr) \\"
    r" FORMULA \end{aligned}"
)
_SAME: Final = ", s_i(t) = max(τ s_i(t−1) − σ², 0), s_i(1) = λ_i − σ²"
_LIMITS: Final = {
    "Σ s_i(t)": r"\text{signal} &= \textstyle\sum_i s_i(t)",
    "how many s_i(t) > 0.01 (s_i(t) + σ²)": r"\text{active} &= \#\{i : s_i(t) > 0.01\,(s_i(t) + \sigma^2)\}",
    "exp(H) of p_i ∝ √s_i(t)": r"\text{rank} &= \exp\Bigl(-\textstyle\sum_i p_i \ln p_i\Bigr),\ p_i \propto \sqrt{s_i(t)}",
    "(Σ s_i(t))² / Σ s_i(t)²": r"\text{ratio} &= \tfrac{\left(\sum_i s_i(t)\right)^2}{\sum_i s_i(t)^2}",
    "½ Σ ln(1 + s_i(t)/σ²)": r"\text{nats} &= \tfrac12 \textstyle\sum_i \ln\bigl(1 + s_i(t)/\sigma^2\bigr)",
}
LATEX: Final = {
    "E v_t = aV_t + b, V_t by the two-moment recursion of the training data": r"\mathbb{E}\, v_t = a V_t + b",
    "v_t = 1": r"v_t = 1",
    "E v_t = (1 − 1/n)^t": r"\mathbb{E}\, v_t = \left(1 - \frac1n\right)^t",
    "E v_t = 1": r"\mathbb{E}\, v_t = 1",
    "v' = l's + (1 − l')a(1 − 1/n)λv, s the variance where the steps start": (
        r"v' = l's + (1 - l')\, a \left(1 - \frac1n\right) \lambda v,\quad\allowbreak "
        r"s \text{ the variance}\allowbreak\text{ where the steps start}"
    ),
    "v' = (1 − 1/n)(v + w²/12 − κ) + w²/12": (
        r"v' = \left(1 - \frac1n\right)\left(v + \frac{w^2}{12} - \kappa\right) + \frac{w^2}{12}"
    ),
    "v = aV + b, V' = 1 − E W + E W (λv + q) − q', q the squared drift and W the share of what passes that is made": (
        r"\begin{aligned} v &= aV + b \\ V' &= 1 - \mathbb{E} W + \mathbb{E} W\,(\lambda v + q) - q' \end{aligned}"
    ),
    "E drift²_t = q_t, by the two-moment recursion of the training data": (r"\mathbb{E}\,\text{drift}^2_t = q_t"),
    "E drift²_t = 1 − (1 − 1/n)^t": r"\mathbb{E}\,\text{drift}^2_t = 1 - \left(1 - \frac1n\right)^t",
    "E drift²_t = t/n": r"\mathbb{E}\,\text{drift}^2_t = \frac{t}{n}",
    "q' = E[l(start − μ₀) + (1 − l)(μ − μ₀)]² + (1 − l)²λv/n, μ the mean of the parent, μ₀ that of the world": (
        r"q' = \mathbb{E}\bigl[\,l\,(\text{start} - \mu_0) + (1 - l)(\mu - \mu_0)\bigr]^2 + (1 - l)^2\, \frac{\lambda v}{n}"
    ),
    "q' = q + (v + w²/12)/n + (1 − 1/n)κ": (
        r"q' = q + \frac1n\left(v + \frac{w^2}{12}\right) + \left(1 - \frac1n\right)\kappa"
    ),
    "q' = R + Aλv + E W² q": r"q' = R + A\lambda v + \mathbb{E} W^2\, q",
    "E log v_t = t/d Σ_(j<d) [ψ((n−1−j)/2) + ln(2/m)] + (t−1) ln τ, m = n or, unbiased, n − 1": (
        r"\mathbb{E} \log v_t = \frac td \sum_{j=0}^{d-1} \left[\psi\!\left(\frac{n-1-j}{2}\right) + \ln\frac2m\right] + (t-1)\ln\tau"
    ),
    "log v_t = 0": r"\log v_t = 0",
    "E log v_t = t [ψ((n−1)/2) + ln(2/n)], about −2t/n": (
        r"\mathbb{E} \log v_t = t \left[\psi\!\left(\frac{n-1}{2}\right) + \ln\frac2n\right] \approx -\frac{2t}{n}"
    ),
    "E log v_t = t/d Σ_(j<d) [ψ((n−1−j)/2) + ln(2/n)], about −(d + 3)t/(2n) where n is much larger than d": (
        r"\mathbb{E} \log v_t = \frac td \sum_{j=0}^{d-1} \left[\psi\!\left(\frac{n-1-j}{2}\right) + \ln\frac2n\right]"
        r" \approx -\frac{(d+3)\,t}{2n} \text{ for } n \gg d"
    ),
    "E W₂² = E drift² + E v + 1 − 2 c^t τ^((t−1)/2), c = √(2/m) Γ(n/2)/Γ((n−1)/2), m = n or, unbiased, n − 1": (
        r"\begin{aligned} \mathbb{E}\, W_2^2 &= \mathbb{E}\,\text{drift}^2_t + \mathbb{E}\, v_t + 1 - 2\, c^{\,t}\, \tau^{(t-1)/2} \\"
        rf" c &= \sqrt{{\tfrac2m}}\, {_FACTOR} \end{{aligned}}"
    ),
    "E W₂² = E drift²": r"\mathbb{E}\, W_2^2 = \mathbb{E}\,\text{drift}^2_t",
    "E W₂² = 2(1 − c^t), c = √(2/n) Γ(n/2)/Γ((n−1)/2)": (
        rf"\mathbb{{E}}\, W_2^2 = 2\left(1 - c^{{\,t}}\right),\quad c = \sqrt{{\tfrac2n}}\, {_FACTOR}"
    ),
    "E KL = ½(E drift² + E v − 1 − E log v)": (
        r"\mathbb{E}\,\text{KL} = \tfrac12\left(\mathbb{E}\,\text{drift}^2_t + \mathbb{E}\, v_t - 1 - \mathbb{E} \log v_t\right)"
    ),
    "E KL = ½ E drift²": r"\mathbb{E}\,\text{KL} = \tfrac12\, \mathbb{E}\,\text{drift}^2_t",
    "E KL = ½(E 1/v + E μ²/v − 1 + E log v)": (
        r"\mathbb{E}\,\text{KL} = \tfrac12\left(\mathbb{E}\,\frac1{v_t} + \mathbb{E}\,\frac{\mu_t^2}{v_t}"
        r" - 1 + \mathbb{E} \log v_t\right)"
    ),
    "E[1 − Σp_t²] = (1 − Σp₀²) V_t, V_t by the two-moment recursion of the training data": (
        r"\mathbb{E}\Bigl[1 - \textstyle\sum p_t^2\Bigr] = \Bigl(1 - \sum p_0^2\Bigr) V_t"
    ),
    "E[1 − Σp_t²] = (1 − Σp₀²)(1 − 1/n)^t": (
        r"\mathbb{E}\Bigl[1 - \textstyle\sum p_t^2\Bigr] = \Bigl(1 - \sum p_0^2\Bigr) \left(1 - \frac1n\right)^t"
    ),
    "F = E Σp_t²: F' = (1−u)²[1/n + (1 − 1/n)F] + (1 − (1−u)²)/K, u = aK/(n + aK)": (
        r"\begin{aligned} F &= \mathbb{E} \textstyle\sum p_t^2,\quad u = \tfrac{aK}{n + aK} \\"
        r" F' &= (1-u)^2\left[\tfrac1n + \left(1 - \tfrac1n\right) F\right] + \tfrac{1 - (1-u)^2}{K} \end{aligned}"
    ),
    "E[Σp_t² − Σp_t p₀] = (1 − Σp₀²)(1 − V_t), V_t by the two-moment recursion of the training data": (
        r"\mathbb{E}\Bigl[\textstyle\sum p_t^2 - \sum p_t p_0\Bigr] = \Bigl(1 - \sum p_0^2\Bigr)(1 - V_t)"
    ),
    "E[Σp_t² − Σp_t p₀] = (1 − Σp₀²)(1 − (1 − 1/n)^t)": (
        r"\mathbb{E}\Bigl[\textstyle\sum p_t^2 - \sum p_t p_0\Bigr]"
        r" = \Bigl(1 - \sum p_0^2\Bigr)\left(1 - \left(1 - \tfrac1n\right)^t\right)"
    ),
    "E p_t = p₀": r"\mathbb{E}\, p_t = p_0",
    "entropy of p_t ∝ p_0^(1/τ^(t−1))": (r"H_t = -\textstyle\sum p_t \ln p_t,\quad p_t \propto p_0^{\,1/\tau^{\,t-1}}"),
    "exp(entropy) of p_t ∝ p_0^(1/τ^(t−1))": (
        r"\exp\Bigl(-\textstyle\sum p_t \ln p_t\Bigr),\quad p_t \propto p_0^{\,1/\tau^{\,t-1}}"
    ),
    "counts ~ Binomial(n, count ÷ n): the Wright–Fisher chain": (
        r"X_{t+1} \mid X_t \sim \operatorname{Binomial}\left(n, \frac{X_t}{n}\right)"
    ),
    "Σ_i (1 − e^{−p_i L_t}), L_t the expected number of real examples whose line of copies is alive": (
        r"\sum_i \left(1 - e^{-p_i L_t}\right)"
    ),
    "Σ_i (1 − e^{−n p_i g_t}), g_{t+1} = 1 − e^{−g_t}": (
        r"\sum_i \left(1 - e^{-n p_i g_t}\right),\quad g_{t+1} = 1 - e^{-g_t}"
    ),
    "(n/N)(1 − e^{−g_{t−1}}), g_{t+1} = 1 − e^{−g_t}": (
        r"\frac nN \left(1 - e^{-g_{t-1}}\right),\quad g_{t+1} = 1 - e^{-g_t}"
    ),
} | {printed + _SAME: _SIGNAL.replace("FORMULA", set_) for printed, set_ in _LIMITS.items()}

# What a letter means, by what stands in the LaTeX where it is used.
_LETTERS: Final = (
    (r"mathbb\{E\}", r"\mathbb{E}", "the mean over all chains"),
    (r"\bn\b|\dn\b|\bnN", "n", "the examples in each generation"),
    (r"\bt\b|_t", "t", "the generation"),
    (r"\bv_|\bv'|\bv\b", "v", "the variance of a model, as a share of the real one"),
    (
        r"V",
        "V",
        "the expected variance of what a model learns from, as a share of the real one, by the recursion of two moments",
    ),
    (r"\ba V|aV", "a,\\ b", "the factor and what is added by which the fit turns that variance into the model’s"),
    (r"l's", "a", "1, or n/(n − 1) if the fit is unbiased"),
    (r"drift", r"\text{drift}^2", "the squared distance of the mean from the real mean, in real variances"),
    (r"\bq\b|q_t|q'", "q", "the expected squared drift of the mean, by the recursion of two moments"),
    (r"lambda v", r"\lambda", "what the way of speaking multiplies the variance by"),
    (r"frac2m|\{2\}m", "m", "n, or n − 1 if the fit is unbiased"),
    (r"\bd\b", "d", "the number of dimensions"),
    (r"psi", r"\psi", "the digamma function"),
    (r"Gamma", r"\Gamma", "the gamma function"),
    (r"tau", r"\tau", "the temperature"),
    (r"mu_t", r"\mu_t", "the mean of a model, in real standard deviations from the real one"),
    (r"\\mu - ", r"\mu,\ \mu_0", "the means of the parent and of the world; *start* is the one where the steps start"),
    (r"l'|\bl\b", "l,\\ l'", "what the gradient steps leave of the start, in the mean and in the variance"),
    (r"\bw\b", "w", "the width of a bin, in real standard deviations"),
    (r"kappa", r"\kappa", "a correction for the bins in the first fit; 0 from the second fit on"),
    (r" W\b(?!_)", "W", "the share of what passes that a model made"),
    (r"R \+ A", "R,\\ A", "the expected sums of squared weights of the real and of the made examples"),
    (r"p_(?!.*s_)", "p", "the share of a type"),
    (r"p_.*s_", "p_i", "the share of a latent"),
    (r"aK", "a,\\ K", "what smoothing adds to each count, and the number of types"),
    (r"X_t", "X", "how many of the n examples are of the rarest group"),
    (r"W_2", "W_2", "the Wasserstein-2 distance to the world"),
    (r"L_t", "L_t", "the expected number of real examples whose line of copies is alive"),
    (r"g_", "g_t", "the chance that copies of one example are still alive in generation t, with 1 for the first"),
    (r"nN", "N", "the number of words in the real text that models learn from"),
    (r"s_i", "s_i", "the variance along a latent, with λᵢ those of the real images and σ² the noise that is kept"),
)


def letters(latex: str) -> list[tuple[str, str]]:
    """The letters of a formula as (LaTeX, what it means)."""
    plain = re.sub(r"\\(begin|end)\{aligned\}", "", latex)
    return [(letter, meaning) for where, letter, meaning in _LETTERS if re.search(where, plain)]
