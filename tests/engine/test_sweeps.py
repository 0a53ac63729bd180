"""Sweeps: a mistake is named by its line, a table says what runs say, and neither kills nor workers change a bit of it."""

import csv
import io
import os
import random
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, islice
from pathlib import Path

import numpy as np
import pytest
from scipy.special import digamma

import collapse
from collapse import Scenario, run
from collapse.__main__ import main
from collapse.bands import band
from collapse.patience import PATIENCE
from collapse.spreading import spread
from collapse.stages import EARLY, classify, typical_onset
from collapse.sweeps import GridError, read
from collapse.sweeps.command import Progress, answered
from collapse.sweeps.executors import Joblib, dask, processes

ROOT = Path(collapse.__file__).parent.parent
GRID = """
[scenario]
lineages = 40
generations = 25
policy = "mix"

[axes]
n = { from = 10, to = 1000, count = 5 }
"policy.synthetic" = [1.0, 0.9, 0.5]
seed = { from = 0, to = 3 }

[report]
metrics = ["variance"]
onsets = ["early", "late"]
"""
LONGER = GRID.replace("to = 3 ", "to = 23 ")
LAW = """
[scenario]
lineages = 4000
policy = "replace"
[axes]
n = [20, 50, 100]
generations = [3, 10, 30]
"""


def table_of(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "table.csv").read_text(encoding="utf-8").splitlines()))


def swept(tmp_path: Path, text: str, *options: str, name: str = "results") -> Path:
    """The folder of a sweep that the command line has made in this process."""
    grid = tmp_path / f"{name}.toml"
    grid.write_text(text, encoding="utf-8")
    assert main(["sweep", str(grid), "--out", str(tmp_path / name), "--workers", "1", *options]) == 0
    return tmp_path / name


@pytest.fixture(scope="module")
def gridded(tmp_path_factory) -> Path:
    """The folder of `GRID`."""
    return swept(tmp_path_factory.mktemp("gridded"), GRID)


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    """The folder of `LONGER`, whose sweep nobody has killed."""
    return swept(tmp_path_factory.mktemp("whole"), LONGER)


# ---- what the table says


def test_the_table_has_what_single_runs_say(gridded):
    rows = table_of(gridded)
    assert len(rows) == 5 * 3 * 4
    for row in rows[::7]:
        s = Scenario(n=int(row["n"]), lineages=40, generations=25, seed=int(row["seed"]))
        s = Scenario.from_query({"policy": "mix", "policy.synthetic": row["policy.synthetic"]}, s)
        found = run(s)
        last = found.measure("variance")[:, -1]
        assert float(row["variance.mean"]) == last.mean()
        assert float(row["variance.se"]) == pytest.approx(np.std(last, ddof=1) / np.sqrt(40), rel=1e-12)
        assert [float(row[f"variance.q{q}"]) for q in (0.05, 0.5, 0.95)] == band(last).tolist()
        assert float(row["onset.early"]) == typical_onset(classify(found), EARLY)
        assert row["note"] == ""
    assert [row["n"] for row in rows[:: 3 * 4]] == ["10", "32", "100", "316", "1000"], "evenly by ratio"


def test_the_mean_is_that_of_the_law(tmp_path):
    """E v_t = (1 − 1/n)^t, in nine scenarios within 4 of their standard errors (false alarms: 6e-4); that
    of twice as many examples does not hold."""
    off = []
    for row in table_of(swept(tmp_path, LAW)):
        n, t = int(row["n"]), int(row["generations"])
        mean, error = float(row["variance.mean"]), float(row["variance.se"])
        assert abs(mean - (1 - 1 / n) ** t) < 4 * error
        off.append(abs(mean - (1 - 1 / (2 * n)) ** t) / error)
    assert max(off) > 4, "a control that must fail"


def test_the_late_onset_is_where_the_mean_logarithm_says(tmp_path):
    """Without real data log v moves by E log(χ²/n) = ψ((n − 1)/2) + log 2 − log n in each generation, so half of the chains are below
    a tenth after 1 + log 0.1 / that; the median of 4000 chains is known to 0.3 generations, and the rule rounds up."""
    text = "[scenario]\nlineages = 4000\ngenerations = 60\n[axes]\nn = [20, 40]\n[report]\nonsets = ['late']\n"
    for row in table_of(swept(tmp_path, text)):
        n = int(row["n"])
        expected = 1 + np.log(0.1) / (digamma((n - 1) / 2) + np.log(2 / n))
        assert abs(float(row["onset.late"]) - (expected + 0.5)) < 0.5 + 4 * 0.3
        assert abs(float(row["onset.late"]) - n * np.log(10)) > 4, (
            "what 1/n a generation, the law of the mean, would give"
        )


