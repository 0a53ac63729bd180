"""Watch your own model: numbers pasted or uploaded, judged by their first rows, and forgotten; in the session's memory only."""

import streamlit as st

from collapse.figures.monitor import monitor_picture
from collapse.monitor import LEVELS, monitor
from collapse.sheets import MAX_BYTES
from collapse.speech import exact_percent
from collapse.ui.chart import chart
from collapse.ui.prose import as_quote
from collapse.versions import EXAMPLE, EXAMPLE_HEALTHY, LEAST, MAX_VERSIONS, history


def own_model(key: str, text: str, fixed: bool = False) -> None:
    """A place for a table, how many of its first versions are healthy, and what is found; `text` says what to bring; `fixed`: no
    control can be moved."""
    st.markdown(text)
    left, right = st.columns([2, 3], gap="large")
    with left:
        typed = st.text_area(
            "Numbers, one row for each version",
            EXAMPLE,
            height=260,
            key=f"{key}_numbers",
            disabled=fixed,
            max_chars=MAX_BYTES // 8,
        )
        file = st.file_uploader(
            "Or a file: CSV, TSV or text", type=("csv", "tsv", "txt"), key=f"{key}_file", disabled=fixed
        )
        many = st.number_input(
            "How many of the first versions are known to be healthy?",
            min_value=LEAST,
            max_value=MAX_VERSIONS - 1,
            value=EXAMPLE_HEALTHY,
            key=f"{key}_healthy",
            disabled=fixed,
        )
        level = st.segmented_control(
            "False alarms at one look",
            LEVELS,
            default=0.05,
            required=True,
            format_func=exact_percent,
            key=f"{key}_level",
            disabled=fixed,
        )
    with right:
        try:
            report = monitor(history(file.getvalue() if file else typed), int(many), level)
        except ValueError as error:
            st.warning(as_quote(f"This table cannot be judged: {error}."))
            return
        chart(monitor_picture(report), key=f"{key}_picture")
    st.markdown("\n".join(f"- {as_quote(sentence)}" for sentence in report.sentences))
    with st.expander("Every column in words", key=f"{key}_columns"):
        for column in report.columns:
            st.markdown(f"- {as_quote(column.said)}")
