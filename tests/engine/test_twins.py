"""Twin worlds: the same noise, so that a scenario and itself differ by nothing, and two differ by what was changed."""

from dataclasses import replace

import numpy as np
import pytest

from collapse import Scenario, run
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.policies import Mix
from collapse.twins import difference, refusal, same_noise, shared
from collapse.worlds import Bimodal, OwnNumbers, Surnames

from .harness import agree, z_of_two, z_scores

S = Scenario(policy=Mix(synthetic=0.9), n=30, generations=12, lineages=400, seed=3)


def test_the_difference_is_taken_pair_by_pair():
    other = replace(S, policy=Mix(synthetic=0.8))
    a, b = run(S), run(other)
    d = difference(a, b, "variance")
    gap = b.measure("variance") - a.measure("variance")
    np.testing.assert_array_equal(d.pairs, gap)
    np.testing.assert_array_equal(d.band, np.quantile(gap, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf"))
    assert d.mean[0] == gap[:, -1].mean()
    assert d.mean[1] == gap[:, -1].std(ddof=1) / 20
    assert d.better == (gap[:, -1] > 0).mean()
    assert (difference(b, a, "variance").pairs == -gap).all()


def test_the_same_noise_makes_the_difference_sharper():
    """The standard error of pairs is below that of independent runs; both agree with each other (false alarm 1e-5); the control
    with another seed shares nothing."""
    other = replace(S, policy=Mix(synthetic=0.5))
    pairs = difference(run(S), run(other), "variance")
    apart = difference(run(S), run(replace(other, seed=99)), "variance")
    assert same_noise(S, other)
    assert not same_noise(S, replace(other, seed=99))
    assert pairs.noise > 0.3
    assert abs(apart.noise) < 0.2
    assert pairs.mean[1] < 0.9 * apart.mean[1]
    assert agree(z_of_two(pairs.pairs[:, -1], apart.pairs[:, -1]))
    assert not agree(z_scores(pairs.pairs[:, -1], 0.0)), "and it is a difference"


def test_a_large_sample_may_split_the_lineages_otherwise():
    small = Scenario(world=OwnNumbers(), n=20, lineages=300, generations=3)
    assert not same_noise(small, replace(small, n=20_000))
    assert same_noise(small, replace(small, n=21))


def test_what_cannot_be_paired_is_said():
    for name, other in (("generations", 13), ("lineages", 401)):
        two = replace(S, **{name: other})
        assert f"{name}={getattr(S, name)}" in refusal(S, two)
        with pytest.raises(ValueError, match=name):
            difference(run(S, keep=["variance"]), run(two, keep=["variance"]), "variance")
    assert refusal(S, replace(S, world=Bimodal(), model=Gaussian(estimator="unbiased"))) == ""
    types = Scenario(world=Surnames(), model=Categorical())
    assert not shared(S, types, "variance")
    assert shared(S, types, "tail_mass")
    assert not shared(S, S, "nonsense")
