"""What a visitor waits for, ours beside the bare page, in a real Chromium: `python -m benchmarks.browser`.

Both pages are served from this machine and take turns.  All times are the page's own clock: `probe.js` watches the document
and every open shadow root, from the event that the visitor causes to the last change that it brings about.  Browser, both
servers and this script share the processors, and Chromium draws in software: real visitors wait less.
"""

import argparse
import asyncio
import base64
import random
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from benchmarks import servers
from benchmarks.chromium import SIZE, SLIDER, blank, browsers, samples, turns, until, visit
from benchmarks.dragging import drag
from benchmarks.report import Line, Report, middle, say

QUIET = 400  # ms without any change: the page has settled
TALL = 2400  # px


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=30)
    parser.add_argument("--only", choices=tuple(PARTS), action="append", help="may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument(
        "--chromium", default=shutil.which("chromium") or shutil.which("google-chrome"), help="path of the browser"
    )
    parser.add_argument("--root", type=Path, default=servers.ROOT, help="another checkout to measure")
    return asyncio.run(measured(parser.parse_args()))


async def measured(asked: argparse.Namespace) -> int:
    report = Report("In the browser, beside the bare page", {"repeats": asked.repeats})
    with servers.ours(root=asked.root) as ours, servers.bare() as bare:
        urls = {"ours": ours.url, "bare": bare.url}
        async with async_playwright() as playwright:
            for name in asked.only or PARTS:
                say(name)
                async with browsers(playwright, asked.chromium) as pair:
                    report.settings["Chromium"] = pair["ours"].version
                    await PARTS[name](report, pair, urls, asked.repeats)
    return report.finish(asked.json)


async def press(report: Report, pair: dict[str, Browser], urls: dict[str, str], repeats: int) -> None:
    """A key on the slider, in a window of the usual size, and in one so tall that every chart of the page is in sight."""
    await pressed(report, pair, urls, repeats, None)
    await pressed(report, pair, urls, repeats, TALL)


async def pressed(
    report: Report, pair: dict[str, Browser], urls: dict[str, str], repeats: int, height: int | None
) -> None:
    """Which charts the key redraws is found out first: those that are out of sight wait until they are not."""
    pages = {side: await visit(pair[side], url) for side, url in urls.items()}
    for side, page in pages.items():
        if height:
            await page.set_viewport_size({"width": SIZE["width"], "height": height})
        await asyncio.sleep(2)
        await one_key(page, side)
        await asyncio.sleep(3)
        await page.evaluate("probe.need = probe.drew()")
    need = await pages["ours"].evaluate("probe.need")
    settled, drawn, first = samples(), samples(), samples()
    rng = random.Random(1)
    for order in turns(repeats):
        for side in order:
            await asyncio.sleep(rng.uniform(0.2, 0.5))
            await one_key(pages[side], side)
            await until(pages[side], f"probe.quiet({QUIET})")
            found = await pages[side].evaluate("probe.told()")
            for values, name in ((settled, "settled"), (drawn, "drawn"), (first, "first")):
                values[side].append(found[name] / 1000)
    for what, values in (
        ("settled page", settled),
        ("every chart drawn, script at rest", drawn),
        ("first new chart", first),
    ):
        ours, bare = values["ours"][1:], values["bare"][1:]
        line = Line(f"slider key press → {what}{', tall window' if height else ''}", "s", ours, bare)
        if values is settled:
            if not height:
                line.target, line.met = "no slower", middle(ours) <= middle(bare)
            line.note = (
                f"the last change of the document; in sight ours redraws {', '.join(need)}, the bare page its line"
            )
        report.add(line)


async def one_key(page: Page, side: str) -> None:
    """One step to the right; at the end it turns round."""
    slider = page.locator(SLIDER[side])
    low, now, top = [float(await slider.evaluate(f"e => e.{name}")) for name in ("min", "value", "max")]
    before = await page.evaluate("probe.way ?? 'ArrowRight'")
    way = "ArrowLeft" if now >= top else "ArrowRight" if now <= low else before
    await page.evaluate(f"void (probe.way = {way!r})")
    await slider.focus()
    await page.keyboard.press(way)


async def load(report: Report, pair: dict[str, Browser], urls: dict[str, str], repeats: int) -> None:
    """A first visit; the warm-up is for the servers, every browser context starts empty."""
    first = samples()
    for order in turns(repeats):
        for side in order:
            page = await visit(pair[side], urls[side])
            first[side].append(await page.evaluate("probe.first") / 1000)
            await page.context.close()
    ours, bare = first["ours"][1:], first["bare"][1:]
    met = middle(ours) <= middle(bare)
    report.add(Line("first visit: navigation → first chart, empty cache", "s", ours, bare, "no slower", met))


async def weigh(report: Report, pair: dict[str, Browser], urls: dict[str, str], repeats: int) -> None:
    """Bytes of a first visit; few repeats, because they hardly vary."""
    total, requests = samples(), samples()
    for order in turns(min(repeats, 3)):
        for side in order:
            size, count = await bytes_of(pair[side], urls[side])
            total[side].append(size / 1e6)
            requests[side].append(count)
    ours, bare = total["ours"][1:], total["bare"][1:]
    report.add(
        Line(
            "first visit: bytes on the wire",
            "MB",
            ours,
            bare,
            "at most half",
            middle(bare) >= 2 * middle(ours),
            "files as sent, compressed or not; websocket frames as unpacked; until nothing has come for 3 s",
        )
    )
    report.add(Line("first visit: requests", "", requests["ours"][1:], requests["bare"][1:]))


async def bytes_of(browser: Browser, url: str) -> tuple[float, int]:
    """(bytes, requests) of a first visit, by the browser's own count."""
    page = await blank(browser)
    wire = await page.context.new_cdp_session(page)
    sizes: list[float] = []
    frames: list[float] = []

    def frame(event: dict[str, Any]) -> None:
        body = event["response"]["payloadData"]
        frames.append(len(base64.b64decode(body)) if event["response"]["opcode"] == 2 else len(body))

    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived", frame)
    wire.on("Network.webSocketFrameSent", frame)
    await wire.send("Network.enable")
    await page.goto(url, wait_until="commit")
    await until(page, "probe.first !== null")
    before = -1
    while before != len(sizes) + len(frames):
        before = len(sizes) + len(frames)
        await asyncio.sleep(3)
    await page.context.close()
    return sum(sizes) + sum(frames), len(sizes)


PARTS: dict[str, Callable[..., Any]] = {"press": press, "load": load, "bytes": weigh, "drag": drag}

if __name__ == "__main__":
    sys.exit(main())
