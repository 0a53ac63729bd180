"""The only place where time passes.

    data → fit → params → speak → curate → pool → data → …

Random streams are keyed by (seed, block of lineages, generation, purpose), so that two scenarios that differ in one
part meet the same noise everywhere else (twin worlds).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Protocol

import numpy as np

from collapse.blocks import blocks
from collapse.candidates import Candidates
from collapse.curation import Bench, let_through
from collapse.data import Data, Nothing
from collapse.metrics import evaluate, listed, metric_named
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory, joined, stacked

PURPOSES = ("original", "fresh", "synthetic", "curate", "redraw", "pick", "fit")


class Executor(Protocol):
    """Anything with an order-keeping `map`: `concurrent.futures`, `multiprocessing.Pool`, a cluster, a progress bar."""

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> Iterable[Any]: ...


class Serial:
    """One block after the other, in this thread."""

    def map(self, function: Callable[..., Any], tasks: Iterable[Any], /) -> Iterable[Any]:
        return map(function, tasks)


class Streams:
    """Random generators for one block of lineages, addressed by generation and purpose.

    Philox is counter-based: the key says (seed, block, purpose), the counter's top word the generation, so that 2¹⁹² blocks of
    numbers lie between two generations, and to address a stream costs no more than to set its counter.
    """

    def __init__(self, seed: int, block: int) -> None:
        self.seed, self.block = seed, block
        self._made: dict[str, tuple[np.random.Generator, np.random.Philox, Any]] = {}

    def __call__(self, generation: int, purpose: str) -> np.random.Generator:
        if purpose not in self._made:
            words = np.random.SeedSequence((self.seed, self.block, PURPOSES.index(purpose)))
            bits = np.random.Philox(key=words.generate_state(2, np.uint64))
            self._made[purpose] = np.random.Generator(bits), bits, bits.state
        generator, bits, start = self._made[purpose]
        start["state"]["counter"][3] = generation
        bits.state = start
        return generator


@dataclass
class _Supply:
    """What a policy may ask for in one generation; see `policies.Supply`."""

    scenario: Scenario
    streams: Streams
    lineages: int
    original: Any
    archive: Data
    ancestor: Any = None
    params: Any = None
    generation: int = 1
    kept: dict[int, Data] = field(default_factory=dict)

    @property
    def n(self) -> int:
        return self.scenario.n

    def synthetic(self, m: int) -> Data:
        if m == 0:
            return Nothing()
        s = self.scenario
        rng = self.streams(self.generation, "synthetic")
        speak = s.model.utter if s.single else s.model.emit
        said = speak(self.params, s.curator.candidates(m), s.decoder, rng)
        return Candidates.of(said, self.generation - 1) if s.curator.judges else said

    def fresh(self, m: int) -> Data:
        if m == 0:
            return Nothing()
        s = self.scenario
        look = s.model.witness if s.single else s.model.observe
        seen = look(s.world, self.lineages, s.curator.candidates(m), self.streams(self.generation, "fresh"))
        return Candidates.of(seen, 0) if s.curator.judges else seen

    def same(self, m: int) -> Data:
        if m not in self.kept:
            self.kept[m] = self._of_original(m, self.streams(1, "redraw"))
        return self._collected(lambda: self.kept[m])

    def redrawn(self, m: int) -> Data:
        rng = self.streams(self.generation, "redraw")
        return self._collected(lambda: self._of_original(m, rng))

    def _collected(self, real: Callable[[], Data]) -> Data:
        """Real data, as often as a curator collects candidates for each example."""
        return sum((real() for _ in range(1, self.scenario.curator.collects)), start=real())

    def train(self, diet: Any) -> Any:
        """The params of a model that learns from a diet, from what a curator lets through of it."""
        s, model = self.scenario, self.scenario.model
        if s.curator.judges:
            if self.generation > 1:
                rng = self.streams(self.generation, "curate")
                bench = Bench(model, self.params, self.original.data, self.ancestor, self.generation, rng)
                diet = let_through(s.curator, diet, s.policy.examples(s.n, self.generation), bench)
            diet = diet.data
        return model.fit(model.summarise(diet), self.params, self.streams(self.generation, "fit"))

    def _of_original(self, m: int, rng: np.random.Generator) -> Data:
        chosen = self.original.subsample(m, rng) if m else Nothing()
        return chosen if self.scenario.single or not m else self.scenario.model.summarise(chosen)


def evolve(scenario: Scenario, lineages: int, streams: Streams) -> Iterator[Any]:
    """The params of `lineages` models, generation after generation, for ever; the first is trained on real data."""
    s = scenario
    separable = s.single or s.policy.original
    look = s.model.witness if separable else s.model.observe
    original = look(s.world, lineages, s.n, streams(1, "original"))
    if s.curator.judges:
        original = Candidates.of(original, 0)
    archive = original if s.single else s.model.summarise(original)
    kept = original if s.policy.original or s.curator.judges else Nothing()
    ancestor = s.model.ancestor(s.world, lineages)
    supply = _Supply(s, streams, lineages, kept, archive, ancestor, ancestor)
    while True:
        needed = s.curator.candidates(s.n) if supply.generation > 1 else s.n
        diet = s.policy.pick(supply.archive, needed, streams(supply.generation, "pick")) if s.single else supply.archive
        supply.params = supply.train(diet)
        yield supply.params
        supply.generation += 1
        supply.archive = s.policy.grow(supply)


def _block(scenario: Scenario, keep: Sequence[str] | None, block: tuple[int, int]) -> Any:
    """One block of lineages: its params (R, T, …), or only the metrics in `keep`, each (R, T)."""
    number, lineages = block
    life = evolve(scenario, lineages, Streams(scenario.seed, number))
    if keep is None:
        return stacked([next(life) for _ in range(scenario.generations)])
    rows = [evaluate(scenario, next(life), keep) for _ in range(scenario.generations)]
    return {name: np.stack([row[name] for row in rows], axis=1) for name in keep}


def run(scenario: Scenario, *, keep: Iterable[str] | None = None, executor: Executor | None = None) -> Trajectory:
    """Run a scenario.

    `keep`: the name of a metric, or several, to measure on the way instead of keeping the params (large models, long runs).
    `executor`: anything with an order-keeping `map`; the numbers do not depend on it, to the bit.
    """
    wanted = None if keep is None else tuple(metric_named(name, scenario).name for name in listed(keep))
    parts = list((executor or Serial()).map(partial(_block, scenario, wanted), list(blocks(scenario))))
    if wanted is None:
        return Trajectory(scenario, joined(parts))
    return Trajectory(scenario, None, {name: np.concatenate([p[name] for p in parts]) for name in wanted})


def last(scenario: Scenario, names: Iterable[str]) -> dict[str, Any]:
    """Metrics of the last generation only, each (R,): the numbers of `run`, without measuring what lies between."""
    wanted = tuple(names)
    found: list[dict[str, Any]] = []
    for number, lineages in blocks(scenario):
        life = evolve(scenario, lineages, Streams(scenario.seed, number))
        found.append(evaluate(scenario, next(islice(life, scenario.generations - 1, None)), wanted))
    return {name: np.concatenate([part[name] for part in found]) for name in wanted}


def replay(scenario: Scenario, lineage: int) -> Any:
    """The params (T, …) of one lineage of a run, from its block alone; a list of T where they grow with the data."""
    life = lives(scenario, lineage)
    if any(a.shape != b.shape for a, b in zip(life[0], life[-1], strict=True)):
        return [type(params)(*(a[0] for a in params)) for params in life]
    whole = stacked(life)
    return type(whole)(*(a[0] for a in whole))


def lives(scenario: Scenario, lineage: int) -> list[Any]:
    """One lineage of a run, generation by generation: a list of params (1, …), which may grow."""
    for number, size in blocks(scenario):
        if lineage < size:
            life = evolve(scenario, size, Streams(scenario.seed, number))
            seen = (next(life) for _ in range(scenario.generations))
            return [type(p)(*(a[lineage : lineage + 1] for a in p)) for p in seen]
        lineage -= size
    raise ValueError(f"lineage={lineage} is not possible: this run has {scenario.lineages}")


def sweep(
    scenarios: Iterable[Scenario], *, keep: Iterable[str] | None = None, executor: Executor | None = None
) -> Iterator[Trajectory]:
    """Run many scenarios, one after the other; `keep` as in `run`; `executor` spreads the scenarios."""
    yield from (executor or Serial()).map(partial(run, keep=None if keep is None else listed(keep)), scenarios)
