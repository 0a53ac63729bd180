"""People in the loop: a reward fitted to comparisons, experts who correct, and a variance that is known, against plain twins.

The laws of endless data are B4 and A17 of the literature (Yi et al., 2025; Ferbach et al., 2024); scikit-learn fits the same logistic
regression; loops in plain NumPy, with random numbers of their own, run the same histories.
"""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from scipy import stats
from sklearn.linear_model import LogisticRegression

from collapse import Scenario, run
from collapse.budget import BUDGET, worst_case_cost
from collapse.curators.reward import RIDGE, Reward, weights_of
from collapse.curators.taste import Expert, Preference, Verifier
from collapse.data import Rows
from collapse.laws import curated, law_for, unknown
from collapse.ledger import ledger
from collapse.models.gaussian import Gaussian
from collapse.models.weighted import LOSSES
from collapse.policies import Accumulate, Mix, Replace
from collapse.recursion import Streams, evolve
from collapse.worlds import NormalWorld, Penguins

from .harness import agree, z_of_two, z_scores

KNOWN = Gaussian(variance="known")
BIG = Scenario(n=4000, generations=12, lineages=64)


def ends(s: Scenario) -> np.ndarray:
    """(mean, variance) of the last models, (R, 2)."""
    found = run(s).params
    return np.stack([found.mean[:, -1, 0], found.lower[:, -1, 0, 0] ** 2], axis=1)


# ---- a variance that is known


def test_the_middle_goes_to_the_verifier_s_centre():
    """B4, c = 0.5 and r = 1: with the variance held 29% of a small distance is left by each round, and 60 rounds end at the centre;
    fitted again, at .461 with a variance of .072.  Runs of 4000 examples agree with both; the control is the other one's law."""
    held, fitted = curated.verified(0.5, 1.0, 60, held=True), curated.verified(0.5, 1.0, 60)
    assert held.mean[-1] == pytest.approx(0.5, abs=1e-12)
    assert (fitted.mean[-1], fitted.variance[-1]) == (pytest.approx(0.461, abs=5e-4), pytest.approx(0.072, abs=5e-4))
    gap = 0.5 - held.mean
    np.testing.assert_allclose(gap[6:12] / gap[5:11], curated.held_factor(1.0), rtol=1e-3)
    assert curated.held_factor(1.0) == pytest.approx(0.291, abs=5e-4)
    m = 0.0
    for t in range(5):
        m = stats.truncnorm(-0.5 - m, 1.5 - m, m).mean()
        assert held.mean[t + 1] == pytest.approx(m, rel=1e-9)
    s = replace(BIG, curator=Verifier(), policy=Replace())
    for model in (KNOWN, Gaussian()):
        found, law = ends(replace(s, model=model)), curated.curated(replace(s, model=model))
        other = curated.curated(replace(s, model=Gaussian() if model is KNOWN else KNOWN))
        assert agree(z_scores(found[:, 0], law.mean[-1]))
        assert not agree(z_scores(found[:, 0], other.mean[-1]))
        assert law.variance[-1] == 1 if model is KNOWN else agree(z_scores(found[:, 1], law.variance[-1]))


@pytest.mark.parametrize("loss", LOSSES)
def test_whoever_knows_the_variance_fits_the_mean_alone(loss):
    """The root of the printed equation of the loss, found by bisection; without anybody who says otherwise the covariance is 1."""
    rng, alpha = np.random.default_rng(3), 0.3
    x = rng.standard_gamma(2.0, (3, 40, 1))
    model = Gaussian(variance="known", loss=loss, alpha=alpha)
    parent = model.ancestor(NormalWorld(), 3)
    found = model.fit(model.summarise(Rows(x)), parent, rng)
    np.testing.assert_array_equal(found.lower[:, 0, 0], 1.0)
    for row, mean in zip(x[..., 0], found.mean[:, 0], strict=True):

        def slope(m, row=row):
            at = {"likelihood": np.zeros(40), "data-weighted": row - row.mean()}.get(loss, row - m)
            return np.sum(np.exp(-alpha * at**2 / 2) * (row - m))

        low, high = row.min(), row.max()
        for _ in range(60):
            low, high = ((low + high) / 2, high) if slope((low + high) / 2) > 0 else (low, (low + high) / 2)
        assert mean == pytest.approx(low, abs=1e-8)
    assert np.array_equal(model.fit(model.summarise(Rows(x)), None, rng).mean, found.mean)


def test_what_is_known_is_the_covariance_of_the_world():
    """Penguins: correlated, in millimetres and grams, for every policy and after gradient steps."""
    world = Penguins()
    for model in (KNOWN, Gaussian(variance="known", steps=2, start="warm"), Gaussian(variance="known", steps=3)):
        for policy in (Replace(), Mix(), Accumulate()):
            s = Scenario(world, model, policy=policy, n=10, generations=4, lineages=3)
            np.testing.assert_allclose(run(s).params.cov[:, -1], np.tile(world.distribution.cov, (3, 1, 1)), rtol=1e-9)
            assert law_for(s, "variance").tolist() == [1.0] * 5


