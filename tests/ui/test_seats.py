"""A full process says so at once, in a sentence, and whoever is in stays."""

import asyncio
import time
from typing import Any

import pytest

from collapse.ui import seats, serving


class Browser:
    """One websocket of a visitor's, spoken to the server directly."""

    def __init__(self, app: Any, session: str = "") -> None:
        self.app, self.told = app, asyncio.Queue[dict[str, Any]]()
        self.heard = asyncio.Queue[dict[str, Any]]()
        protocols = ", ".join(["streamlit", "token", *([session] if session else [])])
        self.scope = {
            "type": "websocket",
            "path": "/_stcore/stream",
            "headers": [(b"sec-websocket-protocol", protocols.encode())],
        }

    async def come(self) -> bool:
        """Is there a seat?"""
        self.open = asyncio.create_task(self.app(self.scope, self.told.get, self.heard.put))
        return (await self.heard.get())["type"] == "websocket.accept"

    async def said(self, text: str) -> str:
        await self.told.put({"type": "websocket.receive", "text": text})
        return str((await self.heard.get())["text"])

    async def leave(self) -> None:
        await self.told.put({"type": "websocket.disconnect"})
        await self.open


async def inside(scope: Any, receive: Any, send: Any) -> None:
    """What stands behind the door: says what it hears."""
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": message["text"]})


async def page(app: Any, cookie: str = "") -> tuple[int, dict[str, str], str]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": "/gaussian", "query_string": b"n=20", "root_path": "",
        "headers": [(b"cookie", cookie.encode())],
        "scheme": "http",
    }  # fmt: skip
    await app(scope, None, send)
    headers = {key.decode(): value.decode() for key, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"].decode()


async def full_house() -> None:
    app = serving.Frontend(inside, lambda page, link: None)
    visitors = [Browser(app) for _ in range(4)]
    for visitor in visitors:
        assert (await page(app))[0] == 200
        assert await visitor.come()
    status, headers, text = await page(app)
    assert status == 503
    assert "<h1>The lab is full</h1>" in text
    assert "4 visitors at a time" in text
    assert headers["retry-after"] == "1"
    assert headers["set-cookie"].startswith("lab=full"), "another process may have a seat"
    assert (await page(app, "lab=full"))[1]["retry-after"] == "10", "it had none"
    assert not await Browser(app).come()
    assert [await visitor.said(str(i)) for i, visitor in enumerate(visitors)] == ["0", "1", "2", "3"]
    back = Browser(app, "a session of before")
    assert await back.come()
    assert await back.said("I was here") == "I was here"
    for visitor in (back, *visitors):
        await visitor.leave()
    assert (await page(app))[0] == 200, "everybody has left"


def test_one_too_many_is_told_so_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAB_VISITORS", "4")
    asyncio.run(full_house())


def test_who_asks_for_page_after_page_does_not_empty_the_room() -> None:
    lab = seats.Seats(40)
    assert all(lab.ask() for _ in range(1000))
    lab.heard = dict.fromkeys(range(31), time.monotonic())
    assert not lab.ask(), "ten seats are kept for those who are coming"


def test_a_page_whose_visitor_never_came_gives_its_seat_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(seats.time, "monotonic", lambda: now[0])
    lab = seats.Seats(4)
    lab.heard = dict.fromkeys(range(3), 0.0)
    assert lab.ask()
    assert not lab.ask(), "the last seat is kept for who has just asked"
    now[0] = seats.COMING + 1
    assert lab.ask()


def test_a_socket_that_fails_leaves_its_seat() -> None:
    lab = seats.Seats(1)

    async def broken(*scope: Any) -> None:
        raise OSError

    async def nothing(*message: Any) -> None: ...

    with pytest.raises(OSError):  # noqa: PT011
        asyncio.run(lab.seat(broken, {"type": "websocket", "headers": []}, nothing, nothing))
    assert lab.taken == len(lab.heard) == 0


async def forgotten_pages(now: list[float]) -> None:
    app = serving.Frontend(inside, lambda page, link: None)
    visitors = [Browser(app) for _ in range(4)]
    for visitor in visitors:
        assert await visitor.come()
    now[0] += seats.IDLE - 1
    assert (await page(app))[0] == 503, "they read"
    assert await visitors[0].said("a change") == "a change"
    now[0] += 2
    assert app.seats.taken == 1
    newcomers = [Browser(app) for _ in range(3)]
    for newcomer in newcomers:
        assert (await page(app))[0] == 200
        assert await newcomer.come()
    assert (await page(app))[0] == 503
    assert await visitors[1].said("I am back") == "I am back", "a page that was forgotten is served at once"
    assert app.seats.taken == 5
    for visitor in (*visitors, *newcomers):
        await visitor.leave()
    assert app.seats.heard == {}


def test_a_forgotten_page_keeps_nobody_out_and_is_served_when_it_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(seats.time, "monotonic", lambda: now[0])
    monkeypatch.setenv("LAB_VISITORS", "4")
    asyncio.run(forgotten_pages(now))


def test_forgotten_pages_are_bounded_as_well() -> None:
    """Each takes memory, though no time."""
    lab = seats.Seats(10)
    lab.heard = dict.fromkeys(range(10 * seats.OPEN), time.monotonic() - seats.IDLE - 1)
    assert lab.taken == 0
    assert not lab.ask()


@pytest.mark.parametrize("told", ["0", "-3", "many", "1e3", "20000", "²"])
def test_a_wrong_number_is_refused_as_the_server_starts(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("LAB_VISITORS", told)
    with pytest.raises(ValueError, match=f"LAB_VISITORS={told} is not a number of visitors"):
        seats.seats()
