"""The hero: the distribution narrowing, generation by generation, over the ghost of the real one.

Every curve is drawn equally high, so that the eye compares widths.  The front row is a film of all generations; behind it
stand a few generations as ridges.  Curves are followed on a grid of their own (mean ± 4 standard deviations), so that a
spike stays a curve however narrow it gets.
"""

import numpy as np

from collapse.beliefs import Cloud
from collapse.beliefs.base import Distribution
from collapse.beliefs.boxes import Boxes
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Film, Picture
from collapse.figures.words import parameters
from collapse.models.base import Model
from collapse.speech import percent
from collapse.trajectory import Trajectory
from collapse.worlds import World

RIDGES = 8
CELLS = 60
FRONT, BACK, STEP, RIDGE = 1.0, 1.22, 0.26, 0.5
POINTS = 65
_GRID = np.linspace(-4.0, 4.0, POINTS)


def curves(belief: Distribution) -> tuple[Array, Array]:
    """(x, height) of densities in one dimension, each (…, 65), the height scaled to 1 at the peak; of samples and of
    boxes, which may lie between the points, the mass around each point."""
    sd = np.sqrt(belief.total)[..., None]
    x = belief.mean + sd * _GRID
    if isinstance(belief, Cloud | Boxes):
        half = sd * (_GRID[1] - _GRID[0])
        heights = belief.cdf(x + half) - belief.cdf(x - half)
        return x, heights / heights.max(axis=-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):  # a spread of nothing is a spike
        logs = np.where(sd > 0, belief.logpdf(x), np.where(_GRID == 0, 0.0, -np.inf))
    return x, np.exp(logs - logs.max(axis=-1, keepdims=True))


def ghost(world: World) -> tuple[Array, Array]:
    """(x, height) of the real world: its density, or a histogram (Freedman–Diaconis) of a finite data set."""
    if world.finite:
        values = world.distribution.levels()[1]
        heights, edges = np.histogram(values, bins=bins(values))
        x = np.repeat(edges, 2)
        y = np.concatenate([[0.0], np.repeat(heights / heights.max(), 2), [0.0]])
        return x, y
    low, high = world.distribution.quantile(np.array([0.0005, 0.9995]))
    x = np.linspace(low - 0.05 * (high - low), high + 0.05 * (high - low), 121)
    logs = world.distribution.logpdf(x)
    return x, np.exp(logs - logs[np.isfinite(logs)].max())


def bins(x: Array) -> Array:
    """Edges by the rule of Freedman and Diaconis, but at most 60 cells however far an outlier lies."""
    low, high = float(x.min()), float(x.max())
    quartiles = np.quantile(x, (0.25, 0.75))
    width = 2 * float(quartiles[1] - quartiles[0]) / np.cbrt(len(x))
    return np.linspace(low, high, 1 + int(min(CELLS, max(5, np.ceil((high - low) / width) if width > 0 else CELLS))))


def window(world: World, x: Array) -> list[float]:
    """The x axis: the world with room around it; for a lineage that leaves it, a third or two thirds wider on that side.

    By steps, so that the axis stays the same from one run to the next unless there is a reason.
    """
    low, high = (float(v) for v in world.distribution.quantile(np.array([0.001, 0.999])))
    step = (high - low) / 3
    past = low - float(np.quantile(x, 0.02)), float(np.quantile(x, 0.98)) - high
    more = [step * min(max(np.ceil(p / step), 0.0), 2.0) for p in past]
    return [low - more[0] - step / 6, high + more[1] + step / 6]


def _gaps(rows: Array) -> Array:
    """Rows (k, m) one after the other with a NaN after each: many curves in one trace."""
    return np.concatenate([rows, np.full((len(rows), 1), np.nan)], axis=1).ravel()


def milestones(generations: int) -> Array:
    """The generations that stand as ridges: the world, the last, and evenly between."""
    return np.unique(np.linspace(0, generations, min(RIDGES, generations + 1)).round().astype(int))