# ---- a reward learnt from comparisons


def test_the_regression_is_scikit_learn_s():
    """Three lineages at once, and one in which all pairs were won, so that only the ridge ends it; control: other answers."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 300, 2)) * [1.0, 3.0]
    won = rng.random((3, 300)) < 1 / (1 + np.exp(-(x @ [0.5, -0.3])))
    x[2, :, :] = np.abs(x[2])
    won[2] = True
    found = weights_of(x, won)
    for i in range(3):
        unit = np.sqrt((x[i] ** 2).mean(axis=0))
        both, answers = np.concatenate([x[i], -x[i]]) / unit, np.concatenate([won[i], ~won[i]])
        judge = LogisticRegression(C=0.5 / RIDGE, fit_intercept=False, tol=1e-12, max_iter=10_000)
        by_hand = judge.fit(both, answers).coef_[0] / unit
        np.testing.assert_allclose(found[i], by_hand, rtol=1e-5)
    assert np.abs(weights_of(x, ~won) - found).max() > 0.5
    assert (weights_of(np.zeros((1, 5, 2)), np.ones((1, 5), bool)) == 0).all(), "whoever sees no difference says none"


def test_a_reward_from_many_comparisons_is_the_preference_itself():
    """A17: ten thousand comparisons with noise 1 give v = 1 ÷ (1 + t/h²); with noise T the width is h√T.  Controls: the law of the
    other noise, and of one round less."""
    for noise in (1.0, 4.0):
        s = replace(BIG, curator=Reward(comparisons=10_000, noise=noise), n=2000, generations=8, lineages=48)
        law, wrong = (curated.preferred(0.5, 2.0 * t**0.5, 7) for t in (noise, 5.0 - noise))
        np.testing.assert_allclose(
            curated.preferred(0.0, 2.0 * noise**0.5, 7).variance, 1 / (1 + np.arange(8) / (4 * noise))
        )
        found = ends(s)
        error = 0.02  # of the fitted reward itself, which makes the variance a little larger on average
        assert abs(found[:, 0].mean() - law.mean[-1]) < error
        assert abs(found[:, 1].mean() - law.variance[-1]) < error
        assert abs(found[:, 1].mean() - wrong.variance[-1]) > 4 * error
        assert abs(found[:, 1].mean() - law.variance[-2]) > error


def powers(x: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """What the reward is a sum of: the standardised value and its square."""
    return np.stack([(x - mean) / sd, ((x - mean) / sd) ** 2], axis=-1)


def plain(n: int, rounds: int, comparisons: int, lineages: int, rng: np.random.Generator) -> np.ndarray:
    """(mean, variance) at the end of such loops, one after the other, by scikit-learn and plain rejection, (R, 2)."""
    found = []
    for _ in range(lineages):
        data = rng.standard_normal(n)
        for _ in range(rounds):
            m, sd = data.mean(), data.std()
            pool = m + sd * rng.standard_normal(n)
            a, b = pool[rng.integers(n, size=(2, comparisons))]
            won = rng.random(comparisons) < 1 / (1 + np.exp(((a - 0.5) ** 2 - (b - 0.5) ** 2) / 8))
            unit_of = pool.mean(), pool.std()
            gap = powers(a, *unit_of) - powers(b, *unit_of)
            unit = np.sqrt((gap**2).mean(axis=0))
            judge = LogisticRegression(C=0.5 / RIDGE, fit_intercept=False, tol=1e-9, max_iter=1000)
            judge.fit(np.concatenate([gap, -gap]) / unit, np.concatenate([won, ~won]))
            kept: list[float] = []
            for drawn in range(4):
                r = powers(pool, *unit_of) @ (judge.coef_[0] / unit)
                kept += pool[rng.random(n) < np.exp(r - r.max())].tolist()
                if len(kept) >= n:
                    break
                if drawn < 3:
                    pool = m + sd * rng.standard_normal(n)
            data = np.resize(kept if len(kept) > 1 else pool[:2], n)
        found.append((data.mean(), data.var()))
    return np.array(found)


def test_a_reward_from_few_comparisons_is_not_what_people_like():
    """The loop against a plain one, by the means of the mean, its square and the variance, of 400 lineages each; false alarm 1e-5;
    control: four times as many comparisons.  With ten in each generation people like the outputs less than at first."""
    s = Scenario(curator=Reward(comparisons=20), n=30, generations=5, lineages=400, seed=3)
    both = [
        np.column_stack([found, found[:, 0] ** 2])
        for found in (ends(s), plain(30, 4, 20, 400, np.random.default_rng(7)))
    ]
    assert agree(z_of_two(*both))
    many = ends(replace(s, curator=Reward(comparisons=80)))
    assert not agree(z_of_two(np.column_stack([many, many[:, 0] ** 2]), both[1]))
    s = Scenario(n=200, generations=20, lineages=100, seed=1)
    at_first = curated.liking(0.0, 1.0, 0.5, 2.0)
    few, right = (ends(replace(s, curator=c)) for c in (Reward(comparisons=10), Preference()))
    assert curated.liking(*few.T, 0.5, 2.0).mean() < at_first < curated.liking(*right.T, 0.5, 2.0).mean()
    assert np.median(few[:, 1]) < 0.2 * np.median(right[:, 1])


def test_real_examples_are_not_judged_unless_all_are():
    """Half of a pool is real: all 20 real examples of 40 pass, or only some.  What people compare has its price."""
    s = Scenario(curator=Reward(tries=1), policy=Mix(synthetic=0.5), n=40, generations=3, lineages=50)
    for judges in ("made", "all"):
        entries: list = []
        list(islice(evolve(replace(s, curator=replace(s.curator, judges=judges)), 50, Streams(0, 0), entries), 3))
        assert all((e.candidates < 0).sum(axis=1).tolist() == [20] * 50 for e in entries)
        fewest = min((e.passed < 0).sum(axis=1).min() for e in entries)
        assert fewest >= 20 if judges == "made" else fewest < 20
    assert worst_case_cost(Scenario(curator=Reward(comparisons=10_000))) > BUDGET


# ---- experts who correct


def test_experts_replace_what_they_find_wrong():
    """Of a first generation beyond one standard deviation of 0.5 the share 1 − 0.6247 is replaced by real examples, and counted; the
    loop follows the law of endless data, also with a share that is left as it is.  Controls: a radius of 1.1, and a share of 0.7."""
    s = replace(BIG, curator=Expert(centre=0.5))
    wrong = 1 - (stats.norm.cdf(1.5) - stats.norm.cdf(-0.5))
    found = ledger(replace(s, lineages=16)).replaced
    assert found[0] == 0
    assert found[1] / s.n == pytest.approx(wrong, abs=4 * np.sqrt(wrong * (1 - wrong) / (16 * s.n)) + 0.002)
    assert (np.diff(found[1:]) < 0).all(), "the narrower, the less looks wrong"
    for share, other in ((1.0, 0.7), (0.6, 0.8)):
        for model in (Gaussian(), KNOWN):
            asked = replace(s, curator=Expert(centre=0.5, corrected=share), model=model)
            law, control = (
                curated.corrected(0.5, radius, kept, 11, model is KNOWN)
                for radius, kept in ((1.0, share), (1.1, other))
            )
            last = ends(asked)
            at = slice(0, 1) if model is KNOWN else slice(0, 2)
            truth, lie = (np.array([p.mean[-1], p.variance[-1]])[at] for p in (law, control))
            assert agree(z_scores(last[:, at], truth))
            assert not agree(z_scores(last[:, at], lie))
            np.testing.assert_allclose(curated.curated(asked).mean[1:], law.mean)


def test_experts_hold_the_middle_and_narrow_the_model():
    """20 examples, 30 generations, beyond two standard deviations: less drift than without anybody, and less variance."""
    s = Scenario(n=20, generations=30, lineages=2000)
    alone, with_experts = s, replace(s, curator=Expert(radius=2.0))
    for metric in ("mean_drift", "variance"):
        without, checked = (run(x, keep=(metric,)).measure(metric)[:, -1] for x in (alone, with_experts))
        assert z_of_two(without, checked)[0] > 4.4, metric


def test_nothing_is_replaced_by_experts_without_time():
    s = Scenario(curator=Expert(corrected=0.0, radius=0.1), n=30, generations=4, lineages=3)
    assert ledger(s).replaced.tolist() == [0.0] * 4
    assert ledger(replace(s, curator=Verifier())).replaced.tolist() == [0.0] * 4


# ---- what is known of whom


def test_the_law_of_endless_data_is_said_where_it_is_known():
    for curator in (Verifier(), Preference(), Expert()):
        s = Scenario(curator=curator, policy=Mix(synthetic=0.8), n=50, generations=6)
        path = curated.curated(s)
        assert path.mean.shape == path.variance.shape == (7,)
        assert (path.variance[:2], path.mean[:2]) == (pytest.approx([1, 1]), pytest.approx([0, 0]))
        assert f"endless ones would leave {100 * path.variance[-1]:.2g}%" in unknown(s, "variance")
        for other in (
            replace(s, world=NormalWorld(2)),
            replace(s, policy=Accumulate()),
            replace(s, model=Gaussian(steps=3)),
            replace(s, curator=Reward()),
        ):
            assert curated.curated(other) is None
            assert "No formula is known" in unknown(other, "variance")


def test_who_judges_all_judges_real_examples_too():
    """Half of the pool is real, and judged as well: 4000 examples; control: only made ones."""
    s = replace(BIG, curator=Verifier(judges="all", centre=1.0), policy=Mix(synthetic=0.5))
    law, other = (curated.curated(replace(s, curator=replace(s.curator, judges=j))) for j in ("all", "made"))
    found = ends(s)
    assert agree(z_scores(found, [law.mean[-1], law.variance[-1]]))
    assert not agree(z_scores(found, [other.mean[-1], other.variance[-1]]))
