"""`python -m pytest -p tests.cost …` says what the tests cost: processor time by function, and by page.

Wall times of a machine that has something else to do, or of two workers side by side, say little.
"""

import resource
from collections import Counter

import pytest

SHOWN = 25
STARTED = pytest.StashKey[float]()
FUNCTIONS: Counter[str] = Counter()
PAGES: Counter[str] = Counter()


def spent() -> float:
    """Seconds of processor time so far."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(part.ru_utime + part.ru_stime for part in used)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> object:
    item.stash[STARTED] = spent()
    return (yield)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> object:
    try:
        return (yield)
    finally:
        page = getattr(item, "callspec", None) and item.callspec.params.get("page")  # type: ignore[attr-defined]
        item.user_properties.append(("cost", (spent() - item.stash[STARTED], page)))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    for seconds, page in (
        value for name, value in report.user_properties if name == "cost" and report.when == "teardown"
    ):
        FUNCTIONS[report.nodeid.partition("[")[0]] += seconds
        if isinstance(page, str):
            PAGES[page] += seconds


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    terminalreporter.section(f"processor time: {sum(FUNCTIONS.values()):.0f} s")
    for counted in (FUNCTIONS, PAGES):
        for name, seconds in counted.most_common(SHOWN):
            terminalreporter.line(f"{seconds:8.2f} s  {name}")
