"""The curve of a belief that has no density: how its samples are spread, on the grid of every other curve."""

from collections import Counter

import numpy as np

from collapse import Scenario, run
from collapse.beliefs import Cloud, Normal
from collapse.figures.shapes import curves, window
from collapse.recursion import replay
from collapse.worlds import WORLDS


def test_samples_are_drawn_as_their_density_would_be() -> None:
    """20,000 samples of two bell curves: 5,000 stand in the highest place, so heights differ by 0.05 at most from the exact ones.

    Control: a flat curve.
    """
    rows = np.array([1.0, -3.0])[:, None, None] + np.array([0.5, 2.0])[:, None, None] * (
        np.random.default_rng(1).standard_normal((2, 20_000, 1))
    )
    x, heights = curves(Cloud(rows))
    _, exact = curves(Normal(np.array([[1.0], [-3.0]]), np.array([[[0.25]], [[4.0]]])))
    assert heights.shape == exact.shape == x.shape
    assert heights.max(axis=-1).tolist() == [1.0, 1.0]
    assert np.abs(heights - exact).max() < 0.05
    assert np.abs(1 - exact).max() > 0.5


def test_the_axis_stays_the_same_along_the_slider() -> None:
    """Of the chain in the middle and of its neighbours, unless one walks far.

    Control: one that walks away makes room on its side only.
    """
    world = WORLDS["normal"]()
    spans = []
    for n in (5, 10, 20, 21, 22, 50, 200, 1000):
        found = run(Scenario(n=n, lineages=40))
        for lineage in np.argsort(found.measure("variance")[:, -1])[[19, 20, 21]]:
            params = replay(found.scenario, int(lineage))
            spans.append(tuple(window(world, curves(found.scenario.model.belief(params))[0])))
    (usual, times), *_ = Counter(spans).most_common()
    assert times >= 20  # of 24
    left, right = window(world, np.linspace(-3.0, 9.0, 65))
    assert left == usual[0]
    assert right > usual[1]
