"""Settings shared by all tests: property tests meet the same examples as long as nothing changes, and keep no files."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from collapse.threads import one_thread

settings.register_profile("lab", derandomize=True, database=None, deadline=None, max_examples=40)
settings.load_profile("lab")
one_thread()  # two workers on two cores would wait for each other's threads
os.environ["OPENBLAS_NUM_THREADS"] = "1"  # and so would the scripts that tests start


MAIN = sys.modules["__main__"]
HERE = Path(__file__).parent
QUICK = {  # files of `pytest -m quick`: the house, and one or more for each room, in less than a minute
    "test_packaging.py",
    *(
        f"engine/test_{name}.py"
        for name in (
            "architecture",
            "blocks",
            "compose",
            "data",
            "docstrings",
            "export",
            "narrow",
            "normals",
            "stages",
            "trajectory",
            "whitened",
            "words_in_code",
        )
    ),
    "figures/test_words.py",
    "ui/test_lessons.py",
}
LONG = {  # files with single tests of ten seconds and more: they begin
    "test_recipes.py",
    "test_installed.py",
    "engine/test_sweeps.py",
    "test_findings.py",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of quick files; put long ones first, so that no worker is left alone with one of them at the end."""
    files = {item: item.path.relative_to(HERE).as_posix() for item in items if item.path.is_relative_to(HERE)}
    for item, file in files.items():
        if file in QUICK:
            item.add_marker(pytest.mark.quick)
    items.sort(key=lambda item: files.get(item) not in LONG)


@pytest.fixture(autouse=True)
def _main() -> Iterator[None]:
    """`AppTest` leaves the page behind as `__main__`, also when it ran while tests were collected: a process that is started
    later would run it instead of its task."""
    sys.modules["__main__"] = MAIN
    yield
    sys.modules["__main__"] = MAIN
