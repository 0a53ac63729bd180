"""What a run holds in memory, in bytes: an estimate from above, beside the numbers that it handles (`budget`)."""

from collections.abc import Collection

from collapse.blocks import held, lineages_per_block
from collapse.metrics import METRICS
from collapse.models import Model
from collapse.scenario import Scenario
from collapse.worlds import World

BYTES = 200_000_000  # that the run of one visitor may hold
WATCHED = 9  # numbers of every lineage and generation: what is measured of it, its stage, and what is made on the way
CURATED = 16  # more copies of every example, where a curator wants to know where each is from
LEAST = 25_000_000  # bytes in which a chunk of something is measured, or drawn
NODES = 16  # numbers at each node of an integral over the belief of one lineage
AT_AN_EXAMPLE = 64  # nodes of an integral at each example, at most
AT_ONCE = 4_000_000  # numbers in which several lineages are integrated at once
A_NUMBER = 8  # bytes


def bytes_of(scenario: Scenario, metrics: Collection[str] = ()) -> int:
    """Bytes that a run holds at once while it is computed, measured by `metrics` and looked at.

    Params are there twice while blocks are put together.  Of models whose params are not kept, what is measured is.
    """
    s = scenario
    kept = 2 * size(s.model, s.world) if s.model.compact else WATCHED + len(metrics)
    rows = s.lineages * (s.generations + 1) * (kept + WATCHED + len(metrics))
    examples = int(s.policy.amounts(s.n, s.generations).max()) if s.single or s.model.rows else s.n
    trained = examples * s.world.d if s.world.space != "types" and (s.single or s.model.rows) else 0
    said = s.model.held(s.world, s.decoder, s.n, s.single or s.policy.original)
    copies = s.model.copies + (CURATED if s.curator.single else 0)
    fit = s.model.cost(s.world, s.decoder, examples, s.single)
    block = (
        lineages_per_block(s) * (max(held(s), said, trained) * copies + fit.scratch + s.curator.scratch) + fit.gathered
    )
    integral = 0
    if s.world.space == "real" and any(METRICS[name].integral for name in metrics):
        integral = NODES * min(fit.integral, AT_AN_EXAMPLE * examples) + AT_ONCE
    return A_NUMBER * (rows + block + integral) + LEAST


def size(model: Model, world: World) -> int:
    """Numbers in the params of one model of a family that is compact."""
    return getattr(model, "components", 1) * (1 + world.d + world.d**2)


def megabytes(size: int) -> str:
    """Bytes in words, as in "1,240 MB"."""
    return f"{size / 1e6:,.0f} MB"
