"""What repeats this page: its question in words, its link, an address bar that always agrees with the controls, and its code."""

from functools import cache
from hashlib import blake2b
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.ui import assets


@cache
def _component() -> Any:
    script = assets.loader("share", "([words, query, code]) => `${words} ?${query} ${code}`")
    return st.components.v2.component("collapse_share", js=script, isolate_styles=False)


def _session() -> str:
    """A mark of the visitor's session, by which the browser notices that the server has lost it."""
    context = get_script_run_ctx()
    return blake2b((context.session_id if context else "").encode(), digest_size=6).hexdigest()


def share(link_query: str, said: str, code: str, *, key: str) -> None:
    """Show the absolute link `<this page>?<link_query>` and the code, each with a copy button; put the link in the address bar.

    `said`: the question in words. `code`: a script. `link_query`: encoded, without the question mark, e.g. "v=1&n=50". The bar is
    rewritten in place, so Back still leaves the page; a reload brings the same query back in `st.query_params`. How a
    page is embedded and its `controls` stay as they are.
    """
    assets.publish("share")
    _component()(key=key, data=[said, link_query, code, _session()])
