"""How the pages reach a browser quickly: our files by address, compressed once; safe headers; a process that is warm.

Two ways to serve, one code. `streamlit run app.py` publishes our folders through Streamlit's own component route, which
compresses on the fly. `uvicorn asgi:app` adds `Frontend`: every static file compressed once and kept, an immutable
cache, security headers, and early hints for what the first chart needs. Only the second can compress Streamlit's own
bundle.

To publish a folder: one line in `FOLDERS`, and `loader(...)` as the `js=` of its component. Nothing else is ever
served.
"""

import base64
import gc
import gzip
import hashlib
import importlib
import json
import logging
import pkgutil
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import anyio
import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.components.v1 import declare_component
from streamlit.runtime.scriptrunner import get_script_run_ctx

from collapse.ui.book import BOOK

HERE: Final = Path(__file__).parent
BUNDLE: Final = Path(st.__file__).parent / "static"  # Streamlit's own frontend
FOLDERS: Final = {
    "chart": HERE / "chart" / "web",
    "vendor": HERE / "chart" / "vendor",
    "slider": HERE / "slider" / "web",
    "share": HERE / "share" / "web",
    "reader": HERE / "reader" / "web",
}
ROUTE: Final = f"component/{__name__}."  # where Streamlit serves what `publish` declares: component/<module>.<name>/
LIVE: Final = "live/"
DRAGGERS: Final = 2
FOREVER: Final = "public, max-age=31536000, immutable"
PAGES: Final = {"", *(chapter.name for chapters in BOOK.values() for chapter in chapters)}
TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".html": "text/html",
}
_once = Lock()
_settled = False
_opened = 0


# ---- our own files ----------


def folder(name: str) -> Path:
    """What the browser may see, by the name in its address. Errors: KeyError, so that nothing else can be asked for."""
    return FOLDERS[name]


