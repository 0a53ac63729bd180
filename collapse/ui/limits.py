"""How much one address may have open at once, and one session may keep: numbers that thirty pupils behind one school never meet.

Behind a proxy the address is that of the proxy, unless uvicorn is told to trust what it forwards (`--forwarded-allow-ips`).
"""

import ipaddress
from collections import Counter
from typing import Any, Final, NamedTuple

from google.protobuf.message import DecodeError
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import runtime
from streamlit.proto.BackMsg_pb2 import BackMsg

from collapse.ui.doors import below
from collapse.ui.front import LIVE

UPLOAD: Final = "_stcore/upload_file/"
MESSAGE: Final = 5_000_000  # bytes of one message of a browser's: a pasted text may have four, and travels along
FILES: Final = 3  # of a session; of more the oldest go
HELD: Final = 256_000_000  # bytes of all files in a process


class Limit(NamedTuple):
    """At most `most` at once of an address, and what is said to whoever is one too many."""

    most: int
    said: str


LIMITS: Final = {
    "live": Limit(
        100, "Too many answers are being waited for at this address. Wait a moment, and move the slider again."
    ),
    "socket": Limit(300, "Too many pages are open at this address. Close some of them."),
    "upload": Limit(40, "Too many files are on their way from this address. Wait a moment, and choose the file again."),
}


class Limits:
    """ASGI middleware: counts what is open, by kind and address, and refuses what is one too many with 429 (a websocket with 403).

    What is counted is forgotten as soon as it ends, so that nothing grows with the number of visitors who came.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.open: Counter[tuple[str, str]] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = kind_of(scope)
        if kind is None:
            return await self.app(scope, receive, send)
        place, limit = (kind, address(scope)), LIMITS[kind]
        if self.open[place] >= limit.most:
            if kind == "socket":
                return await send({"type": "websocket.close", "code": 1013, "reason": limit.said})
            return await PlainTextResponse(limit.said, 429, {"Retry-After": "1"})(scope, receive, send)
        self.open[place] += 1
        try:
            if kind == "socket":
                await self.app(scope, sound(receive, send), send)
            elif kind == "upload" and held() > HELD:
                said = "The server keeps as many files as it can. Paste the data, or come back later."
                await PlainTextResponse(said, 507)(scope, receive, send)
            else:
                await self.app(scope, receive, send)
        finally:
            self.open[place] -= 1
            if not self.open[place]:
                del self.open[place]
            if kind == "upload":
                keep_newest(below(scope)[1].removeprefix(UPLOAD).partition("/")[0])


def kind_of(scope: Scope) -> str | None:
    """Which limit a request falls under; None if it costs next to nothing."""
    if scope["type"] == "websocket":
        return "socket"
    if scope["type"] != "http":
        return None
    asked = below(scope)[1]
    if asked.startswith(LIVE):
        return "live"
    return "upload" if asked.startswith(UPLOAD) and scope["method"] == "PUT" else None


def address(scope: Scope) -> str:
    """Whose request it is: the address, or of the sixth version of the Internet Protocol the network that one household has."""
    host = (scope.get("client") or ("", 0))[0]
    try:
        known = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if known.version == 6 and known.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(known) >> 64 << 64, 64)))
    return str(known)


def sound(receive: Receive, send: Send) -> Receive:
    """`receive` of a websocket that is closed at a message which no page of ours would send: a large one, one of text, or bytes that
    are no message of Streamlit's, of which each would leave a traceback in the log."""

    async def checked() -> Message:
        message = await receive()
        if message["type"] == "websocket.receive" and (code := refusal(message)):
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}
        return message

    return checked


def refusal(message: Message) -> int:
    """The code with which a websocket is closed at a message, 0 if it is a sound one."""
    if message.get("text") is not None:
        return 1003
    raw = message.get("bytes") or b""
    if len(raw) > MESSAGE:
        return 1009
    try:
        BackMsg.FromString(raw)
    except DecodeError:
        return 1007
    return 0


def held() -> int:
    """Bytes of all files that visitors have brought."""
    store = _store()
    return (
        sum(len(file.data) for files in list(store.file_storage.values()) for file in list(files.values()))
        if store
        else 0
    )


def keep_newest(session: str) -> None:
    """Of the files of a session keep the last three: whoever chooses another file is done with the first."""
    store = _store()
    for mark in list(store.file_storage.get(session, {}))[:-FILES] if store else ():
        store.remove_file(session, mark)


def _store() -> Any:
    """What keeps Streamlit's uploaded files, by session and mark, in the order in which they came; None where there is no server."""
    return runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
