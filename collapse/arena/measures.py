"""What can be done against collapse: each measure is a list of levels, and each level sets one part of a scenario.

A combination takes at most one level for each part of the loop: what the next model is fed, how many examples, what is let through,
how a model speaks.  To add a measure, write a `Measure` into `MEASURES`, and a knob of the same name into `Arena`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, ClassVar, NamedTuple

from collapse.curators import Everything
from collapse.curators.errors import Detector
from collapse.decoding import Decoder
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.spec import Spec, knob
from collapse.speech import listing, percent

NOTHING = "doing nothing"


class Level(NamedTuple):
    """One way to take a measure: what it is called, and the knobs that it sets, by the sample size n without any measure."""

    says: str
    sets: Callable[[int], Mapping[str, str]]


class Measure(NamedTuple):
    """A measure: the part of the scenario that it sets, and its levels, of which a combination has one or none."""

    part: str
    label: str
    levels: tuple[Level, ...]


def _fresh(share: float) -> Level:
    return Level(
        f"{percent(share)} fresh real data", lambda n: {"policy": "mix", "policy.synthetic": f"{1 - share:.12g}"}
    )


def _always(says: str, **knobs: str) -> Level:
    values = {key.replace("__", "."): value for key, value in knobs.items()}
    return Level(says, lambda n: values)


MEASURES: Mapping[str, Measure] = {
    "fresh": Measure("policy", "Fresh real data", tuple(_fresh(share) for share in (0.05, 0.1, 0.25, 0.5))),
    "originals": Measure(
        "policy",
        "Kept original data",
        (_always("10% kept original data", policy="anchor", policy__synthetic="0.9"),),
    ),
    "everything": Measure("policy", "Keep everything", (_always("everything kept", policy="accumulate"),)),
    "examples": Measure("n", "More examples", (Level("three times as many examples", lambda n: {"n": str(3 * n)}),)),
    "detector": Measure(
        "curator",
        "Detector",
        (
            _always(
                "a detector",
                curator="detector",
                curator__tpr="0.8",
                curator__fpr="0.05",
                curator__tries="8",
            ),
        ),
    ),
    "verifier": Measure(
        "curator",
        "Verifier",
        (
            _always(
                "a verifier",
                curator="verifier",
                curator__centre="0.5",
                curator__radius="2.0",
                curator__judges="made",
                curator__tries="3",
            ),
        ),
    ),
    "experts": Measure(
        "curator",
        "Experts",
        (
            _always(
                "experts who correct",
                curator="expert",
                curator__centre="0.5",
                curator__radius="2.0",
                curator__judges="made",
            ),
        ),
    ),
    "heat": Measure(
        "decoder",
        "Temperature",
        (Level("temperature n ÷ (n − 1)", lambda n: {"decoder.temperature": f"{n / (n - 1):.6g}"}),),
    ),
}
SWITCH = ("on", "off")


def _switch(help: str, label: str) -> Any:
    return knob("on", help, label=label, choices=SWITCH)


@dataclass(frozen=True)
class Arena(Spec):
    """Which measures are tried, and with how many examples a generation begins where nothing is done."""

    kind: ClassVar[str] = "arena"
    says: ClassVar[str] = "which measures are tried"

    n: int = knob(
        20,
        "examples that train each generation without any measure",
        label="training examples where nothing is done",
        low=20,
        high=200,
    )
    fresh: str = _switch(
        "5, 10, 25 or 50% of what each model learns from are real examples that are new", "fresh real data"
    )
    originals: str = _switch(
        "a tenth of what each model learns from are the same real examples in every generation", "kept original data"
    )
    everything: str = _switch("nothing is thrown away, and each model learns from all there is", "keep everything")
    examples: str = _switch("three times as many examples train each generation", "more examples")
    detector: str = _switch(
        "a detector throws away 80% of what is AI-made and, wrongly, 5% of what is real; up to eight times n "
        "examples are drawn until n have passed",
        "detector",
    )
    verifier: str = _switch(
        "people look at what a model made and let through what lies within two standard deviations of what they hold right, which is "
        "half a standard deviation off; up to three times n examples are drawn until n have passed",
        "verifier",
    )
    experts: str = _switch(
        "people look at what a model made and replace what lies farther than two standard deviations from what they hold right, "
        "which is half a standard deviation off, by an original real example picked at random; all originals are kept for that",
        "experts",
    )
    heat: str = _switch(
        "models speak at a temperature of n ÷ (n − 1), which would balance the loss of variance on average",
        "temperature",
    )

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the measures that are tried."""
        return tuple(name for name in MEASURES if getattr(self, name) == "on")


@dataclass(frozen=True)
class Combination:
    """Some measures taken together: what each is called, and the scenario that they make."""

    levels: tuple[str, ...]
    scenario: Scenario

    @property
    def says(self) -> str:
        """All of its measures in words."""
        return listing(self.levels) if self.levels else NOTHING

    @property
    def controls(self) -> dict[str, str]:
        """The keys of a scenario that take these measures and no others, with as many lineages."""
        query = self.scenario.to_query()
        ours = {"lineages", *(measure.part for measure in MEASURES.values())}
        return {key: value for key, value in query.items() if key.partition(".")[0] in ours}


def nothing(scenario: Scenario) -> Scenario:
    """A run without any measure: each model learns from nothing but its parent's output, as it speaks by itself."""
    return replace(scenario, policy=Mix(synthetic=1.0), curator=Everything(), decoder=Decoder())


def combinations(arena: Arena, base: Scenario) -> list[Combination]:
    """All combinations of the chosen measures: first doing nothing, then each measure by itself, then two together, and so on.

    `base`: the world, the model, the generations, the lineages and the seed of all of them, which is why they meet the same noise.
    Left out is a detector where no new real examples come in: what is real is known there, and it has nothing to find.
    """
    plain = replace(nothing(base), n=arena.n)
    choices: dict[str, list[Level | None]] = {}
    for name in arena.chosen:
        choices.setdefault(MEASURES[name].part, [None]).extend(MEASURES[name].levels)
    found = []
    for levels in product(*choices.values()):
        taken = [level for level in levels if level is not None]
        knobs: dict[str, str] = {}
        for level in sorted(taken, key=lambda each: "n" not in each.sets(arena.n)):
            knobs |= level.sets(int(knobs.get("n", arena.n)))
        s = Scenario.from_query(knobs, plain)
        if not isinstance(s.curator, Detector) or s.policy.renewed(s.n):
            found.append(Combination(tuple(level.says for level in taken), s))
    return sorted(found, key=lambda each: len(each.levels))
