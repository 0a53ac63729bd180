"""Groups in the plane: ellipses over the real birds, the weights of the components, and who is still alive.

What is real is blue, one symbol a species; the components have colours and dashes of their own, and keep them.
"""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import span
from collapse.figures.picture import Film, Picture, Table
from collapse.figures.spacing import spaced
from collapse.figures.words import parameters
from collapse.models.em import MixtureParams
from collapse.speech import count, listing
from collapse.trajectory import Trajectory
from collapse.triangles import factor
from collapse.worlds import Penguins

COLORS = (palette.SYNTHETIC, palette.HEALTHY, palette.TAIL, palette.EARLY, palette.LATE)
SYMBOLS = ("circle-open", "square-open", "diamond", "triangle-up-open")
NAME = 0.23  # of the width of a picture on a phone: half of the name of a component
LINE = 0.085  # of the height of a picture on a phone: one line of words
TURN = np.linspace(0, 2 * np.pi, 33)


def names(trajectory: Trajectory) -> tuple[str, ...]:
    """What the components are called: after the groups they started from, or by number."""
    s = trajectory.scenario
    groups, k = s.world.groups, s.model.components  # type: ignore[attr-defined]
    known = groups.labels if groups is not None else ()
    return (
        tuple(f"began as {name}" for name in known)
        if len(known) == k
        else tuple(f"component {i + 1}" for i in range(k))
    )


def style(k: int) -> tuple[str, str]:
    """The colour and the dash of component k."""
    return COLORS[k % len(COLORS)], palette.DASHES[k % len(palette.DASHES)]


def life(trajectory: Trajectory, params: MixtureParams) -> MixtureParams:
    """One lineage's params (T, …) with the known groups as generation 0, where the components started from them, else nothing."""
    groups = trajectory.scenario.world.groups
    if groups is not None and groups.weights.shape == params.weights.shape[1:]:
        start = MixtureParams(groups.weights, groups.means, groups.covs)
    else:
        start = MixtureParams(*(np.full(a.shape[1:], np.nan) for a in params))
    return MixtureParams(*(np.concatenate([a[None], b]) for a, b in zip(start, params, strict=True)))


def outline(mean: Array, cov: Array, radius: float) -> Array:
    """The ellipse of so many standard deviations around each mean (…, 2): points (…, 33, 2)."""
    lower = np.moveaxis(factor(np.moveaxis(cov, (-2, -1), (0, 1)), np.zeros(2)), (0, 1), (-2, -1))
    circle = radius * np.stack([np.cos(TURN), np.sin(TURN)], axis=-1)
    return mean[..., None, :] + circle @ np.swapaxes(lower, -1, -2)


def ellipses(trajectory: Trajectory, lineage: int, params: MixtureParams, shares: Array) -> Picture:
    """The film of one lineage: each living component as an ellipse of 1 and one of 2 standard deviations over the real birds.

    It has a legend: the names of the components stand where those of the species would.  `shares`: of the draws of generations 0…T,
    how many are taken for each species, (T + 1, G).
    """
    s = trajectory.scenario
    world, called = s.world, names(trajectory)
    assert isinstance(world, Penguins)
    all_ = life(trajectory, params)
    alive = all_.weights > 0
    place = np.where(alive[..., None], all_.mean, np.nan)
    traces, moving = [*_birds(world), _ghosts(world), _paths(place)], {}
    for k, name in enumerate(called):
        color, dash = style(k)
        for radius, width in ((2.0, 1.25), (1.0, 3.0)):
            edge = outline(place[:, k], all_.cov[:, k], radius)
            moving[len(traces)] = {"x": edge[..., 0], "y": edge[..., 1]}
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines",
                    "name": f"{name}, {radius:g} sd",
                    "x": edge[-1, :, 0],
                    "y": edge[-1, :, 1],
                    "line": {"color": color, "width": width, "dash": dash, "shape": "spline", "smoothing": 1.0},
                    "hoverinfo": "skip",
                    "showlegend": False,
                }
            )
    moving[len(traces)] = {"x": place[..., 0], "y": place[..., 1]}
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "centres",
            "x": place[-1, :, 0],
            "y": place[-1, :, 1],
            "marker": {"color": palette.INK, "size": 5},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    spans = [span(world.rows[:, j], 0.16) for j in (0, 1)]
    over = np.clip(
        place[..., 1] + 2 * np.sqrt(all_.cov[..., 1, 1]), spans[1][0], spans[1][1] - 0.06 * (spans[1][1] - spans[1][0])
    )
    half = NAME * (spans[0][1] - spans[0][0])
    inside = np.clip(place[..., 0], spans[0][0] + half, spans[0][1] - half)
    over = spaced(inside, over, 2 * half, LINE * (spans[1][1] - spans[1][0]), spans[1])
    moving[len(traces)] = {"x": inside, "y": over}
    traces.append(
        {
            "type": "scatter",
            "mode": "text",
            "name": "names of the components",
            "x": inside[-1],
            "y": over[-1],
            "text": list(called),
            "textposition": "top center",
            "textfont": {"color": [style(k)[0] for k in range(len(called))], "size": 13},
            "hoverinfo": "skip",
            "showlegend": False,
        }
    )
    dead = np.where((all_.weights == 0)[..., None], all_.mean, np.nan)
    moving[len(traces)] = {"x": dead[..., 0], "y": dead[..., 1]}
    traces.append(
        {
            "type": "scatter",
            "mode": "markers",
            "name": "where a component died",
            "x": dead[-1, :, 0],
            "y": dead[-1, :, 1],
            "text": [f"{name}: lost" for name in called],
            "hovertemplate": "%{text}<extra></extra>",
            "showlegend": False,
            "marker": {"symbol": "x-thin", "size": 12, "line": {"color": palette.INK, "width": 2.5}},
        }
    )
    captions = _captions(shares, world, s.n)
    layout = palette.base_layout(
        *world.axes,
        height=430,
        hovermode="closest",
        xaxis={"range": spans[0], "showgrid": True},
        yaxis={"range": spans[1]},
    )
    return Picture(
        palette.figure(traces, layout),
        film=Film(captions, moving),
        table=_table(all_, called, world.axes),
        name="ellipses",
        caption=parameters(s),
        say="Each ellipse is one bell curve of the model. Press play: do they wander, shrink and vanish, the rarest first?",
        note="Blue is real: one symbol for each species, and an ellipse around it. Of a bell curve, the thick ellipse is one "
        "standard deviation wide, the thin one two, and the dots are where its centre has been. An ellipse may "
        "leave the picture. A cross is where a bell curve died.",
        alt=f"Ellipses of chain {lineage + 1} over {len(world.rows)} real birds. {captions[len(captions) // 2]} {captions[-1]}",
    )


