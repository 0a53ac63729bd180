"""The history of a visitor's own model: a panel for each column, with its usual range and the versions that ring."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import line, span
from collapse.figures.picture import Picture
from collapse.monitor import SIDES, Report, Watched
from collapse.speech import exact_percent, plural

PANEL = 130  # pixels
GAP = 0.28  # of a panel, for its title
RINGS = ": rings"
TICKS = 14  # versions that are named


def monitor_picture(report: Report) -> Picture:
    """Small multiples: every column of a report by version, its usual range shaded, its bound dashed, and what rings crossed."""
    columns, versions = report.columns, report.history.versions
    panels = len(columns)
    layout = palette.base_layout(
        "version",
        "",
        height=PANEL * panels + 110,
        hovermode="closest",
        annotations=[],
        xaxis={"range": [0.5, len(versions) + 0.5], "anchor": _axis(panels - 1)} | _named(versions),
    )
    traces, ringing = [], [c for c in columns if c.first is not None]
    for i, column in enumerate(columns):
        top, low = 1 - i / panels, 1 - (i + 1) / panels
        ends, place = _ends(column), f"yaxis{'' if i == 0 else i + 1}"
        layout[place] = layout["yaxis"] | {
            "domain": [low, top - GAP / panels],
            "range": ends,
            "nticks": 4,
            "anchor": "x",
        }
        layout["annotations"].append(_title(column, top))
        traces += [trace | {"yaxis": _axis(i)} for trace in _panel(column, report.healthy, ends, versions)]
    if crosses := [trace for trace in traces if str(trace["name"]).endswith(RINGS)]:
        crosses[0] |= {"name": "a version that rings", "showlegend": True}
    return Picture(
        palette.figure(traces, layout),
        name="monitor",
        caption="Model Collapse Lab · a model of one’s own",
        say="Which numbers leave their usual range, and which first?",
        note=f"The horizontal axis counts versions; the first {report.healthy}, drawn open, are taken for healthy. One more healthy "
        f"version would lie in the shaded range in all but {exact_percent(report.level)} of the cases; the dashed line is where that "
        "range ends. A cross is a version that rings. "
        f"{report.sentences[1] if report.looks else report.sentences[0]}",
        alt=f"{len(ringing)} of {plural(panels, 'column', 'columns')} {'rings' if len(ringing) == 1 else 'ring'}. "
        + " ".join(_told(c, report.healthy) for c in columns),
    )


def _axis(i: int) -> str:
    """What traces call the y axis of panel i."""
    return "y" if i == 0 else f"y{i + 1}"


def _named(versions: tuple[str, ...]) -> dict[str, object]:
    """Versions by name along the axis: all of them, or every second, or third, of many."""
    places = range(0, len(versions), -(-len(versions) // TICKS))
    return {
        "tickvals": [i + 1 for i in places],
        "ticktext": [palette.literal(versions[i]) for i in places],
        "tickangle": -40,
    }


def _ends(column: Watched) -> list[float]:
    """The ends of a panel's axis: all values, and the bounds if there are any."""
    seen = np.array([*column.values, column.low, column.high])
    seen = seen[np.isfinite(seen)]
    return span(seen if seen.size else np.zeros(1), 0.12)


def _title(column: Watched, top: float) -> dict[str, object]:
    return {
        "text": f"{palette.literal(column.name)}, alarms where it {SIDES[column.side]}",
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": top,
        "xanchor": "left",
        "yanchor": "top",
        "yshift": -5,
        "showarrow": False,
        "font": {"color": palette.INK, "size": 13},
    }


def _panel(column: Watched, healthy: int, ends: list[float], versions: tuple[str, ...]) -> list[dict[str, object]]:
    """The traces of one panel."""
    x, name = np.arange(1.0, len(versions) + 1), palette.literal(column.name)
    wide = np.array([0.5, len(versions) + 0.5])
    traces: list[dict[str, object]] = []
    bounds = [bound for bound in (column.low, column.high) if np.isfinite(bound)]
    if bounds:
        low, high = max(column.low, ends[0]), min(column.high, ends[1])
        quiet = {"hoverinfo": "skip", "hovertemplate": ""}
        traces += [
            line(f"{name}: floor", wide, np.full(2, low), palette.REAL_BAND, width=0, showlegend=False) | quiet,
            line(
                f"{name}: usual range",
                wide,
                np.full(2, high),
                palette.REAL_BAND,
                width=0,
                fill="tonexty",
                fillcolor=palette.REAL_BAND,
                showlegend=False,
            )
            | quiet,
        ]
        gaps = np.array([v for bound in bounds for v in (bound, bound, np.nan)])
        traces.append(
            line(
                f"{name}: bound",
                np.tile([*wide, np.nan], len(bounds)),
                gaps,
                palette.REAL,
                width=1.5,
                dash="dash",
                showlegend=False,
                hovertemplate="bound %{y:.4~g}<extra></extra>",
            )
        )
    words = [f"{palette.literal(v)}: {value:.4g}" for v, value in zip(versions, column.values, strict=True)]
    traces.append(
        line(name, x, column.values, palette.SYNTHETIC, width=1.5, showlegend=False)
        | {
            "mode": "lines+markers",
            "text": words,
            "hovertemplate": "%{text}<extra></extra>",
            "marker": {
                "size": 7,
                "color": [palette.PAPER] * healthy + [palette.SYNTHETIC] * (len(x) - healthy),
                "line": {"color": palette.SYNTHETIC, "width": 1.5},
            },
        }
    )
    if column.rings.any():
        traces.append(_crosses(f"{name}{RINGS}", x[column.rings], column.values[column.rings]))
    return traces


def _crosses(name: str, x: Array, y: Array) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": y,
        "showlegend": False,
        "hoverinfo": "skip",
        "marker": {"symbol": "x-thin", "size": 13, "line": {"color": palette.LATE, "width": 2.5}},
    }


def _told(c: Watched, healthy: int) -> str:
    """One panel in words."""
    judged = int(np.isfinite(c.values[healthy:]).sum())
    if not np.isfinite([c.low, c.high]).any():
        return f"{c.name}: not judged."
    if c.first is None:
        return f"{c.name}: none of {plural(judged, 'version', 'versions')} rings."
    return (
        f"{c.name}: {int(c.rings.sum())} of {plural(judged, 'version', 'versions')} ring, the first of them is row "
        f"{c.first + 1}."
    )
