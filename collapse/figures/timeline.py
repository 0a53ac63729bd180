"""A metric over generations: one lineage, the band of the ensemble, its median and mean, and the law where there is one."""

from dataclasses import dataclass

import numpy as np

from collapse.bands import band
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import base, doubled, known, line, reach, ribbon, rising
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.laws import LAWS, law_for, unknown
from collapse.metrics import METRICS
from collapse.speech import percent, times
from collapse.trajectory import Trajectory


@dataclass(frozen=True)
class Look:
    """How a metric is drawn over generations.

    `title`: what its axis is called; `top`, `floor`: the usual ends of the axis in units of the metric, which are doubled until
    median, mean and law fit; without a `top` the axis ends where the curves do; `scale` and `suffix`: the unit on screen.
    """

    title: str
    top: float | None = None
    floor: float = 0.0
    scale: float = 1.0
    suffix: str = ""


def share(title: str, top: float) -> Look:
    """The look of a share, in percent."""
    return Look(title, top, scale=100.0, suffix="%")


LOOKS = {
    "valley": share("share in the valley", 0.5),
    "smaller_tail": share("share of the emptier tail left", 2.0),
    "variance": share("variety left (variance)", 2.0),
    "tail_mass": share("rare cases (tail mass)", 0.2),
    "log_variance": Look("log of the variety left", 1.0, floor=-8.0),
    "minority_share": share("share of the rarest species", 0.5),
    "hapaxes": share("words used once, still in use", 1.0),
    "perplexity": Look("perplexity on unread real text", 20.0),
}


def over_time(
    trajectory: Trajectory,
    metric: str,
    lineage: int,
    *,
    say: str = "",
    note: str = "",
    look: Look | None = None,
    level: tuple[str, float | Array] | None = None,
) -> Picture:
    """A metric (R, T+1) by generation, with the words of a page above and below, drawn as its line in `LOOKS` says.

    `level`: a name and a value to compare with, the same in all generations or one for each.  The band may leave the picture, and
    infinite values leave gaps; the note says both.
    """
    s, measured, label = trajectory.scenario, trajectory.measure(metric), METRICS[metric].label
    look = look or LOOKS.get(metric) or Look(label)
    middle = band(measured)
    low, median, high = known(middle) * look.scale
    mean, law = known(measured.mean(axis=0)) * look.scale, law_for(s, metric)
    shown, curve = known(measured[lineage]) * look.scale, None if law is None else known(law) * look.scale
    t = np.arange(s.generations + 1)
    traces = [
        *ribbon("5–95% of chains", t, low, high),
        line("this chain", t, shown, palette.SYNTHETIC, width=1, dash="dot", label="this chain"),
        line("median", t, median, palette.SYNTHETIC, width=3, label="median"),
        line("mean", t, mean, palette.MUTED, width=2, label="average"),
    ]
    if (
        s.world.space != "real" and not s.policy.grows
    ):  # a first sample misses what is rare: what it misses is no collapse
        usual = np.where(t > 0, median[1], np.nan)
        name, short = (
            ("the first model, which learnt from real images", "first model")
            if s.world.space == "images"
            else ("real, but only as much of it", "as much real data")
        )
        traces.append(line(name, t, usual, palette.REAL, width=1.5, dash="dot", label=short))
    if level is not None:
        named, value = level
        compared = known(np.broadcast_to(value, t.shape)) * look.scale
        traces.append(line(named, t, compared, palette.REAL, width=1.5, dash="dash", label=named))
    if curve is not None:
        name = LAWS[metric].standing if LAWS[metric].endless else f"law for the mean ({LAWS[metric].standing})"
        traces.append(line(name, t, curve, palette.THEORY, width=2, dash="dash", label="formula"))
    inside = [median, mean] if curve is None else [median, mean, curve]
    ends, beyond = _axis(look, np.concatenate(inside), np.concatenate([*inside, shown]), np.concatenate([low, high]))
    traces.append(rising(t, high, ends[1], f"{times(float(np.nanmax(high, initial=0.0)))}{look.suffix}"))
    formula = f" {unknown(s, metric)}" if law is None else _lawful(trajectory, metric, law)
    return Picture(
        palette.figure(traces, base(s, look.title, ends, 300, ticksuffix=look.suffix)),
        cursor=True,
        laws=() if law is None else (metric,),
        name=metric,
        caption=parameters(s),
        say=say or f"How does this change: {label}? Where does the median go, and how far apart are the chains?",
        note=(note or "The horizontal axis counts generations, and the band holds the middle 90% of the chains.")
        + " The median is the middle one of the chains, and the average is their mean."
        + formula
        + beyond
        + _holes(measured[:, -1]),
        alt=_spoken(metric, middle[1], measured.mean(axis=0), law),
    )


