"""Sweeps: two processes beside one, what a scenario costs besides its run, and memory by the number of scenarios.

`python -m benchmarks.sweep`, about three minutes on two cores that do nothing else.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from benchmarks.report import Line, Report, high, middle, say
from collapse.spreading import spread
from collapse.sweeps import Grid, read
from collapse.sweeps.command import Answer, answered
from collapse.sweeps.executors import Joblib, dask, processes

GAUSSIAN = """
[scenario]
lineages = 40
generations = 25
policy = "mix"
[axes]
n = { from = 10, to = 1000, count = 50 }
"policy.synthetic" = { from = 0.5, to = 1.0, count = 20 }
seed = { from = 0, to = 9 }
"""
TINY = "[scenario]\nlineages = 1\ngenerations = 1\n[axes]\nseed = { from = 1, to = SEEDS }\nn = { from = 2, to = 11 }\n"
SIZES = (100, 1_000, 10_000, 100_000)
MEMORY = """
import json, resource, sys
from collapse.__main__ import main
if __name__ == "__main__":
    assert main(["sweep", sys.argv[1], "--out", sys.argv[2], "--workers", "2"]) == 0
    most = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(json.dumps(most))
"""
FLAT = 1.1  # a thousand times the scenarios may take this much more memory


def nothing(task: tuple[int, dict[str, str]]) -> Answer:
    """A scenario that takes no time, with an answer of the usual size."""
    return Answer(
        task[0], "0,2,40,25,mix,10,1.0,0,25,0.050635353399732755,0.0183,0.0000629,0.0096,0.1249,\n", False, ""
    )


def timed(executor: AbstractContextManager[Any], grid: Grid, work: Any) -> float:
    """Seconds for a whole grid, once the workers have begun and imported everything."""
    with executor as ready:
        list(spread(work, list(grid.points())[:400], ready, chunk=1))
        start = perf_counter()
        found = sum(1 for _ in spread(work, grid.points(), ready, chunk=grid.chunk(), window=64))
        seconds = perf_counter() - start
    assert found == len(grid)
    return seconds


def speed(report: Report, repeats: int) -> None:
    """One process and two take turns, and so does Dask with two."""
    grid = read(GAUSSIAN)
    work = partial(answered, grid.report, grid.keys)
    one, two, cluster, alone = [], [], [], []
    for turn in range(repeats):
        say(f"  turn {turn + 1} of {repeats}: {len(grid):,} scenarios, {grid.chunk()} at a time")
        one.append(timed(processes(1), grid, work))
        two.append(timed(processes(2), grid, work))
        cluster.append(timed(dask(workers=2), grid, work))
        start = process_time()
        for point in grid.points():
            work(point)
        alone.append(process_time() - start)
    for name, found in (("two processes", two), ("Dask, two worker processes", cluster)):
        ratio = middle(one) / middle(found)
        target = ("1.8 ×", ratio >= 1.8) if found is two else ("", None)
        report.add(Line(f"{len(grid):,} scenarios, {name}; beside it one process", "s", found, one, *target))
    over = [(2 * t - a) / len(grid) for t, a in zip(two, alone, strict=True)]
    by_dask = [(2 * t - a) / len(grid) for t, a in zip(cluster, alone, strict=True)]
    how = "twice the time less that of the same runs alone"
    report.add(Line("overhead of a scenario, two processes", "s", over, (), "at most 1 ms", high(over) <= 1e-3, how))
    report.add(Line("overhead of a scenario, Dask", "s", by_dask, (), "at most 2 ms", high(by_dask) <= 2e-3, how))


def empty(report: Report, repeats: int) -> None:
    """The way there and back alone: scenarios that take no time."""
    grid = read(GAUSSIAN)
    for name, make in (("processes", partial(processes, 2)), ("Dask", partial(dask, workers=2))):
        for chunk in (1, grid.chunk()):
            found = []
            for _ in range(repeats):
                with make() as ready:
                    points = list(grid.points())[: 2000 if chunk == 1 else None]
                    list(spread(nothing, points[:100], ready))
                    start = perf_counter()
                    list(spread(nothing, points, ready, chunk=chunk))
                    found.append((perf_counter() - start) / len(points))
            report.add(Line(f"an empty scenario by {name}, {chunk} at a time", "s", found))
    points = list(grid.points())[:2000]
    start = perf_counter()
    list(spread(nothing, points, Joblib(2), chunk=grid.chunk()))
    report.add(
        Line(
            f"an empty scenario by joblib, {grid.chunk()} at a time, its start included",
            "s",
            [(perf_counter() - start) / 2000],
        )
    )


def memory(report: Report, repeats: int) -> None:
    """The most that the whole command has held, in processes of their own."""
    held: dict[int, list[float]] = {}
    for size in SIZES:
        for _ in range(1 if size > 10_000 else repeats):
            with tempfile.TemporaryDirectory() as folder:
                script, grid = Path(folder, "script.py"), Path(folder, "grid.toml")
                script.write_text(MEMORY)
                grid.write_text(TINY.replace("SEEDS", str(size // 10)))
                command = [sys.executable, str(script), str(grid), str(Path(folder, "out"))]
                done = subprocess.run(command, capture_output=True, text=True, check=True)
                most = json.loads(done.stdout.splitlines()[-1])
                held.setdefault(size, []).append(most[0])
                say(
                    f"  {size:,} scenarios: {most[0]:.0f} MB here, {most[1]:.0f} MB in a worker; {done.stderr.splitlines()[-1]}"
                )
    for size, found in held.items():
        grown = middle(found) / middle(held[SIZES[0]])
        target = (f"at most {FLAT} × the first", grown <= FLAT) if size > SIZES[0] else ("", None)
        report.add(Line(f"peak memory of the command, {size:,} scenarios", "MB", found, (), *target))


def main() -> int:
    """Measure what is asked for."""
    parts = {"speed": speed, "empty": empty, "memory": memory}
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--only", action="append", choices=parts, help="may repeat")
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--json", type=Path)
    asked = options.parse_args()
    report = Report("Sweeps", {"repeats": asked.repeats, "workers": 2})
    for name in asked.only or parts:
        say(name)
        parts[name](report, asked.repeats)
    return report.finish(asked.json)


if __name__ == "__main__":
    sys.exit(main())