def narrowing(trajectory: Trajectory, lineage: int, params: object) -> Picture:
    """The film of one lineage (its params (T, …), or a list of T of them) over the real world, one dimension."""
    s = trajectory.scenario
    gx, gy = ghost(s.world)
    x, y = _film(s.model, params, gx, gy)
    marks = milestones(s.generations)
    base = BACK + STEP * np.arange(len(marks))[::-1, None]
    low, high = (float(v[0]) for v in s.world.tails)
    span = window(s.world, x[1:])
    top = float(base[0, 0] + RIDGE + 0.12)
    every_ghost = np.concatenate([gy[None] * FRONT * 0.92, base + RIDGE * gy[None]])
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "real world",
            "x": _gaps(np.tile(gx, (len(base) + 1, 1))),
            "y": _gaps(every_ghost),
            "fill": "toself",
            "fillcolor": palette.GHOST_FILL,
            "hoverinfo": "skip",
            "line": {"color": palette.REAL, "width": 1},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "model",
            "x": _gaps(x[marks]),
            "y": _gaps(base + RIDGE * y[marks]),
            "fill": "toself",
            "fillcolor": palette.SYNTHETIC_FILL,
            "hoverinfo": "skip",
            "line": {"color": palette.SYNTHETIC, "width": 1},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "generation played",
            "x": x[-1],
            "y": 0.92 * FRONT * y[-1],
            "fill": "toself",
            "fillcolor": palette.SYNTHETIC_FILL,
            "hoverinfo": "skip",
            "line": {"color": palette.SYNTHETIC, "width": 3},
        },
    ]
    ticks = {"tickvals": [0.0, *base[:, 0].tolist()], "ticktext": ["played", *_row_names(marks)]}
    layout = palette.base_layout(
        palette.literal(s.world.quantity),
        xaxis={"range": span},
        hovermode=False,
        yaxis={"range": [-0.02, top], "showgrid": False, "fixedrange": True, **ticks},
        shapes=[_tail(span[0], low), _tail(high, span[1])],
        height=400,
        annotations=[_label(low, top, "real tail ", "right"), _label(high, top, " real tail", "left")],
    )
    captions = _captions(trajectory, lineage)
    return Picture(
        palette.figure(traces, layout),
        say="Watch the width of the orange curves: what one lineage of models believes, generation after generation.",
        note="Left to right: the values. Top to bottom: time. All curves are drawn equally high; blue is the real world, and the "
        "shaded edges are its outermost 5 %.",
        alt=f"Ridge plot of one lineage over the real distribution. {captions[0]} {captions[len(captions) // 2]} {captions[-1]}",
        name="narrowing",
        caption=parameters(s),
        film=Film(captions, {2: {"x": x, "y": 0.92 * FRONT * y}}),
    )


def _film(model: Model, params: object, gx: Array, gy: Array) -> tuple[Array, Array]:
    """x and height for the generations 0…T, each (T+1, 65); row 0 is the world.  A list: params that grow with their data."""
    if isinstance(params, list):
        x, y = (np.stack(part) for part in zip(*(curves(model.belief(p)) for p in params), strict=True))
    else:
        x, y = curves(model.belief(params))
    at = np.linspace(gx[0], gx[-1], len(_GRID))
    return np.concatenate([at[None], x]), np.concatenate([np.interp(at, gx, gy)[None], y])


def _row_names(marks: Array) -> list[str]:
    return ["real" if m == 0 else f"gen {m}" for m in marks]


def _captions(trajectory: Trajectory, lineage: int) -> tuple[str, ...]:
    spread, tails = (trajectory.measure(m)[lineage] for m in ("variance", "tail_mass"))
    real = percent(float(tails[0]))
    return tuple(
        f"Generation {t}: {percent(float(np.sqrt(v)))} as wide as the real world, tails {percent(float(p))} instead of {real}."
        if t
        else f"Generation 0 is the real world: its tails hold {real}."
        for t, (v, p) in enumerate(zip(spread, tails, strict=True))
    )


def _tail(left: float, right: float) -> dict[str, object]:
    return {
        "type": "rect",
        "xref": "x",
        "yref": "paper",
        "x0": left,
        "x1": right,
        "y0": 0,
        "y1": 1,
        "layer": "below",
        "fillcolor": palette.TAIL_FILL,
        "line": {"width": 0},
        "opacity": 0.5,
    }


def _label(x: float, y: float, text: str, side: str) -> dict[str, object]:
    return {
        "x": x,
        "y": y,
        "text": text,
        "xanchor": side,
        "yanchor": "top",
        "showarrow": False,
        "font": {"color": palette.TAIL, "size": 12},
    }
