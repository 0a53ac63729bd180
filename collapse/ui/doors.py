"""What stands before everything else: addresses that are too long, errors dressed like answers, and what nobody needs to know.

`Doors` is the outermost ASGI middleware. `hush` takes out of Streamlit's first message to a browser what says where and by what
versions the server runs; `dress_once` has the theme of that message made ready once; `quiet` has every address logged once, without
its query and without the marks of sessions.
"""

import logging
import re
from functools import lru_cache, wraps
from html import escape
from typing import Any, Final

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.app_session import AppSession

from collapse.links import MAX_KEYS
from collapse.spec import MAX_QUERY
from collapse.ui.front import notice, security_headers

MAX_PATH: Final = 4096  # bytes of an address before its query
DEEPEST: Final = 20  # slashes in it: every link of a page that says that there is none leads back over them
HIDDEN: Final = frozenset({"_stcore/metrics"})  # counts visitors for anybody who asks
PARTS: Final = re.compile(
    r"(upload_file/)[^/]+/[^/]+|((?:media|here)/)[^/]+"
)  # of an address: a session, a file of its


class Doors:
    """ASGI middleware: security headers on every answer, whatever the address and the method; 414 for what is too long; 500 with one
    sentence, and the traceback in the log alone, for whatever goes wrong behind it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers, begun = security_headers(Headers(scope=scope).get("host", "")), False

        async def dressed(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                MutableHeaders(scope=message).update(headers)
            await send(message)

        try:
            await (_refusal(scope) or self.app)(scope, receive, dressed)
        except Exception:
            if begun:
                raise
            logging.getLogger(__name__).exception("a %s could not be answered", scope["method"])
            await PlainTextResponse("Something went wrong on the server. Its log has the details.", 500)(
                scope, receive, dressed
            )


def below(scope: Scope) -> tuple[str, str]:
    """(the path under which the app lives, "" for the root; what is asked for below it, without a slash in front)."""
    base = "/" + str(st.get_option("server.baseUrlPath") or scope.get("root_path", "")).strip("/")
    base = "" if base == "/" else base
    path: str = scope["path"]
    return base, path[len(base) :].lstrip("/") if f"{path}/".startswith(f"{base}/") else path


def _refusal(scope: Scope) -> Response | None:
    """What is answered instead, if an address cannot be one of ours."""
    if len(scope.get("raw_path") or scope["path"].encode()) > MAX_PATH:
        return PlainTextResponse("This address is too long.", 414)
    if scope["path"].count("/") > DEEPEST:
        return PlainTextResponse("Not found", 404)
    query = scope["query_string"]
    if len(query) > MAX_QUERY or query.count(b"&") >= MAX_KEYS:
        said = (
            f"This link has {len(query):,} characters and {query.count(b'&') + 1:,} settings. At most {MAX_QUERY:,} characters "
            f"and {MAX_KEYS} settings are read, and no page of this site makes a longer one. These are the pages:"
        )
        return HTMLResponse(notice("This link is too long", escape(said), below(scope)[1]), 414)
    if below(scope)[1] in HIDDEN:
        return PlainTextResponse("Not found", 404)
    return None


def hush() -> None:
    """A browser is not told where the server's files are, which Python it has, and by which installation it runs."""
    make = AppSession._create_new_session_message
    if hasattr(make, "__wrapped__"):
        return

    @wraps(make)
    def quiet_message(*arguments: Any, **more: Any) -> Any:
        message = make(*arguments, **more)
        message.new_session.main_script_path = ""
        message.new_session.initialize.user_info.Clear()
        message.new_session.initialize.environment_info.Clear()
        return message

    AppSession._create_new_session_message = quiet_message  # type: ignore[method-assign]


def dress_once() -> None:
    """The theme goes into the first message of every run. Streamlit reads its two hundred options anew each time, which is a
    millisecond of each change, though they stay the same for as long as the server runs."""
    fill = app_session._populate_theme_msg
    if hasattr(fill, "__wrapped__"):
        return

    @lru_cache
    def filled(section: str) -> Any:
        theme = CustomThemeConfig()
        fill(theme, section)
        return theme

    @wraps(fill)
    def ready(theme: Any, section: str = "theme") -> None:
        theme.MergeFrom(filled(section))

    app_session._populate_theme_msg = ready  # type: ignore[assignment]


class Told(logging.Filter):
    """Lets a line of uvicorn's through with addresses that name neither a query nor a session."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(told(a) if isinstance(a, str) and a.startswith("/") else a for a in record.args)
        return True


def told(address: str) -> str:
    """An address as it may stand in a log: no query, no session, no file of a visitor's, at most 200 characters."""
    return PARTS.sub(lambda found: f"{found[1] or found[2]}…", address.partition("?")[0])[:200]


def quiet() -> None:
    """Streamlit adds a handler of its own to uvicorn's loggers, which have one: every line would be written twice, or in
    spite of `--no-access-log`."""
    for name in ("uvicorn", "uvicorn.access", "uvicorn.error", "uvicorn.asgi"):
        logger = logging.getLogger(name)
        second = getattr(logger, "streamlit_console_handler", None)
        if second is not None and (len(logger.handlers) > 1 or name != "uvicorn"):
            logger.removeHandler(second)
            logger.propagate = name in ("uvicorn.error", "uvicorn.asgi")  # as uvicorn has it: "uvicorn" writes them
        if not any(isinstance(kind, Told) for kind in logger.filters):
            logger.addFilter(Told())
