"""The formulas of the laws that a page draws, set as formulas, with what their letters mean and where they come from.

They are set only while they are open: what sets them is a quarter of a megabyte, which nobody has to wait for who does not ask.
"""

from collections.abc import Iterable

import streamlit as st

from collapse.laws import LAWS
from collapse.laws.typeset import LATEX, letters
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.sources import Source


def formulas(page: str, scenario: Scenario, drawn: Iterable[str]) -> None:
    """The laws of these metrics, as they hold for a scenario; nothing if there are none."""
    laws = [LAWS[metric] for metric in drawn]
    if not laws:
        return
    label = "The formula" if len(laws) == 1 else "The formulas"
    box = st.expander(label, key=f"{page}_formulas", on_change="rerun")
    if not box.open:
        return
    with box:
        for law in laws:
            printed, where = law.case(scenario)
            st.markdown(f"For **{METRICS[law.metric].label}** ({law.standing}):")
            st.latex(LATEX[printed])
            meanings = "; ".join(f"${letter}$ is {meaning}" for letter, meaning in letters(LATEX[printed]))
            st.caption(f"Here {meanings}.\n\nHolds for: {where}.")
            st.markdown(_source(law.sources))  # not in a caption, whose links are too pale to be read


def _source(sources: Iterable[Source]) -> str:
    """Where a law is from, each source with its link; our own last."""
    named = [f"[{s.short}]({s.link})" if s.link else "our own derivation" for s in sources]
    return f"Source: {'; '.join(named)}."