def test_every_generation_is_a_row_if_that_is_wished(tmp_path):
    text = (
        LAW.replace("[3, 10, 30]", "[3]")
        + '[report]\ngenerations = "all"\nquantiles = [0.25]\nmetrics = ["w1", "variance"]\n'
    )
    rows = table_of(swept(tmp_path, text))
    assert [row["generation"] for row in rows] == list("0123") * 3
    assert {row["variance.mean"] for row in rows[::4]} == {"1.0"}
    assert list(rows[0])[:6] == ["scenario", "v", "lineages", "policy", "n", "generations"]
    assert list(rows[0])[7:] == [
        "w1.mean",
        "w1.se",
        "w1.q0.25",
        "variance.mean",
        "variance.se",
        "variance.q0.25",
        "note",
    ]


def test_what_is_refused_is_a_row_with_its_reason(tmp_path):
    text = """
[scenario]
generations = 2
lineages = 20
[[scenarios]]
world = "surnames"
[[scenarios]]
world = "surnames"
model = "categorical"
[[scenarios]]
n = 7
[[scenarios]]
n = 1_000_000
policy = "accumulate"
model = "kde"
lineages = 10_000
[report]
metrics = ["variance", "types"]
"""
    rows = table_of(swept(tmp_path, text))
    assert "model=gaussian cannot learn world=surnames" in rows[0]["note"]
    assert rows[0]["generation"] == rows[0]["types.mean"] == ""
    assert "variance cannot be measured here" in rows[1]["note"]
    assert float(rows[1]["types.mean"]) > 1
    assert rows[1]["variance.mean"] == ""
    assert (rows[2]["world"], rows[2]["n"], rows[1]["n"]) == ("normal", "7", "100"), "what is by default is said, too"
    assert f"more than {PATIENCE:,}" in rows[3]["note"]


WRONG = {
    "[axes\nn = 3": (1, "this is not TOML"),
    '[scenario]\npolicy = "mix"\npolicy.synthetic = 0.9': (3, "quotation marks"),
    "[axis]\nn = [3]": (1, "'axis' is not known: the tables are scenario"),
    "# a comment\n[scenario]\n\nlineage = 3": (4, "'lineage' (='3') is not a known key"),
    "[scenario]\nlineages = 3\n[axes]\nseed = [1]\nn = [10, 1, 20]": (
        5,
        "n='1' is not possible: give a whole number from 2",
    ),
    '[axes]\n"policy.synthetic" = [0.5]': (2, "policy.synthetic"),
    '[axes]\npolicy = ["mix", "replace"]\n"policy.synthetic" = [0.5, 1.5]': (
        3,
        "policy.synthetic='1.5' is not possible",
    ),
    "[axes]\nn = 10": (2, "give a list, or a range"),
    "[axes]\nn = { from = 20, to = 10, count = 3 }": (2, "with the lower end first"),
    "[axes]\nn = [10, 10]": (2, "n=10 is on its axis twice"),
    "[scenario]\nn = 10\n[axes]\nn = [10]": (4, "n is on an axis and is set elsewhere"),
    "[axes]\nseed = { from = 0, to = 99_999 }\nn = { from = 10, to = 9999 }": (1, "at most 100,000,000 scenarios"),
    "[[scenarios]]\nn = 10\n[[scenarios]]\nseed = 3\nn = true": (5, "n='True' is not possible: give one number"),
    '[[scenarios]]\nn = 10\n[[scenarios]]\nworld = "mars"': (4, "world='mars' is not known: choose"),
    '[report]\nmetrics = [\n"beauty"]': (2, "metrics=\"['beauty']\" is not possible: give a list of variance"),
    "[report]\nquantiles = [5]": (2, "numbers between 0 and 1"),
    '[report]\ngenerations = "some"': (2, 'generations are "last", "all"'),
    '[report]\nonset = ["early"]': (2, "'onset' is not known"),
    "[stage]\nlate = 7": (2, "late='7' is not possible"),
    "report = 3": (1, "report is a table"),
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text.replace("\n", " ")[:40])
def test_a_mistake_is_named_by_its_line_before_anything_runs(text, tmp_path, capsys):
    line, why = WRONG[text]
    with pytest.raises(GridError, match=r"^line ") as caught:
        read(text)
    assert str(caught.value).startswith(f"line {line}: ")
    assert why in str(caught.value)
    (tmp_path / "grid.toml").write_text(text)
    assert main(["sweep", str(tmp_path / "grid.toml"), "--out", str(tmp_path / "results")]) == 2
    assert capsys.readouterr().err == f"collapse: {caught.value}\n"
    assert not (tmp_path / "results").exists()


