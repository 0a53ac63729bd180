"""The board of alarms: a row for each of them, when it rings, and which sleeps."""

from collections.abc import Sequence

import numpy as np

from collapse.alarms import Alarm, Chance, Delay, ranking
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import line
from collapse.figures.picture import Picture, Table
from collapse.figures.words import parameters
from collapse.monitor import SIDES
from collapse.scenario import Scenario
from collapse.speech import count, exact_percent, percent, plural

TALL = 0.72  # of a row: how high a share of 100% is drawn
MIDDLE = 0.3  # of a row: where the first rings are marked


def alarm_board(
    scenario: Scenario, alarms: Sequence[Alarm], chance: tuple[Sequence[Chance], Chance] | None = None
) -> Picture:
    """One row for each alarm of a run, the first to ring on top: the share of lineages for which it rings in each generation, and the
    median generation of the first ring with its interval.

    `chance`: what `by_chance` has counted for the same alarms in the same order, which adds when they first ring for nothing.
    """
    s, ranked = scenario, ranking(alarms)
    rows = dict(zip((alarm.gauge for alarm in ranked), reversed(range(len(ranked))), strict=True))
    traces = [trace for alarm in ranked for trace in _shares(alarm, rows[alarm.gauge])]
    at = np.array([rows[alarm.gauge] for alarm in ranked], dtype=float)
    traces += _firsts("first ring: median over chains", [a.delay for a in ranked], at, s.generations)
    if chance is not None:
        by_gauge = dict(zip((alarm.gauge for alarm in alarms), chance[0], strict=True))
        false = np.array([by_gauge[alarm.gauge].first.median for alarm in ranked])
        traces.append(
            _marks(
                "first ring by chance",
                np.where(np.isfinite(false), false, np.nan),
                at + MIDDLE,
                palette.REAL,
                "circle-open",
            )
        )
    layout = palette.base_layout(
        "generation",
        "alarm",
        height=max(240, 62 * len(ranked) + 100),
        xaxis={"range": [0, s.generations]},
        yaxis={
            "range": [-0.15, len(ranked)],
            "tickvals": (at + MIDDLE).tolist(),
            "ticktext": [f"{a.gauge.sign}<br><b>sleeps</b>" if a.asleep else a.gauge.sign for a in ranked],
            "showgrid": False,
        },
    )
    return Picture(
        palette.figure(traces, layout),
        table=Table(
            ("generation", *(f"{alarm.gauge.sign}: chains that ring (%)" for alarm in ranked)),
            (
                np.arange(s.generations + 1),
                *(100 * np.concatenate([[0.0], alarm.share]) for alarm in ranked),
            ),
        ),
        cursor=True,
        name="alarms",
        caption=parameters(s),
        say="Which alarm rings first, and which one sleeps?",
        note=_note(s, ranked, chance),
        alt=" ".join(
            [f"{plural(s.lineages, 'chain', 'chains')}, the first alarm to ring on top.", *map(_told, ranked)]
        ),
    )


def _shares(alarm: Alarm, row: int) -> list[dict[str, object]]:
    """The share of lineages that ring, as a hill on the floor of its row, and the share by chance as a line across."""
    t = np.arange(len(alarm.share) + 1)
    share = np.concatenate([[0.0], alarm.share])
    name, text = alarm.gauge.sign, [f"{alarm.label}: rings for {percent(float(x))}" for x in share]
    floor = line(
        f"{name}, floor", t, np.full(t.shape, float(row)), palette.AXIS, width=1, showlegend=False, hoverinfo="skip"
    )
    hill = line(
        name,
        t,
        row + TALL * share,
        palette.SYNTHETIC,
        width=2,
        fill="tonexty",
        fillcolor=palette.SYNTHETIC_FILL,
        text=text,
        showlegend=False,
        hovertemplate="%{text}<extra></extra>",
    )
    del floor["hovertemplate"]
    usual = line(
        f"{name}, by chance",
        t,
        np.full(t.shape, row + TALL * alarm.level),
        palette.REAL,
        width=1,
        dash="dot",
        showlegend=False,
    )
    return [floor, hill, usual | {"hoverinfo": "skip", "hovertemplate": ""}]


def _firsts(name: str, delays: Sequence[Delay], at: Array, generations: int) -> list[dict[str, object]]:
    """Medians with their intervals; an interval that has no end runs out of the picture."""
    places = [(d.low, min(d.high, generations), np.nan) if np.isfinite(d.low) else (np.nan,) * 3 for d in delays]
    bars = line(
        "its interval",
        np.array(places).ravel(),
        np.repeat(at + MIDDLE, 3),
        palette.INK,
        width=3,
        showlegend=False,
        hoverinfo="skip",
    )
    del bars["hovertemplate"]
    median = np.array([d.median if np.isfinite(d.median) else np.nan for d in delays])
    return [bars, _marks(name, median, at + MIDDLE, palette.INK, "diamond")]


def _marks(name: str, x: Array, y: Array, color: str, symbol: str) -> dict[str, object]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": x,
        "y": y,
        "marker": {"symbol": symbol, "size": 11, "color": color, "line": {"color": color, "width": 2}},
        "hovertemplate": "%{x}",
    }


def _told(alarm: Alarm) -> str:
    """One row in words."""
    d, end = alarm.delay, f"it rings for {percent(float(alarm.share[-1]))} of them at the end"
    if not np.isfinite(d.median):
        heard = f"in {count(d.lineages - d.never)} of {plural(d.lineages, 'chain', 'chains')} it has rung"
        return f"{alarm.gauge.sign}: {heard}; {end}{', and sleeps' if alarm.asleep else ''}."
    until = f"to {count(d.high)}" if np.isfinite(d.high) else "on, with no end in this run"
    return (
        f"{alarm.gauge.sign}: in half of the chains it has rung by generation {count(d.median)} (interval from {count(d.low)} "
        f"{until}); {end}{', and sleeps' if alarm.asleep else ''}."
    )


def _note(s: Scenario, ranked: Sequence[Alarm], chance: tuple[Sequence[Chance], Chance] | None) -> str:
    """What is drawn, what each alarm watches, and how often all of them ring for nothing."""
    watched = "; ".join(
        f"“{a.gauge.sign}” watches the {a.label} and rings if this {SIDES[a.gauge.side]}" for a in ranked
    )
    level = exact_percent(ranked[0].level)
    said = (
        "The horizontal axis counts generations. Each hill shows the share of chains for which an alarm rings in that generation, "
        f"from 0% at its floor to 100%. The dotted line is at {level}: so often the alarm may ring for healthy models. The diamond "
        "is the median of the first ring, and the bar its 95% interval; a chain that never rings counts as later than the end. An "
        f"alarm sleeps if it rings at the end no more often than by chance. Each watches one number: {watched}."
    )
    if chance is None:
        return said
    look, run = (part.rung / part.tried for part in (chance[1].look, chance[1].run))
    return (
        f"{said} If you look often, you hear false alarms. On models that learn from new real examples in every generation, at least "
        f"one of these alarms rings at {percent(look)} of the looks, and at least once in {percent(run)} of the runs. The "
        "open circle shows when each of them first rings there."
    )
