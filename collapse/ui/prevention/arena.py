"""The arena: measures combined under a budget, how long models survive with them, and what that costs."""

from functools import partial

import streamlit as st

from collapse.arena import (
    ALGORITHM,
    MEASURES,
    Standing,
    best,
    front,
    lost_by_chance,
    ranked,
    standings,
)
from collapse.arena.prices import PRICES
from collapse.figures.arena import arena_picture, end, lasting, money
from collapse.models.gaussian import Gaussian
from collapse.scenario import Scenario
from collapse.speech import capital, exactly, percent, plural, sentence
from collapse.ui import rerun
from collapse.ui.arena import PACE, ArenaDesk
from collapse.ui.chart import chart
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.prevention.measures import (
    BASE,
    GENERATIONS,
    MORE,
    OFFERS,
    SYNTHETIC,
    N,
    beside_nothing,
    introduced,
)
from collapse.ui.prevention.verdict import again, ranking, verdict
from collapse.ui.prose import as_quote, words
from collapse.ui.steps import Words, pause, stepped

PLACES = {"prices": "prices", "rule": "arena_rule", "choice": "arena"}


def shown(view: View) -> None:
    """The arena, and then the run on the desk beside doing nothing."""
    introduced(view)
    arena_section(view.desk)
    beside_nothing(view, n=view.desk.arena.choice.n)


def arena_section(desk: ArenaDesk) -> None:
    """What can be chosen, and the search as far as it is; ticks while it is going on."""
    if "arena" in desk.hidden:
        return
    if desk.arena.drawing is not None and desk.arena.drawing.question != desk.question:
        desk.arena.drawing = None
    if not desk.arena.began:
        desk.begin()
    _choices(desk)
    st.fragment(_searched, key="arena", run_every=pause(desk.arena.drawing))(desk)


def _choices(desk: ArenaDesk) -> None:
    text, fixed = words("prevention"), "arena" in desk.locked
    key = "prevention_arena_measures"
    st.session_state[key] = list(desk.arena.choice.chosen)

    def chosen() -> None:
        now = st.session_state[key]
        desk.choose("choice", {name: "on" if name in now else "off" for name in MEASURES})

    st.pills(
        "Measures to combine",
        list(MEASURES),
        selection_mode="multi",
        key=key,
        on_change=chosen,
        format_func=lambda name: MEASURES[name].label,
        disabled=fixed,
    )
    if "prices" not in desk.hidden:
        st.markdown(text["arena.prices"])
        _numbers(desk, "prices", ("budget", *PRICES), "prices" in desk.locked or fixed)
    with st.expander("What the measures are, where they begin, and when a chain is lost", key="prevention_arena_more"):
        rules = desk.arena.choice.knobs()
        st.markdown("\n".join(f"- **{MEASURES[name].label}**: {as_quote(rules[name].help)}." for name in MEASURES))
        _numbers(desk, "choice", ("n",), fixed)
        _numbers(desk, "rule", tuple(desk.arena.rule.knobs()), fixed)


def _numbers(desk: ArenaDesk, name: str, keys: tuple[str, ...], fixed: bool) -> None:
    """Numbers of the visitor's own, three in a row; typed, so that a wrong one is refused in the words of a link."""
    spec = getattr(desk.arena, name)
    for first in range(0, len(keys), 3):
        for column, knob in zip(st.columns(3, vertical_alignment="bottom"), keys[first : first + 3], strict=False):
            rule, key = spec.knobs()[knob], f"prevention_{PLACES[name]}_{knob}"
            st.session_state[key] = spec.to_query()[knob]
            column.text_input(
                capital(rule.label),
                key=key,
                help=f"{sentence(rule.help)} You may give {exactly(rule.low)} to {exactly(rule.high)}.",
                on_change=partial(_typed, desk, name, knob, key),
                disabled=fixed,
            )


def _typed(desk: ArenaDesk, name: str, knob: str, key: str) -> None:
    """Take a number that was typed."""
    desk.choose(name, {knob: st.session_state[key]})


