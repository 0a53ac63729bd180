"""How far a mean is from the truth in the long run, by the weight of the real examples."""

from collections.abc import Mapping

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.accuracy import caption
from collapse.figures.lines import NAMED, Upright, line, uprights
from collapse.figures.picture import Picture
from collapse.speech import percent, times
from collapse.weighting import Weighting, best, pooled, settled

ERRORS = 2  # standard errors on either side of a mean
LEAST = 0.02  # the weight at which the curve begins
SIMULATED = {"meta": {"label": "simulated", "color": palette.SYNTHETIC}}
ACROSS = [0, 103]
HIGH = 3.0  # the axis ends at so many times the least error


def weighing(weighting: Weighting, points: Mapping[float, Array]) -> Picture:
    """The law over all weights, the mean of simulated squared errors (R,) by weight, and three weights: the best one, that of naive
    pooling, and that of the question."""
    k, here = weighting.ratio, weighting.weight
    w = np.geomspace(LEAST, 1.0, 240)
    top = HIGH * max(best(k), float(settled(1.0, k)) / 2)
    traces = [
        line(
            "law in the long run (exact)", 100 * w, settled(w, k), palette.THEORY, width=2, dash="dash", label="formula"
        )
    ]
    if points:
        at = 100 * np.array(list(points))
        mean = np.array([found.mean() for found in points.values()])
        error = ERRORS * np.array([found.std(ddof=1) / np.sqrt(found.size) for found in points.values()])
        across, up = (
            np.stack(parts).T.ravel()
            for parts in ((at, at, at), (mean - error, mean + error, np.full_like(mean, np.nan)))
        )
        bars = line("bars", across, up, palette.SYNTHETIC, width=1.5)
        traces.append(bars | {"showlegend": False, "hoverinfo": "skip"})
        traces.append(_dots("simulated", at, mean, palette.SYNTHETIC, "circle", 7) | SIMULATED)
    marks = [
        ("best weight", "best weight", best(k), palette.HEALTHY, "star", 14),
        ("all examples weigh the same", "all the same", pooled(k), palette.TAIL, "x", 11),
        ("your weight", "your weight", here, palette.REAL, "diamond-open", 14),
    ]
    for name, _, weight, color, symbol, size in marks:
        foot = np.reshape(settled(weight, k), 1)
        traces.append(_dots(name, np.array([100 * weight]), foot, color, symbol, size) | {"meta": NAMED})
    guides = [
        Upright(name, 100 * weight, float(settled(weight, k)), said, color) for name, said, weight, color, *_ in marks
    ]
    traces += uprights(guides, ACROSS, [row * top for row in (1.19, 1.12, 1.05)])
    layout = palette.base_layout(
        "weight of the real examples together",
        "squared error of the mean",
        height=360,
        hovermode="closest",
        xaxis={"range": ACROSS, "ticksuffix": "%"},
        yaxis={"range": [0, 1.24 * top]},
    )
    told = "; ".join(
        f"{name}: {percent(weight)}, error {times(float(settled(weight, k)))}" for name, _, weight, *_ in marks
    )
    return Picture(
        palette.figure(traces, layout),
        name="weighing",
        caption=caption(weighting),
        say="How far from the truth does the mean stay in the long run? Find the weight with the least error.",
        note="The horizontal axis shows the weight of the real examples together, and the vertical axis the mean squared error in "
        "the long run, as a multiple of what the real examples of one generation have by themselves. A bar is two standard errors "
        "to each side. Very small weights leave the picture.",
        alt=f"Error in the long run by weight. {told}.",
    )


def _dots(name: str, x: Array, y: Array, color: str, symbol: str, size: int) -> dict[str, object]:
    """Markers without a line."""
    return line(name, x, y, color, width=0) | {
        "mode": "markers",
        "marker": {"color": color, "size": size, "symbol": symbol},
    }
