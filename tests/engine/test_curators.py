"""Every curator, and some that only these tests have: what it is shown, what it lets through, what is written down, what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar

import numpy as np
import pytest
from scipy import stats

from collapse.blocks import HELD, blocks, held
from collapse.budget import within, worst_case_cost
from collapse.curators import CURATORS, MOST_POOLS, Curator, Everything, Sieve, Verdict
from collapse.data import Counts, Items, Rows
from collapse.laws import LAWS, law_for
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.passages import Tokens
from collapse.policies import POLICIES, Accumulate, Anchor, Mix, Replace
from collapse.pool import Pool
from collapse.recursion import Streams, evolve
from collapse.scenario import Scenario
from collapse.spec import knob
from collapse.worlds import Alice, NormalWorld, Surnames

from .harness import agree, possible, variants, z_scores

N, T, R = 12, 4, 3


@dataclass(frozen=True)
class Detector(Sieve):
    """Finds a synthetic example with probability 0.8, and takes a real one for synthetic with probability 0.05."""

    kind, says = "detector", "what a detector takes for real is let through"

    def passes(self, pool, bench):
        return pool.of_item(bench.rng.random(pool.by.shape)) >= np.where(pool.real, 0.05, 0.8)


@dataclass(frozen=True)
class Plausible(Sieve):
    """Asks the reference model, and compares with the originals."""

    kind, says, likelihoods = "plausible", "what a model of the original data finds likely is let through", 1

    def passes(self, pool, bench):
        usual = np.median(bench.log_likelihood(bench.reference, bench.original), axis=-1, keepdims=True)
        return bench.log_likelihood(bench.reference, pool) >= usual


@dataclass(frozen=True)
class Picky(Curator):
    """The third of three pools that the parent is least sure of."""

    kind, says, likelihoods = "picky", "a third is let through", 1
    pools: ClassVar[int] = 3

    def review(self, pool, more, bench):
        whole = pool + more() + more()
        sure = bench.log_likelihood(bench.parent, whole)
        return Verdict(whole.first(pool.size, sure), np.full(len(sure), whole.size))


@dataclass(frozen=True)
class Halving(Curator):
    """Only the first half of what comes: fewer than the policy would feed."""

    kind, says = "halving", "half is let through"

    def review(self, pool, more, bench):
        half = pool.first(pool.size // 2, np.zeros(pool.by.shape))
        return Verdict(half, np.full(len(pool.by), pool.size))


@dataclass(frozen=True)
class Attentive(Everything):
    """Lets everything through, but looks at every candidate on the way."""

    kind, single = "attentive", True


MINE = [Detector(), Detector(tries=1), Plausible(tries=3), Picky(), Halving(), Attentive()]
ALL = [c for kind in CURATORS.values() for c in variants(kind)] + MINE
FORMS = {
    "moments": Scenario(n=N, generations=T, lineages=R),
    "rows": Scenario(model=Kde(), n=N, generations=T, lineages=R),
    "parts": Scenario(NormalWorld(dimension=2), Mixture(components=2), n=N, generations=T, lineages=R),
    "counts": Scenario(Surnames(types=10), Categorical(), n=N, generations=T, lineages=R),
    "tokens": Scenario(Alice(), Ngram(order=1), n=500, generations=T, lineages=R),
}


def lived(s: Scenario, seed: int = 0):
    """(the params of every generation, the ledger) of one block."""
    ledger = []
    return list(islice(evolve(s, s.lineages, Streams(seed, 0), ledger), s.generations)), ledger


def counted(by: np.ndarray) -> list[dict[int, int]]:
    """How many examples of each origin, lineage by lineage."""
    return [dict(zip(*(a.tolist() for a in np.unique(row, return_counts=True)), strict=True)) for row in by]


def is_mixed_as_told(s: Scenario, t: int, pool: dict[int, int]) -> bool:
    """Has a pool of generation t as many real and made examples as the policy says, and real ones only of the sort it declares?"""
    policy = s.policy.at(t)
    real, made = policy.split(s.n)
    sorts = {0} if policy.original else set()
    sorts |= {-t} if policy.fresh else set()
    return pool.get(t - 1, 0) == made and sum(pool.get(sort, 0) for sort in sorts) == real and sum(pool.values()) == s.n


# ---- every curator, every form of data, every policy


PAIRS = [
    pytest.param(c, form, id=f"{c!r}-{form}")
    for c in ALL
    for form, s in FORMS.items()
    if possible({"world": s.world, "model": s.model, "curator": c})
    and (
        form != "tokens" or c.pools < MOST_POOLS or c.kind == "phrase-frequency"
    )  # a hundred pools of texts take long: once
]


PLAIN = [*(kind() for kind in CURATORS.values()), *MINE]


@pytest.mark.parametrize(("curator", "form"), PAIRS)
def test_what_is_written_down_is_what_happened(curator, form):
    """Every pool is mixed as the policy says, no more are drawn than are stated, and what passes has been drawn, unless an original
    example was put in the place of another, which is counted."""
    for policy in POLICIES.values() if curator in PLAIN else (Mix, Accumulate):  # who is turned, by two of them
        is_written_down(replace(FORMS[form], curator=curator, policy=policy()))


def is_written_down(s):
    curator = s.curator
    life, ledger = lived(s)
    assert all(a.shape[0] == R and (a < np.inf).all() for params in life for a in params), (
        "−∞ is the log of no variance"
    )
    assert len(ledger) == (T - 1 if curator.single else 0)
    for t, entry in enumerate(ledger, start=2):
        assert entry.generation == t
        pools = entry.candidates.reshape(R, -1, s.n)
        assert pools.shape[1] <= curator.pools
        assert all(is_mixed_as_told(s, t, row) for pool in np.moveaxis(pools, 1, 0) for row in counted(pool))
        assert 2 <= entry.passed.shape[1] <= s.n
        assert (entry.drawn >= entry.passed.shape[1]).all()
        assert (entry.drawn <= pools.shape[1] * s.n).all()
        for lineage in range(R):
            seen = entry.candidates[lineage, : entry.drawn[lineage]]
            others = {0} if entry.replaced[lineage] else set()
            assert set(entry.passed[lineage].tolist()) <= set(seen.tolist()) | others
            assert entry.replaced[lineage] <= (s.n if curator.kind == "expert" else 0)


def cheapest() -> Iterator[Any]:
    """Every kind of curator with every form, and those whose knobs are turned with one form."""
    met = set()
    for pair in PAIRS:
        curator, _ = pair.values
        if curator in PLAIN or curator not in met:
            yield pair
        met.add(curator)


@pytest.mark.parametrize(("curator", "form"), list(cheapest()))
def test_a_curator_hears_its_own_random_numbers_only(curator, form):
    """Twice the same to the bit; another seed is another history."""
    s = replace(FORMS[form], curator=curator, policy=Mix(synthetic=0.5))
    one, again, other = lived(s), lived(s), lived(s, seed=1)
    for a, b, c in zip(one[0], again[0], other[0], strict=True):
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))
        assert not all(np.array_equal(x, y) for x, y in zip(a, c, strict=True))
    for a, b in zip(one[1], again[1], strict=True):
        assert all(np.array_equal(x, y) for x, y in zip(a, b, strict=True))


@pytest.mark.parametrize("curator", ALL, ids=repr)
def test_a_curator_draws_no_more_than_a_hundred_pools_and_is_charged_for_all(curator):
    """What the models really say, row by row, is within the charge of the budget."""
    assert 1 <= curator.pools <= MOST_POOLS
    assert set(curator.levers) <= set(curator.knobs())
    said = [0]
    form = FORMS["rows" if "real" in curator.spaces else "tokens"]

    class Counting(type(form.model)):
        def sample(self, params, n, decoder, rng):
            said[0] += n * len(params[0])
            return super().sample(params, n, decoder, rng)

    s = replace(form, model=Counting(), curator=curator, n=N)
    list(islice(evolve(s, R, Streams(0, 0)), T))
    assert said[0] >= R * N * (T - 1)
    charged = worst_case_cost(s) - worst_case_cost(replace(s, lineages=R - 1))
    assert R * charged >= said[0], "what one lineage is charged for, the step of a block aside"


@pytest.mark.parametrize("curator", MINE, ids=repr)
def test_no_law_is_claimed_of_what_a_curator_lets_through(curator):
    cases = [*FORMS.values(), *(replace(FORMS["moments"], policy=policy()) for policy in POLICIES.values())]
    assert any(law_for(s, metric) is not None for s in cases for metric in LAWS)
    assert all(law_for(replace(s, curator=curator), metric) is None for s in cases for metric in LAWS)


# ---- looking on changes nothing


def eaten(params) -> np.ndarray:
    """What a model was trained on, in an order of its own, as far as its params tell."""
    first = params[0]
    return np.sort(first, axis=-1) if isinstance(params, Kde.Params | Ngram.Params) else first


@pytest.mark.parametrize("policy", [Replace(), Mix(synthetic=0.5), Anchor(synthetic=0.5), Accumulate()], ids=repr)
@pytest.mark.parametrize("form", ["rows", "counts", "tokens"])
def test_to_look_at_every_candidate_changes_no_number(form, policy):
    """One by one and labelled, the data are those of a run without a curator.  Passages of a text stand in another order, which an
    n-gram model of order 0 does not notice in its counts; from then on it may say other words, so one step is compared.

    Control: a curator that lets half through.
    """
    s = replace(FORMS[form], policy=policy, generations=2)
    plain, looked, halved = (lived(replace(s, curator=c))[0][1] for c in (Everything(), Attentive(), Halving()))
    np.testing.assert_array_equal(eaten(plain), eaten(looked))
    assert not np.array_equal(eaten(plain), eaten(halved))


def test_what_others_need_changes_nothing_for_a_lineage():
    """Lineage 0 is content with the first pool; the others take everything, or draw until the end."""

    @dataclass(frozen=True)
    class Mood(Sieve):
        kind, says = "mood", "moody"
        strict: ClassVar[bool] = False

        def passes(self, pool, bench):
            free = bench.rng.random(pool.by.shape) < 0.6
            return free if not self.strict else free & (np.arange(len(free)) == 0)[:, None]

    class Strict(Mood):
        strict = True

    one, other = (lived(replace(FORMS["rows"], curator=c(tries=9)))[0] for c in (Mood, Strict))
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a.centers[0], b.centers[0])
    assert not np.array_equal(one[-1].centers[1], other[-1].centers[1])


# ---- what a curator is shown


@pytest.mark.parametrize("form", FORMS)
def test_the_bench_holds_the_originals_the_parent_and_the_reference(form):
    seen = []

    @dataclass(frozen=True)
    class Watch(Attentive):
        def review(self, pool, more, bench):
            seen.append((bench, pool, bench.rng.random(3)))
            return super().review(pool, more, bench)

    s = replace(FORMS[form], curator=Watch(), policy=Mix(synthetic=0.5))
    life, _ = lived(s)
    first = s.model.witness(s.world, R, s.n, Streams(0, 0)(1, "original"))
    for t, (bench, pool, luck) in enumerate(seen, start=2):
        assert bench.generation == t
        assert bench.world is None
        assert bench.parent is life[t - 2]
        assert bench.reference is life[0]
        assert type(bench.original.together()) is type(first)
        assert bench.original.size == s.n
        model = s.model.fit(s.model.summarise(bench.original.together()), s.model.ancestor(s.world, R), bench.rng)
        assert all(np.allclose(a, b) for a, b in zip(model, life[0], strict=True)), "from these it has learnt"
        np.testing.assert_array_equal(luck, Streams(0, 0)(t, "curate").random(3))
        assert isinstance(pool.data, {"counts": Items, "tokens": Tokens}.get(form, Rows))
        assert not pool.judged.any()
        assert bench.log_likelihood(bench.parent, pool).shape == pool.by.shape


def test_only_a_declared_oracle_sees_the_world():
    worlds = []

    @dataclass(frozen=True)
    class Oracle(Attentive):
        kind, oracle = "oracle", True

        def review(self, pool, more, bench):
            worlds.append(bench.world)
            return super().review(pool, more, bench)

    s = replace(FORMS["rows"], curator=Oracle())
    lived(s)
    assert worlds == [s.world] * (T - 1)
    assert not any(kind.oracle and "oracle" not in kind.kind for kind in CURATORS.values()), "its name must say so"


def test_a_likelihood_is_scipy_s():
    """Every family, other examples in every lineage; the n-gram model by its own loss."""
    rng = np.random.default_rng(1)
    x = rng.standard_normal((2, 7, 2))
    gaussian = Gaussian().fit(Gaussian().summarise(Rows(rng.standard_normal((2, 9, 2)))), None, rng)
    mixture = Mixture(components=2).fit(Rows(rng.standard_normal((2, 30, 2))), None, rng)
    kernels = Kde().fit(Rows(rng.standard_normal((2, 9, 1))), None, rng)
    for i in range(2):
        by_hand = stats.multivariate_normal(gaussian.mean[i], gaussian.cov[i]).logpdf(x[i])
        np.testing.assert_allclose(Gaussian().belief(gaussian).log_likelihood(Rows(x))[i], by_hand)
        parts = [
            w * stats.multivariate_normal(m, c).pdf(x[i])
            for w, m, c in zip(mixture.weights[i], mixture.mean[i], mixture.cov[i], strict=True)
        ]
        np.testing.assert_allclose(Mixture().belief(mixture).log_likelihood(Rows(x))[i], np.log(sum(parts)))
        kde = stats.gaussian_kde(kernels.centers[i]).logpdf(x[i, :, 0])
        np.testing.assert_allclose(Kde().belief(kernels).log_likelihood(Rows(x[..., :1]))[i], kde)
    types = Categorical().fit(Counts(np.array([[3, 1, 0], [1, 1, 2]])), None, rng)
    found = Categorical().belief(types).log_likelihood(Items(np.array([[0, 1], [2, 2]]), 3))
    np.testing.assert_allclose(found, np.log([[0.75, 0.25], [0.5, 0.5]]))
    model, world = Ngram(order=2), Alice()
    params = model.fit(model.witness(world, 2, 900, rng), None, rng)
    text, belief = model.witness(world, 2, 300, rng), model.belief(params)
    for i in range(2):
        known, alone = len(set(params.x[i].tolist())), model.belief(Ngram.Params(*(a[i : i + 1] for a in params)))
        one = Tokens(text.x[i : i + 1], text.first[i : i + 1])
        assert -belief.log_likelihood(text)[i].mean() == pytest.approx(alone.loss(one, known)[0])


# ---- what it does, by numbers


def test_a_detector_that_draws_again_lets_real_examples_through_by_their_odds():
    """2 of 20 real: a share α' = 0.1·0.95 / (0.1·0.95 + 0.9·0.2) = 0.345 of the survivors is real, and 20 survivors take 20·0.1/0.275
    = 7.27 fresh real examples on average; 3000 lineages, false alarm 1e-5.  Control: a detector that errs a little more."""
    s = Scenario(policy=Mix(synthetic=0.9), curator=Detector(tries=40), n=20, generations=2, lineages=3000)
    _, (entry,) = lived(s)
    pass_rate = 0.1 * 0.95 + 0.9 * 0.2
    share = (entry.passed < 0).mean(axis=1)
    assert agree(z_scores(share, 0.1 * 0.95 / pass_rate))
    assert not agree(z_scores(share, 0.1 * 0.95 / (0.1 * 0.95 + 0.9 * 0.22)))
    assert agree(z_scores(entry.drawn, 20 / pass_rate))
    assert agree(z_scores(entry.drawn_fresh(), 2 / pass_rate))


def test_whoever_may_not_draw_again_uses_what_has_passed_several_times():
    """A third of a pool passes: its rows three times over, and no others."""

    @dataclass(frozen=True)
    class Third(Sieve):
        kind, says = "third", "a third is let through"

        def passes(self, pool, bench):
            return np.broadcast_to(np.arange(pool.size) < 4, pool.by.shape)

    life, (entry,) = lived(replace(FORMS["rows"], curator=Third(tries=1), generations=2))
    for row in life[1].centers:
        assert np.unique(row, return_counts=True)[1].tolist() == [3] * 4
    assert entry.drawn.tolist() == [N] * R
    full, _ = lived(replace(FORMS["rows"], curator=Third(tries=3), generations=2))
    assert all(len(set(row.tolist())) == N for row in full[1].centers), "drawn again, nothing comes twice"


def test_of_a_text_whole_passages_are_judged():
    s = replace(FORMS["tokens"], curator=Detector(tries=1), n=2000, policy=Mix(synthetic=0.5))
    seen = []

    @dataclass(frozen=True)
    class Watch(Detector):
        def passes(self, pool, bench):
            seen.append(pool)
            return super().passes(pool, bench)

    life, _ = lived(replace(s, curator=Watch(tries=1), generations=2))
    for lineage in range(R):
        text = seen[0].data
        cuts = np.flatnonzero(text.first[lineage])[1:]
        whole = {tuple(p) for p in np.split(text.x[lineage], cuts)}
        kept = np.split(life[1].x[lineage], np.flatnonzero(life[1].first[lineage])[1:])
        assert {tuple(p) for p in kept[:-1]} <= whole
        assert 0 < len({tuple(p) for p in kept[:-1]}) < len(whole)


# ---- what it costs


@pytest.mark.parametrize("form", FORMS)
def test_four_times_as_many_candidates_cost_four_times_as_much(form):
    """Of what grows with the candidates; to fit a model to n examples costs the same."""
    s = replace(FORMS[form], policy=Mix(synthetic=0.5), lineages=1, generations=30)

    def drawing(tries: int) -> int:
        return worst_case_cost(replace(s, curator=Plausible(tries=tries)))

    step = drawing(2) - drawing(1)
    assert drawing(5) - drawing(1) == 4 * step
    assert step > 30 * s.n, "at least a number for each candidate"
    assert held(replace(s, curator=Plausible(tries=100))) >= 100 * s.n
    assert [size for _, size in blocks(replace(s, curator=Plausible(tries=100), n=HELD, lineages=3))] == [1] * 3


def test_a_curator_that_is_too_expensive_is_refused_by_the_name_of_its_knob():
    s = Scenario(curator=Detector(tries=100), n=200, lineages=200)
    assert within(replace(s, curator=Detector(tries=2), generations=10))
    with pytest.raises(ValueError, match=r"lower curator\.tries=100, n=200, .*generations=50 or lineages=200"):
        within(s)


def test_a_likelihood_is_charged_by_the_model_that_is_asked():
    """A kernel density looks at all of its kernels for every candidate."""
    s = Scenario(model=Kde(), n=100, lineages=10)
    asked, unasked = (worst_case_cost(replace(s, curator=c)) for c in (Plausible(tries=1), Detector(tries=1)))
    assert asked - unasked == 10 * s.generations * 100 * 100


# ---- what is refused


@dataclass(frozen=True)
class Liar(Curator):
    """Breaks one rule."""

    kind, says = "liar", "rules are broken"
    sin: str = knob("greed", "the rule", label="rule", choices=("greed", "excess", "few", "modesty", "boast", "one"))

    def review(self, pool, more, bench):
        if self.sin == "greed":
            return Verdict(more(), np.full(R, 2 * N))
        size = {"excess": N + 1, "few": 1}.get(self.sin, N)
        drawn = {"modesty": np.full(R, N - 1), "boast": np.full(R, N + 1), "one": N}.get(self.sin, np.full(R, N))
        return Verdict((pool + pool).first(size, np.zeros((R, 2 * N))), drawn)


@pytest.mark.parametrize(
    ("sin", "words"),
    [
        ("greed", "curator=liar draws more than the 1 × n candidates that it states"),
        ("excess", "curator=liar lets 13 examples through: it has to be 2 to 12"),
        ("few", "curator=liar lets 1 examples through: it has to be 2 to 12"),
        ("modesty", "says that it drew 11 to 11 candidates: in each lineage at least the 12 that it lets through"),
        ("boast", "says that it drew 13 to 13 candidates: .* at most the 12 that were drawn"),
        ("one", "says that it drew 12 to 12 candidates: in each lineage"),
    ],
)
def test_whoever_breaks_a_rule_is_named(sin, words):
    with pytest.raises(ValueError, match=words):
        lived(replace(FORMS["rows"], curator=Liar(sin=sin)))


def test_an_interface_is_no_curator():
    s = FORMS["rows"]
    for unfinished in (Curator(), Sieve()):
        with pytest.raises(NotImplementedError):
            lived(replace(s, curator=unfinished))
    assert type(Scenario().curator) is Everything


def test_a_summary_is_never_judged():
    """A model that is fed with moments is fed with rows where a curator has to look at single examples."""
    with pytest.raises(TypeError, match="Moments cannot be split into single examples"):
        Pool.of(Gaussian().observe(NormalWorld(), R, N, np.random.default_rng(1)), 0)
    life, _ = lived(replace(FORMS["moments"], curator=Detector()))
    assert life[-1].cov.shape == (R, 1, 1)


def test_the_books_would_notice_another_policy():
    """The control of the ledger test: a pool of one policy is not that of another."""
    s = replace(FORMS["rows"], curator=Attentive(), policy=Mix(synthetic=0.5))
    _, ledger = lived(s)
    pool = counted(ledger[0].candidates)[0]
    assert is_mixed_as_told(s, 2, pool)
    for other in (Anchor(synthetic=0.5), Mix(synthetic=0.75), Replace()):
        assert not is_mixed_as_told(replace(s, policy=other), 2, pool)
    assert not is_mixed_as_told(s, 3, pool)
