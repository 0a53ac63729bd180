"""A real Chromium in front of a real server, and a visitor who notices everything that goes wrong.

Without a Chromium these tests are skipped; under `CI=true` that is a failure. `LAB_URL` names a server that is running already.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Playwright,
    Request,
    WebSocket,
    sync_playwright,
)

from collapse.ui.book import BOOK

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PAGES = [name for names in BOOK.values() for name in names]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
PATIENCE = 30_000  # ms
QUIET = "[data-testid=stApp][data-test-connection-state=CONNECTED][data-test-script-state=notRunning]"
# Settled: nothing runs, every chart is drawn, and for CALM milliseconds none of this has changed.
CALM = 250
SETTLED = """([quiet, least, calm]) => {
  const all = [...document.querySelectorAll("figure:is(.mc-chart, .mr-reader)")];
  const drawn = document.querySelector(quiet) && all.length >= least && all.every(c => c.dataset.drawn);
  const now = drawn ? location.search + all.map(c => c.dataset.key + c.dataset.drawn) : "";
  if (!now || now !== window.settledAs) { window.settledAs = now; window.settledAt = performance.now(); }
  return now && performance.now() - window.settledAt > calm; }"""
# The page is no wider than the window.  What scrolls is not the window but Streamlit's main part, or the still page before it: what
# is too wide overflows there, and the window knows nothing of it.
FITS = """() => [...document.querySelectorAll("html, #first, [data-testid=stMain]")].every(e => e.scrollWidth <= e.clientWidth)"""

# No transition or animation that ends is under way, and none was 100 milliseconds ago.
STILL = """() => {
  const moving = document.getAnimations().some(a => a.playState === "running" && a.effect.getComputedTiming().endTime !== Infinity);
  if (moving) window.stillSince = undefined; else window.stillSince ??= performance.now();
  if (performance.now() - window.stillSince < 100 || moving) return false;
  window.stillSince = undefined;
  return true; }"""

# Pictures in which nobody sees anything: no line, dot, bar, word or image in the plot; where there is no plot, no mark of its own.
BLANK = """() => {
  const large = e => { const { width, height } = e.getBoundingClientRect(); return width > 0 || height > 0; };
  const ink = c => c.getContext("2d").getImageData(0, 0, c.width, c.height).data.some((v, i) => i % 4 === 3 && v);
  const goesOn = e => [...e.childNodes].some(part => part.className !== "mr-opening" && part.textContent.trim());
  const seen = e => large(e) && (e.tagName !== "CANVAS" || ink(e)) && (e.className !== "mr-text" || goesOn(e));
  const marks = { "mc-chart": ".cartesianlayer .mlayer :is(path, text, image), .pielayer path",
    "mr-reader": "svg :is(path, circle, rect):not(.mc-film *), canvas, .mr-said span, .mr-book :not(.mr-opening), .mr-text" };
  return Object.entries(marks).flatMap(([kind, parts]) => [...document.querySelectorAll(`figure.${kind}[data-drawn]`)]
    .filter(f => large(f) && ![...f.querySelectorAll(parts)].some(seen)).map(f => f.dataset.key)); }"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """The browser of this machine."""
    return next(filter(None, map(shutil.which, CHROMIUM)), None)


def missing(why: str) -> NoReturn:
    """Skip a test on a machine that lacks a program, and say so; where everything must be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def started(port: int, *command: str, **environment: str) -> "subprocess.Popen[bytes]":
    """A server of this repository, healthy; `PORT` in the command stands for the port."""
    server = subprocess.Popen(
        [sys.executable, "-m", *(part.replace("PORT", str(port)) for part in command)],
        cwd=ROOT,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            assert server.poll() is None, f"the server ended with {server.returncode}"
            with (
                contextlib.suppress(OSError),  # not yet, or not in time
                urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5),
            ):
                return server
            time.sleep(0.1)
        raise AssertionError("the server did not become healthy")
    except BaseException:
        server.terminate()
        server.wait(20)
        raise


@contextlib.contextmanager
def serving(*command: str, **environment: str) -> Iterator[str]:
    """The address of a server of this repository on a free port, until the end of the block; see `started`."""
    port = free_port()
    server = started(port, *command, **environment)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = chromium()
    if path is None:
        missing(f"no Chromium: none of {', '.join(CHROMIUM)} is on the PATH (Debian: apt-get install chromium)")
    found = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield found
    found.close()


@pytest.fixture(scope="package")
def url(browser: Browser) -> Iterator[str]:
    """The address of the app."""
    if given := os.environ.get("LAB_URL"):
        yield given.rstrip("/")
        return
    with serving("uvicorn", "asgi:app", "--port", "PORT") as own:
        yield own


