"""Words that several figures share: the parameters under an exported image, and a scenario in a sentence."""

from collapse.policies import Shared
from collapse.scenario import Scenario


def parameters(scenario: Scenario) -> str:
    """One line under an exported image: what was run, so that it can be run again."""
    query = "&".join(f"{key}={value}" for key, value in scenario.to_query().items())
    return f"Model Collapse Lab · {query}"


def in_words(scenario: Scenario) -> str:
    """The question in one sentence."""
    s = scenario
    diet = s.policy.says
    if isinstance(s.policy, Shared):
        diet = (
            f"{100 * s.policy.synthetic:g} % of its own output {diet}"
            if s.policy.synthetic < 1
            else "only its own output"
        )
    elif s.policy.kind != "replace":
        diet = f"its own output {diet}"
    else:
        diet = "only its own output"
    unit = s.world.unit if s.world.space == "text" else "examples"
    return (
        f"{s.lineages:,} lineages learn from {s.n:,} {unit} of {s.world.says}, then from {diet}, "
        f"for {s.generations:,} generations."
    )
