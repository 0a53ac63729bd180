"""Serving: only what is public, compressed once, with headers that are safe, in a process that is warmed once."""

import asyncio
import base64
import gzip
import hashlib
import re
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from collapse.ui import serving


async def _page(request):
    return HTMLResponse("<p>page</p>")


async def _rest(request):
    return PlainTextResponse("not ours", status_code=404)


def _answer(page, link):
    return f"{page} {link}".encode() if page == "home" else None


APP = Starlette(
    routes=[Route("/", _page), Route("/{path:path}", _rest)], middleware=[Middleware(serving.Frontend, answer=_answer)]
)


def get(address: str, **headers: str):
    """(status, headers, body) of one request, spoken to the ASGI app directly."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()], "root_path": "",
        "http_version": "1.1", "scheme": "http", "server": ("test", 80), "client": ("test", 1),
    }  # fmt: skip
    sent: list = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(APP(scope, receive, send))
    start = next(m for m in sent if m["type"] == "http.response.start")
    body = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body


def bundle() -> str:
    """The address of one of Streamlit's own scripts."""
    return "/static/js/" + next((serving.BUNDLE / "static" / "js").glob("index.*.js")).name


@pytest.mark.parametrize("name", ["chart", "slider", "share"])
def test_our_scripts_travel_compressed_and_stay_for_ever(name):
    status, headers, body = get(f"/{serving.address(name, f'{name}.js')}", accept_encoding="gzip, br")
    assert status == 200
    assert (headers["content-encoding"], headers["cache-control"]) == ("gzip", serving.FOREVER)
    assert headers["content-type"].startswith("text/javascript")
    assert gzip.decompress(body) == (serving.folder(name) / f"{name}.js").read_bytes()


def test_streamlits_scripts_travel_compressed_too():
    status, headers, body = get(bundle(), accept_encoding="gzip")
    assert (status, headers["content-encoding"], headers["cache-control"]) == (200, "gzip", serving.FOREVER)
    assert len(body) < 0.5 * len(gzip.decompress(body))


def test_an_address_without_a_version_is_asked_for_again():
    _, headers, _ = get(f"/{serving.ROUTE}chart/chart.js", accept_encoding="gzip")
    assert headers["cache-control"] == "no-cache"


def test_who_cannot_unpack_is_served_by_streamlit():
    assert get(bundle())[0] == 404  # handed on to the app behind
    assert get(bundle(), accept_encoding="br")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "chart/../__init__.py", "chart/../../serving.py", "chart/%2e%2e/__init__.py", "chart/", "chart", "nothing/x.js",
        "vendor/LICENSE", "../app.py", "chart//etc/passwd", "slider/slider.py", "__init__/x.js", "",
    ],
)  # fmt: skip
def test_nothing_else_is_public(path):
    assert get(f"/{serving.ROUTE}{path}", accept_encoding="gzip")[0] == 404
    assert get(f"/static/{path}", accept_encoding="gzip")[0] == 404


def test_the_public_folders_hold_nothing_but_what_a_browser_needs():
    for name in serving.FOLDERS:
        kinds = {p.suffix for p in serving.folder(name).iterdir()}
        assert kinds <= ({".js", ".css"} if name != "vendor" else {".js", ".md", ""}), name


def test_the_version_follows_the_content(tmp_path, monkeypatch):
    (tmp_path / "a.js").write_text("1")
    monkeypatch.setitem(serving.FOLDERS, "made", tmp_path)
    first = serving.version.__wrapped__("made")
    (tmp_path / "a.js").write_text("2")
    assert serving.version.__wrapped__("made") != first


def test_every_answer_is_safe():
    for address in ("/", "/nothing", f"/{serving.address('chart', 'chart.js')}"):
        _, headers, _ = get(address, accept_encoding="gzip")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "frame-ancestors *" in headers["content-security-policy"]


def test_the_policy_allows_streamlits_inline_script_by_hash_and_no_other_host():
    policy = serving.content_security_policy()
    page = (serving.BUNDLE / "index.html").read_text()
    for script in re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL):
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "http" not in policy
    assert "default-src 'self';" in policy


def test_pages_announce_what_the_first_chart_needs_and_it_exists():
    _, headers, _ = get("/", accept_encoding="gzip")
    addresses = re.findall(r"<([^>]+)>", headers["link"])
    assert any("plotly-basic" in a for a in addresses)
    assert any("BidiComponent" in a for a in addresses)
    for address in addresses:
        assert get(address, accept_encoding="gzip")[0] == 200, address
    assert "link" not in get("/nothing")[1]


def test_the_announced_addresses_are_those_that_are_fetched():
    script = (serving.folder("chart") / "chart.js").read_text()
    assert "../collapse.ui.serving.vendor/plotly-basic.min.js?v=${PLOTLY}" in script
    assert f"/{serving.ROUTE}vendor/plotly-basic.min.js?v={serving.plotly_version()}>" in serving.early_hints("")
    for name in ("chart", "slider"):
        assert serving.address(name, f"{name}.js") in serving.loader(name)


def test_the_loader_is_small_because_every_message_carries_it():
    assert len(serving.loader("chart")) < 1500


def test_the_process_is_warmed_exactly_once(monkeypatch):
    calls: list = []
    monkeypatch.setattr(serving, "_settled", False)
    monkeypatch.setattr(serving, "warm", lambda: calls.append(1))
    serving.settle()
    serving.settle()
    assert calls == [1]


def test_asgi_serves_app_py():
    text = (Path(__file__).parents[2] / "asgi.py").read_text()
    assert '"app.py"' in text
    assert "serving.lifespan" in text
    assert "serving.middleware(live.answer)" in text


def test_a_dragged_slider_is_answered_and_nothing_is_kept():
    status, headers, body = get("/live/home?n=20&x=%26")
    assert (status, body) == (200, b"home n=20&x=%26")
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert "content-security-policy" in headers
    status, _, body = get("/live/nowhere?n=20")
    assert (status, body) == (204, b"")


def test_only_a_page_of_ours_tells_sliders_where_to_ask():
    assert 'window.lab = { live: new URL("./live/"' in get("/")[2].decode()
