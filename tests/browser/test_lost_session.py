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
        someone.page.wait_for_timeout(3000)
        someone.experiment("Does the law hold?").click()
        someone.page.wait_for_timeout(3000)
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
