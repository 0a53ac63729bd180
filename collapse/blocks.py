"""How the lineages of a run are split into blocks, which are computed one after the other or side by side.

Random streams are addressed by block, so the split decides every number of a run.  It follows from facts alone: how many lineages
there are, and how many numbers one of them holds in memory.  It never follows from an estimate of what they cost.
"""

from collections.abc import Iterator

from collapse.scenario import Scenario

HELD = 100_000  # numbers that a block holds at most, unless one group of lineages holds more
STEP = 4  # a block has 1, 4, 16, … lineages, so that two scenarios with nearly the same n are split alike


def held(scenario: Scenario) -> int:
    """Numbers that one lineage holds at once: the examples of one generation, or an archive of examples at its largest.

    A curator holds all of its candidates, each with two numbers about it.
    """
    s = scenario
    if s.curator.single:
        return s.n * (s.world.d + 2) * max(s.curator.pools, s.generations if s.policy.grows else 1)
    examples = s.model.held(s.world, s.decoder, s.n, s.single or s.policy.original)
    rows = (s.single or s.model.rows) and s.world.space != "types"
    return max(examples, s.n * s.world.d * s.generations if s.policy.grows and rows else 0)


def lineages_per_block(scenario: Scenario) -> int:
    """The largest power of four of lineages that together hold at most 100,000 numbers, in whole groups, and at most all of them."""
    fitting, most = 1, HELD // held(scenario)
    while fitting * STEP <= most:
        fitting *= STEP
    group = scenario.policy.group
    return min(scenario.lineages, max(fitting // group, 1) * group)


def blocks(scenario: Scenario) -> Iterator[tuple[int, int]]:
    """(number, lineages) of each block, in order.  Changing this changes every published number."""
    size = lineages_per_block(scenario)
    for number, start in enumerate(range(0, scenario.lineages, size)):
        yield number, min(size, scenario.lineages - start)


def block_of(scenario: Scenario, lineage: int) -> tuple[int, int, int]:
    """(number, first lineage, lineages) of the block that a lineage of a run belongs to.

    Errors: ValueError for a lineage that the run does not have.
    """
    start = 0
    for number, size in blocks(scenario):
        if lineage < start + size:
            return number, start, size
        start += size
    raise ValueError(f"lineage={lineage} is not possible: this run has {scenario.lineages}")
