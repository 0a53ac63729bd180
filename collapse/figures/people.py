"""People in the loop: where the middle of a model goes, what people like, what is left of variety, and when labels tip over."""

from collections.abc import Mapping, Sequence

import numpy as np

from collapse.bands import median
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.accuracy import caption
from collapse.figures.lines import NAMED, Upright, base, line, reach, uprights
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.laws.curated import Path, liking
from collapse.scenario import Scenario
from collapse.speech import exactly, percent
from collapse.trajectory import Trajectory
from collapse.verification import Points, Verification

LOOKS = ((palette.SYNTHETIC, "solid"), (palette.HEALTHY, "dot"), (palette.TAIL, "dashdot"))
AROUND = 0.02  # of the height of a picture that is left free above and below


def path_of(run: Trajectory) -> tuple[Array, Array]:
    """The mean and the variance of every lineage of Gaussians on the line in generations 0…T, each (R, T + 1)."""
    mean, sd = run.params.mean[..., 0], run.params.lower[..., 0, 0]
    start = np.zeros((len(mean), 1))
    return np.concatenate([start, mean], axis=1), np.concatenate([start + 1, sd**2], axis=1)


def toward(runs: Mapping[str, Trajectory], laws: Sequence[Path | None], centre: float, say: str, note: str) -> Picture:
    """Where the mean of the models goes, the median over lineages, in runs by name with the law of each for endless data."""
    s = next(iter(runs.values())).scenario
    t, traces, ends, seen = np.arange(s.generations + 1), [], [], [np.array([0.0, centre])]
    for (name, run), law, (color, dash) in zip(runs.items(), laws, LOOKS, strict=False):
        mean = median(path_of(run)[0])
        traces.append(line(name, t, mean, color, width=3, dash=dash, label=name))
        ends.append(f"{name} {mean[-1]:.2f}")
        seen.append(mean)
        if law is not None:
            named = f"law for endless data: {name}"
            traces.append(line(named, t, law.mean, palette.THEORY, width=1.5, dash="dash", label="formula"))
            seen.append(law.mean)
    traces.append(
        line("their centre", t, np.full(len(t), centre), palette.REAL, width=1.5, dash="longdash", label="their centre")
    )
    low, high = _ends(np.concatenate(seen))
    known = any(law is not None for law in laws)
    told = (
        "The dashed laws are for endless data; a run of few examples strays from them by chance."
        if known
        else "No law is known for this setting, so there is only the simulation."
    )
    return Picture(
        palette.figure(traces, base(s, "mean, in real standard deviations", (low, high), 320)),
        cursor=True,
        name="toward",
        caption=parameters(s),
        say=say,
        note=f"{note} {told}",
        alt=f"The median of the mean at the end: {', '.join(ends)}; their centre is {exactly(centre)}.",
    )


def liked(
    runs: Mapping[str, Trajectory], law: Path | None, centre: float, width: float, say: str, note: str
) -> Picture:
    """How well people like what the models say, the mean over lineages, in runs by name, with the law for endless data."""
    s = next(iter(runs.values())).scenario
    curves = {name: liking(*path_of(run), centre, width).mean(axis=0) for name, run in runs.items()}
    exact = None if law is None else liking(law.mean, law.variance, centre, width)
    return _of_runs(s, "liking", "people’s mean liking", curves, exact, say, note)


def variance_left(runs: Mapping[str, Trajectory], law: Path | None, say: str, note: str) -> Picture:
    """What is left of the variance, the median over lineages, in runs by name, with the law for endless data."""
    s = next(iter(runs.values())).scenario
    curves = {name: 100 * median(path_of(run)[1]) for name, run in runs.items()}
    return _of_runs(
        s,
        "variance_left",
        "variety left (variance)",
        curves,
        None if law is None else 100 * law.variance,
        say,
        note,
        "%",
    )


def _of_runs(
    s: Scenario, name: str, title: str, curves: dict[str, Array], law: Array | None, say: str, note: str, unit: str = ""
) -> Picture:
    t = np.arange(s.generations + 1)
    traces = [
        line(label, t, y, color, width=3, dash=dash, label=label)
        for (label, y), (color, dash) in zip(curves.items(), LOOKS, strict=False)
    ]
    if law is not None:
        traces.append(
            line("law for endless data: liking known", t, law, palette.THEORY, width=2, dash="dash", label="formula")
        )
    ends = _ends(np.concatenate([*curves.values(), [0.0] if law is None else law]))
    told = ", ".join(f"{label} {y[-1]:.3g}{unit}" for label, y in curves.items())
    return Picture(
        palette.figure(traces, base(s, title, ends, 320, ticksuffix=unit)),
        cursor=True,
        name=name,
        caption=parameters(s),
        say=say,
        note=note,
        alt=f"At the start {next(iter(curves.values()))[0]:.3g}{unit}; at the end: {told}.",
    )


def _ends(values: Array) -> tuple[float, float]:
    """The ends of an axis that holds all values and zero."""
    low, high = reach(values)
    pad = AROUND * (high - low or 1.0)
    return low - pad * (low < 0), high + pad


def tipping(found: Mapping[str, tuple[Verification, Points]], say: str, note: str) -> Picture:
    """Accuracy by the share of wrong labels: points with error bars, what is expected for so many examples, and the tipping point of
    endless ones, for verifiers by name."""
    traces: list[dict[str, object]] = []
    told = []
    for (name, (v, points)), (color, dash) in zip(found.items(), LOOKS, strict=False):
        fine = np.linspace(points.wrong[0], points.wrong[-1], 61)
        expected = [Verification.from_query(v.to_query() | {"wrong": f"{p:.6f}"}).expected() for p in fine]
        traces += [
            line(
                f"{name}: simulated",
                100 * points.wrong,
                100 * points.right,
                color,
                width=0,
                mode="markers",
                marker={"color": color, "size": 8, "symbol": "circle" if dash == "solid" else "diamond"},
                error_y={"type": "data", "array": 200 * points.error, "color": color, "thickness": 1.5},
                hovertemplate="%{x:.0f}% wrong: %{y:.1f}% right<extra></extra>",
                meta=NAMED,
            ),
            line(f"{name}: expected", 100 * fine, 100 * np.array(expected), color, width=1.5, dash=dash, label=name),
        ]
        told.append(
            f"{name}: {percent(float(points.right[0]))} at first, {percent(float(points.right[-1]))} at last, tipping point "
            f"{percent(v.critical)}"
        )
    across = [100 * fine[0] - 2, 100 * fine[-1] + 2]
    tips = [
        Upright(
            f"law: tipping point {name}",
            100 * v.critical,
            0.0,
            f"tipping point {percent(v.critical)}",
            palette.THEORY,
            "dash",
        )
        for name, (v, _) in found.items()
    ]
    traces += uprights(tips, across, (118.0, 108.0))
    ticks = [0, 20, 40, 60, 80, 100]
    layout = palette.base_layout(
        "share of wrong labels",
        "new examples judged correctly",
        height=360,
        hovermode="closest",
        xaxis={"range": across, "ticksuffix": "%"},
        yaxis={"range": [0, 124], "tickvals": ticks, "ticktext": [f"{at}%" for at in ticks]},
    )
    return Picture(
        palette.figure(traces, layout),
        name="tipping",
        caption=caption(*(v for v, _ in found.values())),
        say=say,
        note=note,
        alt=f"Accuracy falls as more labels are wrong. {'; '.join(told)}.",
    )
