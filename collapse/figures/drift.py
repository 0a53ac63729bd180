"""Drift against shrinking: what a lineage loses inside reappears as disagreement between lineages."""

import numpy as np

from collapse.bands import median
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import NAMED, base, line
from collapse.figures.picture import Film, Picture
from collapse.figures.words import parameters
from collapse.laws import law_for
from collapse.speech import percent, times
from collapse.trajectory import Trajectory

DOTS = 150


def swarm(trajectory: Trajectory, lineage: int) -> Picture:
    """Every dot is a lineage, at the mean and the standard deviation it believes in; the film plays the generations.

    In d dimensions: the mean of the first coordinate, and the geometric-mean standard deviation (det Σ)^(1/2d).
    """
    s = trajectory.scenario
    means = (s.model.belief(trajectory.params).mean[..., 0] - s.world.distribution.mean[0]) / np.sqrt(
        s.world.distribution.cov[0, 0]
    )
    mean = means[:DOTS]
    sd = np.exp(trajectory.measure("log_variance") / 2)
    start = np.zeros((min(DOTS, s.lineages), 1))
    x, y = np.concatenate([start, mean], axis=1).T, sd[:DOTS].T
    path = np.concatenate([[0.0], means[lineage]])
    wide, tall = float(np.quantile(np.abs(x), 0.995)), float(np.quantile(y, 0.995))
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "path of the chain shown",
            "x": path,
            "y": sd[lineage],
            "line": {"color": palette.MUTED, "width": 1.5, "dash": "dot"},
            "hoverinfo": "skip",
            "meta": NAMED,  # in the note
        },
        {
            "type": "scatter",
            "mode": "markers",
            "name": f"{x.shape[1]} chains",
            "meta": NAMED,  # in the sentence above
            "x": x[-1],
            "y": y[-1],
            "marker": {
                "color": palette.SYNTHETIC,
                "size": 7,
                "opacity": 0.75,
                "line": {"color": palette.PAPER, "width": 0.5},
            },
            "hovertemplate": "mean %{x:.2f}, standard deviation %{y:.3~g}<extra></extra>",
        },
        {
            "type": "scatter",
            "mode": "markers+text",
            "name": "the real world",
            "meta": NAMED,
            "x": [0.0],
            "y": [1.0],
            "text": ["real"],
            "textposition": "top center",
            "textfont": {"color": palette.REAL},
            "hoverinfo": "skip",
            "marker": {"color": palette.REAL, "size": 13, "symbol": "diamond"},
        },
    ]
    many = s.world.d > 1
    layout = palette.base_layout(
        "centre (mean)" + (" (first coordinate)" if many else ""),
        "width (standard deviation)" + (" (geometric mean)" if many else ""),
        height=430,
        hovermode="closest",
        xaxis={"range": [-max(1.5, wide) * 1.05, max(1.5, wide) * 1.05]},
        yaxis={"range": [0, max(1.4, tall) * 1.05]},
    )
    captions = tuple(_believed(t, x[t], y[t]) for t in range(s.generations + 1))
    return Picture(
        palette.figure(traces, layout),
        film=Film(captions, {1: {"x": x, "y": y}}),
        name="drift",
        caption=parameters(s),
        say="Each dot is one chain. Press play: does the cloud sink (models get narrower)? Does it fan out (models disagree)?",
        note="The horizontal axis shows where the model has its centre (its mean), and the vertical axis how wide it is (its "
        "standard deviation), both in real standard deviations. The dotted line is where the chain shown has been.",
        alt=f"Swarm of chains in the plane of mean and standard deviation. {captions[len(captions) // 2]} {captions[-1]}",
    )


def _believed(t: int, means: Array, sds: Array) -> str:
    """What the lineages of a generation believe, in a sentence."""
    if t == 0:
        return "Generation 0: all start from the real mean and standard deviation."
    if len(sds) == 1:
        return f"Generation {t}: the curve is {times(sds[0])} times as wide as the real one."
    return (
        f"Generation {t}: the middle chain is {times(float(median(sds)))} times as wide as the real world. The centres of the "
        f"chains lie {times(float(np.std(means)))} apart (standard deviation)."
    )


def conservation(trajectory: Trajectory) -> Picture:
    """Mean variance inside lineages, and mean squared drift between them, stacked; with both laws."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    inside, between = (100 * trajectory.measure(m).mean(axis=0) for m in ("variance", "mean_drift"))
    laws = law_for(s, "variance"), law_for(s, "mean_drift")
    traces = [
        _area("inside chains (mean variance)", "inside", t, inside, palette.SYNTHETIC, palette.SYNTHETIC_FILL),
        _area("between chains (mean squared drift)", "between", t, between, palette.REAL, palette.REAL_BAND),
    ]
    total = inside + between
    if laws[0] is not None and laws[1] is not None:
        traces += [
            line("law, inside", t, 100 * laws[0], palette.THEORY, width=2, dash="dash", label="formula"),
            line(
                "law, inside + between",
                t,
                100 * (laws[0] + laws[1]),
                palette.THEORY,
                width=2,
                dash="dot",
                label="formula, both",
            ),
        ]
    ceiling = 125.0 if total.max() <= 125 else float(np.ceil(total.max() / 100) * 110)
    layout = base(s, "share of the real variety", (0.0, ceiling), 320, ticksuffix="%")
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        laws=() if laws[0] is None or laws[1] is None else ("variance", "mean_drift"),
        name="conservation",
        caption=parameters(s),
        say="Where does the variety go? Out of each chain, into the differences between them? Compare both with the dotted law.",
        note="With the divisor n the law of the sum is exactly 100%, whatever models learn from, as long as temperature and top-p "
        "are not used. These are means over chains; with few chains they are rough.",
        alt=f"Stacked areas. At the end {percent(inside[-1] / 100)} of the real variance is inside chains on average and "
        f"{percent(between[-1] / 100)} between them.",
    )


def _area(name: str, label: str, x: Array, y: Array, color: str, fill: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": x,
        "y": y,
        "stackgroup": "one",
        "meta": {"label": label, "color": color},
        "fillcolor": fill,
        "line": {"color": color, "width": 1.5},
        "hovertemplate": "%{y:.3~g}%",
    }
