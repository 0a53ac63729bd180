"""A metric over generations: one lineage, the band of the ensemble, its median and mean, and the law where there is one."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.laws import LAWS, law_for
from collapse.scenario import Scenario
from collapse.speech import percent
from collapse.trajectory import Trajectory

LEAST = 745.0  # exp(−745) is the smallest number


def timeline(
    trajectory: Trajectory,
    metric: str,
    lineage: int,
    *,
    say: str,
    note: str,
    title: str,
    top: float,
    floor: float = 0.0,
    scale: float = 100.0,
    suffix: str = " %",
    height: int = 300,
) -> Picture:
    """A metric (R, T+1) by generation.

    `top`: the usual end of the y axis; it doubles until median, mean and law fit, `floor`, its start, in the same way.  The band
    may leave the picture; the note says all of this.  `scale`, `suffix`: units on screen.
    """
    s = trajectory.scenario
    values = np.maximum(trajectory.measure(metric), -LEAST) * scale  # a variance of nothing has no logarithm
    t = np.arange(s.generations + 1)
    low, median, high = np.quantile(values, (0.05, 0.5, 0.95), axis=0)
    mean, law = values.mean(axis=0), law_for(s, metric)
    inside = np.concatenate([median, mean] if law is None else [median, mean, law * scale])
    ceiling = doubled(top * scale, float(inside.max()))
    ground = -doubled(-floor * scale, -float(inside.min())) if floor else 0.0
    traces = [
        line("5–95 % of lineages, low", t, low, palette.BAND, width=0, showlegend=False),
        line("5–95 % of lineages", t, high, palette.BAND, width=0, fill="tonexty", fillcolor=palette.BAND),
        line("this lineage", t, values[lineage], palette.SYNTHETIC, width=1, dash="dot"),
        line("median", t, median, palette.SYNTHETIC, width=3),
        line("mean", t, mean, palette.MUTED, width=2),
    ]
    if law is not None:
        known = LAWS[metric].standing
        traces.append(line(f"law for the mean ({known})", t, law * scale, palette.THEORY, width=2, dash="dash"))
    layout = palette.base_layout(
        "generation",
        title,
        height=height,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [ground, ceiling], "ticksuffix": suffix},
    )
    usual = ceiling == top * scale and ground == floor * scale
    extended = "" if usual else f" The axis is longer than usual here: from {ground:g} to {ceiling:g}{suffix}."
    if high.max() > ceiling:
        extended += f" The band leaves the picture: it reaches {high.max():.3g}{suffix}."
    unknown = "" if law is not None else " No closed form is known for this curve: simulation only."
    return Picture(
        palette.figure(traces, layout),
        say=say,
        note=note + unknown + extended,
        cursor=True,
        name=metric,
        alt=_spoken(s, metric, median / scale, mean / scale, law),
        caption=parameters(s),
    )


def doubled(top: float, reach: float) -> float:
    """`top`, doubled until `reach` fits: an axis that changes seldom, and by steps that can be said."""
    return top if not np.isfinite(reach) or reach <= top else top * 2.0 ** int(np.ceil(np.log2(reach / top)))


def line(
    name: str, x: Array, y: Array, color: str, *, width: float, dash: str = "solid", **extra: object
) -> dict[str, object]:
    """A scatter line as a plain dictionary."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "line": {"color": color, "width": width, "dash": dash},
        "hovertemplate": "%{y:.3~g}",
        **extra,
    }


def _spoken(scenario: Scenario, metric: str, median: Array, mean: Array, law: Array | None) -> str:
    share = percent if metric in ("variance", "tail_mass", "minority_share") else (lambda v: f"{v:,.3g}")
    text = (
        f"{metric.replace('_', ' ')} by generation. Median: {share(float(median[0]))} at the start, "
        f"{share(float(median[len(median) // 2]))} at generation {len(median) // 2}, {share(float(median[-1]))} at the end; "
        f"mean at the end {share(float(mean[-1]))}."
    )
    return text if law is None else text + f" The law gives {share(float(law[-1]))}."
