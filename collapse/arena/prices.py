"""What a run uses, and what that costs at prices that are the visitor's own."""

from dataclasses import dataclass, fields
from typing import ClassVar, NamedTuple

import numpy as np

from collapse.curators.taste import Taste
from collapse.economics import DEAREST, Prices
from collapse.pool import Entry
from collapse.scenario import Scenario
from collapse.spec import knob


class Usage(NamedTuple):
    """What a generation uses, the mean over lineages and over the generations 1 to T: `fresh` real examples that are drawn, those of
    the first model included; examples that are `generated`; that are `kept` from earlier generations; that people have `checked`;
    that a detector has `scanned`; and that are `trained` on.  What is drawn and thrown away counts, too."""

    fresh: float
    generated: float
    kept: float
    checked: float
    scanned: float
    trained: float


@dataclass(frozen=True)
class Purse(Prices):
    """Prices in a currency of the visitor's own, and how much a generation may cost; none of these numbers is from a source."""

    kind: ClassVar[str] = "purse"
    says: ClassVar[str] = "what measures cost, and what a generation may cost"

    kept: float = knob(
        0.005, "price of keeping an example for a generation", label="keeping an example", low=0.0, high=DEAREST
    )
    checked: float = knob(
        0.2, "price of an example that people look at", label="checking an example by people", low=0.0, high=DEAREST
    )
    scanned: float = knob(
        0.01, "price of an example that a detector looks at", label="scanning an example", low=0.0, high=DEAREST
    )
    budget: float = knob(
        10.0, "what a generation may cost on average", label="budget for a generation", low=0.0, high=DEAREST
    )

    def price(self, usage: Usage) -> float:
        """What a generation costs on average."""
        extra = self.kept * usage.kept + self.checked * usage.checked + self.scanned * usage.scanned
        return self.of(usage.generated, usage.fresh, usage.trained) + extra


PRICES = tuple(f.name for f in fields(Purse) if f.name != "budget")


def usage(scenario: Scenario, entries: list[Entry]) -> Usage:
    """What a scenario uses; `entries`: the ledgers of all of its blocks where a curator judges, else empty."""
    s = scenario
    real, made = s.policy.split(s.n)
    later = s.generations - 1
    stored = (np.arange(later) + 1) * s.n if s.policy.grows else np.full(later, real if s.policy.original else 0)
    trained = s.n + stored if s.policy.grows else np.full(later, s.n)
    if s.curator.single:
        lineages, drawn, fresh, generated = s.lineages, 0.0, 0.0, 0.0
        for entry in entries:
            seen = np.arange(entry.candidates.shape[-1]) < entry.drawn[:, None]
            drawn += float(entry.drawn.sum()) / lineages
            fresh += float(entry.drawn_fresh().sum()) / lineages
            generated += float(np.sum((entry.candidates > 0) & seen)) / lineages
    else:
        drawn, fresh, generated = 0.0, float(s.policy.renewed(s.n) * later), float(made * later)
    checked = (generated if s.curator.judges == "made" else drawn) if isinstance(s.curator, Taste) else 0.0
    total = Usage(
        fresh=s.n + fresh,
        generated=generated,
        kept=float(stored.sum()),
        checked=checked,
        scanned=0.0 if isinstance(s.curator, Taste) else drawn,
        trained=s.n + float(trained.sum()),
    )
    return Usage(*(value / s.generations for value in total))
