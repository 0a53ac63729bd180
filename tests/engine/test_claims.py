"""What a model says that is not real, and which rare things it still knows: against dictionaries and sets, by hand."""

import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats

from benchmarks import dictionary
from collapse.claims import claims, spelt
from collapse.longtail import quiz, spread
from collapse.models.categorical import Categorical
from collapse.passages import Tokens
from collapse.recursion import lives, replay
from collapse.scenario import Scenario
from collapse.worlds import Alice, OwnTypes
from collapse.worlds.own import Brought

from .test_language import cut


def asked(query: str) -> Scenario:
    return Scenario.from_query(f"lineages=2&generations=4&{query}")


@pytest.mark.parametrize("order", [0, 1, 3])
def test_a_word_is_as_likely_as_its_letters(order):
    """The product over its letters and the space behind it of what the plain dictionary says."""
    s = asked(f"world=alice&model=ngram&model.order={order}&n=3000")
    params, corpus = lives(s, 0)[1], Alice().corpus("chars")
    model = dictionary.learn(cut(Tokens(*params)), order)
    grams = s.model.belief(params).grams
    for word in ("the", "alice", "zebra"):
        told, chance = corpus.number(f" {word} ").tolist(), 1.0
        for i in range(1, len(told)):
            context = tuple(told[max(0, i - order) : i]) if order else ()
            while context not in model:
                context = context[1:]
            chance *= model[context][told[i]] / model[context].total()
        assert spelt(grams, corpus.number(" "), corpus.number(f"{word} ")) == pytest.approx(chance, abs=1e-300)


def test_invented_words_do_not_stand_in_the_real_text():
    s = asked("world=alice&model=ngram&n=4000")
    params = lives(s, 1)[-1]
    found = claims(s, params)
    assert len(found) == 3
    assert not {claim.said for claim in found} & set(Alice().corpus("chars").frequency)
    assert found == claims(s, params) == sorted(found, key=lambda claim: -claim.confidence)
    assert 0 < found[-1].confidence <= found[0].confidence < 1


@pytest.mark.parametrize("order", [0, 1, 2])
def test_odd_phrases_do_not_stand_in_the_real_text(order):
    """The last words of each, as many as the model knows and one more, are no string of the book; how often the last one followed."""
    s = asked(f"world=alice&model=ngram&model.unit=words&model.order={order}&n=4000")
    params, corpus = lives(s, 0)[-1], Alice().corpus("words")
    book, model = corpus.train.tolist(), dictionary.learn(cut(Tokens(*params)), order)
    real = {tuple(book[i : i + order + 2]) for i in range(len(book))}
    found = claims(s, params)
    assert len({claim.said.split()[-1] for claim in found}) == 3
    for claim in found:
        end = corpus.number(claim.said).tolist()[-order - 2 :]
        assert tuple(end) not in real
        after = model[tuple(end[1:-1])]
        assert claim.confidence == pytest.approx(after[end[-1]] / after.total())


@pytest.mark.parametrize("query", ["n=20", "world=bimodal&model=kde&n=20", "world=skewed&model=mixture&n=20"])
def test_far_numbers_have_the_rank_of_their_density(query):
    """Among 100 000 draws of the model: how many are less likely than the claim, within 1 in 50."""
    s = asked(query)
    params = lives(s, 0)[-1]
    low, high = s.world.distribution.quantile(np.array([0.005, 0.995]))
    draws = s.model.sample(params, 100_000, s.decoder, np.random.default_rng(1))[0, :, 0]
    belief = s.model.belief(params)
    density = belief.logpdf(draws[None])[0]
    for claim in claims(s, params):
        x = float(claim.said.split()[0])
        assert x < low + 1e-3 or x > high - 1e-3
        assert claim.confidence == pytest.approx(np.mean(density < belief.logpdf(np.array([[x]])).item()), abs=0.02)


def test_a_model_that_says_nothing_odd_makes_no_claims():
    s = asked("world=alice&model=ngram&model.order=5&n=2")
    assert claims(s, lives(s, 0)[0]) == []
    narrow = asked("n=20")
    params = type(lives(narrow, 0)[0])(np.zeros((1, 1)), np.full((1, 1, 1), 0.1), np.full((1, 1), math.log(0.1)))
    assert claims(narrow, params) == []


