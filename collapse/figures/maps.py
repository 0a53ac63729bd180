"""The phase map: a cell for every pair of values, its colour the answer, with the numbers on hover and in the table."""

from textwrap import wrap
from typing import Any, NamedTuple

import numpy as np

from collapse.compose import rule_of, setting
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import reach
from collapse.figures.picture import Picture, Table
from collapse.figures.words import parameters
from collapse.metrics import METRICS, at_start
from collapse.phase import ONSETS, Axis, Filled, Map
from collapse.scenario import Scenario
from collapse.speech import digits, percent

TICKS = 5
ONSET_TITLES = {
    "early onset": "generation at which half of the chains are in the early stage",
    "late onset": "generation at which half of the chains are in the late stage",
}


class Said(NamedTuple):
    """The words of a map: what its colour means, what to look for, and about its cells, each a sentence."""

    label: str
    say: str
    note: str
    span: tuple[float, float] | None = None  # the ends of the colours, if not those of a map by itself


def phase_map(filled: Filled, here: Scenario) -> Picture:
    """A map as far as it is computed; `here`: the scenario on the desk, marked."""
    m = filled.map
    label = title(m.shows)
    note = f"Every cell is a run of {m.scenario.lineages} chains on the same noise" + (
        "."
        if m.shows in ONSETS
        else "; the colour is their median, and its standard error stands in the box that hovering or the table shows."
    )
    say = f"Where does it hold, and where does it collapse? The colour shows: {label}. Click a cell to set the controls to it."
    return cell_map(filled, here, Said(label, say, note))


def cell_map(filled: Filled, here: Scenario | None, said: Said) -> Picture:
    """Cells of any origin, with their words; `here`: the scenario on the desk, marked, if there is a desk."""
    m, label = filled.map, said.label
    values = filled.painted()
    low, top = said.span or _span(filled)
    across, up = (rule_of(m.scenario, a.key).label for a in (m.x, m.y))
    rows, columns = np.indices(m.shape)
    finite, known = np.isfinite(values), ~np.isnan(values)
    traces = [
        _cells("cells", rows[finite], columns[finite], m.shape[1])
        | {
            "showlegend": False,
            "text": _hover(filled, values, across, up, finite),
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {
                "color": values[finite],
                "cmin": low,
                "cmax": top,
                "line": {"width": 0},
                "showscale": True,
                "colorscale": [[i / (len(palette.LADDER) - 1), c] for i, c in enumerate(palette.LADDER)],
                "colorbar": {
                    "orientation": "h",
                    "x": 0.5,
                    "y": 1.02,
                    "yanchor": "bottom",
                    "thickness": 10,
                    "len": 0.9,
                    "outlinewidth": 0,
                    "title": {"text": label, "side": "top", "font": {"color": palette.INK}},
                    "nticks": 6,
                    "separatethousands": True,
                    "tickfont": {"color": palette.MUTED},
                    "tickcolor": palette.AXIS,
                },
            },
        }
    ]
    if (never := known & ~finite).any():
        traces.append(
            _cells("never in this time" if m.shows in ONSETS else "infinite", rows[never], columns[never], m.shape[1])
            | {
                "hovertemplate": "%{x}, never or infinite<extra></extra>",
                "marker": {"color": palette.GRID, "line": {"width": 0}},
            }
        )
    if empty := {at: why for at, why in m.cells.items() if isinstance(why, str)}:
        row, column = np.array(list(empty)).T
        traces.append(
            _cells("empty", row, column, m.shape[1])
            | {
                "showlegend": False,
                "text": [_said(m, at, across, up, "<br>".join(wrap(why, 60))) for at, why in empty.items()],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {"color": "rgba(0,0,0,0)", "line": {"width": 0}},
            }
        )
    if here is not None:
        traces.append(_mark(m, here))
    layout = palette.base_layout(
        across,
        up,
        height=490,
        hovermode="closest",
        barmode="overlay",
        bargap=0,
        margin={"l": 60, "r": 14, "t": 66, "b": 48},
        xaxis={"range": [-0.5, m.shape[1] - 0.5], **_ticks(m.x)},
        yaxis={"range": [-0.5, m.shape[0] - 0.5], "showgrid": False, **_ticks(m.y)},
    )
    return Picture(
        palette.figure(traces, layout),
        table=Table((across, up, label, "standard error"), tuple(zip(*_rows(filled), strict=True)) or ((),) * 4),
        name="phase-map",
        caption=parameters(m.scenario),
        say=said.say,
        note=said.note
        + (" An empty cell has no number: its box and the table say why." if empty else "")
        + (" The open square is where the controls stand." if here is not None else ""),
        alt=_spoken(filled, label),
    )


