"""Lineages that read one another: Wright's island model, exact for every affine model, as types or as numbers.

In a group of g, each lineage is fed s examples of its own parent and k = n − s of the others, of each as many give or take one.
Follow V, the expected variance of what a lineage is fed; D = E μ_i² − E μ_i μ_j, half the expected squared distance of
the means of two lineages of a group, which is the variance between them; and C = E μ_i μ_j, what their drifts share.

With A the sum of the squared numbers that the others say, e = (2sk + k² − A)/n² is the share of all n² pairs of examples of one diet
that have two speakers; of the pairs with one example of either of two diets, e/(g − 1) have one speaker.  Hence, if a model speaks
with variance λv,

    V' = (1 − 1/n)λV + eD,    D' = λV/n + (1 − eg/(g − 1))D,    C' = C + eD/(g − 1).

V + D + C is kept where λ = 1 and the fit divides by n.  What all of a group say together, V + (1 − 1/g)D, loses only λV/(gn) a
generation: alone (e = 0) lineages freeze apart, and with s = n/g they are one pool of gn examples, which drifts as a whole.
"""

from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.scenario import Scenario
from collapse.shared_pool import SharedPool


class Islands(NamedTuple):
    """Expectations as shares of the world's variance for t = 0…T, each (T + 1,), averaged over lineages.

    `within` a lineage; `between` the lineages of a group, half the squared distance of two means; `together`: of all that a group
    says; `drift`: squared, of the mean of what a lineage is fed.
    """

    within: Array
    between: Array
    together: Array
    drift: Array

    @property
    def fixation(self) -> Array:
        """Wright's F_ST, between ÷ (within + between), (T + 1,): 0 where lineages are alike, 1 where each has only one thing left."""
        return self.between / (self.within + self.between)


def exchange(n: int, own: int, group: int) -> float:
    """e, the share of the n² pairs of examples of one diet that two different lineages of the group have said."""
    if group < 2:
        return 0.0
    read = n - own
    each, more = divmod(read, group - 1)
    squares = (group - 1 - more) * each**2 + more * (each + 1) ** 2
    return (2 * own * read + read**2 - squares) / n**2


def step(n: int, own: int, group: int, heat: float) -> Array:
    """The matrix (2, 2) that takes (V, D) to those of the next generation, for a model that fits V as it is; `heat`: λ."""
    e = exchange(n, own, group)
    return np.array([[(1 - 1 / n) * heat, e], [heat / n, 1 - e * group / max(group - 1, 1)]])


def islands(scenario: Scenario, a: float, b: float, heat: float) -> Islands:
    """The island model of a scenario whose policy is `shared`, for a model that fits aV + b and speaks with `heat` times that."""
    s = scenario
    assert isinstance(s.policy, SharedPool)
    own, g = s.policy.heard(s.n)[0], min(s.policy.group, s.lineages)
    parts = [(g, s.lineages - s.lineages % g), (s.lineages % g, s.lineages % g)]
    found = [np.array(_group(s, own, size, a, b, heat)) * (number / s.lineages) for size, number in parts if number]
    return Islands(*sum(found[1:], found[0]))


def _group(s: Scenario, own: int, g: int, a: float, b: float, heat: float) -> Islands:
    """The same for the lineages of groups of g."""
    pair, shared = np.zeros((s.generations + 1, 2)), np.zeros(s.generations + 1)
    pair[0], pair[1] = (1.0, 0.0), (a * (1 - 1 / s.n) + b, 1 / s.n)
    turn, e = step(s.n, own, g, heat), exchange(s.n, own, g)
    for t in range(1, s.generations):
        v, d = turn @ pair[t]
        pair[t + 1] = a * v + b, d
        shared[t + 1] = shared[t] + e / max(g - 1, 1) * pair[t, 1]
    within, between = pair.T
    return Islands(within, between, within + (1 - 1 / g) * between, between + shared)
