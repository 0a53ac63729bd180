"""A policy of one's own: a fixed number of the first real examples is preserved, however large the diet is."""

from dataclasses import dataclass

from collapse import Scenario, run
from collapse.bands import median
from collapse.data import Data
from collapse.policies import POLICIES, Policy, Supply
from collapse.spec import knob


@dataclass(frozen=True)
class Preserve(Policy):
    """So many of the first real examples are shown to every model; the rest of its diet is synthetic."""

    kind, says, original = "preserve", "beside a few preserved real examples", True

    examples: int = knob(5, "how many real examples are preserved", label="preserved examples", low=1, high=1000)

    def grow(self, supply: Supply) -> Data:
        real = min(self.examples, supply.n)
        return supply.same(real) + supply.synthetic(supply.n - real)


POLICIES[Preserve.kind] = Preserve
for policy in ("replace", "preserve", "preserve&policy.examples=1"):
    variance = run(Scenario.from_query(f"policy={policy}&n=50&generations=100&lineages=200")).measure("variance")
    print(f"{policy}: {median(variance)[-1]:.3f} of the variance is left after 100 generations")
