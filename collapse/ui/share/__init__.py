"""What repeats this page: its question in words, its link, an address bar that always agrees with the controls, and its code."""

from functools import cache
from typing import Any

import streamlit as st

from collapse.ui import assets, sessions


@cache
def _component() -> Any:
    script = assets.loader("share", "([words, query, code]) => `${words} ?${query} ${code}`")
    return st.components.v2.component("collapse_share", js=script, isolate_styles=False)


def share(link_query: str, said: str, code: str, *, key: str, mine: str = "", short: str = "") -> None:
    """Show the absolute link `<this page>?<link_query>` and the code, each with a copy button; put the link in the address bar.

    `said`: the question in words. `code`: a script. `mine`: data of the visitor's own that it needs, by name, which are asked for
    again if the server should lose them. `short`: the same link, shorter, which images of charts name. `link_query`: encoded,
    without the question mark, e.g. "v=1&n=50". The bar is rewritten in place, so Back still leaves the page; a reload brings the
    same query back in `st.query_params`. How a page is embedded and its `controls` stay as they are.
    """
    assets.publish("share")
    _component()(key=key, data=[said, link_query, code, sessions.own(), mine, short])
