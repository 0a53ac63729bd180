"""Any metric over generations, and two runs beside each other; robust where values are infinite or unknown."""

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.timeline import line
from collapse.figures.words import parameters
from collapse.laws import LAWS, law_for
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory
from collapse.twins import Difference

BAND = (0.05, 0.5, 0.95)


def watch(trajectory: Trajectory, metric: str, lineage: int) -> Picture:
    """A metric (R, T+1): one lineage, the band, median, mean, and the law where one is known."""
    s, values = trajectory.scenario, trajectory.measure(metric)
    low, median, high = quantiles(values)
    mean, law = known(values.mean(axis=0)), law_for(s, metric)
    t = np.arange(s.generations + 1)
    traces = [
        *_band("5–95 % of lineages", t, low, high, palette.BAND),
        line("this lineage", t, known(values[lineage]), palette.SYNTHETIC, width=1, dash="dot"),
        line("median", t, median, palette.SYNTHETIC, width=3),
        line("mean", t, mean, palette.MUTED, width=2),
    ]
    if law is not None:
        traces.append(
            line(f"law for the mean ({LAWS[metric].standing})", t, known(law), palette.THEORY, width=2, dash="dash")
        )
    inside = np.concatenate([median, mean, values[lineage]] if law is None else [median, mean, values[lineage], law])
    infinite, unknown = (float(gap(values[:, -1]).mean()) for gap in (np.isinf, np.isnan))
    holes = (
        f" In {100 * infinite:.0f} % of the lineages it is infinite at the end, which no axis shows."
        if infinite
        else ""
    )
    holes += f" In {100 * unknown:.0f} % of the lineages it cannot be measured at the end." if unknown else ""
    return Picture(
        palette.figure(traces, _layout(s, METRICS[metric].label, reach(inside), 330)),
        cursor=True,
        name=metric,
        caption=parameters(s),
        say=f"{METRICS[metric].label[0].upper()}{METRICS[metric].label[1:]}: where does the typical lineage go, and how far apart "
        "are they?",
        note="Across: generations. The band holds the middle 90 % of the lineages; it may leave the picture."
        + holes
        + ("" if law is not None else " No closed form is known here: simulation only."),
        alt=f"{METRICS[metric].label} by generation. Median: {_say(median[0])} at the start, {_say(median[-1])} at the end.",
    )


def beside(one: Trajectory, other: Trajectory, metric: str) -> Picture:
    """Two runs in one picture: medians and bands (5–95 %)."""
    bands = [quantiles(t.measure(metric)) for t in (one, other)]
    t = np.arange(one.scenario.generations + 1)
    traces = [
        *_band("now, 5–95 %", t, bands[1][0], bands[1][2], palette.BAND),
        line("pinned, 5 %", t, bands[0][0], palette.HEALTHY, width=1, dash="dot"),
        line("pinned, 95 %", t, bands[0][2], palette.HEALTHY, width=1, dash="dot"),
        line("pinned, median", t, bands[0][1], palette.HEALTHY, width=3, dash="dashdot"),
        line("now, median", t, bands[1][1], palette.SYNTHETIC, width=3),
    ]
    near, all_ = reach(np.concatenate([bands[0][1], bands[1][1]])), reach(np.concatenate([*bands[0], *bands[1]]))
    ends = all_ if all_[1] - all_[0] <= 2.5 * (near[1] - near[0]) else near
    return Picture(
        palette.figure(traces, _layout(other.scenario, METRICS[metric].label, ends, 330)),
        cursor=True,
        name="beside",
        caption=parameters(other.scenario),
        say="Two worlds with the same luck: the pinned run in green, the one on the controls in orange.",
        note="Across: generations. Bands hold the middle 90 % of the lineages of each run.",
        alt=f"{METRICS[metric].label} at the end. Median of the pinned run: {_say(bands[0][1][-1])}; of the run on the controls: "
        f"{_say(bands[1][1][-1])}.",
    )


def apart(difference: Difference, scenario: Scenario, exact: bool) -> Picture:
    """The difference of two runs, pair by pair: median and band; `exact`: every lineage met the same noise in both."""
    low, median, high = quantiles(difference.pairs)
    t = np.arange(difference.pairs.shape[1])
    traces = [
        *_band("5–95 % of pairs", t, low, high, palette.BAND),
        line("median difference", t, median, palette.SYNTHETIC, width=3),
        line("no difference", t, np.zeros(len(t)), palette.MUTED, width=1, dash="dot"),
    ]
    mean, error = difference.mean
    pairing = (
        "the same noise" if exact else "other noise, because the two runs split their lineages into different blocks"
    )
    end = (
        f"Mean difference at the end: {_say(mean)} with a standard error of {_say(error)}."
        if np.isfinite([mean, error]).all()
        else f"Median difference at the end: {_say(median[-1])}."
    )
    return Picture(
        palette.figure(traces, _layout(scenario, "difference", reach(np.concatenate([low, median, high])), 300)),
        cursor=True,
        name="apart",
        caption=parameters(scenario),
        say="Now less pinned, lineage by lineage: above zero the run on the controls has more.",
        note=f"Across: generations. Up: the difference in {METRICS[difference.metric].label}. Every lineage is compared with its "
        f"twin, which met {pairing}. The band holds the middle 90 % of the pairs.",
        alt=end,
    )


def quantiles(values: Array) -> Array:
    """5 %, median and 95 % over lineages (3, T+1), NaN where they are infinite or unknown."""
    finite = np.where(np.isnan(values), np.inf, values)
    return known(np.quantile(finite, BAND, axis=0, method="inverted_cdf"))


def known(values: Array) -> Array:
    """Infinite values as gaps."""
    return np.where(np.isfinite(values), values, np.nan)


def reach(values: Array) -> tuple[float, float]:
    """The ends of an axis that holds all finite values: zero, and 1, 2 or 5 times a power of ten."""
    seen = values[np.isfinite(values)]
    top, bottom = max(float(seen.max(initial=0.0)), 0.0), max(float(-seen.min(initial=0.0)), 0.0)
    return (-_round_up(bottom) if bottom else 0.0), (_round_up(top) if top or not bottom else 0.0)


def _round_up(x: float) -> float:
    if x <= 1e-300:
        return 1.0
    unit = 10.0 ** np.floor(np.log10(x))
    return float(next(step * unit for step in (1, 2, 5, 10) if x <= step * unit * (1 + 1e-9)))


def _band(name: str, t: Array, low: Array, high: Array, color: str) -> list[dict[str, object]]:
    return [
        line(f"{name}, low", t, low, color, width=0, showlegend=False),
        line(name, t, high, color, width=0, fill="tonexty", fillcolor=color),
    ]


def _layout(s: Scenario, title: str, ends: tuple[float, float], height: int) -> dict[str, object]:
    pad = 0.04 * (ends[1] - ends[0])
    return palette.base_layout(
        "generation",
        title,
        height=height,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [ends[0] - pad * (ends[0] < 0), ends[1] + pad]},
    )


def _say(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "no finite number"
