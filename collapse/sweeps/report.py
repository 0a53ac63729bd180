"""What a sweep says of every scenario: the columns of its table, and how a row comes about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from collapse.bands import BAND, band, error_of_mean
from collapse.data import Array
from collapse.metrics import METRICS, metric_named, signs
from collapse.patience import patient
from collapse.recursion import last, run
from collapse.scenario import Scenario
from collapse.sheets.cells import table
from collapse.stages import EARLY, LATE, Rule, classify, typical_onset
from collapse.trajectory import Trajectory

ONSETS = {"early": EARLY, "late": LATE}
LAST = -1  # as a generation: the last one of each scenario


@dataclass(frozen=True)
class Report:
    """What is reported: `metrics` by name, each with its mean over chains, the standard error of that, and `quantiles`; the `onsets`
    of stages, by `rule`; at which `generations` (empty: all of them).  `anyway`: runs that are too long for the command line, too."""

    metrics: tuple[str, ...] = ()
    quantiles: tuple[float, ...] = BAND
    onsets: tuple[str, ...] = ()
    generations: tuple[int, ...] = (LAST,)
    rule: Rule = field(default_factory=Rule)
    anyway: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns with numbers, in their order: `variance.mean`, `variance.se`, `variance.q0.5`, …, `onset.early`, …"""
        said = [f"{m}.{what}" for m in self.metrics for what in ("mean", "se", *(f"q{q:g}" for q in self.quantiles))]
        return (*said, *(f"onset.{stage}" for stage in self.onsets))

    def rows(self, keys: tuple[str, ...], number: int, point: Mapping[str, str]) -> list[list[Any]]:
        """The rows of a scenario, which `point` describes, with a cell for each of the `keys`, empty where it has no such knob; a
        refused scenario has a single row without numbers, and a note that says why."""
        try:
            s = Scenario.from_query(point)
            names = tuple(m for m in self.metrics if not METRICS[m].refusal(s))
            watched = tuple(dict.fromkeys((*names, *(signs(s) if self.onsets else ()))))
            patient(s, watched, self.anyway)
        except ValueError as error:
            return [[number, *(point.get(k, "") for k in keys), None, *(None for _ in self.columns), str(error)]]
        query = s.to_query()
        start, note = [number, *(query.get(key, "") for key in keys)], _unmeasured(s, self.metrics)
        return [[*start, g, *numbers, note] for g, numbers in self._numbers(s, names, watched)]

    def _numbers(self, s: Scenario, names: tuple[str, ...], watched: tuple[str, ...]) -> list[tuple[int, list[Any]]]:
        """(generation, the numbers of its columns) for every generation that is reported."""
        wanted = self.generations or tuple(range(s.generations + 1))
        at = sorted({s.generations if g == LAST else g for g in wanted if g <= s.generations})
        if at == [s.generations] and not self.onsets:
            found = {name: values[:, None] for name, values in (last(s, names) if names else {}).items()}
            return [(s.generations, self._summary(found, 0, s.policy.group))]
        trajectory = run(s, keep=watched) if watched else None
        values = {name: trajectory.measure(name) for name in names} if trajectory else {}
        ends = [_onset(trajectory, self.rule, ONSETS[stage]) for stage in self.onsets] if trajectory else []
        return [(g, [*self._summary(values, g, s.policy.group), *ends]) for g in at]

    def _summary(self, values: Mapping[str, Array], at: int, group: int) -> list[float | None]:
        """Mean, standard error and quantiles over chains of every metric; nothing where it cannot be measured."""
        found: list[float | None] = []
        for name in self.metrics:
            if name not in values:
                found += [None] * (2 + len(self.quantiles))
                continue
            column = values[name][:, at]
            with np.errstate(invalid="ignore"):  # of infinite values
                numbers = [float(column.mean()), error_of_mean(column, group)]
            numbers += band(column, self.quantiles).tolist() if self.quantiles else []
            found += [None if np.isnan(v) else v for v in numbers]
        return found


def _onset(trajectory: Trajectory, rule: Rule, stage: int) -> float:
    return typical_onset(classify(trajectory, rule), stage)


def _unmeasured(s: Scenario, metrics: tuple[str, ...]) -> str:
    """Which metrics this scenario does not have, and why; a sentence for each."""
    return "; ".join(f"{m} cannot be measured here: {why}" for m in metrics if (why := METRICS[m].refusal(s)))


def usual(scenario: Scenario) -> tuple[str, ...]:
    """What is measured if nobody says what: the spread, or how many types are left."""
    return (metric_named("variance" if scenario.world.space in METRICS["variance"].spaces else "types", scenario).name,)


def as_text(rows: list[list[Any]]) -> str:
    """Rows as lines of a CSV file; every cell safe for a spreadsheet, every number to its last digit."""
    return table(rows[0], rows[1:]) if rows else ""
