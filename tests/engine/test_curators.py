"""Curators: every one in the table, and three that are only for tests, with every policy and every form of data.

`Lenient` lets everything through, `Provenance` knows what is real, and `Likely` keeps what a model of the originals finds likely.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from collapse import recursion
from collapse.blocks import held
from collapse.budget import worst_case_cost
from collapse.candidates import Candidates
from collapse.curation import CURATORS, Bench, Curator, Everything, let_through
from collapse.data import Array, Counts, Moments, Rows, Tokens
from collapse.laws import LAWS, law_for
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.policies import POLICIES, Accumulate, AccumulateSubsample, Anchor, Mix, Replace
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.spec import knob
from collapse.trajectory import Trajectory
from collapse.worlds import Alice, Groups, NormalWorld, Surnames

from .harness import agree, z_scores

SEEN: list[tuple[Bench, Candidates]] = []


@dataclass(frozen=True)
class Lenient(Curator):
    kind: ClassVar[str] = "lenient"
    says: ClassVar[str] = "everybody passes"

    collects: int = knob(1, "candidates for each example", label="candidates for each example", low=1, high=9)

    def judge(self, candidates: Candidates, bench: Bench) -> Array:
        SEEN.append((bench, candidates))
        return np.ones(candidates.made.shape)


@dataclass(frozen=True)
class Provenance(Lenient):
    kind = "provenance"
    says = "only what is known to be real"

    def judge(self, candidates: Candidates, bench: Bench) -> Array:
        SEEN.append((bench, candidates))
        return (candidates.made == 0).astype(float)


@dataclass(frozen=True)
class Likely(Lenient):
    kind = "likely"
    says = "what a model of the originals finds likely"

    def judge(self, candidates: Candidates, bench: Bench) -> Array:
        return np.asarray(bench.model.belief(bench.reference()).logpdf(candidates.items[..., 0]))


CASES = {
    "rows": Scenario(n=20, generations=5, lineages=6),
    "rows of two dimensions": Scenario(NormalWorld(2), Gaussian(), n=12, generations=4, lineages=6),
    "mixtures": Scenario(Groups(), Mixture(components=2), n=15, generations=3, lineages=4),
    "counts": Scenario(Surnames(types=12), Categorical(), n=30, generations=5, lineages=6),
    "tokens": Scenario(Alice(), Ngram(order=2), n=900, generations=3, lineages=3),
}


@pytest.fixture(autouse=True)
def unseen() -> None:
    SEEN.clear()


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda p: p.kind)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("curator", [*(kind() for kind in CURATORS.values()), Lenient(3), Provenance(2)], ids=repr)
def test_every_curator_goes_round_with_every_policy_and_form_of_data(curator: Curator, case: str, policy: type) -> None:
    s = replace(CASES[case], curator=curator, policy=policy())
    metric = "types" if s.world.space != "real" else "variance"
    found = run(s, keep=metric).measure(metric)
    assert found.shape == (s.lineages, s.generations + 1)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found, run(s, keep=metric).measure(metric))


@pytest.mark.parametrize("policy", [Replace(), Mix(synthetic=0.7), AccumulateSubsample()], ids=lambda p: p.kind)
def test_to_let_everything_through_is_to_have_no_curator(policy) -> None:
    """A model that looks at single examples anyway: as many candidates as are needed, all pass, and the numbers are the same."""
    s = Scenario(model=Kde(), policy=policy, n=15, generations=6, lineages=8)
    both = [run(replace(s, curator=c), keep="variance").measure("variance") for c in (Everything(), Lenient())]
    if isinstance(policy, AccumulateSubsample):
        assert both[1].shape == both[0].shape  # who is picked is decided by lot, and by another stream
    else:
        np.testing.assert_array_equal(*both)


def test_the_ledger_of_candidates() -> None:
    """What is collected: three for each that is needed, in the proportions of the policy, and each knows who made it."""
    ledger = {
        Replace(): lambda g: {g - 1: 60},
        Mix(synthetic=0.75): lambda g: {0: 15, g - 1: 45},
        Anchor(synthetic=0.75): lambda g: {0: 15, g - 1: 45},
        Accumulate(): lambda g: {0: 20} | dict.fromkeys(range(1, g), 60),
    }
    for policy, expected in ledger.items():
        SEEN.clear()
        run(Scenario(n=20, generations=4, lineages=2, policy=policy, curator=Lenient(3)))
        assert [bench.generation for bench, _ in SEEN] == [2, 3, 4], policy
        for bench, candidates in SEEN:
            assert all(Counter(row) == Counter(expected(bench.generation)) for row in candidates.made.tolist()), policy
            assert isinstance(bench.original, Rows)
            assert bench.original.size == 20
            assert bench.parent is not None


def test_the_parent_is_who_made_the_newest() -> None:
    t = run(Scenario(n=20, generations=4, lineages=3, curator=Lenient(2)))
    for bench, _ in SEEN:
        np.testing.assert_array_equal(bench.parent.mean, t.params.mean[:, bench.generation - 2])


def test_who_knows_what_is_real_is_saved() -> None:
    """80 % synthetic, five candidates for one: there are as many real ones as are needed, so every model learns from fresh real data.

    E v = 1 − 1/n at every generation, 2000 lineages, false alarm 1e-5; control: without the curator.
    """
    s = Scenario(n=20, generations=6, lineages=2000, policy=Mix(synthetic=0.8), curator=Provenance(5))
    saved, lost = (
        run(asked, keep="variance").measure("variance")[:, 1:] for asked in (s, replace(s, curator=Everything()))
    )
    assert agree(z_scores(saved, 1 - 1 / 20))
    assert not agree(z_scores(lost, 1 - 1 / 20))


def test_if_too_few_pass_the_rest_are_drawn_by_lot() -> None:
    rng = np.random.default_rng(1)
    candidates = Candidates.of(Rows(rng.standard_normal((3, 4, 1))), 0) + Candidates.of(
        Rows(rng.standard_normal((3, 16, 1))), 1
    )
    bench = Bench(Gaussian(), None, Rows(np.zeros((3, 2, 1))), None, 2, rng)
    chosen = let_through(Provenance(), candidates, 10, bench)
    assert chosen.size == 10
    assert ((chosen.made == 0).sum(axis=1) == 4).all()
    assert len({tuple(row) for row in chosen.items[..., 0].tolist()}) == 3
    all_of_them = let_through(Lenient(), candidates, 20, bench)
    np.testing.assert_array_equal(all_of_them.items, candidates.items)


def test_to_keep_what_is_likely_narrows() -> None:
    """The two likelier of four under a model of the originals: the tails go at once, faster than without anybody choosing."""
    s = Scenario(n=50, generations=5, lineages=300)
    kept, plain = (
        run(replace(s, curator=c), keep="variance").measure("variance")[:, -1] for c in (Likely(2), Everything())
    )
    assert np.median(kept) < 0.2 * np.median(plain)


def test_what_is_collected_is_paid_for() -> None:
    s = Scenario(n=1000, generations=10, lineages=10, model=Kde())
    one, four = (worst_case_cost(replace(s, curator=Lenient(m))) for m in (1, 4))
    assert four - one > 3 * 1000 * 10 * 10
    assert worst_case_cost(s) < one, "to look at single examples is not for nothing"
    grown = [held(replace(s, policy=Accumulate(), curator=Lenient(m))) for m in (1, 4)]
    assert grown[1] == 4 * grown[0]


def test_the_split_of_a_run_without_a_curator_does_not_change() -> None:
    assert not Everything().judges
    assert held(Scenario()) == 2
    assert held(Scenario(model=Kde())) == 100


def test_no_law_is_claimed_for_what_a_curator_does() -> None:
    s = Scenario(n=20, generations=5)
    assert law_for(s, "variance") is not None
    assert all(law_for(replace(s, curator=Lenient()), metric) is None for metric in LAWS)
    types = replace(CASES["counts"], curator=Lenient())
    assert all(law_for(types, metric) is None for metric in LAWS)


# ---- chosen items of each form of data


def test_chosen_rows_and_counts_are_those_items() -> None:
    rng = np.random.default_rng(4)
    rows, counts = Rows(rng.standard_normal((3, 9, 2))), Counts(rng.multinomial(40, [0.1, 0.2, 0.3, 0.4], size=3))
    index = np.sort(rng.random((3, 40)).argsort(axis=1)[:, :7] % 9, axis=1)
    np.testing.assert_array_equal(rows.chosen(index).x, [r[i] for r, i in zip(rows.x, index, strict=True)])
    index = np.sort(rng.random((3, 40)).argsort(axis=1)[:, :7], axis=1)
    listed = counts.items[..., 0]
    assert (np.diff(listed, axis=1) >= 0).all()
    expected = [np.bincount(row[i], minlength=4) for row, i in zip(listed, index, strict=True)]
    np.testing.assert_array_equal(counts.chosen(index).k, expected)
    assert counts.chosen(np.tile(np.arange(40), (3, 1))).k.tolist() == counts.k.tolist()


def test_a_gap_begins_a_passage() -> None:
    text = Tokens(np.arange(10)[None], np.array([[1, 0, 0, 0, 0, 1, 0, 0, 0, 0]], bool))
    chosen = text.chosen(np.array([[1, 2, 4, 5, 6, 9]]))
    assert chosen.x.tolist() == [[1, 2, 4, 5, 6, 9]]
    assert chosen.first.tolist() == [[True, False, True, True, False, True]]
    np.testing.assert_allclose(text.together(np.arange(10.0)[None]), [[2.0] * 5 + [7.0] * 5])


def test_a_curator_takes_whole_passages_of_a_text() -> None:
    """Of 20 passages of 10 tokens those with the larger numbers: no passage is broken, and only the last may be cut."""
    x = np.random.default_rng(2).integers(100, size=(2, 200))
    text = Tokens(x, np.broadcast_to(np.arange(200) % 10 == 0, x.shape))

    @dataclass(frozen=True)
    class Large(Curator):
        kind, says = "large", "large numbers"

        def judge(self, candidates: Candidates, bench: Bench) -> Array:
            return candidates.items[..., 0].astype(float)

    bench = Bench(Ngram(), None, text, None, 2, np.random.default_rng(3))
    chosen = let_through(Large(), Candidates.of(text, 1), 50, bench).data
    assert isinstance(chosen, Tokens)
    for row, first, source in zip(chosen.x, chosen.first, x, strict=True):
        best = np.sort(np.argsort(source.reshape(20, 10).mean(axis=1))[-5:])
        assert row.reshape(5, 10).tolist() == source.reshape(20, 10)[best].tolist()
        assert np.flatnonzero(first).tolist() == [0, 10, 20, 30, 40]


def test_pooled_candidates_keep_their_origin() -> None:
    """Also of types, whose places change when two lists become one."""
    a, b = (Candidates.of(Counts(np.array([k])), made) for k, made in (([2, 0, 1], 0), ([1, 3, 1], 5)))
    both = a + b
    assert isinstance(both, Candidates)
    assert both.items[0, :, 0].tolist() == [0, 0, 0, 1, 1, 1, 2, 2]
    assert both.made.tolist() == [[0, 0, 5, 5, 5, 5, 0, 5]]
    few = both.subsample(5, np.random.default_rng(1))
    assert few.size == len(few.made[0]) == 5


def test_moments_have_no_single_examples() -> None:
    moments = Moments.of(np.zeros((1, 3, 1)))
    for ask in (lambda: moments.items, lambda: moments.chosen(np.zeros((1, 1), int))):
        with pytest.raises(TypeError, match="Moments cannot be split into single examples"):
            ask()


def test_a_trajectory_of_a_curated_run_is_saved_and_read(tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(CURATORS, Lenient.kind, Lenient)
    t = run(Scenario(n=10, generations=3, lineages=4, curator=Lenient(2)))
    t.save(tmp_path / "curated.npz")
    assert Trajectory.load(tmp_path / "curated.npz").scenario == t.scenario
    assert recursion.replay(t.scenario, 2).mean.shape == (3, 1)
