"""The wheel, installed in a folder of its own and used from another one: nothing of the repository is in reach."""

import os
import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
import websockets.sync.client
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

import collapse
from collapse.ui.book import THERE

from .browser.conftest import free_port
from .pages.harness import SMALL

ROOT = Path(collapse.__file__).parent.parent
PAGES = [name for names in THERE.values() for name in names]
# Nothing but NumPy, SciPy and the package itself can be imported of what is installed.
BARE = """
import sys
from importlib.metadata import packages_distributions
kept = {name for name, owners in packages_distributions().items() if {"numpy", "scipy", "model-collapse-lab"} & set(owners)}
sys.modules |= dict.fromkeys(set(packages_distributions()) - kept)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel of this repository in it, as pip unpacks it."""
    wheels, home = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", wheels, ROOT], check=True)
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", home, *wheels.iterdir()], check=True)
    return home


def there(home: Path) -> dict[str, str]:
    """The environment of somebody who has installed it there."""
    return {k: v for k, v in os.environ.items() if not k.startswith("STREAMLIT_")} | {"PYTHONPATH": str(home)}


def python(home: Path, script: str, elsewhere: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-c", script], cwd=elsewhere, env=there(home), capture_output=True, text=True, check=False
    )


@contextmanager
def opened(home: Path, elsewhere: Path) -> Iterator[int]:
    """The command as a visitor's own computer runs it, without a window; its port."""
    port = free_port()
    command = [home / "bin" / "model-collapse-lab", "--server.headless", "true", "--server.address", "127.0.0.1"]
    with (elsewhere / "log").open("w") as log:
        server = subprocess.Popen(
            [*command, "--server.port", str(port)], cwd=elsewhere, env=there(home), stdout=log, stderr=log
        )
    try:
        for _ in range(300):
            assert server.poll() is None, (elsewhere / "log").read_text()
            try:
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except (URLError, OSError):
                time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def visit(port: int, page: str, query: str) -> list[ForwardMsg]:
    """Everything that the server says to a visitor of a page, until its script has ended."""
    again = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with websockets.sync.client.connect(
        address, subprotocols=["streamlit"], origin=f"http://127.0.0.1:{port}", max_size=None
    ) as socket:
        asked = BackMsg()
        asked.rerun_script.page_name, asked.rerun_script.query_string = page, query
        socket.send(asked.SerializeToString())
        told: list[ForwardMsg] = []
        while not told or told[-1].WhichOneof("type") != "script_finished" or told[-1].script_finished == again:
            told.append(ForwardMsg.FromString(socket.recv(60)))
    return told


def test_the_command_opens_every_page_from_any_folder(installed: Path, tmp_path: Path) -> None:
    with opened(installed, tmp_path) as port:
        for page in PAGES:
            html = urlopen(f"http://127.0.0.1:{port}/{'' if page == PAGES[0] else page}").read().decode()
            assert '<div id="first">' in html, "the first paint of our own server"
            query = "&".join(f"{key}={value}" for key, value in SMALL.get(page, {}).items())
            told = visit(port, "" if page == PAGES[0] else page, query)
            elements = [m.delta.new_element for m in told if m.WhichOneof("type") == "delta"]
            kinds = [element.WhichOneof("type") for element in elements]
            assert "exception" not in kinds, page
            assert "heading" in kinds, f"{page} has no title"
            drawn = [e.bidi_component.component_name for e in elements if e.WhichOneof("type") == "bidi_component"]
            assert "collapse_chart" in drawn or page == "glossary", page
            config = next(m.new_session.config for m in told if m.WhichOneof("type") == "new_session")
            assert not config.gather_usage_stats, "the configuration came along"


def test_the_engine_needs_numpy_and_scipy_only(installed: Path, tmp_path: Path) -> None:
    ran = "from collapse import Scenario, run; print(run(Scenario(n=20, generations=5)).measure('variance').shape[1])"
    done = python(installed, BARE + ran, tmp_path)
    assert (done.stdout.strip(), done.stderr) == ("6", "")
    line = "import runpy; sys.argv = ['collapse', 'run', 'n=20&generations=5']; runpy.run_module('collapse', run_name='__main__')"
    assert len(python(installed, BARE + line, tmp_path).stdout.splitlines()) > 5
    done = python(installed, BARE + "from collapse.ui.site import main; main()", tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert 'install "model-collapse-lab[app]"' in done.stderr
    assert "Traceback" not in done.stderr
    assert "import of streamlit halted" in python(installed, BARE + "import collapse.ui.book", tmp_path).stderr, (
        "control"
    )


def test_the_metadata_is_whole(installed: Path) -> None:
    told = next(installed.glob("*.dist-info/METADATA")).read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Version: {collapse.__version__}\n" in told
    assert "License-Expression: MIT\n" in told
    plain = re.findall(r"^Requires-Dist: (\w+)[^;\n]*$", told, re.MULTILINE)
    assert sorted(plain) == ["numpy", "scipy"], "whatever else is an extra"
    assert set(re.findall(r"^Provides-Extra: (\w+)$", told, re.MULTILINE)) == set(project["optional-dependencies"])
    assert (installed / "collapse" / "py.typed").is_file()
    for file in project["license-files"]:
        assert list(installed.glob(f"*.dist-info/**/{file}")), file


def test_what_the_repository_has_at_its_top_is_in_the_wheel(installed: Path) -> None:
    """And nothing else is beside the package that might hide somebody's own `app` or `pages`."""
    site = installed / "collapse" / "site"
    for name in (
        "app.py",
        "LICENSE",
        "CITATION.cff",
        ".streamlit/config.toml",
        *(f"pages/{page}.py" for page in PAGES),
    ):
        assert (site / name).read_bytes() == (ROOT / name).read_bytes()
    assert {p.name for p in installed.iterdir() if p.suffix != ".dist-info"} == {"collapse", "bin"}
