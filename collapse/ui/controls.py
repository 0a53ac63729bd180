"""The controls of a page, all derived from the knobs of the scenario.

The key knobs are live sliders: dragging them redraws the hero, letting go settles the whole page.  Everything else is an
ordinary Streamlit widget behind "More".  A link may hide or lock any of them by its key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from collapse.compose import rule_of
from collapse.scenario import Scenario
from collapse.speech import exactly
from collapse.stages import Rule
from collapse.ui.desk import Desk, reset
from collapse.ui.slider import live_slider, slider_value
from collapse.visits import Visit

HERO, REST = "hero", "rest"


@dataclass(frozen=True)
class Dial:
    """A live slider: a knob's key, its name for people, and the part of its range that is usually wanted."""

    key: str
    label: str
    low: float
    high: float
    percent: bool = False
    unit: str = ""


@dataclass(frozen=True)
class Preset:
    """A button that sets several knobs; `says` is its tooltip."""

    label: str
    says: str
    values: Mapping[str, str]


def dials(desk: Desk, chosen: Sequence[Dial]) -> None:
    """The live sliders; a knob that this scenario does not have is shown, but cannot be moved."""
    query = desk.scenario.to_query()
    for dial in chosen:
        if dial.key in desk.hidden:
            continue
        there = dial.key in query
        rule, usual = (rule_of(desk.scenario, dial.key), query[dial.key]) if there else _elsewhere(dial.key)
        value: Any = float(usual) if dial.percent else int(usual)
        key = f"{desk.page}_{dial.key.replace('.', '_')}"
        live_slider(
            dial.label,
            key=key,
            value=value,
            low=dial.low,
            high=dial.high,
            typed=(rule.low or 0, rule.high or 0),
            log=rule.log,
            step=0.01 if dial.percent else 1,
            unit=dial.unit,
            format="percent" if dial.percent else "number",
            help=rule.help if there else _without(desk.scenario, dial.key),
            on_live=_mover(desk, dial.key, key, (HERO,)),
            on_settle=_mover(desk, dial.key, key, (HERO, REST)),
            asks=(desk.page, dial.key),
            plain=desk.visit.controls == "plain",
            disabled=not there or dial.key in desk.locked,
        )


def _elsewhere(key: str) -> tuple[Any, str]:
    """The rule of a knob that the scenario does not have, and its usual value, from the first kind of part that has it."""
    part, _, name = key.partition(".")
    kind = next(kind for kind in Scenario.parts()[part].values() if name in kind.knobs())
    return kind.knobs()[name], "1.0" if key == "policy.synthetic" else kind().to_query()[name]


def _without(scenario: Scenario, key: str) -> str:
    """Why a knob is not there."""
    part = key.partition(".")[0]
    chosen = f"{part}={getattr(scenario, part).kind}"
    return f"{chosen} decides this itself" if part == "policy" else f"{chosen} has no such knob"


def _mover(desk: Desk, knob: str, key: str, fragments: tuple[str, ...]) -> Callable[[], None]:
    """What a slider calls: turn the knob, then redraw only these parts of the page, unless something is to be said."""

    def moved() -> None:
        said = bool(desk.refused)
        desk.turn({knob: str(slider_value(key))}, remember=REST in fragments)
        if not said and not desk.refused and desk.visit.controls == "live":
            st.rerun(list(fragments))

    return moved


def presets(desk: Desk, buttons: Sequence[Preset]) -> None:
    """Presets, then the way back."""
    if "presets" in desk.hidden:
        return
    fixed = "presets" in desk.locked
    with st.container(horizontal=True, gap="small", key=f"{desk.page}_presets"):
        for i, preset in enumerate(buttons):
            st.button(
                preset.label,
                help=preset.says,
                key=f"{desk.page}_preset_{i}",
                on_click=desk.turn,
                args=(preset.values,),
                disabled=fixed,
            )
        st.button(
            "Undo",
            icon=":material/undo:",
            key=f"{desk.page}_undo",
            on_click=desk.undo,
            disabled=fixed,
            help="Back to before the last change",
        )
        st.button(
            "Start again",
            icon=":material/restart_alt:",
            key=f"{desk.page}_reset",
            on_click=reset,
            args=(desk,),
            disabled=fixed,
            help="Back to what this page starts with",
        )


