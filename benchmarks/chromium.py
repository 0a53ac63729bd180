"""A real Chromium with `probe.js` in every page, and what all measurements in it share."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Page, Playwright

PROBE = Path(__file__).parent / "probe.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
SIZE = {"width": 1280, "height": 900}
READY = "[data-testid=stApp][data-test-script-state=notRunning]"
SLIDER = {"ours": ".st-key-home_n input[type=range]", "bare": ".stSlider input[type=range]"}
SIDES = ("ours", "bare")
PATIENCE = 60.0  # s


@asynccontextmanager
async def browsers(playwright: Playwright, path: str | None) -> AsyncIterator[dict[str, Browser]]:
    """A browser for each side, so that neither page is ever in the background."""
    async with AsyncExitStack() as stack:
        pair = {side: await playwright.chromium.launch(executable_path=path, args=FLAGS) for side in SIDES}
        for browser in pair.values():
            await stack.enter_async_context(browser)
        yield pair


async def blank(browser: Browser) -> Page:
    """An empty page with the probe, in a context of its own: nothing is cached."""
    page = await (await browser.new_context(viewport=SIZE)).new_page()
    await page.add_init_script(path=PROBE)
    return page


async def visit(browser: Browser, url: str) -> Page:
    """The page, with its first picture drawn and its script at rest."""
    page = await blank(browser)
    await page.goto(url, wait_until="commit")
    await until(page, "probe.first !== null")
    await page.wait_for_selector(READY)
    return page


async def until(page: Page, true: str) -> None:
    """Ask now and then: our content security policy forbids the page to evaluate a condition by itself."""
    end = time.monotonic() + PATIENCE
    while not await page.evaluate(true):
        if time.monotonic() > end:
            raise TimeoutError(f"{page.url}: {true} did not come true within {PATIENCE:.0f} s")
        await asyncio.sleep(0.05)


def turns(repeats: int) -> list[list[str]]:
    """Who goes first, at random but the same in every run; the first turn warms up and is not counted."""
    rng = random.Random(0)
    return [rng.sample(SIDES, 2) for _ in range(repeats + 1)]


def samples() -> dict[str, list[float]]:
    """Somewhere to put what each side needed."""
    return {side: [] for side in SIDES}
