"""How good a verifier must be: a classifier that learns from labels of which some are wrong, after somebody has looked them through.

Examples x are standard Gaussian in d dimensions; the right label is the sign of x · w for a direction w, and a label that a model has
made is wrong with probability p.  A verifier keeps an example that is right with probability φ, and a wrong one with probability ψ.
With endless data a linear classifier learns the truth if right ones outweigh wrong ones among those that were kept, p < p*, and its
contrary if p > p* (Feng et al., 2024, arXiv 2406.07515); with few data the change is gradual.
"""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.spec import Spec, knob

RIDGE = 1e-3


def critical(keep_right: float, keep_wrong: float) -> float:
    """p* = 1/(1 + ψ/φ): the share of wrong labels at which an endless number of verified examples teaches nothing.

    Without a verifier, or with one that guesses, it is ½; NaN if the verifier keeps nothing.
    """
    kept = keep_right + keep_wrong
    return keep_right / kept if kept > 0 else float("nan")


def wrong_after(wrong: float, keep_right: float, keep_wrong: float) -> float:
    """pψ/(pψ + (1 − p)φ): the share of wrong labels among what is kept; NaN if nothing is."""
    bad, good = wrong * keep_wrong, (1 - wrong) * keep_right
    return bad / (bad + good) if bad + good > 0 else float("nan")


class Points(NamedTuple):
    """`wrong` (P,): shares of wrong labels; `right` (P,): the mean accuracy after training; `error` (P,): its standard error."""

    wrong: Array
    right: Array
    error: Array


@dataclass(frozen=True)
class Verification(Spec):
    """The experiment: `n` examples are labelled and looked through, and a linear classifier is fitted to what is kept."""

    kind = "verification"
    says = "a linear classifier that learns from verified labels"

    wrong: float = knob(0.65, "probability that a label is wrong", label="share of wrong labels", low=0.0, high=1.0)
    keep_right: float = knob(
        0.9,
        "probability that the verifier keeps an example with the right label",
        label="right labels kept",
        low=0.01,
        high=1.0,
    )
    keep_wrong: float = knob(
        0.3,
        "probability that the verifier keeps an example with a wrong label",
        label="wrong labels kept",
        low=0.0,
        high=1.0,
    )
    n: int = knob(5000, "examples before verification", label="examples", low=10, high=100_000, log=True)
    dimension: int = knob(20, "dimensions of an example", label="dimensions", low=2, high=100, log=True)

    @property
    def critical(self) -> float:
        """The share of wrong labels p* beyond which endless data teach the contrary of the truth."""
        return critical(self.keep_right, self.keep_wrong)

    def cost(self, repetitions: int) -> int:
        """Numbers handled by so many repetitions, as in `budget`."""
        return repetitions * self.n * (self.dimension * 3 + 4)

    def accuracies(self, repetitions: int, rng: np.random.Generator) -> Array:
        """The share of new examples that each of the classifiers gets right, (repetitions,), exactly: 1 − angle(ŵ, w)/π.

        ŵ is fitted by ridge regression of the labels ±1, with a ridge of 0.001 for each example; of a verifier that has kept nothing
        the classifier guesses, ½.
        """
        return np.array([self._accuracy(rng) for _ in range(repetitions)])

    def _accuracy(self, rng: np.random.Generator) -> float:
        """One repetition; w is the first axis, without loss of generality."""
        x = rng.standard_normal((self.n, self.dimension))
        false = rng.random(self.n) < self.wrong
        kept = rng.random(self.n) < np.where(false, self.keep_wrong, self.keep_right)
        x, y = x[kept], np.where(false, -1.0, 1.0)[kept] * np.sign(x[kept, 0])
        found = np.linalg.solve(x.T @ x + (RIDGE * len(x) + RIDGE) * np.eye(self.dimension), x.T @ y)
        length = np.linalg.norm(found)
        return 1 - float(np.arccos(np.clip(found[0] / length, -1, 1)) / np.pi) if length > 0 else 0.5

    def expected(self) -> float:
        """What the accuracy is about for finite n, without simulation: 1 − arctan(s/a)/π.

        The mean of yx is a√(2/π) along w, a = 1 − 2 · `wrong_after`, and an error √((1 − 2a²/π)(d − 1)/N) stands at right angles to
        it, N the number of examples that are kept.
        """
        a = 1 - 2 * wrong_after(self.wrong, self.keep_right, self.keep_wrong)
        kept = self.n * (self.wrong * self.keep_wrong + (1 - self.wrong) * self.keep_right)
        signal, error = a * np.sqrt(2 / np.pi), np.sqrt((1 - 2 * a * a / np.pi) * (self.dimension - 1) / kept)
        return 1 - float(np.arctan2(error, signal) / np.pi)

    def tipping(self, shares: Array, repetitions: int, rng: np.random.Generator) -> Points:
        """The experiment with each of these shares of wrong labels (P,), so many times each."""
        found = np.array([replace(self, wrong=float(p)).accuracies(repetitions, rng) for p in shares])
        return Points(np.asarray(shares), found.mean(axis=1), found.std(axis=1, ddof=1) / np.sqrt(repetitions))
