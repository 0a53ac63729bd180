"""What the search of the arena has found, in words and as a ranking."""

from dataclasses import replace

import streamlit as st

from collapse.arena import Endurance, Standing, interval, ranked, survived
from collapse.budget import BUDGET, worst_case_cost
from collapse.figures.arena import because, end, lasting
from collapse.scenario import Scenario
from collapse.speech import exactly, percent
from collapse.ui.article import table
from collapse.ui.runs import trajectory_of

LISTED = 10  # combinations in the table
AGAIN = 200  # lineages with which the best one is tried again


def verdict(first: Standing | None, idle: Standing, budget: float) -> str:
    """What was found within a budget: the `first` in the ranking, or nothing, and how doing nothing does (`idle`)."""
    plain = f"Doing nothing survives {_survival(idle)} and costs {idle.price:,.4g}."
    within = f"Best found within a budget of {exactly(budget)}"
    if first is None:
        return f"Nothing that was tried costs {exactly(budget)} or less. {plain}"
    if first.number == idle.number:
        return f"{within}: doing nothing. {plain}"
    return f"{within}: {first.tried.combination.says}. It survives {_survival(first)} and costs {first.price:,.4g}. {plain}"


def _survival(each: Standing) -> str:
    last = end(each)
    _, _, sure = interval(len(each.tried.variance))
    return (
        f"{lasting(each.median, last)} generations (median; interval {lasting(each.low, last)} to {lasting(each.high, last)}, "
        f"{percent(sure)})"
    )


def again(first: Standing, rule: Endurance) -> str:
    """The best one tried again on new noise, since the best of many has been lucky, too."""
    s = first.tried.combination.scenario
    other = replace(s, seed=(s.seed + 1) % 1_000_000_000, lineages=_affordable(s))
    run = trajectory_of(other)
    lives = sorted(survived(run.measure("variance")[:, 1:], run.measure("mean_drift")[:, 1:], rule).tolist())
    low, high, _ = interval(len(lives))
    last = s.generations
    return (
        f"The best of many has been lucky, too. Tried again on {len(lives)} lineages with other random numbers it survives "
        f"{lasting(lives[(len(lives) - 1) // 2], last)} generations (interval {lasting(lives[low], last)} to "
        f"{lasting(lives[high], last)})."
    )


def ranking(tried: list[Standing], budget: float) -> None:
    """The best combinations within the budget, and doing nothing."""
    order = ranked(tried, budget)
    listed = order[:LISTED] + [each for each in tried[:1] if each not in order[:LISTED]]
    rows = (
        (
            each.tried.combination.says,
            lasting(each.median, end(each)),
            f"{lasting(each.low, end(each))} to {lasting(each.high, end(each))}",
            f"{each.price:,.4g}",
            percent(each.alive),
            because(each),
        )
        for each in listed
    )
    st.subheader(f"Ranked within the budget: the first {min(LISTED, len(order))} of {len(order)}", anchor=False)
    table(("Measures", "Generations survived", "Interval", "Price of a generation", "Alive at the end", "Lost"), rows)


def _affordable(s: Scenario) -> int:
    """So many lineages that the run stays within the budget of a visitor."""
    return next((r for r in (AGAIN, 100, 50) if worst_case_cost(replace(s, lineages=r)) <= BUDGET), s.lineages)
