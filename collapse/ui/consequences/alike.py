"""Everything alike: variety within models, and between them."""

from dataclasses import replace
from functools import partial

import streamlit as st

from collapse.figures.consequences import alikeness
from collapse.figures.family import FamilyPicture, models_picture
from collapse.laws.islands import islands
from collapse.models.categorical import Categorical
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.shared_pool import SharedPool
from collapse.sharing import parted
from collapse.speech import exact_percent, plural
from collapse.ui.consequences.runs import BELL, GENERATIONS, MORE, N
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.reader import reader
from collapse.ui.runs import trajectory_of
from collapse.ui.shelf import noted
from collapse.worlds import Surnames

OTHERS = Dial("policy.others", "Share from the others", 0.0, 1.0, percent=True)
POOL = {"policy": "shared", "policy.group": "8", "n": "50", "generations": "60"}
EIGHT = 8
NAMES = Scenario(Surnames(types=100), Categorical(), n=50, generations=40, lineages=EIGHT, seed=1)


def shown(view: View) -> None:
    """Diversity within models and of all together, and what eight of them would answer."""
    s = view.result.scenario
    pooled = isinstance(s.policy, SharedPool)
    group = s.policy.group if pooled else min(EIGHT, s.lineages)
    st.markdown(
        view.text["alike.pool"].format(others=plural(group - 1, "other model", "other models"))
        if pooled
        else view.text["alike.apart"]
    )
    if not 2 <= group <= s.lineages:
        st.info(view.text["alike.few"].format(least=max(group, 2)))
        view.over_time("variance")
        return
    known = islands(s, 1.0, 0.0, s.decoder.shrink(1)) if isinstance(s.policy, SharedPool) else None
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(alikeness(s, parted(view.result.trajectory, group), known), "alikeness")
    with right:
        view.over_time("variance")
    st.subheader(view.text["alike.answers"].format(number=min(EIGHT, group)), anchor=False)
    view.tell("alike.answers.note")
    title, other = contrast(s)
    reader(models(view.text["alike.this"].format(reading=reading(s)), s, min(EIGHT, group)), key="models")
    reader(models(title, replace(other, lineages=EIGHT), EIGHT), key="models_contrast")
    view.tell("alike.names", names=NAMES.world.types, n=NAMES.n, t=NAMES.generations)  # type: ignore[attr-defined]
    for key, policy in (("names", s.policy), ("names_contrast", other.policy)):
        others = policy.others if isinstance(policy, SharedPool) else 0.0
        named = replace(NAMES, policy=SharedPool(group=EIGHT, others=others))
        reader(models(f"Surnames: {reading(named)}", named, EIGHT), key=key)


def contrast(s: Scenario) -> tuple[str, Scenario]:
    """The other way to read: only its parent's output, or, of models that do so already, a common pool; with a title."""
    apart = not isinstance(s.policy, SharedPool) or s.policy.others == 0
    other = replace(s, policy=SharedPool(group=EIGHT, others=1 - 1 / EIGHT if apart else 0.0))
    return f"Beside it, {EIGHT} such models that read otherwise: {reading(other)}", other


def reading(s: Scenario) -> str:
    """What the models of a run read, in a few words."""
    if not isinstance(s.policy, SharedPool) or s.policy.others == 0:
        return "no other model’s output"
    return f"{exact_percent(s.policy.others)} from the others"


def models(title: str, s: Scenario, most: int) -> FamilyPicture:
    """What the first models of a run would answer at its end."""
    return noted(s, "models", partial(drawn, title, s, most), title, most)


def drawn(title: str, s: Scenario, most: int) -> FamilyPicture:
    """What the first models of a run would answer at its end, drawn now; a run of names is short, so that its models can be kept."""
    return models_picture(title, "laboratory", trajectory_of(s) if s.model.compact else run(s), most)


PANEL = Panel(
    "Everything alike",
    Scenario.from_query("policy=shared&policy.group=8&policy.others=0.5&n=50&generations=60&lineages=160&seed=1"),
    (OTHERS, N, GENERATIONS),
    (
        Preset(
            "What if each reads only its parent?",
            "Each of the eight models learns only from the model before it.",
            POOL | {"policy.others": "0.0"},
        ),
        Preset(
            "Does a tenth from the others keep them together?",
            "A tenth of what each model learns from comes from the seven others.",
            POOL | {"policy.others": "0.1"},
        ),
        Preset(
            "What if all read the same web?",
            "Seven eighths of what each model learns from come from the seven others.",
            POOL | {"policy.others": "0.875"},
        ),
    ),
    MORE,
    BELL,
)
