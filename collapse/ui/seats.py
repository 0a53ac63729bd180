"""How many visitors a process has, and what it says to one too many: in a sentence, at once, while those who are in go on.

A visitor is an open websocket that has asked for something within ten minutes: a page that somebody has left open and forgotten
costs memory only, and keeps nobody out.  It is served as soon as it asks again.  Ten minutes, not one, since a class that listens to
its teacher for some minutes must not be overrun meanwhile by others.  A page that has just been handed out counts as well, until its
websocket comes, so that a class that opens a link in the same second is told in the same second.
"""

import os
import time
from collections import deque
from html import escape
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from collapse.speech import plural
from collapse.ui.path import BRAND

SETTING: Final = "LAB_VISITORS"
SEATS: Final = (
    50  # visitors who each change something every two seconds: a core has time for them (docs/performance.md)
)
COMING: Final = 3.0  # s that a page may take to open its websocket
HELD: Final = (
    0.25  # share of the seats that can be kept for those: who asks for page after page must not take every seat
)
IDLE: Final = 600.0  # s without a question, after which an open page keeps no seat
OPEN: Final = 4  # times as many pages may be open, forgotten ones included: 200 of them take 150 MB
BACK: Final = 1.25  # times as many may be here where some of them have come back to what they had
AGAIN: Final = 10  # s
FULL: Final = (
    "lab=full"  # instead of the cookie by which a proxy keeps a visitor with one process (deploy/caddy/Caddyfile)
)
PAGE: Final = """<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8"><title>{title} · {brand}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<link rel="icon" href="data:,"><meta http-equiv="refresh" content="{again}"><style>:root {{ color-scheme: light dark }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem;
color: light-dark(#1c2733, #e7eaee); background: light-dark(#fdfcfa, #10151c) }} h1 {{ line-height: 1.2 }}</style></head>
<body><main><p><b>{brand}</b></p><h1>{title}</h1><p>{said}</p><p>{next}</p></main></body></html>"""


def seats() -> int:
    """The most visitors of this process, by LAB_VISITORS or as measured.  Errors: ValueError, in a sentence."""
    told = os.environ.get(SETTING, "").strip() or str(SEATS)
    if not told.isascii() or not told.isdigit() or not 1 <= int(told) <= 10_000:
        raise ValueError(f"{SETTING}={told} is not a number of visitors: say a whole number from 1 to 10000")
    return int(told)


class Seats:
    """The seats of a process: `welcomed` and `refused` visitors so far."""

    def __init__(self, most: int) -> None:
        self.most, self.welcomed, self.refused = most, 0, 0
        self.coming: deque[float] = deque()
        self.heard: dict[object, float] = {}  # of every open page, when it last asked for something

    @property
    def taken(self) -> int:
        """How many seats are taken."""
        since = time.monotonic() - IDLE
        return sum(last >= since for last in self.heard.values())

    def full(self, most: float) -> bool:
        """Are `most` seats taken, or too many pages open?"""
        return self.taken >= most or len(self.heard) >= OPEN * self.most

    def ask(self) -> bool:
        """May another visitor have a page?  If so, a seat is kept until the websocket comes."""
        now = time.monotonic()
        while self.coming and now - self.coming[0] > COMING:
            self.coming.popleft()
        if self.full(self.most - min(len(self.coming), HELD * self.most)):
            self.refused += 1
            return False
        self.coming.append(now)
        return True

    async def seat(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a visitor's websocket for as long as it is open, if there is a seat."""
        awaited = bool(self.coming)
        if awaited:
            self.coming.popleft()
        if self.full(self.most * (BACK if awaited or returning(scope) else 1)):
            self.refused += 1
            return await send({"type": "websocket.close", "code": 1013})  # "try again later"
        page = object()

        async def listening() -> Message:
            message = await receive()
            self.heard[page] = time.monotonic()
            return message

        self.heard[page] = time.monotonic()
        self.welcomed += 1
        try:
            await app(scope, listening, send)
        finally:
            del self.heard[page]

    def sorry(self, scope: Scope) -> Response:
        """The page for somebody who has no seat: it asks again by itself, and of any process that stands behind the same door.

        The first time it does so at once, since another process may have a seat.
        """
        again = AGAIN if FULL in Headers(scope=scope).get("cookie", "") else 1
        text = PAGE.format(
            title="The lab is full",
            brand=escape(BRAND),
            again=again,
            said=f"This server computes for {plural(self.most, 'visitor', 'visitors')} at a time, so that nobody has to wait, "
            "and all places are taken.",
            next=f"This page asks again every {AGAIN} seconds, and lets you in as soon as somebody has left.",
        )
        headers = {"Retry-After": str(again), "Cache-Control": "no-store", "Set-Cookie": f"{FULL}; Path=/"}
        return HTMLResponse(text, 503, headers)


def returning(scope: Scope) -> bool:
    """Does the browser name a session that it has had here?  Streamlit's frontend says so in the third of its protocols."""
    asked = Headers(scope=scope).get("sec-websocket-protocol", "").split(",")
    return len(asked) > 2 and bool(asked[2].strip())