def _searched(desk: ArenaDesk) -> None:
    """The buttons, the next step, the picture and the ranking."""
    rerun.if_asked()
    fixed, drawing, text = "arena" in desk.locked, desk.arena.drawing, words("prevention")
    parts = "combinations" if drawing is None else f"{len(drawing.filled.search.combinations)} combinations"
    said = Words(
        "prevention_arena",
        "Search the arena",
        "Search again",
        ":material/stadium:",
        parts,
        "The others were not tried.",
    )
    if drawing is not None and drawing.filled.tried:
        drawing.pace = PACE
    if not stepped(drawing, said, desk.search, desk.stop, fixed):
        st.caption(as_quote(ALGORITHM))
        return
    assert drawing is not None
    found, purse, rule = drawing.filled, desk.arena.prices, desk.arena.rule
    chart(
        arena_picture(found, purse, rule, desk.scenario),
        key="arena",
        group="arena",
        on_pick=None if fixed else desk.take,
    )
    tried = standings(found, purse, rule)
    if not tried:
        return
    _rule(desk, text["arena.rule"])
    if drawing.going is None:
        _by_hand(desk, tried, fixed)
    first = best(tried, purse.budget)
    alike = [each for each in tried if first and each.median == first.median and each.price <= purse.budget]
    st.markdown(as_quote(verdict(first, tried[0], purse.budget, alike)))
    if first is not None and drawing.going is None:
        st.markdown(as_quote(again(first, purse, rule)))
    ran = f"{plural(len(tried), 'combination', 'combinations')} × {plural(found.search.lineages, 'chain', 'chains')}"
    spent = desk.arena.known.seconds(found)
    took = f"{spent:.1f}" if spent >= 0.1 else "less than 0.1"
    st.caption(
        as_quote(
            f"{ran} = {len(tried) * found.search.lineages:,} histories, in {took} seconds of one core. {ALGORITHM}"
        )
    )
    ranking(tried, purse.budget)


def _rule(desk: ArenaDesk, said: str) -> None:
    """What survival means, exactly, and how often chance alone would break the rule."""
    s, rule, n = desk.scenario, desk.arena.rule, desk.arena.choice.n
    if s.model == Gaussian():
        chance = percent(lost_by_chance(n, s.generations, rule))
        said = (
            f"{said} By chance alone, {chance} of the chains would break it within {s.generations} generations if every model "
            f"learnt from {n} new real examples and nothing else."
        )
    st.caption(as_quote(said.format(**{name: exactly(getattr(rule, name)) for name in rule.knobs()})))


def _by_hand(desk: ArenaDesk, tried: list[Standing], fixed: bool) -> None:
    """A box and a button that do by keyboard what a click on a dot does."""
    those = {each.number: each for each in [*front(tried), *ranked(tried, float("inf"))]}
    left, right = st.columns([5, 2], vertical_alignment="bottom")
    number = left.selectbox(
        "A combination, those of the front first",
        list(those),
        key="prevention_arena_pick",
        format_func=lambda i: (
            f"{those[i].tried.combination.says}: price {money(those[i].price)}, survives "
            f"{lasting(those[i].median, end(those[i]))}"
        ),
        disabled=fixed,
    )
    right.button(
        "Set the controls to it",
        key="prevention_arena_take",
        on_click=partial(desk.take, number if number is not None else -1),
        disabled=fixed,
    )


PANEL = Panel(
    "The arena",
    Scenario.from_query("policy=mix&policy.synthetic=0.9&lineages=40", BASE),
    (N, SYNTHETIC, Dial("decoder.temperature", "Temperature", 0.5, 1.5, step=0.01), GENERATIONS),
    (
        Preset(
            "What if nothing is done?",
            "Each model learns from 20 examples, all made by the model before it.",
            {"policy": "mix", "policy.synthetic": "1.0", "n": "20", "curator": "none", "decoder.temperature": "1.0"},
        ),
        Preset(
            "Is three times the data enough?",
            "Each model learns from 60 examples, all made by the model before it.",
            {"policy": "mix", "policy.synthetic": "1.0", "n": "60", "curator": "none", "decoder.temperature": "1.0"},
        ),
        Preset(
            "What if nothing is thrown away?",
            "Each model learns from all data so far, real and AI-made.",
            {"policy": "accumulate", "n": "20", "curator": "none", "decoder.temperature": "1.0"},
        ),
    ),
    MORE,
    OFFERS,
)
