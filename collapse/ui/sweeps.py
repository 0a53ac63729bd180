"""Sweeps in the Laboratory: the table of one as maps and lines whose points set the controls, and the phase map as a sweep file."""

from functools import partial
from typing import Any

import streamlit as st

from collapse.compose import rule_of
from collapse.figures.maps import ONSET_TITLES
from collapse.figures.sweeps import GENERATION, Facet, chosen, facets, held, lines, maps
from collapse.metrics import METRICS
from collapse.phase import Map
from collapse.scenario import Scenario
from collapse.sheets import decoded
from collapse.speech import capital, count
from collapse.sweeps.from_map import sweep_file
from collapse.sweeps.table import Table, TableError
from collapse.ui import rerun
from collapse.ui.chart import chart
from collapse.ui.lab import Lab
from collapse.ui.prose import as_quote, words

ROWS, MEGABYTES = 20_000, 5
PICTURES = 200  # combinations of what is held still, to choose from
SEEN = "laboratory-sweep"
FORMS = ("a map", "lines")


def map_file(asked: Map, fixed: bool) -> None:
    """A button: the phase map as a file for the command line."""
    if not asked.scenario.world.private:
        st.download_button(
            "Sweep file of this map",
            lambda: sweep_file(asked),
            "phase-map.toml",
            "application/toml",
            key="laboratory_map_file",
            on_click="ignore",
            disabled=fixed,
            icon=":material/download:",
            help="With this file `python -m collapse sweep` computes the same cells, and as many more as you like, on as many "
            "processors as you have",
        )


def sweep_section(desk: Lab) -> None:
    """A switch; behind it a place for a table, what it shall show, and the picture."""
    if "map" in desk.hidden:
        return
    fixed = "map" in desk.locked
    if not st.toggle("Open the table of a sweep", key="laboratory_sweep", disabled=fixed):
        st.session_state.pop(SEEN, None)
        return
    st.markdown(words(desk.page)["sweep"])
    file = st.file_uploader(
        f"table.csv of a sweep: at most {MEGABYTES} MB and {ROWS:,} rows",
        key="laboratory_sweep_file",
        max_upload_size=MEGABYTES,
        disabled=fixed,
    )
    if file is None:
        return
    try:
        table = _read(file.file_id, file.getvalue())
        _draw(desk, table, fixed)
    except ValueError as error:
        st.warning(as_quote(f"{capital(str(error))}."), icon=":material/table_view:")


def _read(mark: str, raw: bytes) -> Table:
    """The table of a file, read once.  Errors: ValueError, a sentence."""
    seen: tuple[str, Table] | None = st.session_state.get(SEEN)
    if seen is None or seen[0] != mark:
        if len(raw) > MEGABYTES * 1_000_000:
            raise TableError(f"the file has more than {MEGABYTES} MB")
        seen = st.session_state[SEEN] = mark, Table.read(decoded(raw)[0], ROWS)
    return seen[1]


def _draw(desk: Lab, table: Table, fixed: bool) -> None:
    """What is shown of a table, and the picture.  Errors: ValueError, a sentence, if there is nothing to be shown."""
    over_time = len(set(table.generation[table.generation >= 0].tolist())) > 1
    axes = [*([GENERATION] if over_time else []), *table.axes]
    first = next((s for row in range(len(table)) if (s := _scenario(table, row))), None)
    if first is None or not table.shows or not axes:
        why = table.note[0] or "no number varies in it, or it has no column such as variance.mean or onset.early"
        raise TableError(f"nothing of this table can be shown: {why}")
    said = partial(_called, first)
    one, two, three, four = st.columns(4)
    shows = _choice(one, "shows", "Colour or height", table.shows, _meaning, fixed)
    form = _choice(two, "form", "Drawn as", FORMS if len(table.axes) > 1 else FORMS[1:], str, fixed)
    x = _choice(three, "across", "Across in the sweep", table.axes if form == FORMS[0] else axes, said, fixed)
    others = [key for key in table.axes if key != x]
    y = (
        _choice(four, "up", "Up in the sweep" if form == FORMS[0] else "A line for each", others, said, fixed)
        if others
        else ""
    )
    still = list(facets(table, x, y))[:PICTURES]
    at = (
        _choice(st, "still", "Where", list(range(len(still))), lambda i: held(still[i]), fixed) if len(still) > 1 else 0
    )
    draw = partial(maps, here=desk.scenario) if form == FORMS[0] else lines
    found = dict(draw(table, shows, x, y, only=still[at]))
    if not found:
        raise TableError("no scenario of this picture has any number")
    take = partial(_take_cell, desk, table, x, y, still[at]) if form == FORMS[0] else partial(_take, desk, table)
    chart(found[still[at]], key="sweep", group="sweep", on_pick=None if fixed else take)
    st.caption(as_quote(f"{count(len(table))} rows; a click on a point sets the controls to its scenario."))


def _choice(place: Any, name: str, label: str, options: Any, say: Any, fixed: bool) -> Any:
    """A box whose state is that of its options: another table has others."""
    key = f"laboratory_sweep_{name}_{abs(hash(tuple(options))) % 10**9}"
    return place.selectbox(label, options, key=key, format_func=say, disabled=fixed)


def _called(scenario: Scenario, key: str) -> str:
    return key if key == GENERATION else rule_of(scenario, key).label


def _meaning(column: str) -> str:
    """What a column is called on a screen."""
    name, _, what = column.partition(".")
    if name == "onset":
        return ONSET_TITLES[f"{what} onset"]
    of = "mean" if what == "mean" else "median" if what == "q0.5" else f"quantile {what[1:]}"
    return f"{METRICS[name].label}, {of}"


def _scenario(table: Table, row: int) -> Scenario | None:
    try:
        return table.scenario(row) if table.generation[row] >= 0 else None
    except ValueError:
        return None


def _take_cell(desk: Lab, table: Table, x: str, y: str, facet: Facet, cell: int) -> None:
    _take(desk, table, chosen(table, x, y, facet, cell))


def _take(desk: Lab, table: Table, row: int) -> None:
    """Set the controls to the scenario of a row; a number that is no row is ignored."""
    scenario = _scenario(table, row) if 0 <= row < len(table) else None
    if scenario is not None:
        desk.turn({key: value for key, value in scenario.to_query().items() if key != "v"})
    rerun.ask()
