"""How a model speaks: temperature first, then top-k, then nucleus (top-p) truncation, in the order the field uses.

A temperature τ turns the density p into p^(1/τ) / ∫ p^(1/τ); top-k keeps the k most likely outcomes; top-p keeps the smallest set
that holds the mass p of what is left.  Each model says in its `sample` how this looks for its family; what several need is here.

To add another rule by which outcomes are left out, write a `Decoder` with a knob for it, name the knob in `listed`, and say in
`truncated` which shares are set to 0.  Families without a list of outcomes then refuse it by that name.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtr, chdtri, gammaincinv, ndtri

from collapse.data import Array
from collapse.spec import Spec, knob, table
from collapse.speech import exactly, listing
from collapse.watermark import green


@dataclass(frozen=True)
class Decoder(Spec):
    """Temperature, top-p and top-k; 1, 1 and 0 leave the model's own distribution alone."""

    kind = "sampling"
    says = "temperature, then top-k, then top-p (nucleus) truncation; 1, 0 and 1 are plain sampling"

    temperature: float = knob(
        1.0,
        "how boldly a model speaks: at 1 as it has learnt, below 1 it prefers what is likely, above 1 it says unlikely things more "
        "often, and at 0 it always says the likeliest",
        label="temperature",
        low=0.0,
        high=5.0,
    )
    top_p: float = knob(
        1.0,
        "only the likeliest outcomes are kept, as few as together reach this probability; 1 keeps all",
        label="top-p",
        low=0.05,
        high=1.0,
    )
    top_k: int = knob(
        0, "only this many of the likeliest outcomes are kept; 0 keeps all", label="top-k", low=0, high=100_000
    )

    def phrase(self) -> str:
        """How outputs are drawn, as a sentence with every knob that is not neutral; another decoder says its own words."""
        if self.says != Decoder.says:
            return super().phrase()
        knobs = {"temperature": (self.temperature, 1.0), "top-p": (self.top_p, 1.0), "top-k": (self.top_k, 0)}
        turned = [f"{name} {exactly(value)}" for name, (value, neutral) in knobs.items() if value != neutral]
        return f"outputs are sampled with {listing(turned)}" if turned else "outputs are sampled as they are"

    @property
    def listed(self) -> str:
        """The name of the knob that asks for a list of outcomes, as top-k does; empty if a bell curve can be decoded as well."""
        return "top_k" if self.top_k else ""

    @property
    def marks(self) -> bool:
        """Is what it says marked by a watermark, which only a text can carry?"""
        return False

    @property
    def truncates(self) -> bool:
        """Are outcomes told apart otherwise than by a temperature: are some left out, or marked?"""
        return self.top_p < 1.0 or bool(self.listed)

    @property
    def neutral(self) -> bool:
        """Is the model's own distribution left alone?"""
        return self.temperature == 1.0 and not self.truncates

    def shrink(self, d: int) -> float:
        """By how much decoding multiplies each variance of a d-dimensional Gaussian: τ ρ_d(p), exact.

        ρ_d(p) = P(χ²_{d+2} ≤ c) / p with P(χ²_d ≤ c) = p; for d = 1 this is 1 − 2cφ(c)/p.
        """
        kept = 1.0 if self.top_p == 1.0 else chdtr(d + 2, chdtri(d, 1 - self.top_p)) / self.top_p
        return self.temperature * float(kept)

    def standard_normal(self, shape: tuple[int, ...], rng: np.random.Generator) -> Array:
        """Standard Gaussian rows (…, n, d) as this decoder speaks them: inside the central ball of mass top_p."""
        z = rng.standard_normal(shape)
        if self.top_p < 1.0:
            d, inside = shape[-1], self.top_p * rng.random(shape[:-1])
            radius = (
                ndtri((1 + inside) / 2) if d == 1 else np.sqrt(2 * gammaincinv(d / 2, inside))
            )  # the same, many times as fast
            z *= (radius / np.linalg.norm(z, axis=-1))[..., None]
        return z * np.sqrt(self.temperature)

    def reweight(self, p: Array) -> Array:
        """Probabilities p (…, K) of K equally wide outcomes, tempered, truncated and normalised again."""
        if self.neutral:
            return p
        return self.reweight_rows(p.ravel(), np.arange(0, p.size + 1, p.shape[-1])).reshape(p.shape)

    def reweight_rows(self, weights: Array, ends: Array) -> Array:
        """Weights (E,) of rows of any length, tempered, truncated and normalised: row r stands from ends[r] to ends[r + 1] and may be
        empty."""
        size = np.diff(ends)
        begin, row = ends[:-1][size > 0], np.repeat(np.arange(np.count_nonzero(size)), size[size > 0])
        p = shares(self._tempered(weights, begin, row), begin, row)
        return self.truncated(p, begin, row) if self.truncates else p

    def truncated(self, p: Array, begin: Array, row: Array) -> Array:
        """Shares p (E,) of rows that begin at `begin`, entry e being in row[e], with some set to 0 and the rest normalised again.

        Here top-k, then top-p; a decoder with another rule says it here (and in `listed`, unless a bell curve can follow it).
        """
        if not self.top_k and self.top_p == 1.0:
            return p
        order = np.lexsort((-p, row))
        rank, ranked = np.arange(len(p)) - begin[row], p[order]
        if self.top_k:
            ranked = shares(np.where(rank < self.top_k, ranked, 0.0), begin, row)
        steps = ranked.copy()
        steps[begin[1:]] -= (
            1.0  # back to 0 after each row: the sum stays small, and as exact in the last row as in the first
        )
        before = np.cumsum(steps) - ranked
        kept = np.zeros_like(p)
        kept[order] = np.where(before - before[begin][row] < self.top_p - 1e-12, ranked, 0.0)
        return shares(kept, begin, row)

    def marked(self, weights: Array, token: Array, before: Array) -> Array:
        """Weights (E,) of the tokens with these numbers (E,), each after the token `before` (E,), −1 where there is none, with those
        made likelier that a watermark asks for; here none are."""
        return weights

    def _tempered(self, weights: Array, begin: Array, row: Array) -> Array:
        if self.temperature == 1.0:
            return weights
        peak = np.maximum.reduceat(weights, begin)[row]
        if self.temperature == 0.0:  # the most likely outcome, and of equals the first
            best = np.minimum.reduceat(np.where(weights == peak, np.arange(len(weights)), len(weights)), begin)
            return (np.arange(len(weights)) == best[row]).astype(float)
        with np.errstate(divide="ignore", over="ignore"):
            return np.exp(np.log(weights / peak) / self.temperature)


def shares(weights: Array, begin: Array, row: Array) -> Array:
    """Weights (E,) of rows that begin at `begin` as shares of their row."""
    return weights / np.add.reduceat(weights, begin)[row]


@dataclass(frozen=True)
class Watermark(Decoder):
    """A watermark in a text: the odds of green tokens, half of all that there are, against the others are raised by e^strength.

    Temperature, top-k and top-p come afterwards.  The list of green tokens depends on the token before (`watermark.green`), so a
    model that looks back on nothing cannot be marked, nor one that has little choice.
    """

    kind = "watermark"
    says = "green tokens are said more often than the model would"

    strength: float = knob(
        0.0,
        "how much the logarithm of the odds of a green token is raised; 0 marks nothing, and 2 is usual",
        label="strength of the watermark",
        low=0.0,
        high=10.0,
    )

    @property
    def listed(self) -> str:
        return "strength" if self.strength else super().listed

    @property
    def marks(self) -> bool:
        return self.strength > 0

    def marked(self, weights: Array, token: Array, before: Array) -> Array:
        chosen = (before >= 0) & green(np.maximum(before, 0), token)
        return np.where(chosen, weights * np.exp(self.strength), weights)


DECODERS = table(Decoder, Watermark)
