"""Models that are trained while the visitor watches: the wall grows, the loss falls, and a button stops it with what is there.

Training happens while the whole page is written, outside of its fragments: Streamlit lets a click interrupt only that.  So a fragment
that finds its models untrained shows what it showed before, and once nothing moves any more the page is written anew.
"""

import time
from dataclasses import replace

import streamlit as st

from collapse.budget import typical_cost
from collapse.figures.loss import losses
from collapse.figures.wall import wall_picture
from collapse.growing import is_whole
from collapse.models import MODELS
from collapse.models.imagined import VaeParams
from collapse.scenario import Scenario
from collapse.trajectory import Trajectory
from collapse.ui import chart, reader
from collapse.ui.desk import Desk
from collapse.ui.progress import LONG
from collapse.ui.runs import grown, is_grown, put_on_the_shelf
from collapse.wall import wall

SOMETIMES = 0.3  # s between two pictures of a training
REACHED = "training"  # in the session: how far the training has come that is to be stopped


def untrained(scenario: Scenario) -> bool:
    """Must somebody wait for this scenario's models to be trained?"""
    return scenario.model.patience > 1 and typical_cost(scenario) > LONG and not is_grown(scenario)


def possible(desk: Desk) -> bool:
    """Does this page offer a model that somebody may have to wait for?"""
    return any(MODELS[kind].patience > 1 for kind in desk.choices("model"))


def watch(desk: Desk) -> None:
    """Train what is on the desk, if it must be, and show how far it is."""
    s = desk.scenario
    if not untrained(s):
        return
    place = st.empty()
    with place.container():
        said, stop, picture, loss = st.empty(), st.empty(), st.empty(), st.empty()
        said.progress(0.0, "Training begins.")
        if "generations" not in desk.locked:
            stop.button("Stop here", key=f"{desk.page}_stop", on_click=_stop, args=(desk,))
        drawn = 0.0

        def seen(so_far: Trajectory) -> None:
            nonlocal drawn
            st.session_state[REACHED] = so_far
            t = so_far.scenario.generations
            said.progress(t / s.generations, f"Training: generation {t} of {s.generations} is done.")
            if so_far.params is None or time.monotonic() - drawn < SOMETIMES:
                return
            with picture:  # a key may be used once in a run of the page, so every picture has one of its own
                reader.reader(wall_picture(so_far.scenario, wall(so_far)), key=f"training_wall_{t}", group="training")
            if isinstance(so_far.params, VaeParams):
                with loss:
                    picture_of_loss = losses(so_far.scenario, so_far.params.losses[0])
                    chart.chart(picture_of_loss, key=f"training_loss_{t}", group="training")
            drawn = time.monotonic()

        grown(s, desk.watches, seen)
    place.empty()
    st.session_state.pop(REACHED, None)


def _stop(desk: Desk) -> None:
    """End with the last generation that is complete: the link then asks for so many, and what was trained is the whole run of it."""
    so_far: Trajectory | None = st.session_state.pop(REACHED, None)
    if so_far is None or replace(desk.scenario, generations=so_far.scenario.generations) != so_far.scenario:
        return
    if is_whole(so_far.scenario, desk.scenario):
        put_on_the_shelf(so_far)
    desk.turn({"generations": str(so_far.scenario.generations)})
