"""Share & teach: one dialog with the links of a page, what a class may turn, and how to show it elsewhere."""

from collections.abc import Collection, Mapping
from html import escape
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

import segno
import streamlit as st

from collapse.starts import shortened
from collapse.ui import terms
from collapse.ui.assets import PREVIEW
from collapse.ui.desk import Desk
from collapse.ui.prose import words
from collapse.visits import HIDE, LOCK

OTHERS = {
    "presets": "Experiments",
    "show": "Chain shown",
    "more": "More controls",
    "stage": "Rule of the stages",
    "teach": "Share & teach",
}


def button(desk: Desk, title: str, names: Mapping[str, str]) -> None:
    """The button that opens the dialog; `names`: what may be hidden or locked besides the usual, by key."""
    if "teach" in desk.hidden:
        return
    fixed = "teach" in desk.locked
    if st.button("Share & teach", key=f"{desk.page}_teach", icon=":material/share:", type="tertiary", disabled=fixed):
        _dialog(desk, title, {**names, **OTHERS})


@st.dialog("Share & teach", width="medium")
def _dialog(desk: Desk, title: str, names: Mapping[str, str]) -> None:
    if "lesson" in (text := words(desk.page)):
        with st.expander("A lesson of ten minutes with this page", icon=":material/school:"):
            terms.tell(text["lesson"], "lesson")
    st.markdown("Whoever opens one of these links sees this page with the same numbers.")
    hidden = _choice("Hide these controls", desk, "hide", names, desk.hidden)
    locked = _choice("Show these controls, but fix their values", desk, "lock", names, desk.locked)
    projector = st.checkbox("The links open the page for a projector", key=f"{desk.page}_teach_present")
    short, full = links(desk, hidden, locked, projector)
    left, right = st.columns([1, 2], vertical_alignment="top")
    with left:
        st.html(qr(address(short)))
    with right:
        st.markdown("**Short link.** It shows the same even if this page starts with something else one day.")
        st.code(address(short), language=None, wrap_lines=True)
    st.markdown("**Full link.** It names every setting.")
    st.code(address(full), language=None, wrap_lines=True)
    st.markdown("**To put the page into another one**, such as a course page:")
    code = frame(address(short | {"embed": "true"}), address(short), still(desk.page), title)
    st.code(code, language="html", wrap_lines=True)
    st.markdown(
        "On a projector, press **P**: then the page shows only the picture and its sentence, in large type. Space plays and stops, "
        "the arrow keys go one generation on or back, and 1 to 9 choose an experiment. Press **P** again to leave. To print the "
        "page, use the print command of your browser: every chart is drawn in full."
    )


def links(
    desk: Desk, hidden: Collection[str], locked: Collection[str], projector: bool
) -> tuple[dict[str, str], dict[str, str]]:
    """The queries of the short and of the full link of this page, with these controls hidden and locked."""
    query = {key: value for key, value in desk.link().items() if key not in (HIDE, LOCK)}
    query |= {key: ",".join(sorted(chosen)) for key, chosen in ((HIDE, hidden), (LOCK, locked)) if chosen}
    more = {"present": "1"} if projector else {}
    return shortened(desk.page, query) | more, query | more


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
    here = urlsplit(st.context.url or "")
    return urlunsplit((here.scheme, here.netloc, here.path or "/", urlencode(query), ""))


def qr(link: str) -> str:
    """A link as a QR code: dark modules on white, whatever the theme."""
    drawn = segno.make(link, error="m", micro=False).svg_data_uri(scale=4, dark="#000", light="#fff", border=4)
    return f'<img class="lab-qr" alt="QR code of the short link" src="{escape(drawn)}">'


def still(page: str) -> str:
    """The absolute address of the still picture of a page."""
    return urljoin(address({}), f"{PREVIEW}{page}.jpg")


def frame(embedded: str, link: str, picture: str, title: str) -> str:
    """What an author pastes into another page: a frame, and below it a still picture with a plain link, for paper and for whoever
    cannot see the frame."""
    about = escape(title)
    return (
        f'<iframe src="{escape(embedded)}" title="{about}" width="100%" height="720" style="border:0" loading="lazy"></iframe>\n'
        f'<p><a href="{escape(link)}"><img src="{escape(picture)}" alt="" width="240" loading="lazy"><br>{about}</a></p>'
    )
