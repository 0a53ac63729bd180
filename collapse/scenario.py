"""A Scenario is the whole question: world × model × decoder × curator × policy, how much, how long, how often.

Its query is a link: a version and every value.  `Scenario.from_query` reads it strictly, `links.read_link` for people.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self, TypeVar

from collapse.curators import CURATORS, Curator, Everything
from collapse.decoding import DECODERS, Decoder
from collapse.feeding import Policy
from collapse.models import MODELS, Model
from collapse.models.gaussian import Gaussian
from collapse.policies import POLICIES, Replace
from collapse.spec import Spec, knob, names, pairs, part, shown
from collapse.worlds import WORLDS, NormalWorld, World

VERSION = "2"
EARLIER = ("1",)  # versions of links that are read as well; their numbers may have been others


T = TypeVar("T")


class ImpossibleError(ValueError):
    """Parts that are right by themselves, but do not go together."""


@dataclass(frozen=True)
class Scenario(Spec):
    """`n` examples train each generation; `lineages` independent histories run for `generations`."""

    kind: ClassVar[str] = "scenario"

    world: World = part(NormalWorld(), WORLDS, "what is real")
    model: Model = part(Gaussian(), MODELS, "a family that can learn and speak")
    decoder: Decoder = part(Decoder(), DECODERS, "how the model speaks")
    curator: Curator = part(Everything(), CURATORS, "what is let through")
    policy: Policy = part(Replace(), POLICIES, "what the next model learns from")
    n: int = knob(
        100,
        "how many examples each model learns from, or, if all earlier data are kept, how many each generation adds",
        label="training examples",
        low=2,
        high=1_000_000,
        log=True,
    )
    generations: int = knob(
        50,
        "how many models learn one after the other; the first learns from real data",
        label="generations",
        low=1,
        high=1000,
        log=True,
    )
    lineages: int = knob(
        200,
        "how many chains of models run side by side, each with luck of its own; another number of chains may meet other luck",
        label="chains",
        low=1,
        high=10_000,
        log=True,
    )
    seed: int = knob(
        0, "which random numbers are drawn: the same seed gives the same run", label="seed", low=0, high=999_999_999
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.world.space != self.model.space:
            right = " or ".join(k for k, m in MODELS.items() if m.space == self.world.space)
            raise ImpossibleError(f"model={self.model.kind} cannot learn world={self.world.kind}: choose {right}")
        if why := self.model.mute(self.decoder):
            raise ImpossibleError(why)
        if self.world.space not in self.curator.spaces:
            right = names(kind for kind, made in CURATORS.items() if self.world.space in made.spaces)
            raise ImpossibleError(
                f"curator={self.curator.kind} cannot judge world={self.world.kind}: it judges {self.curator.sort}; "
                f"choose one of {right}"
            )
        if self.curator.likelihoods and not self.model.density:
            raise ImpossibleError(
                f"curator={self.curator.kind} asks how likely an example is, and model={self.model.kind} can only be sampled: "
                "choose another curator or model"
            )
        if self.world.space == "real" and self.world.d > self.model.dimensions:
            if "dimension" in self.world.knobs():
                raise ImpossibleError(
                    f"world.dimension={self.world.d} is not possible with model={self.model.kind}: "
                    f"give at most {self.model.dimensions}"
                )
            right = " or ".join(
                k for k, m in MODELS.items() if m.space == self.world.space and m.dimensions >= self.world.d
            )
            raise ImpossibleError(
                f"model={self.model.kind} cannot learn world={self.world.kind}, which has {self.world.d} "
                f"dimensions: choose {right}"
            )

    def to_query(self, prefix: str = "") -> dict[str, str]:
        return {"v": VERSION} | (super().to_query(prefix) if prefix else self.once("query", super().to_query))

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What follows from this scenario alone: made when it is first asked for under this name, and remembered with it."""
        memory: dict[str, Any] = self.__dict__.setdefault("_memory", {})
        if name not in memory:
            memory[name] = make()
        found: T = memory[name]
        return found

    @classmethod
    def read(
        cls, query: str | Mapping[str, str], base: Self | None = None, prefix: str = ""
    ) -> tuple[dict[str, Any], dict[str, ValueError]]:
        given = pairs(query)
        version = given.pop("v", VERSION)
        values, wrong = super().read(given, base, prefix)
        if version in (VERSION, *EARLIER):
            return values, wrong
        why = f"v={shown(version)} is not possible: this program reads links of version {VERSION} and of version {EARLIER[0]}"
        return values, {"v": ValueError(why)} | wrong

    def at(self, generation: int) -> "Scenario":
        """The rules by which the model of a generation is fed: these, unless the policy changes on the way, or the measures wait."""
        policy = self.policy.at(generation)
        if policy is self.policy:
            return self
        rules = replace(self, policy=policy)
        return replace(rules, curator=Everything(), decoder=Decoder()) if self.policy.waits(generation) else rules

    @property
    def single(self) -> bool:
        """Must single examples be told apart throughout?"""
        return self.policy.single or self.curator.single
