"""A classifier that is trained on what a model says, and tested on the real world: lack of accuracy, and who bears it.

Every generation of a run says m examples.  They are labelled as who knows the real world would label them, by Bayes' rule of the real
groups, so that nothing is lost by the labels: what is lost is what the model no longer says.  A classifier learns them, a normal
distribution for each group, and is asked about real examples that nobody was trained on, whose groups are known.  Generation 0 is the
classifier that has learnt as many real examples, labelled in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.recursion import aside
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory, taken
from collapse.worlds import Digits

SHAPES = ("full", "shared", "diagonal")
LEAST = 1e-9  # of the mean real variance is added to every variance, so that a group that is a point has a density
BINS = 10


class Classifier(NamedTuple):
    """A normal distribution for each of G groups, learnt by R lineages: `shares` (R, G), 0 for a group that was never seen, `means`
    (R, G, d), and `covs` (R, G, d, d)."""

    shares: Array
    means: Array
    covs: Array

    def posterior(self, rows: Array) -> Array:
        """How probable it takes each group to be for rows (h, d), (R, h, G)."""
        lower = np.linalg.cholesky(self.covs)
        gap = np.swapaxes(rows - self.means[..., None, :], -1, -2)
        far = np.sum(np.linalg.solve(lower, gap) ** 2, axis=-2)
        with np.errstate(divide="ignore"):
            height = np.log(self.shares) - np.log(np.diagonal(lower, axis1=-2, axis2=-1)).sum(axis=-1)
        terms = np.moveaxis(height[..., None] - far / 2, -2, -1)
        terms = np.exp(terms - terms.max(axis=-1, keepdims=True))
        return np.asarray(terms / terms.sum(axis=-1, keepdims=True))


class Exam(NamedTuple):
    """How classifiers of the generations `at` (T',) did on the real test set.

    `right` (R, T'): the share that is right; `errors` (R, T', G): the share that is wrong in each group; `sure` (R, T'): how sure
    they were on average, as a probability; `curve`: confidence against correctness, see `Calibration`.
    """

    at: tuple[int, ...]
    labels: tuple[str, ...]
    shares: Array
    right: Array
    errors: Array
    sure: Array
    curve: "Calibration"

    @property
    def minority(self) -> int:
        """The group with the smallest share in the real world."""
        return int(self.shares.argmin())

    @property
    def disparity(self) -> Array:
        """The error of the group that is served worst less that of the group that is served best, (R, T')."""
        return np.asarray(self.errors.max(axis=-1) - self.errors.min(axis=-1))


class Calibration(NamedTuple):
    """All answers of all lineages, by how sure a classifier was: `edges` (B + 1,) of the bins; in each generation (T', B) how many
    answers there were, `number`, the mean confidence, `sure`, and how many were right, `right`; NaN where there were none."""

    edges: Array
    number: Array
    sure: Array
    right: Array

    @property
    def gap(self) -> Array:
        """The expected calibration error, Σ number |sure − right| ÷ all, (T',): 0 if confidence is what it says."""
        return np.asarray(np.nansum(self.number * np.abs(self.sure - self.right), axis=-1) / self.number.sum(axis=-1))


def learn(rows: Array, labels: Array, groups: int, shape: str = "full", least: float = 0.0) -> Classifier:
    """Classifiers from rows (R, m, d) and labels (R, m) of 0 to `groups` − 1.

    `shape`: full, a covariance for each group (quadratic discriminant analysis); shared, one for all (linear); diagonal, variances of
    each (naive Bayes); by maximum likelihood.  A group of d or fewer examples has the shared one.  `least` is added to all variances.
    Errors: ValueError for another shape.
    """
    if shape not in SHAPES:
        raise ValueError(f"shape={shape!r} is not known: choose {' or '.join(SHAPES)}")
    lineages, m, d = rows.shape
    number, means = np.empty((lineages, groups)), np.zeros((lineages, groups, d))
    scatter = np.zeros((lineages, groups, d, d))
    for g in range(groups):
        belongs = (labels == g).astype(float)[..., None]
        number[:, g] = belongs[..., 0].sum(axis=-1)
        means[:, g] = np.sum(belongs * rows, axis=1) / np.maximum(number[:, g, None], 1)
        gap = belongs * (rows - means[:, g, None])
        scatter[:, g] = np.swapaxes(gap, -1, -2) @ gap
    pooled = scatter.sum(axis=1, keepdims=True) / m
    own = (number > d)[..., None, None] & (shape != "shared")
    covs = np.where(own, scatter / np.maximum(number, 1)[..., None, None], pooled)
    covs = covs * np.eye(d) if shape == "diagonal" else covs
    return Classifier(number / m, means, covs + least * np.eye(d))


def examine(
    trajectory: Trajectory, examples: int | None = None, *, shape: str = "full", at: Sequence[int] | None = None
) -> Exam:
    """The exam of classifiers that are trained on what each generation of a run says.

    `examples`: m, by default n of the run; `shape`: as in `learn`; `at`: the generations, by default all from 0 on.
    Example: `examine(run(Scenario.from_query("world=penguins&model=mixture"))).errors.mean(axis=0)`, (T + 1, 3).
    Errors: ValueError if the world has no groups, or the params were not kept.
    """
    s = trajectory.scenario
    if s.world.labelled is None or s.world.groups is None:
        raise ValueError(f"no groups are known in {s.world.kind}: choose penguins, flipper or groups")
    groups = s.world.groups
    when, m = _when(trajectory, at), examples or s.n

    def taught(t: int) -> tuple[Array, Array]:
        rows = _said(trajectory, t, m)
        return rows, groups.recognised(rows)

    labels = groups.labels or tuple(f"group {k + 1}" for k in range(len(groups.weights)))
    return _examined(when, labels, groups.weights, taught, s.world.labelled, shape)


def examine_digits(
    runs: Mapping[int, Trajectory], examples: int = 50, *, shape: str = "diagonal", at: Sequence[int] | None = None
) -> Exam:
    """The exam of digits that were learnt class by class: `runs` has a trajectory of each digit, in the world of that digit alone.

    Each class says as many images, `examples`, and its label is the digit.  Where models pass on decoder means, these lie in few
    directions, and only the diagonal shape has a density that says anything.  Errors: ValueError as in `examine`, for runs of unequal
    length or number of lineages, and for a world of several digits.
    """
    classes = sorted(runs)
    sizes = {(run.scenario.lineages, run.scenario.generations) for run in runs.values()}
    for digit, run in runs.items():
        if not isinstance(run.scenario.world, Digits) or run.scenario.world.classes != (digit,):
            raise ValueError(f"the run of digit {digit} has another world than that of this digit alone")
    if len(sizes) != 1 or len(classes) < 2:
        raise ValueError("give two or more digits, all with as many lineages and generations")
    whole = Digits(digits=int("".join(map(str, [*classes[1:], classes[0]]))))
    truth = np.searchsorted(classes, whole.unread_labels)

    def taught(t: int) -> tuple[Array, Array]:
        rows = np.concatenate([_said(runs[digit], t, examples) for digit in classes], axis=1)
        return rows, np.broadcast_to(np.repeat(np.arange(len(classes)), examples), rows.shape[:2])

    equal = np.full(len(classes), 1 / len(classes))
    named = tuple(map(str, classes))
    return _examined(_when(runs[classes[0]], at), named, equal, taught, (whole.unread, truth), shape)


def cost(scenario: Scenario, examples: int, generations: int) -> int:
    """Numbers handled by `examine`, each 50 to 100 ns: to draw, label and learn the examples, and to answer the real test set."""
    s = scenario
    if s.world.labelled is None or s.world.groups is None:
        return 0
    groups, tested = len(s.world.groups.weights), len(s.world.labelled[0])
    said = s.model.cost(s.world, s.decoder, examples, True).sampling
    each = said + examples * groups * (s.world.d + 1) + tested * groups * (s.world.d + 1)
    return s.lineages * generations * each


def _when(trajectory: Trajectory, at: Sequence[int] | None) -> tuple[int, ...]:
    """The generations that are looked at; ValueError for one that there is not."""
    if trajectory.params is None:
        raise ValueError(
            "the models of this run were not kept, so that nothing can learn from them: run it without keep"
        )
    last = trajectory.scenario.generations
    when = tuple(range(last + 1)) if at is None else tuple(at)
    for t in when:
        if not 0 <= t <= last:
            raise ValueError(f"generation {t} is not possible: this run has the generations 0 to {last}")
    return when


def _said(trajectory: Trajectory, t: int, m: int) -> Array:
    """m examples of every lineage in generation t, (R, m, d); real ones in generation 0."""
    s, params = trajectory.scenario, trajectory.params
    rng = aside(s.seed + t)
    if t == 0:
        return s.world.sample((s.lineages, m), rng)
    return s.model.sample(taken(params, (slice(None), t - 1)), m, s.at(t + 1).decoder, rng)


def _examined(
    when: tuple[int, ...],
    labels: tuple[str, ...],
    shares: Array,
    taught: Callable[[int], tuple[Array, Array]],
    test: tuple[Array, Array],
    shape: str,
) -> Exam:
    """The exam of classifiers that learn what `taught(t)` gives: rows (R, m, d) and labels (R, m)."""
    rows, truth = test
    least = LEAST * float(np.var(rows, axis=0).mean())
    edges = np.linspace(1 / len(labels), 1, BINS + 1)
    right, errors, sure, bins = [], [], [], []
    for t in when:
        posterior = learn(*taught(t), len(labels), shape, least).posterior(rows)
        hit, confidence = posterior.argmax(axis=-1) == truth, posterior.max(axis=-1)
        right.append(hit.mean(axis=-1))
        errors.append(np.stack([1 - hit[:, truth == g].mean(axis=-1) for g in range(len(labels))], axis=-1))
        sure.append(confidence.mean(axis=-1))
        place = np.clip(np.searchsorted(edges, confidence.ravel(), side="right") - 1, 0, BINS - 1)
        bins.append([np.bincount(place, w, BINS) for w in (None, confidence.ravel(), hit.ravel())])
    number, total, hits = np.moveaxis(np.array(bins, dtype=float), 1, 0)
    with np.errstate(invalid="ignore"):
        curve = Calibration(edges, number, total / number, hits / number)
    by_lineage = [np.stack(values, axis=1) for values in (right, errors, sure)]
    return Exam(when, labels, shares, by_lineage[0], by_lineage[1], by_lineage[2], curve)
