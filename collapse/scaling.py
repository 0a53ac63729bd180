"""Scaling laws of a loss, and what synthetic data do to them: how much more data the same loss needs, and what no data win back.

Every constant has its source, and every one is an argument; what is computed is arithmetic, and no claim about a model of today.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from collapse.data import Array
from collapse.laws.wright_fisher import extinction
from collapse.sources import BESIROGLU, DOHMATOB, HOFFMANN, KAPLAN, MUENNIGHOFF, OWN, STRONG, SURESH, Source
from collapse.spec import Spec, knob

SOURCES = (BESIROGLU, HOFFMANN, KAPLAN, MUENNIGHOFF, DOHMATOB, STRONG, SURESH)  # of this whole file
MOST_TYPES = 1_000_000
MOST_ASKED = 1000
LEAST_WORTH = 1e-6
REPEATS = 15.4  # R* of Muennighoff et al. (2023): how many repetitions are worth anything


@dataclass(frozen=True)
class ScalingLaw(Spec):
    """L = floor + a/N^α + b/D^β in nats a token, for N parameters and D tokens; at first as refitted by Besiroglu et al. (2024).

    Example: `ScalingLaw(tokens=2e12).needed(0.01)`, and `CHINCHILLA.lost(0.5)` if half of the data are worth nothing.
    """

    kind: ClassVar[str] = "scaling"
    says: ClassVar[str] = "how the loss falls with parameters and data"

    floor: float = knob(
        1.8172,
        "the part of the loss that nothing wins back, in nats per token",
        label="floor of the loss",
        low=0.0,
        high=10.0,
    )
    a: float = knob(482.01, "a in a/N^α", label="factor of the parameters", low=0.0, high=1e6)
    alpha: float = knob(0.3478, "α in a/N^α", label="exponent of the parameters", low=0.01, high=2.0)
    b: float = knob(2085.43, "b in b/D^β", label="factor of the tokens", low=0.0, high=1e9)
    beta: float = knob(0.3658, "β in b/D^β", label="exponent of the tokens", low=0.01, high=2.0)
    parameters: float = knob(70e9, "parameters of the model, N", label="parameters", low=1e3, high=1e15, log=True)
    tokens: float = knob(1.4e12, "tokens that it is trained on, D", label="tokens", low=1e3, high=1e18, log=True)

    @property
    def source(self) -> Source:
        """Where the five constants are from; changed ones are a visitor's own."""
        return PUBLISHED.get((self.floor, self.a, self.alpha, self.b, self.beta), OWN)

    @property
    def terms(self) -> tuple[float, float, float]:
        """(what nothing wins back, what more parameters would, what more tokens would), which add up to the loss."""
        return self.floor, self.a / self.parameters**self.alpha, self.b / self.tokens**self.beta

    @property
    def loss(self) -> float:
        """The loss in nats a token."""
        return sum(self.terms)

    @property
    def compute(self) -> float:
        """About how many floating-point operations the training takes, 6 N D (Kaplan et al. 2020)."""
        return 6.0 * self.parameters * self.tokens

    def lost(self, worth: float) -> float:
        """By how many nats the loss is higher if the tokens are only worth a share `worth` of as many fresh real ones, 1e-6 to 1."""
        if not LEAST_WORTH <= worth <= 1:
            raise ValueError(f"worth={worth:g} is not possible: give {LEAST_WORTH:g} to 1")
        return float(self.terms[2] * (worth**-self.beta - 1))

    def needed(self, nats: float) -> float:
        """How many times the data lower the loss by so many nats, 0 or more; infinite where no data can."""
        if not nats >= 0:
            raise ValueError(f"nats={nats:g} is not possible: give 0 or more")
        term = self.terms[2]
        with np.errstate(over="ignore"):
            return float(np.float64(term / (term - nats)) ** (1 / self.beta)) if nats < term else float("inf")


CHINCHILLA = ScalingLaw()
CHINCHILLA_AT_FIRST = ScalingLaw(1.6934, 406.4, 0.3392, 410.7, 0.2849)
PUBLISHED = {(1.8172, 482.01, 0.3478, 2085.43, 0.3658): BESIROGLU, (1.6934, 406.4, 0.3392, 410.7, 0.2849): HOFFMANN}


def repeated(unique: float, repetitions: float, constant: float = REPEATS) -> float:
    """How many fresh tokens it is worth to read `unique` ones and then to repeat them: U + U R*(1 − e^(−R/R*)), R* = 15.4
    (Muennighoff et al. 2023)."""
    _positive(unique=unique, constant=constant)
    if repetitions < 0:
        raise ValueError(f"repetitions={repetitions:g} is not possible: give 0 or more")
    return float(unique * (1 - constant * np.expm1(-repetitions / constant)))


