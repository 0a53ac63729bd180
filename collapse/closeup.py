"""One lineage of a text, looked at closely: what it believed, what is measured of it alone, and how it goes on from an opening."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from collapse.beliefs.language import Language
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.metrics import METRICS
from collapse.metrics.text import by_passage, foreign
from collapse.recursion import aside
from collapse.scenario import Scenario
from collapse.text.corpus import Corpus

PROMPT, LENGTH = (
    {"chars": 45, "words": 9},
    {"chars": 260, "words": 52},
)  # tokens of an opening, and of what is said after it
COLUMNS = 41  # generations that are read side by side, at most
LEVELS = (0.05, 0.5, 0.95, 1.0)


def beliefs(scenario: Scenario, life: Sequence[Any]) -> list[Language]:
    """Generation 0, and what one lineage believed in the generations 1…T; `life`: its params (1, …) by generation."""
    s = scenario
    return [s.model.truth(s.world, s.n), *(s.model.shown(p, s.n) for p in life)]  # type: ignore[list-item]


def measured(scenario: Scenario, believed: Sequence[Language], names: Iterable[str]) -> dict[str, Array]:
    """Metrics of one lineage by name, each (T + 1,)."""
    world = scenario.world
    return {
        m: np.array([float(np.squeeze(METRICS[m].function(b, world))) for b in step_by_step(believed)]) for m in names
    }


def perplexities(scenario: Scenario, believed: Sequence[Language]) -> Array:
    """Quantiles of the perplexity under generation 0 over the passages of each generation, means over excerpts, (T + 1, 4): 5%,
    50%, 95% and the largest."""
    found = [by_passage(foreign(b, scenario.world), b.excerpt) for b in step_by_step(believed)]  # type: ignore[arg-type]
    return np.array([np.mean([np.exp(np.quantile(loss, LEVELS)) for loss in losses], axis=0) for losses in found])


def columns(generations: int) -> list[int]:
    """The generations that are read side by side: all, or 41 spread evenly."""
    return np.unique(np.linspace(0, generations, min(COLUMNS, generations + 1)).round().astype(int)).tolist()


def opening(corpus: Corpus) -> Array:
    """The beginning of a text as token numbers, ended where a word ends."""
    most = min(PROMPT[corpus.unit], max(1, len(corpus.train) // 2))
    if corpus.unit == "words":
        return corpus.train[:most]
    text = corpus.read(corpus.train[:most])
    return corpus.train[: text.rindex(" ") + 1 if " " in text else most]


def continuations(scenario: Scenario, believed: Sequence[Language]) -> list[Array]:
    """What the generations in `columns` say after the opening, as token numbers; all with the same random numbers."""
    s = scenario
    unit = s.model.unit  # type: ignore[attr-defined]
    begun = opening(s.world.corpus(unit))  # type: ignore[attr-defined]
    speakers = [(believed[t].grams, s.at(t + 1).decoder) for t in columns(s.generations)]
    return [g.speak(g.after(begun), LENGTH[unit], decoder, aside(s.seed))[0] for g, decoder in speakers]
