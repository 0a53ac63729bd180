"""The page of digits in a real Chromium: `python -m benchmarks.digits_page`.

The first picture is a wall of generations that are still being trained: each visit brings a seed that nobody has trained before.
"""

import argparse
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.chromium import FLAGS, SIZE
from benchmarks.report import Line, Report, high, say
from benchmarks.servers import ours

FIRST = """() => { const seen = () => { const f = document.querySelector('figure[data-drawn]');
    f ? (window.firstDrawn = performance.now()) : requestAnimationFrame(seen); }; seen(); }"""
SCRUB = """() => { const scrub = document.querySelector('figure[data-key=wall] .mc-scrub'), taken = [];
  for (let k = 0; k < 60; k++) { const begun = performance.now(); scrub.value = k % (+scrub.max + 1);
    scrub.dispatchEvent(new Event('input')); document.body.getBoundingClientRect(); taken.push(performance.now() - begun); }
  return taken; }"""


def opened(browser: Browser, url: str, hero: str) -> tuple[Page, list[int]]:
    """A page that nobody has cached, settled, and the bytes that came over the wire: files as they were sent, and frames."""
    page, received = browser.new_context(viewport=SIZE).new_page(), []
    log = page.context.new_cdp_session(page)
    log.send("Network.enable")
    log.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    log.on("Network.webSocketFrameReceived", lambda event: received.append(len(event["response"]["payloadData"])))
    page.add_init_script(f"({FIRST})()")
    page.goto(url)
    page.locator(f"figure[data-key={hero}][data-drawn]").wait_for(timeout=60_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=60_000)
    page.wait_for_timeout(1500)  # charts in sight, scripts at leisure
    return page, received


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser, if it is not on the PATH")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    report = Report("The page of digits", {"repeats": asked.repeats})
    first, settled, more, shown = [], [], [], []
    with ours() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=FLAGS)
        for turn in range(asked.repeats + 1):  # the first warms up
            say(f"visit {turn}")
            home, usual = opened(browser, server.url, "narrowing")
            page, received = opened(browser, f"{server.url}digits?seed={1000 + turn}", "wall")
            if turn:
                first.append(page.evaluate("window.firstDrawn") / 1000)
                settled.append((page.evaluate("performance.now()") - 1500) / 1000)
                more.append((sum(received) - sum(usual)) / 1000)
                shown += page.evaluate(SCRUB)
            for seen in (home, page):
                seen.context.close()
        browser.close()
    report.add(
        Line("Link opened → first wall, while it is trained", "s", first, [], "at most 1 s", high(first) <= 1, "cold")
    )
    report.add(
        Line("Link opened → trained and settled", "s", settled, [], "at most 6 s", high(settled) <= 6, "4 × 20 models")
    )
    report.add(Line("Bytes beyond those of the home page", "kB", more, [], "at most 300 kB", high(more) <= 300, ""))
    report.add(Line("A generation is shown", "ms", shown, [], "at most 16 ms", high(shown) <= 16, "script and layout"))
    return report.finish(asked.json)


if __name__ == "__main__":
    sys.exit(main())
