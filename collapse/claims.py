"""Three examples of what a model says that is not real, each with how sure it is: numbers far off, invented words, odd phrases."""

from typing import Any, NamedTuple

import numpy as np

from collapse.beliefs.language import PASSAGE, Language, passages
from collapse.data import Array
from collapse.going_on import step_by_step
from collapse.metrics.nonsense import confidence, region, strings
from collapse.recursion import aside
from collapse.scenario import Scenario
from collapse.text.corpus import Corpus
from collapse.text.grams import Grams

MANY = 3
DRAWS = 10_000
CHAINS = 50  # passages that a model says to be caught
BEFORE = 7  # words of a phrase that are shown


class Claim(NamedTuple):
    """What was said, and how sure the model is of it, between 0 and 1."""

    said: str
    confidence: float


def claims(scenario: Scenario, params: Any, many: int = MANY) -> list[Claim]:
    """A few things that one model says and the world does not; fewer if it is not caught at any; always the same for a scenario.

    `params` (1, …): one generation of one lineage, as in `lives`.
    One dimension: the first draws outside of the world's 99% region; how sure: the share of what the model says that is less likely.
    Text of characters: words that do not stand in what generation 0 has read, the likeliest ones; how sure: the probability of all of
    their letters, and of the end, after a space.  Text of words: phrases whose last word never follows the ones that the model looks
    back on and one more in the real text; how sure: the probability of that word.
    Errors: ValueError for worlds of other kinds.
    """
    world = scenario.world
    if world.space == "text":
        return _told(scenario, params, many)
    if world.space != "real" or world.d > 1 or not scenario.model.density:
        raise ValueError(
            f"world={world.kind} has no claims to look at: choose one dimension and a model with a density, or a text"
        )
    low, high = region(world)
    x = scenario.model.sample(params, DRAWS, scenario.decoder, aside(scenario.seed))[0, :, 0]
    odd = x[(x < low) | (x > high)][:many]
    sure = confidence(scenario.model.belief(params), odd).reshape(-1)
    return [Claim(f"{value:.4g} {world.unit}", float(c)) for value, c in zip(odd, sure, strict=True)]


def _told(scenario: Scenario, params: Any, many: int) -> list[Claim]:
    corpus = scenario.world.corpus(scenario.model.unit)  # type: ignore[attr-defined]
    belief = scenario.model.belief(params)
    assert isinstance(belief, Language)
    grams = belief.grams
    said = grams.speak(np.repeat(grams.empty, CHAINS), PASSAGE, scenario.decoder, aside(scenario.seed))
    found = _words(grams, corpus, said) if belief.unit == "chars" else _phrases(grams, corpus, said, belief.order)
    ranked = sorted(found.items(), key=lambda pair: -pair[1])
    return [Claim(text, sure) for text, sure in ranked[:many]]


def _words(grams: Grams, corpus: Corpus, said: Array) -> dict[str, float]:
    """Invented words, with the probability of their letters and of a space behind them, after a space."""
    x = said.ravel()
    told = corpus.words(x, [*np.flatnonzero(passages(x.size)).tolist(), x.size])
    invented = dict.fromkeys(word for passage in told for word in passage if word not in corpus.frequency)
    return {word: spelt(grams, corpus.number(" "), corpus.number(f"{word} ")) for word in invented}


def spelt(grams: Grams, before: Array, tokens: Array) -> float:
    """The probability with which the first lineage says tokens (m,) after some others."""
    row, chance = int(grams.after(before)[0]), 1.0
    for token in tokens.tolist():
        here = slice(int(grams.ends[row]), int(grams.ends[row + 1]))
        place = np.flatnonzero(grams.token[here] == token)
        if not len(place):
            return 0.0
        gram = here.start + int(place[0])
        chance *= float(grams.count[gram] / grams.count[here].sum())
        row = int(grams.then[gram])
    return chance


def _phrases(grams: Grams, corpus: Corpus, said: Array, order: int) -> dict[str, float]:
    """Phrases whose last order + 2 words never stand together in the real text, with the probability of the last one: of every last
    word the phrase in which it is surest, and none that ends with a mark."""
    book = {tuple(string) for string in strings(corpus.train, order + 2).tolist()}
    best: dict[str, tuple[float, str]] = {}
    for passage in step_by_step(said):
        for end in range(order + 2, len(passage) + 1):
            last = corpus.labels[passage[end - 1]]
            if last[0].isalnum() and tuple(passage[end - order - 2 : end].tolist()) not in book:
                sure = spelt(grams, passage[: end - 1], passage[end - 1 : end])
                if sure > best.get(last, (0.0, ""))[0]:
                    best[last] = sure, corpus.read(passage[max(0, end - BEFORE) : end])
    return {phrase: sure for sure, phrase in best.values()}
