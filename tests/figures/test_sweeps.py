"""Pictures of a sweep have the numbers of its table, and files of them need nobody else."""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from collapse.__main__ import main
from collapse.figures import palette
from collapse.figures.printed import printed
from collapse.figures.sweeps import GENERATION, chosen, lines, maps
from collapse.sweeps.table import Table

HEAD = "scenario,v,n,policy,policy.synthetic,seed,generation,variance.mean,variance.se,onset.early,note\n"
ROWS = "".join(
    f"{i},2,{n},mix,{share},{seed},{'' if refused else 50},{'' if refused else n / 100 + seed / 10},"
    f"{'' if refused else 0.03},{'' if refused else 'inf' if n == 30 else n / 10},{'it is too much' if refused else ''}\n"
    for i, (n, share, seed, refused) in enumerate(
        (n, share, seed, (n, share) == (10, 0.5)) for n in (10, 20, 30) for share in (0.5, 1.0) for seed in (0, 1)
    )
)
TABLE = Table.read(HEAD + ROWS)


def test_a_map_has_the_mean_over_seeds_and_says_where_nothing_is() -> None:
    ((facet, picture),) = maps(TABLE, "variance.mean", "n", "policy.synthetic")
    assert facet == ()
    picture.plotly()
    assert picture.table is not None
    cells = {(n, share): (value, error) for n, share, value, error in zip(*picture.table.columns, strict=True)}
    assert cells[20.0, 1.0] == (pytest.approx((0.2 + 0.3) / 2), pytest.approx(np.hypot(0.03, 0.03) / 2, rel=1e-5))
    assert cells[10.0, 0.5][0] == "it is too much"
    assert len(cells) == 6
    assert "mean over 2 seeds" in picture.note
    assert "An empty cell has no number" in picture.note


def test_an_onset_that_never_comes_is_a_colour_of_its_own() -> None:
    ((_, picture),) = maps(TABLE, "onset.early", "n", "policy.synthetic")
    never = next(trace for trace in picture.figure["data"] if trace["name"] == "never in this time")
    assert never["x"].tolist() == [2, 2]
    assert "median over 2 seeds" in picture.note


def test_a_cell_leads_to_its_row() -> None:
    row = chosen(TABLE, "n", "policy.synthetic", (), 1 * 3 + 2)
    assert TABLE.point(row) == {"v": "2", "n": "30", "policy": "mix", "policy.synthetic": "1.0", "seed": "0"}
    assert chosen(TABLE, "n", "policy.synthetic", (), 99) == -1


def test_lines_join_what_the_table_says() -> None:
    ((_, picture),) = lines(TABLE, "variance.mean", "n", "policy.synthetic")
    picture.plotly()
    half, none = picture.figure["data"]
    assert (half["name"], none["name"]) == ("AI-made data (synthetic) 0.5", "AI-made data (synthetic) 1")
    assert half["x"].tolist() == [20, 30]
    np.testing.assert_allclose(none["y"], [0.15, 0.25, 0.35])
    assert [TABLE.point(row)["n"] for row in none["customdata"]] == ["10", "20", "30"]
    ((_, over_time),) = lines(
        Table.read("n,generation,variance.mean\n9,0,1\n9,1,0.5\n9,2,0.2\n"), "variance.mean", GENERATION
    )
    assert over_time.figure["data"][0]["y"].tolist() == [1, 0.5, 0.2]


def test_thousands_stand_apart_on_the_axes_and_where_lines_end() -> None:
    table = Table.read(
        "n,lineages,generation,variance.mean\n" + "".join(f"{n},{r},9,0.5\n" for n in (10, 20000) for r in (9, 1000))
    )
    ((_, picture),) = maps(table, "variance.mean", "n", "lineages")
    assert [picture.figure["layout"][axis]["ticktext"] for axis in ("xaxis", "yaxis")] == [
        ["10", "20,000"],
        ["9", "1,000"],
    ]
    assert "20,000<br>chains 1,000<br>" in picture.figure["data"][0]["text"][-1]
    ((_, picture),) = lines(table, "variance.mean", "n", "lineages")
    assert [trace["meta"]["label"] for trace in picture.figure["data"]] == ["9", "1,000"]
    assert ">10,000</text>" in printed(picture)


