"""The fast way to serve: `python -m uvicorn asgi:app`, in one process. `streamlit run app.py` needs nothing from here.

A visitor's uploads and downloads live in the process that the visitor first met, so several workers need a front end that sends
every visitor to the same one ("sticky sessions").
"""

from pathlib import Path

import streamlit as st

from collapse.ui import live, serving

app = st.App(Path(__file__).parent / "app.py", lifespan=serving.lifespan, middleware=serving.middleware(live.answer))
