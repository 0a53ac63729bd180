"""The Laboratory in a real browser: a real file, a map whose cells are clicked, files that are really downloaded."""

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import nbformat
import numpy as np
import pytest
from playwright.sync_api import Locator

from collapse.__main__ import main

from .conftest import ROOT, Visitor, Welcome
from .test_looks import COLOURS, check_axe, check_theme, check_width

PAGE = "laboratory"


def opened(visitor: Welcome, query: str = "", **how: object) -> Visitor:
    return visitor(height=5000, **how).open(PAGE, query)


def knob(someone: Visitor, name: str) -> str:
    return parse_qs(urlsplit(someone.page.url).query)[name][0]


def penguins(folder: Path) -> Path:
    """A real file as a spreadsheet in Germany would save it: semicolons, decimal commas, a byte order mark, Windows ends."""
    with (ROOT / "collapse" / "datasets" / "penguins.csv").open() as file:
        rows = list(csv.reader(file))
    text = "\r\n".join(";".join(cell.replace(".", ",") for cell in row) for row in rows[:-1])  # but the last
    path = folder / "pinguine.csv"
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    return path


def upload(someone: Visitor, path: Path) -> None:
    someone.page.locator("summary", has_text="Your own data").first.click()
    someone.page.locator("input[type=file]").set_input_files(path)
    someone.chart("preview").wait_for()
    someone.settled(least=4)


def test_a_real_file_is_uploaded_looked_at_used_and_forgotten(visitor: Welcome, tmp_path: Path) -> None:
    someone = opened(visitor)
    before = someone.charts()
    upload(someone, penguins(tmp_path))
    page = someone.page
    assert page.get_by_text("341 rows; 2 left out because a value is missing").count() == 1
    assert "bill_length_mm" in page.locator("[data-testid=stText]").inner_text()
    assert {k: v for k, v in someone.charts().items() if k != "preview"} == before, "a look changes nothing"
    someone.change(lambda: someone.button("Use these data").click())
    assert knob(someone, "world") == "own-numbers"
    assert knob(someone, "world.data").startswith("341x1-")
    assert "39.1" not in someone.page.url
    assert "bill_length_mm" in someone.chart("hero").locator(".xtitle").first.text_content()
    link = page.url
    stranger = visitor(height=5000)
    stranger.page.goto(link)
    stranger.settled()
    assert stranger.page.get_by_text("This link was made with data of its own (341 rows").count() == 1
    upload_again = stranger.page.locator("input[type=file]")
    upload_again.set_input_files(penguins(tmp_path))
    stranger.chart("preview").wait_for()
    stranger.button("Use these data").click()
    stranger.page.wait_for_function("() => !document.body.innerText.includes('This link was made with data')")
    theirs = stranger.settled().charts()
    assert theirs["hero"] == someone.charts()["hero"], "the same data, the same run"
    field = page.get_by_label("Paste numbers, two columns")
    field.fill("1\n2\n3\n4")
    field.press("Control+Enter")
    page.get_by_text("There are pasted data and a file").wait_for()
    someone.settled(least=3)
    someone.change(lambda: someone.button("Forget my data").click())
    assert field.input_value() == ""
    assert page.get_by_text("pinguine.csv").count() == 0
    assert knob(someone, "world") == "normal"
    assert someone.charts()["hero"] == before["hero"]


def test_a_spreadsheet_file_is_refused_with_advice(visitor: Welcome, tmp_path: Path) -> None:
    path = tmp_path / "sheet.xlsx"
    path.write_bytes(b"PK\x03\x04" + bytes(200))
    someone = opened(visitor)
    someone.page.locator("summary", has_text="Your own data").first.click()
    someone.page.locator("input[type=file]").set_input_files(path)
    someone.page.get_by_text("save the sheet as CSV").wait_for()
    assert someone.button("Use these data").count() == 0


def cells(someone: Visitor, key: str = "phase-map") -> Locator:
    return someone.chart(key).locator(".bars .point path")


def drawn_cells(someone: Visitor, key: str = "phase-map") -> int:
    """Cells that a person can see: with a fill, and as large as their share of the map."""
    return int(
        cells(someone, key).evaluate_all(
            """paths => paths.filter(path => {
              const { width, height } = path.getBoundingClientRect();
              return width > 2 && height > 2 && getComputedStyle(path).fill !== "none"
                && path.checkVisibility({ opacityProperty: true });
            }).length"""
        )
    )


