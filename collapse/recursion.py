"""The only place where time passes.

    data → fit → params → speak → pool → curate → data → …

Random streams are keyed by (seed, block, generation, purpose): scenarios that differ in one part meet the same noise elsewhere.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, NamedTuple

import numpy as np

from collapse.blocks import block_of, blocks
from collapse.curators import reviewed
from collapse.data import Data, Nothing
from collapse.going_on import may_go_on
from collapse.metrics import evaluate, listed, metric_named
from collapse.pool import Entry
from collapse.scenario import Scenario
from collapse.spreading import Executor, Serial, spread
from collapse.supply import Supply
from collapse.trajectory import Trajectory, joined, stacked, taken

PURPOSES = ("original", "fresh", "synthetic", "curate", "redraw", "pick", "fit", "shuffle", "others")


class Streams:
    """Random generators for one block of lineages, addressed by generation, purpose and pool.

    Philox is counter-based: the key says (seed, block, purpose), the counter's top word the generation and the next one the pool, so
    that 2¹²⁸ blocks of numbers lie between two pools, and to address a stream costs no more than to set its counter.
    """

    def __init__(self, seed: int, block: int) -> None:
        self.seed, self.block = seed, block
        self._made: dict[str, tuple[np.random.Generator, np.random.Philox, Any]] = {}

    def __call__(self, generation: int, purpose: str, pool: int = 0) -> np.random.Generator:
        if purpose not in self._made:
            words = np.random.SeedSequence((self.seed, self.block, PURPOSES.index(purpose)))
            bits = np.random.Philox(key=words.generate_state(2, np.uint64))
            self._made[purpose] = np.random.Generator(bits), bits, bits.state
        generator, bits, start = self._made[purpose]
        start["state"]["counter"][2:] = pool, generation
        bits.state = start
        return generator


def aside(seed: int) -> np.random.Generator:
    """Random numbers that no run uses, to look at what a run has made; the same every time."""
    return np.random.default_rng((seed, 1))


class Turn(NamedTuple):
    """One turn of the loop, of a block of lineages: the model of this `generation`, the `diet` that it was trained on, its `params`,
    what it `said`, the `real` examples that were asked for besides, and what was `passed` on of all that."""

    generation: int
    diet: Data
    params: Any
    said: Data
    real: Data
    passed: Data


Diaries = dict[int, list[Turn]]  # all turns of a block, by its number


@dataclass
class Diary:
    """What is written down of a run: its turns of the generations `wanted`, in `turns`; with the last of them the run ends.

    `learnt`: the params (R, T, …) of its first T generations, where they are known.  These models are not fitted again, and of turns
    that neither are wanted nor feed a model of one that is nothing is drawn.
    """

    wanted: Collection[int]
    learnt: Any = None
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.last = max(self.wanted, default=0)
        self.known = 0 if self.learnt is None else self.learnt[0].shape[1]

    def leaps(self, scenario: Scenario, generation: int) -> bool:
        """Need nothing be drawn of this turn?  An archive that grows holds what every turn has brought."""
        after = generation + 1
        return not scenario.policy.grows and after <= self.known and not {generation, after}.intersection(self.wanted)


def _grown(supply: Supply, ledger: list[Entry] | None) -> Data:
    """The archive after this generation: what the policy pools, as far as the curator lets it through."""
    s = supply.rules
    if not supply.scenario.curator.single:
        return s.policy.grow(supply)
    old, pool = supply.candidates(0)
    passed, entry = reviewed(s.curator, pool, lambda number: supply.candidates(number)[1], supply.bench())
    if ledger is not None:
        ledger.append(entry)
    return old + passed


def evolve(
    scenario: Scenario,
    lineages: int,
    streams: Streams,
    ledger: list[Entry] | None = None,
    control: bool = False,
    diary: Diary | None = None,
) -> Iterator[Any]:
    """The params of `lineages` models, generation after generation, for ever; the first is trained on real data.

    Asks before every generation whether it may go on (`going_on`).
    `ledger`: if given, every generation that a curator has judged is written into it.  `diary`: if given, the turns that it wants are
    written into it, and nothing comes after the last of them.  `control`: as in `run`.
    """
    s = scenario
    separable = s.single or s.policy.original
    look = s.model.witness if separable else s.model.observe
    original = look(s.world, lineages, s.n, streams(1, "original"))
    supply = Supply(s, streams, lineages, original if separable else Nothing(), control=control)
    supply.archive = supply.labelled(original if s.single else s.model.summarise(original), 0, judged=True)
    supply.params = s.model.ancestor(s.world, lineages)
    while diary is None or supply.generation <= diary.last:
        may_go_on()
        diet = supply.archive
        if s.single:
            diet = supply.rules.policy.pick(diet, s.n, streams(supply.generation, "pick"))
        if diary is not None and supply.generation <= diary.known:
            supply.params = taken(diary.learnt, (slice(None), supply.generation - 1))
        else:
            rng = streams(supply.generation, "fit")
            supply.params = s.model.fit(s.model.summarise(diet.together()), supply.params, rng)
        if supply.generation == 1:
            supply.reference = supply.params
        yield supply.params
        supply.generation += 1
        supply.said = supply.real = Nothing()
        if diary is not None and diary.leaps(s, supply.generation - 1):
            continue
        supply.archive = _grown(supply, ledger)
        if diary is not None and supply.generation - 1 in diary.wanted:
            diary.turns.append(
                Turn(supply.generation - 1, diet, supply.params, supply.said, supply.real, supply.archive)
            )


def _block(
    scenario: Scenario, keep: Sequence[str] | None, control: bool, told: bool, block: tuple[int, int]
) -> tuple[Any, list[Turn]]:
    """One block of lineages: its params (R, T, …), or only the metrics in `keep`, each (R, T); and all of its turns, if `told`."""
    number, lineages = block
    diary = Diary(range(1, scenario.generations + 1)) if told else None
    life = evolve(scenario, lineages, Streams(scenario.seed, number), control=control, diary=diary)
    seen = life if told else islice(life, scenario.generations)
    turns = diary.turns if diary else []
    if keep is None:
        return stacked(list(seen)), turns
    rows = [evaluate(scenario, params, keep) for params in seen]
    return {name: np.stack([row[name] for row in rows], axis=1) for name in keep}, turns


def run(
    scenario: Scenario,
    *,
    keep: Iterable[str] | None = None,
    executor: Executor | None = None,
    control: bool = False,
    diaries: Diaries | None = None,
) -> Trajectory:
    """Run a scenario.

    `keep`: the name of a metric, or several, to measure on the way instead of keeping the params (large models, long runs).
    `executor`: anything with an order-keeping `map`; the numbers do not depend on it, to the bit.
    `control`: wherever the policy asks for synthetic examples, it gets as many new real ones.  So the control has just as much data
    as what it controls, and what it loses is lost by the fits and by the size of the sample, not by synthetic data.
    `diaries`: if given, all turns of every block are written into it, by the number of the block.
    """
    wanted = None if keep is None else tuple(metric_named(name, scenario).name for name in listed(keep))
    block = partial(_block, scenario, wanted, control, diaries is not None)
    parts, turns = zip(*(executor or Serial()).map(block, list(blocks(scenario))), strict=True)
    if diaries is not None:
        diaries.update(enumerate(turns))
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
        return [taken(params, 0) for params in life]
    return taken(stacked(life), 0)


def lives(scenario: Scenario, lineage: int) -> list[Any]:
    """One lineage of a run, generation by generation: a list of params (1, …), which may grow."""
    number, start, size = block_of(scenario, lineage)
    life = evolve(scenario, size, Streams(scenario.seed, number))
    seen = (next(life) for _ in range(scenario.generations))
    return [taken(params, slice(lineage - start, lineage - start + 1)) for params in seen]


def sweep(
    scenarios: Iterable[Scenario],
    *,
    keep: Iterable[str] | None = None,
    executor: Executor | None = None,
    chunk: int = 1,
) -> Iterator[Trajectory]:
    """Run many scenarios and stream their trajectories, in the order of the scenarios, which may be endless.

    `keep`: as in `run`.  `executor`: spreads the scenarios, by `submit` (a pool of `concurrent.futures`, the `Client` of Dask) or by
    an order-keeping `map`; the numbers do not depend on it.  `chunk`: so many scenarios travel together; memory holds a few dozen
    chunks, whatever the number of scenarios (see `spreading.spread`).  A table of a grid is written by `sweeps`.
    """
    yield from spread(partial(run, keep=None if keep is None else listed(keep)), scenarios, executor, chunk=chunk)
