"""Which rare things do the generations of one lineage still know?  Rare names, rare words, or groups, asked one by one."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.language import Language
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.metrics.groups import group_shares
from collapse.scenario import Scenario
from collapse.text.corpus import Corpus
from collapse.worlds import Text, TypesWorld

QUESTIONS = 20
FOUND = 0.01  # a group is known if at least this share of the draws is taken for it


class Quiz(NamedTuple):
    """`names` (m,) of rare things, the most frequent first; `known` (T+1, m) of bool: which of them each generation still knows;
    `seen`: were they chosen among those that generation 1 knows?"""

    names: tuple[str, ...]
    known: Array
    seen: bool = False

    @property
    def score(self) -> Array:
        """How many of them each generation knows, (T+1,)."""
        return np.count_nonzero(self.known, axis=1)


def quiz(scenario: Scenario, life: Any, questions: int = QUESTIONS) -> Quiz:
    """Ask every generation of one lineage for rare things, spread evenly over all that are rare; generation 0 knows them all.

    Of names and words only those are asked for that generation 1 knows, if there are so many of them: what its sample of real data
    has missed tells how large the sample was, and nothing of collapse.
    `life`: its params (T, …), as `replay` gives them; of a text the list of `lives`.  Types: a rare name is known if the model may
    say it at all (with smoothing it always may).  Text: a rare word is known if it stands anywhere in what the model has read.  A
    mixture: a group is known if 1% of the draws or more are taken for it by Bayes' rule.
    Errors: ValueError if nothing in the world has a name, or nothing is rare.
    """
    world = scenario.world
    if isinstance(world, Text):
        return _words(scenario, life, questions)
    if isinstance(world, TypesWorld):
        rare = np.flatnonzero(world.rare)
        chosen, seen = _asked(rare.tolist(), life.p[0, rare] > 0, questions)
        return _quiz([world.labels[i] for i in chosen], life.p[:, chosen] > 0, seen)
    if world.groups is None or scenario.model.kind != "mixture":
        raise ValueError(
            f"world={world.kind} with model={scenario.model.kind} has no rare things with names: choose types, a text, or a mixture "
            "that learns known groups"
        )
    groups, shares = world.groups, group_shares(scenario.model.belief(life), world)
    order = np.argsort(-groups.weights, kind="stable")[:questions]
    names = groups.labels or tuple(f"group {i + 1}" for i in range(len(groups.weights)))
    return _quiz([names[i] for i in order], shares[:, order] >= FOUND)


def _words(scenario: Scenario, life: Sequence[Any], questions: int) -> Quiz:
    model = scenario.model
    corpus = scenario.world.corpus(model.unit)  # type: ignore[attr-defined]
    rare = sorted(corpus.rare, key=lambda word: (-corpus.frequency[word], word))
    told = [_read(model.belief(params), corpus) for params in step_by_step(life)]
    names, seen = _asked(rare, np.array([word in told[0] for word in rare], dtype=bool), questions)
    return _quiz(names, np.array([[name in words for name in names] for words in told]), seen)


def _read(belief: Any, corpus: Corpus) -> set[str]:
    """All words of the text that a model has read."""
    assert isinstance(belief, Language)
    return {word for passage in belief.words(corpus, whole=True)[0] for word in passage}


def _asked(rare: list[Any], first: Array, questions: int) -> tuple[list[Any], bool]:
    """Which rare things are asked for, and whether they are all known to generation 1, which knows the `first` (m,) of bool."""
    seen = [thing for thing, known in zip(rare, first, strict=True) if known]
    enough = len(seen) >= questions
    return spread(seen if enough else rare, questions), enough


def _quiz(names: Sequence[str], known: Array, seen: bool = False) -> Quiz:
    if not names:
        raise ValueError(
            "nothing in this world is so rare that the rarest of it make up 5% or less: there is nothing to ask for"
        )
    return Quiz(tuple(names), np.concatenate([np.ones((1, len(names)), dtype=bool), known]), seen)


def spread(things: list[Any], many: int) -> list[Any]:
    """At most so many of some things, spread evenly from the first to the last."""
    places = np.unique(np.linspace(0, len(things) - 1, min(many, len(things))).round().astype(int))
    return [things[i] for i in places]
