"""Areas that are stacked over generations, with their names inside them, where there is room."""

from collections.abc import Callable, Sequence

import numpy as np

from collapse.data import Array
from collapse.figures import palette

WIDE = 0.24  # of the picture: how much a name takes across, on a phone
GRID = 51  # places across that are looked at
LINE = 15.0  # percent: how high one line of a name is


def area(name: str, x: Array, y: Array, color: str, fill: str, pattern: str = "") -> dict[str, object]:
    """One of the stacked areas; the `pattern` is drawn only in print and where a reader has chosen colours of their own."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "stackgroup": "one",
        "line": {"color": color, "width": 1.5},
        "fillcolor": fill,
        "hovertemplate": "%{y:.3~g}%",
        "fillpattern": {"shape": pattern, "fgcolor": palette.INK, "bgcolor": fill, "size": 8, "solidity": 0.12},
    }


def names(
    x: Array, shares: Array, said: Sequence[tuple[str, str]], marks: Sequence[tuple[float, float]] = ()
) -> dict[str, object]:
    """The names of the areas `shares` (k, m), in percent of the picture, each where its area is highest, as one trace of text.

    `said`: of each a name and what stands below it where there is room for two lines.  An area too small for a line has no name.
    `marks`: (across, foot) of lines that stand upright, from their foot to the top; names avoid those that cross their area, if
    they can.
    """
    upper = np.cumsum(shares, axis=0)
    crossed = [[at for at, foot in marks if foot < np.interp(at, x, edge)] for edge in upper]
    places = [_place(x, upper[i] - shares[i], upper[i], crossed[i]) for i in range(len(shares))]
    texts = [
        f"<b>{name}</b><br>{more}" if more and room >= 2 * LINE else f"<b>{name}</b>" if room >= LINE else ""
        for (name, more), (_, _, room) in zip(said, places, strict=True)
    ]
    shown = [bool(text) for text in texts]
    return {
        "type": "scatter",
        "mode": "text",
        "name": "names of the areas",
        "x": np.where(shown, [at for at, _, _ in places], np.nan),
        "y": np.where(shown, [middle for _, middle, _ in places], np.nan),
        "text": texts,
        "textposition": "middle center",
        "textfont": {"color": palette.INK, "size": 13},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _place(x: Array, low: Array, high: Array, marks: Sequence[float]) -> tuple[float, float, float]:
    """(across, up, how many percent are free above and below) where a name fits best between two edges in percent."""
    length = float(x[-1] - x[0]) or 1.0
    grid = np.linspace(x[0], x[-1], GRID)
    bottom, top = (_over_windows(np.interp(grid, x, edge), pick) for edge, pick in ((low, np.max), (high, np.min)))
    room, at = top - bottom, np.linspace(0.5 * WIDE, 1.0 - 0.5 * WIDE, len(top))
    crossed = np.array([(mark - float(x[0])) / length for mark in marks])
    clear = (np.abs(at[:, None] - crossed) > 0.5 * WIDE).all(axis=1) & (room >= LINE)
    best = int(np.where(clear if clear.any() else True, room - 0.01 * np.abs(at - 0.5), -np.inf).argmax())
    return float(x[0] + length * at[best]), float(top[best] + bottom[best]) / 2, float(room[best])


def _over_windows(values: Array, pick: Callable[..., Array]) -> Array:
    """The least or the greatest value of every stretch that a name takes."""
    return pick(np.lib.stride_tricks.sliding_window_view(values, 1 + round((GRID - 1) * WIDE)), axis=-1)