@cache
def version(name: str) -> str:
    """Eight hex digits that change when any public file of the component does: the `v` of its addresses."""
    digest = hashlib.blake2b(digest_size=4)
    for path in sorted(p for p in folder(name).rglob("*") if p.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def address(name: str, file: str) -> str:
    """The address of a public file, relative to the root of the site."""
    return f"{ROUTE}{name}/{file}?v={version(name)}"


@cache
def _declare(name: str) -> bool:
    declare_component(name, path=folder(name))
    return True


def publish(name: str) -> None:
    """Let Streamlit serve the component's folder; once in a process, and only while a page is being written."""
    if get_script_run_ctx() is not None:
        _declare(name)


def loader(name: str, fallback: str = "") -> str:
    """The few lines of JavaScript that Streamlit repeats in every message: fetch the real script by its address.

    The script and its style sheet are `<name>.js` and `<name>.css` in the folder of that name. The root of the site
    is read off Streamlit's own script tag, because the app may live under any path. `fallback`: a JavaScript function
    from `data` to the text that stands in when the script cannot be fetched; without it the component's static HTML
    stays.
    """
    return f"""\
const own = document.querySelector('script[src*="static/js/"]');
const root = own ? own.src.replace(/static\\/js\\/.*$/, "") : document.baseURI;
const at = (path) => new URL(path, root).href;
const style = at({json.dumps(address(name, f"{name}.css"))});
const dressed = document.querySelector(`link[href="${{style}}"]`) ? null : new Promise((done) => {{
  const link = document.createElement("link");
  Object.assign(link, {{ rel: "stylesheet", href: style, onload: done, onerror: done }});
  document.head.append(link);
}});
const script = import(at({json.dumps(address(name, f"{name}.js"))}));
export default async (component) => {{
  try {{
    const [{{ default: mount }}] = await Promise.all([script, dressed]);
    return mount(component);
  }} catch (error) {{
    console.warn(error);
    const instead = ({fallback or "() => ''"})(component.data);
    if (instead) component.parentElement.textContent = instead;
  }}
}};
"""


# ---- a warm process ----------


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
            warm()
            _settled = True
        if get_script_run_ctx() is not None:
            _opened += 1
            if _opened == 2:
                gc.collect()
                gc.freeze()


# ---- the ASGI entry ----------


@cache
def page() -> str:
    """Streamlit's page, told where its server is: left alone, it asks under every deep link first and logs the 404."""
    where = (
        '<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };'
        f'window.lab = {{ live: new URL("./{LIVE}", location.href).href }};</script>'
    )
    return (BUNDLE / "index.html").read_text(encoding="utf-8").replace("<head>", f"<head>{where}", 1)


@cache
def content_security_policy() -> str:
    """Only our own host; inline scripts only if they stand in Streamlit's page (by their hash).

    `blob:` is how Streamlit starts the script of a component; styles are inline by the design of its frontend.
    Anybody may embed the page: teachers do, and there is nothing to log in to.
    """
    inline = re.findall(r"<script>(.*?)</script>", page(), flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *(f"'sha256-{h}'" for h in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self' ws: wss:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "*",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@cache
def security_headers() -> Mapping[str, str]:
    return {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


@cache
def early_hints(base: str) -> str:
    """A `Link` header: what the first chart needs starts to travel with the page, not after it has been written."""
    bidi = next((BUNDLE / "static" / "js").glob("BidiComponent.*.js"), None)
    links = [
        f"<{base}/{ROUTE}vendor/plotly-basic.min.js?v={plotly_version()}>; rel=preload; as=script",
        *(f"<{base}/{address(name, f'{name}.js')}>; rel=modulepreload" for name in ("chart", "slider")),
        *(f"<{base}/{address(name, f'{name}.css')}>; rel=preload; as=style" for name in ("chart", "slider")),
        *([f"<{base}/static/js/{bidi.name}>; rel=modulepreload; crossorigin"] if bidi else []),
    ]
    return ", ".join(links)


@cache
def plotly_version() -> str:
    """The version that the vendored file itself states."""
    head = (folder("vendor") / "plotly-basic.min.js").read_text(encoding="utf-8")[:200]
    found = re.search(r"v(\d+\.\d+\.\d+)", head)
    if found is None:
        raise ValueError("collapse/ui/chart/vendor/plotly-basic.min.js does not state its version in its first lines.")
    return found[1]


@cache
def _file(path: str) -> Path | None:
    """The file on disk behind an address below the root of the site, if it is one that we may send compressed."""
    if path.startswith(ROUTE):
        name, _, file = path.removeprefix(ROUTE).partition("/")
        if name not in FOLDERS:
            return None
        home = folder(name)
    elif path.startswith("static/"):
        home, file = BUNDLE, path
    else:
        return None
    found = (home / file).resolve()
    return found if found.is_file() and found.is_relative_to(home.resolve()) and found.suffix in TYPES else None


@cache
def packed(path: Path) -> bytes:
    """The file, gzipped; kept for the life of the process (the whole frontend packs into a few megabytes)."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


class Frontend:
    """ASGI middleware: static files compressed once and kept, security headers on everything, early hints on pages.

    `answer`: (page, query) → what a dragged slider is told, or None (`ui.live`); at most DRAGGERS are answered at once.
    """

    def __init__(self, app: ASGIApp, answer: Callable[[str, str], bytes | None]) -> None:
        self.app, self.answer, self.turns = app, answer, anyio.CapacityLimiter(DRAGGERS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        base = "/" + str(st.get_option("server.baseUrlPath") or scope.get("root_path", "")).strip("/")
        base = "" if base == "/" else base

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(security_headers())
                if headers.get("content-type", "").startswith("text/html"):
                    headers["Link"] = early_hints(base)
            await send(message)

        asked = scope["path"].removeprefix(base).lstrip("/") if scope["method"] in ("GET", "HEAD") else "none"
        if asked in PAGES:
            return await Response(page(), media_type="text/html", headers={"Cache-Control": "no-cache"})(
                scope, receive, dressed
            )
        if asked.startswith(LIVE):
            found = await anyio.to_thread.run_sync(
                self.answer, asked.removeprefix(LIVE), scope["query_string"].decode("latin-1"), limiter=self.turns
            )
            told = Response(found, 200 if found else 204, {"Cache-Control": "no-store"}, "application/json")
            return await told(scope, receive, dressed)
        path = _file(asked)
        if path is None or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            return await self.app(scope, receive, dressed)
        body = await anyio.to_thread.run_sync(packed, path)
        # What is kept for ever must have an address that changes with it: by its name (Streamlit's) or its `v` (ours).
        lasting = path.is_relative_to(BUNDLE) or scope["query_string"].startswith(b"v=")
        keep = FOREVER if lasting else "no-cache"
        headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding", "Cache-Control": keep}
        await Response(body, media_type=TYPES[path.suffix], headers=headers)(scope, receive, dressed)


def middleware(answer: Callable[[str, str], bytes | None]) -> list[Middleware]:
    """What asgi.py hands to `st.App`."""
    return [Middleware(Frontend, answer=answer)]


def prepack() -> None:
    """Compress what every first visit asks for, before the first visitor does."""
    needed = re.findall(r'(?:src|href)="\./(static/[^"]+\.(?:js|css))"', page())
    ours = [path for home in FOLDERS.values() for path in home.iterdir() if path.suffix in TYPES]
    for path in [*filter(None, map(_file, needed)), *ours]:
        packed(path.resolve())


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any]]:
    """Start warm: a visitor never pays for an import."""
    await anyio.to_thread.run_sync(prepack)
    settle()
    yield {}
