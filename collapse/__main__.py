"""The command line: `python -m collapse run QUERY --metric variance --format csv` and `python -m collapse list`."""

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn, TextIO

import numpy as np

import collapse
from collapse.curation import CURATORS
from collapse.data import Array
from collapse.decoding import DECODERS
from collapse.metrics import METRICS, metric_named
from collapse.models import MODELS
from collapse.policies import POLICIES
from collapse.recursion import run
from collapse.scenario import VERSION, Scenario
from collapse.theory import LAWS, law_for
from collapse.worlds import WORLDS

COLUMNS = ("mean", "median", "q05", "q95")
LEVELS = (0.5, 0.05, 0.95)
EXAMPLE = "world=normal&model=gaussian&policy=replace&n=100&generations=50&lineages=2000&seed=0"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = _Parser(prog="python -m collapse", description=collapse.__doc__)
    verbs = top.add_subparsers(dest="verb", required=True, parser_class=_Parser)
    runs = verbs.add_parser("run", help="run a scenario and print what was measured")
    runs.add_argument("query", help=f"a scenario, as in {EXAMPLE!r}")
    runs.add_argument("--metric", action="append", help="what to measure; may repeat (default: variance or types)")
    runs.add_argument("--format", choices=("csv", "json"), default="csv")
    verbs.add_parser("list", help="name all worlds, models, decoders, curators, policies, metrics and laws")
    return top


def summary(values: Array) -> dict[str, list[float]]:
    """Mean, median and 5–95 % quantiles over lineages of (R, T+1), by generation."""
    with np.errstate(invalid="ignore"):  # between two infinities there is no interpolation
        quantiles = np.quantile(values, LEVELS, axis=0)
    quantiles = np.where(np.isnan(quantiles), np.quantile(values, LEVELS, axis=0, method="higher"), quantiles)
    return dict(zip(COLUMNS, (c.tolist() for c in (values.mean(axis=0), *quantiles)), strict=True))


def write_csv(tables: dict[str, dict[str, list[float]]], out: TextIO) -> None:
    """One row a generation; a `metric` column comes first when there are several."""
    rows = csv.writer(out, lineterminator="\n")
    several = len(tables) > 1
    rows.writerow((["metric"] if several else []) + ["generation", *COLUMNS])
    for name, table in tables.items():
        for t, values in enumerate(zip(*table.values(), strict=True)):
            rows.writerow(([name] if several else []) + [t, *values])


def finite(values: list[float]) -> list[float | None]:
    """JSON has no infinity and no NaN: both become null."""
    return [v if np.isfinite(v) else None for v in values]


def as_json(scenario: Scenario, tables: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """The whole answer: scenario, version, and for every metric its table and, where one exists, its law."""
    metrics: dict[str, Any] = {}
    for name, table in tables.items():
        metrics[name] = {"generation": list(range(scenario.generations + 1))} | {k: finite(v) for k, v in table.items()}
        curve = law_for(scenario, name)
        metrics[name]["law"] = None if curve is None else {
            "mean": finite(curve.tolist()), "formula": LAWS[name].formula, "standing": LAWS[name].standing,
            "sources": [s.short for s in LAWS[name].sources]}
    return {"collapse": collapse.__version__, "version": VERSION, "scenario": scenario.to_query(), "metrics": metrics}


def catalogue() -> str:
    """Everything that has a name, one a line under its table."""
    tables = {"worlds": WORLDS, "models": MODELS, "decoders": DECODERS, "curators": CURATORS, "policies": POLICIES}
    lines = []
    for title, table in tables.items():
        lines += [title, *(f"  {kind:22}{part.says}" for kind, part in table.items())]
    lines += ["metrics", *(f"  {m.name:22}{m.label}" for m in METRICS.values())]
    lines += ["laws", *(f"  {law.metric:22}{law.formula}  [{law.standing}]" for law in LAWS.values())]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; bad input is one line on stderr and exit code 2."""
    options = parser().parse_args(arguments)
    if options.verb == "list":
        print(catalogue())
        return 0
    try:
        scenario = Scenario.from_query(options.query)
        wanted = options.metric or ["variance" if scenario.world.space == "real" else "types"]
        names = list(dict.fromkeys(wanted))
        for name in names:
            metric_named(name, scenario)
    except ValueError as error:
        print(f"collapse: {error}", file=sys.stderr)
        return 2
    trajectory = run(scenario, keep=names)
    tables = {name: summary(trajectory.measure(name)) for name in names}
    if options.format == "csv":
        write_csv(tables, sys.stdout)
    else:
        print(json.dumps(as_json(scenario, tables), indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
