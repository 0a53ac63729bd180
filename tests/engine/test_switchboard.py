"""Three causes on or off: the Shapley value against all orders, additivity to rounding, and the corners that are known."""

from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest

from collapse.budget import BUDGET, typical_cost
from collapse.laws import law_for
from collapse.models.gaussian import Gaussian
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.switchboard import CAUSES, FAMILIES, Family, Switch, additive, alone, decomposed, losses, shapley
from collapse.worlds import NormalWorld

from .harness import agree, z_scores

BELL = FAMILIES["bell curve"]
ON = list(product((0, 1), repeat=3))


def by_orders(v: np.ndarray) -> np.ndarray:
    """The mean over all orders of what each cause adds when its turn comes."""
    found = np.zeros((3, *v.shape[3:]))
    for order in permutations(range(3)):
        on = [0, 0, 0]
        for cause in order:
            before = v[tuple(on)]
            on[cause] = 1
            found[cause] += (v[tuple(on)] - before) / 6
    return found


def test_the_shapley_value_is_the_mean_over_orders():
    v = np.random.default_rng(1).standard_normal((2, 2, 2, 7))
    np.testing.assert_allclose(shapley(v), by_orders(v), atol=1e-12)
    np.testing.assert_allclose(shapley(v).sum(axis=0), v[1, 1, 1] - v[0, 0, 0])
    idle = np.stack([v[:, 0], v[:, 0]], axis=1)
    np.testing.assert_allclose(shapley(idle)[1], 0, atol=1e-15)
    glove = np.zeros((2, 2, 2))
    glove[1, 1, :] = glove[1, 0, 1] = 1
    np.testing.assert_allclose(shapley(glove), [2 / 3, 1 / 6, 1 / 6], err_msg="a left glove and two right ones")


def test_shares_add_up_and_intervals_are_those_of_a_mean():
    """The total's bootstrap interval against ±1.96 standard errors, within a tenth; the seed decides it."""
    v = np.random.default_rng(2).standard_normal((2, 2, 2, 400)) + np.arange(8).reshape(2, 2, 2, 1)
    found = decomposed(v)
    assert sum(share.mean for share in found.shares.values()) == pytest.approx(found.total.mean)
    assert found.total.mean - sum(found.alone.values()) == pytest.approx(found.interaction.mean)
    gap = v[1, 1, 1] - v[0, 0, 0]
    half = 1.96 * gap.std(ddof=1) / 20
    assert found.total.high - found.total.low == pytest.approx(2 * half, rel=0.1)
    assert found == decomposed(v) != decomposed(v, seed=1)
    for share in (found.total, found.interaction, *found.shares.values()):
        assert share.low < share.mean < share.high
    assert not found.adds


def test_multiplied_biases_and_samples_add_exactly_in_logarithms():
    """A temperature multiplies every variance, whatever the sample: the effects on log v add to rounding, in each lineage."""
    cooled = Family(
        "cooled",
        Scenario(n=20, generations=8, lineages=50),
        Switch("20 examples"),
        Switch("nothing"),
        Switch("temperature", "decoder.temperature=0.9"),
        loss="log_variance",
    )
    v = losses(cooled)
    found = decomposed(v)
    assert found.adds
    assert found.interaction.mean == pytest.approx(0, abs=1e-12)
    assert found.shares["approximation"].mean == pytest.approx(7 * np.log(0.9))
    assert found.shares["expressivity"].mean == pytest.approx(0, abs=1e-12)
    expected = law_for(cooled.base, "log_variance")[-1]
    assert agree(z_scores(v[1, 0, 0], expected))


@pytest.mark.parametrize("loss", ["data-weighted", "model-weighted"])
def test_weights_add_up_nearly_and_pulls_do_not(loss):
    """Weights that a finite sample has itself: of their share of log v, less than a tenth is interaction, and it is not nothing.  A
    pull to a start takes back most of what samples lose."""
    base = Scenario(n=50, generations=8, lineages=400)
    weighed, pulled = (
        losses(Family("", base, Switch(""), Switch(""), Switch("", changes), loss="log_variance"))
        for changes in (f"model.loss={loss}&model.alpha=0.2", "model.steps=5")
    )
    found = decomposed(weighed)
    assert not found.adds
    assert abs(found.interaction.mean) < 0.1 * abs(found.shares["approximation"].mean)
    other = decomposed(pulled)
    assert not other.adds
    assert other.interaction.low > 0.5 * abs(other.alone["sampling"])


def test_the_corners_of_the_bell_curve():
    """Two humps and endless data: .18928; samples alone: the law of KL; steps alone: the KL of two bell curves."""
    v = losses(replace(BELL, base=replace(BELL.base, lineages=2000)))
    np.testing.assert_allclose(v[0, 0, 0], 0, atol=1e-12)
    np.testing.assert_allclose(v[0, 1, 0], 0.18928, atol=2e-5)
    left = 0.9**20
    mean, var = 0.0, 1.0
    for _ in range(10):
        mean, var = left + (1 - left) * mean, 4 * left + (1 - left) * var
    np.testing.assert_allclose(v[0, 0, 1], ((1 + mean**2) / var - 1 + np.log(var)) / 2, rtol=1e-9)
    assert agree(z_scores(v[1, 0, 0], law_for(BELL.base, "kl_world_model")[-1]))


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda f: f.name)
def test_a_family_is_eight_runs_on_the_same_noise(family):
    v = losses(family)
    assert v.shape == (2, 2, 2, family.base.lineages)
    assert np.isfinite(v).all()
    for on in ON[4:]:
        s = family.scenario(*map(bool, on))
        assert (s.n, s.seed) == (family.base.n, family.base.seed)
        np.testing.assert_array_equal(v[on], run(s, keep=(family.loss,)).measure(family.loss)[:, -1])
    assert len({family.scenario(*map(bool, on)) for on in ON}) == (8 if family.plenty else 4)
    assert family.scenario(True, False, False) == family.base
    assert (v[0, 0, 0] < v.reshape(8, -1)[1:]).all(), "nothing is better than no error"
    assert (alone(v).mean(axis=1) > 0.01).all(), "each cause alone does harm"
    assert not additive(v)
    found = decomposed(v)
    assert tuple(found.shares) == CAUSES
    assert found.interaction.high < 0, "errors hide behind one another"


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda f: f.name)
def test_all_that_is_run_is_counted_and_little(family):
    """What eight worlds usually take is within one budget; and more of anything costs more."""
    run_worlds = ON if family.plenty else ON[4:]
    costs = [typical_cost(family.scenario(*map(bool, on)), (family.loss,)) for on in run_worlds]
    assert sum(costs) < BUDGET / 2
    assert sum(costs) <= family.cost()
    longer = replace(family, base=replace(family.base, generations=2 * family.base.generations))
    assert longer.cost() > 1.5 * family.cost()


def test_other_values_are_another_base():
    shorter = replace(BELL, base=replace(BELL.base, n=30, generations=3, lineages=7, seed=4))
    s = shorter.scenario(True, True, True)
    assert (s.n, s.generations, s.seed, s.world.kind, s.model) == (30, 3, 4, "bimodal", Gaussian(steps=20))
    assert losses(shorter).shape == (2, 2, 2, 7)
    assert isinstance(BELL.scenario(False, False, False).world, NormalWorld)
