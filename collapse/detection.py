"""How well what a model made can be told from what is real: a detector that can be measured, and the best that any can do.

The detector compares two models: the last one, which made the passages in question, and a reference, which has learnt from preserved
original data alone.  A passage looks made if its likelihood under the last model, divided by that under the reference, is large.
Real passages of a text are taken from the fifth that no model has read.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr
from scipy.stats import f as fisher
from scipy.stats import rankdata

from collapse.bands import band
from collapse.beliefs.language import PASSAGE
from collapse.blocks import blocks
from collapse.data import Array, Data
from collapse.going_on import step_by_step
from collapse.models.ngram import Ngram
from collapse.passages import Tokens
from collapse.recursion import Streams, aside, evolve
from collapse.scenario import ImpossibleError, Scenario
from collapse.spec import Spec, knob
from collapse.worlds import Text

GRID = np.linspace(0.0, 1.0, 101)


class Roc(NamedTuple):
    """A measured receiver operating characteristic: for each false positive rate `fpr` (m,) the true positive rate `tpr` (R, m) of
    each lineage, and the area under it, `auroc` (R,), the probability that a made passage looks more made than a real one.
    """

    fpr: Array
    tpr: Array
    auroc: Array

    @property
    def band(self) -> Array:
        """The 5%, 50% and 95% quantiles of the true positive rate over lineages, (3, m)."""
        return band(self.tpr)


def roc(made: Array, real: Array) -> Roc:
    """The characteristic of scores that are larger for what looks made, of made (R, a) and real (R, b) passages; −∞ and +∞ are
    allowed.

    Between the points that were observed the curve is straight, so that the area under it is that of Mann and Whitney: a tie counts
    half.
    """
    a, b = made.shape[-1], real.shape[-1]
    ranks = rankdata(np.concatenate([made, real], axis=-1), axis=-1)
    area = (ranks[:, :a].sum(axis=-1) - a * (a + 1) / 2) / (a * b)
    curves = []
    for one, other in step_by_step(zip(np.sort(made), np.sort(real), strict=True)):
        at = np.unique(np.concatenate([one, other]))[::-1]
        hits, alarms = ((len(scores) - np.searchsorted(scores, at)) / len(scores) for scores in (one, other))
        curves.append(np.interp(GRID, np.append(0.0, alarms), np.append(0.0, hits)))
    return Roc(GRID, np.array(curves), area)


class Scores(NamedTuple):
    """How made each passage looks to a detector: those that a model has `made` (R, a), and `real` ones (R, b)."""

    made: Array
    real: Array

    @property
    def roc(self) -> Roc:
        """The characteristic of all thresholds."""
        return roc(self.made, self.real)


@dataclass(frozen=True)
class LikelihoodRatioTest(Spec):
    """A likelihood-ratio test on passages of some items each: rows, names, characters or words.

    It asks the models themselves.  With `phrases` it does without them and knows frequencies alone: those of all phrases of some
    tokens in a text that the last model has said, as long as what it has read, against those in the original text.
    """

    kind = "likelihood-ratio-test"
    says = "how much likelier a passage is under the last model than under a reference"

    items: int = knob(
        50,
        "how many items a passage has that is judged as a whole",
        label="items in a passage",
        low=1,
        high=PASSAGE,
        log=True,
    )
    passages: int = knob(
        200, "how many real passages are judged, and as many made ones", label="passages", low=20, high=2000, log=True
    )

    phrases: int = knob(
        0,
        "how many tokens of a text a phrase has whose frequency is known; with 0 the models themselves are asked",
        label="tokens in a phrase",
        low=0,
        high=6,
    )

    def cost(self, scenario: Scenario) -> int:
        """Numbers handled to measure one generation of the lineages in the first block of a scenario, as in `budget`."""
        lineages = next(blocks(scenario))[1]
        one = scenario.model.cost(scenario.world, scenario.decoder, scenario.n, True)
        counting = one.sampling + one.fitting if self.phrases else 0
        return lineages * (2 * self.passages * self.items * (scenario.world.d + 2 * one.likelihood + 6) + counting)

    def measured(self, scenario: Scenario, params: Any, reference: Any, rng: np.random.Generator) -> Roc:
        """How well the models `params` (R, …) are told from their world by comparison with the models `reference` (R, …).

        Errors: ImpossibleError for a model that gives no likelihood, and for phrases of what is no text.
        """
        self.possible(scenario)
        return self.scores(scenario, params, reference, *self.drawn(scenario, params, rng), rng).roc

    def possible(self, scenario: Scenario) -> None:
        """Errors: ImpossibleError for a model that gives no likelihood, and for phrases of what is no text."""
        s = scenario
        if self.phrases and not isinstance(s.model, Ngram):
            raise ImpossibleError(
                f"phrases={self.phrases} are not possible with world={s.world.kind}, which is no text: give 0"
            )
        if not s.model.density:
            raise ImpossibleError(
                f"model={s.model.kind} can only be sampled, and a likelihood ratio asks how likely a passage is: choose another model"
            )

    def drawn(self, scenario: Scenario, params: Any, rng: np.random.Generator) -> tuple[Data, Data]:
        """(made, real): items of which passages are cut, as many of each for every lineage of the models `params` (R, …)."""
        made = scenario.model.utter(params, self._drawn(scenario), scenario.decoder, rng)
        return made, self._real(scenario, made, rng)

    def scores(
        self, scenario: Scenario, params: Any, reference: Any, made: Data, real: Data, rng: np.random.Generator
    ) -> Scores:
        """How made each of some passages looks, by what these models, or their phrases, say of it."""
        s = scenario
        if isinstance(s.model, Ngram) and self.phrases:
            counts = replace(s.model, order=self.phrases - 1)
            params = counts.fit(s.model.utter(params, params.x.shape[-1], s.decoder, rng), None, rng)
            s = replace(s, model=counts)
        return Scores(*(self._scores(s, params, reference, data, rng) for data in (made, real)))

    def _drawn(self, s: Scenario) -> int:
        """How many items are drawn; of a text whole stretches of 200 tokens, from which passages are cut."""
        whole = PASSAGE // self.items
        return -(-self.passages // whole) * PASSAGE if s.world.space == "text" else self.passages * self.items

    def _real(self, s: Scenario, made: Data, rng: np.random.Generator) -> Data:
        """Real items for every lineage, as many as were made."""
        if not isinstance(s.world, Text):
            lineages = made.apart().begins().shape[0]
            return s.model.witness(s.world, lineages, made.size, rng)
        assert isinstance(s.model, Ngram)
        assert isinstance(made, Tokens)
        unread = s.world.corpus(s.model.unit).held_out
        begin = rng.integers(len(unread), size=(len(made.x), 1)) + np.arange(made.size)
        return Tokens(unread[begin % len(unread)], made.first)

    def _scores(self, s: Scenario, params: Any, reference: Any, data: Data, rng: np.random.Generator) -> Array:
        """ln p of the last model minus ln p of the reference, the mean over the items of each passage, (R, passages)."""
        each = self._cut(data.apart(), rng)
        last, first = (
            s.model.belief(p).log_likelihood(each).reshape(-1, self.passages, self.items) for p in (params, reference)
        )
        never = np.any(last == -np.inf, axis=-1)
        with np.errstate(invalid="ignore"):
            ratio = np.where(last == -np.inf, 0.0, last - first).mean(axis=-1)
        return np.where(never, -np.inf, ratio)

    def _cut(self, data: Data, rng: np.random.Generator) -> Data:
        """The items in the order in which passages are cut from them: of a text as they stand, each passage read by itself; of other
        data at random."""
        if not isinstance(data, Tokens):
            return data.chosen(np.argsort(rng.random(data.begins().shape), axis=-1))
        lineages, whole = len(data.x), PASSAGE // self.items
        x = data.x.reshape(lineages, -1, PASSAGE)[..., : whole * self.items].reshape(lineages, -1)
        x = x[:, : self.passages * self.items]
        return Tokens(x, np.broadcast_to(np.arange(x.shape[-1]) % self.items == 0, x.shape))

    def followed(self, scenario: Scenario, generations: Iterable[int]) -> dict[int, Roc]:
        """The characteristic of each of some generations of the first block of a run, as in `followed` for several tests."""
        return {t: found.roc for t, found in followed(scenario, {"": self}, generations)[""].items()}


def followed(
    scenario: Scenario, tests: Mapping[str, LikelihoodRatioTest], generations: Iterable[int]
) -> dict[str, dict[int, Scores]]:
    """What tests of some names say of the same passages of each of some generations of the first block of a run.

    The reference is generation 1, which has learnt from the originals alone, so that of what it says itself nothing can be told by
    asking it.  All tests judge passages of one length, as many of them.  Other random numbers than those of the run choose the
    passages, so the run is not disturbed.
    Errors: ValueError for a generation that the scenario does not have.
    """
    wanted = sorted(set(generations))
    if wanted and not 1 <= wanted[0] <= wanted[-1] <= scenario.generations:
        raise ValueError(f"generations={wanted} are not possible: give some from 1 to {scenario.generations}")
    for test in tests.values():
        test.possible(scenario)
    number, lineages = next(blocks(scenario))
    found: dict[str, dict[int, Scores]] = {name: {} for name in tests}
    reference, rng = None, aside(scenario.seed)
    life = islice(evolve(scenario, lineages, Streams(scenario.seed, number)), max(wanted, default=0))
    for t, params in enumerate(life, start=1):
        reference = params if reference is None else reference
        if t in wanted:
            made, real = next(iter(tests.values())).drawn(scenario, params, rng)
            for name, test in tests.items():
                found[name][t] = test.scores(scenario, params, reference, made, real, rng)
    return found


def auroc_of_bell_curves(variance: Array | float, items: int) -> Array:
    """The largest possible area under the curve for a Gaussian world of variance 1, a model of the same mean and another variance,
    and passages of k items: 1 − F(v; k, k), F the distribution function of Fisher's F; for k = 1 it is 1 − (2/π) arctan √v.

    Above a variance of 1 the roles are exchanged: v and 1/v are told equally well.
    """
    v = np.asarray(variance, dtype=float)
    with np.errstate(divide="ignore"):
        return np.asarray(fisher.cdf(np.maximum(v, 1 / v), items, items))


def total_variation(variance: Array | float) -> Array:
    """The total variation distance between Gaussians of one mean with variances 1 and v: 2|Φ(x) − Φ(x/√v)|, at the places ±x at which
    their densities cross, x² = v ln v/(v − 1)."""
    v = np.asarray(variance, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.sqrt(np.where(v == 1, 1.0, v * np.log(v) / (v - 1)))
        return np.where(v > 0, 2 * np.abs(ndtr(x) - ndtr(x / np.sqrt(v))), 1.0)


def most(distance: Array | float) -> Array:
    """½ + TV − TV²/2: no detector whatever has a larger area under its curve, for a total variation distance of TV between what is
    made and what is real (Sadasivan et al., 2023, arXiv 2303.11156)."""
    tv = np.asarray(distance, dtype=float)
    return 0.5 + tv - tv**2 / 2
