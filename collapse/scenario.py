"""A Scenario is the whole question: world × model × decoder × curator × policy, how much, how long, how often.

Its query is a link: a version and every value.  Reading one is strict; `read_link` is the same reader for people, which
says what it refused and goes on with what is left.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import ClassVar, Self
from urllib.parse import urlsplit

import numpy as np

from collapse.curation import CURATORS, Curator
from collapse.decoding import DECODERS, Decoder
from collapse.models import MODELS, Model
from collapse.models.gaussian import Gaussian
from collapse.policies import POLICIES, Policy, Replace
from collapse.spec import MissingError, Spec, knob, pairs, part, refusals, shown, sifted
from collapse.worlds import WORLDS, NormalWorld, World

VERSION = "1"
LOOKS = frozenset(
    {
        "show",
        "controls",
        "hide",
        "lock",
        "metric",
        "across",
        "across.ends",
        "up",
        "up.ends",
        "shows",  # pages only
        "stage.tail",
        "stage.spread",
    }
)
TWIN = "twin."
BLOCK = 50_000
BUDGET = 40_000_000
PICKING = 3  # so many times the time to draw a count is the time to pick from one without putting back
DIGITS = 36  # of a number that a chart can hold, less two for the lineages that are wider than the average


class ImpossibleError(ValueError):
    """Parts that are right by themselves, but do not go together."""


@dataclass(frozen=True)
class Scenario(Spec):
    """`n` examples train each generation; `lineages` independent histories run for `generations`."""

    kind: ClassVar[str] = "scenario"

    world: World = part(NormalWorld(), WORLDS, "what is real")
    model: Model = part(Gaussian(), MODELS, "a family that can learn and speak")
    decoder: Decoder = part(Decoder(), DECODERS, "how the model speaks")
    curator: Curator = part(Curator(), CURATORS, "what is let through")
    policy: Policy = part(Replace(), POLICIES, "what the next model is fed")
    n: int = knob(100, "examples that train each generation", low=2, high=1_000_000, log=True)
    generations: int = knob(50, "how many models in a row, the first trained on real data", low=1, high=1000, log=True)
    lineages: int = knob(200, "independent repetitions of the whole history", low=1, high=10_000, log=True)
    seed: int = knob(0, "the same seed gives the same numbers", low=0, high=999_999_999)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.world.space != self.model.space:
            right = " or ".join(k for k, m in MODELS.items() if m.space == self.world.space)
            raise ImpossibleError(f"model={self.model.kind} cannot learn world={self.world.kind}: choose {right}")
        if why := self.model.mute(self.decoder):
            raise ImpossibleError(why)
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
        return {"v": VERSION} | super().to_query(prefix)

    @classmethod
    def from_query(cls, query: str | Mapping[str, str], base: Self | None = None, prefix: str = "") -> Self:
        given = pairs(query)
        version = given.pop("v", VERSION)
        if version != VERSION:
            raise ValueError(f"v={shown(version)} is not possible: this program reads links of version {VERSION}")
        return super().from_query(given, base, prefix)

    @property
    def single(self) -> bool:
        """Must single examples be told apart throughout?"""
        return self.policy.single or self.curator.single

    @property
    def _costs(self) -> tuple[int, int, int]:
        """Numbers per lineage: of the first real sample, of one later generation, of the archive at its largest."""
        distinct = self.single or self.policy.original
        first = self.model.looking(self.world, self.n, distinct)
        renewed = self.policy.renewed(self.n)
        fresh = self.model.looking(self.world, renewed, self.single) if renewed else 0
        later = self.model.speaking(self.world, self.decoder, self.n, self.single) + fresh
        grows = self.policy.grows and (self.single or self.model.rows) and self.world.space != "types"
        return first, later, self.n * self.world.d * self.generations if grows else 0

    @property
    def trained(self) -> int:
        """Examples that train a model, on average over the generations."""
        return self.n * (self.generations + 1) // 2 if self.policy.grows and not self.policy.single else self.n

    @property
    def work(self) -> int:
        """Numbers handled by the whole run at worst, without measuring: what a budget is spent on."""
        return self._handled(1)

    @property
    def expected(self) -> int:
        """Numbers that the run usually handles: what patience is spent on."""
        return self._handled(self.model.haste)

    def _handled(self, haste: int) -> int:
        first, later, archive = self._costs
        learning = (
            self.model.learning(self.world, self.trained, self.lineages, -(-self.lineages // self._block)) // haste
        )
        besides, load = self.model.dwelling(self.decoder) * self.trained, self.model.load
        picking = PICKING * later if self.world.space == "types" and (self.policy.single or self.policy.original) else 0
        later = load * later + archive // 2 + besides + picking
        return self.lineages * (load * first + later * self.generations) + learning * self.generations

    @property
    def growth(self) -> float:
        """By how many digits the mean variance may grow until the end: as the law of `moments.py` has it, by powers of the
        larger eigenvalue of (E v, E drift²).  Other heated models let their widest part grow as if nothing were real."""
        real, made = self.policy.split(self.n)
        if self.world.space != "real" or self.policy.grows or made == 0:
            return 0.0
        if self.decoder.temperature > 1 and not isinstance(self.model, Gaussian):
            real, made = 0, self.n
        wider, blurred = self.decoder.shrink(self.world.d), (self.model.spread(self.n) or (1.0, 0.0))[0]
        step = (
            np.array([[blurred * (self.n - 1) * made * wider, blurred * real * made], [made * wider, made**2]])
            / self.n**2
        )
        return (self.generations - 1) * float(np.log10(max(np.linalg.eigvals(step).real.max(), 1.0)))

    def bounded(self) -> Self:
        """Itself, or an ImpossibleError: its numbers could become too large to be drawn, and then to be computed with."""
        if (growth := self.growth) > DIGITS:
            most = 1 + int((self.generations - 1) * DIGITS / growth)
            hot = f" or lower decoder.temperature={self.decoder.temperature:g}" if self.decoder.temperature > 1 else ""
            raise ImpossibleError(
                f"generations={self.generations} are too many here: each is wider than the last, and in the end "
                f"the spread could be a number of {int(growth) + 1} digits; give at most generations={most}{hot}"
            )
        return self

    def effort(self, integrals: int) -> int:
        """`work`, and so many integrals over the belief of every lineage and generation (see `Metric.integral`)."""
        return self.work + integrals * self.lineages * self.generations * self.model.weighing(self.world, self.trained)

    def within(self, budget: int = BUDGET, integrals: int = 0) -> Self:
        """Itself, or a ValueError that says how much too large it is; `integrals`: how many are measured on the way."""
        self.bounded()
        if (effort := self.effort(integrals)) > budget:
            costly = [f"model.{name}={getattr(self.model, name)}" for name in self.model.costly]
            sizes = [
                f"world.{name}={getattr(self.world, name)}"
                for name in ("types", "dimension")
                if name in self.world.knobs()
            ]
            ways = ", ".join([*costly, f"n={self.n}", *sizes, f"generations={self.generations}"])
            other = f", or choose another policy than {self.policy.kind}" if self.policy.grows else ""
            raise ValueError(
                f"this run would handle {effort:,} numbers, more than the {budget:,} that one visitor "
                f"may ask for: lower {ways} or lineages={self.lineages}{other}"
            )
        return self

    @property
    def _block(self) -> int:
        """Lineages in a block."""
        return max(1, min(self.lineages, BLOCK // max(self._costs)))

    def blocks(self) -> Iterator[tuple[int, int]]:
        """(number, lineages) of each block; the split depends on the scenario, never on the machine."""
        for number, start in enumerate(range(0, self.lineages, self._block)):
            yield number, min(self._block, self.lineages - start)


def of_page(link: str) -> dict[str, str]:
    """The part of a page's link that is its scenario: not the address before it, not how the page is looked at.

    Errors: ValueError if a key is given twice, the link is too long, or its second scenario (twin.…) is none.
    """
    address = link.startswith(("http://", "https://", "/", "?"))
    query = {key: value for key, value in pairs(urlsplit(link).query if address else link).items() if key not in LOOKS}
    twin = {key.removeprefix(TWIN): query.pop(key) for key in list(query) if key.startswith(TWIN)}
    if twin:
        with suppress(MissingError):  # data that only its maker has: they are not asked for here
            Scenario.from_query(twin, Scenario.from_query(query), TWIN)
    return query


def read_link(
    query: Mapping[str, str], base: Scenario, allowed: Callable[[Scenario], Scenario] = lambda s: s
) -> tuple[Scenario, list[str]]:
    """The scenario of a link for people, and a sentence for every key that was refused; the other keys are kept.

    What is refused keeps its value from `base`, or has its default where that does not fit.  Of parts that do not go together the
    later ones are refused.  `allowed` raises a ValueError for a scenario that is too much.
    """

    def read(values: Mapping[str, str]) -> Scenario:
        return allowed(Scenario.from_query(values, base))

    try:
        return read(query), []
    except ValueError:
        right, wrong = _sifted(query, base)
    for values in (right, _defaults(wrong, right, base) | right):
        try:
            scenario = read(values)
            break
        except ValueError:
            continue
    else:
        right, more = _last_straw(right, read)
        scenario, wrong = Scenario.from_query(right, base), wrong | more
    return scenario, refusals(wrong, scenario.to_query())


def _order(query: Mapping[str, str]) -> dict[str, str]:
    """The parts first, then the numbers, then the knobs of the parts."""
    return dict(sorted(query.items(), key=lambda item: ("." in item[0], item[0] not in Scenario.parts())))


def _sifted(query: Mapping[str, str], base: Scenario) -> tuple[dict[str, str], dict[str, str]]:
    """(the keys that are right by themselves, why the others are not): combinations are judged later, with all keys known."""

    def read(values: Mapping[str, str]) -> None:
        with suppress(ImpossibleError):
            Scenario.from_query(values, base)

    return sifted(_order(query), read)


def _last_straw(
    right: Mapping[str, str], read: Callable[[Mapping[str, str]], Scenario]
) -> tuple[dict[str, str], dict[str, str]]:
    """(what is left, why the rest is refused) of keys that are too much together: one alone if that is enough, knobs of parts
    before numbers before parts; else whatever is too much beside those before it."""
    try:
        read(right)
    except ValueError as error:
        for key in reversed(_order(right)):
            rest = {k: v for k, v in right.items() if k != key}
            with suppress(ValueError):
                read(rest)
                return rest, {key: str(error)}
    return sifted(_order(right), read)


def _defaults(wrong: Mapping[str, str], right: Mapping[str, str], base: Scenario) -> dict[str, str]:
    """What the refused knobs of parts are by default, in the kinds that are chosen now."""
    found = {}
    for key in wrong:
        name, _, inner = key.partition(".")
        if name in Scenario.parts():
            start = Scenario.parts()[name][right.get(name, getattr(base, name).kind)]()
            if inner in start.knobs():
                found[key] = start.to_query()[inner]
    return found
