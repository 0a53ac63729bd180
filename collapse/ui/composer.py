"""The controls of an experiment that the visitor composes: all of them derived from the parts of the scenario on the desk."""

from collections.abc import Iterable
from typing import Any

import streamlit as st

from collapse.figures.drift import swarm
from collapse.figures.groups import ellipses
from collapse.figures.names import ranks
from collapse.figures.ridge import narrowing
from collapse.figures.timeline import over_time
from collapse.figures.wall import wall_picture
from collapse.metrics import METRICS, measurable, signs
from collapse.models.mixture import Mixture
from collapse.scenario import Scenario
from collapse.ui import rerun
from collapse.ui.controls import Dial
from collapse.ui.heroes import Hero
from collapse.ui.lab import Lab
from collapse.ui.runs import Outcome
from collapse.ui.spoken import PARTS
from collapse.worlds import Digits, Penguins, TypesWorld

KNOBS = {
    "world": "World: {knob}",
    "model": "Model: {knob}",
    "decoder": "Decoder: {knob}",
    "curator": "Curator: {knob}",
    "policy": "Training data: {knob}",
    "": "Run: {knob}",
}


def knobs(desk: Lab, dials: Iterable[Dial]) -> dict[str, str]:
    """Knob → label of everything that the sliders do not turn: each part, if there is a choice, followed by its own knobs."""
    labels: dict[str, str] = {}
    for part in Scenario.parts():
        if len(desk.choices(part)) > 1:
            labels[part] = PARTS[part]
        own = getattr(desk.scenario, part).knobs()
        labels |= {f"{part}.{name}": KNOBS[part].format(knob=rule.label) for name, rule in own.items()}
    labels |= {name: KNOBS[""].format(knob=rule.label) for name, rule in Scenario.knobs().items()}
    return {key: label for key, label in labels.items() if key not in {dial.key for dial in dials}}


def watched_metric(desk: Lab) -> None:
    """Which metric is drawn over the generations."""
    if "metric" in desk.hidden:
        return
    key = "laboratory_metric"
    st.session_state[key] = desk.metric

    def chosen() -> None:
        desk.look({"metric": st.session_state[key]})
        rerun.ask()

    st.selectbox(
        "What to watch",
        measurable(desk.scenario),
        key=key,
        on_change=chosen,
        disabled="metric" in desk.locked,
        format_func=lambda name: METRICS[name].label,
    )


def hero_of(result: Outcome) -> Hero:
    """The picture that suits the run: a density narrowing, ellipses, a swarm of lineages, shares by rank, a wall of digits, or
    a metric itself."""
    s, t = result.scenario, result.trajectory
    if isinstance(s.world, Digits):
        return wall_picture(s, result.wall)
    if isinstance(s.world, TypesWorld):
        params: Any = result.params
        return ranks(t, params.p, result.lineage)
    if isinstance(s.world, Penguins) and isinstance(s.model, Mixture):
        return ellipses(t, result.lineage, result.params, result.group_shares)
    if s.world.space != "real":
        return over_time(t, signs(s)[1], result.lineage)
    return narrowing(t, result.lineage, result.params, result.passed_on) if s.world.d == 1 else swarm(t, result.lineage)