def _table(all_: MixtureParams, called: tuple[str, ...], axes: tuple[str, str]) -> Table:
    """The components by generation, in numbers; where one is dead its place is empty."""
    turns, k = all_.weights.shape
    place = np.where((all_.weights > 0)[..., None], all_.mean, np.nan)
    spread = np.where((all_.weights > 0)[..., None], np.sqrt(all_.cov[..., (0, 1), (0, 1)]), np.nan)
    return Table(
        (
            "generation",
            "component",
            "weight (%)",
            *(f"mean {axis}" for axis in axes),
            *(f"sd of {axis}" for axis in axes),
        ),
        (
            np.repeat(np.arange(turns), k),
            list(called) * turns,
            100 * all_.weights.ravel(),
            *(values[..., j].ravel() for values in (place, spread) for j in (0, 1)),
        ),
    )


def _birds(world: Penguins) -> list[dict[str, object]]:
    kinds = np.array(world.kinds)
    assert world.groups is not None
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"real {many}",
            "x": world.rows[kinds == name, 0],
            "y": world.rows[kinds == name, 1],
            "hovertemplate": f"{name}: %{{x}}, %{{y}}<extra></extra>",
            "marker": {"color": palette.REAL, "size": 6, "symbol": SYMBOLS[i], "opacity": 0.55},
        }
        for i, (name, many) in enumerate(zip(world.groups.labels, world.groups.plurals, strict=True))
    ]


def _ghosts(world: Penguins) -> dict[str, object]:
    """Where the real species are: ellipses of two standard deviations that stay."""
    assert world.groups is not None
    edges = outline(world.groups.means, world.groups.covs, 2.0)
    x, y = (np.concatenate([edges[..., j], np.full((len(edges), 1), np.nan)], axis=1).ravel() for j in (0, 1))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "real species, 2 sd",
        "x": x,
        "y": y,
        "fill": "toself",
        "fillcolor": palette.GHOST_FILL,
        "line": {"color": palette.REAL, "width": 1, "shape": "spline"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _paths(place: Array) -> dict[str, object]:
    """Where the centres have been: place (T + 1, K, 2), one component after the other."""
    x, y = (np.concatenate([place[..., j], np.full((1, place.shape[1]), np.nan)]).T.ravel() for j in (0, 1))
    return {
        "type": "scatter",
        "mode": "lines",
        "name": "paths of the centres",
        "x": x,
        "y": y,
        "hoverinfo": "skip",
        "showlegend": False,
        "line": {"color": palette.MUTED, "width": 1.25, "dash": "dot"},
    }


def _captions(shares: Array, world: Penguins, n: int) -> tuple[str, ...]:
    """What would become of n draws of each generation, in words."""
    assert world.groups is not None
    said = []
    for t, share in enumerate(shares):
        birds = [
            f"{count(n * part)} {many if round(n * part) != 1 else one}" if n * part >= 1 else f"no {many}"
            for part, one, many in zip(share.tolist(), world.groups.labels, world.groups.plurals, strict=True)
        ]
        which = f"Generation {t} draws" if t else "Generation 0, the real world, has"
        said.append(f"{which} {listing(birds)} among {count(n)} birds.")
    return tuple(said)