def test_every_point_of_a_grid_is_there_once():
    grid = read(GRID + '[[scenarios]]\ndecoder = "sampling"\n[[scenarios]]\n"decoder.temperature" = 0.9\n')
    points = [tuple(point.items()) for _, point in grid.points()]
    assert len(points) == len(set(points)) == len(grid) == 2 * 60
    assert grid.point(61)["seed"] == "1"
    assert grid.digest == read("# other words\n" + grid.text).digest != read(grid.text.replace("0.9", "0.8")).digest


def test_a_folder_holds_one_question(tmp_path, capsys):
    text = LAW.replace("4000", "40")
    folder = swept(tmp_path, text)
    before = (folder / "table.csv").read_bytes()
    assert swept(tmp_path, text) == folder, "a second time there is nothing to do"
    (tmp_path / "other.toml").write_text(GRID)
    assert main(["sweep", str(tmp_path / "other.toml"), "--out", str(folder)]) == 2
    assert "has the results of another grid" in capsys.readouterr().err
    assert (folder / "table.csv").read_bytes() == before
    assert sorted(p.name for p in folder.iterdir()) == ["grid.toml", "lock", "provenance.json", "table.csv"]


def test_parquet_has_the_same_rows(tmp_path):
    pandas = pytest.importorskip("pandas")
    text = (
        GRID.replace('policy = "mix"\n', "").replace("count = 5", "count = 2")
        + '[[scenarios]]\npolicy = "mix"\n[[scenarios]]\npolicy = "mix"\nmodel = "categorical"\n'
    )
    one = pandas.read_csv(swept(tmp_path, text) / "table.csv")
    other = pandas.read_parquet(swept(tmp_path, text, "--format", "parquet", name="parquet") / "table.parquet")
    assert list(one) == list(other)
    assert one["note"].notna().sum() == 24
    for column in set(one) - {"v"}:
        assert one[column].astype(object).fillna("").tolist() == other[column].astype(object).fillna("").tolist()


# ---- kills

DRIVER = """
import sys
from collapse.sweeps import command
from collapse.__main__ import main
command.OFTEN = 0.01
if __name__ == "__main__":
    sys.exit(main(["sweep", *sys.argv[1:]]))
"""


def begun(tmp_path: Path, folder: Path, *options: str) -> "subprocess.Popen[bytes]":
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    return subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "results.toml"), "--out", str(folder), "--workers", "2", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )


def done(folder: Path) -> int:
    """How many scenarios are in whole parts."""
    return max((int(p.stem.split("-")[1]) for p in (folder / "parts").glob("*.csv")), default=0)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    return [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]


@pytest.mark.parametrize("scheduler", [(), ("--scheduler", "local")], ids=["pool", "dask"])
def test_a_sweep_that_is_killed_at_random_moments_is_the_same_to_the_bit(scheduler, whole, tmp_path):
    (tmp_path / "results.toml").write_text(LONGER)
    folder, rng, kills, reached, orphans = tmp_path / "killed", random.Random(16), 0, [0], []
    while kills < (1 if scheduler else 2):  # what goes on where is the same, whoever computes
        with begun(tmp_path, folder, *scheduler) as process:
            until = reached[-1] + rng.randrange(1, 100)
            while done(folder) < until:
                assert process.poll() is None, process.stderr.read()
                time.sleep(0.001)
            time.sleep(rng.random() / 20)
            orphans += children(process.pid)
            process.send_signal(signal.SIGKILL)
            process.wait()
        reached.append(done(folder))
        assert reached[-1] >= reached[-2] > -1
        kills += 1
    assert reached == sorted({*reached}), "gone on from where it was killed"
    assert reached[1] > 0
    assert reached[-1] < 360, "and killed in the middle"
    with begun(tmp_path, folder, *scheduler) as process:
        said = process.stderr.read().decode()
        assert process.wait() == 0
    assert f"going on after {reached[-1]} of 360 scenarios" in said
    assert (folder / "table.csv").read_bytes() == (whole / "table.csv").read_bytes()
    end = time.monotonic() + 20
    while any(map(alive, orphans)) and time.monotonic() < end:
        time.sleep(0.1)
    assert orphans
    assert not any(map(alive, orphans)), "workers end with whom they worked for"


def test_two_cannot_write_into_one_folder(tmp_path, capsys):
    folder = swept(tmp_path, LAW.replace("4000", "40"))
    fcntl = pytest.importorskip("fcntl")
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert main(["sweep", str(tmp_path / "results.toml"), "--out", str(folder)]) == 2
    assert "another process writes into" in capsys.readouterr().err


