"""What is taken away: the script and the notebook print the page's numbers to the digit, and a spreadsheet runs nothing."""

import csv
import io
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import collapse
from collapse import Scenario, run
from collapse.decoding import Decoder
from collapse.export import as_csv, as_json, data_file, lineages, notebook, provenance, script, summary
from collapse.metrics import measurable
from collapse.models.categorical import Categorical
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.policies import Anchor, Mix
from collapse.sheets.cells import bare, safe, table
from collapse.worlds import Bimodal, NormalWorld, OwnNumbers, OwnTypes, Penguins, Surnames
from collapse.worlds.own import Brought
from tests.fresh import ran

from .harness import scenarios

ROOT = Path(collapse.__file__).parent.parent
ROWS = np.random.default_rng(8).gamma(2.0, 5.0, (40, 2))
CASES = {
    "default": Scenario(n=20, generations=6, lineages=30),
    "many knobs": Scenario(
        model=Kde(bandwidth="fixed", h=0.123456789),
        policy=Anchor(synthetic=0.7),
        decoder=Decoder(0.9, 0.95),
        n=15,
        generations=4,
        lineages=10,
        seed=7,
    ),
    "types": Scenario(world=Surnames(types=50), model=Categorical(), n=30, generations=5, lineages=20),
    "own numbers": Scenario(
        world=OwnNumbers(Brought.of(ROWS[:, :1], ("=mass",))), policy=Mix(), n=12, generations=4, lineages=9
    ),
    "own plane": Scenario(world=OwnNumbers(Brought.of(ROWS, ("a", "a"))), n=12, generations=4, lineages=9),
    "mixture": Scenario(world=Penguins(), model=Mixture(), n=40, generations=12, lineages=25),
    "own types": Scenario(
        world=OwnTypes(Brought.of(["=1+1", "'=x", "-", "kea", "tui"] * 5, ("",))),
        model=Categorical(),
        n=12,
        generations=4,
        lineages=9,
    ),
}


def metric_of(s):
    return measurable(s)[0] if s.world.space == "real" else "types"


@pytest.mark.parametrize("case", CASES)
def test_the_script_prints_the_numbers_to_the_digit(case, tmp_path):
    s, metric = CASES[case], metric_of(CASES[case])
    code = script(s, metric)
    assert len(code.splitlines()) <= 15
    assert max(map(len, code.splitlines())) <= 140
    if s.world.private:
        assert data_file(s.world) in code
        assert not any(str(v) in code for v in s.world.data.rows.ravel().tolist() if len(str(v)) > 3)
        (tmp_path / data_file(s.world)).write_text(s.world.to_file(), encoding="utf-8")
    done = ran(code, tmp_path)
    assert done.returncode == 0, done.stderr
    values = run(s).measure(metric) if s.model.compact else run(s, keep=[metric]).measure(metric)
    assert done.stdout == as_csv({metric: summary(values)})


MIXTURES = {
    "plane": CASES["mixture"],
    "line": Scenario(world=Bimodal(), model=Mixture(components=2), n=40, generations=12, lineages=25),
    "eight": Scenario(world=NormalWorld(dimension=8), model=Mixture(components=8), n=40, generations=3, lineages=5),
}


@pytest.mark.parametrize("name", MIXTURES)
def test_a_generation_is_measured_alone_as_among_all(name):
    """The page measures all generations of a run at once, the script one after the other: the same, to the last digit."""
    s = MIXTURES[name]
    alone, among = run(s, keep=measurable(s)), run(s)
    for metric in measurable(s):
        np.testing.assert_array_equal(alone.measure(metric), among.measure(metric), metric)


def test_the_script_refuses_other_data(tmp_path):
    s = CASES["own numbers"]
    (tmp_path / data_file(s.world)).write_text(OwnNumbers(Brought.of(ROWS[:, 1:], ("b",))).to_file())
    done = ran(script(s, "variance"), tmp_path)
    assert done.returncode != 0
    assert str(s.world.data) in done.stderr
    assert "bring the same data" in done.stderr


@given(scenarios())
def test_a_script_is_short_whatever_is_asked(scenario):
    for metric in measurable(scenario)[:1]:
        code = script(scenario, metric)
        assert len(code.splitlines()) <= 15
        compile(code, "script", "exec")


@pytest.mark.parametrize("case", ["default", "own types"])
def test_the_notebook_is_one_and_holds_the_script(case, tmp_path):
    s, metric = CASES[case], metric_of(CASES[case])
    found = nbformat.reads(notebook(s, metric), as_version=4)
    nbformat.validate(found)
    assert [c.cell_type for c in found.cells] == ["markdown", "code"]
    assert found.cells[1].source == script(s, metric)
    assert (data_file(s.world) in found.cells[0].source) == s.world.private
    assert np.__version__ in found.cells[0].source


def test_json_has_its_origin():
    s = CASES["default"]
    found = json.loads(json.dumps(as_json(s, {"variance": summary(run(s).measure("variance"))})))
    assert Scenario.from_query(found["scenario"]) == s
    assert found["metrics"]["variance"]["law"]["mean"][1] == pytest.approx(0.95)
    assert provenance().keys() == {"numpy", "scipy", "python"}


def test_every_lineage_as_csv():
    s = CASES["default"]
    t = run(s)
    head, *rows = csv.reader(io.StringIO(lineages(t, "variance")))
    assert head[:2] == ["generation", "chain 1"]
    assert len(head) == 31
    np.testing.assert_array_equal(np.array(rows, float)[:, 1:].T, t.measure("variance"))


# ---- spreadsheets


EVIL = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "'=1", "''@x")


def test_no_cell_begins_like_a_formula():
    text = table(["=head", "n"], [[cell, -1.5] for cell in EVIL])
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for cell, number in rows[1:]:
        assert not re.match(r"[=+\-@\t\r\n＝＋－＠]", cell), cell
        assert number == "-1.5", "a number stays a number"
    assert rows[0] == ["'=head", "n"]


@given(st.text(max_size=8) | st.sampled_from(EVIL))
def test_a_safe_cell_can_be_made_bare_again(text):
    assert bare(str(safe(text))) == text
    assert not re.match(r"[=+\-@\t\r\n]", str(safe(text)))


def test_own_data_come_back_safe_and_whole():
    text = CASES["own types"].world.to_file()
    for row in csv.reader(io.StringIO(text)):
        assert not any(cell.startswith(("=", "+", "@", "-")) for cell in row)
    assert OwnTypes.from_file(text.encode()) == CASES["own types"].world


def test_what_cannot_be_measured_is_an_empty_cell_with_a_reason():
    """A finite data set has no density, so generation 0 has no loss; the others have, and no cell says nan."""
    found = run(Scenario.from_query("world=own-numbers&n=20&generations=2&lineages=20"))
    zero, one, _ = csv.DictReader(io.StringIO(as_csv({"heldout_nll": summary(found.measure("heldout_nll"))})))
    assert {zero[column] for column in ("mean", "median", "q05", "q95")} == {""}
    assert "finite data set" in zero["note"]
    assert float(one["median"]) > 0
    assert one["note"] == ""
    first, second, _ = csv.reader(io.StringIO(lineages(found, "heldout_nll").partition("\n")[2]))
    assert set(first[1:]) == {""}
    assert all(float(cell) for cell in second[1:])
    assert "note" not in as_csv({"variance": summary(found.measure("variance"))})
