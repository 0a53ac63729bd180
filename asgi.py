"""The fast way to serve: `uvicorn asgi:app --workers 2`. `streamlit run app.py` needs nothing from here."""

from pathlib import Path

import streamlit as st

from collapse.ui import live, serving

app = st.App(Path(__file__).parent / "app.py", lifespan=serving.lifespan, middleware=serving.middleware(live.answer))
