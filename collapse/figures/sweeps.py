"""The table of a sweep as maps and lines: one picture for every combination of what is neither across nor up."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from textwrap import wrap

import numpy as np

from collapse.bands import median
from collapse.compose import rule_of
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import WIDE, line, reach
from collapse.figures.maps import ONSET_TITLES, Said, cell_map
from collapse.figures.picture import Picture, Table
from collapse.figures.words import parameters
from collapse.metrics import METRICS
from collapse.phase import Axis, Filled, Map
from collapse.scenario import Scenario
from collapse.speech import capital, count, exactly, percent
from collapse.sweeps import table as sweeps
from collapse.sweeps.axes import rules

LINES = 6  # of one picture
GENERATION = "generation"
Facet = tuple[tuple[str, str], ...]  # what a picture holds still: keys and their values


@dataclass(frozen=True)
class Swept(Map):
    """A map whose cells are those of a table."""

    there: Mapping[tuple[int, int], Scenario | str] = field(default_factory=dict)

    @property
    def cells(self) -> dict[tuple[int, int], Scenario | str]:
        """The scenario of every (row, column), or why there is none."""
        return {at: self.there.get(at, "the sweep has no such scenario") for at in np.ndindex(*self.shape)}


def facets(table: sweeps.Table, x: str, y: str) -> dict[Facet, list[int]]:
    """The rows of each picture; the rows of a scenario that was refused belong to it, too."""
    still = [key for key in table.varying if key not in (x, y, "seed")]
    found: dict[Facet, list[int]] = {}
    for row in range(len(table)):
        found.setdefault(tuple((key, table.keys[key][row]) for key in still), []).append(row)
    return found


def maps(
    table: sweeps.Table, shows: str, x: str, y: str, here: Scenario | None = None, only: Facet | None = None
) -> Iterator[tuple[Facet, Picture]]:
    """A map of the column `shows` over two numbers, for every combination of the others, or `only` one; seeds are taken together."""
    across, up = (_axis(table, key) for key in (x, y))
    for facet, rows, first in _pictured(table, x, y, only):
        cells = _by_cell(table, rows, across, up)
        there: dict[tuple[int, int], Scenario | str] = {}
        filled = Filled.empty(Swept(first, across, up, _watched(shows)))
        for at, some in cells.items():
            there[at] = _scenario(table, some[0]) or table.note[some[0]] or "this scenario cannot be"
            last = _last(table, some)
            filled.value[at], filled.error[at] = _together(table, shows, last)
            if not np.isfinite(filled.value[at]) and np.isnan(filled.value[at]) and isinstance(there[at], Scenario):
                there[at] = table.note[some[0]] or "nothing was measured here"
        filled.stride[:] = 1
        filled.map = Swept(first, across, up, _watched(shows), there=there)
        yield facet, cell_map(filled, here, _said(table, shows, rows, first, facet, (x, y)))


def _pictured(table: sweeps.Table, x: str, y: str, only: Facet | None) -> Iterator[tuple[Facet, list[int], Scenario]]:
    """What every picture holds still, its rows, and its first scenario; where all were refused there is no picture."""
    for facet, rows in facets(table, x, y).items():
        first = None if only not in (None, facet) else next((s for row in rows if (s := _scenario(table, row))), None)
        if first is not None:
            yield facet, rows, first


def chosen(table: sweeps.Table, x: str, y: str, facet: Facet, cell: int) -> int:
    """The row behind a cell of a map, by its number; −1 if there is none."""
    across, up = (_axis(table, key) for key in (x, y))
    at = divmod(cell, len(across.values))
    return _by_cell(table, facets(table, x, y).get(facet, []), across, up).get(at, [-1])[0]


def held(facet: Facet) -> str:
    """What a picture holds still, in words."""
    return ", ".join(f"{_named(key)} {_printed(value)}" for key, value in facet if value)


def _printed(value: str) -> str:
    """A cell of the table for readers: a number with its thousands apart, a name as it is."""
    try:
        return exactly(float(value))
    except ValueError:
        return value


def _named(key: str) -> str:
    return rules(key)[0][1].label if rules(key) else key


def lines(
    table: sweeps.Table, shows: str, x: str, y: str = "", only: Facet | None = None
) -> Iterator[tuple[Facet, Picture]]:
    """Lines of the column `shows` over a number or over generations, one for each of at most six values of `y`; as in `maps`."""
    every = table.varying.get(y, ("",))
    values = [every[i] for i in np.unique(np.linspace(0, len(every) - 1, min(LINES, len(every))).round().astype(int))]
    for facet, rows, first in _pictured(table, x, y, only):
        label = _label(table, shows, rows, x)
        log = x != GENERATION and rule_of(first, x).log
        traces, seen, body = [], [np.empty(0)], []
        for i, value in enumerate(values):
            mine = [row for row in rows if not y or table.keys[y][row] == value]
            at, found, picks = _line(table, shows, x, mine)
            seen += [at, found]
            name = f"{_named(y)} {_printed(value)}" if y else label
            body += [
                (name, a, v if np.isfinite(v) else "infinite") for a, v in zip(at.tolist(), found.tolist(), strict=True)
            ]
            colour = palette.LADDER[round(i * (len(palette.LADDER) - 1) / max(len(values) - 1, 1))]
            traces.append(
                line(
                    name,
                    at,
                    np.where(np.isfinite(found), found, np.nan),
                    colour,
                    width=2,
                    label=_printed(value),
                    mode="lines+markers",
                    customdata=picks,
                )
            )
        places = np.concatenate(seen[1::2])
        ends = [float(places.min()), float(places.max())]
        said = _said(table, shows, rows, first, facet, (x, y))
        across = GENERATION if x == GENERATION else rule_of(first, x).label
        drawn = palette.figure(
            traces,
            palette.base_layout(
                across,
                "<br>".join(wrap(label, WIDE)),
                height=420,
                xaxis={"type": "log", "range": np.log10(ends).tolist()} if log else {"range": ends},
                yaxis={"range": _span(np.concatenate(seen[2::2]))},
            ),
        )
        each = "each" if len(values) == len(every) else "some"
        rest = f" There is a line for {each} of {count(len(every))} values." if y else ""
        if shows.startswith("onset"):
            rest += " Where a line ends, it never happens in this time."
        yield (
            facet,
            Picture(
                drawn,
                say=f"How does it depend on {across}?",
                note=said.note + rest,
                alt=f"{label} over {across}: {len(traces)} lines.",
                name="sweep-lines",
                caption=parameters(first),
                table=Table(("line", across, label), tuple(zip(*body, strict=True)) or ((),) * 3),
            ),
        )


def _span(values: Array) -> list[float]:
    """The ends of an axis from zero that holds all finite values, with a little room."""
    seen = values[np.isfinite(values)]
    low, high = min(float(seen.min(initial=0.0)), 0.0), max(float(seen.max(initial=0.0)), 0.0)
    return [1.04 * low, 1.04 * high or 1.0]


def _line(table: sweeps.Table, shows: str, x: str, rows: Sequence[int]) -> tuple[Array, Array, list[int]]:
    """(values of x, rising; of what is shown, seeds taken together; a row of each)."""
    found: dict[float, list[int]] = {}
    for row in rows:
        if table.generation[row] >= 0:
            at = table.generation[row] if x == GENERATION else float(table.keys[x][row] or "nan")
            found.setdefault(float(at), []).append(row)
    some = sorted(found)
    last = [found[at] if x == GENERATION else _last(table, found[at]) for at in some]
    return np.array(some), np.array([_together(table, shows, rows)[0] for rows in last]), [rows[0] for rows in last]


def _axis(table: sweeps.Table, key: str) -> Axis:
    return Axis(key, tuple(float(v) for v in table.varying[key]), any(rule.log for _, rule in rules(key)))


def _by_cell(table: sweeps.Table, rows: Sequence[int], across: Axis, up: Axis) -> dict[tuple[int, int], list[int]]:
    found: dict[tuple[int, int], list[int]] = {}
    column, row_of = ({v: i for i, v in enumerate(a.values)} for a in (across, up))
    for row in rows:
        at = table.keys[up.key][row], table.keys[across.key][row]
        if all(at):
            found.setdefault((row_of[float(at[0])], column[float(at[1])]), []).append(row)
    return found


def _last(table: sweeps.Table, rows: Sequence[int]) -> list[int]:
    """Of some rows of one scenario and several seeds, those of the last generation."""
    last = max(table.generation[row] for row in rows)
    return [row for row in rows if table.generation[row] == last]


def _together(table: sweeps.Table, shows: str, rows: Sequence[int]) -> tuple[float, float]:
    """(value, its standard error if known) of one scenario over its seeds: the mean of means, the median of everything else."""
    values = table.numbers[shows][list(rows)]
    if shows.endswith(".mean"):
        errors = table.numbers.get(shows.replace(".mean", ".se"), np.full(len(table), np.nan))[list(rows)]
        with np.errstate(invalid="ignore"):
            return float(values.mean()), float(np.sqrt(np.sum(errors**2)) / len(values))
    return float(median(values)), float("nan")


def _scenario(table: sweeps.Table, row: int) -> Scenario | None:
    try:
        return table.scenario(row) if table.generation[row] >= 0 else None
    except ValueError:
        return None


def _watched(shows: str) -> str:
    """As a phase map calls it: a metric, or an onset."""
    name, _, rest = shows.partition(".")
    return f"{rest} onset" if name == "onset" else name


def _label(table: sweeps.Table, shows: str, rows: Sequence[int], x: str) -> str:
    """What is shown, in words: which quantity, of which chain, when."""
    name, _, what = shows.partition(".")
    if name == "onset":
        return ONSET_TITLES[f"{what} onset"]
    of = "mean" if what == "mean" else "median" if what == "q0.5" else f"{percent(float(what[1:]))} quantile"
    ends = {int(table.generation[row]) for row in islice((r for r in rows if table.generation[r] >= 0), 10_000)}
    when = "" if x == GENERATION else f", generation {ends.pop()}" if len(ends) == 1 else ", last generation"
    return f"{METRICS[name].label}, {of} of the chains{when}"


def _said(
    table: sweeps.Table, shows: str, rows: Sequence[int], first: Scenario, facet: Facet, shown: tuple[str, str]
) -> Said:
    label = _label(table, shows, rows, shown[0])
    seeds = len({table.keys["seed"][row] for row in rows}) if "seed" in table.varying else 1
    how = "mean" if shows.endswith(".mean") else "median"
    runs = "" if "lineages" in shown else f"Every scenario has {count(first.lineages)} chains. "
    still = held(facet)
    many = f"What is shown is the {how} over {count(seeds)} seeds. " if seeds > 1 else ""
    span = (0.0, reach(table.numbers[shows][list(rows)])[1]) if shows.startswith("onset") else None
    return Said(label, f"The colour shows: {label}.", (f"{capital(still)}. " * bool(still) + runs + many).strip(), span)
