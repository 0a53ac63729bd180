"""What a reader can take away: numbers as CSV or JSON with their origin, and a script or notebook that makes them again.

A CSV opens in a spreadsheet without running anything (`sheets.safe`).  The script reproduces the numbers to the digit; data of a
visitor's own it reads from a file, and refuses any other data.
"""

import json
import platform
from typing import Any

import numpy as np
import scipy

import collapse
from collapse.bands import band
from collapse.data import Array
from collapse.laws import LAWS, law_for
from collapse.metrics import METRICS
from collapse.metrics.measuring import WITHOUT_DENSITY
from collapse.scenario import VERSION, Scenario
from collapse.sheets.cells import table
from collapse.trajectory import Trajectory
from collapse.worlds import World

COLUMNS = ("mean", "median", "q05", "q95")


def data_file(world: World) -> str:
    """What the file is called from which a script reads data of a visitor's own."""
    return "my-text.txt" if world.space == "text" else "my-data.csv"


def summary(values: Array) -> dict[str, list[float]]:
    """Mean, median and the ends of the 5–95% band over lineages of (R, T+1), by generation."""
    low, median, high = band(values)
    return dict(zip(COLUMNS, (c.tolist() for c in (values.mean(axis=0), median, low, high)), strict=True))


def as_csv(tables: dict[str, dict[str, list[float]]]) -> str:
    """One row a generation; a `metric` column comes first when there are several, and a `note` last where a cell must stay empty."""
    several, rows = len(tables) > 1, []
    for name, summed in tables.items():
        for t, values in enumerate(zip(*summed.values(), strict=True)):
            known = [None if np.isnan(value) else value for value in values]
            rows.append([*([name] if several else []), t, *known, "" if None not in known else missing(name, t)])
    notes = any(row[-1] for row in rows)
    header = [*(["metric"] if several else []), "generation", *COLUMNS, *(["note"] if notes else [])]
    return table(header, (row if notes else row[:-1] for row in rows))


def described(text: str, scenario: Scenario, metric: str) -> str:
    """A CSV file with a first row, one cell, that says what its numbers are, in which unit, and from which run."""
    query = "&".join(f"{key}={value}" for key, value in scenario.to_query().items())
    about = f"# {metric}: {METRICS[metric].label}; Model Collapse Lab {collapse.__version__}, ?{query}"
    return table([about], []) + text


def missing(metric: str, generation: int) -> str:
    """Why a cell of a metric is empty."""
    if generation == 0 and metric in WITHOUT_DENSITY:
        return "generation 0 is a finite data set: it has no density, so this cannot be measured of it"
    return "this cannot be measured in so many chains that the quantile is not known"


def finite(values: list[float]) -> list[float | None]:
    """JSON has no infinity and no NaN: both become null."""
    return [v if np.isfinite(v) else None for v in values]


def as_json(scenario: Scenario, tables: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    """The whole answer: scenario, version, and for every metric its table and, where one exists, its law."""
    metrics: dict[str, Any] = {}
    for name, summed in tables.items():
        metrics[name] = {"generation": list(range(scenario.generations + 1))} | {
            k: finite(v) for k, v in summed.items()
        }
        curve = law_for(scenario, name)
        metrics[name]["law"] = (
            None
            if curve is None
            else {
                "mean": finite(curve.tolist()),
                "formula": LAWS[name].stated(scenario),
                "standing": LAWS[name].standing,
                "sources": [s.short for s in LAWS[name].sources],
            }
        )
    return {"collapse": collapse.__version__, "version": VERSION, "scenario": scenario.to_query(), "metrics": metrics}


def provenance() -> dict[str, str]:
    """With what the numbers were made: they are the same to the digit where these are."""
    return {"numpy": np.__version__, "scipy": scipy.__version__, "python": platform.python_version()}


def lineages(trajectory: Trajectory, metric: str) -> str:
    """CSV of every lineage: one row a generation, one column a lineage; a cell is empty where nothing can be measured."""
    values = trajectory.measure(metric)
    return table(
        ["generation", *(f"chain {i + 1}" for i in range(len(values)))],
        ([t, *(None if np.isnan(value) else value for value in row)] for t, row in enumerate(values.T.tolist())),
    )


def script(scenario: Scenario, metric: str) -> str:
    """At most 15 lines of Python that print generation, mean, median and 5–95% of a metric: the numbers of `as_csv`."""
    own = scenario.world.private
    query = [f"{k}={v}" for k, v in scenario.to_query().items()]
    wide = max(4, -(-len(query) // 7))
    lines = ["&".join(query[i : i + wide]) for i in range(0, len(query), wide)]
    pieces = [f'    "{line}&"' for line in lines[:-1]] + [f'    "{lines[-1]}"']
    base = f", with_data({data_file(scenario.world)!r}, {scenario.world.kind!r})" if own else ""
    return "\n".join(
        [
            "from collapse import Scenario, run",
            *(["from collapse.compose import with_data"] if own else []),
            "from collapse.export import as_csv, summary",
            "",
            "scenario = Scenario.from_query(",
            *pieces[:-1],
            pieces[-1] + base + ")",
            f'values = run(scenario, keep=["{metric}"]).measure("{metric}")  # (lineages, generations + 1)',
            f'print(as_csv({{"{metric}": summary(values)}}), end="")',
            "",
        ]
    )


def notebook(scenario: Scenario, metric: str) -> str:
    """The script as a Jupyter notebook (format 4.5)."""
    own = f" Save your data beside it as `{data_file(scenario.world)}`." if scenario.world.private else ""
    words = (
        f"# Model Collapse Lab\n\n`{metric}` by generation, to the digit with NumPy {np.__version__} and "
        f"SciPy {scipy.__version__}. It needs Model Collapse Lab, which is on no package index: in a clone of it, "
        f"run `pip install .`, or work there.{own}"
    )
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "question", "metadata": {}, "source": words.splitlines(keepends=True)},
        {
            "cell_type": "code",
            "id": "answer",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": script(scenario, metric).splitlines(keepends=True),
        },
    ]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    meta = {"kernelspec": kernel, "language_info": {"name": "python"}}
    return json.dumps({"cells": cells, "metadata": meta, "nbformat": 4, "nbformat_minor": 5}, indent=1)
