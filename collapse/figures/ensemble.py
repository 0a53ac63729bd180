"""Two runs beside each other, and the difference between them; infinite values leave gaps."""

import numpy as np

from collapse.bands import band
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import base, known, line, reach, ribbon
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory
from collapse.twins import Difference, same_noise


def beside(one: Trajectory, other: Trajectory, metric: str) -> Picture:
    """Two runs in one picture: medians and bands (5–95%)."""
    bands = [_shown(t.measure(metric)) for t in (one, other)]
    t = np.arange(one.scenario.generations + 1)
    traces = [
        *ribbon("now, 5–95%", t, bands[1][0], bands[1][2], "now, middle 90%"),
        line("pinned, 5%", t, bands[0][0], palette.HEALTHY, width=1, dash="dot", label="pinned, 5%"),
        line("pinned, 95%", t, bands[0][2], palette.HEALTHY, width=1, dash="dot", label="pinned, 95%"),
        line("pinned, median", t, bands[0][1], palette.HEALTHY, width=3, dash="dashdot", label="pinned"),
        line("now, median", t, bands[1][1], palette.SYNTHETIC, width=3, label="now"),
    ]
    near, all_ = reach(np.concatenate([bands[0][1], bands[1][1]])), reach(np.concatenate([*bands[0], *bands[1]]))
    ends = all_ if all_[1] - all_[0] <= 2.5 * (near[1] - near[0]) else near
    return Picture(
        palette.figure(traces, _layout(other.scenario, METRICS[metric].label, ends, 330)),
        cursor=True,
        name="beside",
        caption=parameters(other.scenario),
        say=f"Two worlds with {'the same luck' if same_noise(one.scenario, other.scenario) else 'luck of their own'}: the pinned run "
        "in green, the one on the controls in orange.",
        note="The horizontal axis counts generations. Each band holds the middle 90% of the chains of its run.",
        alt=f"{METRICS[metric].label} at the end. Median of the pinned run: {_say(bands[0][1][-1])}; of the run on the controls: "
        f"{_say(bands[1][1][-1])}.",
    )


def apart(difference: Difference, scenario: Scenario, exact: bool) -> Picture:
    """The difference of two runs, pair by pair: median and band; `exact`: every lineage met the same noise in both."""
    low, median, high = _shown(difference.pairs)
    t = np.arange(difference.pairs.shape[1])
    traces = [
        *ribbon("5–95% of pairs", t, low, high),
        line("median difference", t, median, palette.SYNTHETIC, width=3, label="median"),
        line("no difference", t, np.zeros(len(t)), palette.MUTED, width=1, dash="dot", label="no difference"),
    ]
    mean, error = difference.mean
    pairing = (
        "the same noise" if exact else "other noise, because the two runs split their chains into different blocks"
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
        say="Difference (now − pinned), chain by chain: above zero, the run on the controls has more.",
        note="The horizontal axis counts generations, and the vertical axis shows the difference in "
        f"{METRICS[difference.metric].label}. Every chain is compared with its twin, which met {pairing}. The band holds the middle "
        "90% of the pairs.",
        alt=end,
    )


def _shown(values: Array) -> Array:
    """5%, median and 95% over lineages, (3, T+1), with gaps where they are infinite or unknown."""
    return known(band(values))


def _layout(s: Scenario, title: str, ends: tuple[float, float], height: int) -> dict[str, object]:
    pad = 0.04 * (ends[1] - ends[0])
    return base(s, title, (ends[0] - pad * (ends[0] < 0), ends[1] + pad), height)


def _say(value: float) -> str:
    return f"{value:.3g}" if np.isfinite(value) else "no finite number"
