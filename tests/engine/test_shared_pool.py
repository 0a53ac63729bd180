"""Models that read one another: who reads whom, the island law by a second derivation and by simulation, and its limits.

Lineages of a group are not independent, so every comparison is of means over groups.
"""

import math
from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice, permutations, product
from typing import Any, NamedTuple

import numpy as np
import pytest

from collapse.bands import error_of_mean
from collapse.budget import typical_cost, within
from collapse.data import Rows
from collapse.following import follow
from collapse.laws import law_for
from collapse.laws.islands import exchange
from collapse.laws.moments import apart, moments
from collapse.models.base import Model
from collapse.models.ngram import Ngram
from collapse.phase import middle
from collapse.policies import Mix, SharedPool
from collapse.recursion import Streams, evolve, replay, run
from collapse.scenario import Scenario
from collapse.sharing import parted
from collapse.twins import difference
from collapse.worlds import NormalWorld, Text

from .harness import agree, z_scores

N = 12


class Told(NamedTuple):
    """Rows (R, n, 3) that were read: who said each, in which generation, and its number."""

    read: np.ndarray


@dataclass(frozen=True)
class Teller(Model):
    """A model that learns nothing, signs what it says, and numbers it."""

    kind = "teller"
    Params = Told

    def witness(self, world, lineages, n, rng):
        return Rows(np.full((lineages, n, 3), -1.0))

    def observe(self, world, lineages, n, rng):
        return self.witness(world, lineages, n, rng)

    def utter(self, params, n, decoder, rng):
        lineages = np.arange(len(params.read))
        said = np.empty((len(lineages), n, 3))
        said[..., 0], said[..., 1], said[..., 2] = (
            lineages[:, None],
            params.read[:, :1, 1] + 1,
            rng.random((len(lineages), n)),
        )
        return Rows(said)

    def fit(self, data, parent, rng):
        return Told(data.x)


def diets(policy: Any, lineages: int, generations: int = 6) -> list[np.ndarray]:
    life = evolve(Scenario(model=Teller(), policy=policy, n=N), lineages, Streams(0, 0))
    return [told.read for told in islice(life, generations)]


@pytest.mark.parametrize("lineages", [8, 10, 9, 3, 1])
def test_everybody_reads_their_own_group_and_nothing_is_read_twice(lineages):
    """Groups of 4 with 8, 10 (a group of 2 is left), 9 (one is left alone), 3 and 1 lineages."""
    for diet in diets(SharedPool(group=4, others=0.5), lineages)[1:]:
        assert len(np.unique(diet[..., 2])) == diet[..., 2].size
        for reader, rows in enumerate(diet):
            begin = reader - reader % 4
            size = min(4, lineages - begin)
            said = Counter(rows[:, 0].astype(int).tolist())
            assert set(said) <= set(range(begin, begin + size))
            assert said[reader] == (N if size == 1 else N / 2)


def test_each_of_the_others_says_as_much():
    """11 of 12 examples from 3 others: 3, 4 and 4, and over 600 generations each of them as often less; false alarm 1e-5."""
    seen = np.stack(diets(SharedPool(group=4, others=0.9), 10, 600)[1:])[..., 0].astype(int)
    steps = (seen - np.arange(10)[:, None]) % 4
    table = np.stack([(steps[:, :8] == step).sum(axis=-1) for step in (1, 2, 3)], axis=-1)
    assert {tuple(sorted(row)) for row in table.reshape(-1, 3).tolist()} == {(3, 4, 4)}
    assert agree(z_scores(table.mean(axis=1), 11 / 3))
    assert not agree(z_scores(table.mean(axis=1), 12 / 3))
    assert ((seen[:, 8] == 9).sum(axis=-1) == 11).all()


# ---- the law


