"""What a run costs, and how much of it one visitor may ask for.

The unit is a number that is drawn or handled, which takes 50 to 100 ns of processor time.  What something costs never changes a
result: the split of lineages into blocks, which decides the random streams, is in `blocks`.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

import numpy as np

from collapse.blocks import lineages_per_block
from collapse.laws.islands import step
from collapse.memory import AT_AN_EXAMPLE, BYTES, bytes_of, megabytes
from collapse.metrics import METRICS
from collapse.models import Cost
from collapse.models.gaussian import Gaussian
from collapse.scenario import ImpossibleError, Scenario
from collapse.speech import plural

BUDGET = 40_000_000  # numbers that one visitor may ask for: one to three seconds of one core
DIGITS = 36  # of a number that a chart can hold, less two for the lineages that are wider than the average
COST_OF_A_STEP = 1500  # one generation of one block, however small it is; twice as much if it is measured on the way
COST_OF_DECODING = 1000  # of one block whose examples speak otherwise than as it has learnt, each time
COST_OF_LEARNING = (
    3500  # of a curator that learns how to judge, in one generation of one block, however little it learns from
)
COST_OF_A_CANDIDATE = 6  # to label one, put it into random order, judge it and pick it, besides its own numbers
COST_OF_A_REVIEW = 2  # to put an example that was judged before into its order, in each generation
COST_OF_PICKING = 3  # to pick from the counts of a type without putting back, in draws of such a count


class TooMuchError(ValueError):
    """A run that handles more numbers than somebody may ask for; with so many `lineages` it would not, unless that is 0."""

    def __init__(self, sentence: str, lineages: int) -> None:
        super().__init__(sentence)
        self.lineages = lineages


def worst_case_cost(scenario: Scenario, metrics: Iterable[str] = ()) -> int:
    """Numbers handled by a run that measures `metrics` in every generation, if every fit takes as long as it may."""
    fit = cost_of_a_fit(scenario)
    return _cost(scenario, fit, 1) + measuring_cost(scenario, metrics)


def typical_cost(scenario: Scenario, metrics: Iterable[str] = ()) -> int:
    """Numbers that a run with `metrics` usually handles: an iterative fit mostly ends long before it must."""
    fit = cost_of_a_fit(scenario)
    return _cost(scenario, fit, fit.typical_speedup) + measuring_cost(scenario, metrics)


def measuring_cost(scenario: Scenario, metrics: Iterable[str]) -> int:
    """Numbers handled to measure `metrics` in every lineage and generation; only those count that integrate over the
    belief, or listen to a text for long."""
    s = scenario
    fit = cost_of_a_fit(s)
    asked = [METRICS[name] for name in metrics]
    lookup = fit.lookup + s.world.cost_of_a_density * min(fit.integral, AT_AN_EXAMPLE * examples_per_fit(s))
    each = sum(metric.cost(s.world, fit.integral) + metric.integral * lookup for metric in asked) * s.lineages
    steps = 0 if s.model.compact else sum(metric.step(s.world) for metric in asked) * _split(s)
    return (each + steps) * s.generations


def cost_of_a_fit(scenario: Scenario) -> Cost:
    """What the model of a scenario states for the examples that it is trained on, on average over the generations."""
    s = scenario
    return s.model.cost(s.world, s.decoder, examples_per_fit(s), s.single)


def examples_per_fit(scenario: Scenario) -> int:
    """Examples that train a model, on average over the generations."""
    return int(scenario.policy.amounts(scenario.n, scenario.generations).sum()) // scenario.generations


def _cost(scenario: Scenario, fit: Cost, speedup: int) -> int:
    s, split = scenario, _split(scenario)
    each = 2 if s.world.blended else 1  # which group an example is of is drawn, too
    first = each * s.model.cost(s.world, s.decoder, s.n, s.single or s.policy.original).observing
    made, voices = _speaking(s)
    renewed = s.policy.renewed(s.n)
    fresh = each * s.model.cost(s.world, s.decoder, renewed, s.single).observing if renewed else 0
    pool = made + fit.speaking * voices + fresh + _pooling(s, made) + _judging(s, fit)
    learnt = s.curator.learning + (fit.sampling + fit.fitting if s.curator.hears else 0)
    generation = s.curator.pools * pool + _reviewing(s) + learnt + fit.fitting + fit.overhead + fit.iterating // speedup
    decoding = COST_OF_DECODING if s.decoder.truncates or (s.model.rows and not s.decoder.neutral) else 0
    return s.lineages * (first + generation * s.generations) + split * s.generations * (
        COST_OF_A_STEP * (voices * s.curator.pools + (not s.model.compact) + 2 * s.curator.single)
        + (fit.saying + decoding) * voices * s.curator.pools
        + COST_OF_LEARNING * bool(s.curator.learning)
        + fit.block
        + fit.iterating_block // speedup
    )


def _split(s: Scenario) -> int:
    """Into how many blocks the lineages are split."""
    return -(-s.lineages // lineages_per_block(s))


def _speaking(s: Scenario) -> tuple[int, int]:
    """(numbers handled to draw the synthetic examples of one lineage and generation, how often all lineages speak for that)."""
    own, read = s.policy.heard(s.n)
    made = s.model.cost(s.world, s.decoder, own, s.single).sampling if own or not read else 0
    others = min(s.policy.group - 1, -(-read // s.model.passage))
    if others:
        made += others * s.model.cost(s.world, s.decoder, -(-read // others), s.single).sampling
    return made, 1 + others


def _pooling(s: Scenario, made: int) -> int:
    """Numbers handled in one lineage and generation to pool examples, and to pick those that train the next model."""
    if s.curator.single and s.policy.grows:
        return 0
    if s.world.space == "types":
        return COST_OF_PICKING * made if s.policy.single or s.policy.original else 0
    redrawn = s.n * (s.world.d + 1) // 2 if s.policy.redraws else 0
    archive = s.n * s.world.d * (s.generations + 1) // 2 if s.policy.grows and (s.single or s.model.rows) else 0
    return redrawn + archive


def _reviewing(s: Scenario) -> int:
    """Numbers handled in one lineage and generation to look again at what was judged before, in an archive that grows."""
    return COST_OF_A_REVIEW * s.n * (s.generations + 1) // 2 * s.world.d if s.curator.single and s.policy.grows else 0


def _judging(s: Scenario, fit: Cost) -> int:
    """Numbers handled to judge one pool of candidates in one lineage and generation."""
    if not s.curator.single:
        return 0
    return s.n * (s.world.d + COST_OF_A_CANDIDATE + s.curator.likelihoods * fit.likelihood)


def growth(scenario: Scenario) -> float:
    """By how many digits the mean variance may grow until the end: powers of the larger eigenvalue of the recursion of
    (E v, E drift²) in `laws.moments`.  Other heated models let their widest part grow as if nothing were real, and so does every
    curator, which may throw away just what is real, or let through what is farthest out.  Of a policy that changes on the way, the
    wider phase counts, as if it took all the time."""
    s, phases = scenario, scenario.policy.phases
    if len(phases) > 1:
        return max(growth(replace(s, policy=phase)) for phase in phases)
    real, made = s.policy.split(s.n)
    if s.world.space not in ("real", "images") or made == 0 or (s.policy.grows and s.curator.widens == 1):
        return 0.0
    if s.curator.single or (s.decoder.temperature > 1 and not isinstance(s.model, Gaussian)):
        real, made = 0, s.n
    wider, (blurred, thrown) = s.decoder.shrink(s.world.d) * s.curator.widens, s.model.widest(s.n)
    if s.policy.group > 1:
        turn = step(s.n, s.policy.heard(s.n)[0], s.policy.group, wider)
    else:
        turn = np.array([[(s.n - 1) * made * wider, real * made], [made * wider, made**2]]) / s.n**2
    turn *= [[blurred], [thrown]]
    return (s.generations - 1) * float(np.log10(max(np.linalg.eigvals(turn).real.max(), 1.0)))


def bounded(scenario: Scenario) -> Scenario:
    """The scenario, or an ImpossibleError if its numbers could become too large to be drawn."""
    s = scenario
    if (digits := growth(s)) > DIGITS:
        most = 1 + int((s.generations - 1) * DIGITS / digits)
        hot = f" or lower decoder.temperature={s.decoder.temperature:g}" if s.decoder.temperature > 1 else ""
        if s.curator.widens > 1:
            hot += "".join(f" or lower curator.{name}={getattr(s.curator, name)}" for name in s.curator.levers)
        raise ImpossibleError(
            f"generations={s.generations} are too many here: each is wider than the last, and in the end "
            f"the spread could be a number of {int(digits) + 1} digits; give at most generations={most}{hot}"
        )
    return s


def levers(scenario: Scenario) -> list[str]:
    """The knobs of the model that make it cheaper, with their values: `model.epochs=20`."""
    return [f"model.{name}={getattr(scenario.model, name)}" for name in cost_of_a_fit(scenario).levers]


def within(scenario: Scenario, budget: int = BUDGET, metrics: Collection[str] = ()) -> Scenario:
    """The scenario, or a ValueError that says by how much a run that measures `metrics` exceeds the budget."""
    s = bounded(scenario)
    budget *= s.model.patience

    def fits(fewer: Scenario) -> bool:
        return worst_case_cost(fewer, metrics) <= budget and bytes_of(fewer, metrics) <= BYTES

    if (cost := worst_case_cost(s, metrics)) > budget:
        costly = [
            *levers(s),
            *(f"curator.{name}={getattr(s.curator, name)}" for name in s.curator.levers),
            *(f"policy.{name}={getattr(s.policy, name)}" for name in s.policy.levers),
        ]
        sizes = [f"world.{name}={getattr(s.world, name)}" for name in ("types", "dimension") if name in s.world.knobs()]
        ways = ", ".join([*costly, f"n={s.n}", *sizes, f"generations={s.generations}"])
        other = f", or choose another than policy={s.policy.kind}" if s.policy.grows else ""
        fewer = _lineages_within(s, fits)
        raise TooMuchError(
            f"this run would handle {cost:,} numbers, more than the {budget:,} that one visitor "
            f"may ask for: lower {ways} or lineages={s.lineages}{_enough(fewer)}{other}",
            fewer,
        )
    if (needed := bytes_of(s, metrics)) > BYTES:
        fewer = _lineages_within(s, fits)
        raise TooMuchError(
            f"this run would hold {megabytes(needed)} in memory, more than the {megabytes(BYTES)} that one visitor may ask for: "
            f"lower n={s.n}, generations={s.generations} or lineages={s.lineages}{_enough(fewer)}",
            fewer,
        )
    return s


def _enough(fewer: int) -> str:
    """How many lineages would fit, in brackets, if any would; the sentence is read on pages, too, which call them chains."""
    return f" (at most {plural(fewer, 'chain fits', 'chains fit')} here)" if fewer else ""


def _lineages_within(scenario: Scenario, fits: Callable[[Scenario], bool]) -> int:
    """The most lineages, in whole groups, of which the run fits; 0 if not even those of one do."""
    group = scenario.policy.group
    groups = range(1, scenario.lineages // group + 1)
    return group * bisect_left(groups, True, key=lambda g: not fits(replace(scenario, lineages=g * group)))
