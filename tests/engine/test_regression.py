"""Regression on synthetic labels: against a plain twin by least squares, published numbers, and its laws by simulation."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.special import zeta

from collapse.recursion import Streams
from collapse.regression import SOURCES, Regression, coefficients, errors, law

from .harness import agree, z_scores

SMALL = Regression(dimension=4, examples=9, generations=4, lineages=3)


def plainly(r: Regression) -> np.ndarray:
    """One lineage after the other by `lstsq` on all examples, which also finds the shortest solution."""
    streams, xs, es = Streams(r.seed, 0), [], []
    for t in range(1, r.generations + 1):
        new = streams(t, "fresh").standard_normal((r.lineages, r.examples, r.dimension))
        xs.append(new if t == 1 or r.design == "fresh" else xs[-1])
        es.append(r.noise * streams(t, "synthetic").standard_normal((r.lineages, r.examples)))
    found = np.zeros((r.lineages, r.generations + 1, r.dimension))
    for i in range(r.lineages):
        w, rows, labels = np.eye(r.dimension)[0], [], []
        found[i, 0] = w
        for t in range(r.generations):
            if r.policy == "replace":
                rows, labels = [], []
            rows.append(xs[t][i])
            labels.append(xs[t][i] @ w + es[t][i])
            w = np.linalg.lstsq(np.concatenate(rows), np.concatenate(labels), rcond=None)[0]
            found[i, t + 1] = w
    return found


@pytest.mark.parametrize("policy", ["replace", "accumulate"])
@pytest.mark.parametrize("design", ["same", "fresh"])
@pytest.mark.parametrize("dimension", [4, 9, 14])
def test_every_lineage_is_that_of_plain_least_squares(policy, design, dimension):
    r = replace(SMALL, policy=policy, design=design, dimension=dimension, noise=0.3)
    np.testing.assert_allclose(coefficients(r), plainly(r), atol=1e-6, rtol=1e-6)


def test_published_numbers():
    """d = 5, T = 20, σ = 1: .35714 at first, 3.571 in generation 10 by replace and .5535 by accumulate, π²/6 times at most."""
    for policy, tenth in (("replace", 3.5714), ("accumulate", 0.5535)):
        values, standing = law(Regression(policy=policy))
        assert (values[0], standing) == (0.0, "exact")
        assert values[1] == pytest.approx(0.35714, abs=1e-5)
        assert values[10] == pytest.approx(tenth, abs=1e-4)
    for_ever = law(Regression(policy="accumulate", generations=100))[0]
    assert for_ever[-1] < for_ever[1] * zeta(2)
    assert for_ever[-1] == pytest.approx(for_ever[1] * (math.pi**2 / 6 - 0.01), rel=1e-4)
    few = law(Regression(dimension=20, examples=12, noise=0.0, design="fresh", generations=6))[0]
    np.testing.assert_allclose(few, 1 - 0.6 ** np.arange(7))
    assert all(source.full for source in SOURCES)


@pytest.mark.parametrize(
    "case",
    [
        Regression(),
        Regression(design="fresh"),
        Regression(policy="accumulate"),
        Regression(dimension=20, examples=12, noise=0.0, design="fresh"),
        Regression(dimension=20, examples=12, noise=0.5, design="fresh"),
        Regression(dimension=20, examples=12, noise=0.5),
        Regression(dimension=20, examples=12, noise=0.5, policy="accumulate"),
    ],
    ids=str,
)
def test_exact_laws_by_simulation(case):
    """3000 lineages, generations 1, 3 and 6; false alarm 1e-5; control: the law with one example more."""
    r = replace(case, generations=6, lineages=3000, seed=4)
    found, (values, standing) = errors(r)[:, [1, 3, 6]], law(r)
    assert standing == "exact"
    assert agree(z_scores(found, values[[1, 3, 6]]))
    assert not agree(z_scores(found, law(replace(r, examples=r.examples + 1))[0][[1, 3, 6]]))


def test_with_fresh_inputs_the_law_of_accumulation_is_only_a_bound():
    """.5186 ± .0050 was found by another program in generation 10 where the law says .5535: here the same within both errors."""
    r = Regression(policy="accumulate", design="fresh", lineages=6000)
    found, (values, standing) = errors(r), law(r)
    assert standing == "upper bound"
    error = found[:, 10].std() / math.sqrt(6000)
    assert abs(found[:, 10].mean() - 0.5186) < 4 * math.hypot(error, 0.0050)
    assert found[:, 10].mean() < values[10] - 4 * error
    assert agree(z_scores(found[:, 1:2], values[1]))


def test_where_no_law_is_known_none_is_claimed():
    for examples in (4, 5, 6):
        assert law(Regression(dimension=5, examples=examples)) is None
    assert law(Regression(dimension=20, examples=10, policy="accumulate", design="fresh")) is None


def test_links_bounds_and_the_budget():
    r = Regression.from_query("dimension=3&examples=30&policy=accumulate&design=fresh")
    assert (r.dimension, r.policy, r.generations) == (3, "accumulate", 10)
    assert Regression.from_query(r.to_query()) == r
    with pytest.raises(ValueError, match="dimension='61' is not possible: give a whole number from 1 to 60"):
        Regression.from_query("dimension=61")
    with pytest.raises(ValueError, match="lower dimension=60"):
        Regression(dimension=60, examples=1000, lineages=10_000).within()
    assert Regression().within() == Regression()


def test_twins_meet_the_same_noise():
    """The first model is the same whatever comes later; lineages come in parts without a seam."""
    first = [
        coefficients(replace(SMALL, policy=p, design=d))[:, 1]
        for p in ("replace", "accumulate")
        for d in ("same", "fresh")
    ]
    assert all((w == first[0]).all() for w in first)
    large = Regression(dimension=50, examples=1000, lineages=45, generations=1)
    found = errors(large)
    assert len(np.unique(found[:, 1])) == 45
    assert found[:, 1].mean() == pytest.approx(50 / 949, rel=0.1)
