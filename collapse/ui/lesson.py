"""The frame of every page: its opening, and its end (code, link, sources, limits)."""

import textwrap
from collections.abc import Iterable
from urllib.parse import urlencode

import streamlit as st

from collapse.figures.words import in_words
from collapse.findings import Finding
from collapse.sources import Source
from collapse.ui.desk import Desk
from collapse.ui.prose import as_quote, as_text, cite, words
from collapse.ui.share import share

_STYLE = """<style>
.stMainBlockContainer { max-width: 1320px; padding-top: 3.6rem; }
.stMainBlockContainer h1 { font-size: clamp(1.5rem, 1.1rem + 1.6vw, 2.3rem); padding: 0.4rem 0 0; }
.stMainBlockContainer h3 { font-size: clamp(1.25rem, 1rem + 1.1vw, 1.8rem); padding: 0 0 0.3rem; text-wrap: balance; }
[data-testid=stCaptionContainer] { opacity: 0.8 !important; }
.stCode .token { color: inherit !important; }
</style>"""


def opening(desk: Desk) -> None:
    """Title, one sentence, and whatever had to be refused."""
    text = words(desk.page)
    st.html(_STYLE)
    st.title(text["title"], anchor=False)
    st.markdown(text["lead"])
    for sentence in desk.refused:
        st.warning(as_quote(sentence), icon=":material/link_off:")


def told(findings: Iterable[Finding]) -> None:
    """Findings after the headline, as a list."""
    st.markdown("\n".join(f"- {as_text(f.text)}" for f in findings if f.key != "headline"))


def code(desk: Desk, metric: str) -> str:
    """A script that makes the numbers of this page, to the digit."""
    query = "& ".join(f"{k}={v}" for k, v in desk.scenario.to_query().items())
    pieces = "\n".join(f'    "{line.replace(" ", "")}"' for line in textwrap.wrap(query, 88))
    return (f"from collapse import Scenario, run\n\nscenario = Scenario.from_query(\n{pieces}\n)\n"
            f'{metric} = run(scenario, keep=["{metric}"]).measure("{metric}")   # (lineages, generations + 1)\n'
            f"for generation, values in enumerate({metric}.T):\n    print(generation, values.mean())\n")


def repeat(desk: Desk, metric: str) -> None:
    """The link and the code that repeat the page; part of the fragment that settles, so that they always do."""
    st.caption(as_text(in_words(desk.scenario)))
    share(urlencode(desk.link()), key=f"{desk.page}_share")
    with st.expander("The code that made it", key=f"{desk.page}_code"):
        st.code(code(desk, metric), language="python")


def ending(desk: Desk, sources: Iterable[Source]) -> None:
    """Sources and limits: what every page ends with."""
    with st.expander("Sources", key=f"{desk.page}_sources"):
        st.markdown(cite(sources))
    with st.expander("What this does not show", key=f"{desk.page}_limits"):
        st.markdown(words(desk.page)["limits"])
