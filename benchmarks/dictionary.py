"""An n-gram model with dictionaries, as most people would write it: the slow twin of `collapse.models.ngram`.

It shares nothing with the fast one but the rules: contexts never reach over the beginning of a passage, speaking goes on from the
longest ending that was ever followed by anything, scoring interpolates by Witten and Bell.
"""

import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

Passage = Sequence[int]
Model = dict[tuple[int, ...], Counter]


def learn(passages: Sequence[Passage], order: int) -> Model:
    """What followed each context of at most `order` tokens, and how often."""
    model: Model = defaultdict(Counter)
    for passage in passages:
        for i, token in enumerate(passage):
            for length in range(min(order, i) + 1):
                model[tuple(passage[i - length : i])][token] += 1
    return dict(model)


def speak(model: Model, order: int, n: int, length: int, rng: random.Random) -> list[list[int]]:
    """n tokens in passages of `length`."""
    told: list[list[int]] = []
    for start in range(0, n, length):
        passage: list[int] = []
        while len(passage) < min(length, n - start):
            context = tuple(passage[max(0, len(passage) - order) :])
            while context not in model:
                context = context[1:]
            followed = model[context]
            passage.append(rng.choices(list(followed), list(followed.values()))[0])
        told.append(passage)
    return told


def surprise(model: Model, order: int, text: Passage, vocabulary: int) -> list[float]:
    """−log p of every token of one passage, interpolated by Witten and Bell."""
    found = []
    for i, token in enumerate(text):
        p = 1 / (vocabulary + 1)
        for length in range(min(order, i) + 1):
            if followed := model.get(tuple(text[i - length : i])):
                kinds = len(followed)
                p = (followed[token] + kinds * p) / (followed.total() + kinds)
        found.append(-math.log(p))
    return found


def entropy_rate(model: Model, order: int) -> float:
    """−Σ p(context, token) log p(token | context) over contexts of `order` tokens, in nats."""
    full = [k for context, k in model.items() if len(context) == order]
    total = sum(k.total() for k in full)
    return sum(c * math.log(k.total() / c) for k in full for c in k.values()) / total if total else 0.0
