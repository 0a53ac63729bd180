"""`python -m collapse sweep GRID --out FOLDER`: a grid of scenarios, computed by several processes or a cluster, to one table."""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TextIO

from collapse.speech import times
from collapse.spreading import WINDOW, spread
from collapse.sweeps.executors import LOCAL, dask, processes
from collapse.sweeps.folder import FORMATS, Folder
from collapse.sweeps.grid import LIMITS, Grid, read
from collapse.sweeps.origin import made_with
from collapse.sweeps.report import Report, as_text

OFTEN = 2.0  # seconds between two parts, in the beginning; later a hundredth of the time that it has taken
LONG = 1_000_000  # letters of a part, at most about
GLANCE, SELDOM = 0.5, 10.0  # seconds between two lines of progress, on a terminal and in a file


class Answer(NamedTuple):
    """What comes back of a scenario: the number of the next one, its rows as text, whether it was refused, and what made it."""

    stop: int
    text: str
    refused: bool
    origin: str


def answered(report: Report, keys: tuple[str, ...], task: tuple[int, dict[str, str]]) -> Answer:
    """The rows of one scenario, by its number and its point; what a worker does."""
    number, point = task
    rows = report.rows(keys, number, point)
    return Answer(number + 1, as_text(rows), rows[0][len(keys) + 1] is None, made_with())


def add_to(verbs: Any) -> None:
    """The two verbs and their options, for the command line."""
    sweeps = verbs.add_parser(
        "sweep", help="run every scenario of a grid and write one table, with processes or a cluster"
    )
    sweeps.add_argument("grid", type=Path, help=f"a TOML file with axes or a list of scenarios: {LIMITS}")
    sweeps.add_argument("--out", type=Path, required=True, help="a folder; the same command again goes on where it was")
    sweeps.add_argument("--workers", type=int, help="processes of this machine (default: one a core)")
    sweeps.add_argument(
        "--scheduler", help=f"Dask's scheduler, as tcp://HOST:8786, or {LOCAL!r} for a cluster on this machine"
    )
    sweeps.add_argument("--window", type=int, help="chunks on the way at once (default: 4 a worker, and at least 64)")
    sweeps.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="of the table; Parquet needs pyarrow")
    sweeps.add_argument(
        "--anyway", action="store_true", help="run scenarios that are too long for the command line, too"
    )
    plots = verbs.add_parser("plot", help="draw the maps and lines of a sweep, as HTML, SVG and PNG")
    plots.add_argument("results", type=Path, help="the folder of a sweep, or its table, CSV or Parquet")
    plots.add_argument(
        "--out", type=Path, help="a folder for the pictures (default: figures, in the folder of the sweep)"
    )
    plots.add_argument(
        "--show", help="one column, as variance.q0.5 or onset.early (default: medians, means and onsets)"
    )
    plots.add_argument("--across", help="the number from left to right (default: the first axis of the grid)")
    plots.add_argument("--up", help="the number from bottom to top (default: the second)")
    plots.add_argument("--format", default="html,svg", help="one or several of html,svg,png (default: html,svg)")


def main(options: argparse.Namespace) -> int:
    """Run a sweep, or go on with it; bad input is one line on stderr and exit code 2, a sweep that was stopped is 1."""
    try:
        grid = read(options.grid.read_text(encoding="utf-8"), options.anyway)
        if options.workers is not None and options.workers < 1:
            raise ValueError(f"--workers {options.workers} is not possible: give 1 or more")
        folder = Folder(options.out, grid, options.format)
        with folder.opened() as start:
            if start < len(grid):
                _compute(folder, grid, start, options)
            print(folder.finish())
        return 0
    except (ValueError, OSError, ImportError) as error:
        named = f"{options.grid}: " if isinstance(error, UnicodeDecodeError) else ""
        print(f"collapse: {named}{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("collapse: stopped; the same command goes on from here", file=sys.stderr)
        return 1
    except (
        Exception,
        CancelledError,
    ) as error:  # a pool that has lost a process, a cluster its scheduler or worker after worker
        if not (isinstance(error, RuntimeError | CancelledError) or type(error).__name__ == "KilledWorker"):
            raise
        print(f"collapse: {str(error).rstrip('.')}; the same command goes on from where it was", file=sys.stderr)
        return 1


def _compute(folder: Folder, grid: Grid, start: int, options: argparse.Namespace) -> None:
    """All scenarios from `start` on, in parts."""
    work, shown = partial(answered, grid.report, grid.keys), Progress(len(grid), start)
    with _executor(options) as (executor, window):
        found = spread(work, grid.points(start), executor, chunk=grid.chunk(), window=options.window or window)
        kept: list[Answer] = []
        size, since = 0, monotonic()
        try:
            for answer in found:
                kept.append(answer)
                size += len(answer.text)
                shown.step(answer.refused)
                if size > LONG or monotonic() - since > max(OFTEN, shown.spent / 100):
                    start, size, since = _put(folder, start, kept), 0, monotonic()
        finally:
            _put(folder, start, kept)
            shown.end()


def _put(folder: Folder, start: int, kept: list[Answer]) -> int:
    """Write what is kept as a part, if there is anything, and let go of it; where the next part starts."""
    if not kept:
        return start
    stop = kept[-1].stop
    folder.add(start, stop, "".join(a.text for a in kept), (a.origin for a in kept))
    kept.clear()
    return stop


@contextmanager
def _executor(options: argparse.Namespace) -> Iterator[tuple[Any, int]]:
    """What computes, and how many chunks are on the way at once."""
    if options.scheduler is None:
        with processes(options.workers) as pool:
            yield pool, WINDOW
        return
    with dask(options.scheduler, options.workers) as cluster:
        yield cluster, max(WINDOW, 4 * cluster.workers)


class Progress:
    """How far a sweep is and when it will be done, on stderr: one line that changes on a terminal, else a line now and then."""

    def __init__(self, total: int, start: int, out: TextIO | None = None) -> None:
        self.total, self.done, self.began, self.refused = total, start, start, 0
        self.out = out or sys.stderr
        self.start = self.said = monotonic()
        self.live = self.out.isatty()
        if start:
            self._say(f"going on after {start:,} of {total:,} scenarios", "\n")

    @property
    def spent(self) -> float:
        """Seconds so far, of this time."""
        return monotonic() - self.start

    def step(self, refused: bool) -> None:
        """One scenario more."""
        self.done += 1
        self.refused += refused
        if monotonic() - self.said > (GLANCE if self.live else SELDOM):
            self.said = monotonic()
            self._say(self.line(), "\r" if self.live else "\n")

    def line(self) -> str:
        """How far it is, in words."""
        rate = (self.done - self.began) / max(self.spent, 1e-9)
        left = f", {rate:,.3g} a second, about {in_words((self.total - self.done) / rate)} left" if rate else ""
        refused = f"; {self.refused:,} refused" if self.refused else ""
        return f"{self.done:,} of {self.total:,} scenarios ({self.done / self.total:.0%}){left}{refused}"

    def end(self) -> None:
        """The last line."""
        self._say(
            f"{self.done:,} of {self.total:,} scenarios in {in_words(self.spent)}; {self.refused:,} refused", "\n"
        )

    def _say(self, text: str, end: str) -> None:
        self.out.write(f"\x1b[2K{text}{end}" if self.live else text + end)
        self.out.flush()


def in_words(seconds: float) -> str:
    """A stretch of time as somebody says it."""
    for unit, size in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{times(seconds / size)} {unit}"
    return f"{times(max(seconds, 0.01))} seconds"
