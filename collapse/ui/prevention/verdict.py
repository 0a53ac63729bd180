"""What the search of the arena has found, in words and as a ranking."""

from collections.abc import Iterable

import streamlit as st

from collapse.arena import Endurance, Purse, Standing, Tried, interval, on_new_noise, ranked, standing, tried
from collapse.figures.arena import band, because, end, lasting, money
from collapse.speech import capital, exactly, percent, plural
from collapse.ui.article import table
from collapse.ui.shelf import noted

LISTED = 10  # combinations in the table


def verdict(first: Standing | None, idle: Standing, budget: float, alike: Iterable[Standing] = ()) -> str:
    """What was found within a budget: the `first` in the ranking, or nothing, and how doing nothing does (`idle`).

    `alike`: all within the budget that survive as long, the first among them.  A run ends, and so many may last as long as it does:
    then the first is the cheapest of them, and another one may have more chains alive.
    """
    plain = f"Doing nothing survives {_survival(idle)} and costs {money(idle.price)}."
    within = f"The best that was found within a budget of {exactly(budget)}"
    if first is None:
        return f"Nothing that was tried costs {exactly(budget)} or less. {plain}"
    if first.number == idle.number:
        return f"{within} is doing nothing. {plain}"
    others = [each for each in alike if each.number != first.number]
    tie = ""
    if others:
        most = max(others, key=lambda each: (each.alive, -each.price))
        who = plural(len(others), "other combination survives", "other combinations survive")
        tie = f" {capital(who)} as long, for as much or more."
        if most.alive > first.alive:
            tie += (
                f" Of these, {most.tried.combination.says} leaves the most chains alive at the end, {percent(most.alive)} against "
                f"{percent(first.alive)}, and costs {money(most.price)}."
            )
    return (
        f"{within} is this: {first.tried.combination.says}. It survives {_survival(first)} and costs {money(first.price)}."
        f"{tie} {plain}"
    )


def again(first: Standing, purse: Purse, rule: Endurance) -> str:
    """The best one tried again on new noise, since the best of many may have been lucky."""
    other = on_new_noise(first.tried.combination)
    found: Tried = noted(other.scenario, "tried", lambda: tried(other))
    now = standing(0, found, purse, rule)
    return (
        "What comes first among many may have been lucky. Tried again, "
        f"{other.scenario.lineages} chains with other random numbers survive {_survival(now)}."
    )


def ranking(tried: list[Standing], budget: float) -> None:
    """The best combinations within the budget, and doing nothing."""
    order = ranked(tried, budget)
    listed = order[:LISTED] + [
        each for each in tried[:1] if each.number not in {every.number for every in order[:LISTED]}
    ]
    rows = (
        (
            each.tried.combination.says,
            lasting(each.median, end(each)),
            band(each),
            money(each.price),
            percent(each.alive),
            because(each),
        )
        for each in listed
    )
    many = f": the first {LISTED} of {len(order)}" if len(order) > LISTED else ""
    st.subheader(f"Ranked within the budget{many}", anchor=False)
    table(("Measures", "Generations survived", "Interval", "Price of a generation", "Alive at the end", "Lost"), rows)


def _survival(each: Standing) -> str:
    _, _, sure = interval(len(each.tried.variance))
    return f"{lasting(each.median, end(each))} generations (median; {percent(sure)} interval: {band(each)})"
