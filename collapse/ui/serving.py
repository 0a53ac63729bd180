"""How the pages reach a browser quickly and safely: a process that is warm, and a front door before Streamlit's own.

`streamlit run app.py` and `uvicorn app:app` serve the same thing, `Frontend`: every static file compressed once and kept, an
immutable cache, early hints for what the first chart needs, a first paint in the HTML itself, no websocket from a foreign page, and
no more visitors than it can compute for. A host that only runs plain scripts has none of that: our folders go through Streamlit's own
component route.
"""

import gc
import gzip
import importlib
import logging
import pkgutil
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from threading import Lock, Thread
from typing import Any, Final
from urllib.parse import urlsplit

import anyio
import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import net_util
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.threads import one_thread
from collapse.ui import stills
from collapse.ui.assets import BUNDLE, FOLDERS, PREVIEW, TYPES, file_at
from collapse.ui.book import THERE
from collapse.ui.connected import Answer, while_connected
from collapse.ui.counted import ADDRESS, TYPE, counts
from collapse.ui.doors import Doors, below, dress_once, hush, quiet
from collapse.ui.front import LIVE, early_hints, nowhere, page
from collapse.ui.limits import Limits
from collapse.ui.packing import PACK, packed, unpacked, unpacks
from collapse.ui.seats import Seats, seats
from collapse.ui.sessions import HERE, known

DRAGGERS: Final = 2
LONGEST: Final = 255  # characters of a name in an address, as of a file's
FOREVER: Final = "public, max-age=31536000, immutable"
PAGES: Final = frozenset(name for names in THERE.values() for name in names)
HOME: Final = next(name for names in THERE.values() for name in names)
STATIC: Final = "static/"
STREAMLITS: Final = ("_stcore/", "component/", "media/", STATIC)  # what Streamlit answers itself
_once = Lock()
_settled = False
_opened = 0


def warm() -> None:
    """Import everything a page may need, then move it all out of the garbage collector's sight.

    Streamlit collects garbage after every run of a script, while the reader's chart waits; with scipy and plotly
    loaded that costs 20 to 70 ms a run. Frozen objects are not looked at again. A module that cannot be imported is
    logged and left to fail where it is needed, so that the other pages stay open.
    """
    import collapse

    for module in pkgutil.walk_packages(collapse.__path__, "collapse.", onerror=lambda name: None):
        if not module.name.endswith("__main__"):
            try:
                importlib.import_module(module.name)
            except Exception:
                logging.getLogger(__name__).exception("%s could not be imported ahead of time", module.name)
    gc.collect()
    gc.freeze()


def settle() -> None:
    """`warm`, exactly once in a process, whoever asks first: the server as it starts, or the first run of app.py.

    The second page that is opened freezes once more, what the first has made on its way: half of it again.
    """
    global _settled, _opened
    with _once:
        if not _settled:
            net_util._external_ip = ""  # never to be asked for: Streamlit would ask a server that is not ours
            warm()
            one_thread()
            hush()
            dress_once()
            _settled = True
        if get_script_run_ctx() is not None:
            _opened += 1
            if _opened == 2:
                gc.collect()
                gc.freeze()


