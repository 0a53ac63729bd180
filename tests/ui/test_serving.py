"""Serving: only what is public, compressed once, with headers that are safe, in a process that is warmed once."""

import asyncio
import base64
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from streamlit import net_util
from streamlit.web.server.app_discovery import discover_asgi_app
from streamlit.web.server.server_util import is_url_from_allowed_origins

from collapse.ui import assets, front, packing, serving


async def _page(request):
    return HTMLResponse("<p>page</p>")


async def _rest(request):
    return PlainTextResponse("not ours", status_code=404)


def _answer(page, link, left):
    return f"{page} {link}".encode() if page == "home" else None


APP = Starlette(routes=[Route("/", _page), Route("/{path:path}", _rest)], middleware=serving.middleware(_answer))


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
    return "/static/js/" + next((assets.BUNDLE / "static" / "js").glob("index.*.js")).name


@pytest.mark.parametrize("name", ["chart", "slider", "share"])
def test_our_scripts_travel_compressed_and_stay_for_ever(name):
    status, headers, body = get(f"/{assets.address(name, f'{name}.js')}", accept_encoding="gzip, br")
    assert status == 200
    assert (headers["content-encoding"], headers["cache-control"]) == ("br", serving.FOREVER)
    assert headers["content-type"].startswith("text/javascript")
    assert brotli.decompress(body) == (assets.folder(name) / f"{name}.js").read_bytes()


def test_streamlits_scripts_travel_compressed_too():
    status, headers, body = get(bundle(), accept_encoding="gzip")
    assert (status, headers["content-encoding"], headers["cache-control"]) == (200, "gzip", serving.FOREVER)
    assert len(body) < 0.5 * len(gzip.decompress(body))


@pytest.mark.parametrize("declared", ["chart", "chart-", "chart-00000000"])
def test_an_address_of_no_version_or_another_is_not_found(declared):
    """It may be kept for ever, so it must not hold what belongs to another address."""
    assert get(f"/{assets.ROUTE}{declared}/chart.js", accept_encoding="gzip")[0] == 404


def test_who_cannot_unpack_is_served_by_streamlit():
    assert get(bundle())[0] == 404  # handed on to the app behind
    assert get(bundle(), accept_encoding="deflate, zstd")[0] == 404


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("br;q=0.1, gzip;q=0.9", "br"), ("gzip", "gzip"), ("GZIP ; Q=0.5", "gzip"), ("*", "br"),
        ("br;q=0, *", "gzip"), ("br;q=0, gzip", "gzip"), ("gzip;q=0, br", "br"), ("gzip;q=0", None), ("br;q=0, gzip;q=0.000", None),
        ("*;q=0", None), ("identity", None), ("brotli, xgzip", None), ("gzip;q=none", None), ("", None),
    ],
)  # fmt: skip
def test_files_are_packed_as_the_client_can_unpack_them(accepted, coding):
    """RFC 9110, 12.5.3: a weight of 0 forbids a coding, a star speaks of those that are not named."""
    status, headers, body = get(bundle(), accept_encoding=accepted)
    assert headers.get("content-encoding") == coding
    if coding is None:
        assert status == 404, "handed on to the app behind"
    else:
        content = (assets.BUNDLE / bundle()[1:]).read_bytes()
        assert headers["vary"] == "Accept-Encoding"
        assert {"br": brotli.decompress, "gzip": gzip.decompress}[coding](body) == content


def test_brotli_saves_a_seventh_of_what_the_first_chart_needs():
    plotly = assets.file_at(assets.plotly())
    assert len(packing.packed(plotly, "br")) < 0.86 * len(packing.packed(plotly, "gzip"))


def test_a_page_is_not_packed_for_who_forbids_it():
    assert "content-encoding" not in get("/gaussian", accept_encoding="gzip;q=0")[1]
    assert get("/gaussian", accept_encoding="gzip;q=0.1")[1]["content-encoding"] == "gzip", "control"


