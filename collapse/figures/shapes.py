"""Densities as curves: of the real world, and of what a model believes, on a grid of its own (mean ± 4 standard deviations), so that
a spike stays a curve however narrow it gets."""

import numpy as np

from collapse.beliefs import Cloud
from collapse.beliefs.base import Distribution
from collapse.beliefs.boxes import Boxes
from collapse.data import Array
from collapse.worlds import World

CELLS = 60
POINTS = 65
_GRID = np.linspace(-4.0, 4.0, POINTS)


def curves(belief: Distribution) -> tuple[Array, Array]:
    """(x, height) of densities in one dimension, each (…, 65), the height scaled to 1 at the peak; of samples and of
    boxes, which may lie between the points, the mass around each point."""
    sd = np.sqrt(belief.total)[..., None]
    x = belief.mean + sd * _GRID
    if isinstance(belief, Cloud | Boxes):
        half = sd * (_GRID[1] - _GRID[0])
        heights = belief.cdf(x + half) - belief.cdf(x - half)
        return x, heights / heights.max(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):  # a spread of nothing is a spike
        logs = np.where(sd > 0, belief.logpdf(x), np.where(_GRID == 0, 0.0, -np.inf))
    return x, np.exp(logs - logs.max(axis=-1, keepdims=True))


def ghost(world: World) -> tuple[Array, Array]:
    """(x, height) of the real world: its density, or a histogram (Freedman–Diaconis) of a finite data set."""
    if world.finite:
        values = world.distribution.levels()[1]
        heights, edges = np.histogram(values, bins=bins(values))
        x = np.repeat(edges, 2)
        y = np.concatenate([[0.0], np.repeat(heights / heights.max(), 2), [0.0]])
        return x, y
    low, high = world.distribution.quantile(np.array([0.0005, 0.9995]))
    x = np.linspace(low - 0.05 * (high - low), high + 0.05 * (high - low), 121)
    logs = world.distribution.logpdf(x)
    return x, np.exp(logs - logs[np.isfinite(logs)].max())


def bins(x: Array) -> Array:
    """Edges by the rule of Freedman and Diaconis, but at most 60 cells however far an outlier lies."""
    low, high = float(x.min()), float(x.max())
    quartiles = np.quantile(x, (0.25, 0.75))
    width = 2 * float(quartiles[1] - quartiles[0]) / np.cbrt(len(x))
    return np.linspace(low, high, 1 + int(min(CELLS, max(5, np.ceil((high - low) / width) if width > 0 else CELLS))))


def window(world: World, x: Array) -> list[float]:
    """The x axis: the world with a third of its width around it, and two thirds on a side where a lineage leaves that.

    By steps, and a wide first one, so that the axis stays the same from one run to the next unless there is a reason.
    """
    low, high = (float(v) for v in world.distribution.quantile(np.array([0.001, 0.999])))
    step = (high - low) / 3
    past = low - float(np.quantile(x, 0.02)), float(np.quantile(x, 0.98)) - high
    more = [step * (2 if p > step else 1) for p in past]
    return [low - more[0] - step / 6, high + more[1] + step / 6]
