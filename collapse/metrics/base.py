"""What a metric is: a function of a belief and the world, its words, and where it can be measured."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from collapse.beliefs.base import U
from collapse.data import Array
from collapse.scenario import Scenario
from collapse.sources import Source
from collapse.worlds import World

STEP = 1500  # numbers that could be handled while a metric is asked for at all
HALVING = 4000  # and while a quantile between groups is looked for, for each of them


@dataclass(frozen=True)
class Metric:
    """A function (belief, world) → (…), with the words a reader needs.

    `density`: needs a world with a density; `likelihood`: needs a model with one; `line`: needs one dimension; `closed`: in more,
    only a Gaussian that learns from a Gaussian has a formula; `parts`: needs a mixture, of at least so many components; `groups`:
    needs a world with known groups; `matched`: and as many components as groups; `spaces`: the kinds of world it is for;
    `encoded`: needs a model that keeps noise, as an ELBO does; `valley`: needs a world with one; `integral`: it adds up over the
    whole belief, which costs (see `budget.measuring_cost`); `sized`: its value of generation 0 depends on how many examples train the
    first model; `told`: numbers handled to measure one text, where they are many.
    """

    name: str
    function: Callable[[Any, Any], Array]
    label: str
    source: Source
    spaces: tuple[str, ...] = ("real",)
    density: bool = False
    likelihood: bool = False
    line: bool = False
    closed: bool = False
    parts: int = 0
    groups: bool = False
    matched: bool = False
    encoded: bool = False
    valley: bool = False
    integral: bool = False
    sized: bool = False
    told: int = 0

    def cost(self, world: World, integral: int) -> int:
        """Numbers handled to measure one lineage in one generation, where one integral over a belief handles `integral`."""
        return self.integral * integral + (self.told if world.space == "text" else 0)

    def step(self, world: World) -> int:
        """Numbers handled to measure it in one generation of one block, however few lineages there are."""
        asks = (self.integral or self.line) and world.space == "real" and world.d == 1
        return STEP + (len(U) * world.cost_of_a_quantile + HALVING * world.cost_of_a_density if asks else 0)

    def refusal(self, scenario: Scenario) -> str:
        """Why it cannot be measured in this scenario, or an empty text."""
        world, model = scenario.world, scenario.model
        if world.space not in self.spaces:
            return f"it is for {' or '.join(self.spaces)}, and {world.kind} has {world.space}"
        if self.density and world.finite and world.space == "real":
            return f"{world.kind} is a finite data set without a density: heldout_nll measures the same on real data"
        if self.likelihood and not model.density:
            return f"{model.kind} can only be sampled and has no density: w1 compares samples"
        if self.encoded and model.silent:
            return model.silent
        if self.line and world.space == "real" and world.d > 1:
            return "it is for one dimension"
        if self.closed and world.space == "real" and world.d > 1 and (world.kind, model.kind) != ("normal", "gaussian"):
            return "in more than one dimension there is no formula for it, unless a Gaussian learns from a Gaussian"
        if self.valley and world.valley is None:
            return f"{world.kind} has no valley between two humps on a line"
        if getattr(model, "components", 0) < self.parts:
            return "it is for a mixture" + (f" of at least {self.parts} components" if self.parts > 1 else "")
        if self.groups and world.groups is None:
            return f"no groups are known in {world.kind}"
        if self.matched and world.groups is not None and len(world.groups.weights) != model.components:  # type: ignore[attr-defined]
            return f"it is for as many components as {world.kind} has groups, which is {len(world.groups.weights)}"
        return ""
