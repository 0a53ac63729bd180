"""A phase map: two knobs, a grid, and in every cell a small run; coarse cells first, so that the whole is seen early.

Every cell is a scenario of its own, on the same noise as its neighbours (the seed is one), with few lineages; how few, and the
standard error that follows, is said.  What a cell shows is the median over lineages at the end, or the generation at which half
of them have entered a stage.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from collapse.bands import median
from collapse.budget import BUDGET, bounded, examples_per_fit, measuring_cost, typical_cost, worst_case_cost
from collapse.compose import dials, setting
from collapse.data import Array
from collapse.healthy import charges
from collapse.metrics import METRICS, metric_named, signs
from collapse.recursion import last, run
from collapse.scenario import ImpossibleError, Scenario
from collapse.spec import checked, names
from collapse.stages import EARLY, LATE, Rule, classify, typical_onset

SIDE = 25
LINEAGES = 40
FEWEST = 10
SIDES = (SIDE, 13, 7, 5)
MAP_BUDGET = 2 * BUDGET  # numbers that a whole map usually handles; each of its cells has the budget of a run
Ends = tuple[float | None, float | None]
ONSETS = {"early onset": EARLY, "late onset": LATE}


@dataclass(frozen=True)
class Axis:
    """A knob by its key and the values along it, rising; `log`: evenly spaced by ratio."""

    key: str
    values: tuple[float, ...]
    log: bool

    def text(self, i: int) -> str:
        """Value i as a link writes it."""
        return str(self.values[i])


def axis(scenario: Scenario, key: str, ends: Ends = (None, None), side: int = SIDE) -> Axis:
    """An axis of at most `side` values; without ends around the present value: a tenth to ten times, or the whole range.

    Errors: ValueError if this scenario has no such number, or the bounds are out of range or the wrong way round.
    """
    turnable = dials(scenario)
    if key not in turnable:
        raise ValueError(f"axis={key!r} is no number of this scenario: choose {names(turnable)}")
    rule, now = turnable[key], setting(scenario, key)
    least, most = float(rule.low or 0), float(rule.high or 0)
    near = (max(least, now / 10), min(most, now * 10)) if rule.log else (least, most)
    low, high = (
        float(checked(key, usual if end is None else end, float, rule)) for usual, end in zip(near, ends, strict=True)
    )
    if not low < high:
        raise ValueError(f"{key} from {low:g} to {high:g} is not possible: give a lower and a higher end")
    grid = np.geomspace(low, high, side) if rule.log else np.linspace(low, high, side)
    tidy = [round(v) if isinstance(now, int) else min(max(float(f"{v:.4g}"), low), high) for v in grid.tolist()]
    return Axis(key, tuple(sorted(set(tidy))), rule.log)


@dataclass(frozen=True)
class Map:
    """The question of a phase map; `shows`: a metric, or a key of `ONSETS`."""

    scenario: Scenario
    x: Axis
    y: Axis
    shows: str
    rule: Rule = field(default_factory=Rule)

    @property
    def metrics(self) -> tuple[str, ...]:
        """What must be measured in every cell."""
        return signs(self.scenario) if self.shows in ONSETS else (self.shows,)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return len(self.y.values), len(self.x.values)

    def _cell(self, row: int, column: int) -> Scenario | str:
        try:
            found = bounded(
                Scenario.from_query({self.x.key: self.x.text(column), self.y.key: self.y.text(row)}, self.scenario)
            )
        except ImpossibleError as error:
            return str(error)
        why = "" if self.shows in ONSETS else METRICS[self.shows].refusal(found)
        return f"{METRICS[self.shows].label} cannot be measured here: {why}" if why else found

    @cached_property
    def cells(self) -> dict[tuple[int, int], Scenario | str]:
        """The scenario of every (row, column), or why there is none: its parts do not go together, its spread would know no
        bounds, or it has no such metric."""
        return {(r, c): self._cell(r, c) for r, c in np.ndindex(*self.shape)}

    @property
    def runs(self) -> list[Scenario]:
        """The scenarios of the cells that have one."""
        return [s for s in self.cells.values() if isinstance(s, Scenario)]

    @property
    def effort(self) -> int:
        """Numbers that the whole map usually handles: all of its cells, and the healthy models by which onsets are judged."""
        known = {k: v for s in self.runs for k, v in charges(s).items()} if self.shows in ONSETS else {}
        return sum(typical_cost(s) + self._measuring(s) for s in self.runs) + sum(known.values())

    @property
    def burden(self) -> float:
        """The work as a multiple of what is allowed: of the whole map as it usually goes, or of one cell at its worst."""
        worst = max((worst_case_cost(s) + self._measuring(s) for s in self.runs), default=0)
        return max(self.effort / MAP_BUDGET, worst / BUDGET)

    def _measuring(self, s: Scenario) -> int:
        """An onset needs every generation measured, a metric only the last one, when growing data have grown."""
        if self.shows in ONSETS:
            return measuring_cost(s, self.metrics)
        fit = s.model.cost(s.world, s.decoder, s.n * (1 if examples_per_fit(s) == s.n else s.generations), s.single)
        return s.lineages * METRICS[self.shows].cost(s.world, fit.integral)

    def halved(self, key: str) -> "Map":
        """The map with a number half as large, or with the upper end of an axis in the middle; ValueError if that cannot be."""
        x, y = (
            axis(self.scenario, key, (a.values[0], (a.values[0] + a.values[-1]) / 2), len(a.values))
            if a.key == key
            else a
            for a in (self.x, self.y)
        )
        if key in (x.key, y.key):
            return replace(self, x=x, y=y)
        now = setting(self.scenario, key)
        return replace(self, scenario=Scenario.from_query({key: str(type(now)(now / 2))}, self.scenario))


def drawn(
    scenario: Scenario,
    keys: tuple[str, str],
    shows: str,
    rule: Rule,
    ends: tuple[Ends, Ends] = ((None, None), (None, None)),
) -> Map:
    """The finest map that fits the budget; `ends`: of the x axis, then of the y axis.  ValueError if there is none."""
    if keys[0] == keys[1]:
        raise ValueError(f"both axes are {keys[0]}: choose two different ones")
    if shows not in ONSETS:
        metric_named(shows, scenario)
    for side in SIDES:
        for lineages in (LINEAGES, 20, FEWEST):
            few = replace(scenario, lineages=lineages)
            found = Map(few, axis(few, keys[0], ends[0], side), axis(few, keys[1], ends[1], side), shows, rule)
            if found.burden <= 1:
                return found
    raise ValueError(
        f"even a map of {SIDES[-1]} × {SIDES[-1]} cells with {FEWEST} chains is {found.burden:,.2f} times the work "
        f"that one visitor may ask for: lower {' or '.join(_levers(found))}"
    )


def _levers(asked: Map) -> list[str]:
    """What to lower so that a map becomes less work: at most three numbers that help when they are halved, best first."""
    found: list[tuple[float, str]] = []
    for key in dials(asked.scenario):
        on_an_axis = key in (asked.x.key, asked.y.key)
        said = f"the upper end of {key}" if on_an_axis else f"{key}={setting(asked.scenario, key)}"
        try:
            found.append((asked.halved(key).burden, said))
        except ValueError:  # it is as low as it can be
            continue
    return [said for burden, said in sorted(found) if burden < 0.9 * asked.burden][:3]


def order(shape: tuple[int, int]) -> Iterator[tuple[int, int, int]]:
    """(row, column, stride) of every cell once, coarse grid first; `stride`: how wide the cell stands for others."""
    stride = 1 << max(0, (max(shape) // 3).bit_length() - 1)
    done: set[tuple[int, int]] = set()
    while stride:
        for at in ((r, c) for r in range(0, shape[0], stride) for c in range(0, shape[1], stride)):
            if at not in done:
                done.add(at)
                yield *at, stride
        stride //= 2


@dataclass
class Filled:
    """A map as far as it is computed: `value` and its standard `error` (rows, columns), NaN where nothing is known yet or ever;
    `stride` (rows, columns): 0 for a cell not looked at, else how wide it stands for its neighbours."""

    map: Map
    value: Array
    error: Array
    stride: Array

    @classmethod
    def empty(cls, asked: Map) -> "Filled":
        """Nothing computed yet."""
        blank = np.full(asked.shape, np.nan)
        return cls(asked, blank, blank.copy(), np.zeros(asked.shape, int))

    @property
    def done(self) -> float:
        """The share of the cells that is computed."""
        return float((self.stride > 0).mean())

    def painted(self) -> Array:
        """(rows, columns) of values: what is not computed yet shows the nearest coarser cell; without a scenario, nothing."""
        out = np.full(self.value.shape, np.nan)
        for step in sorted(set(self.stride.ravel().tolist()) - {0}, reverse=True):
            for r, c in zip(*np.nonzero(self.stride == step), strict=True):
                out[r : r + step, c : c + step] = self.value[r, c]
        for at, s in self.map.cells.items():
            if isinstance(s, str):
                out[at] = np.nan
        return out


def fill(asked: Map) -> Iterator[Filled]:
    """Fill a map cell by cell: its `Filled`, yielded again after every cell; who stops iterating stops the work."""
    found = Filled.empty(asked)
    for row, column, stride in order(asked.shape):
        s = asked.cells[row, column]
        if isinstance(s, Scenario):
            found.value[row, column], found.error[row, column] = measured(asked, s)
        found.stride[row, column] = stride
        yield found


def measured(asked: Map, scenario: Scenario) -> tuple[float, float]:
    """(value, standard error) of one cell: see `middle`; of an onset the error is NaN, and an onset that never comes is ∞."""
    if asked.shows in ONSETS:
        trajectory = run(scenario, keep=asked.metrics)
        return typical_onset(classify(trajectory, asked.rule), ONSETS[asked.shows]), float("nan")
    return middle(last(scenario, asked.metrics)[asked.shows], scenario.policy.group)


def middle(values: Array, group: int = 1) -> tuple[float, float]:
    """The median of (R,) values and its standard error, free of any distribution: half the distance between the order statistics at
    R/2 ± √(gR)/2, a central 68% interval of the binomial; of lineages that come in groups of g it is at most so much."""
    ranked, half = np.sort(values), len(values) / 2
    low = max(int(np.floor(half - np.sqrt(group * half / 2))), 0)
    high = min(int(np.ceil(half + np.sqrt(group * half / 2))) - 1, len(values) - 1)
    gap = (ranked[high] - ranked[low]) / 2 if np.isfinite(ranked[[low, high]]).all() else np.nan
    return float(median(values)), float(gap)
