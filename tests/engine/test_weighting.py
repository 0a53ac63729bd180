"""How much real data should weigh: published numbers, a plain twin, and the laws against simulations that could refuse them."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from collapse.__main__ import main
from collapse.recursion import Streams
from collapse.weighting import (
    Weighting,
    best,
    errors,
    last_errors,
    law,
    models,
    needed,
    pooled,
    settled,
    settled_variance,
)

from .harness import agree, z_scores

GOLDEN = (np.sqrt(5) - 1) / 2


@pytest.mark.parametrize(("weight", "error"), [(0.3, 1.137), (0.5, 0.667), (0.618, 0.618), (0.8, 0.708), (1.0, 1.0)])
def test_published_numbers(weight, error):
    """n Var(μ∞)/σ² for as many real as synthetic examples; the recursion ends where the closed form says."""
    assert settled(weight, 1.0) == pytest.approx(error, abs=5e-4)
    s = Weighting(weight=weight, generations=needed(weight, 1e-9))
    assert law(s)[0][-1] == pytest.approx(float(settled(weight, 1.0)), rel=1e-7)


@pytest.mark.parametrize("k", [0.01, 0.1, 1 / 3, 1.0, 4.0, 10.0])
def test_the_best_weight_is_its_own_error(k):
    """Against a search that knows nothing of the formula; naive pooling by hand is (k + 1)/(k + 2)."""
    found = minimize_scalar(
        lambda w: float(settled(w, k)), bounds=(1e-4, 1.0), method="bounded", options={"xatol": 1e-9}
    )
    assert best(k) == pytest.approx(found.x, abs=1e-6) == pytest.approx(found.fun, abs=1e-6)
    assert best(k) == pytest.approx((np.sqrt(k * k + 4 * k) - k) / 2)
    assert settled(pooled(k), k) == pytest.approx((k + 1) / (k + 2))


def test_equal_sizes_are_golden_and_pooling_loses_eight_percent():
    assert best(1.0) == pytest.approx(GOLDEN)
    assert float(settled(pooled(1.0), 1.0)) / best(1.0) - 1 == pytest.approx(0.0787, abs=1e-4)
    assert best(1e9) == pytest.approx(1.0, abs=1e-8), "no cancellation"


def plainly(q: Weighting) -> tuple[np.ndarray, np.ndarray]:
    """One lineage after the other, with `np.average` over all examples and their weights."""
    streams, found = Streams(q.seed, 0), np.zeros((2, q.lineages, q.generations))
    for t in range(1, q.generations + 1):
        real = streams(t, "fresh").standard_normal((q.lineages, q.real))
        luck = streams(t, "synthetic").standard_normal((q.lineages, q.made))
        for i in range(q.lineages):
            pool, weights = real[i], np.full(q.real, 1 / q.real)
            if t > 1:
                mean, variance = found[:, i, t - 2]
                pool = np.concatenate([real[i], mean + np.sqrt(variance) * luck[i]])
                weights = np.concatenate([np.full(q.real, q.weight / q.real), np.full(q.made, (1 - q.weight) / q.made)])
            centre = np.average(pool, weights=weights)
            spread = np.average((pool - centre) ** 2, weights=weights)
            found[:, i, t - 1] = centre, 1.0 if q.variance == "known" else spread
    return found[0], found[1]


@pytest.mark.parametrize("variance", ["known", "fitted"])
def test_every_lineage_is_that_of_a_plain_weighted_average(variance):
    q = Weighting(real=5, made=7, weight=0.3, variance=variance, generations=6, lineages=4)
    for ours, theirs in zip(models(q), plainly(q), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("variance", ["known", "fitted"])
@pytest.mark.parametrize(("real", "made", "weight"), [(10, 10, GOLDEN), (4, 16, 0.5), (12, 3, 0.3)])
def test_the_law_is_what_happens_on_average(real, made, weight, variance):
    """4000 lineages, false alarm 1e-5.  The control: the law of another weight, and the variance that a model would have without the
    scatter between the two parts."""
    q = Weighting(real=real, made=made, weight=weight, variance=variance, generations=12, lineages=4000, seed=3)
    error, spread = law(q)
    assert agree(z_scores(errors(q), error))
    assert not agree(z_scores(errors(q), law(replace(q, weight=weight + 0.15))[0]))
    if variance == "fitted":
        found = models(q)[1]
        assert agree(z_scores(found, spread))
        within = weight * (1 - 1 / real) + (1 - weight) * (1 - 1 / made) * spread
        assert not agree(z_scores(found[:, 1:], within[:-1]))
        assert law(replace(q, generations=1000))[1][-1] == pytest.approx(settled_variance(q), rel=1e-9)
    else:
        assert (spread == 1).all()


def test_several_weights_meet_the_same_examples():
    q, weights = Weighting(real=10, made=20, generations=9, lineages=50, seed=2), (0.2, 0.7, 1.0)
    together = last_errors(q, weights)
    for i, weight in enumerate(weights):
        np.testing.assert_array_equal(together[:, i], errors(replace(q, weight=weight))[:, -1])


def test_real_data_must_go_on():
    """The caveat of the golden ratio: any weight keeps the error bounded; with almost no weight it grows like a random walk first."""
    walk = law(Weighting(weight=0.01, generations=40))[0]
    assert walk[-1] > 25
    assert settled(0.01, 1.0) < 51
    assert settled_variance(Weighting(weight=float(best(1.0)), variance="fitted")) < 1


def test_on_the_command_line(capsys):
    assert main(["weight", "real=5&made=5&weight=0.5&generations=3&lineages=400"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "generation,error,error_standard_error,error_law,variance,variance_standard_error,variance_law"
    assert [line.split(",")[3] for line in lines[1:]] == ["1", "0.75", "0.6875"], "w² + (1 − w)²(q + 1) by hand"
    for wrong in ("weight=2", "weigh=1", "real=1000000&made=1000000&lineages=10000&generations=1000"):
        assert main(["weight", wrong]) == 2
        assert capsys.readouterr().err.startswith("collapse: ")