def _mark(m: Map, here: Scenario) -> dict[str, Any]:
    """An open square where the controls stand."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "these controls",
        "hoverinfo": "skip",
        **{k: np.array([float(place(a, setting(here, a.key)))]) for k, a in (("x", m.x), ("y", m.y))},
        "marker": {
            "symbol": "square-open",
            "size": 15,
            "color": palette.INK,
            "line": {"color": palette.INK, "width": 3},
        },
    }


def title(shows: str) -> str:
    """What a map shows, for people."""
    return ONSET_TITLES[shows] if shows in ONSETS else f"{METRICS[shows].label}, last generation"


def _cells(name: str, rows: Array, columns: Array, width: int) -> dict[str, Any]:
    """Squares of side 1 around whole numbers, as one trace of bars that stand on a base."""
    return {
        "type": "bar",
        "name": name,
        "x": columns.astype(float),
        "y": np.ones(len(rows)),
        "base": rows - 0.5,
        "width": 1.0,
        "customdata": (rows * width + columns).tolist(),
        "textposition": "none",
    }


def _span(filled: Filled) -> tuple[float, float]:
    """The ends of the colours: zero to the value of the world if that is enough, so that maps look alike."""
    m = filled.map
    seen = filled.value[np.isfinite(filled.value)]
    if m.shows in ONSETS:
        return 0.0, float(m.scenario.generations if "generations" not in (m.x.key, m.y.key) else max(seen, default=1.0))
    real = at_start(m.scenario, m.shows)
    low, top = reach(seen)
    return (
        (0.0, real)
        if low == 0 and np.isfinite(real) and real > 0 and max(seen, default=0.0) <= 1.1 * real
        else (low, top)
    )


def place(axis: Axis, value: float) -> int:
    """The nearest place on an axis."""
    places = np.log(np.maximum(axis.values, 1e-300)) if axis.log else np.asarray(axis.values)
    return int(np.abs(places - (np.log(value) if axis.log else value)).argmin())


def _ticks(axis: Axis) -> dict[str, Any]:
    chosen = np.unique(np.linspace(0, len(axis.values) - 1, min(TICKS, len(axis.values))).round().astype(int))
    return {
        "tickvals": chosen.tolist(),
        "ticktext": [digits(axis.values[i], 6 if abs(axis.values[i]) >= 1000 else 3) for i in chosen],
        "nticks": 0,
    }


def _hover(filled: Filled, values: Array, across: str, up: str, shown: Array) -> list[str]:
    m = filled.map
    words = []
    for r, c in zip(*np.nonzero(shown), strict=True):
        error = filled.error[r, c]
        about = (
            f" ± {error:.2g}" if np.isfinite(error) else "" if filled.stride[r, c] else " (roughly: still computing)"
        )
        words.append(_said(m, (r, c), across, up, f"{digits(values[r, c], 4)}{about}"))
    return words


def _said(m: Map, at: tuple[int, int], across: str, up: str, what: str) -> str:
    """What the box of a cell says: where it is, and what is there."""
    return f"{across} {digits(m.x.values[at[1]], 6)}<br>{up} {digits(m.y.values[at[0]], 6)}<br>{what}"


def _rows(filled: Filled) -> list[list[Any]]:
    m = filled.map
    return [
        [
            m.x.values[c],
            m.y.values[r],
            s if isinstance(s, str) else _cell(float(filled.value[r, c])),
            _cell(float(filled.error[r, c])),
        ]
        for (r, c), s in m.cells.items()
        if filled.stride[r, c]
    ]


def _cell(value: float) -> Any:
    return float(f"{value:.6g}") if np.isfinite(value) else "infinite" if np.isinf(value) else ""


def _spoken(filled: Filled, label: str) -> str:
    seen = filled.value[np.isfinite(filled.value)]
    start = f"Map of {filled.map.shape[1]} by {filled.map.shape[0]} cells, {percent(filled.done)} computed; colour: {label}. "
    if not len(seen):
        return start + "No cell has a value yet."
    return (
        start + f"Lowest {digits(seen.min())}, highest {digits(seen.max())}, middle {digits(float(np.median(seen)))}."
    )
