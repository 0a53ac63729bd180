"""Figures: a trajectory becomes a plotly figure with words beside it. No Streamlit, no simulation."""