def unseen(
    samples: Array,
    beta: float = 1.5,
    *,
    cut: int | None = None,
    temperature: float = 1.0,
    real: float = 0.0,
    types: int = 100_000,
) -> Array:
    """The test error of a memoriser that has read so many examples (m,): the real mass of what it has never seen, (m,).

    Types have p_i ∝ i^(−β).  It reads q: the types up to rank `cut`, or all, at a temperature, p^(1/τ), and a share `real` of real
    examples besides.  E = Σ p_i (1 − q_i)^T, an exact sum: clean T^(−(β−1)/β), and with a cut a plateau at the mass beyond it, which
    no amount of data wins back.  Source: Dohmatob et al. (2024), A tale of tails.
    Errors: ValueError for β of 1 or less, a cut outside of the types, a million types or more, or over 1000 numbers of examples.
    """
    p, asked = _shares(beta, types), np.asarray(samples, dtype=float)
    if not (temperature > 0 and 0 <= real <= 1):
        raise ValueError(
            f"temperature={temperature:g} with real={real:g} is not possible: give more than 0, and 0 to 1"
        )
    if cut is not None and not 1 <= cut <= types:
        raise ValueError(f"cut={cut} is not possible: give 1 to {types}, the number of types")
    if asked.size > MOST_ASKED:
        raise ValueError(f"{asked.size} numbers of examples are too many: give at most {MOST_ASKED}")
    q = p ** (1 / temperature) * (np.arange(types) < (cut or types))
    q = real * p + (1 - real) * q / q.sum()
    with np.errstate(divide="ignore", invalid="ignore"):
        stays = np.log1p(-q)
        return np.array([float(np.sum(p * np.exp(t * stays))) if t else 1.0 for t in asked])


def forgotten(samples: int, generations: int, beta: float = 1.5, types: int = 100_000) -> Array:
    """The real mass that the memorisers of the generations 0…T no longer know, (T + 1,), if each reads so many examples of the last.

    Σ p_i e^(−n p_i g_t), g₁ = 1, g_{t+1} = 1 − e^(−g_t): a Galton–Watson line for every type, for large n.  It grows like
    (t/2)^((β−1)/β), which is less than in proportion.  Source: Suresh et al. (2024); derived here for Dohmatob et al. (2024).
    """
    _positive(samples=samples)
    p, alive = _shares(beta, types), extinction(min(generations, MOST_ASKED))
    return np.array([0.0, *(float(np.sum(p * np.exp(-samples * p * g))) for g in alive[1:])])


def plateau(cut: int, beta: float = 1.5, types: int = 100_000) -> float:
    """The mass of the types beyond a rank: where the error of a memoriser that reads only the others ends."""
    return float(_shares(beta, types)[cut:].sum())


def _shares(beta: float, types: int) -> Array:
    """p_i ∝ i^(−β), (types,)."""
    if not (beta > 1 and 1 <= types <= MOST_TYPES):
        raise ValueError(
            f"beta={beta:g} with types={types} is not possible: give more than 1, and 1 to {MOST_TYPES:,} types"
        )
    p = np.arange(1.0, types + 1) ** -beta
    return np.asarray(p / p.sum())


def strong_collapse(
    examples: Array | float,
    dimension: int,
    synthetic: float,
    shift: float,
    noise: float = 1.0,
    *,
    refined: bool = False,
) -> Array:
    """The error of a regression on n examples of which a share p₂ is labelled by a teacher of excess risk c² = `shift`:
    σ²d/n + p₂²c².  The second term is a floor that no amount of data beats, and it is small where p₂ is: 1% leaves 10⁻⁴ c².

    `refined`: for finite n, σ²d/(n − d − 1) + p₂²c² + p₂(1 − p₂)c²d/n, derived here, approximate.
    Source: Dohmatob et al. (2025), Strong model collapse.  Errors: ValueError for p₂ outside of 0 to 1, or n up to d + 1.
    """
    n = np.asarray(examples, dtype=float)
    if not 0 <= synthetic <= 1:
        raise ValueError(f"synthetic={synthetic:g} is not possible: give 0 to 1")
    if np.any(n <= dimension + 1):
        raise ValueError(f"examples={n.min():g} are too few: give more than dimension + 1 = {dimension + 1}")
    floor = synthetic**2 * shift
    if not refined:
        return np.asarray(noise**2 * dimension / n + floor)
    return np.asarray(
        noise**2 * dimension / (n - dimension - 1) + floor + synthetic * (1 - synthetic) * shift * dimension / n
    )


def _positive(**numbers: float) -> None:
    """ValueError, by name, for a number that is not larger than 0."""
    for name, value in numbers.items():
        if not value > 0:
            raise ValueError(f"{name}={value:g} is not possible: give more than 0")
