"""What a visitor keeps when the server has lost the session: it was started anew, or a worker of it has ended."""

import contextlib
import subprocess
from collections.abc import Iterator

from playwright.sync_api import Browser

from .conftest import Visitor, free_port, started


@contextlib.contextmanager
def restarted(server: "subprocess.Popen[bytes]", port: int) -> Iterator[None]:
    """End the server at once, and start another one at the same address until the end of the block."""
    server.kill()
    server.wait(20)
    again = started(port, "uvicorn", "asgi:app", "--port", str(port))
    try:
        yield
    finally:
        again.terminate()
        again.wait(20)


def knobs(someone: Visitor) -> dict[str, str]:
    """What the address bar says."""
    return dict(pair.split("=", 1) for pair in someone.page.url.partition("?")[2].split("&"))


def test_after_a_lost_session_the_page_stays_where_the_visitor_left_it(browser: Browser) -> None:
    """Not at the link by which it was first opened."""
    port = free_port()
    server = started(port, "uvicorn", "asgi:app", "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    context = browser.new_context(viewport={"width": 1440, "height": 3000})
    someone = Visitor(context, url, context.new_page())
    someone.page.goto(f"{url}/gaussian?n=40&seed=5")
    someone.settled()
    someone.change(lambda: someone.experiment("And in eight dimensions?").click())
    left = knobs(someone)
    assert (left["n"], left["world.dimension"], left["seed"]) == ("60", "8", "5")
    with restarted(server, port):
        someone.page.get_by_text("The page goes on with the same settings.").wait_for()
        someone.settled()
        now = knobs(someone)
        assert now["seed"] == "5"
        assert now["world.dimension"] == "8", "not back to the link that it was opened by"
        someone.change(lambda: someone.experiment("What does cooling do?").click())
        left = knobs(someone)
        assert (left["world.dimension"], left["decoder.temperature"], left["seed"]) == ("1", "0.9", "5"), (
            "a whole experiment"
        )
    context.close()


def test_own_data_that_are_gone_are_asked_for_at_once_by_name(browser: Browser) -> None:
    """Without a click: the page says which, and opens the place to bring them."""
    port = free_port()
    server = started(port, "uvicorn", "asgi:app", "--port", str(port))
    url = f"http://127.0.0.1:{port}"
    context = browser.new_context(viewport={"width": 1440, "height": 3000})
    someone = Visitor(context, url, context.new_page())
    someone.open("laboratory", "n=20&generations=5&lineages=20")
    someone.page.locator("summary", has_text="Your own data").first.click()
    someone.page.get_by_label("Paste numbers, two columns").fill(
        "wing span\n" + "\n".join(f"{i % 7}.5" for i in range(40))
    )
    someone.page.get_by_label("Paste numbers, two columns").press("Control+Enter")
    someone.change(lambda: someone.button("Use these data").click())
    with restarted(server, port):
        note = someone.page.locator(".mc-lost")
        note.wait_for()
        assert "wing span (40 rows" in note.inner_text()
        someone.page.get_by_text("This link was made with data of its own (40 rows").first.wait_for()
        assert someone.page.get_by_label("Paste numbers, two columns").is_visible()
        note.get_by_role("button").click()
        assert note.count() == 0
    context.close()


def test_a_lost_network_that_comes_back_loses_nothing(browser: Browser, url: str) -> None:
    context = browser.new_context(viewport={"width": 1440, "height": 3000})
    context.add_init_script(
        "window.sockets = []; window.WebSocket = class extends WebSocket "
        "{ constructor(...a) { super(...a); window.sockets.push(this); } };"
    )  # being offline does not end one that is open
    someone = Visitor(context, url, context.new_page())
    someone.open("gaussian", "n=40&seed=5")
    someone.change(lambda: someone.experiment("And in eight dimensions?").click())
    loads: list[str] = []
    someone.page.on("framenavigated", lambda frame: loads.append(frame.url))
    context.set_offline(True)
    someone.page.evaluate("() => { for (const socket of window.sockets) socket.close(); }")
    someone.page.wait_for_timeout(1000)
    context.set_offline(False)
    someone.page.wait_for_timeout(2000)
    someone.settled()
    assert knobs(someone)["world.dimension"] == "8"
    assert loads == [], "the session was still there"
    context.close()
