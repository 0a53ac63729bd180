"""The controls of a page, all derived from the knobs of the scenario.

The key knobs are live sliders: dragging them redraws the hero, letting go settles the whole page.  Everything else is an
ordinary Streamlit widget behind "More controls".  A link may hide or lock any of them by its key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import streamlit as st

from collapse.compose import rule_of
from collapse.scenario import Scenario
from collapse.speech import capital, exactly, sentence
from collapse.stages import Rule
from collapse.ui import rerun
from collapse.ui.desk import Desk
from collapse.ui.prose import as_quote
from collapse.ui.slider import live_slider, slider_value
from collapse.visits import STAGE, Visit

HERO, REST, MORE = "hero", "rest", "more"
_ABSENT = '<div class="lab-absent"><b>{label}</b><p>{why}</p></div>'


@dataclass(frozen=True)
class Dial:
    """A live slider: a knob's key, its name for people, and the part of its range that is usually wanted."""

    key: str
    label: str
    low: float
    high: float
    percent: bool = False
    step: float = 1  # an int: its values are whole numbers
    unit: str = ""
    hint: str = ""  # what it means on this page, if the page says it better than the knob itself


@dataclass(frozen=True)
class Preset:
    """A whole experiment: everything is as the page starts but for `values` (knob → value); `says`: what it sets, in a sentence."""

    label: str
    says: str
    values: Mapping[str, str]


def dials(desk: Desk, chosen: Sequence[Dial], way: Callable[[], object]) -> None:
    """The live sliders; where this scenario does not have such a knob, that is said in its place.  `way`: what the presets show;
    the whole page is drawn anew when a slider changes it."""
    query, drawn = desk.scenario.to_query(), way()
    for dial in chosen:
        if dial.key in desk.hidden:
            continue
        if dial.key not in query:
            st.html(_ABSENT.format(label=escape(dial.label), why=escape(absent(desk.scenario, dial.key))))
            continue
        rule = rule_of(desk.scenario, dial.key)
        step = 0.01 if dial.percent else dial.step
        value: Any = type(step)(query[dial.key])
        key = f"{desk.page}_{dial.key.replace('.', '_')}"
        live_slider(
            dial.label,
            key=key,
            value=value,
            low=dial.low,
            high=dial.high,
            typed=(rule.low or 0, rule.high or 0),
            log=rule.log,
            step=step,
            unit=dial.unit,
            format="percent" if dial.percent else "number",
            help=sentence(dial.hint or rule.help),
            wrong=" ".join(map(desk.spoken, desk.refused)) if desk.refused_at == dial.key else "",
            on_live=_mover(desk, dial.key, key, lambda: True, (HERO,)),
            on_settle=_mover(desk, dial.key, key, lambda: way() == drawn, (HERO, REST)),
            asks=(desk.page, dial.key),
            plain=desk.visit.controls == "plain",
            disabled=dial.key in desk.locked,
        )


def absent(scenario: Scenario, knob: str) -> str:
    """Why this scenario has no such knob, in a sentence."""
    policy = scenario.policy
    if knob == "policy.synthetic":
        if policy.grows:
            return "Not used here: all earlier data are kept, so the share follows from that."
        return f"Not used here: the next model learns from {policy.phrase()}."
    if knob == "world.dimension":
        return f"Not used here: there is no choice in {scenario.world.says}."
    return "Not used with what you have chosen now."


def _mover(desk: Desk, knob: str, key: str, same: Callable[[], bool], fragments: tuple[str, ...]) -> Callable[[], None]:
    """What a slider calls: turn the knob, then redraw only these parts of the page, if the rest is the `same` and nothing is to be
    said."""

    def moved() -> None:
        said = bool(desk.refused)
        desk.turn({knob: str(slider_value(key))}, remember=REST in fragments, at=knob)
        if not said and not desk.refused and desk.visit.controls == "live" and same():
            st.rerun(list(fragments))

    return moved