def panel(desk: Desk, chosen: Sequence[Dial], buttons: Sequence[Preset]) -> None:
    """What stands beside the hero on every page: the live sliders, the presets, and which lineage is shown."""
    dials(desk, chosen)
    presets(desk, buttons)
    which_lineage(desk)


def which_lineage(desk: Desk) -> None:
    """Typical, lucky or unlucky."""
    if "show" in desk.hidden:
        return
    key = f"{desk.page}_show"
    st.session_state[key] = desk.visit.show

    def chosen() -> None:
        desk.visit = desk.visit.from_query({"show": st.session_state[key] or "typical"}, desk.visit)

    st.segmented_control(
        "Lineage shown",
        Visit.knobs()["show"].choices,
        key=key,
        on_change=chosen,
        required=True,
        disabled="show" in desk.locked,
        format_func=Visit.knobs()["show"].says,
        help="Every lineage is one independent history with its own luck. Lucky: more is left at the end than in 95 % of them; "
        "unlucky: less than in 95 %. The line below the picture says what is compared.",
    )


def more(desk: Desk, keys: Mapping[str, str]) -> None:
    """The other knobs, from `keys` (knob → label), and the rule of the stages."""
    if "more" in desk.hidden:
        return
    with st.expander("More controls", key=f"{desk.page}_more"):
        query = desk.scenario.to_query()
        for column, (knob, label) in zip(_grid(len(keys)), keys.items(), strict=True):
            if knob in query and knob not in desk.hidden:
                with column:
                    _widget(desk, knob, label, query[knob])
        if "stage" not in desk.hidden:
            _thresholds(desk)


def _grid(n: int) -> list[Any]:
    """n places, three in a row."""
    return [column for _ in range(0, n, 3) for column in st.columns(3)][:n]


def _widget(desk: Desk, knob: str, label: str, value: str) -> None:
    """A select box for a part or a choice, a number field for a number."""
    key = f"{desk.page}_{knob.replace('.', '_')}"
    shared: dict[str, Any] = {
        "key": key,
        "on_change": lambda: desk.turn({knob: str(st.session_state[key])}),
        "disabled": knob in desk.locked,
    }
    tables = Scenario.parts()
    if knob in tables:
        st.session_state[key] = value
        table = tables[knob]
        st.selectbox(label, desk.choices(knob), format_func=lambda kind: f"{table[kind].says} · {kind}", **shared)
        return
    rule = rule_of(desk.scenario, knob)
    if rule.choices:
        st.session_state[key] = value
        st.selectbox(label, rule.choices, format_func=rule.says, help=rule.help, **shared)
    else:
        assert rule.low is not None
        assert rule.high is not None
        st.session_state[key] = value
        st.text_input(f"{label} ({exactly(rule.low)} to {exactly(rule.high)})", help=rule.help, **shared)


def _thresholds(desk: Desk) -> None:
    """The rule of the stages: a rate to choose, and a typed share."""
    for column, (name, rule) in zip(st.columns(2), Rule.knobs().items(), strict=True):
        key = f"{desk.page}_stage_{name}"
        shared: dict[str, Any] = {
            "key": key,
            "help": rule.help,
            "on_change": lambda k=key, n=name: desk.judge({n: st.session_state[k]}),
            "disabled": "stage" in desk.locked,
        }
        st.session_state[key] = desk.rule.to_query()[name]
        if rule.choices:
            column.selectbox(f"Stage rule: {rule.label}", rule.choices, format_func=rule.says, **shared)
        else:
            column.text_input(f"Stage rule: {rule.label} ({rule.low:g} to {rule.high:g})", **shared)
