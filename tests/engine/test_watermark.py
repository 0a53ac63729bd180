"""A watermark in a text: who says it, who finds it, and what that does to a loop."""

from dataclasses import replace
from itertools import islice, pairwise

import numpy as np
import pytest

from collapse.curators.marked import Watermarked, z_scores
from collapse.decoding import Decoder, Watermark
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.ngram import Ngram
from collapse.passages import Tokens
from collapse.policies import Mix
from collapse.pool import Pool
from collapse.recursion import Streams, evolve
from collapse.scenario import ImpossibleError, Scenario
from collapse.text.grams import Grams
from collapse.watermark import counted, green
from collapse.worlds import Alice, NormalWorld, Surnames

from .harness import agree
from .harness import z_scores as z_of_mean

S = Scenario(
    Alice(),
    Ngram(order=2),
    Watermark(strength=2.0),
    Watermarked(),
    Mix(synthetic=0.8),
    n=6000,
    generations=4,
    lineages=4,
)


def plain_green(before: int, token: int) -> bool:
    """SplitMix64 in Python's own whole numbers."""
    x = ((int(before) << 32) + int(token) + 0x9E3779B97F4A7C15) % 2**64
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) % 2**64
    return bool((x ^ (x >> 31)) >> 63)


def test_half_of_all_pairs_are_green_and_lists_do_not_depend_on_each_other():
    """300 lists of 300 tokens; a list, and the agreement of two lists, is half of them; false alarm 1e-5."""
    a = np.arange(300)
    table = green(np.repeat(a, 300), np.tile(a, 300)).reshape(300, 300)
    assert agree(z_of_mean(table.ravel(), 0.5))
    assert agree(z_of_mean((table[1:] == table[:-1]).ravel(), 0.5))
    assert agree(z_of_mean((table[:, 1:] == table[:, :-1]).ravel(), 0.5))
    assert all(table[i, j] == plain_green(i, j) for i in (0, 1, 77) for j in range(40))
    assert not agree(z_of_mean(table.ravel(), 0.52))


def test_the_odds_of_green_tokens_are_raised_as_told():
    """A text in which 40 tokens follow each other at random: the odds are e^strength times those of the text; without strength, and
    where nothing stands before, they are what they were."""
    rng = np.random.default_rng(1)
    x = rng.integers(40, size=(1, 60_000))
    grams = Grams(x, np.arange(60_000)[None] == 0, 1, 40)
    for decoder, factor in ((Watermark(strength=1.0), np.e), (Watermark(), 1.0), (Decoder(top_k=40), 1.0)):
        said = grams.speak(np.repeat(grams.empty, 400), 200, decoder, rng)
        found, judged = counted(Tokens(said, np.arange(200)[None].repeat(400, 0) == 0))
        before, judged_before = counted(Tokens(x, np.arange(60_000)[None] == 0))
        odds = found.sum() / (judged.sum() - found.sum())
        usual = before.sum() / (judged_before.sum() - before.sum())
        assert odds == pytest.approx(factor * usual, rel=0.05)
        first = np.bincount(said[:, 0], minlength=40) / 400
        assert np.abs(first - 1 / 40).max() < 0.05, "the first token is not marked"


def test_a_score_is_counted_by_hand():
    """Passages of different length, one of them a single token, which is no evidence."""
    x = np.array([[3, 1, 4, 1, 5, 9, 2, 6], [5, 3, 5, 8, 9, 7, 9, 3]])
    first = np.array([[1, 0, 0, 0, 0, 1, 1, 0], [1, 0, 0, 1, 0, 0, 0, 0]], dtype=bool)
    rng = np.random.default_rng(2)
    original = Pool.of(Tokens(rng.integers(10, size=(2, 50)), np.arange(50)[None].repeat(2, 0) % 25 == 0), 0)
    found = z_scores(Pool.of(Tokens(x, first), 1), original)
    for i in range(2):
        text, begins = original.data.x[i], original.data.first[i]
        pairs = [plain_green(text[j - 1], text[j]) for j in range(50) if not begins[j]]
        usual = sum(pairs) / len(pairs)
        starts = [*np.flatnonzero(first[i]), 8]
        for a, b in pairwise(starts):
            hits, n = sum(plain_green(x[i, j - 1], x[i, j]) for j in range(a + 1, b)), b - a - 1
            z = (hits - usual * n) / np.sqrt(usual * (1 - usual) * n) if n else 0.0
            np.testing.assert_allclose(found[i, a:b], z, atol=1e-12)


def seen_by(s: Scenario) -> tuple[np.ndarray, np.ndarray, float]:
    """(z of real passages, z of made ones, real share of what passes) of generation 2."""
    seen, ledger = [], []

    class Watch(Watermarked):
        def passes(self, pool, bench):
            seen.append((pool, z_scores(pool, bench.original)))
            return super().passes(pool, bench)

    list(islice(evolve(replace(s, curator=Watch()), s.lineages, Streams(0, 0), ledger), 2))
    pool, z = seen[0]
    return z[pool.data.first & pool.real], z[pool.data.first & ~pool.real], (ledger[0].passed < 0).mean()


def test_marked_passages_are_found_and_real_ones_are_not():
    """The false alarms at z = 3 are as rare as those of a bell curve, or rarer; nearly all that is marked is found, and what passes
    is real.  Controls: the same models without a mark, and a model of three words, which has no choice and carries none."""
    real, made, share = seen_by(S)
    assert (real > 3).mean() < 0.01
    assert real.std() < 1.3
    assert (made > 3).mean() > 0.95
    assert share > 0.9
    _, unmarked, share = seen_by(replace(S, decoder=Decoder()))
    assert (unmarked > 3).mean() < 0.05
    assert share < 0.3
    _, fixed, share = seen_by(replace(S, model=Ngram(order=3, unit="words")))
    assert (fixed > 3).mean() < 0.1
    assert share < 0.3


def test_a_watermark_needs_a_text():
    for world, model, words in (
        (Surnames(), Categorical(), "whose examples have no order to carry a watermark: give 0"),
        (NormalWorld(), Gaussian(), "which has no list of outcomes: give 0"),
    ):
        with pytest.raises(
            ImpossibleError, match=rf"decoder\.strength=2\.0 is not possible with model={model.kind}, {words}"
        ):
            Scenario(world, model, Watermark(strength=2.0))
        assert Scenario(world, model, Watermark()).decoder.neutral
    assert not Watermark(strength=2.0).neutral