def which_lineage(desk: Desk) -> None:
    """The middle chain, or one that kept more or less than most."""
    if "show" in desk.hidden:
        return
    key = f"{desk.page}_show"
    st.session_state[key] = desk.visit.show

    def chosen() -> None:
        desk.remember()
        desk.visit = desk.visit.from_query({"show": st.session_state[key] or "typical"}, desk.visit)

    st.segmented_control(
        "Chain shown",
        Visit.knobs()["show"].choices,
        key=key,
        on_change=chosen,
        required=True,
        disabled="show" in desk.locked,
        format_func=Visit.knobs()["show"].says,
        help="A chain is a row of models, each of which learns from the one before it. Many chains start from the same real world, "
        "and each has luck of its own. Here you choose which one is shown. “Middle” (median) has as many others with more left at "
        "the end as with less. “Kept more” has more left than about 95% of the others, and “Kept less” less than about 95% of "
        "them.",
    )


def more(desk: Desk, keys: Mapping[str, str]) -> None:
    """The other knobs, from `keys` (knob → label), and the rule of the stages; only while they are open, because whatever stands on a
    page is gone through at every change."""
    if "more" in desk.hidden:
        return
    box = st.expander("More controls", key=f"{desk.page}_more", on_change="rerun")
    if not box.open:
        return
    with box:
        query = desk.scenario.to_query()
        for knob, label in keys.items():
            if knob in query and knob not in desk.hidden:
                _widget(desk, knob, label, query[knob])
        if "stage" not in desk.hidden:
            _thresholds(desk)


def _turn(desk: Desk, knob: str, key: str) -> None:
    """What a widget calls: turn its knob, and write the whole page anew."""
    desk.turn({knob: str(st.session_state[key])}, at=knob)
    rerun.ask()


def _judge(desk: Desk, name: str, key: str) -> None:
    """The same for a part of the rule of the stages."""
    desk.judge({name: st.session_state[key]}, at=STAGE + name)
    rerun.ask()


def _widget(desk: Desk, knob: str, label: str, value: str) -> None:
    """A select box for a part or a choice, a number field for a number."""
    key = f"{desk.page}_{knob.replace('.', '_')}"
    shared: dict[str, Any] = {
        "key": key,
        "on_change": partial(_turn, desk, knob, key),
        "disabled": knob in desk.locked,
    }
    tables = Scenario.parts()
    if knob in tables:
        st.session_state[key] = value
        table = tables[knob]
        st.selectbox(label, desk.choices(knob), format_func=lambda kind: capital(table[kind].says), **shared)
        _complain(desk, knob)
        return
    rule = rule_of(desk.scenario, knob)
    if rule.choices:
        st.session_state[key] = value
        st.selectbox(
            label, rule.choices, format_func=lambda kind: capital(rule.says(kind)), help=sentence(rule.help), **shared
        )
    else:
        assert rule.low is not None
        assert rule.high is not None
        st.session_state[key] = value
        st.text_input(f"{label} ({exactly(rule.low)} to {exactly(rule.high)})", help=sentence(rule.help), **shared)
    _complain(desk, knob)


def _complain(desk: Desk, knob: str) -> None:
    """Below a control: why what was asked of it is not done."""
    if desk.refused_at == knob:
        for sentence in desk.refused:
            st.warning(as_quote(desk.spoken(sentence)), icon=":material/error:")


def _thresholds(desk: Desk) -> None:
    """The rule of the stages: a rate to choose, and a typed share."""
    for name, rule in Rule.knobs().items():
        key = f"{desk.page}_stage_{name}"
        shared: dict[str, Any] = {
            "key": key,
            "help": sentence(rule.help),
            "on_change": partial(_judge, desk, name, key),
            "disabled": "stage" in desk.locked,
        }
        st.session_state[key] = desk.rule.to_query()[name]
        if rule.choices:
            st.selectbox(f"Stage rule: {rule.label}", rule.choices, format_func=rule.says, **shared)
        else:
            st.text_input(f"Stage rule: {rule.label} ({rule.low:g} to {rule.high:g})", **shared)
        _complain(desk, STAGE + name)
