"""A first visit on a slow line, ours beside the bare page: `python -m benchmarks.slow_line`.

1.6 Mbit/s each way, 300 ms of delay, a processor four times as slow, an empty cache: Chromium's own emulation of the network and of
the processor.  *Something to read* is the first contentful paint; *first chart* as in `benchmarks.browser`.
"""

import argparse
import asyncio
import shutil
import sys
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, async_playwright

from benchmarks import chromium, servers
from benchmarks.chromium import blank, browsers, samples, turns, until
from benchmarks.report import Line, Report, middle, say

SPEED = 1.6e6 / 8  # bytes a second
LINE = {"offline": False, "latency": 300, "downloadThroughput": SPEED, "uploadThroughput": SPEED}
SLOWER = 4
READ, CHART = 1.5, 8.0  # s, at most
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--page", default="", help="a page of ours instead of the first one")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser, if it is not on the PATH")
    parser.add_argument("--root", type=Path, default=servers.ROOT, help="another checkout to measure")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return asyncio.run(measured(parser.parse_args()))


async def measured(asked: argparse.Namespace) -> int:
    report = Report("A slow line: 1.6 Mbit/s, 300 ms, processor ÷ 4", {"repeats": asked.repeats})
    read, chart, weight = samples(), samples(), samples()
    with servers.ours(root=asked.root) as ours, servers.bare() as bare:
        urls = {"ours": ours.url + asked.page, "bare": bare.url}
        async with async_playwright() as playwright, browsers(playwright, asked.chromium) as pair:
            for number, order in enumerate(turns(asked.repeats)):
                say(f"visit {number}")
                for side in order:
                    seen = await visit(pair[side], urls[side])
                    for values, value in zip((read, chart, weight), seen, strict=True):
                        values[side].append(value)
    for what, unit, values, most in (
        ("something to read", "s", read, READ),
        ("first chart", "s", chart, CHART),
        ("bytes before the first chart", "MB", weight, None),
    ):
        ours, bare = values["ours"][1:], values["bare"][1:]
        target = f"at most {most:g} s, or the bare page's" if most else ""
        met = middle(ours) <= max(most, middle(bare)) if most else None
        report.add(
            Line(f"slow line: navigation → {what}" if most else f"slow line: {what}", unit, ours, bare, target, met)
        )
    return report.finish(asked.json)


async def visit(browser: Browser, url: str) -> tuple[float, float, float]:
    """(first contentful paint, first chart, megabytes till then) of a first visit."""
    page = await blank(browser)
    wire = await page.context.new_cdp_session(page)
    sizes: list[float] = []

    def loaded(event: dict[str, Any]) -> None:
        sizes.append(event["encodedDataLength"])

    wire.on("Network.loadingFinished", loaded)
    await wire.send("Network.enable")
    await wire.send("Network.emulateNetworkConditions", LINE)
    await wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    await page.goto(url, wait_until="commit")
    await until(page, "probe.first !== null")
    seen = await page.evaluate(PAINT) / 1000, await page.evaluate("probe.first") / 1000, sum(sizes) / 1e6
    await page.context.close()
    return seen


if __name__ == "__main__":
    chromium.PATIENCE = 180.0
    sys.exit(main())
