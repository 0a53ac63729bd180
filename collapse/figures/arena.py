"""Price against survival: a dot for every combination that was tried, and the front that nothing beats."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from collapse.arena import WAYS, Endurance, Found, Purse, Standing, front, interval, standings
from collapse.arena.measures import NOTHING
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.scenario import Scenario
from collapse.speech import exactly, percent, plural

HEADINGS = (
    "measures",
    "price of a generation",
    "generations survived",
    "low",
    "high",
    "alive at the end",
    "on the Pareto front",
)


def arena_picture(found: Found, purse: Purse, rule: Endurance, here: Scenario) -> Picture:
    """The arena as far as it is searched; `here`: the scenario on the desk, marked if it was tried."""
    tried = standings(found, purse, rule)
    best = front(tried)
    on = {each.number for each in best}
    last = found.search.combinations[0].scenario.generations
    others = [each for each in tried if each.number not in on]
    prices = [each.price for each in tried] or [purse.budget or 1.0]
    log = min(prices) > 0
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "budget",
            "hoverinfo": "skip",
            "x": np.full(2, purse.budget),
            "y": np.array([0.0, 1.06 * last]),
            "line": {"color": palette.MUTED, "width": 1.5, "dash": "dot"},
        },
        _dots(
            "within the budget", [each for each in others if each.price <= purse.budget], palette.SYNTHETIC, "circle"
        ),
        _dots(
            "beyond the budget", [each for each in others if each.price > purse.budget], palette.MUTED, "circle-open"
        ),
        _front(best),
    ]
    traces[-1]["meta"] = {
        "table": [list(HEADINGS), *([*row(each), "yes" if each.number in on else ""] for each in tried)]
    }
    marks = (
        (NOTHING, [each for each in tried if not each.tried.combination.levels], "x", palette.LATE, 11),
        ("these controls", [each for each in tried if _same(each, here)], "square-open", palette.INK, 17),
    )
    for name, those, symbol, color, size in marks:
        if those:
            traces.append(_dots(name, those, color, symbol, size))
    ticks = sorted({*range(0, last, max(1, round(last / 5))), last})
    layout = palette.base_layout(
        "price of a generation",
        "generations survived (median)",
        height=430,
        hovermode="closest",
        margin={"l": 60, "r": 14, "t": 46, "b": 48},
        xaxis={"type": "log" if log else "linear", **_reach([*prices, purse.budget], log)},
        yaxis={
            "range": [-0.03 * last, 1.06 * last],
            "tickvals": ticks,
            "ticktext": [*map(str, ticks[:-1]), f"≥ {last}"],
            "nticks": 0,
        },
    )
    place, _, sure = interval(found.search.lineages)
    return Picture(
        palette.figure(traces, layout),
        name="arena",
        caption=parameters(here),
        say="What does survival cost? Every dot is a combination of measures, and nothing survives longer than the line for as "
        "little. Click a dot to set the controls to it.",
        note=f"The horizontal axis shows the price of a generation{', on a logarithmic scale' if log else ''}, and the vertical axis "
        f"how many generations the median of {plural(found.search.lineages, 'chain', 'chains')} survives; ≥ {last} means at least so "
        f"many, because the runs end there. If the chains are put in order, a bar goes from the value of chain {place + 1} to that "
        f"of chain {found.search.lineages - place}; for one combination at a time it holds the median in at least {percent(sure)} of "
        "all such experiments.",
        alt=_spoken(found, tried, best),
    )


def row(each: Standing) -> list[Any]:
    """The cells of a combination in a table, but whether it is on the front."""
    return [
        each.tried.combination.says,
        float(f"{each.price:.6g}"),
        each.median,
        each.low,
        each.high,
        float(f"{each.alive:.6g}"),
    ]


def money(price: float) -> str:
    """A price in words: four digits, or whole units where it is large."""
    return f"{price:,.4g}" if price < 10_000 else f"{price:,.0f}"


def lasting(generations: int, last: int) -> str:
    """How many generations, or at least so many where the runs end."""
    return f"at least {last}" if generations >= last else f"{generations}"


def band(each: Standing) -> str:
    """The interval of the median."""
    low, high = lasting(each.low, end(each)), lasting(each.high, end(each))
    return low if low == high else f"{low} to {high}"


def because(each: Standing) -> str:
    """In which ways lineages are lost, the most frequent first."""
    order = np.argsort([-share for share in each.lost], kind="stable")
    said = [f"{percent(each.lost[i])} {WAYS[i]}" for i in order if each.lost[i] > 0]
    return ", ".join(said) or "none is lost"


def end(each: Standing) -> int:
    """The last generation of its runs."""
    return each.tried.combination.scenario.generations


def _dots(name: str, those: Sequence[Standing], color: str, symbol: str, size: int = 8) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": np.array([each.price for each in those]),
        "y": np.array([float(each.median) for each in those]),
        "customdata": [each.number for each in those],
        "text": [_said(each) for each in those],
        "hovertemplate": "%{text}<extra></extra>",
        "cliponaxis": False,
        "marker": {"symbol": symbol, "size": size, "color": color, "line": {"color": color, "width": 2}},
    }


def _front(best: Sequence[Standing]) -> dict[str, Any]:
    """The front as stairs: between two of its points nothing is to be had but the cheaper one."""
    dots = _dots("Pareto front", best, palette.HEALTHY, "diamond", 11)
    medians = dots["y"]
    bars = {
        "type": "data",
        "symmetric": False,
        "array": np.array([float(each.high) for each in best]) - medians,
        "arrayminus": medians - np.array([float(each.low) for each in best]),
        "color": palette.HEALTHY,
        "thickness": 1.5,
        "width": 4,
    }
    return dots | {
        "mode": "lines+markers",
        "line": {"color": palette.HEALTHY, "width": 2, "shape": "hv"},
        "error_y": bars,
    }


def _said(each: Standing) -> str:
    return (
        f"{each.tried.combination.says}<br>price {money(each.price)}, survives {lasting(each.median, end(each))} ({band(each)})<br>"
        f"alive at the end {percent(each.alive)}; lost: {because(each)}"
    )


def _same(each: Standing, here: Scenario) -> bool:
    theirs = each.tried.combination.scenario
    return (theirs.policy, theirs.curator, theirs.decoder, theirs.n) == (
        here.policy,
        here.curator,
        here.decoder,
        here.n,
    )


def _reach(prices: Sequence[float], log: bool) -> dict[str, Any]:
    """The ends of the axis of prices, and where it has numbers."""
    if not log:
        return {"range": [0.0, 1.05 * max(max(prices), 1e-9)]}
    there = [price for price in prices if price > 0]
    low, high = np.log10(min(there)), np.log10(max(there))
    steps = [m * 10.0**e for e in range(int(np.floor(low)), int(np.ceil(high)) + 1) for m in (1, 2, 5)]
    ticks = [value for value in steps if low - 0.1 <= np.log10(value) <= high + 0.1]
    return {
        "range": [low - 0.08, high + 0.08],
        "tickvals": ticks,
        "ticktext": [exactly(float(f"{value:.12g}")) for value in ticks],
        "nticks": 0,
    }


def _spoken(found: Found, tried: Sequence[Standing], best: Sequence[Standing]) -> str:
    start = f"{len(tried)} of {len(found.search.combinations)} combinations tried."
    if not tried:
        return start
    steps = "; ".join(
        f"{each.tried.combination.says}, price {money(each.price)}, survives {lasting(each.median, end(each))}"
        for each in best
    )
    return f"{start} The front, from cheap to dear: {steps}."
