"""Glossary and sources: what every term means, and what everything rests on."""

from itertools import groupby

import streamlit as st

from collapse.glossary import terms
from collapse.ui import bibliography
from collapse.ui.prose import words
from collapse.ui.wordy import Wordy, show


def body() -> None:
    text = words("glossary")
    for chapter, found in groupby(terms().values(), lambda term: term.chapter):
        st.header(chapter, anchor=False)
        st.html(bibliography.entries(found))
    st.header(text["sources.head"], anchor=False)
    st.html(f"<p>{text['sources.intro']}</p>{bibliography.references()}")


PAGE = Wordy("glossary", "Glossary and sources", body)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(PAGE)
