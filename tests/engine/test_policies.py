"""A ledger of who said what goes through the real loop, and every policy must balance its books."""

from collections import Counter
from dataclasses import dataclass, fields
from itertools import count, islice
from typing import Any, ClassVar, NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collapse.data import Data, Nothing
from collapse.models.base import Model
from collapse.models.kde import Kde
from collapse.policies import (
    POLICIES,
    Accumulate,
    AccumulateSubsample,
    Anchor,
    Delayed,
    Mix,
    Policy,
    RandomShare,
    Replace,
    Shared,
)
from collapse.recursion import Streams, evolve
from collapse.scenario import Scenario
from collapse.worlds import NormalWorld

from .harness import agree, variants, z_scores

N, T = 10, 8


class Ledger(Data):
    """A data set that knows where each example is from: ("real", number) or ("said", generation, number)."""

    def __init__(self, examples: list[tuple[Any, ...]]) -> None:
        self.examples = examples

    @property
    def size(self) -> int:
        return len(self.examples)

    def pooled(self, other: "Ledger") -> "Ledger":
        return Ledger(self.examples + other.examples)

    def subsample(self, m: int, rng: np.random.Generator) -> "Ledger":
        return Ledger([self.examples[i] for i in rng.permutation(self.size)[:m]])


class Heard(NamedTuple):
    """What a scribe was trained on, and which generation it is."""

    diet: Ledger
    generation: int


@dataclass(frozen=True)
class Scribe(Model):
    """A model that learns nothing and signs what it says."""

    kind = "scribe"
    Params = Heard
    real: ClassVar[Any]
    births: ClassVar[Any]
    words: ClassVar[Any] = count()

    def witness(self, world, lineages, n, rng):
        return Ledger([("real", next(self.real)) for _ in range(n)])

    def observe(self, world, lineages, n, rng):
        return self.summarise(self.witness(world, lineages, n, rng))

    def utter(self, params, n, decoder, rng):
        return Ledger([("said", params.generation, next(self.words)) for _ in range(n)])

    def fit(self, data, parent, rng):
        return Heard(data, next(self.births))


def diets(policy: Policy, seed: int = 0) -> list[list[tuple[Any, ...]]]:
    """What the models of generations 1…T were trained on; the first N real examples are the original ones."""
    Scribe.real, Scribe.births = count(), count(1)
    life = evolve(Scenario(model=Scribe(), policy=policy, n=N), 1, Streams(seed, 0))
    return [heard.diet.examples for heard in islice(life, T)]


ORIGINAL = {("real", i) for i in range(N)}


def said(diet: list[tuple[Any, ...]]) -> Counter:
    """How many examples each generation contributed; 0 stands for real ones."""
    return Counter(e[1] if e[0] == "said" else 0 for e in diet)


