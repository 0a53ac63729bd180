"""What the next model is fed: a policy only pools what it is supplied with.

`grow` says what the archive is after a generation, from the `Supply` of that generation; `pick` says which part of the
archive the next model is trained on.  The first model of every lineage is trained on n real examples.

To add a policy, write these lines and give the class a place in `POLICIES`:

    @dataclass(frozen=True)
    class Replace(Policy):
        kind = "replace"
        says = "only what the last model made"

        def grow(self, supply: Supply) -> Data:
            return supply.synthetic(supply.n)
"""

from dataclasses import dataclass

import numpy as np

from collapse.data import Data
from collapse.feeding import Policy, Supply
from collapse.shared_pool import SharedPool
from collapse.spec import knob, table
from collapse.speech import exact_percent


@dataclass(frozen=True)
class Replace(Policy):
    """Every model is trained only on its parent's output."""

    kind = "replace"
    says = "only what the last model made"

    def phrase(self) -> str:
        return "only AI-made data"

    def grow(self, supply: Supply) -> Data:
        return supply.synthetic(supply.n)


@dataclass(frozen=True)
class Shared(Policy):
    """The knob of all policies that mix real and synthetic data in a fixed proportion."""

    synthetic: float = knob(
        0.9,
        "how much of what each later model learns from was made by the model before it",
        label="AI-made data (synthetic)",
        low=0.0,
        high=1.0,
    )

    def phrase(self) -> str:
        if self.synthetic == 1.0:
            return f"only AI-made data, not {self.says}"
        return f"{exact_percent(self.synthetic)} AI-made data {self.says}"

    def split(self, n: int) -> tuple[int, int]:
        """(real, synthetic): how many of n, rounded to whole examples."""
        made = round(self.synthetic * n)
        return n - made, made


@dataclass(frozen=True)
class Mix(Shared):
    """Synthetic data with fresh real data."""

    kind = "mix"
    says = "mixed with fresh real data"
    fresh = True

    def renewed(self, n: int) -> int:
        return self.split(n)[0]

    def grow(self, supply: Supply) -> Data:
        real, made = self.split(supply.n)
        return supply.fresh(real) + supply.synthetic(made)


@dataclass(frozen=True)
class RandomShare(Shared):
    """Synthetic data with a part of the original data that is redrawn each generation, as in Shumailov et al. (2024)."""

    kind = "random-share"
    says = "mixed with a random share of the original data"
    original = True
    redraws = True

    def grow(self, supply: Supply) -> Data:
        real, made = self.split(supply.n)
        return supply.redrawn(real) + supply.synthetic(made)


@dataclass(frozen=True)
class Anchor(Shared):
    """Synthetic data with the same real examples for ever."""

    kind = "anchor"
    says = "mixed with the same real data in every generation"
    original = True

    def grow(self, supply: Supply) -> Data:
        real, made = self.split(supply.n)
        return supply.same(real) + supply.synthetic(made)


@dataclass(frozen=True)
class Accumulate(Policy):
    """Nothing is thrown away; every model is trained on all there is, a growing amount."""

    kind = "accumulate"
    says = "added to everything before"
    grows = True

    def grow(self, supply: Supply) -> Data:
        return supply.archive + supply.synthetic(supply.n)


@dataclass(frozen=True)
class AccumulateSubsample(Accumulate):
    """Nothing is thrown away, but every model is trained on n examples picked from all there is."""

    kind = "accumulate-subsample"
    says = "added to everything before, from which a sample is picked"
    single = True

    def pick(self, archive: Data, n: int, rng: np.random.Generator) -> Data:
        return archive.subsample(n, rng)


_PHASES = {
    "replace": "only what the last model made",
    "mix": "fresh real data mixed in",
    "random-share": "a random share of the original data mixed in",
    "anchor": "the same real data mixed in every time",
    "accumulate": "added to everything before",
    "accumulate-subsample": "a sample of everything before",
}


@dataclass(frozen=True)
class Delayed(Policy):
    """Measures that begin late: one policy before a generation, and another one from that generation on.

    What was thrown away before is gone: `accumulate` keeps what there is when it begins.  The original data count as preserved all
    the time, so that `anchor` and `random-share` can bring them back.  Up to the generation before, a run is that of the policy
    before, to the bit, however it goes on.  The first model learns real data as ever: a measure begins with generation 2 at the
    earliest, and one that begins after the last generation never does.
    """

    kind = "delayed"
    says = "one rule at first, and another one later"

    begin: int = knob(
        10,
        "the first generation that learns from the new training data",
        label="the rescue begins in generation",
        low=2,
        high=1001,
        log=True,
    )
    before: str = knob("replace", "what models learn from until then", label="training data before", choices=_PHASES)
    after: str = knob("mix", "what later models learn from", label="training data after", choices=_PHASES)
    synthetic: float = knob(
        0.9,
        "share of AI-made data while real data are mixed in",
        label="AI-made data (synthetic)",
        low=0.0,
        high=1.0,
    )
    waiting: str = knob(
        "diet",
        "what begins with that generation: the new training data alone, or also what is let through and how models speak",
        label="what begins then",
        choices={
            "diet": "the new training data",
            "all": "the new training data, what is let through, and how models speak",
        },
    )

    def __post_init__(self) -> None:
        super().__post_init__()
        for flag in ("original", "redraws", "fresh", "grows", "single"):  # what either of the two needs
            object.__setattr__(self, flag, any(getattr(phase, flag) for phase in self.phases))

    def _phase(self, kind: str) -> Policy:
        made: type[Policy] = POLICIES[kind]
        return made(synthetic=self.synthetic) if issubclass(made, Shared) else made()

    @property
    def phases(self) -> tuple[Policy, ...]:
        return self._phase(self.before), self._phase(self.after)

    def at(self, generation: int) -> Policy:
        return self._phase(self.before if generation < self.begin else self.after)

    def waits(self, generation: int) -> bool:
        return self.waiting == "all" and generation < self.begin

    def phrase(self) -> str:
        before, after = self.phases
        words = f"{before.phrase()} at first, and from generation {self.begin} on from {after.phrase()}"
        if self.synthetic != 0.9 and not any(isinstance(phase, Shared) for phase in self.phases):
            words += f" (neither mixes real data with AI-made ones, so the share of {exact_percent(self.synthetic)} is not used)"
        if self.waiting == "all":
            words += " (what is let through and how models speak is as usual until then)"
        return words

    def split(self, n: int) -> tuple[int, int]:
        """(real, synthetic): how many of n in the new diet."""
        return self._phase(self.after).split(n)

    def renewed(self, n: int) -> int:
        return max(phase.renewed(n) for phase in self.phases)


POLICIES = table(Replace, Mix, RandomShare, Anchor, Accumulate, AccumulateSubsample, SharedPool, Delayed)
