"""The frame of every page: its opening, what it says, and its end (link, code, sources, limits).

What changes with every run is written as plain HTML, escaped: a Markdown element costs the browser five times as much.
"""

import textwrap
from collections.abc import Iterable
from html import escape
from urllib.parse import urlencode

import streamlit as st

from collapse.export import data_file
from collapse.figures.words import in_words
from collapse.findings import Finding
from collapse.sources import Source
from collapse.ui.desk import Desk
from collapse.ui.prose import as_quote, cite, words
from collapse.ui.share import share

_STYLE = """<style>
.stMainBlockContainer { max-width: 1320px; padding-top: 3.6rem; }
.stMainBlockContainer h1 { font-size: clamp(1.5rem, 1.1rem + 1.6vw, 2.3rem); padding: 0.4rem 0 0; }
[data-testid=stCaptionContainer] { opacity: 0.8 !important; }
[data-testid=stHeading] h2 { font-size: clamp(1.15rem, 1rem + 0.7vw, 1.5rem); padding: 1.2rem 0 0; }
.lab-findings { margin: 0 0 1rem; padding: 0 0 0 1.2em; list-style: disc; }
.lab-findings li { margin: 0.2em; padding-left: 0.3em; }
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
    items = "".join(f"<li>{escape(f.text)}</li>" for f in findings if f.key != "headline")
    st.html(f'<ul class="lab-findings">{items}</ul>')


def code(desk: Desk, metric: str) -> str:
    """A script that makes the numbers of this page, to the digit."""
    query = "& ".join(f"{k}={v}" for k, v in desk.scenario.to_query().items())
    pieces = "\n".join(f'    "{line.replace(" ", "")}"' for line in textwrap.wrap(query, 88))
    needed = "from collapse import Scenario, run\n"
    if desk.scenario.world.private:
        needed += "from collapse.compose import with_data\n"
        pieces += f",\n    with_data({data_file(desk.scenario.world)!r}, {desk.scenario.world.kind!r}),"
    return (
        f"{needed}\nscenario = Scenario.from_query(\n{pieces}\n)\n"
        f'{metric} = run(scenario, keep=["{metric}"]).measure("{metric}")   # (lineages, generations + 1)\n'
        f"for generation, values in enumerate({metric}.T):\n    print(generation, values.mean())\n"
    )


def repeat(desk: Desk, metric: str) -> None:
    """The link and the code that repeat the page; part of the fragment that settles, so that they always do."""
    share(urlencode(desk.link()), in_words(desk.scenario), code(desk, metric), key=f"{desk.page}_share")


def ending(desk: Desk, sources: Iterable[Source]) -> None:
    """Sources and limits: what every page ends with."""
    with st.expander("Sources", key=f"{desk.page}_sources"):
        st.markdown(cite(sources))
    with st.expander("What this does not show", key=f"{desk.page}_limits"):
        st.markdown(words(desk.page)["limits"])
