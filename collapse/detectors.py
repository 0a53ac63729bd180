"""Three real detectors of made text on the same passages, and what it does to a loop to filter with each.

A likelihood ratio asks the models, a second detector knows the frequencies of phrases alone, and a third one looks for a watermark,
for which the maker of the models must have put one in.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from collapse.curators.base import Curator
from collapse.curators.errors import Detector
from collapse.curators.marked import Watermarked, z_scores
from collapse.curators.ranked import LikelihoodRatio, PhraseFrequencies
from collapse.data import Array, Data
from collapse.decoding import Watermark
from collapse.detection import LikelihoodRatioTest, Scores, followed
from collapse.models.ngram import Ngram
from collapse.passages import Tokens
from collapse.policies import Mix
from collapse.pool import Pool
from collapse.recursion import run
from collapse.scenario import ImpossibleError, Scenario
from collapse.worlds import Alice

MOST = 20_000  # characters of either kind that are judged in a lineage and generation
PHRASE = 3  # tokens of which the phrases are that one detector counts
ALL = "no filter, five pools"  # as many are drawn as for a filter, and all of them are kept
POOLS = 5  # of n candidates each: one of five is real, so that perfect detectors could fill a generation with real ones
SUSPECT = 2.0  # the z-score from which the watermark filter throws a passage away


@dataclass(frozen=True)
class WatermarkTest(LikelihoodRatioTest):
    """Counts the green tokens of each passage of a text: the z-score of `curators.marked.z_scores`.

    It knows the green list and the share of green tokens in the original text, and asks no model.
    """

    kind = "watermark-test"
    says = "how many more green tokens a passage has than real text lets expect"

    def possible(self, scenario: Scenario) -> None:
        if not isinstance(scenario.model, Ngram):
            raise ImpossibleError(f"world={scenario.world.kind} is no text, and only a text can carry a watermark")

    def scores(
        self, scenario: Scenario, params: Any, reference: Any, made: Data, real: Data, rng: np.random.Generator
    ) -> Scores:
        original = Pool.of(Tokens(reference.x, reference.first), 0)
        found = (z_scores(Pool.of(self._cut(data, rng), 0), original) for data in (made, real))
        return Scores(*(z.reshape(len(z), self.passages, self.items)[..., 0] for z in found))


@dataclass(frozen=True)
class Trial:
    """Three detectors that judge the same passages of a text: what its models say, and what none of them has read.

    `items`: characters in a passage; `strength`: of the watermark with which all models speak, 0 for none; `read`: characters that a
    model reads; `passages`: how many of either kind are judged, fewer where they are long.  `three` are the detectors; each `scores`
    every generation; `filtered` puts each into the loop.
    """

    items: int = 10
    strength: float = 1.0
    read: int = 4000
    generations: int = 10
    lineages: int = 6
    passages: int = 200

    @property
    def scenario(self) -> Scenario:
        """Models that are fed nothing but their parent's output."""
        return Scenario(
            Alice(),
            Ngram(),
            Watermark(strength=self.strength),
            policy=Mix(synthetic=1.0),
            n=self.read,
            generations=self.generations,
            lineages=self.lineages,
            seed=1,
        )

    @property
    def three(self) -> dict[str, LikelihoodRatioTest]:
        """The detectors, by name."""
        size = {"items": self.items, "passages": min(self.passages, MOST // self.items)}
        return {
            "likelihood ratio": LikelihoodRatioTest(**size),
            "frequencies of phrases": LikelihoodRatioTest(**size, phrases=PHRASE),
            "watermark": WatermarkTest(**size),
        }

    def scores(self) -> dict[str, dict[int, Scores]]:
        """What each detector says of the same passages, by generation: some at first, and the last."""
        return followed(self.scenario, self.three, {t for t in (1, 2, 3, 5, self.generations) if t <= self.generations})

    def filters(self) -> dict[str, Curator]:
        """What stands in the loop: nobody, each of the detectors, which may draw five pools, of which a fifth is real, and nobody
        where all five pools are kept."""
        return {
            "no filter": Detector(tpr=0.0, fpr=0.0, tries=POOLS),
            "likelihood ratio": LikelihoodRatio(discarded=1 - 1 / POOLS),
            "frequencies of phrases": PhraseFrequencies(discarded=1 - 1 / POOLS, phrases=PHRASE),
            "watermark": Watermarked(tries=POOLS, most=SUSPECT),
            ALL: Detector(tpr=0.0, fpr=0.0),
        }

    def looped(self, name: str) -> Scenario:
        """The run in which a fifth of each pool is real, and one of the `filters` judges it; all of one size meet the same noise."""
        read = POOLS * self.read if name == ALL else self.read
        return replace(self.scenario, policy=Mix(synthetic=1 - 1 / POOLS), curator=self.filters()[name], n=read)

    def filtered(self, name: str) -> Array:
        """The perplexity of real text that no model has read, (R, T + 1), in the run of `looped`."""
        return run(self.looped(name), keep=["perplexity"]).measure("perplexity")
