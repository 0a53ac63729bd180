"""What the visitor takes home: numbers with their origin, a script, a notebook, and the data they came with."""

import json
from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from collapse.export import as_csv, as_json, data_file, described, lineages, notebook, provenance, script, summary
from collapse.ui.lab import Lab
from collapse.ui.prose import as_quote, words
from collapse.ui.runs import Outcome


class File(NamedTuple):
    """A file that is made when somebody asks for it."""

    label: str
    name: str
    mime: str
    make: Callable[[], str]


def export_section(desk: Lab, result: Outcome) -> None:
    """One button a file; a chart's picture and numbers are at the chart itself."""
    if "export" in desk.hidden:
        return
    with st.expander("Take it home", key="laboratory_export", icon=":material/download:"):
        st.markdown(words(desk.page)["export"])
        with st.container(horizontal=True):
            for file in files(result, desk.metric):
                st.download_button(
                    file.label,
                    file.make,
                    file.name,
                    file.mime,
                    key=f"laboratory_export_{file.name}",
                    on_click="ignore",
                    disabled="export" in desk.locked,
                )
        if desk.scenario.world.private:
            name = data_file(desk.scenario.world)
            st.caption(
                as_quote(
                    f"The script and the notebook read your data from {name} in the same folder, and refuse any other "
                    "data; the link and the other files hold the fingerprint of your data, not the data."
                )
            )


def files(result: Outcome, metric: str) -> list[File]:
    """All files of a run; its own data only where there are some."""
    s, values = result.scenario, result.trajectory.measure
    found = [
        File(
            "CSV, summary",
            f"laboratory-{metric}.csv",
            "text/csv",
            lambda: described(as_csv({metric: summary(values(metric))}), s, metric),
        ),
        File(
            "CSV, every chain",
            f"laboratory-{metric}-chains.csv",
            "text/csv",
            lambda: described(lineages(result.trajectory, metric), s, metric),
        ),
        File(
            "JSON",
            f"laboratory-{metric}.json",
            "application/json",
            lambda: json.dumps(
                as_json(s, {metric: summary(values(metric))}) | {"made with": provenance()},
                indent=1,
                ensure_ascii=False,
            ),
        ),
        File("Python script", "collapse_run.py", "text/x-python", lambda: script(s, metric)),
        File("Notebook", "collapse_run.ipynb", "application/x-ipynb+json", lambda: notebook(s, metric)),
    ]
    if not s.world.private:
        return found
    mime = "text/plain" if s.world.space == "text" else "text/csv"
    return [*found, File("Your data", data_file(s.world), mime, s.world.to_file)]
