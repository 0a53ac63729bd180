"""Sweeps in the Laboratory: a map goes out as a file whose table has its numbers; a table comes in, and a point sets the controls."""

import csv
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from collapse.__main__ import main
from collapse.phase import drawn, fill
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.stages import Rule
from collapse.sweeps import read
from collapse.sweeps.from_map import sweep_file
from collapse.ui.chart import figures

from .harness import desk_of, keys, opened, scenario_of, sound, warnings

PAGE = "laboratory"
GRID = """
[scenario]
lineages = 20
generations = 6
policy = "mix"
[axes]
"decoder.temperature" = [1.0, 0.9]
"policy.synthetic" = [0.0, 0.5, 1.0]
n = [10, 40, 160, 640]
seed = [1, 2]
[report]
onsets = ["early"]
generations = GENERATIONS
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return made(tmp_path_factory.mktemp("sweep"), GRID.replace("GENERATIONS", '"last"'))


def made(folder: Path, text: str) -> bytes:
    (folder / "grid.toml").write_text(text)
    assert main(["sweep", str(folder / "grid.toml"), "--out", str(folder / "results"), "--workers", "1"]) == 0
    return (folder / "results" / "table.csv").read_bytes()


def uploaded(raw: bytes, **link: str) -> AppTest:
    at = opened(PAGE, n="20", generations="3", lineages="20", **link)
    assert not at.get("file_uploader")[1:], "the place for a table is there when it is asked for"
    sound(at.toggle(key="laboratory_sweep").set_value(True).run())
    place = next(u for u in at.file_uploader if u.key == "laboratory_sweep_file")
    return sound(place.upload("table.csv", raw, "text/csv").run())


def choose(at: AppTest, label: str, value: object) -> AppTest:
    return sound(next(box for box in at.selectbox if box.label == label).set_value(value).run())


@pytest.mark.parametrize("shows", ["variance", "late onset"])
def test_the_file_of_a_map_makes_its_numbers_to_the_bit(shows: str, tmp_path: Path) -> None:
    """The map on the page and the sweep on the command line are the same runs."""
    s = Scenario(policy=Mix(synthetic=0.7), n=30, generations=12, lineages=40, seed=5)
    asked = drawn(s, ("n", "policy.synthetic"), shows, Rule(late=0.2), (((5, 60)), (0.5, 1.0)))
    small = type(asked)(
        asked.scenario, *(type(a)(a.key, a.values[::8], a.log) for a in (asked.x, asked.y)), shows, asked.rule
    )
    *_, filled = fill(small)
    text = sweep_file(small)
    assert len(read(text)) == filled.value.size
    rows = list(csv.DictReader(made(tmp_path, text).decode().splitlines()))
    column = "onset.late" if shows == "late onset" else "variance.q0.5"
    assert np.array_equal([float(row[column]) for row in rows], filled.value.ravel())


def test_a_map_of_data_of_ones_own_has_no_file() -> None:
    own = Scenario.from_query({"world": "own-numbers"})
    with pytest.raises(ValueError, match="holds no data"):
        sweep_file(
            drawn(
                own,
                ("n", "policy.synthetic") if "policy.synthetic" in own.to_query() else ("n", "generations"),
                "variance",
                Rule(),
            )
        )


def test_a_table_becomes_a_map_and_a_cell_sets_the_controls(table: bytes) -> None:
    at = uploaded(table)
    assert warnings(at) == []
    picture = figures(at)["sweep"]
    assert picture["figure"]["layout"]["xaxis"]["title"]["text"] == "temperature"
    at = choose(choose(at, "Across in the sweep", "n"), "Up in the sweep", "policy.synthetic")
    assert [box.value for box in at.selectbox if box.label == "Where"] == [0]
    at = choose(at, "Where", 1)
    picture = figures(at)["sweep"]
    rows = [r for r in csv.DictReader(table.decode().splitlines()) if r["decoder.temperature"] == "0.9"]
    cell = [float(r["variance.mean"]) for r in rows if (r["n"], r["policy.synthetic"]) == ("160", "0.5")]
    shown = picture["table"]["columns"]
    at_cell = next(i for i in range(12) if (shown[0][i], shown[1][i]) == (160, 0.5))
    assert shown[2][at_cell] == pytest.approx(np.mean(cell), rel=1e-5)
    assert "mean over 2 seeds" in picture["note"]
    desk = desk_of(at, PAGE)
    before = desk.scenario
    pick(at, table, "n", "policy.synthetic", (("decoder.temperature", "0.9"),), 6)  # not on the diagonal
    s = scenario_of(sound(at.run()))
    assert s != before
    assert (s.n, s.policy, s.decoder.temperature) == (160, Mix(synthetic=0.5), 0.9)
    assert (s.lineages, s.generations, s.seed) == (20, 6, 1)


def pick(at: AppTest, raw: bytes, x: str, y: str, facet: tuple[tuple[str, str], ...], cell: int) -> None:
    """What a click does: `AppTest` cannot click into a chart."""
    from collapse.sweeps.table import Table
    from collapse.ui.sweeps import _take_cell

    _take_cell(desk_of(at, PAGE), Table.read(raw.decode()), x, y, facet, cell)


def test_generations_become_lines(tmp_path: Path) -> None:
    at = uploaded(made(tmp_path, GRID.replace("GENERATIONS", '"all"')))
    at = choose(choose(at, "Drawn as", "lines"), "Across in the sweep", "generation")
    at = choose(at, "A line for each", "policy.synthetic")
    picture = figures(at)["sweep"]
    assert [t["name"] for t in picture["figure"]["data"]] == [
        f"AI-made data (synthetic) {v}" for v in ("0", "0.5", "1")
    ]
    assert picture["figure"]["layout"]["xaxis"]["range"] == [0, 6]


BAD = {
    b"a,b\n1,2\n": "This is not the table of a sweep: it needs the columns generation",
    b"n,generation,variance.mean\n": "The table has 0 rows",
    b"n,generation,variance.mean\n10,3\n": "Row 2 has 2 cells, and there are 3 columns",
    b"n,generation,variance.mean\n10,3,many\n": "variance.mean has a cell that is no number",
    b"n,n,generation,variance.mean\n10,10,3,1\n": "names a column twice",
    b"n,generation,variance.mean\n1,3,1\n-5,3,2\n": "nothing of this table can be shown",
    b"n,generation,variance.mean\n10,3,1\n10,3,2\n": "no number varies in it",
    b"PK\x03\x04 is a spreadsheet": "save the sheet as CSV",
    b"n,generation,variance.mean\n" + b"10,3,1\n" * 20_001: "between 1 and 20,000 are read",
}


@pytest.mark.parametrize("raw", BAD, ids=lambda raw: raw[:40].decode().replace("\n", " "))
def test_a_bad_table_is_named_in_a_sentence(raw: bytes) -> None:
    said = warnings(uploaded(raw))
    assert len(said) == 1
    assert BAD[raw].lower() in said[0].lower().replace("\\", "").replace("\u2060", "")


def test_a_link_that_hides_or_fixes_the_map_does_the_same_with_sweeps() -> None:
    assert "laboratory_sweep" not in {t.key for t in opened(PAGE, hide="map").toggle}
    assert opened(PAGE, lock="map").toggle(key="laboratory_sweep").disabled


def test_a_map_that_is_drawn_can_be_taken_along() -> None:
    at = opened(PAGE, n="20", generations="3", lineages="20")
    at = sound(keys(at)["laboratory_map_draw"].click().run())
    while at.get("progress"):
        at = sound(at.run())
    assert "laboratory_map_file" in {element.key for element in at.get("download_button")} | set(keys(at))