# ---- executors


def work_of(text: str):
    grid = read(text)
    return partial(answered, grid.report, grid.keys), grid


def test_any_executor_gives_the_same_to_the_bit():
    work, grid = work_of(GRID)
    alone = list(spread(work, grid.points()))
    with processes(2) as pool:
        assert list(spread(work, grid.points(), pool, chunk=7)) == alone
    assert list(spread(work, grid.points(), Joblib(2, round=3), chunk=7)) == alone


@pytest.mark.filterwarnings("default")
def test_a_worker_of_dask_may_die(gridded, tmp_path):
    """Two worker processes, of which one is killed in the middle; Dask gives what it had to the other."""
    work, grid = work_of(GRID.replace("to = 3 ", "to = 11 "))
    alone = list(spread(work, grid.points()))
    with dask(workers=2) as cluster:
        client = cluster.client
        pids = list(client.run(os.getpid).values())
        assert len(set(pids)) == 2
        assert list(client.run(_threads).values()) == ["1", "1"]
        stream, found = spread(work, grid.points(), cluster, chunk=5, window=16), []
        for number, answer in enumerate(stream):
            found.append(answer)
            if number == 40:
                os.kill(pids[0], signal.SIGKILL)
        assert found == alone
        address = client.scheduler.address
        folder = swept(tmp_path, GRID, "--scheduler", address)
    assert (folder / "table.csv").read_bytes() == (gridded / "table.csv").read_bytes()


def _threads() -> str:
    return os.environ["OPENBLAS_NUM_THREADS"]


def test_only_a_window_of_tasks_is_on_the_way():
    """Endless tasks; what is asked for and not yet taken never exceeds the window, however slow the taker is."""
    asked, most, lock = [0], [0], threading.Lock()
    taken = 0

    def work(task: int) -> int:
        with lock:
            asked[0] += 1
            most[0] = max(most[0], asked[0] - taken)
        return task * task

    with ThreadPoolExecutor(4) as threads:
        stream = spread(work, count(), threads, chunk=3, window=5)
        for number, found in enumerate(islice(stream, 200)):
            assert found == number**2
            taken = number + 1
            time.sleep(0.0002)
        stream.close()
    assert 3 < most[0] <= 3 * (5 + 1)


def test_an_error_stands_where_its_result_would():
    with ThreadPoolExecutor(2) as threads:
        stream = spread(lambda x: 1 / x, [1, 2, 0, 3], threads)
        assert [next(stream), next(stream)] == [1, 0.5]
        with pytest.raises(ZeroDivisionError):
            next(stream)
    with pytest.raises(ValueError, match="both are at least 1"):
        next(spread(abs, [1], chunk=0))


def test_progress_says_how_far_and_how_long(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("collapse.sweeps.command.monotonic", lambda: now[0])
    out = io.StringIO()
    progress = Progress(10_000, 1_000, out)
    for _ in range(1_500):
        now[0] += 0.1
        progress.step(refused=False)
    assert "going on after 1,000 of 10,000 scenarios\n" in out.getvalue()
    assert progress.line() == "2,500 of 10,000 scenarios (25%), 10 a second, about 12 minutes left"
    assert out.getvalue().count("\n") < 20


def test_workers_that_are_gone_are_said_in_a_sentence(gridded, tmp_path, capsys, monkeypatch):
    """A process of the pool that dies breaks the pool: the parts stay, and the same command goes on from there."""
    whole = (gridded / "table.csv").read_bytes()
    monkeypatch.setattr("collapse.sweeps.command.OFTEN", 0.0)
    seen = Progress.step

    def killing(self: Progress, refused: bool) -> None:
        seen(self, refused)
        if self.done == 20:
            os.kill(next(pid for pid in children(os.getpid()) if "spawn_main" in command_of(pid)), signal.SIGKILL)
            time.sleep(0.5)

    monkeypatch.setattr(Progress, "step", killing)
    (tmp_path / "grid.toml").write_text(GRID)
    line = ["sweep", str(tmp_path / "grid.toml"), "--out", str(tmp_path / "broken"), "--workers", "2", "--window", "1"]
    assert main(line) == 1
    assert "the same command goes on from where it was" in capsys.readouterr().err
    assert 20 <= done(tmp_path / "broken") < 60
    monkeypatch.setattr(Progress, "step", seen)
    assert main(line) == 0
    assert (tmp_path / "broken" / "table.csv").read_bytes() == whole


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text()
