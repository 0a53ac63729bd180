"""The command line, from outside: exact columns, whole answers, and one line for whatever is wrong."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import collapse
from collapse.__main__ import EXAMPLE, main
from collapse.budget import BUDGET, worst_case_cost
from collapse.export import COLUMNS
from collapse.laws import LAWS, law_for
from collapse.metrics import METRICS
from collapse.patience import PATIENCE
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.worlds import WORLDS

from .harness import TABLES

ROOT = Path(collapse.__file__).parent.parent
SMALL = "n=10&generations=4&lineages=50"
LOST = "world=surnames&world.types=30&model=categorical&n=10&generations=3&lineages=20"


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m collapse …` with warnings as errors, so that none can hide on stderr."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "collapse", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        check=False,
    )


def told(capsys, *arguments: str) -> str:
    """The same, in this process: what a successful command prints."""
    assert main(arguments) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_example_line_runs_from_outside():
    done = call("run", EXAMPLE, "--metric", "variance", "--format", "csv")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "generation,mean,median,q05,q95"
    assert lines[1] == "0,1.0,1.0,1.0,1.0"
    assert len(lines) == 52
    last = [float(x) for x in lines[-1].split(",")]
    assert last[0] == 50
    assert abs(last[1] - 0.99**50) < 4.42 * 0.0177, "E v_50 = 0.605, within 4.4 of its standard errors"
    assert last[3] < last[2] < last[4]
    assert COLUMNS == ("mean", "median", "q05", "q95")


def test_a_reader_may_stop_early():
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "collapse", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 1


def test_a_run_for_days_is_refused_unless_it_is_wanted(capsys, monkeypatch):
    """With the limit lowered to just below what a small run handles, measuring counted."""
    assert PATIENCE == 100 * BUDGET
    monkeypatch.setattr("collapse.patience.PATIENCE", worst_case_cost(Scenario.from_query(SMALL), ["w1"]) - 1)
    assert told(capsys, "run", SMALL)
    assert main(["run", SMALL, "--metric", "w1"]) == 2
    assert "--anyway" in capsys.readouterr().err
    assert told(capsys, "run", SMALL, "--metric", "w1", "--anyway")


def test_the_list_names_everything():
    done = call("list")
    assert (done.returncode, done.stderr) == (0, "")
    heads = [line for line in done.stdout.splitlines() if not line.startswith(" ")]
    assert heads == ["worlds", "models", "decoders", "curators", "policies", "metrics", "laws"]
    named = {line.split()[0] for line in done.stdout.splitlines() if re.match(r"  \S", line)}
    assert {k for table in TABLES.values() for k in table} | set(METRICS) | set(LAWS) == named
    assert all(m.label in done.stdout for m in METRICS.values())
    for law in LAWS.values():
        assert all(text in done.stdout for text in (law.formula, law.covers, *(case.formula for case in law.special)))


def test_numbers_are_numpy_s(capsys):
    table = rows(told(capsys, "run", SMALL, "--metric", "w2"))
    values = run(Scenario.from_query(SMALL)).measure("w2")
    assert len(table) == 6
    for t, row in enumerate(table[1:]):
        column = values[:, t]
        expected = [t, column.mean(), *np.quantile(column, (0.5, 0.05, 0.95), method="inverted_cdf")]
        np.testing.assert_allclose([float(x) for x in row], expected, rtol=1e-13)


def test_several_metrics_put_the_name_first(capsys):
    table = rows(told(capsys, "run", SMALL, "--metric", "variance", "--metric", "tail_mass", "--metric", "variance"))
    assert table[0] == ["metric", "generation", *COLUMNS]
    assert [r[:2] for r in table[1:]] == [[m, str(t)] for m in ("variance", "tail_mass") for t in range(5)]
    np.testing.assert_allclose([float(x) for x in table[6][2:]], 0.05)


def test_a_default_metric_fits_the_world(capsys):
    assert rows(told(capsys, "run", SMALL))[1] == ["0", "1.0", "1.0", "1.0", "1.0"]
    assert rows(told(capsys, "run", LOST))[1] == ["0", "30.0", "30.0", "30.0", "30.0"]


def test_the_same_line_prints_the_same_text(capsys):
    assert told(capsys, "run", SMALL) == told(capsys, "run", SMALL)
    assert told(capsys, "run", SMALL) != told(capsys, "run", SMALL + "&seed=1")


def test_the_link_of_a_page_is_its_scenario(capsys):
    link = f"https://lab.example/home?v=2&{SMALL}&show=lucky&controls=plain&stage.alarm=1&lock=n,seed#top"
    assert told(capsys, "run", link) == told(capsys, "run", SMALL)


def test_json_is_the_whole_answer(capsys):
    answer = json.loads(told(capsys, "run", SMALL, "--metric", "variance", "--metric", "w1", "--format", "json"))
    scenario = Scenario.from_query(SMALL)
    assert list(answer) == ["collapse", "version", "scenario", "metrics"]
    assert answer["collapse"] == collapse.__version__
    assert Scenario.from_query(answer["scenario"]) == scenario
    assert list(answer["metrics"]) == ["variance", "w1"]
    variance = answer["metrics"]["variance"]
    assert list(variance) == ["generation", *COLUMNS, "law"]
    assert variance["generation"] == [0, 1, 2, 3, 4]
    assert variance["law"]["mean"] == law_for(scenario, "variance").tolist()
    assert variance["law"]["formula"] == "E v_t = (1 − 1/n)^t"
    assert variance["law"]["standing"] == "exact"
    assert variance["law"]["sources"] == [s.short for s in LAWS["variance"].sources]
    assert answer["metrics"]["w1"]["law"] is None
    unbiased = json.loads(
        told(capsys, "run", SMALL + "&model.estimator=unbiased", "--metric", "variance", "--format", "json")
    )
    assert unbiased["metrics"]["variance"]["law"]["formula"] == "E v_t = 1"


def test_json_says_null_where_a_loss_is_infinite(capsys):
    """A lost type costs infinitely much; JSON has no infinity, and the text must stay JSON."""
    text = told(capsys, "run", LOST, "--metric", "kl_world_model", "--format", "json")
    table = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))["metrics"][
        "kl_world_model"
    ]
    assert table["mean"] == [0.0, None, None, None]
    assert table["median"][1:] == [None] * 3


def test_csv_says_inf_and_never_nan(capsys):
    """Ten draws of thirty types always lose one, so every quantile is infinite."""
    table = rows(told(capsys, "run", LOST, "--metric", "kl_world_model"))
    assert [r[1:] for r in table[2:]] == [["inf"] * 4] * 3


def test_quantiles_between_a_number_and_infinity(capsys):
    """Some lineages have lost a type and some have not: the lower quantiles are numbers, the upper is infinite, none is NaN."""
    mixed = "world=surnames&world.types=10&model=categorical&n=40&generations=1&lineages=100"
    row = rows(told(capsys, "run", mixed, "--metric", "kl_world_model"))[2]
    values = run(Scenario.from_query(mixed)).measure("kl_world_model")[:, 1]
    share = np.isfinite(values).mean()
    assert 0.1 < share < 0.9
    assert "nan" not in row
    assert float(row[3]) == pytest.approx(np.sort(values)[4] * 0.05 + np.sort(values)[5] * 0.95, rel=0.1)
    assert (row[1], row[4]) == ("inf", "inf")


BAD = {
    "a value": (["run", "n=many"], "n='many' is not possible: give a whole number from 2 to 1,000,000"),
    "a range": (["run", "n=1"], "from 2 to 1,000,000"),
    "a key": (["run", "m=5"], "'m' (='5') is not a known key"),
    "a key twice": (["run", "n=5&n=6"], "'n' is given twice"),
    "a kind": (["run", "world=moon"], "choose normal or bimodal"),
    "a combination": (["run", "world=surnames"], "choose categorical"),
    "a version": (["run", "v=3"], "version 2"),
    "a metric": (["run", SMALL, "--metric", "beauty"], "metric='beauty' is not known: choose variance"),
    "a metric elsewhere": (["run", SMALL, "--metric", "types"], "metric=types cannot be measured here"),
    "a format": (["run", SMALL, "--format", "xml"], "csv"),
    "no query": (["run"], "query"),
    "no verb": ([], "verb"),
    "another verb": (["walk"], "run"),
    "an option": (["run", SMALL, "--speed", "9"], "--speed"),
    "line breaks": (["run", "n=5\n6\n7"], "whole number"),
    "a question mark inside": (["run", "n=5&generations=2&x=?seed=1"], "'x' (='?seed=1') is not a known key"),
    "a question mark after a value": (["run", "n=5?&generations=2"], "n='5?' is not possible"),
    "a hash inside": (["run", "n=5#&generations=2"], "n='5#' is not possible"),
    "a threshold that is none": (["run", "stage.bogus=zz"], "'stage.bogus' (='zz') is not a known key"),
    "a twin that is none": (["run", "n=5&twin.n=abc"], "twin.n='abc' is not possible"),
    "a key of a twin": (["run", "/laboratory?twin.bogus=1"], "'twin.bogus' (='1') is not a known key"),
    "a run for ever": (
        ["run", "n=1000000&generations=1000&lineages=10000&policy=accumulate-subsample"],
        "5,015,025,000,000,000",
    ),
    "no bounds": (["run", "decoder.temperature=5&generations=600", "--anyway"], "at most generations=52"),
    "an endless link": (["run", "n=" + "5" * 9000], "4000"),
}


@pytest.mark.parametrize("what", BAD)
def test_bad_input_is_one_line_and_exit_code_2(what, capsys):
    arguments, words = BAD[what]
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = stop.code
    out, err = capsys.readouterr()
    assert code == 2
    assert out == ""
    assert err.endswith("\n")
    assert len(err.splitlines()) == 1
    assert words in err
    assert len(err) < 600


@pytest.mark.parametrize("what", ["a value", "another verb"])
def test_bad_input_from_outside_shows_no_traceback(what):
    arguments, words = BAD[what]
    done = call(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_a_link_of_an_earlier_version_runs_and_says_so(capsys):
    """The sentence goes to stderr, so that the numbers can still be piped."""
    assert main(["run", f"v=1&{SMALL}"]) == 0
    said = capsys.readouterr()
    assert said.err == (
        "collapse: This link was made by an earlier version of this program, whose numbers may have been others.\n"
    )
    assert main(["run", SMALL]) == 0
    assert capsys.readouterr().out == said.out


@pytest.mark.parametrize(
    ("arguments", "stdout", "why"),
    [
        (("list",), ">/dev/full", "No space left on device"),
        (("run", SMALL), ">/dev/full", "No space left on device"),
        (("run", SMALL, "--format", "json"), ">/dev/full", "No space left on device"),
        (("run", SMALL), ">&-", "standard output is closed"),
    ],
)
def test_what_cannot_be_written_is_one_line(arguments, stdout, why):
    command = f'"{sys.executable}" -W error -m collapse {" ".join(map(repr, arguments))} {stdout}'
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, f"collapse: this cannot be written: {why}\n")


def test_an_interrupt_is_one_line_and_130():
    """Of a run of hours, as soon as it computes."""
    waits = (
        "import signal, sys, threading, time, _thread, collapse.__main__ as m\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs ignore it
        "m.run = lambda *a, **k: (_thread.interrupt_main(), time.sleep(60))\n"
        "sys.argv = ['collapse', 'run', 'n=10']\nsys.exit(m.piped())"
    )
    done = subprocess.run(
        [sys.executable, "-c", waits], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "collapse: interrupted\n")


@pytest.mark.parametrize("kind", [kind for kind, world in WORLDS.items() if world.private])
def test_data_that_no_link_holds_are_not_replaced_by_an_example(kind, capsys):
    model = {"own-types": "&model=categorical", "own-text": "&model=ngram"}.get(kind, "")
    assert main(["run", f"world={kind}{model}&n=20&generations=2"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert f"world={kind} needs data of your own" in err
