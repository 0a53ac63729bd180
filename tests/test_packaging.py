"""What is said in two places is the same in both."""

import re
import tomllib
from pathlib import Path

import pytest

import collapse
from collapse.ui.path import citation

from .conftest import QUICK

ROOT = Path(collapse.__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def listed(name: str) -> set[str]:
    """The requirements of a file, without comments and the files that it includes."""
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return {line for line in lines if line and not line.startswith("-")}


def test_the_same_ranges_whichever_way_it_is_installed() -> None:
    project = PROJECT["project"]
    assert listed("requirements.txt") == {*project["dependencies"], *project["optional-dependencies"]["app"]}
    assert all(re.search(r">=.*<", requirement) for requirement in listed("requirements.txt")), "a floor and a ceiling"


def test_the_version_is_said_once() -> None:
    assert "version" not in PROJECT["project"]
    assert PROJECT["tool"]["hatch"]["version"] == {"path": "collapse/__init__.py"}
    assert citation()["version"] == collapse.__version__, "who cites it"
    released = re.findall(r"^## (\d+\.\d+\.\d+) ", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert released[0] == collapse.__version__, "the newest release of the change log"


def test_every_quick_file_is_there() -> None:
    assert all((ROOT / "tests" / name).is_file() for name in QUICK)


@pytest.mark.parametrize("path", ["README.md", "asgi.py", "docs/performance.md", "docs/hosting.md"])
def test_nobody_is_advised_to_run_several_workers(path: str) -> None:
    assert not re.search(r"uvicorn [^`]*--workers [2-9]", (ROOT / path).read_text(encoding="utf-8"))
