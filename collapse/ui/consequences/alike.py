"""Everything alike: variety within models, and between them."""

import numpy as np
import streamlit as st

from collapse.figures.consequences import alikeness
from collapse.laws.islands import islands
from collapse.policies import SharedPool
from collapse.scenario import Scenario
from collapse.sharing import parted
from collapse.speech import plural
from collapse.ui.article import table
from collapse.ui.consequences.runs import BELL, GENERATIONS, MORE, N
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View
from collapse.ui.panels import Panel

OTHERS = Dial("policy.others", "Share from the others", 0.0, 1.0, percent=True)
POOL = {"policy": "shared", "policy.group": "8", "n": "50", "generations": "60"}


def shown(view: View) -> None:
    """Diversity within models and of all together, and where eight of them ended."""
    s, run = view.result.scenario, view.result.trajectory
    pooled = isinstance(s.policy, SharedPool)
    group = s.policy.group if pooled else min(8, s.lineages)
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
        view.chart(alikeness(s, parted(run, group), known), "alikeness")
    with right:
        shown = min(8, group)
        st.subheader(view.text["alike.answers"].format(number=shown), anchor=False)
        last = [(run.params.mean[i, -1, 0], float(np.sqrt(run.params.cov[i, -1, 0, 0]))) for i in range(shown)]
        table(
            ("Model", "Its middle", "How wide it is"),
            ((f"model {i + 1}", f"{m:.2f}", f"{w:.2g}") for i, (m, w) in enumerate(last)),
        )
        st.caption(view.text["alike.answers.note"])
    view.over_time("variance")


PANEL = Panel(
    "Everything alike",
    Scenario.from_query("policy=shared&policy.group=8&policy.others=0.5&n=50&generations=60&lineages=160&seed=1"),
    (OTHERS, N, GENERATIONS),
    (
        Preset("Each reads only its parent", "Models that part", POOL | {"policy.others": "0.0"}),
        Preset("A tenth from the others", "A little of a shared web", POOL | {"policy.others": "0.1"}),
        Preset("One common pool", "Seven eighths come from the seven others", POOL | {"policy.others": "0.875"}),
    ),
    MORE,
    BELL,
)
