"""The question of a sweep, in a TOML file: what all scenarios have in common, a list of them, axes, and what is reported.

    [scenario]                      # any knob of a link; what is not named is as by default
    n = 100
    policy = "mix"

    [axes]                          # every combination of these, the first varies slowest
    n = { from = 10, to = 1000, count = 7 }
    "policy.synthetic" = [1.0, 0.9, 0.5]
    seed = { from = 0, to = 4 }

    [report]
    metrics = ["variance"]
    onsets = ["early", "late"]

`[[scenarios]]` may come instead of axes, or besides: then every scenario of the list is combined with every point of the axes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from hashlib import blake2b
from itertools import chain, islice, product
from math import prod
from typing import Any

import numpy as np

from collapse.bands import BAND
from collapse.budget import typical_cost
from collapse.metrics import METRICS
from collapse.scenario import VERSION, Scenario
from collapse.spec import names, shown
from collapse.spreading import Executor, spread
from collapse.stages import Rule
from collapse.sweeps.axes import VALUES, At, Fail, axis, flat
from collapse.sweeps.places import GridError, line_of, parsed
from collapse.sweeps.report import LAST, ONSETS, Report, usual

MOST = 100_000_000  # scenarios of a sweep
LISTED = 100_000  # scenarios in a list
BYTES = 20_000_000  # of a file
QUANTILES = 20
MOST_GENERATIONS = int(Scenario.knobs()["generations"].high or 0)
BASES = 1000  # combinations of parts that are tried before a value is called a mistake
LIMITS = f"at most {MOST:,} scenarios, {VALUES:,} values on an axis, {LISTED:,} scenarios in a list and {BYTES // 1_000_000} MB"
TABLES = ("scenario", "scenarios", "axes", "report", "stage")


@dataclass(frozen=True)
class Grid:
    """Scenarios by number, from 0: `point(i)` has the keys in which they are told from a default one, always the same ones; `report`
    says what is wanted of them."""

    common: Mapping[str, str]
    listed: tuple[Mapping[str, str], ...]
    axes: Mapping[str, tuple[str, ...]]
    report: Report
    text: str

    def __len__(self) -> int:
        return len(self.listed) * prod(map(len, self.axes.values()))

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of every point, as in the columns of the table."""
        return tuple(dict.fromkeys(["v", *self.common, *(k for given in self.listed for k in given), *self.axes]))

    def point(self, number: int) -> dict[str, str]:
        """The keys by which a scenario differs from a default one, and their values."""
        place, turned = number, {}
        for key, values in reversed(list(self.axes.items())):
            place, at = divmod(place, len(values))
            turned[key] = values[at]
        given = {"v": VERSION, **self.common, **self.listed[place], **turned}
        return {key: given[key] for key in self.keys if key in given}

    def points(self, start: int = 0) -> Iterator[tuple[int, dict[str, str]]]:
        """(number, point) of every scenario from `start` on."""
        return ((number, self.point(number)) for number in range(start, len(self)))

    @property
    def head(self) -> tuple[str, ...]:
        """The columns of the table."""
        return ("scenario", *self.keys, "generation", *self.report.columns, "note")

    def rows(self, executor: Executor | None = None, start: int = 0) -> Iterator[list[Any]]:
        """The rows of the table from the scenario `start` on, in order, as they come; `executor`: as in `spreading.spread`."""
        found = spread(partial(_rows, self.report, self.keys), self.points(start), executor, chunk=self.chunk())
        return chain.from_iterable(found)

    @property
    def digest(self) -> str:
        """By which a question is known: the same for files that ask the same, whatever their comments."""
        asked = (tuple(self.common.items()), tuple(tuple(x.items()) for x in self.listed), tuple(self.axes.items()))
        return blake2b(repr((VERSION, asked, self.report)).encode(), digest_size=16).hexdigest()

    def chunk(self, work: int = 5_000_000, most: int = 100) -> int:
        """How many scenarios shall travel together: about `work` numbers, so that the way costs little beside it, and at least 64
        pieces, so that several processes have something to do."""
        costs = []
        for number in np.unique(np.linspace(0, len(self) - 1, 20).astype(int)).tolist():
            try:
                costs.append(typical_cost(Scenario.from_query(self.point(number))))
            except ValueError:
                continue
        usually = float(np.mean(costs)) if costs else 1.0
        return int(max(1, min(work / usually, most, len(self) / 64)))


def _rows(report: Report, keys: tuple[str, ...], task: tuple[int, dict[str, str]]) -> list[list[Any]]:
    return report.rows(keys, *task)


