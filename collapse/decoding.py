"""How a model speaks: temperature first, then nucleus (top-p) truncation, in the order the field uses.

A temperature τ turns the density p into p^(1/τ) / ∫ p^(1/τ); top-p keeps the smallest set that holds the mass p.
Each model says in its `sample` how this looks for its family; what several need is here.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import chdtr, chdtri, gammaincinv

from collapse.data import Array
from collapse.spec import Spec, knob, table


@dataclass(frozen=True)
class Decoder(Spec):
    """Temperature and top-p; both 1 leave the model's own distribution alone."""

    kind = "sampling"
    says = "temperature, then top-p (nucleus) truncation; 1 and 1 are plain sampling"

    temperature: float = knob(1.0, "1 is neutral; below 1 cools, above 1 heats", low=0.05, high=5.0)
    top_p: float = knob(1.0, "keep the most likely outcomes that hold this mass", low=0.05, high=1.0)

    @property
    def neutral(self) -> bool:
        return self.temperature == 1.0 and self.top_p == 1.0

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
            d = shape[-1]
            radius = np.sqrt(2 * gammaincinv(d / 2, self.top_p * rng.random(shape[:-1])))
            z *= (radius / np.linalg.norm(z, axis=-1))[..., None]
        return z * np.sqrt(self.temperature)

    def reweight(self, p: Array) -> Array:
        """Probabilities p (…, K) of K equally wide outcomes, tempered, truncated and normalised again."""
        if self.temperature != 1.0:
            with np.errstate(divide="ignore"):
                logs = np.log(p) / self.temperature
            p = np.exp(logs - logs.max(axis=-1, keepdims=True))
            p = p / p.sum(axis=-1, keepdims=True)
        if self.top_p < 1.0:
            order = np.argsort(-p, axis=-1, kind="stable")
            ranked = np.take_along_axis(p, order, axis=-1)
            before = np.cumsum(ranked, axis=-1) - ranked
            keep = np.empty(p.shape, dtype=bool)
            np.put_along_axis(keep, order, before < self.top_p - 1e-12, axis=-1)
            p = np.where(keep, p, 0.0)
            p = p / p.sum(axis=-1, keepdims=True)
        return p


DECODERS = table(Decoder)
