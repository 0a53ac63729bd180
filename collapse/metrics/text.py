"""What we watch in a text: functions of a `Language` (what a model has read) and a text world.

Counted in excerpts that are equally long in all generations (`Language.excerpt`); of generation 0 the mean over 30 of them counts.
n-grams are compared by 64-bit hashes: two different ones collide with probability 5e-20.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import chain

import numpy as np

from collapse.beliefs.language import Language, original
from collapse.data import Array
from collapse.metrics.hill import hill
from collapse.passages import Tokens
from collapse.text.grams import ages
from collapse.worlds import Text, World

MIX, SEAM = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
LOST = np.uint64(2**64 - 1)
AGAIN = {"chars": 10, "words": 4}  # tokens: so long a window rarely stands twice in a passage that somebody wrote
COPIED = {"chars": 30, "words": 6}
BLEU, PEERS, TELLING = 4, 20, 30  # n-grams up to 4; 20 passages, 30 words of each


def as_text(world: World) -> Text:
    """The world, which is a text here."""
    assert isinstance(world, Text)
    return world


def windows(text: Tokens, length: int) -> Array:
    """A hash of the `length` tokens that end at each token, (R, m); 2⁶⁴ − 1 where the passage is shorter."""
    code = np.zeros(text.x.shape, dtype=np.uint64)
    for back in range(length):
        code = code * MIX + np.roll(text.x, back, axis=-1).astype(np.uint64) + np.uint64(1)
    return np.where(ages(text.first) >= length - 1, code, LOST)


def occurrences(codes: Array) -> tuple[Array, Array]:
    """(lineage, how often) of every different window of each lineage, from hashes (R, m)."""
    ranked = np.sort(codes, axis=-1)
    new = np.ones(ranked.shape, dtype=bool)
    new[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    at = np.flatnonzero(new)
    times = np.diff(np.append(at, ranked.size))
    real = ranked.ravel()[at] != LOST
    return (at // ranked.shape[1])[real], times[real]


def share(part: Array, whole: Array) -> Array:
    """part ÷ whole, and 0 where the whole is 0."""
    return np.asarray(part / np.maximum(whole, 1))


def effective_grams(belief: Language, world: Text, q: float = 1.0) -> Array:
    """Effective number of n-grams of order + 1 tokens in the excerpt, the Hill number of order q, by default exp(entropy); 1 where
    there are none."""
    lineage, times = occurrences(windows(belief.excerpt, belief.order + 1))
    lineages = len(belief.excerpt.x)
    total = np.bincount(lineage, times, lineages)
    with np.errstate(divide="ignore"):
        found = hill(times / total[lineage], q, lambda values: np.bincount(lineage, values, lineages))
    return belief.averaged(np.where(total > 0, found, 1.0))


def distinct(belief: Language, world: Text, n: int) -> Array:
    """Different n-grams ÷ n-grams in the excerpt."""
    lineage, times = occurrences(windows(belief.excerpt, n))
    lineages = len(belief.excerpt.x)
    return belief.averaged(share(np.bincount(lineage, minlength=lineages), np.bincount(lineage, times, lineages)))


def repetition(belief: Language, world: Text) -> Array:
    """Share of the windows of 10 characters or 4 words that stood before in the same passage, 1 − different ÷ all."""
    text = belief.excerpt
    passage = np.cumsum(text.first, axis=-1).astype(np.uint64)
    codes = windows(text, AGAIN[belief.unit])
    lineage, times = occurrences(np.where(codes == LOST, LOST, codes + passage * SEAM))
    lineages = len(text.x)
    whole = np.bincount(lineage, times, lineages)
    return belief.averaged(share(whole - np.bincount(lineage, minlength=lineages), whole))


def copied(belief: Language, world: Text) -> Array:
    """Share of the windows of 30 characters or 6 words that stand in the training part of the world, letter by letter; NaN, not to be
    measured, where the training part or every passage is shorter."""
    length = COPIED[belief.unit]
    train = world.corpus(belief.unit).train[None]
    if train.size < length:
        return belief.averaged(np.full(len(belief.excerpt.x), np.nan))
    text = Tokens(train, np.arange(train.size)[None] == 0)
    book = world.corpus(belief.unit).once("windows", lambda: np.unique(windows(text, length)))
    codes = windows(belief.excerpt, length)
    found = book[np.minimum(np.searchsorted(book, codes), len(book) - 1)] == codes
    real = codes != LOST
    whole = real.sum(axis=-1)
    return belief.averaged(np.where(whole > 0, share((found & real).sum(axis=-1), whole), np.nan))


def _of_words(belief: Language, world: Text, count: Callable[[list[str]], float]) -> Array:
    """A count among the running words of each excerpt, as a share of them."""
    told = [[w for passage in lineage for w in passage] for lineage in belief.words(world.corpus(belief.unit))]
    return belief.averaged([count(w) / max(len(w), 1) for w in told])


def rare_words(belief: Language, world: Text) -> Array:
    """Share of the running words that are rare in the world (`Corpus.rare`), each of them counted once."""
    rare = world.corpus(belief.unit).rare
    return _of_words(belief, world, lambda told: len(rare & set(told)))


def gibberish(belief: Language, world: Text) -> Array:
    """Share of the running words that do not stand in what generation 0 has read, the training part of the world.

    Real text that it has not read has such words, too: `Corpus.strangers` of its unread words.
    """
    corpus = world.corpus(belief.unit)
    return _of_words(belief, world, lambda told: corpus.strangers(told) * len(told))


def untrue_pairs(belief: Language, world: Text) -> Array:
    """Share of the pairs of neighbouring words, whatever signs are between them, that never stand so in what generation 0 has read:
    fluent, and not true of the book.  Real text that it has not read has such pairs, too: `Corpus.strange_pairs` of its unread words.
    """
    corpus = world.corpus(belief.unit)
    return belief.averaged([corpus.strange_pairs(passages) for passages in belief.words(corpus)])


def vocabulary(belief: Language, world: Text) -> Array:
    """Different words in the excerpt."""
    told = belief.words(world.corpus(belief.unit))
    return belief.averaged([len({w for passage in lineage for w in passage}) for lineage in told])


def hapaxes(belief: Language, world: Text) -> Array:
    """Share of the words that stand in the training part once which are still somewhere in the whole text that was read.

    Of characters only the words that generation 0 has read whole: it has read passages, too.
    """
    corpus = world.corpus(belief.unit)
    told = [{w for passage in text for w in passage} for text in belief.words(corpus, whole=True)]
    zero = original(corpus, belief.order)
    there = corpus.once(
        "hapaxes", lambda: corpus.hapaxes.intersection(*map(chain.from_iterable, zero.words(corpus, whole=True)))
    )
    return belief.shaped([len(there & t) / max(len(there), 1) for t in told])


def monofacts(belief: Language, world: Text) -> Array:
    """Share of the running words that stand in the excerpt once: the monofact rate, N₁/n."""
    return _of_words(belief, world, lambda told: sum(times == 1 for times in Counter(told).values()))


def context_entropy(belief: Language, world: Text) -> Array:
    """Entropy of the contexts in which the model has read something, as long as it looks back, nats; log L where it only loops
    through L of them, and 0 where it looks back on nothing.

    Together with the entropy of the next token, which `entropy` gives, it is that of a context and its next token."""
    g, k = belief.grams, belief.order
    lineages, last = len(g.x), g.levels[-1]
    there = last.at >= 0
    lineage = np.repeat(np.arange(lineages), g.x.shape[1])[there]
    seen = g.totals(g.count)[last.codes // g.types + g.base(k)][last.at[there]]
    whole = np.maximum(np.bincount(lineage, minlength=lineages), 1)
    return belief.shaped(np.log(whole) - np.bincount(lineage, np.log(seen), lineages) / whole)


def known_tokens(belief: Language, world: Text) -> Array:
    """Different tokens in the whole text that was read."""
    grams = belief.grams
    return belief.shaped(np.bincount(grams.levels[0].codes // grams.types, minlength=len(grams.x)))


def own_perplexity(belief: Language, world: Text) -> Array:
    """Perplexity of the model on the text that it has read, exp(entropy rate): how surprising its own language is to it."""
    return np.exp(belief.entropy())


def foreign(belief: Language, world: Text) -> Array:
    """−log p of each token of the excerpt under generation 0, a model that has read the whole training part, (R, m) in nats."""
    text = belief.excerpt
    zero = original(world.corpus(belief.unit), belief.order).grams
    one = Tokens(text.x.reshape(1, -1), text.first.reshape(1, -1))
    return zero.surprise(one.x, one.first, world.corpus(belief.unit).types).reshape(text.x.shape)


def zero_perplexity(belief: Language, world: Text) -> Array:
    """Perplexity under generation 0 of the text that was read."""
    return belief.averaged(np.exp(foreign(belief, world).mean(axis=-1)))


def zero_tail(belief: Language, world: Text) -> Array:
    """How long the upper tail of the perplexity under generation 0 is: the 95% quantile over passages ÷ their median."""
    losses = by_passage(foreign(belief, world), belief.excerpt)
    return belief.averaged([np.exp(np.quantile(loss, 0.95) - np.median(loss)) for loss in losses])


def by_passage(loss: Array, text: Tokens) -> list[Array]:
    """Means of a loss (R, m) over the passages of each text."""
    cuts = (np.flatnonzero(first) for first in text.first)
    return [
        np.add.reduceat(values, cut) / np.diff(np.append(cut, len(values)))
        for values, cut in zip(loss, cuts, strict=True)
    ]


def self_bleu(belief: Language, world: Text) -> Array:
    """Self-BLEU (Zhu et al. 2018): how well each of 20 passages, 30 words of each, is told by the 19 others; BLEU-4 without
    smoothing; 1 is all alike.  NaN, not to be measured, where there are no two passages of four words."""
    told = belief.words(world.corpus(belief.unit))
    return belief.averaged([_bleu(_equally_long(passages)) for passages in told])


def _equally_long(passages: list[list[str]]) -> list[list[str]]:
    """The first 20 passages that have 30 words, cut to these; where most have fewer, as many as half of them have."""
    if len(passages) < 2:
        return []
    usual = sorted(map(len, passages), reverse=True)[max(1, (len(passages) - 1) // 2)]
    length = min(TELLING, usual)
    return [p[:length] for p in passages if len(p) >= length][:PEERS]


def _bleu(said: list[list[str]]) -> float:
    """Mean BLEU-4 of each text with the others as references; all texts are equally long, so there is no brevity penalty."""
    if len(said) < 2 or len(said[0]) < BLEU:
        return float("nan")
    numbers: dict[str, int] = {}
    words = np.array([[numbers.setdefault(word, len(numbers)) for word in text] for text in said])
    code, logs = np.zeros_like(words), np.zeros(len(said))
    for n in range(1, BLEU + 1):
        code = code[:, : words.shape[1] - n + 1] * len(numbers) + words[:, n - 1 :]  # one number for each n-gram
        grams, gram = np.unique(code, return_inverse=True)
        cell = np.arange(len(said))[:, None] * grams.size + gram
        counts = np.bincount(cell.ravel(), minlength=len(said) * grams.size).reshape(len(said), grams.size)
        best = np.sort(counts, axis=0)[-2:]
        others = np.where(counts == best[1], np.where((counts == best[1]).sum(axis=0) > 1, best[1], best[0]), best[1])
        with np.errstate(divide="ignore"):
            logs += np.log(np.minimum(counts, others).sum(axis=1) / counts.sum(axis=1)) / BLEU
    return float(np.exp(logs).mean())


DISTINCT = {n: partial(distinct, n=n) for n in (1, 2, 3)}
