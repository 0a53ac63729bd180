"""Bias amplification: who bears the errors, and the exact law of a minority."""

import numpy as np
import streamlit as st

from collapse.figures.consequences import group_errors
from collapse.figures.timeline import Look, over_time, share
from collapse.laws.bias import halving_time, tempered_share, two_groups
from collapse.models.categorical import Categorical
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.speech import exactly, percent
from collapse.ui.article import table
from collapse.ui.consequences.runs import BIRDS, BIRDS_FED, GENERATIONS, MORE, SYNTHETIC, N, exam
from collapse.ui.lesson import View
from collapse.ui.panels import Panel
from collapse.ui.runs import trajectory_of
from collapse.worlds import Surnames

MINORITY, STEPS = 0.19, (1, 10, 40, 100)
TOWN = Scenario(
    Surnames(types=300), Categorical(), policy=Mix(synthetic=1.0), n=500, generations=40, lineages=60, seed=1
)
LOOKS = {"tail_mass": share("people with a rare name", 0.1), "types": Look("different surnames")}
COUNTED = 500  # examples: the chain has a state for every count, and takes n² steps a generation


def shown(view: View) -> None:
    """Who bears the errors, and the exact law of a minority."""
    s = view.result.scenario
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(group_errors(s, exam(view)), "group_errors")
    with right:
        view.over_time("minority_share")
    st.subheader(view.text["bias.names"], anchor=False)
    view.tell("bias.names.note", types=TOWN.world.types, n=f"{TOWN.n:,}")  # type: ignore[attr-defined]
    run = trajectory_of(TOWN, ("tail_mass", "types"))
    for column, (metric, look) in zip(st.columns(2, gap="large"), LOOKS.items(), strict=True):
        say, note = view.text[f"bias.{metric}.say"], view.text[f"bias.{metric}.note"]
        with column:
            view.chart(over_time(run, metric, 0, say=say, note=note, look=look), metric)
    n = min(s.n, COUNTED)
    said = str(n) if n == s.n else f"{n} (the most that is counted here)"
    st.subheader(view.text["bias.law"].format(n=said), anchor=False)
    law = two_groups(MINORITY, n, max(STEPS))
    rows = (
        (f"generation {t}", percent(law.mean[t]), percent(law.lost[t]), percent(law.differ[t] / law.differ[0]))
        for t in STEPS
    )
    table(("When", "Its mean share", "Chance that it is gone", "Diversity left on average"), rows)
    st.caption(view.text["bias.half"].format(half=f"{np.ceil(halving_time(n) - 1e-9):.0f}"))
    st.subheader(view.text["bias.heat"], anchor=False)
    heated = (
        (exactly(t), *(percent(x) for x in tempered_share(MINORITY, t, 20)[[1, 5, 10, 20]]))
        for t in (0.8, 0.9, 1.0, 1.1)
    )
    table(("Temperature", *(f"generation {t}" for t in (1, 5, 10, 20))), heated)


PANEL = Panel(
    "Bias",
    Scenario.from_query(
        "world=penguins&model=mixture&n=100&generations=40&lineages=24&policy=mix&policy.synthetic=1.0&seed=1"
    ),
    (N, SYNTHETIC, GENERATIONS),
    BIRDS_FED,
    MORE,
    BIRDS,
)
