"""How much work the command line does unasked: a hundred times what a page does for one visitor."""

from collections.abc import Collection

from collapse.budget import BUDGET, bounded, levers, worst_case_cost
from collapse.scenario import Scenario

PATIENCE = 100 * BUDGET  # numbers: a few minutes of one core


def patient(scenario: Scenario, metrics: Collection[str], anyway: bool = False) -> Scenario:
    """The scenario, or a ValueError if its numbers know no bounds, or if a run that measures `metrics` handles more of them than
    `PATIENCE`, unless it shall be run `anyway`."""
    needed = worst_case_cost(bounded(scenario), metrics)
    if needed > PATIENCE and not anyway:
        ways = ", ".join([*levers(scenario), f"n={scenario.n}", f"generations={scenario.generations}"])
        raise ValueError(
            f"this run would handle {needed:,} numbers, more than {PATIENCE:,}: lower {ways} "
            f"or lineages={scenario.lineages}, or say --anyway and wait"
        )
    return scenario
