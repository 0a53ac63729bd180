"""The front door: `streamlit run app.py`, or `python -m uvicorn app:app`.

A server that asks for the app gets it, with everything of `collapse.ui.serving`; a visitor's page is written by the same file. A host
that knows plain scripts only runs the second half, and lacks what the first brings (docs/decisions/0025-app-py-is-the-server-too.md).
"""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.ui import live, serving
from collapse.ui.book import open_book

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(Path(__file__), lifespan=serving.lifespan, middleware=serving.middleware(live.answer))
else:
    serving.settle()
    open_book()
