"""The share of a minority: against published numbers, a plain simulation, and the engine's own types."""

import numpy as np
import pytest

from collapse.laws.bias import feedback_bound, halving_time, tempered_share, two_groups
from collapse.models.categorical import Categorical
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.worlds import Surnames

from .harness import agree, z_scores


def test_a_minority_by_throwing_dice():
    """p = .2, n = 50, 20 000 lineages thrown one by one: mean, variance, chance of loss; false alarm 1e-5; control: n = 45."""
    rng, law, wrong = np.random.default_rng(5), two_groups(0.2, 50, 60), two_groups(0.2, 45, 60)
    share = np.full(20_000, 0.2)
    for t in range(1, 61):
        share = rng.binomial(50, share) / 50
        if t in (1, 10, 30, 60):
            assert agree(z_scores(share, law.mean[t]))
            assert agree(z_scores((share - 0.2) ** 2, law.variance[t]))
            assert agree(z_scores(2 * share * (1 - share), law.differ[t]))
            if t > 1:
                assert agree(z_scores(share == 0, law.lost[t]))
                assert not agree(z_scores(share == 0, wrong.lost[t]))


def test_published_chances():
    """n = 20, p = .3: not absorbed .4224 after 20 generations and .0546 after 60; in the end lost with 1 − p = .8 for p = .2."""
    law = two_groups(0.3, 20, 60)
    left = 1 - law.lost - law.alone
    assert left[20] == pytest.approx(0.4224, abs=2e-3)
    assert left[60] == pytest.approx(0.0546, abs=1e-3)
    end = two_groups(0.2, 50, 1000)
    assert end.lost[-1] == pytest.approx(0.8, abs=1e-6)
    assert end.alone[-1] == pytest.approx(0.2, abs=1e-6)
    assert (np.diff(end.lost) >= -1e-12).all()
    assert two_groups(0.1, 100, 10).lost[10] == pytest.approx(0.161, abs=0.004)
    assert end.mean.tolist() == [0.2] * 1001


def test_a_group_of_types_is_one_type():
    """The rarest of 12 surnames as one group in the engine, 4000 lineages; false alarm 1e-5; control: another n."""
    world = Surnames(types=12)
    s = Scenario(world=world, model=Categorical(), n=30, generations=20, lineages=4000)
    group = np.arange(12) >= 8
    share = run(s).params.p[..., group].sum(axis=-1)
    law = two_groups(world.p[group].sum(), 30, 20)
    assert agree(z_scores(share, law.mean[1:]))
    assert agree(z_scores(share[:, 3:] == 0, law.lost[4:]))
    assert not agree(z_scores(share[:, 3:] == 0, two_groups(world.p[group].sum(), 26, 20).lost[4:]))


def test_halving():
    for n in (2, 10, 1000):
        assert (1 - 1 / n) ** halving_time(n) == pytest.approx(0.5)
    assert halving_time(1000) == pytest.approx(1000 * np.log(2), rel=1e-3)


@pytest.mark.parametrize("tau", [0.8, 0.95, 1.0, 1.2])
def test_temperature_by_reweighting_again_and_again(tau):
    p, found = np.array([0.3, 0.7]), [0.3, 0.3]
    for _ in range(10):
        p = p ** (1 / tau)
        p = p / p.sum()
        found.append(p[0])
    np.testing.assert_allclose(tempered_share(0.3, tau, 11), found, rtol=1e-12)
    assert tempered_share(0.5, tau, 50).tolist() == [0.5] * 51
    assert tempered_share(0.3, 0.5, 900)[-1] == 0
    assert tempered_share(0.0, tau, 3).tolist() == [0.0] * 4


def test_the_bound_of_data_feedback():
    """Published values for n₀ = 50 000."""
    at = [1, 10, 50, 100, 400]
    np.testing.assert_allclose(
        feedback_bound(1000, 4000, 50_000, 400)[at], [1.073, 1.504, 2.186, 2.506, 3.082], atol=6e-4
    )
    np.testing.assert_allclose(
        feedback_bound(2500, 2500, 50_000, 400)[at], [1.046, 1.289, 1.588, 1.695, 1.842], atol=6e-4
    )
    assert feedback_bound(2500, 2500, 50_000, 100_000)[-1] == pytest.approx(2, abs=0.02)


def test_what_is_not_possible_is_refused():
    for wrong in ((1.2, 10), (0.5, 0), (0.5, 2001)):
        with pytest.raises(ValueError, match="is not possible"):
            two_groups(*wrong, 3)
    with pytest.raises(ValueError, match="n=1 is not possible"):
        halving_time(1)
    with pytest.raises(ValueError, match="temperature=0"):
        tempered_share(0.5, 0.0, 3)
    with pytest.raises(ValueError, match="100,000 rounds"):
        feedback_bound(1, 1, 1, 100_001)