class Frontend:
    """ASGI middleware: static files compressed once and kept, early hints on pages.

    `answer`: (page, query, has the client hung up?) → what a dragged slider is told, or None (`ui.live`); at most DRAGGERS are
    answered at once.
    """

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self.app, self.answer, self.turns = app, answer, anyio.CapacityLimiter(DRAGGERS)
        self.seats = Seats(seats())
        self.counts = counts(self.seats)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket" and foreign(Headers(scope=scope)):
            return await send({"type": "websocket.close", "code": 1008})  # before it is accepted: 403
        if scope["type"] == "websocket":
            return await self.seats.seat(self.app, scope, receive, send)
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        base, asked = below(scope)
        if base and scope["path"] in ("/", base):  # everything that the page asks for is looked for below it
            return await RedirectResponse(f"{base}/{_query(scope)}")(scope, receive, send)

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                    headers["Link"] = early_hints(base)
            await send(message)

        asked = asked if scope["method"] in ("GET", "HEAD") else STREAMLITS[0]
        codings = unpacks(Headers(scope=scope).get("accept-encoding", ""))
        packs = "gzip" in codings
        if not packs:
            scope = unpacked(scope)
        if (name := asked.removesuffix("/") or HOME) in PAGES:
            if asked.endswith("/") or asked == HOME:  # a page has one address; its files would be looked for below it
                up, there = "../" if asked.endswith("/") else "./", "" if name == HOME else name
                return await RedirectResponse(f"{up}{there}{_query(scope)}")(scope, receive, dressed)
            if scope["method"] == "GET" and not self.seats.ask():
                return await self.seats.sorry(scope)(scope, receive, dressed)
            return await _html(page(name, _site(scope, base)), 200, packs)(scope, receive, dressed)
        if asked.startswith(LIVE):
            query = scope["query_string"].decode("latin-1")
            ask = partial(self.answer, asked.removeprefix(LIVE), query)
            found = await while_connected(receive, ask, self.turns)
            told = Response(found, 200 if found else 204, {"Cache-Control": "no-store"}, "application/json")
            return await told(scope, receive, dressed)
        if asked == ADDRESS and self.counts:
            return await Response(self.counts(), media_type=TYPE)(scope, receive, dressed)
        if asked.startswith(HERE):
            return await Response(None, 204 if known(asked.removeprefix(HERE)) else 410, {"Cache-Control": "no-store"})(
                scope, receive, dressed
            )
        if asked.startswith(PREVIEW) and (card := stills.cards().get(asked.removeprefix(PREVIEW))):
            return await Response(card, media_type="image/jpeg", headers={"Cache-Control": "public, max-age=86400"})(
                scope, receive, dressed
            )
        names = re.split(r"[/\\]", asked)
        if "\0" in asked or any(len(name) > LONGEST for name in names):
            return await Response("Not found", 404, media_type="text/plain")(scope, receive, dressed)
        # What leads upwards is not looked for: the answer would tell which files the host has.
        upwards = any(name == ".." or ":" in name for name in names)
        if upwards or (not asked.startswith(STREAMLITS) and not (BUNDLE / asked).is_file()):
            return await _html(nowhere(asked), 404, packs)(scope, receive, dressed)
        if asked.startswith(STATIC) and not (BUNDLE / asked).is_file():  # Streamlit would send its own page
            return await Response("Not found", 404, media_type="text/plain")(scope, receive, dressed)
        path = file_at(asked)
        if path is None or not codings:
            return await self.app(scope, receive, dressed)
        body = await anyio.to_thread.run_sync(packed, path, codings[0])
        # May be kept for ever, because its address changes with it: by its name (Streamlit's) or by its folder's (ours).
        headers = {"Content-Encoding": codings[0], "Vary": "Accept-Encoding", "Cache-Control": FOREVER}
        await Response(body, media_type=TYPES[path.suffix], headers=headers)(scope, receive, dressed)


def _query(scope: Scope) -> str:
    query: str = scope["query_string"].decode("latin-1")
    return f"?{query}" if query else ""


def _html(text: str, status: int, packs: bool) -> Response:
    """A page, packed for who can unpack it; to be asked for again each time, since it names files that are kept for ever."""
    packing = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"} if packs else {}
    body = _packed(text) if packs else text.encode()
    return Response(body, status, packing | {"Cache-Control": "no-cache"}, "text/html")


@lru_cache(256)
def _packed(text: str) -> bytes:
    return gzip.compress(text.encode(), 9, mtime=0)


def _site(scope: Scope, base: str) -> str:
    """The absolute address of the root, as the visitor has it; a proxy that hides it must be told of (uvicorn's `--root-path`)."""
    return f"{scope['scheme']}://{Headers(scope=scope).get('host', '')[:LONGEST]}{base}/"


def foreign(headers: Headers) -> bool:
    """Does another site's page ask, by its Origin?  Streamlit would look for our public address on the network before it refuses."""
    origin = headers.get("origin")
    allowed = {headers.get("host"), *(urlsplit(o).netloc for o in st.get_option("server.corsAllowedOrigins") or ())}
    return origin is not None and urlsplit(origin).netloc not in allowed


def middleware(answer: Answer) -> list[Middleware]:
    """What app.py hands to `st.App`: the outermost first."""
    return [Middleware(Doors), Middleware(Limits), Middleware(Frontend, answer=answer)]


def prepack() -> None:
    """Compress what every first visit asks for, before the first visitor does: a second or two of a core, beside everything else."""
    needed = re.findall(r'(?:src|href)="\./(static/[^"]+\.(?:js|css))"', page(HOME))
    ours = [path.resolve() for home in FOLDERS.values() for path in home.iterdir() if path.suffix in TYPES]
    for coding in reversed(PACK):  # the quicker one first
        for path in [*filter(None, map(file_at, needed)), *ours]:
            packed(path, coding)


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start warm: a visitor never pays for an import."""
    Thread(target=prepack, daemon=True).start()
    settle()
    quiet()
    yield {}
