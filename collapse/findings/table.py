"""The rules in the order in which a page says them."""

from collapse.findings.base import Evidence, Finding, Inference
from collapse.findings.groups import (
    decoded_apart,
    diet_or_fit,
    first_component_lost,
    rarest_share,
    spread_hides_groups,
    survival_law,
)
from collapse.findings.headline import headline, share_late, stages_in_order
from collapse.findings.spread import (
    beside_the_law,
    drift_returns,
    half_life,
    law_needs_luck,
    mean_hides,
    tails_on_average,
)
from collapse.findings.text import gibberish_grows, loops, plainer_to_the_first, surer_and_more_wrong
from collapse.findings.types import rare_first, vocabulary
from collapse.stages import Rule
from collapse.trajectory import Trajectory

RULES: tuple[Inference, ...] = (
    headline,
    diet_or_fit,
    stages_in_order,
    share_late,
    mean_hides,
    tails_on_average,
    beside_the_law,
    law_needs_luck,
    drift_returns,
    half_life,
    vocabulary,
    rare_first,
    first_component_lost,
    survival_law,
    spread_hides_groups,
    rarest_share,
    decoded_apart,
    surer_and_more_wrong,
    gibberish_grows,
    loops,
    plainer_to_the_first,
)


def findings(trajectory: Trajectory, rule: Rule | None = None, control: Trajectory | None = None) -> list[Finding]:
    """All sentences that this trajectory supports, beside its control if there is one; the first is the headline."""
    return inferred(Evidence(trajectory, rule or Rule(), control))


def inferred(evidence: Evidence) -> list[Finding]:
    """All sentences that this evidence supports; the first is the headline."""
    return [found for infer in RULES if (found := infer(evidence)) is not None]