def by_pairs(policy: SharedPool, n: int, generations: int) -> np.ndarray:
    """(V, D) by common descent, a second derivation: f and h are the chances that a draw from one lineage, and one from it or from
    another, descend from one real example; who says what is dealt out in all possible ways, and all pairs are counted."""
    own, g = policy.heard(n)[0], policy.group
    read, inside, across = n - own, [], []
    for places in permutations(range(1, g)):
        steps = [0] * own + [places[i * (g - 1) // read] for i in range(read)]
        said = [[(reader + step) % g for step in steps] for reader in range(g)]
        for one, two in product(range(g), repeat=2):
            same = sum(a == b for a, b in product(said[one], said[two]))
            (inside if one == two else across).append((same - n * (one == two)) / n**2)
    inside, across = np.mean(inside), np.mean(across)
    f, h, found = 1 / n, 0.0, [(1.0, 0.0), (1 - 1 / n, 1 / n)]
    for _ in range(1, generations):
        f, h = 1 / n + inside * f + (1 - 1 / n - inside) * h, across * f + (1 - across) * h
        found.append((1 - f, f - h))
    return np.array(found).T


@pytest.mark.parametrize(("group", "others", "n"), [(2, 0.5, 6), (3, 1.0, 5), (5, 0.4, 10), (4, 0.25, 8)])
def test_the_law_is_that_of_common_descent(group, others, n):
    s = Scenario(policy=SharedPool(group=group, others=others), n=n, generations=12, lineages=group)
    found = apart(s)
    np.testing.assert_allclose((found.within, found.between), by_pairs(s.policy, n, 12), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(found.within + found.drift, 1.0, rtol=1e-12)


def test_limits_of_the_law():
    """Alone: the replace law.  Two who read only one another: each has one parent, too.  Well mixed: one pool of gn."""
    n, t = 20, np.arange(41)
    for policy in (SharedPool(group=8, others=0.0), SharedPool(group=2, others=1.0)):
        np.testing.assert_allclose(law_for(Scenario(policy=policy, n=n, generations=40), "variance"), (1 - 1 / n) ** t)
    for group in (2, 8, 50):
        s = Scenario(policy=SharedPool(group=group, others=(group - 1) / group), n=200, generations=400, lineages=group)
        rate = (apart(s).together[-1] / apart(s).together[200]) ** (1 / 200)
        assert 1 - rate == pytest.approx(1 / (group * 200), rel=0.01)
        np.testing.assert_allclose(np.diff(apart(s).together[1:]), -apart(s).within[1:-1] / (group * 200), rtol=1e-9)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_wrights_fixation_index(k):
    """F_ST = 1/(1 + 2k) of Wright (1943) for many haploid islands and k migrants in a generation: within 3% for 50 of n = 500."""
    s = Scenario(policy=SharedPool(group=50, others=k / 500), n=500, generations=1000, lineages=50)
    assert apart(s).fixation[-1] == pytest.approx(1 / (1 + 2 * k), rel=0.03)
    assert exchange(500, 500, 50) == 0


@pytest.mark.parametrize(
    "query",
    [
        "n=20&policy.group=8&policy.others=0.5",
        "n=10&policy.group=4&policy.others=0.6&decoder.temperature=0.8&model.estimator=unbiased",
        "n=10&policy.group=3&policy.others=1&world.dimension=3",
        "n=20&policy.group=4&policy.others=0.3&world=surnames&world.types=30&model=categorical",
        "n=10&policy.group=5&policy.others=0.2&model=kde",
    ],
)
def test_the_law_by_simulation(query):
    """Within, between and drift of 1500 or more groups in 8 generations; false alarm 1e-5; control: no exchange."""
    s = Scenario.from_query(f"policy=shared&generations=8&seed=5&lineages=9000&{query}")
    found = parted(run(s))
    fits = apart(s)
    assert fits is not None
    columns = np.concatenate([found.within[:, 1:], found.between[:, 1:], found.drift[:, 1:]], axis=1)
    assert agree(z_scores(columns, np.concatenate([fits.within[1:], fits.between[1:], fits.drift[1:]])))
    other = apart(Scenario.from_query("policy.others=0", s))
    assert not agree(z_scores(columns, np.concatenate([other.within[1:], other.between[1:], other.drift[1:]])))


def test_the_lineages_that_are_left_over_have_a_law_of_their_own():
    """13 lineages in groups of 10 on 1000 seeds: the mean over all, and that over the last three; false alarm 1e-5."""
    s = Scenario.from_query("policy=shared&policy.group=10&policy.others=1&n=8&generations=6&lineages=13")
    seen = np.stack([run(Scenario.from_query(f"seed={i}", s)).measure("variance")[:, 1:] for i in range(1000)])
    assert agree(z_scores(seen.mean(axis=1), moments(s)[0][1:]))
    three = Scenario.from_query("policy=shared&policy.group=3&policy.others=1&n=8&generations=6&lineages=3")
    assert agree(z_scores(seen[:, 10:].mean(axis=1), moments(three)[0][1:]))
    assert not agree(z_scores(seen[:, 10:].mean(axis=1), (1 - 1 / 8) ** np.arange(1, 7)))


def test_reading_one_another_makes_the_world_alike():
    """After 60 generations with n = 20: alone, 5% is left within and the rest lies between; in a pool most is left within."""
    alone, pooled = (
        apart(Scenario(policy=SharedPool(group=8, others=share), n=20, generations=60, lineages=8))
        for share in (0.0, 0.875)
    )
    assert alone.fixation[-1] == pytest.approx(1 - 0.95**60)
    assert pooled.fixation[-1] < 0.06
    assert pooled.within[-1] > 10 * alone.within[-1]
    assert pooled.together[-1] < alone.together[-1]


def test_no_law_is_claimed_where_none_is_known():
    assert moments(Scenario.from_query("policy=shared&decoder.top_p=0.9&model=kde")) is None
    assert apart(Scenario(policy=Mix())) is None


# ---- the rest of the engine


def test_passages_of_others_stay_whole():
    s = Scenario.from_query(
        "world=alice&model=ngram&model.order=1&policy=shared&policy.group=3&policy.others=0.5&n=1500&generations=2&lineages=3"
    )
    assert isinstance(s.world, Text)
    begins = np.flatnonzero(replay(s, 1).first[-1])
    gaps = np.diff(np.append(begins, 1500))
    assert sorted(gaps.tolist()) == sorted([200] * 3 + [150] + [200] * 3 + [150])
    assert Ngram.passage == 200


@pytest.mark.parametrize(
    "query", ["n=40", "n=40&decoder.top_p=0.9", "n=40&world=penguins&model=mixture", "n=200&policy.others=1"]
)
def test_what_is_shown_of_a_turn_is_what_the_next_model_is_fed(query):
    s = Scenario.from_query(f"policy=shared&policy.group=5&generations=4&lineages=12&{query}")
    turn = follow(s, 3, [2])[0]
    assert turn.next_real == 0
    assert turn.next_made == s.n
    assert turn.sizes["said"] == s.n
    assert turn.said.size == min(s.n, 60)


def test_a_group_costs_what_it_says():
    """Charged for each of the others that speaks, and refused by the name of the knob."""
    few, many = (
        Scenario.from_query(f"world=surnames&model=categorical&policy=shared&policy.group={g}") for g in (2, 50)
    )
    assert 20 < typical_cost(many) / typical_cost(few) < 26
    with pytest.raises(ValueError, match=r"policy\.group=50"):
        within(many)


def test_the_control_reads_nothing_but_the_world():
    """With n = 20 the control keeps .95, and what the groups keep is the law's; false alarm 1e-5."""
    s = Scenario(world=NormalWorld(), policy=SharedPool(), n=20, generations=50, lineages=2000)
    control, left = (
        run(s, control=real).measure("variance")[:, -1].reshape(-1, 8).mean(axis=1) for real in (True, False)
    )
    assert agree(z_scores(control, 0.95))
    assert agree(z_scores(left, moments(s)[0][-1]))
    assert not agree(z_scores(left, 0.95**50))


def test_what_cannot_be_parted_is_refused():
    with pytest.raises(ValueError, match="not kept"):
        parted(run(Scenario(generations=2), keep="variance"), 8)
    with pytest.raises(ValueError, match="group=1"):
        parted(run(Scenario(generations=2)))
    with pytest.raises(ValueError, match="text"):
        parted(run(Scenario.from_query("world=alice&model=ngram&generations=1&lineages=2"), keep="perplexity"), 2)
    assert math.isclose(parted(run(Scenario(generations=2)), 4).within[0, 0], 1.0)


def test_standard_errors_count_groups_and_not_lineages():
    """Means of 200 lineages in groups of 8, on 400 seeds: their spread is what is said of each of them, within 15%; a count of
    lineages would say half as much.  Also of the difference of twins."""
    s = Scenario.from_query("policy=shared&policy.others=0.875&n=20&generations=20&lineages=200")
    drift = np.stack([run(replace(s, seed=i)).measure("mean_drift")[:, -1] for i in range(400)])
    said = np.mean([error_of_mean(values, 8) for values in drift])
    assert drift.mean(axis=1).std() == pytest.approx(said, rel=0.15)
    assert np.mean([error_of_mean(values) for values in drift]) < 0.6 * said
    assert np.isnan(error_of_mean(drift[0, :8], 8))
    assert error_of_mean(drift[0], 1) == pytest.approx(drift[0].std(ddof=1) / math.sqrt(200))
    both = difference(run(s), run(Scenario.from_query("policy.others=0.2", s)), "variance")
    assert both.group == 8
    assert both.mean[1] == pytest.approx(error_of_mean(both.pairs[:, -1], 8))
    assert middle(drift[0], 8)[1] > middle(drift[0])[1]
