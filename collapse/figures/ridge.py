"""The hero: the distribution narrowing, generation by generation, over the ghost of the real one.

Every curve is drawn equally high, so that the eye compares widths.  The front row is a film of all generations, with the examples
that train the next model below it; behind it stand a few generations as ridges.
"""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Film, Picture, Table
from collapse.figures.shapes import POINTS, curves, ghost, window
from collapse.figures.words import parameters
from collapse.models.base import Model
from collapse.scenario import Scenario
from collapse.speech import percent
from collapse.trajectory import Trajectory

RIDGES = 8
FRONT, BACK, STEP, RIDGE = 1.0, 1.22, 0.26, 0.5


def _gaps(rows: Array) -> Array:
    """Rows (k, m) one after the other with a NaN after each: many curves in one trace."""
    return np.concatenate([rows, np.full((len(rows), 1), np.nan)], axis=1).ravel()


def milestones(generations: int) -> Array:
    """The generations that stand as ridges: the world, the last, and evenly between."""
    return np.unique(np.linspace(0, generations, min(RIDGES, generations + 1)).round().astype(int))


def narrowing(
    trajectory: Trajectory, lineage: int, params: object, drawn: tuple[Array, Array] | None = None
) -> Picture:
    """The film of one lineage (its params (T, …), or a list of T of them) over the real world, one dimension.

    `drawn`: the examples, made and real, that go from each generation into the training of the next, each (T + 1, m)
    (`following.passed_on`); they stand as ticks below the curve that is played.
    """
    s = trajectory.scenario
    gx, gy = ghost(s.world)
    x, y = _film(s.model, params, gx, gy)
    marks = milestones(s.generations)
    base = BACK + STEP * np.arange(len(marks))[::-1, None]
    low, high = (float(v[0]) for v in s.world.tails)
    span = window(s.world, x[1:])
    top = float(base[0, 0] + RIDGE + 0.12)
    every_ghost = np.concatenate([gy[None] * FRONT * 0.92, base + RIDGE * gy[None]])
    played = 0.92 * FRONT * y
    played[0] = np.nan  # generation 0 is the real world, which stands behind
    peak = np.clip(x[np.arange(len(x)), y.argmax(axis=1)], span[0], span[1])
    named = [f"model {t}" if t else "" for t in range(len(x))]
    edge = np.array([span[0] + 2e-3 * (span[1] - span[0])])  # on it, plotly would leave the text out
    down = np.interp(np.arange(len(x)), marks, base[:, 0])
    traces = [
        _filled(
            "real world",
            _gaps(np.tile(gx, (len(base) + 1, 1))),
            _gaps(every_ghost),
            palette.REAL,
            palette.GHOST_FILL,
            1,
        ),
        _filled(
            "models",
            _gaps(x[marks[1:]]),
            _gaps(base[1:] + RIDGE * y[marks[1:]]),
            palette.SYNTHETIC,
            palette.SYNTHETIC_PALE,
            1,
        )
        | {"opacity": 0.6},
        _filled("generation played", x[-1], played[-1], palette.SYNTHETIC, palette.SYNTHETIC_FILL, 3),
        _words("name of the model", peak[-1:], np.array([0.94 * FRONT]), [named[-1]], "top center", palette.SYNTHETIC),
        _words("where it stands", edge, down[-1:], ["▶"], "middle right", palette.SYNTHETIC),
        _words("name of the real world", *_shoulder(gx, gy, x[-1], y[-1]), palette.REAL),
    ]
    film = {
        2: {"x": x, "y": played},
        3: {"x": peak[:, None], "text": np.array(named)[:, None]},
        4: {"y": down[:, None]},
    }
    for points, name, color in zip(drawn or (), ("made", "real"), (palette.SYNTHETIC, palette.REAL), strict=False):
        film[len(traces)] = {"x": points}
        traces.append(_ticks(f"examples, {name}", points[-1], color))
    ticks = {"tickvals": [0.0, *base[:, 0].tolist()], "ticktext": ["now", *_row_names(marks)]}
    layout = palette.base_layout(
        palette.literal(s.world.quantity),
        xaxis={"range": span},
        hovermode=False,
        yaxis={"range": [-0.2 if drawn else -0.02, top], "showgrid": False, "fixedrange": True, **ticks},
        shapes=[_tail(span[0], low), _tail(high, span[1])],
        height=420,
        annotations=[_label(low, top, "real tail ", "right"), _label(high, top, " real tail", "left")],
        showlegend=False,
    )
    captions = _captions(trajectory, lineage)
    return Picture(
        palette.figure(traces, layout),
        say="Orange is what each model in a chain has learnt, blue is the real world. Press play: does orange stay as wide?",
        note="Each hill is high where a value comes up often. Each row further down is a later model. All curves are drawn equally "
        "high. The shaded edges are the real world’s outermost 5%, its rarest cases (tails). A curve "
        "half as wide has a quarter of the variety (variance)." + (_about(s, drawn) if drawn else ""),
        alt=f"Ridge plot of one chain over the real distribution. {captions[0]} {captions[len(captions) // 2]} {captions[-1]}",
        name="narrowing",
        caption=parameters(s),
        film=Film(captions, film),
        table=_table(trajectory, lineage, params),
    )