@pytest.mark.parametrize(
    "query", ["world=surnames&model=categorical", "world=penguins&model=mixture", "world=digits&model=vae&n=20"]
)
def test_elsewhere_there_are_no_claims(query):
    with pytest.raises(ValueError, match="has no claims to look at"):
        claims(asked(query), None)


# ---- the long tail


@pytest.mark.parametrize(("n", "enough"), [(400, False), (3000, True)])
def test_rare_names_that_are_still_known(n, enough):
    """Of many examples only what the first model knows is asked for; of few, all that is rare."""
    s = asked(f"world=surnames&world.types=300&model=categorical&n={n}")
    life = replay(s, 1)
    found = quiz(s, life)
    rare = [i for i in range(300) if s.world.p[i:].sum() <= 0.05 + 1e-12]
    seen = [i for i in rare if life.p[0, i] > 0]
    few = len(seen) < 20  # then all that is rare is asked for
    assert (len(found.names), found.seen, few) == (20, enough, not enough)
    assert found.known[1].all() == enough
    asked_for = rare if few else seen
    assert (found.names[0], found.names[-1]) == tuple(s.world.labels[asked_for[i]] for i in (0, -1))
    for name, known in zip(found.names, found.known.T, strict=True):
        assert known.tolist() == [True, *(life.p[:, s.world.labels.index(name)] > 0).tolist()]
    assert found.score.tolist() == found.known.sum(axis=1).tolist()
    assert (np.diff(found.score[1:]) <= 0).all(), "what is lost is lost"


@pytest.mark.parametrize("unit", ["chars", "words"])
def test_rare_words_that_are_still_known(unit):
    s = asked(f"world=alice&model=ngram&model.order=2&n=8000&model.unit={unit}")
    life, corpus = lives(s, 0), Alice().corpus(unit)
    found = quiz(s, life)
    assert set(found.names) <= corpus.rare
    assert len(set(found.names)) == 20
    for t, params in enumerate(life, 1):
        told = {w for p in cut(Tokens(*params)) for w in corpus.words(np.array(p), [0, len(p)])[0]}
        assert found.known[t].tolist() == [name in told for name in found.names]
    assert found.score[0] == 20 > found.score[-1]
    assert found.seen == (found.score[1] == 20)


def test_of_a_small_text_the_first_model_knows_what_is_asked_for():
    """At n = 4000 it has read some dozens of the book's thousand rare words; of all of them it would know next to none."""
    s = asked("world=alice&model=ngram&n=4000")
    found = quiz(s, lives(s, 0))
    assert found.seen
    assert found.known[1].all()
    assert 0 < found.score[-1] < 20


def test_groups_that_are_still_known():
    """Where groups stand 30 standard deviations apart, a group is known as long as its component lives."""
    s = asked("world=groups&world.rare=0.02&world.separation=30&model=mixture&n=20&seed=1")
    found, life = quiz(s, replay(s, 0)), replay(s, 0)
    assert found.names == ("group 1", "group 2", "group 3")
    assert found.known[1:].tolist() == (life.weights > 0).tolist()
    assert found.known[0].all()
    assert not found.known.all()
    birds = asked("world=penguins&model=mixture&n=60")
    assert quiz(birds, replay(birds, 0)).names == ("Adelie", "Gentoo", "Chinstrap")
    with pytest.raises(ValueError, match="no rare things with names"):
        quiz(asked("n=20"), None)


def test_where_nothing_is_rare_there_is_nothing_to_ask():
    """Three names that are equally common."""
    s = Scenario(OwnTypes(Brought.of(["a", "b", "c"] * 9)), Categorical(), n=5, generations=2, lineages=2)
    with pytest.raises(ValueError, match="nothing in this world is so rare"):
        quiz(s, replay(s, 0))


def test_things_are_spread_from_the_first_to_the_last():
    assert spread(list(range(100)), 4) == [0, 33, 66, 99]
    assert spread([7, 8], 20) == [7, 8]
    assert spread([], 20) == []
    assert stats.kstest(spread(list(range(5000)), 500), stats.uniform(0, 5000).cdf).pvalue > 0.99
    assert Counter(spread(list(range(37)), 20)).most_common(1)[0][1] == 1
