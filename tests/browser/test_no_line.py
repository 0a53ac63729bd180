"""Where the websocket is blocked, the page says what to do, and goes on by itself when it is not."""

import pytest
from playwright.sync_api import WebSocketRoute, expect

from .conftest import Welcome

SOON = 15_000  # ms


@pytest.mark.parametrize("width", [1280, 360])
def test_a_blocked_websocket_is_said_and_the_page_goes_on_when_it_is_not(visitor: Welcome, width: int) -> None:
    """On a phone in one line, which covers nothing above it; what to do is behind a tap."""
    someone = visitor(width=width, height=720)
    blocked = [True]

    def met(socket: WebSocketRoute) -> None:
        if blocked[0]:
            socket.close(code=1008)
        else:
            socket.connect_to_server()

    someone.context.route_web_socket("**/_stcore/stream", met)
    page = someone.page
    page.goto(f"{someone.url}/gaussian?n=30")
    told = page.locator("#lab-line:not([hidden])")
    assert told.count() == 0, "not before ten seconds have gone"
    coming = page.get_by_text("is on its way")
    expect(coming).to_be_visible()
    expect(told).to_be_visible(timeout=SOON)
    assert told.get_attribute("role") == "alert"
    if width < 640:
        box = told.bounding_box()
        assert box is not None
        assert box["height"] <= 56
        told.locator("summary").click()
    assert "there has been none for ten seconds" in told.inner_text()
    assert "reload the page, try another network" in told.inner_text()
    assert page.locator("#first h1").is_visible(), "what can be read without a line stays"
    expect(coming).not_to_be_visible()
    box = told.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 720
    blocked[0] = False
    someone.settled()
    expect(told).to_have_count(0)
    assert page.locator("#first").count() == 0
    assert "n=30" in page.url