def _lawful(trajectory: Trajectory, metric: str, law: Array) -> str:
    """The formula of a law; of one for endless data also how far it is from the mean of this run, which has so many and no more."""
    s, found = trajectory.scenario, LAWS[metric]
    if not found.endless:
        return f" The dashed line is the formula for the average, a law ({found.standing}): {found.stated(s)}."
    return (
        f" The dashed line holds {found.standing}: {found.stated(s)}. With n = {s.n:,} it is no law for the mean: at the "
        f"end it gives {law[-1]:,.3g}, and the mean of this run is {trajectory.final(metric).mean():,.3g}."
    )


def _axis(look: Look, inside: Array, near: Array, edges: Array) -> tuple[tuple[float, float], str]:
    """(ends of the y axis, a sentence if they are not the usual ones or the band with these `edges` leaves it), as on screen."""
    edges = edges[np.isfinite(edges)]
    if look.top is None:
        low, high = reach(near)
        pad = 0.04 * (high - low)
        ends = low - pad * (low < 0), high + pad
        leaves = edges.size > 0 and (edges.min() < ends[0] or edges.max() > ends[1])
        return ends, " The shaded band goes off the chart." if leaves else ""
    usual = look.floor * look.scale, look.top * look.scale
    seen = inside[np.isfinite(inside)]
    top = doubled(usual[1], float(seen.max(initial=usual[1])))
    floor = -doubled(-usual[0], -float(seen.min(initial=usual[0]))) if look.floor else 0.0
    said = (
        ""
        if (floor, top) == usual
        else f" The axis is longer than usual here: it goes from {floor:g} to {times(top)}{look.suffix}."
    )
    highest = float(edges.max(initial=0.0))
    if highest > top:
        said += f" The shaded band goes off the chart, up to {times(highest)}{look.suffix}."
    return (floor, top), said


def _holes(last: Array) -> str:
    """What no axis can show of the last generation (R,), in sentences."""
    infinite, unknown = float(np.isinf(last).mean()), float(np.isnan(last).mean())
    said = f" In {percent(infinite)} of the chains it is infinite at the end, which no axis shows." if infinite else ""
    return said + (f" In {percent(unknown)} of the chains it cannot be measured at the end." if unknown else "")


def _spoken(metric: str, median: Array, mean: Array, law: Array | None) -> str:
    """The text alternative: what the lines do, in numbers."""

    def said(value: float) -> str:
        if np.isnan(value):
            return "not measured"
        if not np.isfinite(value):
            return "no finite number"
        return percent(float(value)) if metric in LOOKS and LOOKS[metric].suffix else f"{value:,.3g}"

    half = len(median) // 2
    text = (
        f"Generation by generation: {METRICS[metric].label}. Median: {said(median[0])} at the start, "
        f"{said(median[half])} at generation {half}, {said(median[-1])} at the end; mean at the end {said(mean[-1])}."
    )
    if law is None:
        return text
    return text + f" {'With endless data it would be' if LAWS[metric].endless else 'The law gives'} {said(law[-1])}."
