"""The link that repeats this page: a field, a button, and an address bar that always agrees with the controls."""

from functools import cache
from typing import Any

import streamlit as st

from collapse.ui import serving


@cache
def _component() -> Any:
    script = serving.loader("share", "([query]) => '?' + query")
    return st.components.v2.component("collapse_share", js=script, isolate_styles=False)


def share(link_query: str, *, key: str) -> None:
    """Show the absolute link `<this page>?<link_query>` with a copy button, and put it in the address bar.

    `link_query`: encoded, without the question mark, e.g. "v=1&n=50". The bar is rewritten in place, so Back still
    leaves the page; a reload brings the same query back in `st.query_params`. How a page is embedded and its
    `controls` stay as they are.
    """
    serving.publish("share")
    _component()(key=key, data=[link_query])