def _filled(name: str, x: Array, y: Array, color: str, fill: str, width: float) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": fill,
        "hoverinfo": "skip",
        "line": {"color": color, "width": width},
    }


def _words(name: str, x: Array, y: Array, text: list[str], place: str, color: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "text",
        "name": name,
        "x": x,
        "y": y,
        "text": text,
        "textposition": place,
        "textfont": {"color": color, "size": 13},
        "hoverinfo": "skip",
        "cliponaxis": False,
    }


def _ticks(name: str, x: Array, color: str) -> dict[str, object]:
    """Examples, as ticks below the row that is played."""
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": np.full(len(x), -0.1),
        "hoverinfo": "skip",
        "marker": {"symbol": "line-ns-open", "size": 13, "color": color, "line": {"color": color, "width": 1.5}},
    }


def _shoulder(gx: Array, gy: Array, x: Array, y: Array) -> tuple[Array, Array, list[str], str]:
    """The name of the real world in the row that is played: at half its height, on the right unless the last model is there."""
    left, right = gx[np.flatnonzero(gy >= 0.5)[[0, -1]]]
    ahead, behind = np.interp((left, right), x, y, left=0.0, right=0.0)
    at, place = (left, "top left") if behind > ahead + 0.25 else (right, "top right")
    return np.array([at]), np.array([0.5 * FRONT]), ["real world"], place


def _about(s: Scenario, drawn: tuple[Array, Array]) -> str:
    """What the ticks are."""
    some = (
        "some of the examples"
        if s.n > max(np.isfinite(points[1:]).sum(axis=1).max(initial=0) for points in drawn)
        else "the examples"
    )
    grown = ", which are added to all earlier ones" if s.policy.grows else ""
    return f" The ticks below the lowest curve are {some} that train the next model{grown}: orange is AI-made, blue is real."


def _table(trajectory: Trajectory, lineage: int, params: object) -> Table:
    """What each generation believes, in numbers."""
    s = trajectory.scenario
    world = s.world.distribution
    beliefs = [s.model.belief(p) for p in params] if isinstance(params, list) else [s.model.belief(params)]
    means = np.concatenate([[world.mean[..., 0]], *(np.ravel(b.mean) for b in beliefs)], axis=None)
    sds = np.sqrt(np.concatenate([[world.total], *(np.ravel(b.total) for b in beliefs)], axis=None))
    return Table(
        (
            "generation",
            f"mean: {s.world.quantity}",
            "standard deviation",
            "share of the real variance (%)",
            "share in the real tails (%)",
        ),
        (
            np.arange(len(means)),
            means,
            sds,
            *(100 * trajectory.measure(metric)[lineage] for metric in ("variance", "tail_mass")),
        ),
    )


def _film(model: Model, params: object, gx: Array, gy: Array) -> tuple[Array, Array]:
    """x and height for the generations 0…T, each (T+1, 65); row 0 is the world.  A list: params that grow with their data."""
    if isinstance(params, list):
        x, y = (np.stack(part) for part in zip(*(curves(model.belief(p)) for p in params), strict=True))
    else:
        x, y = curves(model.belief(params))
    at = np.linspace(gx[0], gx[-1], POINTS)
    return np.concatenate([at[None], x]), np.concatenate([np.interp(at, gx, gy)[None], y])


def _row_names(marks: Array) -> list[str]:
    return ["real" if m == 0 else f"gen {m}" for m in marks]


def _captions(trajectory: Trajectory, lineage: int) -> tuple[str, ...]:
    spread, tails = (trajectory.measure(m)[lineage] for m in ("variance", "tail_mass"))
    real = percent(float(tails[0]))
    return tuple(
        f"Generation {t}: the curve is {percent(float(np.sqrt(v)))} as wide as the real one. Rare cases make up {percent(float(p))} "
        f"instead of {real}."
        if t
        else f"Generation 0 is the real world: {real} of its cases are rare (its tails)."
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
