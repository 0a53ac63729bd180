"""Data of a visitor's own: pasted or uploaded, looked at, used, forgotten.  In the session's memory and nowhere else."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from collapse.figures.preview import preview
from collapse.sheets import LIMITS, MAX_BYTES, SEPARATORS, Sheet, read
from collapse.sheets.cells import DECIMALS
from collapse.spec import names
from collapse.ui.chart import chart
from collapse.ui.drawers import DATA, in_words, named
from collapse.ui.lab import SEEN, Lab
from collapse.ui.prose import as_quote, words
from collapse.worlds import OwnNumbers, OwnText, OwnTypes
from collapse.worlds.own import EVERY, from_sheet
from collapse.worlds.text import Written, deciphered

ROWS = 6
KINDS = ("numbers", "categories")
FORMS = ("a table", "a text")


def own_data(desk: Lab) -> None:
    """The section: what is in use, a place to bring something, and a look at it before it is used."""
    if "data" in desk.hidden:
        return
    fixed = "data" in desk.locked
    if desk.data.waiting:
        st.info(
            as_quote(
                f"This link was made with data of its own ({in_words(desk.data.waiting[DATA])}). Bring the same data below "
                "to see the same run; until then the page shows something else."
            ),
            icon=":material/lock:",
        )
    label = f"Your own data: {in_use(desk)}" if desk.data.worlds else "Your own data"
    with st.expander(
        as_quote(label), key="laboratory_data", expanded=bool(desk.data.waiting), icon=":material/upload_file:"
    ):
        st.markdown(words(desk.page)["data"])
        st.caption(as_quote(LIMITS))
        left, right = st.columns(2, gap="large")
        with left:
            raw = _attempt(lambda: _brought(desk, fixed))
            form = st.selectbox("This is", FORMS, key="laboratory_data_form", disabled=fixed)
            text = _attempt(lambda: _written(raw)) if raw and form == FORMS[1] else None
            sheet = _attempt(lambda: _read(raw, fixed)) if raw and form == FORMS[0] else None
            found = _attempt(lambda: _chosen(sheet, fixed)) if sheet else None
        with right:
            if sheet and found:
                _look(desk, sheet, found[0], found[1], fixed)
            if text:
                _look_at_text(desk, text, fixed)
        if desk.data.worlds:
            st.button(
                "Forget my data",
                key="laboratory_data_forget",
                on_click=desk.forget,
                disabled=fixed,
                icon=":material/delete:",
                help="Take them, and every run that used them, out of memory",
            )


def in_use(desk: Lab) -> str:
    """What is on the desk, in a few words."""
    return names(map(named, desk.data.worlds.values()))


def _brought(desk: Lab, fixed: bool) -> bytes:
    """What was pasted or chosen; ValueError if it is both.  After every forgetting the places are new ones: a browser keeps what
    a widget holds."""
    text = (
        st.text_area(
            "Paste numbers, two columns, or a list of categories",
            key=f"laboratory_data_text_{desk.data.cleared}",
            height=140,
            placeholder="mass\n3750\n3800\n…",
            disabled=fixed,
        )
        or ""
    )
    file = st.file_uploader(
        "or choose a file (CSV, TSV or text)",
        key=f"laboratory_data_file_{desk.data.cleared}",
        disabled=fixed,
        max_upload_size=MAX_BYTES // 1_000_000,
    )
    if file is not None and text.strip():
        raise ValueError("There are pasted data and a file: take one of them away")
    return file.getvalue() if file is not None else text.encode()


def _attempt(act: Callable[[], Any]) -> Any:
    """The result, or None after saying on the page what is wrong with the data."""
    try:
        return act()
    except ValueError as error:
        st.warning(as_quote(f"{error}."), icon=":material/table_view:")
        return None


def _read(raw: bytes, fixed: bool) -> Sheet:
    """The sheet, with the guesses that the visitor may overrule."""
    one, two = st.columns(2)
    separator = one.selectbox(
        "Columns are separated by", ("guess", *SEPARATORS), key="laboratory_data_separator", disabled=fixed
    )
    header = two.selectbox(
        "First row is a header", ("guess", "yes", "no"), key="laboratory_data_header", disabled=fixed
    )
    decimal = one.selectbox("Decimal mark", ("guess", *DECIMALS), key="laboratory_data_decimal", disabled=fixed)
    how = (
        separator.replace("guess", ""),
        {"guess": None, "yes": True, "no": False}[header],
        decimal.replace("guess", ""),
    )
    sheet: Sheet = _once("sheet", (raw, *how), lambda: read(raw, *how))
    for note in sheet.notes:
        st.caption(as_quote(note))
    return sheet


def _once(what: str, asked: Any, make: Callable[[], Any]) -> Any:
    """What was made of the same thing last time: a page is written many times, and a large file is read once."""
    seen = st.session_state.setdefault(SEEN, {})
    if what not in seen or seen[what][0] != asked:
        seen[what] = asked, make()
    return seen[what][1]


def _chosen(sheet: Sheet, fixed: bool) -> tuple[OwnNumbers | OwnTypes, int]:
    """The world of the columns that are chosen, and how many rows were left out."""
    numeric = sheet.numeric()
    one, two = st.columns(2)
    use = one.selectbox(
        "Use them as",
        KINDS if numeric else KINDS[::-1],
        disabled=fixed,
        key=f"laboratory_data_use_{'numbers' if numeric else 'words'}",
    )
    columns = range(len(sheet.names))
    usual = numeric[0] if use == "numbers" and numeric else next((i for i in columns if i not in numeric), 0)
    first = two.selectbox(
        "Column",
        columns,
        index=usual,
        format_func=lambda i: sheet.names[i],
        disabled=fixed,
        key=f"laboratory_data_column_{use}_{len(columns)}_{usual}",
    )
    others = [i for i in numeric if i != first]
    second = (
        one.selectbox(
            "Second column",
            (None, *others),
            key=f"laboratory_data_second_{first}_{len(columns)}",
            disabled=fixed,
            format_func=lambda i: "none" if i is None else sheet.names[i],
        )
        if use == "numbers" and others
        else None
    )
    chosen = [first] if second is None else [first, second]
    found: tuple[OwnNumbers | OwnTypes, int] = _once(
        "world", (sheet, use, chosen), lambda: from_sheet(sheet, chosen, numeric=use == "numbers")
    )
    return found


def _written(raw: bytes) -> OwnText:
    """The world of a running text."""
    return _once("text", raw, lambda: OwnText(Written.of(*deciphered(raw))))


def _look_at_text(desk: Lab, world: OwnText, fixed: bool) -> None:
    """How long it is and how it begins; and the button that uses it."""
    st.caption(as_quote(f"{len(world.text):,} characters; the last fifth is held out as a test set. It begins:"))
    st.text(world.text[:400])
    if world.data.note:
        st.info(as_quote(world.data.note), icon=":material/article:")
    _use("Use this text", desk, world, fixed)


def _look(desk: Lab, sheet: Sheet, world: OwnNumbers | OwnTypes, missing: int, fixed: bool) -> None:
    """The preview: rows counted, a picture, the first rows as they were read; and the button that uses them."""
    used = len(sheet.lines) - missing
    st.html('<h2 class="lab-read">Your data, as they were read</h2>')
    st.caption(
        as_quote(
            f"{used:,} rows; {missing:,} left out because a value is missing; every {EVERY}th of them "
            f"({used // EVERY:,}) is held out as a test set."
        )
    )
    chart(preview(world), key="preview", group="preview")
    read_as = world.data.rows[:ROWS].reshape(-1, len(world.data.titles)).tolist()
    head = [world.data.titles, *([x if isinstance(x, str) else f"{x:.10g}" for x in row] for row in read_as)]
    st.text("\n".join("  ".join(cell.replace("\n", " ")[:18].ljust(18) for cell in row).rstrip() for row in head))
    _use("Use these data", desk, world, fixed)


def _use(label: str, desk: Lab, world: OwnNumbers | OwnTypes | OwnText, fixed: bool) -> None:
    """The button that puts them on the desk, and whether they are there already."""
    st.button(label, key="laboratory_data_take", on_click=desk.bring, args=(world,), disabled=fixed, type="primary")
    if desk.scenario.world == world:
        st.caption(
            "Done: the page shows a run on it." if isinstance(world, OwnText) else "Done: the page shows a run on them."
        )
