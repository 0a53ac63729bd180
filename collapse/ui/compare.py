"""Twin worlds and the history: a run is pinned, others stand beside it, and earlier ones come back."""

import numpy as np
import streamlit as st

from collapse.figures.ensemble import apart, beside
from collapse.figures.words import in_words
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.spec import names
from collapse.speech import percent
from collapse.twins import Difference, difference, same_noise, shared
from collapse.ui import rerun
from collapse.ui.chart import chart
from collapse.ui.drawers import EARLIER, Entry
from collapse.ui.lab import Lab
from collapse.ui.prose import as_quote, words
from collapse.ui.runs import Outcome, trajectory_of

LISTED = 12  # earlier runs in sight; older ones are chosen from a list


def twins_section(desk: Lab, result: Outcome) -> None:
    """The pinned run beside the one on the desk, and their difference pair by pair."""
    if "twins" in desk.hidden:
        return
    fixed = "twins" in desk.locked
    st.header("Twin worlds", anchor=False)
    if desk.pin.waiting:
        st.info(as_quote(desk.pin.hope), icon=":material/lock:")
    twin = desk.pin.beside(desk.scenario)
    if twin is None:
        st.markdown(words(desk.page)["twins"])
        st.button(
            "Pin this run",
            key="laboratory_twins_pin",
            on_click=desk.hold,
            args=(desk.scenario,),
            disabled=fixed,
            icon=":material/push_pin:",
        )
        return
    st.caption(as_quote(f"Pinned: {in_words(twin)}"))
    st.caption(as_quote(f"Now: {in_words(desk.scenario)}"))
    if adapted := desk.pin.adapted(desk.scenario):
        st.caption(
            as_quote(f"So that both meet the same noise, the pinned run was computed anew with {names(adapted)}.")
        )
    with st.container(horizontal=True):
        st.button(
            "Pin the run on the controls instead",
            key="laboratory_twins_pin",
            on_click=desk.hold,
            args=(desk.scenario,),
            disabled=fixed,
        )
        st.button("Unpin", key="laboratory_twins_unpin", on_click=desk.hold, args=(None,), disabled=fixed)
    _pair(desk, twin, result)


def _pair(desk: Lab, twin: Scenario, result: Outcome) -> None:
    metric = desk.metric
    if not shared(twin, desk.scenario, metric):
        st.info(
            as_quote(
                f"What is watched cannot be measured in both worlds: {METRICS[metric].label}. Choose what both have, such as "
                f"{METRICS['tail_mass'].label}."
            )
        )
        return
    try:
        desk.allowed(twin)
    except ValueError as error:
        st.info(as_quote(desk.spoken(f"The pinned run cannot be shown with as many chains and generations: {error}.")))
        return
    one, other = trajectory_of(twin, (metric,)), result.trajectory
    gap = difference(one, other, metric)
    left, right = st.columns(2, gap="large")
    with left:
        chart(beside(one, other, metric), key="beside")
    with right:
        chart(apart(gap, desk.scenario, same_noise(twin, desk.scenario)), key="apart")
    st.markdown(as_quote(sentence(gap)))


def sentence(gap: Difference) -> str:
    """What the pairs say, in a sentence that is always true."""
    if not gap.pairs.any():
        return "The two runs are the same: every chain differs from its twin by exactly zero."
    if np.isnan(gap.noise):
        luck = ""
    elif gap.noise > 0.05:
        luck = f" Meeting the same noise takes {percent(gap.noise)} of the luck out of this comparison."
    else:
        luck = " Meeting the same noise takes hardly any luck out of this comparison."
    more = f"At the end the run on the controls has more than the pinned one in {percent(gap.better)} of the pairs"
    return f"{more}; where both have the same, half a pair is counted.{luck}"


def history_section(desk: Lab) -> None:
    """Every run with its key number; one click brings it back or pins it."""
    if "history" in desk.hidden:
        return
    fixed = "history" in desk.locked
    many = f"the last {EARLIER}" if len(desk.history.entries) == EARLIER else len(desk.history.entries)
    with st.expander(f"Earlier runs ({many})", key="laboratory_history", icon=":material/history:"):
        for entry in desk.history.entries[:LISTED]:
            _entry(desk, entry, fixed)
        if older := {entry.number: entry for entry in desk.history.entries[LISTED:]}:
            chosen = st.selectbox(
                f"Older runs ({len(older)})",
                older,
                key="laboratory_history_older",
                disabled=fixed,
                format_func=lambda number: f"{number}. {older[number].says}",
            )
            _entry(desk, older[chosen], fixed)
        st.button(
            "Clear",
            key="laboratory_history_clear",
            on_click=_clear,
            args=(desk,),
            disabled=fixed or len(desk.history.entries) < 2,
            icon=":material/delete:",
            help="Forget all earlier runs",
        )


def _entry(desk: Lab, entry: Entry, fixed: bool) -> None:
    said, restore, pin = st.columns([6, 1, 1], vertical_alignment="center")
    now = (entry.scenario, entry.rule) == (desk.scenario, desk.rule)
    about = as_quote(f"{entry.number}. {entry.says}. {in_words(entry.scenario)}")
    said.markdown(about + (" **Shown now.**" if now else ""))
    restore.button(
        "Restore",
        key=f"laboratory_history_restore_{entry.number}",
        on_click=desk.restore,
        args=(entry.number,),
        disabled=fixed or now,
        help=f"Run {entry.number} on the controls again",
    )
    pin.button(
        "Pin",
        key=f"laboratory_history_pin_{entry.number}",
        on_click=desk.hold,
        args=(entry.scenario,),
        disabled=fixed,
        help=f"Compare what follows with run {entry.number}",
    )


def _clear(desk: Lab) -> None:
    desk.history.entries = []
    rerun.ask()
