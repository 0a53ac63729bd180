"""What a visitor keeps when the server has lost the session: it was started anew, or a worker of it has ended."""

from playwright.sync_api import Browser, BrowserContext

from .conftest import Visitor, free_port, started


def knobs(someone: Visitor) -> dict[str, str]:
    """What the address bar says."""
    return dict(pair.split("=", 1) for pair in someone.page.url.partition("?")[2].split("&"))


def test_after_a_lost_session_a_page_stays_as_it_was_and_own_data_are_asked_for(browser: Browser) -> None:
    """Not at the link by which it was first opened; and without a click it says which data were lost, and opens the place to bring
    them.  One restart for two visitors, of whom the first is also the first of a fresh server, at a deep link."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = started(port, "uvicorn", "asgi:app", "--port", str(port))
    try:
        one, other = (Visitor(context, url, context.new_page()) for context in (own(browser), own(browser)))
        one.open("gaussian", "n=40&seed=5")
        assert one.page.locator(".lab-flat [aria-current=page]").is_visible()
        assert one.page.locator("[data-testid=stSidebarNav]").count() == 0
        one.change(lambda: one.experiment("And in eight dimensions?").click())
        left = knobs(one)
        assert (left["n"], left["world.dimension"], left["seed"]) == ("60", "8", "5")
        other.open("laboratory", "n=20&generations=5&lineages=20")
        other.page.locator("summary", has_text="Your own data").first.click()
        field = other.page.get_by_label("Paste numbers, two columns")
        field.fill("wing span\n" + "\n".join(f"{i % 7}.5" for i in range(40)))
        field.press("Control+Enter")
        other.change(lambda: other.button("Use these data").click())
        server.kill()
        server.wait(20)
        server = started(port, "uvicorn", "asgi:app", "--port", str(port))
        one.page.get_by_text("The page goes on with the same settings.").wait_for()
        one.settled()
        now = knobs(one)
        assert now["seed"] == "5"
        assert now["world.dimension"] == "8", "not back to the link that it was opened by"
        one.change(lambda: one.experiment("What does cooling do?").click())
        left = knobs(one)
        assert (left["world.dimension"], left["decoder.temperature"], left["seed"]) == ("1", "0.9", "5"), (
            "a whole experiment"
        )
        note = other.page.locator(".mc-lost")
        note.wait_for()
        assert "wing span (40 rows" in note.inner_text()
        other.page.get_by_text("This link was made with data of its own (40 rows").first.wait_for()
        assert field.is_visible()
        note.get_by_role("button").click()
        assert note.count() == 0
        one.context.close()
        other.context.close()
    finally:
        server.terminate()
        server.wait(20)


def own(browser: Browser) -> BrowserContext:
    """A browser profile, with a window so tall that every chart is near."""
    return browser.new_context(viewport={"width": 1440, "height": 3000})


def test_a_lost_network_that_comes_back_loses_nothing(browser: Browser, url: str) -> None:
    context = own(browser)
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