@pytest.mark.parametrize(
    "path",
    [
        "{chart}../__init__.py", "{chart}../../serving.py", "{chart}%2e%2e/__init__.py", "{chart}", "chart", "nothing/x.js",
        "{vendor}LICENSE", "../app.py", "{chart}/etc/passwd", "{slider}slider.py", "__init__/x.js", "",
    ],
)  # fmt: skip
def test_nothing_else_is_public(path):
    here = {name: assets.address(name, "").removeprefix(assets.ROUTE) for name in assets.FOLDERS}
    assert get(f"/{assets.ROUTE}{path.format(**here)}", accept_encoding="gzip")[0] == 404
    assert get(f"/static/{path}", accept_encoding="gzip")[0] == 404


@pytest.mark.parametrize(
    "up", ["{}", "static/{}", "a/../{}", "static/../{}", "..\\{}", "{}/", "component/../{}", "media/../{}"]
)
def test_nobody_learns_which_files_the_host_has(up):
    """A file that is there and one that is not are answered alike, wherever an address leads upwards to."""
    there = "../" * len(assets.BUNDLE.resolve().parts) + Path(__file__).resolve().as_posix().lstrip("/")
    assert (assets.BUNDLE.resolve() / there).is_file(), "control"
    found, missing = (get("/" + up.format(name)) for name in (there, f"{there}x"))
    assert found[0] == missing[0] == 404
    assert b"There is no such page" in found[2]
    assert b"There is no such page" in missing[2]


def test_a_file_of_an_older_version_is_not_found_instead_of_a_page():
    """Streamlit would send its own page, with 200, which a browser cannot run as a script."""
    assert get("/static/js/index.0123abcd.js")[::2] == (404, b"Not found")
    assert get("/static/nothing/", accept_encoding="gzip")[0] == 404


def test_the_public_folders_hold_nothing_but_what_a_browser_needs():
    for name in assets.FOLDERS:
        kinds = {p.suffix for p in assets.folder(name).iterdir()}
        assert kinds <= ({".js", ".css"} if name != "vendor" else {".js", ".md", ""}), name


def test_the_version_follows_the_content(tmp_path, monkeypatch):
    (tmp_path / "a.js").write_text("1")
    monkeypatch.setitem(assets.FOLDERS, "made", tmp_path)
    first = assets.version.__wrapped__("made")
    (tmp_path / "a.js").write_text("2")
    assert assets.version.__wrapped__("made") != first


def test_every_answer_is_safe():
    for address in ("/", "/nothing", f"/{assets.address('chart', 'chart.js')}"):
        _, headers, _ = get(address, accept_encoding="gzip")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert "camera=()" in headers["permissions-policy"]
        assert "frame-ancestors *" in headers["content-security-policy"]


def test_the_policy_allows_streamlits_inline_script_by_hash_and_no_other_host():
    policy = front.content_security_policy()
    page = (assets.BUNDLE / "index.html").read_text()
    for script in re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL):
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
    scripts = next(rule for rule in policy.split("; ") if rule.startswith("script-src"))
    assert "unsafe" not in scripts
    assert "http" not in policy
    assert "default-src 'self';" in policy


def test_a_page_an_address_that_is_none_and_one_with_a_slash_too_many():
    status, headers, body = get("/gaussian?n=7", accept_encoding="gzip", host="lab.example")
    assert (status, headers["content-encoding"]) == (200, "gzip")
    assert "http://lab.example/preview/gaussian.jpg" in gzip.decompress(body).decode()
    for nowhere in (
        "/nothing",
        "/gaussian/deep",
        "/preview/nothing.jpg",
        "/preview/../front.py",
        "/preview/../../content/home.md",
    ):
        status, _, body = get(nowhere)
        assert (status, b"There is no such page" in body) == (404, True), nowhere
    for several, one in {"/gaussian/?n=7": "../gaussian?n=7", "/home?n=7": "./?n=7", "/home/": "../"}.items():
        status, headers, _ = get(several)
        assert (status, headers["location"]) == (307, one)
    status, headers, _ = get("/preview/home.jpg")
    assert (status, headers["content-type"]) == (200, "image/jpeg")


