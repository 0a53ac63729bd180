"""Words that several figures share: the parameters under an exported image, and a scenario in a sentence."""

from collapse.scenario import Scenario
from collapse.speech import plural


def parameters(scenario: Scenario) -> str:
    """One line under an exported image: what was run, so that it can be run again."""
    query = "&".join(f"{key}={value}" for key, value in scenario.to_query().items())
    return f"Model Collapse Lab · {query}"


def in_words(scenario: Scenario) -> str:
    """The whole question in one sentence: two scenarios that differ in anything have different ones.

    A decoder or a curator that leaves everything as it is is not mentioned; everything else is.
    """
    s, plain = scenario, type(scenario)
    unit = s.world.unit if s.world.space == "text" else "examples"
    usual = {name: plain.__dataclass_fields__[name].default for name in ("decoder", "curator")}
    besides = [part.phrase() for name, default in usual.items() if (part := getattr(s, name)) != default]
    return "; ".join(
        [
            f"{plural(s.lineages, 'chain learns', 'chains learn')} {s.model.phrase()} from {s.n:,} {unit} of "
            f"{s.world.phrase()}, then from {s.policy.phrase()}, for {plural(s.generations, 'generation', 'generations')}",
            *besides,
            f"seed {s.seed}.",
        ]
    )
