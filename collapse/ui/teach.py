"""Share & teach: one dialog with the links of a page, what a class may turn, and how to show it elsewhere."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import segno
import streamlit as st

from collapse.starts import shortened
from collapse.ui.desk import Desk
from collapse.visits import HIDE, LOCK

OTHERS = {"presets": "Experiments", "show": "Lineage shown", "more": "More controls", "stage": "Rule of the stages"}
PIXELS = 4  # of a module of the QR code


def button(desk: Desk, title: str, names: Mapping[str, str]) -> None:
    """The button that opens the dialog; `names`: what may be hidden or locked besides the usual, by key."""
    if st.button("Share & teach", key=f"{desk.page}_teach", icon=":material/share:", type="tertiary"):
        _dialog(desk, title, {**names, **OTHERS})


@st.dialog("Share & teach", width="medium")
def _dialog(desk: Desk, title: str, names: Mapping[str, str]) -> None:
    st.markdown("Whoever opens one of these links sees this page with the same numbers.")
    hidden = _choice("Take these controls away", desk, "hide", names, desk.hidden)
    locked = _choice("Show these controls, but let nobody turn them", desk, "lock", names, desk.locked)
    projector = st.checkbox("Open it for a projector", key=f"{desk.page}_teach_present")
    query = {k: v for k, v in desk.link().items() if k not in (HIDE, LOCK)}
    query |= {key: ",".join(sorted(chosen)) for key, chosen in ((HIDE, hidden), (LOCK, locked)) if chosen}
    more = {"present": "1"} if projector else {}
    short = address(shortened(desk.page, query) | more)
    code, link = st.columns([1, 2], vertical_alignment="top")
    with code:
        st.html(qr(short))
    with link:
        st.markdown("**Short link.** It opens the same even when this page will start with something else one day.")
        st.code(short, language=None, wrap_lines=True)
    st.markdown("**Full link.** It says every setting.")
    st.code(address(query | more), language=None, wrap_lines=True)
    st.markdown("**To put the page into another one**, such as a course page:")
    st.code(
        frame(address(shortened(desk.page, query) | {"embed": "true"}), short, title), language="html", wrap_lines=True
    )
    st.markdown(
        "On a projector, press **P** for large type and nothing but the picture: space plays, the arrows step, and 1 to 9 choose an "
        "experiment. To print the page, use the print command of your browser: every chart is drawn in full."
    )


def _choice(label: str, desk: Desk, what: str, names: Mapping[str, str], now: frozenset[str]) -> set[str]:
    """Some of the controls of the page; those that this link already names are chosen."""
    found = st.pills(
        label,
        list(names),
        selection_mode="multi",
        default=[key for key in names if key in now],
        format_func=lambda key: names[key],
        key=f"{desk.page}_teach_{what}",
    )
    return set(found) | (set(now) - names.keys())


def address(query: Mapping[str, str]) -> str:
    """The absolute address of this page with a query."""
    return f"{(st.context.url or '').partition('?')[0]}?{urlencode(query)}"


def qr(link: str) -> str:
    """A link as a QR code: an inline SVG with dark modules on white, whatever the theme."""
    drawn: str = segno.make(link, error="m", micro=False).svg_inline(scale=PIXELS, dark="#000", light="#fff", border=4)
    return f'<div role="img" aria-label="QR code of the short link" class="lab-qr">{drawn}</div>'


def frame(embedded: str, link: str, title: str) -> str:
    """What an author pastes into another page: a frame, and a plain link for whoever cannot see it."""
    about = escape(title)
    return (
        f'<iframe src="{escape(embedded)}" title="{about}" width="100%" height="720" style="border:0" loading="lazy"></iframe>\n'
        f'<p><a href="{escape(link)}">{about}</a></p>'
    )
