"""Settings shared by all tests: property tests meet the same examples every time and keep no files."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile("lab", derandomize=True, database=None, deadline=None, max_examples=40)
settings.load_profile("lab")


MAIN = sys.modules["__main__"]


@pytest.fixture(autouse=True)
def _main() -> Iterator[None]:
    """`AppTest` leaves the page behind as `__main__`, also when it ran while tests were collected: a process that is started
    later would run it instead of its task."""
    sys.modules["__main__"] = MAIN
    yield
    sys.modules["__main__"] = MAIN
