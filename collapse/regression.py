"""Linear regression on labels that earlier regressions gave: lack of accuracy, with laws that are exact.

The inputs are real for ever, x ~ N(0, I) in d dimensions; what is synthetic are the labels.  The first model learns T real examples,
y = w*ᵀx + noise, and every later one is fed inputs that the model before has labelled, with noise of the same size.  Models are
fitted by least squares, and by the shortest of all solutions where there are fewer examples than dimensions.  The length of w* is 1.

It stands apart from the worlds and models of a `Scenario`: there a world is a distribution, and a model says whole examples, while
here the truth is a function and a model answers questions that come from outside.  `Regression` is a `Spec` all the same: its
knobs, bounds and links are those of every part.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.recursion import Streams
from collapse.sources import DEMYSTIFIED, GERSTGRASSER, OURS
from collapse.spec import Spec, knob

BUDGET = 40_000_000  # numbers that one visitor may ask for, as in `budget`
HELD = 1_000_000  # numbers of inputs that are held at once
SOURCES = (GERSTGRASSER, DEMYSTIFIED, OURS)
FLAT = 1e-10  # an eigenvalue so much smaller than the largest is taken as 0


@dataclass(frozen=True)
class Regression(Spec):
    """The question: least squares in d dimensions, T examples a generation, and what the next model is fed.

    Example: `errors(Regression(dimension=5, examples=20, generations=10)).mean(axis=0)`.
    """

    kind: ClassVar[str] = "regression"
    says: ClassVar[str] = "least squares on labels that earlier models gave"

    dimension: int = knob(5, "how many numbers an input has", label="dimensions", low=1, high=60)
    examples: int = knob(
        20, "how many labelled examples there are in each generation", label="examples", low=2, high=1000, log=True
    )
    noise: float = knob(1.0, "standard deviation of the noise of a label", label="noise", low=0.0, high=10.0)
    generations: int = knob(
        10, "how many models learn one after the other", label="generations", low=1, high=100, log=True
    )
    lineages: int = knob(500, "how many independent chains are run", label="chains", low=1, high=10_000, log=True)
    policy: str = knob(
        "replace",
        "a model is trained on the latest labels only (replace), or on all there have been (accumulate)",
        label="what a model learns from",
        choices={"replace": "only the latest labels", "accumulate": "all labels so far"},
    )
    design: str = knob(
        "same",
        "the same inputs are labelled again in every generation (same), or new ones (fresh)",
        label="inputs",
        choices={"same": "the same in every generation", "fresh": "new in every generation"},
    )
    seed: int = knob(0, "the same seed gives the same numbers", label="seed", low=0, high=999_999_999)

    @property
    def cost(self) -> int:
        """Numbers handled by a run, each 50 to 100 ns of processor time."""
        drawn = self.examples * (self.dimension + 1)
        solved = self.examples * self.dimension**2 // 64 + self.dimension**3 // 16 + 20
        return self.lineages * self.generations * (drawn + solved)

    def within(self, budget: int = BUDGET) -> "Regression":
        """The question itself, or a ValueError that says by how much it exceeds a budget."""
        if self.cost > budget:
            raise ValueError(
                f"this run would handle {self.cost:,} numbers, more than the {budget:,} that one visitor may ask for: lower "
                f"dimension={self.dimension}, examples={self.examples}, generations={self.generations} or "
                f"lineages={self.lineages}"
            )
        return self


def coefficients(regression: Regression) -> Array:
    """What every model has learnt, (R, T + 1, d); generation 0 is the truth, w* = (1, 0, …, 0)."""
    r = regression
    step = max(1, HELD // (r.examples * r.dimension))
    starts = range(0, r.lineages, step)
    return np.concatenate([_chunk(r, number, min(step, r.lineages - i)) for number, i in enumerate(starts)])


def errors(regression: Regression) -> Array:
    """‖w − w*‖², which is the excess squared error on new real inputs, for every lineage and generation, (R, T + 1)."""
    w = coefficients(regression)
    return np.asarray(np.sum((w - w[:, :1]) ** 2, axis=-1))


def _chunk(r: Regression, number: int, lineages: int) -> Array:
    """Some of the lineages.  Inputs and noise have random numbers of their own, so that policies and designs meet the same noise."""
    streams = Streams(r.seed, number)
    w = np.zeros((lineages, r.generations + 1, r.dimension))
    w[:, 0, 0] = 1.0
    x = np.empty(0)
    gram, target = np.zeros((lineages, r.dimension, r.dimension)), np.zeros((lineages, r.dimension))
    for t in step_by_step(range(1, r.generations + 1)):
        if t == 1 or r.design == "fresh":
            x = streams(t, "fresh").standard_normal((lineages, r.examples, r.dimension))
        luck = streams(t, "synthetic").standard_normal((lineages, r.examples))
        y = (x @ w[:, t - 1, :, None])[..., 0] + r.noise * luck
        keep = r.policy == "accumulate"
        gram = np.swapaxes(x, -1, -2) @ x + (gram if keep else 0)
        target = (np.swapaxes(x, -1, -2) @ y[..., None])[..., 0] + (target if keep else 0)
        rank = r.examples * (t if keep and r.design == "fresh" else 1)
        w[:, t] = _solved(gram, target, whole=rank >= r.dimension)
    return w


def _solved(gram: Array, target: Array, whole: bool) -> Array:
    """The shortest solution of least squares from XᵀX (R, d, d) and Xᵀy (R, d)."""
    if whole:
        return np.asarray(np.linalg.solve(gram, target[..., None])[..., 0])
    return np.asarray((np.linalg.pinv(gram, rcond=FLAT, hermitian=True) @ target[..., None])[..., 0])


def law(regression: Regression) -> tuple[Array, str] | None:
    """(E‖w_t − w*‖² for t = 0…T, (T + 1,); how it stands: exact, or an upper bound); None where none is known or it is infinite.

    With s = σ²·min(d, T)/(|T − d| − 1), which needs |T − d| > 1:
    replace, d < T: s·t.  Accumulate, d < T: s·Σ_{i≤t} 1/i², exact if the same inputs are labelled again, because then the model
    learns the mean of all labels; at most so much with fresh ones.
    Fewer examples than dimensions, the same inputs: 1 − T/d more.  Fresh inputs, replace: with a_t = (T/d)^t for E w_tᵀw*, and
    b_t = (T/d) b_{t−1} + s for E‖w_t‖², it is b_t − 2a_t + 1, without noise 1 − (T/d)^t.

    `SOURCES`: Gerstgrasser et al. (2024) and Dohmatob, Feng and Kempe (2024); with noise and few examples derived here.
    """
    r, t = regression, np.arange(regression.generations + 1)
    if abs(r.examples - r.dimension) <= 1:
        return None
    each = r.noise**2 * min(r.dimension, r.examples) / (abs(r.examples - r.dimension) - 1)
    times = np.concatenate([[0.0], np.cumsum(1.0 / t[1:] ** 2)]) if r.policy == "accumulate" else t
    if r.examples > r.dimension:
        return each * times, "exact" if r.policy == "replace" or r.design == "same" else "upper bound"
    kept = r.examples / r.dimension
    if r.design == "same":
        return each * times + (1 - kept) * (t > 0), "exact"
    if r.policy == "accumulate":
        return None
    length = kept**t + each * (1 - kept**t) / (1 - kept)
    return length - 2 * kept**t + 1, "exact"
