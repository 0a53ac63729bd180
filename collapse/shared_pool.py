"""Models that read one another, as a diet of the next ones: it has a place in the table of `policies`."""

from dataclasses import dataclass

from collapse.data import Data
from collapse.feeding import Policy, Supply
from collapse.spec import knob
from collapse.speech import exact_percent


@dataclass(frozen=True)
class SharedPool(Policy):
    """Models that read one another: lineages in groups, each fed with its own parent's output and with that of the others.

    Lineages 0 to g − 1 are the first group of g, the next g the second, and so on; what is left over is a smaller group.  Each of
    the others of a group says as much to a lineage, and nothing is read by two lineages.  This is the island model of
    population genetics (Wright 1943): within a lineage diversity lasts about g times as long, and the lineages become alike.
    """

    kind = "shared"
    says = "from its own parent and from other models"
    levers = ("group",)

    group: int = knob(8, "chains that read one another", label="models in a group", low=2, high=50)
    others: float = knob(
        0.5,
        "share of what a model learns from that other models of its group have made",
        label="share of others",
        low=0.0,
        high=1.0,
    )

    def phrase(self) -> str:
        return f"only AI-made data, {exact_percent(self.others)} of them said by {self.group - 1} other models"

    def heard(self, made: int) -> tuple[int, int]:
        read = round(self.others * made)
        return made - read, read

    def grow(self, supply: Supply) -> Data:
        own, read = self.heard(supply.n)
        return supply.synthetic(own) + supply.others(read)