def reals(diet: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [e for e in diet if e[0] == "real"]


def replaces(policy, t, now, before):
    assert said(now) == Counter({t - 1: N})


def mixes(policy, t, now, before):
    made = round(policy.synthetic * N)
    assert said(now) == +Counter({t - 1: made, 0: N - made})
    old = {e for diet in before for e in diet}
    assert not old & set(reals(now)), "fresh means that nobody has seen it"
    assert len(set(reals(now))) == N - made


def shares_at_random(policy, t, now, before):
    made = round(policy.synthetic * N)
    assert said(now) == +Counter({t - 1: made, 0: N - made})
    assert set(reals(now)) <= ORIGINAL
    assert len(set(reals(now))) == N - made, "without replacement"


def anchors(policy, t, now, before):
    shares_at_random(policy, t, now, before)
    if t > 2:
        assert reals(now) == reals(before[-1]), "the same ones for ever"


def accumulates(policy, t, now, before):
    assert said(now) == Counter(dict.fromkeys(range(t), N))
    assert set(before[-1]) < set(now)
    assert len(now) == t * N


def accumulates_and_picks(policy, t, now, before):
    assert len(now) == N
    assert len(set(now)) == N, "nothing is picked twice"
    assert set(said(now)) <= set(range(t))
    assert set(reals(now)) <= ORIGINAL


def changes(policy, t, now, before):
    """Each phase keeps its own books; an archive that grows starts with what there is, and has only that from before."""
    phase = policy.at(t)
    if phase.kind in ("mix", "random-share", "anchor") and t != policy.begin:
        BOOKS[phase.kind](phase, t, now, before)
    if phase.kind == "accumulate" and policy.begin <= t:
        assert set(now) == set(before[-1]) | {e for e in now if e[1] == t - 1}
        assert len(now) == (t if policy.phases[0].grows else t - policy.begin + 2) * N


BOOKS = {
    "replace": replaces,
    "mix": mixes,
    "random-share": shares_at_random,
    "anchor": anchors,
    "accumulate": accumulates,
    "accumulate-subsample": accumulates_and_picks,
    "shared": replaces,
    "delayed": changes,
}


def test_no_policy_has_lost_its_books():
    assert set(BOOKS) <= set(POLICIES)


def balances(policy, t, now, before):
    """What holds for every policy, by what it declares of itself."""
    old, earlier = {e for diet in before for e in diet}, set(said(now)) - {0}
    assert len(set(now)) == len(now), "nothing twice"
    assert policy.grows or len(now) == N
    assert earlier <= (set(range(1, t)) if policy.grows else {t - 1})
    assert policy.original or policy.grows or not ORIGINAL & set(now)
    assert policy.fresh or set(reals(now)) <= ORIGINAL
    assert policy.grows or not set(reals(now)) & old - ORIGINAL, "fresh means that nobody has seen it"


ALL = [p for kind in POLICIES.values() for p in variants(kind)]
ALL += [kind(synthetic=s) for kind in POLICIES.values() if issubclass(kind, Shared) for s in (0.34, 0.5, 0.96)]
ALL += [
    Delayed(begin=4, before=a, after=b, synthetic=0.6)
    for a in ("replace", "mix", "accumulate")
    for b in BOOKS
    if b not in ("shared", "delayed")
]


@pytest.mark.parametrize("policy", ALL, ids=repr)
def test_the_books_balance_in_every_generation(policy):
    seen = diets(policy)
    assert sorted(seen[0]) == sorted(ORIGINAL), "every history begins with n real examples"
    for t in range(2, T + 1):
        for audit in (balances, *([BOOKS[policy.kind]] if policy.kind in BOOKS else [])):
            audit(policy, t, seen[t - 1], seen[: t - 1])


@pytest.mark.parametrize("kind", ["replace", "accumulate", "mix"])
def test_the_books_would_notice_another_policy(kind):
    """The control: no policy's diet passes another policy's books; `shared` with a single lineage is `replace`."""

    def audit(seen):
        for t in range(2, T + 1):
            BOOKS[kind](Mix(), t, seen[t - 1], seen[: t - 1])

    for other in POLICIES.values():
        if (
            BOOKS.get(other.kind) is not BOOKS[kind] and other is not Delayed
        ):  # which is replace until its generation 10
            with pytest.raises(AssertionError):
                audit(diets(other()))


@pytest.mark.parametrize("liar", [Mix, Anchor, RandomShare, Accumulate], ids=lambda k: k.kind)
def test_the_common_books_notice_what_is_not_declared(liar):
    """The control: the diet of a policy that declares something, on the books of one that declares nothing."""
    seen = diets(liar())
    with pytest.raises(AssertionError):
        balances(Replace(), 3, seen[2], seen[:2])


def test_a_random_share_is_redrawn_and_an_anchor_is_not():
    assert len({tuple(sorted(reals(d))) for d in diets(RandomShare(synthetic=0.5))[1:]}) > T // 2
    assert len({tuple(sorted(reals(d))) for d in diets(Anchor(synthetic=0.5))[1:]}) == 1


def test_every_original_example_is_shared_sooner_or_later():
    """3 of 10, 7 generations, 40 seeds: an example is never drawn with probability 0.7^280 < 1e-43."""
    drawn = Counter(e for seed in range(40) for d in diets(RandomShare(synthetic=0.7), seed)[1:] for e in reals(d))
    assert set(drawn) == ORIGINAL
    assert sum(drawn.values()) == 40 * 7 * 3


def test_the_pick_is_from_everything_with_equal_chances():
    """Generation 8 picks 10 of 80, so each of the 8 sources gives 10/8 on average; 400 seeds, false alarm 1e-5."""
    last = [said(diets(AccumulateSubsample(), seed)[-1]) for seed in range(400)]
    table = np.array([[c[g] for g in range(T)] for c in last])
    assert agree(z_scores(table, N / T))
    assert not agree(z_scores(table * (np.arange(T) < T - 1) + 1e-9 * np.arange(400)[:, None], N / T))


# ---- the same books without the loop


class FakeSupply:
    """A supply that writes down what it was asked for."""

    def __init__(self) -> None:
        self.n, self.asked, self.archive = N, [], Ledger([("archive",)])

    def __getattr__(self, purpose: str):
        def give(m: int) -> Data:
            self.asked.append((purpose, m))
            return Ledger([(purpose,)] * m) if m else Nothing()

        return give


ASKS = {
    "replace": [("synthetic", 10)],
    "mix": [("fresh", 1), ("synthetic", 9)],
    "random-share": [("redrawn", 1), ("synthetic", 9)],
    "anchor": [("same", 1), ("synthetic", 9)],
    "accumulate": [("synthetic", 10)],
    "accumulate-subsample": [("synthetic", 10)],
    "shared": [("synthetic", 5), ("others", 5)],
}


@pytest.mark.parametrize("kind", POLICIES.values(), ids=lambda k: k.kind)
def test_what_a_policy_asks_for(kind):
    for policy in kind().phases:
        supply = FakeSupply()
        grown = policy.grow(supply)
        assert supply.asked == ASKS.get(policy.kind, supply.asked)
        expected = Counter({(purpose,): m for purpose, m in supply.asked if m})
        if policy.grows:
            expected[("archive",)] = 1
        assert Counter(grown.examples) == expected, "what is asked for is what is pooled"
        assert policy.original == any(p in {"same", "redrawn"} for p, _ in supply.asked), (
            "what is declared is what is used"
        )
        assert policy.fresh == any(p == "fresh" for p, _ in supply.asked)


@given(st.floats(0, 1), st.integers(2, 10**6))
def test_the_split_is_whole_and_nearest(share, n):
    for kind in POLICIES.values():
        if issubclass(kind, Shared):
            real, made = kind(synthetic=share).split(n)
            assert type(real) is type(made) is int
            assert real + made == n
            assert 0 <= made <= n
            assert abs(made - share * n) <= 0.5 + 1e-9 * n


def test_a_policy_without_a_diet_is_not_a_policy():
    with pytest.raises(NotImplementedError):
        Policy().grow(FakeSupply())


@pytest.mark.parametrize("kind", POLICIES.values(), ids=lambda k: k.kind)
def test_a_policy_says_what_it_does(kind):
    assert kind.says
    assert kind.__doc__
    assert all(f.metadata["knob"].help for f in fields(kind))


# ---- the same books with real rows: a kernel density remembers what it was trained on


def meals(policy: Policy, lineages: int = 3) -> list[np.ndarray]:
    s = Scenario(world=NormalWorld(), model=Kde(), policy=policy, n=N)
    return [p.centers for p in islice(evolve(s, lineages, Streams(0, 0)), 5)]


@pytest.mark.parametrize("kind", POLICIES.values(), ids=lambda k: k.kind)
def test_the_number_of_real_rows(kind):
    """Rows are real numbers and never meet by chance, so a row that comes back is a row that was kept."""
    policy = kind(synthetic=0.7) if issubclass(kind, Shared) else kind()
    eaten = meals(policy)
    original = eaten[0]
    assert original.shape == (3, N)
    for t, diet in enumerate(eaten[1:], start=2):
        assert diet.shape == (3, t * N if kind.kind == "accumulate" else N)
        for lineage in range(3):
            now, first = diet[lineage].tolist(), set(original[lineage].tolist())
            back = [x for x in now if x in first]
            assert len(set(now)) == len(now), "nothing twice"
            match kind.kind:
                case "replace" | "mix":
                    assert not back
                case "random-share" | "anchor":
                    assert len(back) == 3
                case "accumulate":
                    assert now[:N] == original[lineage].tolist()
                    assert now[: (t - 1) * N] == eaten[t - 2][lineage].tolist()
                case "accumulate-subsample":
                    assert len(back) <= N
                case _:
                    assert kind.original or kind.grows or not back
    if kind.kind == "anchor":
        assert all((np.sort(d[:, :3]) == np.sort(eaten[1][:, :3])).all() for d in eaten[1:])
    if kind.kind == "random-share":
        assert any((np.sort(d[:, :3]) != np.sort(eaten[1][:, :3])).any() for d in eaten[2:])


def test_lineages_do_not_share_their_real_rows():
    anchored = meals(Anchor(synthetic=0.5))[-1]
    assert len(set(anchored.ravel().tolist())) == anchored.size
