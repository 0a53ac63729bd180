"""Where the websocket is blocked, the page says what to do, and goes on by itself when it is not."""

from playwright.sync_api import WebSocketRoute, expect

from .conftest import Visitor, Welcome

SOON = 15_000  # ms


def test_a_blocked_websocket_is_said_and_the_page_goes_on_when_it_is_not(visitor: Welcome) -> None:
    """On a phone in one line, which covers nothing above it; what to do is behind a tap.  A wide window and a phone wait together."""
    blocked = [True]

    def met(socket: WebSocketRoute) -> None:
        if blocked[0]:
            socket.close(code=1008)
        else:
            socket.connect_to_server()

    both = [visitor(width=width, height=720, fresh=True) for width in (1280, 360)]
    for someone in both:
        someone.context.route_web_socket("**/_stcore/stream", met)
        someone.page.goto(f"{someone.url}/gaussian?n=30")
        assert someone.page.locator("#lab-line:not([hidden])").count() == 0, "not before ten seconds have gone"
        expect(someone.page.get_by_text("is on its way")).to_be_visible()
    for someone in both:
        check_told(someone)
    blocked[0] = False
    for someone in both:
        someone.settled()
        expect(someone.page.locator("#lab-line:not([hidden])")).to_have_count(0)
        assert someone.page.locator("#first").count() == 0
        assert "n=30" in someone.page.url


def check_told(someone: Visitor) -> None:
    page = someone.page
    told = page.locator("#lab-line:not([hidden])")
    expect(told).to_be_visible(timeout=SOON)
    assert told.get_attribute("role") == "alert"
    if page.evaluate("innerWidth") < 640:
        box = told.bounding_box()
        assert box is not None
        assert box["height"] <= 56
        told.locator("summary").click()
    assert "there has been none for ten seconds" in told.inner_text()
    assert "reload the page, try another network" in told.inner_text()
    assert page.locator("#first h1").is_visible(), "what can be read without a line stays"
    expect(page.get_by_text("is on its way")).not_to_be_visible()
    box = told.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720
