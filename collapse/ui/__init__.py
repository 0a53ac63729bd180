"""The rooms that say `st.`: components, controls, prose, serving."""
