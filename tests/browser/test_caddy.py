"""Two web processes behind the Caddy configuration that we ship, as docs/hosting.md advises for a class: nobody loses anything.

Without Caddy these tests are skipped, as those without Chromium are; under `CI=true` that is a failure.
"""

import contextlib
import os
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Playwright

from .conftest import CALM, FLAGS, PATIENCE, QUIET, ROOT, SETTLED, Visitor, chromium, free_port, missing, started
from .test_laboratory import knob, penguins, upload

QUERY = "n=20&generations=5&lineages=20"
# Every websocket of the page, so that a test may cut the line as a lost network does: the page is not told why.
CUT = """const real = WebSocket; window.lines = [];
window.WebSocket = class extends real { constructor(...given) { super(...given); lines.push(this); } };"""


@dataclass
class House:
    """Two processes and the door before them."""

    url: str
    doors: list[int]  # where the processes listen
    processes: "list[subprocess.Popen[bytes]]"
    environment: dict[str, str]

    def start(self, which: int) -> None:
        self.processes[which] = started(self.doors[which], "uvicorn", "asgi:app", "--port", "PORT", **self.environment)

    def end(self, which: int) -> None:
        """At once, as when the memory runs out."""
        self.processes[which].kill()
        self.processes[which].wait(20)


@contextlib.contextmanager
def house(folder: Path, root: str = "", scheme: str = "http", **environment: str) -> Iterator[House]:
    """The two processes and Caddy with our own configuration, on free ports."""
    if shutil.which("caddy") is None:
        missing("no Caddy on the PATH (Debian: apt-get install caddy)")
    doors, port, admin, plain = [free_port(), free_port()], free_port(), free_port(), free_port()
    site = {"http": f"http://127.0.0.1:{port}", "https": f"https://localhost:{port}"}[scheme]
    settings = {
        "LAB_SITE": site,
        "LAB_PATH": root,
        "LAB_PROCESSES": " ".join(f"127.0.0.1:{door}" for door in doors),
        "LAB_ADMIN": f"localhost:{admin}",
        "LAB_HTTP_PORT": str(plain),
        "HOME": str(folder),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with contextlib.ExitStack() as stack, (folder / "caddy.log").open("w") as log:
        found = House(site + root, doors, [], {"UVICORN_ROOT_PATH": root, **environment})

        def close() -> None:
            for process in found.processes:
                process.kill()
                process.wait(20)

        stack.callback(close)
        for door in doors:
            found.processes.append(started(door, "uvicorn", "asgi:app", "--port", "PORT", **found.environment))
        command = ["caddy", "run", "--adapter", "caddyfile", "--config", str(ROOT / "deploy" / "caddy" / "Caddyfile")]
        caddy = subprocess.Popen(command, env=os.environ | settings, stdout=log, stderr=log)
        stack.callback(caddy.wait, 20)
        stack.callback(caddy.terminate)
        for _ in range(100):
            assert caddy.poll() is None, (folder / "caddy.log").read_text()
            with contextlib.suppress(OSError), urlopen(f"http://localhost:{admin}/config/", timeout=5):
                break
            time.sleep(0.1)
        yield found


@pytest.fixture(scope="module")
def two(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with house(tmp_path_factory.mktemp("caddy")) as found:
        yield found


def visit(browser: Browser, url: str) -> Visitor:
    """Somebody with a browser of their own; what goes wrong is looked at where the test says so."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 2000}, accept_downloads=True, ignore_https_errors=True
    )
    context.set_default_timeout(PATIENCE)
    context.add_init_script(CUT)
    someone = Visitor(context, url, context.new_page())
    someone.listen()
    return someone


def enter(browser: Browser, url: str, page: str, query: str) -> Visitor:
    """The same on a page."""
    return visit(browser, url).open(page, query)


def process_of(someone: Visitor) -> str:
    """Which process the visitor was given, by the cookie."""
    return next(str(cookie["value"]) for cookie in someone.context.cookies() if cookie["name"] == "lab")


def use(someone: Visitor) -> None:
    """Run on the data that have been uploaded."""
    someone.change(lambda: someone.button("Use these data").click())
    assert knob(someone, "world") == "own-numbers"


def keeps(someone: Visitor) -> bool:
    """Does the page still know the data that its visitor gave?  Asked by the next click, as the visitor would notice."""
    someone.change(lambda: someone.page.locator(".mc-slider .mc-range").first.press("ArrowRight"))
    return someone.page.get_by_text("This link was made with data of its own").count() == 0


def cut(someone: Visitor) -> None:
    """Lose the line, and wait until the page has another one."""
    before = someone.page.evaluate("() => { const n = lines.length; lines.at(-1).close(); return n; }")
    someone.page.wait_for_function("n => lines.length > n && lines.at(-1).readyState === 1", arg=before)
    someone.settled()


def test_every_upload_download_and_lost_line_finds_its_process(browser: Browser, two: House, tmp_path: Path) -> None:
    """Of two visitors of each process. And then one process ends in the middle: who was in the other one notices
    nothing, and everybody can go on."""
    visitors: list[Visitor] = []
    homes: list[str] = []
    for _ in range(30):  # one in ten million fails here by chance
        someone = visit(browser, two.url)
        someone.context.request.get(f"{two.url}/_stcore/health")  # by then it has its cookie
        if homes.count(process_of(someone)) < 2:
            homes.append(process_of(someone))
            visitors.append(someone.open("laboratory", QUERY))
            assert process_of(someone) == homes[-1]
        else:
            someone.context.close()
        if len(homes) == 4:
            break
    assert len(homes) == 4
    file = penguins(tmp_path)
    for someone in visitors:
        upload(someone, file)
        use(someone)
    for someone in visitors:
        someone.page.locator("summary", has_text="Take it home").click()
        with someone.page.expect_download() as waiting:
            someone.button("CSV, summary").click()
        assert waiting.value.path().read_text().count("\n") > 5
    for someone in visitors:
        cut(someone)
    assert [keeps(someone) for someone in visitors] == [True] * len(visitors), "the session was found again"
    for someone in visitors:
        assert someone.wrong == []
        assert someone.foreign == []
    two.end(0)
    two.start(0)
    for someone in visitors:
        someone.settled()
    kept = [keeps(someone) for someone in visitors]
    assert {home for home, kept_it in zip(homes, kept, strict=True) if kept_it} & {
        home for home, kept_it in zip(homes, kept, strict=True) if not kept_it
    } == set(), "nothing is lost that was not in the process that has ended"
    assert len(set(kept)) == 2
    for someone, kept_it in zip(visitors, kept, strict=True):
        assert someone.page.locator("[data-testid=stException]").count() == 0
        if not kept_it:
            someone.page.locator("input[type=file]").set_input_files(file)
            someone.chart("preview").wait_for()
            someone.button("Use these data").click()
            someone.page.wait_for_function("() => !document.body.innerText.includes('This link was made with data')")
        someone.context.close()


@pytest.fixture(scope="module")
def below(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same below a path, with a certificate that Caddy has made itself."""
    with house(tmp_path_factory.mktemp("caddy"), "/lab", "https") as found:
        yield found


def test_below_a_path_with_and_without_the_slash(browser: Browser, below: House, tmp_path: Path) -> None:
    someone = enter(browser, below.url, "home", "n=33&seed=5")
    assert urlsplit(someone.page.url).path == "/lab/"
    someone.page.goto(f"{below.url}?n=33&seed=5")  # as one types it
    someone.settled()
    assert urlsplit(someone.page.url).path == "/lab/"
    assert (knob(someone, "n"), knob(someone, "seed")) == ("33", "5")
    someone.page.locator(".lab-flat a[href$='/gaussian']").click()
    someone.page.wait_for_url("**/lab/gaussian*")
    someone.settled()
    someone.page.goto(f"{below.url}/laboratory/?n=20&generations=5&lineages=20")
    someone.settled()
    upload(someone, penguins(tmp_path))
    use(someone)
    cut(someone)
    assert keeps(someone)
    assert someone.wrong == []
    assert all(address.startswith((below.url, below.url.replace("https", "http"))) for address in someone.foreign)
    with urlopen(f"{below.url}/", context=ssl._create_unverified_context()) as answer:
        assert f'content="{below.url}/preview/home.jpg"' in answer.read().decode(), "what another site is told"
        assert "</lab/static/" in answer.headers["Link"]
    someone.context.close()


def test_in_a_page_of_another_site_without_its_cookies(playwright: Playwright, below: House, tmp_path: Path) -> None:
    """Third-party cookies off, as in a course page: every deep link works, and so do an upload and a lost line."""
    (tmp_path / "index.html").write_text(
        f'<!DOCTYPE html><iframe width="1400" height="1900" src="{below.url}/laboratory?n=20&generations=5&lineages=20"></iframe>'
    )
    path = chromium()
    assert path is not None
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as course:
        Thread(target=course.serve_forever, daemon=True).start()
        other = playwright.chromium.launch(executable_path=path, args=[*FLAGS, "--test-third-party-cookie-phaseout"])
        page = other.new_page(ignore_https_errors=True, viewport={"width": 1440, "height": 2000})
        page.set_default_timeout(PATIENCE)
        page.goto(f"http://127.0.0.1:{course.server_port}/")
        frame = page.frames[1]
        frame.wait_for_function(SETTLED, arg=[QUIET, 3, CALM], polling=50)
        frame.locator("summary", has_text="Your own data").first.click()
        frame.locator("input[type=file]").set_input_files(penguins(tmp_path))
        frame.locator('figure.mc-chart[data-key="preview"]').wait_for()
        for name in ("gaussian", "signs", "glossary"):
            page.evaluate("src => { document.querySelector('iframe').src = src; }", f"{below.url}/{name}?embed=true")
            frame.wait_for_function(
                "name => location.pathname.endsWith(name) && document.querySelector('#root h1')", arg=name
            )
            frame.locator(QUIET).wait_for()
        kept = {cookie["name"]: cookie.get("partitionKey") for cookie in page.context.cookies()}
        assert kept == {"lab": "http://127.0.0.1"}, "kept apart for that site"
        other.close()
        course.shutdown()


def test_one_too_many_is_told_at_once_and_let_in_when_somebody_leaves(browser: Browser, tmp_path: Path) -> None:
    """Two processes with a seat each: whoever comes second finds the free one by himself, the third waits."""
    with house(tmp_path, LAB_VISITORS="1") as full:
        first, second = enter(browser, full.url, "gaussian", ""), enter(browser, full.url, "gaussian", "")
        assert process_of(first) != process_of(second)
        context = browser.new_context()
        third = context.new_page()
        asked = time.monotonic()
        third.goto(f"{full.url}/gaussian?n=33")
        assert third.get_by_role("heading", name="The lab is full").is_visible()
        assert time.monotonic() - asked < 1
        third.wait_for_timeout(3000)
        assert third.get_by_role("heading", name="The lab is full").is_visible(), "it has asked the other one as well"
        first.change(lambda: first.page.locator(".mc-slider .mc-range").first.press("ArrowRight"))
        first.context.close()
        second.change(lambda: second.page.locator(".mc-slider .mc-range").first.press("ArrowRight"))
        third.locator("#root .mc-headline").first.wait_for(timeout=4 * PATIENCE)
        assert "n=33" in third.url
        refused_first = [
            said for said in second.wrong if "status of 503" in said
        ]  # by the process that was full, perhaps
        assert second.wrong == refused_first
        second.context.close()
        context.close()