def test_what_another_program_has_written_is_read() -> None:
    """pandas makes 10 to 10.0 where a column has gaps, sorts, and adds columns of its own."""
    told = Table.read("mine,generation,variance.mean,n\nx,3.0,0.5,10.0\ny,,,\n")
    assert told.scenario(0).n == 10
    assert told.generation.tolist() == [3, -1]


def paths(svg: str) -> list[tuple[str, int]]:
    """(colour, squares) of every path within the axes."""
    root = ElementTree.fromstring(svg)
    inside = next(g for g in root.iter("{http://www.w3.org/2000/svg}g") if g.get("clip-path"))
    return [(path.get("fill", ""), path.get("d", "").count("z")) for path in inside]


def test_a_map_on_paper_has_a_square_for_every_cell_in_its_colour() -> None:
    ((_, picture),) = maps(TABLE, "variance.mean", "n", "policy.synthetic")
    svg = printed(picture, "A title")
    drawn = dict(paths(svg))
    assert sum(drawn.values()) == 5, "six cells, one of them empty"
    ends = picture.figure["data"][0]["marker"]
    assert (ends["cmin"], ends["cmax"]) == (0.0, 1.0)
    step = 0.25 * (len(palette.LADDER) - 1)  # of n = 20, by hand, between two colours of the ladder
    low, high = ([int(palette.LADDER[int(step) + k][i : i + 2], 16) for i in (1, 3, 5)] for k in (0, 1))
    mixed = [round(a + (step - int(step)) * (b - a)) for a, b in zip(low, high, strict=True)]
    assert drawn["#{:02x}{:02x}{:02x}".format(*mixed)] == 2
    said = ElementTree.fromstring(svg).itertext()
    assert {"training examples", "AI-made data (synthetic)", "A title", "10", "20", "30"} <= set(said)


def test_lines_on_paper_have_round_numbers_and_a_legend() -> None:
    ((_, picture),) = lines(TABLE, "variance.mean", "n", "policy.synthetic")
    said = list(ElementTree.fromstring(printed(picture)).itertext())
    assert {"10", "20", "0", "0.1", "0.2", "0.3", "AI-made data (synthetic) 0.5"} <= set(said)


def test_the_command_draws_files_that_ask_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "table.csv").write_text(HEAD + ROWS)
    assert main(["plot", str(tmp_path), "--format", "html,svg,png"]) == 0
    files = {Path(line).name for line in capsys.readouterr().out.splitlines()}
    assert {"index.html", "variance.mean-map.svg", "onset.early-map.png", "variance.mean-lines.svg"} <= files
    page = (tmp_path / "figures" / "index.html").read_text(encoding="utf-8")
    assert "Plotly.newPlot" in page
    assert "<script>" in page
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"src=|href=|url\(|@import", markup), "all that a browser would fetch"
    image = (tmp_path / "figures" / "onset.early-map.png").read_bytes()
    assert image.startswith(b"\x89PNG")
    assert int.from_bytes(image[16:20]) == 1600


WRONG = {
    ("--show", "beauty"): "beauty cannot be drawn: choose variance.mean, onset.early",
    ("--across", "policy"): "policy cannot be drawn: choose n, policy.synthetic",
    ("--format", "jpeg"): "--format jpeg is not possible: give one or several of html,svg,png",
}


@pytest.mark.parametrize("options", WRONG, ids=" ".join)
def test_what_cannot_be_drawn_is_said(
    options: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "table.csv").write_text(HEAD + ROWS)
    assert main(["plot", str(tmp_path), *options]) == 2
    assert WRONG[options] in capsys.readouterr().err


def test_without_its_package_a_png_is_refused_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "table.csv").write_text(HEAD + ROWS)
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert main(["plot", str(tmp_path), "--format", "png"]) == 2
    assert "for PNG, install resvg-py" in capsys.readouterr().err
    assert main(["plot", str(tmp_path / "figures")]) == 2
    assert "has no table.csv and no table.parquet" in capsys.readouterr().err