def read(text: str, anyway: bool = False) -> Grid:
    """The grid of a TOML text; `anyway`: as in `Report`.  Errors: GridError, a sentence that begins with the line of the mistake."""
    if len(text.encode()) > BYTES:
        raise GridError(f"line 1: the file is too long: {LIMITS} are read")
    told = parsed(text)
    for name in told:
        if name not in TABLES:
            place = max(line_of(text, name), line_of(text, "", name))
            raise GridError(f"line {place}: {shown(name)} is not known: the tables are {names(TABLES)}")
    common = flat(_table(text, told, "scenario"), _at(text, "scenario"))
    given = told.get("scenarios", [{}])
    if not isinstance(given, list) or not given or not all(isinstance(x, dict) for x in given) or len(given) > LISTED:
        raise GridError(f"line {line_of(text, 'scenarios')}: scenarios are written as [[scenarios]], {LIMITS}")
    listed = tuple(flat(x, _at(text, "scenarios", i)) for i, x in enumerate(given))
    axes: dict[str, tuple[str, ...]] = {}
    for key, value in _table(text, told, "axes").items():
        axes |= axis(key, value, _at(text, "axes"))
    for key in axes:
        if key in common or any(key in x for x in listed):
            raise _at(text, "axes")(key)(f"{key} is on an axis and is set elsewhere, too: write it once")
    if len(listed) * prod(map(len, axes.values())) > MOST:
        raise GridError(f"line {line_of(text, 'axes')}: these are too many scenarios: {LIMITS} are possible")
    _checked(text, common, listed, axes)
    grid = Grid(common, listed, axes, Report(), text)
    return replace(grid, report=replace(_report(text, told, grid.point(0)), anyway=anyway))


def _at(text: str, table: str, number: int = 0) -> At:
    """An error for a key of a table, with its line."""
    return lambda key: lambda why: GridError(f"line {line_of(text, table, key, number)}: {why}")


def _table(text: str, told: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = told.get(name, {})
    if not isinstance(found, dict):
        raise GridError(f"line {line_of(text, '', name)}: {name} is a table: write [{name}] on a line of its own")
    return found


def _report(text: str, told: Mapping[str, Any], first: Mapping[str, str]) -> Report:
    """What is reported; `first`: the first scenario, which says what is measured if nothing else does."""
    asked, rule, at = _table(text, told, "report"), _table(text, told, "stage"), _at(text, "report")
    for key in asked:
        if key not in ("metrics", "quantiles", "onsets", "generations"):
            raise at(key)(f"{shown(key)} is not known: give metrics, quantiles, onsets or generations")
    for key, table in (("metrics", METRICS), ("onsets", ONSETS)):
        given = asked.get(key, [])
        if not isinstance(given, list) or not all(isinstance(x, str) and x in table for x in given):
            raise at(key)(f"{key}={shown(given)} is not possible: give a list of {names(table)}")
    quantiles = asked.get("quantiles", list(BAND))
    if not isinstance(quantiles, list) or not all(isinstance(q, float) and 0 < q < 1 for q in quantiles):
        raise at("quantiles")("quantiles are a list of numbers between 0 and 1, as [0.05, 0.5, 0.95]")
    if len(quantiles) > QUANTILES:
        raise at("quantiles")(f"these are {len(quantiles)} quantiles: give at most {QUANTILES}")
    wanted = asked.get("generations", "last")
    if wanted not in ("last", "all") and not (
        isinstance(wanted, list) and wanted and all(type(g) is int and 0 <= g <= MOST_GENERATIONS for g in wanted)
    ):
        raise at("generations")('generations are "last", "all", or a list of whole numbers from 0 on, as [0, 10, 50]')
    stage = flat(rule, _at(text, "stage"))
    for key, error in Rule.read(stage)[1].items():
        raise _at(text, "stage")(key)(str(error))
    try:
        known = usual(Scenario.from_query(first))
    except ValueError:
        known = ("variance",)
    return Report(
        metrics=tuple(dict.fromkeys(asked.get("metrics", known))),
        quantiles=tuple(dict.fromkeys(quantiles)),
        onsets=tuple(dict.fromkeys(asked.get("onsets", []))),
        generations=tuple(wanted) if isinstance(wanted, list) else (LAST,) if wanted == "last" else (),
        rule=Rule.from_query(stage),
    )


def _checked(
    text: str,
    common: Mapping[str, str],
    listed: Sequence[Mapping[str, str]],
    axes: Mapping[str, tuple[str, ...]],
) -> None:
    """Every value is right by itself in at least one of the scenarios; else GridError with its line."""
    parts = {key: values for key, values in axes.items() if not any(_numeric(v) for v in values)}
    choices = [dict(zip(parts, chosen, strict=True)) for chosen in islice(product(*parts.values()), BASES)]

    def check(key: str, value: str, bases: Sequence[Mapping[str, str]], fail: Fail) -> None:
        found = []
        for base in bases:
            error = Scenario.read({**base, key: value})[1].get(key)
            if error is None:
                return
            found.append(str(error))
        raise fail(next((why for why in found if key + "=" in why), found[0]))  # best where this key is known

    for number, given in enumerate(listed):
        bases = [{**common, **given, **chosen} for chosen in choices]
        for key, value in given.items():
            check(key, value, bases, _at(text, "scenarios", number)(key))
    bases = [{**common, **given, **chosen} for given in listed[:BASES] for chosen in choices][:BASES]
    for key, value in common.items():
        check(key, value, bases, _at(text, "scenario")(key))
    for key, values in axes.items():
        for value in values:
            check(key, value, bases, _at(text, "axes")(key))


def _numeric(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
