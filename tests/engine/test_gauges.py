"""The gauges of the five signs: diversity, rare knowledge, confident nonsense, latent entropy and perplexity, against closed forms,
plain counting and published numbers."""

import math
import re
from collections import Counter
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

import collapse
from benchmarks import dictionary
from collapse.beliefs.language import Language, original
from collapse.beliefs.normal import Normal
from collapse.decoding import Decoder
from collapse.metrics import METRICS, at_start
from collapse.metrics import text as reading
from collapse.metrics.diversity import _openings, alike, prompt_similarity
from collapse.metrics.hill import hill
from collapse.metrics.nonsense import confidence, weighted
from collapse.models.categorical import Categorical
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.passages import Tokens
from collapse.recursion import lives, run
from collapse.scenario import Scenario
from collapse.worlds import Alice, Surnames
from collapse.worlds.groups import Groups

from .harness import agree, z_scores
from .test_language import cut

# ---- diversity


@pytest.mark.parametrize("q", [0.0, 0.5, 1.0, 2.0, 3.0])
def test_hill_numbers(q):
    """Of K equal kinds K, of any order; of others by the definition, at 1 by its limit; never more with a larger order."""
    assert hill(np.full((2, 7), 1 / 7), q) == pytest.approx(7)
    p = np.array([0.5, 0.25, 0.15, 0.1, 0.0])
    near = q + 1e-6 if q == 1 else q
    assert hill(p, q) == pytest.approx(math.fsum(x**near for x in p if x) ** (1 / (1 - near)), rel=1e-5)
    assert hill(p, q) >= hill(p, q + 0.5)
    assert hill(p, q, lambda v: v.reshape(-1).sum()) == pytest.approx(float(hill(p, q)))


def cosine(a: Counter, b: Counter) -> float:
    norms = math.sqrt(sum(v * v for v in a.values())) * math.sqrt(sum(v * v for v in b.values()))
    return sum(a[k] * b[k] for k in a) / norms


def plain_alike(said: list[list[int]], length: int) -> float:
    counts = [Counter(tuple(x[i : i + length]) for i in range(len(x) - length + 1)) for x in said]
    return float(np.mean([cosine(a, b) for a, b in combinations(counts, 2)]))


@pytest.mark.parametrize("length", [1, 2, 3])
def test_similarity_is_the_mean_cosine_of_all_pairs(length):
    said = np.random.default_rng(1).integers(5, size=(3, 6, 30))
    assert alike(said, length) == pytest.approx([plain_alike(one.tolist(), length) for one in said])
    assert alike(np.tile(said[:1, :1], (1, 4, 1)), length) == pytest.approx(1)
    assert alike(np.arange(40).reshape(1, 4, 10), length) == pytest.approx(0)


@pytest.mark.parametrize("unit", ["chars", "words"])
def test_answers_to_different_openings(unit):
    """Generation 0 is the real text by plain counting; a lineage is measured by itself, again and again; cooled text grows alike."""
    model = Ngram(order=2, unit=unit)
    s = Scenario(Alice(), model, Decoder(temperature=0.6), n=4000, generations=8, lineages=3)
    train = Alice().corpus(unit).train.tolist()
    gap, steps, length = len(train) // 20, {"chars": 200, "words": 50}[unit], {"chars": 3, "words": 1}[unit]
    real = [train[i * gap + 2 : i * gap + 2 + steps] for i in range(20)]
    assert at_start(s, "prompt_similarity") == pytest.approx(plain_alike(real, length))
    found = run(s, keep="prompt_similarity").measure("prompt_similarity")
    alone = [float(prompt_similarity(model.shown(p, s.n), s.world)[0]) for p in lives(s, 1)]
    assert alone == found[1, 1:].tolist()
    assert found[:, -1].mean() > found[0, 0] + 0.1


