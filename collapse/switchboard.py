"""The three causes of model collapse on or off: eight worlds on the same noise, and what each cause contributes to the loss.

    sampling        few examples train a model, not endless ones
    expressivity    the family cannot express the world
    approximation   the fit stops early, or looks for something else than the best member of the family

Shumailov et al. (2024) name these three.  Whoever turns a cause on meets others that are on or off already, so that its effect
depends on them; the Shapley value is its mean effect over all orders in which the three can be turned on (Shapley 1953).

The eight worlds have one seed.  Where two of them draw in another way, as a model that needs every example beside one that needs
moments, or another world in its first generation, the noise is not the same, which widens intervals and shifts no mean.
"""

from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

import numpy as np

from collapse.budget import worst_case_cost
from collapse.data import Array
from collapse.endless import effort, endless
from collapse.metrics import METRICS, metric_named
from collapse.models.gaussian import Gaussian
from collapse.models.mixture import Mixture
from collapse.models.ngram import Ngram
from collapse.recursion import aside, last
from collapse.scenario import Scenario
from collapse.worlds import Alice, Groups, NormalWorld

CAUSES = ("sampling", "expressivity", "approximation")
DRAWS = 1000  # of lineages with replacement, for an interval
LEVELS = (2.5, 97.5)
ROUNDING = 1e-9  # of the largest loss: effects that add up so well add up exactly


@dataclass(frozen=True)
class Switch:
    """What a cause changes in a scenario, in words, and as the keys and values of a link: `model.steps=20`."""

    says: str
    changes: str = ""


@dataclass(frozen=True)
class Family:
    """A scenario in which nothing but samples of n examples is wrong, and how the two other causes are turned on in it.

    `loss`: the metric that is compared, in generation `base.generations`.  `plenty`: without the cause sampling, so many examples
    train a model; with 0, endless ones, whose models are computed.  To ask for other values, replace `base`.
    """

    name: str
    base: Scenario
    sampling: Switch
    expressivity: Switch
    approximation: Switch
    loss: str = "kl_world_model"
    plenty: int = 0

    def scenario(self, sampling: bool, expressivity: bool, approximation: bool) -> Scenario:
        """One of the eight worlds."""
        parts = [f"n={self.plenty}"] if self.plenty and not sampling else []
        parts += [self.expressivity.changes] if expressivity else []
        parts += [self.approximation.changes] if approximation else []
        return Scenario.from_query("&".join(filter(None, parts)), self.base)

    def cost(self) -> int:
        """Numbers handled by all eight worlds, if every fit takes as long as it may; see `budget`."""
        total = 0
        for switches in product((False, True), repeat=len(CAUSES)):
            s = self.scenario(*switches)
            total += worst_case_cost(s, (self.loss,)) if switches[0] or self.plenty else effort(s)
        return total


class Share(NamedTuple):
    """What one cause contributes to the mean loss, with the 95% interval of a bootstrap over lineages."""

    mean: float
    low: float
    high: float


class Decomposition(NamedTuple):
    """The loss with all causes beyond that with none: `total`, the `shares` of the causes by name, which add up to it; `alone`, what
    each adds when the two others are off; `interaction`, the total less all of `alone`; `adds`: is there none, in any lineage and any
    of the eight worlds, but for rounding?"""

    total: Share
    shares: dict[str, Share]
    alone: dict[str, float]
    interaction: Share
    adds: bool


def losses(family: Family) -> Array:
    """The loss of every lineage in the eight worlds, (2, 2, 2, R): an axis for each of `CAUSES`, off and on, with the same seed."""
    found = np.empty((2, 2, 2, family.base.lineages))
    for switches in product((0, 1), repeat=len(CAUSES)):
        s = family.scenario(*map(bool, switches))
        metric = metric_named(family.loss, s)
        if switches[0] or family.plenty:
            found[switches] = last(s, (metric.name,))[metric.name]
        else:
            found[switches] = np.squeeze(METRICS[metric.name].function(endless(s)[-1], s.world))
    return found


def shapley(values: Array) -> Array:
    """The Shapley value of each of three causes, (3, …), from values (2, 2, 2, …) with each of them off and on."""
    v = np.asarray(values, dtype=float)
    found = []
    for cause in range(len(CAUSES)):
        off, on = np.moveaxis(v, cause, 0)
        effect = on - off  # with the two others off or on
        found.append(effect[0, 0] / 3 + (effect[0, 1] + effect[1, 0]) / 6 + effect[1, 1] / 3)
    return np.stack(found)


def alone(values: Array) -> Array:
    """What each cause adds when the others are off, (3, …)."""
    return np.stack([values[1, 0, 0], values[0, 1, 0], values[0, 0, 1]]) - values[0, 0, 0]


def additive(values: Array) -> bool:
    """Is each of the eight losses that of no cause, plus what each cause that is on adds alone?"""
    single = alone(values)
    added = np.stack(
        [values[0, 0, 0] + np.tensordot(on, single, axes=1) for on in product((0.0, 1.0), repeat=len(CAUSES))]
    )
    return bool(np.abs(added.reshape(values.shape) - values).max() <= ROUNDING * np.abs(values).max())


def decomposed(values: Array, seed: int = 0) -> Decomposition:
    """What each cause contributes to the mean of losses (2, 2, 2, R); intervals resample whole lineages, in all eight worlds at once.

    Where a loss is infinite, so is what is made of it, or it is not a number.
    """
    lineages = values.shape[-1]
    single = alone(values)
    total = values[1, 1, 1] - values[0, 0, 0]
    rows = np.stack([total, total - single.sum(axis=0), *shapley(values)])
    weights = aside(seed).multinomial(lineages, np.full(lineages, 1 / lineages), size=DRAWS) / lineages
    low, high = np.percentile(rows @ weights.T, LEVELS, axis=1)
    found = [Share(*map(float, row)) for row in zip(rows.mean(axis=1), low, high, strict=True)]
    return Decomposition(
        total=found[0],
        shares=dict(zip(CAUSES, found[2:], strict=True)),
        alone=dict(zip(CAUSES, single.mean(axis=1).tolist(), strict=True)),
        interaction=found[1],
        adds=additive(values),
    )


FAMILIES = {
    family.name: family
    for family in (
        Family(
            "bell curve",
            Scenario(NormalWorld(), Gaussian(), n=100, generations=10, lineages=200),
            Switch("100 examples train each model, not endless ones"),
            Switch("the world has two humps, and one bell curve cannot have them", "world=bimodal"),
            Switch("each fit stops after 20 gradient steps from the same start", "model.steps=20"),
        ),
        Family(
            "mixture",
            Scenario(Groups(), Mixture(components=3), n=300, generations=10, lineages=40),
            Switch("300 examples train each model, not endless ones"),
            Switch("two bell curves for three groups", "model.components=2"),
            Switch(
                "each fit stops after three steps of EM, begun anew from slices of the data",
                "model.start=cold&model.iterations=3",
            ),
        ),
        Family(
            "text",
            Scenario(Alice(), Ngram(order=3), n=4000, generations=3, lineages=4),
            Switch("4,000 letters train each model, not 30,000"),
            Switch("a model that looks back on one letter, not on three", "model.order=1"),
            Switch("what is common counts for more than it should: temperature 0.8", "decoder.temperature=0.8"),
            loss="heldout_nll",
            plenty=30_000,
        ),
    )
}
