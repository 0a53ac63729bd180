"""The pages of the article in a real Chromium, beside the home page: `python -m benchmarks.article_pages`.

Each visit has an empty cache and a seed that nobody has asked for before, and the pages take turns.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from benchmarks.chromium import FLAGS
from benchmarks.digits_page import opened
from benchmarks.report import Line, Report, middle, say
from benchmarks.servers import ours

HEROES = {"what": "loop", "causes": "narrowing", "signs": "alarms"}
SLOWER = 1.15  # times the first picture of the home page: as fast, but for what two visits in a row differ by


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser, if it is not on the PATH")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    report = Report("The pages of the article, beside the home page", {"repeats": asked.repeats})
    first: dict[str, list[float]] = {page: [] for page in ("home", *HEROES)}
    settled: dict[str, list[float]] = {page: [] for page in first}
    with ours() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=FLAGS)
        for turn in range(asked.repeats + 1):  # the first warms up
            say(f"visit {turn}")
            for page in first:
                address = "" if page == "home" else page
                seen, _ = opened(browser, f"{server.url}{address}?seed={1000 + turn}", HEROES.get(page, "narrowing"))
                if turn:
                    first[page].append(seen.evaluate("window.firstDrawn") / 1000)
                    settled[page].append((seen.evaluate("performance.now()") - 1500) / 1000)
                seen.context.close()
        browser.close()
    for page in HEROES:
        met = middle(first[page]) <= SLOWER * middle(first["home"])
        what = f"{page}: link opened → first picture"
        report.add(Line(what, "s", first[page], first["home"], "as fast as home", met, "beside it: the home page"))
        report.add(Line(f"{page}: link opened → settled", "s", settled[page], settled["home"]))
    return report.finish(asked.json)


if __name__ == "__main__":
    sys.exit(main())