def test_a_continuation_begins_where_its_opening_ends():
    corpus = Alice().corpus("words")
    openings, real = _openings(corpus, 3)
    text = corpus.train.tolist()
    for opening, went_on in zip(openings.tolist(), real.tolist(), strict=True):
        i = next(i for i in range(len(text)) if text[i : i + 3] == opening and text[i + 3 : i + 53] == went_on)
        assert i % (len(text) // 20) == 0


# ---- rare knowledge


def test_monofacts_of_alice():
    """The published count: of 27 774 running words [a-z'] of the whole book 1160 stand there once, 4.18%."""
    book = (Path(collapse.__file__).parent / "datasets" / "alice29.txt").read_text(encoding="utf-8").lower()
    told = re.findall(r"[a-z']+", book)
    labels = sorted(set(told))
    number = {word: i for i, word in enumerate(labels)}
    x = np.array([[number[word] for word in told]])
    belief = Language(x, np.arange(x.size)[None] == 0, 0, "words")
    belief = belief.shown_in(lambda: belief.read)
    said = SimpleNamespace(corpus=lambda unit: SimpleNamespace(words=lambda x, _: [[labels[i] for i in x]]))
    assert len(told) == 27_774
    assert reading.monofacts(belief, said) == pytest.approx([1160 / 27_774])
    assert f"{1160 / 27_774:.2%}" == "4.18%"


def test_monofacts_fall_by_the_exact_chain():
    """Σ p (1 − p)^(n−1) of 3000 lineages against the chain k → Binomial(n, k/n) of every name; false alarm 1e-5; control: one
    generation earlier."""
    n, s = 40, Scenario(Surnames(types=30), Categorical(), n=40, generations=5, lineages=3000)
    found = run(s, keep="monofacts").measure("monofacts")
    k = np.arange(n + 1)
    chain = stats.binom.pmf(k[None], n, k[:, None] / n)
    law, once = stats.binom.pmf(k[None], n, s.world.p[:, None]), k / n * (1 - k / n) ** (n - 1)
    assert found[0, 0] == pytest.approx((s.world.p * (1 - s.world.p) ** (n - 1)).sum())
    expected = []
    for _ in range(5):
        expected.append((law @ once).sum())
        law = law @ chain
    assert (np.diff(expected) < 0).all()
    assert agree(z_scores(found[:, 1:], expected))
    assert not agree(z_scores(found[:, 2:], expected[:-1]))


# ---- confident nonsense


@pytest.mark.parametrize(("mean", "sd", "value"), [(0.0, 1.0, 0.0025), (0.2, 0.9, 0.00141), (2.5, 1.3, 0.77025)])
def test_hallucination_of_a_bell_curve(mean, sd, value):
    """The closed form's published values, outside of ±1.96; and 400 000 draws, false alarm 1e-5.

    Control: the plain mass."""
    edge = np.array([1.96])
    belief = Normal(np.array([mean]), np.array([[sd * sd]]))
    found = float(weighted(belief, -edge, edge))
    assert found == pytest.approx(value, abs=6e-6)
    x = np.random.default_rng(4).normal(mean, sd, 400_000)
    sure = 2 * stats.norm.sf(np.abs(x - mean) / sd)
    assert confidence(belief, x) == pytest.approx(sure)
    assert agree(z_scores(2 * sure * (np.abs(x) > edge), found))
    assert not agree(z_scores((np.abs(x) > edge) * 1.0, found))


def test_who_drifted_away_is_wrong_and_sure():
    edge = np.array([2.0])
    far = Normal(np.array([[40.0], [40.0], [2.0], [0.0]]), np.array([1.0, 0.0, 0.0, 0.0])[:, None, None])
    assert weighted(far, -edge, edge) == pytest.approx([1, 1, 0, 0])


def plain_nonsense(told: list[list[int]], order: int, book: list[int]) -> float:
    """Σ p(context) Σ q(x | its last tokens)² over what never stands in the book."""
    model, real = dictionary.learn(told, order), {tuple(book[i : i + order + 2]) for i in range(len(book))}
    contexts = Counter(tuple(p[i : i + order + 1]) for p in told for i in range(len(p) - order))
    found = 0.0
    for context, times in contexts.items():
        last = context[1:]
        while last not in model:
            last = last[1:]
        after = model[last]
        odd = [k for x, k in after.items() if (*context, x) not in real]
        found += times * sum((k / after.total()) ** 2 for k in odd)
    return found / contexts.total()


@pytest.mark.parametrize("unit", ["chars", "words"])
@pytest.mark.parametrize("order", [0, 1, 3])
def test_hallucination_of_a_text_by_a_dictionary(unit, order):
    model, world = Ngram(order=order, unit=unit), Alice()
    rng = np.random.default_rng(6)
    params = model.fit(model.witness(world, 2, 700, rng), None, rng)
    params = model.fit(model.utter(params, 700, Decoder(), rng), params, rng)
    book = world.corpus(unit).train.tolist()
    found = METRICS["hallucination"].function(model.belief(params), world)
    expected = [plain_nonsense(cut(Tokens(*params), r), order, book) for r in range(2)]
    assert min(expected) > 0
    np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_hallucination_of_single_words_by_its_formula():
    """Order 0: Σ p(x) p(y)² over the pairs xy that never stand in the book, p the shares of the words."""
    corpus = Alice().corpus("words")
    train, p = corpus.train, np.bincount(corpus.train) / len(corpus.train)
    real = np.zeros((corpus.types, corpus.types), dtype=bool)
    real[train[:-1], train[1:]] = True
    expected = (p[:, None] * p[None] ** 2 * ~real).sum()
    found = METRICS["hallucination"].function(original(corpus, 0), Alice())
    assert float(found) == pytest.approx(expected, rel=1e-9)


# ---- latent entropy


@pytest.mark.parametrize("order", [0, 1, 2])
def test_a_loop_has_the_entropy_of_its_length_and_no_surprise(order):
    """A loop of seven tokens: log 7 in the contexts, nothing in the next token; looking back on nothing it is the other way round."""
    x = np.tile(np.arange(7), 12)[None, : 77 + order]
    belief = Language(x, np.arange(x.size)[None] == 0, order, "chars")
    contexts, after = float(reading.context_entropy(belief, Alice())[0]), float(belief.entropy()[0])
    assert (contexts, after) == pytest.approx((math.log(7), 0) if order else (0, math.log(7)), abs=1e-12)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_contexts_and_next_tokens_add_up(order):
    """H(context) + H(token | context) = H(context and token), by plain counting of both."""
    model = Ngram(order=order)
    params = model.fit(model.witness(Alice(), 2, 900, np.random.default_rng(7)), None, np.random.default_rng(0))
    belief = model.belief(params)
    both = [
        Counter(tuple(p[i : i + order + 1]) for p in cut(Tokens(*params), r) for i in range(len(p) - order))
        for r in range(2)
    ]
    for r, counts in enumerate(both):
        contexts = Counter()
        for gram, times in counts.items():
            contexts[gram[:-1]] += times
        assert reading.context_entropy(belief, Alice())[r] == pytest.approx(stats.entropy([*contexts.values()]))
        whole = reading.context_entropy(belief, Alice())[r] + belief.entropy()[r]
        assert whole == pytest.approx(stats.entropy([*counts.values()]))


def test_labels_of_separate_groups_drift_like_types():
    """Simpson of the components: H₀ (1 − 1/n)^t, 1500 lineages of three groups 30 standard deviations apart; false alarm 1e-5;
    control: another n."""
    s = Scenario(Groups(separation=30.0), Mixture(), n=40, generations=6, lineages=1500)
    found = run(s, keep=("label_simpson", "label_entropy"))
    start = 1 - (s.world.groups.weights**2).sum()
    assert at_start(s, "label_simpson") == pytest.approx(start)
    assert at_start(s, "label_entropy") == pytest.approx(stats.entropy(s.world.groups.weights))
    t = np.arange(1, 7)
    assert agree(z_scores(found.measure("label_simpson")[:, 1:], start * (1 - 1 / 40) ** t))
    assert not agree(z_scores(found.measure("label_simpson")[:, 1:], start * (1 - 1 / 30) ** t))


@pytest.mark.parametrize(
    ("s", "metric"),
    [
        (Scenario(Surnames(types=200), Categorical(), n=5000, generations=6, lineages=5), "entropy"),
        (Scenario(Alice(), Ngram(order=1), n=20_000, generations=4, lineages=3), "entropy"),
        (Scenario(n=200, generations=6, lineages=20), "entropy"),
    ],
    ids=["types", "text", "bell curve"],
)
def test_heat_inflates_and_cold_compresses(s, metric):
    hot, cold = (run(replace(s, decoder=Decoder(temperature=t)), keep=metric).measure(metric) for t in (1.5, 0.7))
    assert (hot[:, -1] > hot[:, 1] + 0.05).all()
    assert (cold[:, -1] < cold[:, 1] - 0.05).all()


# ---- perplexity


def test_perplexity_of_real_text_rises_and_that_of_its_own_falls():
    s = Scenario(Alice(), Ngram(order=2), n=10_000, generations=8, lineages=4)
    found = run(s, keep=("perplexity", "own_perplexity"))
    real, own = found.measure("perplexity"), found.measure("own_perplexity")
    assert (np.diff(real[:, 1:], axis=1) > 0).mean() > 0.9
    assert (own[:, -1] < own[:, 1]).all()