def mapped(someone: Visitor) -> Visitor:
    someone.button("Draw the map").click()
    someone.page.wait_for_function(
        "() => document.querySelector('figure[data-key=phase-map]') && "
        "![...document.querySelectorAll('button')].some(b => b.innerText === 'Stop')"
    )
    return someone.settled(least=4)


def test_a_map_grows_and_a_click_sets_the_controls(visitor: Welcome) -> None:
    someone = opened(visitor, "generations=10")
    mapped(someone)
    assert drawn_cells(someone) == 625
    box = someone.chart("phase-map").locator(".nsewdrag").first.bounding_box()
    assert box
    hover = box["x"] + box["width"] * 3.5 / 25, box["y"] + box["height"] * (1 - 5.5 / 25)
    someone.page.mouse.move(*hover)
    someone.chart("phase-map").locator(".hovertext").first.wait_for()
    shown = someone.chart("phase-map").locator(".hovertext").first.text_content() or ""
    assert "training examples" in shown
    someone.change(lambda: someone.page.mouse.click(*hover))
    assert float(knob(someone, "policy.synthetic")) == pytest.approx(5 / 24, abs=1e-3)
    assert int(knob(someone, "n")) == round(5 * 100 ** (3 / 24))
    assert f"training examples {knob(someone, 'n')}" in shown
    assert someone.page.locator(".mc-slider .mc-number").first.input_value() == knob(someone, "n"), "the slider follows"
    assert drawn_cells(someone) == 625, "the map stays whole when a cell is picked"
    someone.change(lambda: someone.page.locator(".mc-slider .mc-number").first.press("ArrowUp"))
    assert drawn_cells(someone) == 625, "and when a slider moves"
    by_keyboard = someone.button("Set the controls to this cell")
    someone.page.get_by_label("Cell: training examples").first.press("ArrowDown")
    someone.page.keyboard.press("ArrowDown")
    someone.page.keyboard.press("Enter")
    someone.page.wait_for_timeout(500)
    someone.settled(least=4)
    old = knob(someone, "n")
    by_keyboard.focus()
    someone.change(lambda: by_keyboard.press("Enter"))
    assert knob(someone, "n") != old


def test_a_map_can_be_stopped(visitor: Welcome) -> None:
    someone = opened(visitor, "generations=50")
    someone.button("Draw the map").click()
    stop = someone.page.get_by_role("button", name="Stop", exact=True)
    stop.wait_for()
    someone.chart("phase-map").wait_for()
    stop.click()
    someone.page.get_by_text("Stopped at").wait_for()
    someone.settled(least=4)
    assert cells(someone).count() > 10


