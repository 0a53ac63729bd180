"""The page that everybody would write first: one slider, one line of 100 points. What ours is measured against."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

n = st.slider("n", 1, 100, 50)
x = np.linspace(0, 1, 100)
st.plotly_chart(go.Figure(go.Scatter(x=x, y=np.sin(n * x))))