@dataclass
class Visitor:
    """A browser profile of its own, with one tab."""

    context: BrowserContext
    url: str
    page: Page
    wrong: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)  # frames to the server

    def listen(self) -> None:
        self.context.on("request", self._asked)
        self.page.on("pageerror", lambda error: self.wrong.append(f"page error: {error}"))
        self.page.on("console", self._heard)
        self.page.on("websocket", self._socket)

    def leave(self) -> None:
        """Close the tab and wipe the profile."""
        wipe = self.context.new_cdp_session(self.page)
        wipe.send("Storage.clearDataForOrigin", {"origin": self.url, "storageTypes": "local_storage,indexeddb"})
        for page in self.context.pages:
            page.close()
        self.context.clear_cookies()
        self.context.remove_listener("request", self._asked)

    def _asked(self, request: Request) -> None:
        self._where(request.url)

    def _where(self, address: str) -> None:
        if urlsplit(address).scheme not in ("data", "blob") and urlsplit(address).hostname != "127.0.0.1":
            self.foreign.append(address)

    def _heard(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        if message.type == "error":
            self.wrong.append(f"console: {message.text} ({where})")

    def _socket(self, socket: WebSocket) -> None:
        self._where(socket.url.replace("ws", "http", 1))
        socket.on("framesent", lambda frame: self.sent.append(frame))

    def open(self, name: str = PAGES[0], query: str = "") -> "Visitor":
        """Open a page and wait until every chart is drawn."""
        self.page.goto(f"{self.url}/{'' if name == PAGES[0] else name}{'?' + query if query else ''}")
        return self.settled()

    def settled(self, least: int = 3) -> "Visitor":
        """Wait until nothing is being computed and every chart is drawn."""
        self.page.wait_for_function("() => { window.settledAs = ''; return true; }")
        self.page.wait_for_function(SETTLED, arg=[QUIET, least, CALM], polling=50, timeout=PATIENCE)
        return self

    def still(self) -> "Visitor":
        """Wait until nothing fades or slides any more."""
        self.page.wait_for_function(STILL, polling=50)
        return self

    def charts(self) -> dict[str, str]:
        """What is drawn, by key: the revision of each chart."""
        return dict(
            self.page.eval_on_selector_all("figure.mc-chart", "all => all.map(c => [c.dataset.key, c.dataset.drawn])")
        )

    def chart(self, key: str) -> Locator:
        return self.page.locator(f'figure.mc-chart[data-key="{key}"]')

    def headline(self) -> str:
        return self.page.locator(".mc-headline:visible").inner_text()

    def change(self, act: Callable[[], Any]) -> "Visitor":
        """Do something that changes what the page shows, and so its address; wait until all is settled."""
        before = self.page.evaluate("location.search")
        act()
        self.page.wait_for_function("old => location.search !== old", arg=before, timeout=PATIENCE)
        return self.settled()

    def preset(self, number: int) -> Locator:
        return self.page.locator("[class*=_presets] [role=radio]:visible").nth(number)

    def experiment(self, name: str) -> Locator:
        """A preset, by its words."""
        return self.page.get_by_role("radio", name=name, exact=True).first

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True).first

    def sound(self) -> "Visitor":
        """Nothing went wrong, nothing left this machine, and every picture shows something."""
        shown = self.page.locator(
            "[data-testid=stException], [data-testid=stErrorElementContainer], .mc-failed:not([hidden])"
        )
        assert shown.count() == 0, shown.all_inner_texts()
        assert self.page.evaluate(BLANK) == []
        assert self.wrong == []
        assert self.foreign == []
        return self


Welcome = Callable[..., Visitor]


@pytest.fixture(scope="package")
def profiles(browser: Browser) -> dict[tuple[bool, bool], list[BrowserContext]]:
    """Browser profiles that nobody uses: wiped, but with the scripts of the app still compiled."""
    return {}


@pytest.fixture
def visitor(browser: Browser, url: str, profiles: dict[tuple[bool, bool], list[BrowserContext]]) -> Iterator[Welcome]:
    """Welcomes visitors: `visitor(width=390, color_scheme="dark")`; whatever they met must be sound at the end.

    Nobody meets another one's cookies or storage.  A `fresh` profile is never shared: for who routes all that it asks for.
    """
    present: list[tuple[Visitor, tuple[bool, bool], bool]] = []

    def welcome(
        width: int = 1440,
        height: int = 3400,  # so tall that every chart is near
        *,
        film: bool = False,
        has_touch: bool = False,
        fresh: bool = False,
        **look: Any,
    ) -> Visitor:
        kind = (film, has_touch)
        if profiles.get(kind) and not fresh:
            context = profiles[kind].pop()
        else:
            context = browser.new_context(has_touch=has_touch)
            context.set_default_timeout(PATIENCE)
            if not film:
                context.add_init_script(
                    "try { sessionStorage.setItem('lab-film-seen', '1'); } catch {}"
                )  # else the home page plays by itself
        someone = Visitor(context, url, context.new_page())
        someone.page.set_viewport_size({"width": width, "height": height})
        someone.page.emulate_media(**look)
        someone.listen()
        present.append((someone, kind, fresh))
        return someone

    yield welcome
    for someone, kind, fresh in present:
        try:
            someone.sound()
        except BaseException:
            someone.context.close()
            raise
        if fresh:
            someone.context.close()
        else:
            someone.leave()
            profiles.setdefault(kind, []).append(someone.context)