def test_a_map_as_a_table(visitor: Welcome, tmp_path: Path) -> None:
    someone = mapped(opened(visitor, "generations=5"))
    chart = someone.chart("phase-map")
    chart.locator(".mc-tools summary").click()
    with someone.page.expect_download() as waiting:
        chart.get_by_role("button", name="CSV", exact=True).click()
    rows = list(csv.reader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    assert rows[0][0].startswith("# "), "what it is, and the link of its page"
    rows = [row for row in rows if not row[0].startswith("# ")]
    assert len(rows) == 626
    assert rows[0][:2] == ["training examples", "AI-made data (synthetic)"]
    assert {float(r[0]) for r in rows[1:]} >= {5.0, 50.0, 500.0}
    with someone.page.expect_download() as waiting:
        chart.get_by_role("button", name="SVG", exact=True).click()
    picture = waiting.value.path().read_text()
    assert "Model Collapse Lab" in picture
    assert picture.count("point") >= 625


def test_with_everything_open(visitor: Welcome, tmp_path: Path) -> None:
    """Data on the table, a map, twins, history and files: for a screen reader, in the dark, and for a narrow window."""
    someone = mapped(opened(visitor, "generations=5", color_scheme="light"))
    someone.button("Pin this run").click()
    someone.chart("apart").wait_for()
    upload(someone, penguins(tmp_path))
    for title in ("Earlier runs", "Take it home", "More controls", "Ends of the axes"):
        someone.page.locator("summary", has_text=title).first.click()
    check_axe(someone.settled(least=7))
    someone.page.emulate_media(color_scheme="dark")
    check_theme(someone, "dark")
    someone.page.mouse.move(0, 0)
    check_axe(someone.still(), rules=COLOURS)
    for width in (768, 320):
        check_width(someone, width)


def test_twins_history_and_undo(visitor: Welcome) -> None:
    someone = opened(visitor)
    someone.button("Pin this run").click()
    someone.chart("apart").wait_for()
    someone.settled(least=5)
    assert someone.page.get_by_text("differs from its twin by exactly zero").count() == 1
    someone.change(lambda: someone.page.locator(".mc-slider .mc-range").first.press("ArrowRight"))
    assert someone.page.get_by_text("has more than the pinned one").count() == 1
    someone.page.locator("summary", has_text="Earlier runs").click()
    old = knob(someone, "n")
    someone.change(lambda: someone.page.get_by_role("button", name="Restore").last.click())
    assert knob(someone, "n") != old
    assert someone.page.locator(".mc-slider .mc-number").first.input_value() == knob(someone, "n")


def test_files_are_downloaded_and_the_script_makes_the_csv(visitor: Welcome, tmp_path: Path) -> None:
    someone = opened(visitor, "lineages=20&generations=5")
    upload(someone, penguins(tmp_path))
    someone.change(lambda: someone.button("Use these data").click())
    someone.page.locator("summary", has_text="Take it home").click()
    files = {}
    for label in ("CSV, summary", "JSON", "Python script", "Notebook", "Your data"):
        with someone.page.expect_download() as waiting:
            someone.button(label).click()
        files[label] = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(files[label])
    assert json.loads(files["JSON"].read_text())["made with"]["numpy"] == np.__version__
    nbformat.validate(nbformat.read(files["Notebook"], as_version=4))
    command = [sys.executable, "-W", "error", files["Python script"].name]
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    origin, _, numbers = files["CSV, summary"].read_text().partition("\n")
    assert origin.strip('"').startswith("# ")
    assert done.stdout == numbers, "to the digit"


def test_the_table_of_a_sweep_is_opened_and_a_click_sets_the_controls(visitor: Welcome, tmp_path: Path) -> None:
    """A visitor sees the numbers of the file as cells, and the cell that is clicked becomes the scenario of the page."""
    grid = "[scenario]\nlineages = 20\ngenerations = 5\npolicy = 'mix'\n"
    grid += "[axes]\n'policy.synthetic' = [0.5, 0.8, 1.0]\nn = [10, 40, 160, 640]\n"
    (tmp_path / "grid.toml").write_text(grid)
    assert main(["sweep", str(tmp_path / "grid.toml"), "--out", str(tmp_path / "results"), "--workers", "1"]) == 0
    rows = list(csv.DictReader((tmp_path / "results" / "table.csv").read_text().splitlines()))
    someone = opened(visitor, "generations=3&lineages=20&n=20")
    someone.page.get_by_text("Open the table of a sweep").click()
    someone.page.get_by_text("table.csv of a sweep").first.wait_for()
    someone.page.locator("input[type=file]").last.set_input_files(tmp_path / "results" / "table.csv")
    chart = someone.chart("sweep")
    chart.wait_for()
    someone.settled(least=4)
    assert drawn_cells(someone, "sweep") == 3 * 4
    assert "AI-made data" in (chart.locator(".xtitle").first.text_content() or "")
    box = chart.locator(".nsewdrag").first.bounding_box()
    assert box
    at = (
        box["x"] + box["width"] * 1.5 / 3,
        box["y"] + box["height"] * 1.5 / 4,
    )  # a share of 0.8, the second; n = 160, the third from below
    someone.page.mouse.move(*at)
    chart.locator(".hovertext").first.wait_for()
    shown = chart.locator(".hovertext").first.text_content() or ""
    row = next(r for r in rows if (r["n"], r["policy.synthetic"]) == ("160", "0.8"))
    assert f"{float(row['variance.mean']):.4g}" in shown
    someone.change(lambda: someone.page.mouse.click(*at))
    assert (knob(someone, "n"), knob(someone, "policy.synthetic"), knob(someone, "generations")) == ("160", "0.8", "5")
    for width in (360, 1280):
        check_width(someone, width)
    someone.sound()
