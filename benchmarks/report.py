"""What every benchmark prints: one Markdown table, ours beside the other thing, and the same as JSON if wished.

ratio = the other's median ÷ ours (how many times less we need).  A target is judged by the benchmark that names it.
"""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

HEAD = "| measured | median | p95 | beside it: median | p95 | ratio | target | met? |"
PACKAGES = ("numpy", "scipy", "streamlit", "plotly", "uvicorn", "websockets", "playwright")


@dataclass
class Line:
    """`ours` and `beside` are samples in `unit`; `met` is None when nothing was promised; `note` goes below the table."""

    what: str
    unit: str
    ours: Sequence[float]
    beside: Sequence[float] = ()
    target: str = ""
    met: bool | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        return middle(self.beside) / middle(self.ours) if len(self.beside) and middle(self.ours) else float("nan")


@dataclass
class Report:
    """Lines under a title; `settings` say how it was measured."""

    title: str
    settings: dict[str, object] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    before: tuple[float, ...] = field(default_factory=lambda: load())

    def add(self, line: Line) -> None:
        self.lines.append(line)
        say(f"  {line.what}: median {shown(middle(line.ours), line.unit)}")

    def markdown(self) -> str:
        settings = ", ".join(f"{k} {v}" for k, v in self.settings.items())
        rows = [HEAD, "|---|--:|--:|--:|--:|--:|---|---|", *map(row, self.lines)]
        notes = [f"* {line.what}: {line.note}" for line in self.lines if line.note]
        return "\n".join([f"### {self.title}", "", settings, "", *rows, "", *notes, "", surroundings(self.before)])

    def finish(self, path: Path | None = None) -> int:
        """Print it, write it, and return the exit status: 1 if a target was missed."""
        print(self.markdown())
        if path is not None:
            whole = {
                "title": self.title,
                "settings": self.settings,
                "surroundings": surroundings(self.before),
                "lines": [asdict(line) | {"median": middle(line.ours), "p95": high(line.ours)} for line in self.lines],
            }
            path.write_text(json.dumps(whole, indent=1, default=float) + "\n", encoding="utf-8")
        return int(any(line.met is False for line in self.lines))


def row(line: Line) -> str:
    ours = (shown(middle(line.ours), line.unit), shown(high(line.ours), line.unit))
    beside = (
        (shown(middle(line.beside), line.unit), shown(high(line.beside), line.unit)) if len(line.beside) else ("", "")
    )
    ratio = f"{line.ratio:.3g} ×" if np.isfinite(line.ratio) else ""
    met = {None: "", True: "yes", False: "**no**"}[line.met]
    return f"| {' | '.join((line.what, *ours, *beside, ratio, line.target, met))} |"


def shown(value: float, unit: str) -> str:
    """Three digits and the unit; seconds below one as milliseconds."""
    if not np.isfinite(value):
        return "–"
    if unit == "s" and abs(value) < 1:
        value, unit = 1000 * value, "ms"
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".strip()


def middle(values: Sequence[float]) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def high(values: Sequence[float]) -> float:
    """The 95th percentile, interpolated."""
    return float(np.percentile(values, 95)) if len(values) else float("nan")


def load() -> tuple[float, ...]:
    """Load averages over 1, 5 and 15 minutes, where the system has them."""
    return os.getloadavg() if hasattr(os, "getloadavg") else ()


def surroundings(before: tuple[float, ...] = ()) -> str:
    """What the numbers depend on besides us; a load well above ours before the start means a busy machine."""
    there = []
    for name in PACKAGES:
        try:
            there.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    busy = f"; load average {before[0]:.2f} before, {load()[0]:.2f} after" if before else ""
    return (
        f"Python {platform.python_version()} on {platform.system()} ({platform.machine()}, {os.cpu_count()} cores); "
        f"{', '.join(there)}{busy}."
    )


def say(text: str) -> None:
    """Progress, beside the table and not in it."""
    print(text, file=sys.stderr, flush=True)