def test_pages_announce_what_the_first_chart_needs_and_it_exists():
    _, headers, _ = get("/", accept_encoding="gzip")
    addresses = re.findall(r"<([^>]+)>", headers["link"])
    assert any("plotly-basic" in a for a in addresses)
    assert any("BidiComponent" in a for a in addresses)
    for address in addresses:
        assert get(address, accept_encoding="gzip")[0] == 200, address
    assert "link" not in get("/nothing")[1]


def test_the_announced_addresses_are_those_that_are_fetched():
    """Every script that is imported at once is announced and fetched with the first, so that none waits for another."""
    hints = front.early_hints("")
    assert f"/{assets.plotly()}>" in hints
    assert assets.plotly() in assets.loader("chart", library=assets.plotly())
    for name in ("chart", "film", "slider"):
        for script in assets.scripts(name):
            assert f"/{assets.address(name, script)}>; rel=modulepreload" in hints
            assert f'"{script}"' in assets.loader(name)
    assert set(assets.scripts("chart")) == {p.name for p in assets.folder("chart").glob("*.js")} - {
        "takeaway.js",
        "table.js",
        "image.js",
    }


def test_the_loader_is_small_because_every_message_carries_it():
    assert len(assets.loader("chart", library=assets.plotly())) < 1500


def test_the_process_is_warmed_exactly_once(monkeypatch):
    calls: list = []
    monkeypatch.setattr(serving, "_settled", False)
    monkeypatch.setattr(serving, "warm", lambda: calls.append(1))
    serving.settle()
    serving.settle()
    assert calls == [1]


def test_app_py_is_the_server_too_and_streamlit_finds_it():
    """`streamlit run` reads the file, does not run it, and looks for an assignment of a known class."""
    root = Path(__file__).parents[2]
    assert discover_asgi_app(root / "app.py").import_string == "app:app"
    text = (root / "app.py").read_text()
    assert "serving.lifespan" in text
    assert "serving.middleware(live.answer)" in text
    assert "from app import app" in (root / "asgi.py").read_text()


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


@pytest.mark.parametrize(
    ("origin", "refused"),
    [
        (None, False),
        ("http://lab.example", False),
        ("https://lab.example", False),
        ("http://lab.example:81", True),
        ("https://evil.example", True),
        ("null", True),
        ("", True),
    ],
)
def test_a_websocket_of_a_foreign_page_is_refused_before_streamlit_sees_it(monkeypatch, origin, refused):
    """Streamlit itself would ask a server on the network for our public address first, and wait for it."""

    def phones(*_: object, **__: object):
        raise AssertionError("asks the network")

    monkeypatch.setattr("streamlit.net_util._make_blocking_http_get", phones)
    reached, sent = [], []

    async def inner(scope, receive, send):
        reached.append(scope["type"])

    async def send(message):
        sent.append(message)

    headers = [(b"host", b"lab.example"), *([] if origin is None else [(b"origin", origin.encode())])]
    door = serving.Frontend(inner, _answer)
    asyncio.run(door({"type": "websocket", "path": "/_stcore/stream", "headers": headers}, None, send))
    assert (reached, sent) == (([], [{"type": "websocket.close", "code": 1008}]) if refused else (["websocket"], []))


def test_streamlit_never_asks_for_our_public_address(monkeypatch):
    monkeypatch.setattr(serving, "_settled", False)
    monkeypatch.setattr(serving, "warm", lambda: None)
    monkeypatch.setattr("streamlit.net_util._make_blocking_http_get", lambda *_, **__: pytest.fail("asks the network"))
    serving.settle()
    assert net_util.get_external_ip() == ""
    assert not is_url_from_allowed_origins("https://evil.example")


@pytest.mark.parametrize("name", ["\0", "x" * 256, "../" + "y" * 4000])
@pytest.mark.parametrize("place", ["static/", assets.address("chart", ""), ""])
def test_names_that_no_file_can_have_are_not_found(place, name):
    status, headers, _ = get(f"/{place}{name}", accept_encoding="gzip")
    assert status == 404
    assert headers["x-content-type-options"] == "nosniff"


def test_addresses_that_nobody_has_are_forgotten_again():
    """Whoever asks for a thousand names that are not there fills nothing."""
    assert assets.file_at.cache_info().maxsize == 1000
