"""What the pages of the article compute before they are complete, and the detectors of a text: `python -m benchmarks.article_engine`.

A page is opened without a browser and with empty shelves.  What is computed for a shelf counts, and nothing else: no drawing, no
words and no Streamlit.  All times are processor time of this process, so that a busy machine does not spoil them.
"""

import argparse
import logging
import sys
from collections.abc import Callable, Hashable
from pathlib import Path
from time import process_time
from typing import Any

from streamlit.testing.v1 import AppTest

from benchmarks.report import Line, Report, high, say
from collapse.detectors import Trial
from collapse.ui import shelf
from collapse.ui.book import lesson

ROOT = Path(__file__).parents[1]
PAGES = ("consequences", "prevention")
VIEW, ROC = 0.5, 1.0  # seconds: promised for what a page opens with, and for the characteristics of a text
PASSAGES = (10, 50, 200)


def computing(page: str, panel: str) -> float:
    """Seconds that the engine takes for a panel as it opens."""
    shelves = (shelf.RUNS, shelf.LIVES, shelf.NOTES, shelf.JUDGED)
    for each in shelves:
        each.content.clear()
    spent, depth = [0.0], [0]
    fetch = shelf.Shelf.fetch

    def watched(self: shelf.Shelf, question: Hashable, make: Callable[[], Any]) -> Any:
        def timed() -> Any:
            begun, outermost = process_time(), not depth[0]
            depth[0] += 1
            try:
                return make()
            finally:
                depth[0] -= 1
                spent[0] += (process_time() - begun) * outermost

        return fetch(self, question, timed)

    shelf.Shelf.fetch = watched  # type: ignore[method-assign]
    try:
        at = AppTest.from_file(ROOT / "app.py", default_timeout=120)
        at.query_params["panel"] = panel
        at.switch_page(f"pages/{page}.py").run()
    finally:
        shelf.Shelf.fetch = fetch  # type: ignore[method-assign]
    assert not at.exception, [e.value for e in at.exception]
    return spent[0]


def timed(work: Callable[[], object], repeats: int) -> list[float]:
    """Processor seconds of some work, again and again, after once to warm up."""
    found = []
    for _ in range(repeats + 1):
        begun = process_time()
        work()
        found.append(process_time() - begun)
    return found[1:]


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=7)
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)  # Streamlit's, about a script without a browser
    report = Report("What the pages of the article compute", {"repeats": asked.repeats, "times": "processor time"})
    for page in PAGES:
        for panel in lesson(page).desk.panels:  # type: ignore[attr-defined]
            say(f"{page}: {panel}")
            found = [computing(page, panel) for _ in range(asked.repeats + 1)][1:]
            report.add(
                Line(f"{page}, panel {panel}: engine", "s", found, (), f"at most {VIEW:g} s", high(found) <= VIEW)
            )
    for items in PASSAGES:
        found = timed(Trial(items=items).scores, asked.repeats)
        what = f"three detectors of passages of {items} characters, 5 generations"
        report.add(Line(what, "s", found, (), f"at most {ROC:g} s", high(found) <= ROC))
    trial = Trial()
    for name in trial.filters():
        report.add(Line(f"ten generations, {name}", "s", timed(lambda name=name: trial.filtered(name), 1)))  # type: ignore[misc]
    return report.finish(asked.json)


if __name__ == "__main__":
    sys.exit(main())
