"""Presets: whole experiments, each from the start of its page, and the way back."""

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from collapse.scenario import Scenario
from collapse.stages import Rule
from collapse.ui.controls import Preset
from collapse.ui.desk import Desk

ITSELF = {"policy": "mix", "policy.synthetic": "1.0"}  # nothing real after the first generation
DIETS = (
    Preset(
        "What if nothing real is added?",
        "After the first generation, every example is made by the model before it.",
        ITSELF,
    ),
    Preset(
        "Does 10% real data save it?",
        "In every generation one in ten examples is new and real.",
        ITSELF | {"policy.synthetic": "0.9"},
    ),
    Preset(
        "What if nothing is thrown away?",
        "Every model learns from all data so far, real and AI-made.",
        {"policy": "accumulate"},
    ),
)


def beginning(desk: Desk) -> Scenario:
    """What every preset begins with: what the page starts with, but for the seed, and data of the visitor's own."""
    kept, now = {"seed"}, desk.scenario
    if now.world.private:
        kept |= {key for key in now.to_query() if key.partition(".")[0] == "world"}
    try:
        return desk.composed({key: value for key, value in desk.start().items() if key not in kept}, now)
    except ValueError:  # what the page starts with cannot learn these data
        return now


def pressed(desk: Desk, presets: Sequence[Preset]) -> int | None:
    """The number of the preset that is on the desk, if one is."""
    return next((number for number, made in enumerate(_made(desk, presets)) if made == desk.scenario), None)


def _made(desk: Desk, presets: Sequence[Preset]) -> list[Scenario | None]:
    """What each preset would put on the desk, None if that is not possible.  Of what is on it now that depends on the seed alone,
    unless the data are the visitor's own, or a lock keeps something; so it is made anew only with another one."""
    depends = desk.scenario.seed, desk.base, list(presets)
    if desk.tried[0] != depends or desk.scenario.world.private or desk.locked:
        start = beginning(desk)
        desk.tried = depends, [_composed(desk, preset, start) for preset in presets]
    return desk.tried[1]


def _composed(desk: Desk, preset: Preset, start: Scenario) -> Scenario | None:
    try:
        return desk.composed(desk.unlocked(preset.values), start)
    except ValueError:  # a lock forbids it, or the data do
        return None


def way(desk: Desk, presets: Sequence[Preset]) -> tuple[int | None, bool]:
    """What the presets and the way back look like: which is pressed, and whether there is anything to undo."""
    return pressed(desk, presets), bool(desk.past)


def experiments(desk: Desk, presets: Sequence[Preset]) -> None:
    """The presets in a row, what the pressed one sets, and the way back."""
    if "presets" in desk.hidden:
        return
    fixed, key = "presets" in desk.locked, f"{desk.page}_preset"
    now = pressed(desk, presets)
    st.session_state[key] = now

    def chosen() -> None:
        number = st.session_state.get(key)  # a browser may ask for it before it has seen it
        if number is not None:
            desk.turn(presets[number].values, base=beginning(desk))

    with st.container(key=f"{desk.page}_presets", gap="xsmall"):
        st.pills(
            "Try an experiment",
            range(len(presets)),
            format_func=lambda number: presets[number].label,
            key=key,
            on_change=chosen,
            disabled=fixed,
        )
        if now is not None:
            st.caption(presets[now].says)
        with st.container(horizontal=True, gap="small"):
            _back(desk, fixed)


def _back(desk: Desk, fixed: bool) -> None:
    """Undo, and start again."""
    st.button(
        "Undo",
        icon=":material/undo:",
        key=f"{desk.page}_undo",
        on_click=desk.undo,
        disabled=fixed or not desk.past,
        type="tertiary",
        help="Go back to before the last change",
    )
    st.button(
        "Start again",
        icon=":material/restart_alt:",
        key=f"{desk.page}_reset",
        on_click=reset,
        args=(desk,),
        disabled=fixed,
        type="tertiary",
        help="Go back to what this page starts with",
    )


def reset(desk: Desk) -> None:
    """Back to what the page starts with; undo brings the rest back."""
    desk.remember()
    desk.scenario = desk.composed(desk.start(), desk.scenario)
    desk.rule = desk.rule if "stage" in desk.locked else Rule()
    desk.visit = desk.visit if "show" in desk.locked else replace(desk.visit, show="typical")
    desk.refuse()
    desk.restart()
