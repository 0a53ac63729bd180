"""The two moments of a histogram that is fed with what its parent says."""

import numpy as np
from scipy.special import ndtr

from collapse.beliefs.base import bell
from collapse.data import Array
from collapse.models.histogram import Histogram
from collapse.scenario import Scenario

WAVES = np.arange(1, 101)
FINE = np.linspace(
    -7.0, 7.0, 2001
)  # nodes so near to one another that they follow the quickest of the waves that count


def binned(scenario: Scenario) -> tuple[Array, Array]:
    """(E v_t, E drift²_t), each (T+1,), for a histogram with bins of width w that is fed with its parent's output alone:
    v' = (1 − 1/n)(v + w²/12) + w²/12  and  q' = q + (v + w²/12)/n.

    Moved to the middle of its bin, an example moves by e, uniform over ±w/2 as the origin is, and two by amounts whose difference
    has the mean square w² E f(1 − f), f the fractional part of their distance ÷ w: w²/6 − (w/π)² Σ_k E cos(2πk distance/w)/k².
    What a histogram says has no such waves, since a box of width w has none.  Of the world they are |φ(2πk/w)|², φ its characteristic
    function, so that the first fit has (1 − 1/n)κ less variance, and as much more drift; see `waves`.
    """
    s, n = scenario, scenario.n
    assert isinstance(s.model, Histogram)
    blur = s.model.width**2 / 12
    kappa = waves(s)
    v, q = np.empty(s.generations + 1), np.empty(s.generations + 1)
    v[0], q[0] = 1.0, 0.0
    for t in range(s.generations):
        v[t + 1] = (1 - 1 / n) * (v[t] + blur - kappa) + blur
        q[t + 1] = q[t] + (v[t] + blur) / n + (1 - 1 / n) * kappa
        kappa = 0.0
    return v, q


def waves(scenario: Scenario) -> float:
    """κ = (w²/2π²) Σ_k |φ(2πk/w)|²/k², in world variances, φ the characteristic function of the world."""
    assert isinstance(scenario.model, Histogram)
    law, width = scenario.world.distribution, scenario.model.width
    x = law.quantile(ndtr(FINE)) if law.points is None else law.points.x
    weight = bell(FINE) * (FINE[1] - FINE[0]) if law.points is None else np.full(len(x), 1 / len(x))
    turns = 2 * np.pi / (width * np.sqrt(law.total)) * (x - law.mean[0])
    phi = np.exp(1j * WAVES[:, None] * turns) @ weight
    return float(width**2 / (2 * np.pi**2) * np.sum(np.abs(phi) ** 2 / WAVES**2))
