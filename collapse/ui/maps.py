"""The phase map on the page: draw it in steps, stop it, and take a cell as the controls."""

from functools import partial
from typing import Any

import streamlit as st

from collapse.compose import dials, rule_of, setting
from collapse.figures.maps import phase_map, place, title
from collapse.metrics import METRICS, measurable
from collapse.phase import ONSETS, Filled, axis, drawn, fill
from collapse.scenario import Scenario
from collapse.spec import shown
from collapse.speech import digits
from collapse.ui import rerun
from collapse.ui.chart import chart
from collapse.ui.drawers import Drawing
from collapse.ui.lab import Lab
from collapse.ui.prose import words
from collapse.ui.steps import Words, pause, stepped
from collapse.ui.sweeps import map_file
from collapse.visits import NUMBERS


def name_of(scenario: Scenario, key: str) -> str:
    """What a number of a scenario is called on a screen."""
    return rule_of(scenario, key).label


def question(desk: Lab) -> object:
    """Everything that a map depends on: but for the axes, the seed of the page is its seed, and its lineages are its own."""
    query = {k: v for k, v in desk.scenario.to_query().items() if k not in (*desk.axes, "lineages")}
    return (
        tuple(query.items()),
        desk.axes,
        desk.shows,
        desk.rule,
        tuple(desk.map.ends(desk.scenario, key) for key in desk.axes),
    )


def start(desk: Lab) -> None:
    """Begin a map of what is on the desk; what is impossible is said."""
    across, up = (desk.map.ends(desk.scenario, key) for key in desk.axes)
    try:
        asked = drawn(desk.scenario, desk.axes, desk.shows, desk.rule, (across, up))
    except ValueError as error:
        desk.refuse(f"{error}. No map was drawn.")
        desk.map.drawing = None
    else:
        desk.refuse()
        desk.map.drawing = Drawing(question(desk), Filled.empty(asked), fill(asked))
    rerun.ask()


def stop(desk: Lab) -> None:
    """Leave the map as it is."""
    if desk.map.drawing is not None:
        desk.map.drawing.going = None
    rerun.ask()


def take(desk: Lab, cell: int) -> None:
    """Set the controls to a cell, by its number; other numbers are ignored."""
    asked = None if desk.map.drawing is None else desk.map.drawing.filled.map
    if asked is not None and 0 <= cell < asked.shape[0] * asked.shape[1]:
        row, column = divmod(cell, asked.shape[1])
        desk.turn({asked.x.key: asked.x.text(column), asked.y.key: asked.y.text(row)})
    rerun.ask()


def map_section(desk: Lab) -> None:
    """Controls, and the map as far as it is; ticks while it is being drawn."""
    if "map" in desk.hidden:
        return
    if desk.map.drawing is not None and desk.map.drawing.question != question(desk):
        desk.map.drawing = None
    text = words(desk.page)
    st.header("Phase map", anchor=False)
    st.markdown(text["map"])
    _choices(desk)
    st.fragment(_progress, key="map", run_every=pause(desk.map.drawing))(desk)


def _choices(desk: Lab) -> None:
    fixed = "map" in desk.locked
    there = [key for key in dials(desk.scenario) if key in NUMBERS]
    across, up = desk.axes
    one, two, three = st.columns(3)
    called = partial(name_of, desk.scenario)
    _select(desk, one, "across", "Across", there, across, called, fixed)
    _select(desk, two, "up", "Up", [k for k in there if k != across], up, called, fixed)
    _select(desk, three, "shows", "Colour", [*measurable(desk.scenario), *ONSETS], desk.shows, _meaning, fixed)
    with st.expander("Ends of the axes", key="laboratory_map_ends"):
        for column, key, end in zip(st.columns(4), (across, across, up, up), (0, 1, 0, 1), strict=True):
            _end(desk, column, key, end, fixed)


def _meaning(shows: str) -> str:
    return title(shows) if shows in ONSETS else METRICS[shows].label


def _select(desk: Lab, place: Any, name: str, label: str, options: list[str], now: str, say: Any, fixed: bool) -> None:
    key = f"laboratory_map_{name}"
    st.session_state[key] = now

    def chosen() -> None:
        desk.look({name: st.session_state[key]})
        rerun.ask()

    place.selectbox(label, options, key=key, on_change=chosen, format_func=say, disabled=fixed)


def _end(desk: Lab, place: Any, knob: str, end: int, fixed: bool) -> None:
    """One end of an axis, as a number; a wrong one is said, and the old one stays."""
    rule = rule_of(desk.scenario, knob)
    key = f"laboratory_map_end_{knob.replace('.', '_')}_{end}"
    usual = axis(desk.scenario, knob, desk.map.ends(desk.scenario, knob))
    st.session_state[key] = f"{usual.values[-end]:g}"

    def chosen() -> None:
        typed = st.session_state[key].strip()
        try:
            value = float(typed)
        except ValueError:
            desk.refuse(f"{knob}={shown(typed)} is not possible: {rule.wanted(float)}. Everything stays as it was.")
            rerun.ask()
            return
        ends = [float(usual.values[0]), float(usual.values[-1])]
        ends[end] = value
        try:
            desk.map.choose(desk.scenario, knob, ends[0], ends[1])
            desk.refuse()
        except ValueError as error:
            desk.refuse(f"{error}. Everything stays as it was.")
        rerun.ask()

    place.text_input(
        f"{('Lower', 'Upper')[end]} end of {rule.label} ({rule.low:.10g} to {rule.high:.10g})",
        key=key,
        on_change=chosen,
        disabled=fixed,
    )


def _progress(desk: Lab) -> None:
    """The buttons, the next step, the picture; the page follows when a cell was taken or the map is done."""
    rerun.if_asked()
    fixed = "map" in desk.locked
    drawing = desk.map.drawing
    cells = "cells" if drawing is None else f"{drawing.filled.value.size} cells"
    said = Words(
        "laboratory_map",
        "Draw the map",
        "Draw it anew",
        ":material/grid_on:",
        cells,
        "The others show their coarser neighbour.",
    )
    if not stepped(drawing, said, partial(start, desk), partial(stop, desk), fixed):
        return
    assert drawing is not None
    chart(
        phase_map(drawing.filled, desk.scenario),
        key="phase-map",
        group="map",
        on_pick=None if fixed else lambda cell: take(desk, cell),
    )
    _by_hand(desk, drawing.filled, fixed)
    map_file(drawing.filled.map, fixed)


def _by_hand(desk: Lab, filled: Filled, fixed: bool) -> None:
    """Two boxes and a button that do by keyboard what a click on a cell does."""
    asked = filled.map
    one, two, three = st.columns([2, 2, 3], vertical_alignment="bottom")
    here = [place(a, setting(desk.scenario, a.key)) for a in (asked.x, asked.y)]
    column = one.selectbox(
        f"Cell: {name_of(asked.scenario, asked.x.key)}",
        range(asked.shape[1]),
        index=here[0],
        key="laboratory_map_column",
        format_func=lambda i: digits(asked.x.values[i], 6),
        disabled=fixed,
    )
    row = two.selectbox(
        f"and {name_of(asked.scenario, asked.y.key)}",
        range(asked.shape[0]),
        index=here[1],
        key="laboratory_map_row",
        format_func=lambda i: digits(asked.y.values[i], 6),
        disabled=fixed,
    )
    three.button(
        "Set the controls to this cell",
        key="laboratory_map_take",
        on_click=take,
        disabled=fixed,
        args=(desk, row * asked.shape[1] + column),
    )
