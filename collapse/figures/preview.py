"""A look at data before they are used: where the values lie, or how often each category occurs."""

from typing import Any

import numpy as np

from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.shapes import bins
from collapse.worlds import OwnNumbers, TypesWorld, World

SHOWN = 20


def preview(world: World) -> Picture:
    """Of a finite world: a histogram, a scatter in two dimensions, or bars for types; the rows held out are not in it."""
    return _types(world) if isinstance(world, TypesWorld) else _line(world) if world.d == 1 else _plane(world)


def _picture(
    world: World, traces: list[dict[str, Any]], layout: dict[str, Any], say: str, note: str, alt: str
) -> Picture:
    return Picture(
        palette.figure(traces, layout),
        name="preview",
        say=say,
        note=note,
        alt=alt,
        caption=f"Model Collapse Lab · {world.kind} {world.to_query().get('data', '')}".strip(),
    )


def _line(world: World) -> Picture:
    x = world.distribution.levels()[1]
    heights, edges = np.histogram(x, bins=bins(x))
    traces = [
        {
            "type": "bar",
            "name": "rows",
            "x": (edges[1:] + edges[:-1]) / 2,
            "y": heights.astype(float),
            "width": np.diff(edges) * 0.96,
            "marker": {"color": palette.REAL},
            "hovertemplate": "%{x:,.4~g}: %{y}<extra></extra>",
        }
    ]
    pad = 0.03 * (edges[-1] - edges[0])
    layout = palette.base_layout(
        palette.literal(world.quantity),
        "rows",
        height=240,
        hovermode="closest",
        showlegend=False,
        xaxis={"range": [edges[0] - pad, edges[-1] + pad]},
        yaxis={"range": [0, heights.max() * 1.08]},
    )
    return _picture(
        world,
        traces,
        layout,
        "Is this what you meant? These are your values.",
        "The horizontal axis shows the values, and the vertical axis how many rows have them. Every fifth row is held out as a test "
        "set and not shown.",
        f"Histogram of {len(x)} values from {x.min():.4g} to {x.max():.4g}, median {np.median(x):.4g}.",
    )


def _plane(world: World) -> Picture:
    assert isinstance(world, OwnNumbers)
    rows = world.data.trained
    low, high = rows.min(axis=0), rows.max(axis=0)
    pad = 0.05 * (high - low)
    across, up = (palette.literal(name) for name in world.data.titles)
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "rows",
            "x": rows[:, 0],
            "y": rows[:, 1],
            "marker": {"color": palette.REAL, "size": 6, "opacity": 0.6},
            "hovertemplate": "%{x:,.4~g}, %{y:,.4~g}<extra></extra>",
        }
    ]
    ranges = [{"range": [low[i] - pad[i], high[i] + pad[i]]} for i in range(2)]
    layout = palette.base_layout(
        across, up, height=300, hovermode="closest", showlegend=False, xaxis=ranges[0], yaxis=ranges[1]
    )
    return _picture(
        world,
        traces,
        layout,
        "Is this what you meant? Every dot is a row.",
        "The two axes are the two columns. Every fifth row is held out as a test set and not shown.",
        f"Scatter of {len(rows)} rows.",
    )


def _types(world: TypesWorld) -> Picture:
    share, names = 100 * world.p[:SHOWN], [palette.literal(label) for label in world.labels[:SHOWN]]
    at = np.arange(len(names))
    traces = [
        {
            "type": "bar",
            "name": "share of rows",
            "x": at.astype(float),
            "y": share,
            "text": names,
            "textposition": "none",
            "marker": {"color": palette.REAL},
            "hovertemplate": "%{text}: %{y:.3~g}%<extra></extra>",
        }
    ]
    ticks = [name if len(name) <= 14 else f"{name[:13]}…" for name in world.labels[:SHOWN]]
    layout = palette.base_layout(
        "category",
        "share of rows",
        height=260,
        hovermode="closest",
        showlegend=False,
        xaxis={
            "range": [-0.6, len(names) - 0.4],
            "tickvals": at.tolist(),
            "ticktext": [palette.literal(t) for t in ticks],
        },
        yaxis={"range": [0, float(share.max()) * 1.08], "ticksuffix": "%"},
    )
    rest = f" The {SHOWN} most frequent of {world.types:,} are drawn." if world.types > SHOWN else ""
    return _picture(
        world,
        traces,
        layout,
        "Is this what you meant? The bars show how often each category occurs.",
        f"Every fifth row is held out as a test set and not counted.{rest}",
        f"{world.types} categories; the most frequent has {share[0]:.3g}% of the rows.",
    )
