"""The doors: what is too long, too much at once or nobody's business is refused in a sentence, and dressed like any answer."""

import ast
import asyncio
import http.client
import logging
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from starlette.responses import PlainTextResponse
from streamlit import config
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, media_file_manager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from websockets.sync.client import connect

import collapse
from collapse.laws import sieved
from collapse.links import MAX_KEYS
from collapse.spec import MAX_QUERY
from collapse.ui import book, doors, limits, live, serving, shelf
from collapse.worlds import digits

ROOT = Path(collapse.__file__).parents[1]


def scope(path="/", query="", method="GET", client="10.0.0.1", kind="http", host="lab.example"):
    return {
        "type": kind, "method": method, "path": path, "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(b"host", host.encode())], "root_path": "", "client": (client, 1), "scheme": "http",
    }  # fmt: skip


def answered(app, where):
    """(status, headers, body) of one request."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    asyncio.run(app(where, receive, send))
    start = next(m for m in sent if m["type"] == "http.response.start")
    body = b"".join(m.get("body", b"") for m in sent if m["type"] == "http.response.body")
    return start["status"], {k.decode(): v.decode() for k, v in start["headers"]}, body.decode()


async def fine(scope, receive, send):
    await PlainTextResponse("fine")(scope, receive, send)


async def broken(scope, receive, send):
    raise OSError("/home/somebody/secret is not there")


# ---- F10, F19: addresses


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "BREW"])
def test_whatever_breaks_is_dressed_like_an_answer_and_says_nothing(method, caplog):
    status, headers, body = answered(doors.Doors(broken), scope("/component/x", method=method))
    assert status == 500
    assert {"content-security-policy", "x-content-type-options", "referrer-policy"} <= headers.keys()
    assert "secret" not in body
    assert "Traceback" not in body
    assert "secret" in caplog.text, "it stands in the log"


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("/" + "x" * 4095, "", 200),
        ("/" + "x" * 4096, "", 414),
        ("/x" * 20, "", 200),
        ("/x" * 21, "", 404),
        ("/" + "x/" * 2000, "&" * 1001, 404),
        ("/", "n=" + "1" * (MAX_QUERY - 2), 200),
        ("/", "n=" + "1" * (MAX_QUERY - 1), 414),
        ("/", "&".join(f"a{i}" for i in range(MAX_KEYS)), 200),
        ("/", "&".join(f"a{i}" for i in range(MAX_KEYS + 1)), 414),
        ("/live/home", "&" * 1001, 414),
        ("/_stcore/metrics", "", 404),
    ],
)
def test_addresses_have_bounds_and_what_is_beyond_them_is_said(path, query, status):
    found, headers, body = answered(doors.Doors(fine), scope(path, query))
    assert found == status
    assert "content-security-policy" in headers
    if status == 414 and query:
        assert f"At most {MAX_QUERY:,} characters and {MAX_KEYS} settings are read" in body


def test_the_policy_names_the_own_host_only_and_no_host_that_is_none():
    def allowed(host):
        rules = answered(doors.Doors(fine), scope(host=host))[1]["content-security-policy"].split("; ")
        return next(rule for rule in rules if rule.startswith("connect-src"))

    assert allowed("lab.example:81") == "connect-src 'self' ws://lab.example:81 wss://lab.example:81"
    assert allowed("[::1]:81") == "connect-src 'self' ws://[::1]:81 wss://[::1]:81"
    for strange in ("*", "a b", "x; script-src *", "evil.example/", "", "ws:"):
        assert allowed(strange) == "connect-src 'self'", strange


# ---- F16: a path of one's own


@pytest.mark.parametrize(
    ("path", "status", "where"),
    [
        ("/lab", 307, "/lab/?n=3"),
        ("/", 307, "/lab/?n=3"),
        ("/lab/", 200, None),
        ("/lab/home", 307, "./?n=3"),
        ("/lab/gaussian", 200, None),
        ("/lab/gaussian/x", 404, None),
        ("/labor", 404, None),
        ("/gaussian", 404, None),
    ],
)
def test_a_sub_path_needs_no_slash(path, status, where):
    """All addresses in a page are relative, so at /lab they would be looked for at the root."""
    there = {**scope(path, "n=3"), "root_path": "/lab"}
    found, headers, _ = answered(serving.Frontend(fine, lambda *_: None), there)
    assert (found, headers.get("location")) == (status, where)


# ---- F9: caches

FEW = {  # every cache without a bound whose function is given something, and how little that can be
    "starts": "days of which there is a file; another is refused",
    "_lesson": "names of pages",
    "wordy": "names of pages",
    "words": "names of pages; others raise",
    "drawing": "names of pages; others raise",
    "address": "names of pages, and two switches",
    "style": "all pages",
    "version": "folders of ours",
    "scripts": "folders of ours",
    "_declare": "folders of ours",
    "packed": "files that `file_at` has found",
    "early_hints": "the one path under which the app lives",
    "_of_alice": "characters or words",
    "_penguins": "orders of four columns",
    "example": "three columns",
    "fixed_noise": "as many coordinates as a knob allows",
}


def test_every_cache_is_bounded_or_holds_only_what_is_ours():
    found = set()
    for path in (ROOT / "collapse").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.args.args:
                marks = [ast.unparse(mark) for mark in node.decorator_list]
                if "cache" in marks or "lru_cache(None)" in marks:
                    found.add(node.name)
    assert found == FEW.keys()


def test_what_visitors_ask_for_fills_no_cache():
    for i in range(1, 99):
        live.answer(f"nowhere{i}", "")
        sieved.fed(10 + i, 5, 0.5, 0.5, 1)
        assert len(digits.Digits(digits=i).rows)
    assert book._lesson.cache_info().currsize <= 20
    assert sieved.fed.cache_info().maxsize == 4096
    assert digits._split.cache_info().currsize <= 32


# ---- limits


class Slow:
    """An app behind the limits, whose answers wait until they are told to go on."""

    def __init__(self):
        self.reached, self.go = 0, asyncio.Event()

    async def __call__(self, scope, receive, send):
        self.reached += 1
        await self.go.wait()
        if scope["type"] == "http":
            await PlainTextResponse("fine")(scope, receive, send)


@pytest.mark.parametrize(
    ("kind", "where"),
    [
        ("live", scope("/live/home")),
        ("socket", scope("/_stcore/stream", kind="websocket")),
        ("upload", scope("/_stcore/upload_file/a/b", method="PUT")),
    ],
)
def test_one_address_has_so_much_open_and_no_more_and_nobody_else_is_touched(kind, where):
    most = limits.LIMITS[kind].most
    assert most >= 30, "thirty pupils behind one school address"

    async def crowd():
        behind = Slow()
        door, sent = limits.Limits(behind), []

        async def send(message):
            sent.append(message)

        first = [asyncio.create_task(door(where, None, send)) for _ in range(most)]
        await asyncio.sleep(0)
        await door(where, None, send)  # one too many
        refused = sent.copy()
        other = asyncio.create_task(door({**where, "client": ("10.0.0.2", 1)}, None, send))
        await asyncio.sleep(0)
        reached = behind.reached
        behind.go.set()
        await asyncio.gather(*first, other)
        await door(where, None, send)  # and now there is room again
        return refused, reached, behind.reached, door.open

    refused, reached, after, still_open = asyncio.run(crowd())
    assert refused[0].get("status", refused[0]["type"]) == ("websocket.close" if kind == "socket" else 429)
    assert (reached, after) == (most + 1, most + 2)
    assert not still_open, "nothing is remembered of those who have left"


def test_an_address_is_a_household():
    def of(client):
        return limits.address({"client": (client, 1)})

    assert of("2001:db8:1:2::3") == of("2001:db8:1:2:ffff::") != of("2001:db8:1:3::3")
    assert of("::ffff:10.0.0.1") != of("::ffff:10.0.0.2")
    assert of("10.0.0.1") != of("10.0.0.2")
    assert limits.address({"client": None}) == ""


def asking(letters: int) -> bytes:
    """A sound message with a query of so many letters."""
    message = BackMsg()
    message.rerun_script.query_string = "x" * letters
    return message.SerializeToString()


@pytest.mark.parametrize(
    ("message", "closed"),
    [
        ({"bytes": asking(limits.MESSAGE - 100)}, 0),
        ({"bytes": asking(10), "text": None}, 0),
        ({"bytes": asking(limits.MESSAGE)}, 1009),
        ({"text": "hello"}, 1003),
        ({"bytes": b"\xff\xff\xff"}, 1007),
        ({"bytes": asking(10)[:-1]}, 1007),
    ],
    ids=["large", "as others say it", "too large", "text", "garbage", "cut off"],
)
def test_a_message_that_no_page_would_send_closes_its_socket(message, closed):
    seen, sent = [], []

    async def behind(scope, receive, send):
        seen.append((await receive())["type"])

    async def receive():
        return {"type": "websocket.receive", **message}

    async def send(message):
        sent.append(message)

    asyncio.run(limits.Limits(behind)(scope(kind="websocket"), receive, send))
    assert seen == ["websocket.disconnect" if closed else "websocket.receive"]
    assert sent == ([{"type": "websocket.close", "code": closed}] if closed else [])


# ---- F20: logs


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/gaussian?world.data=344x1-secret", "/gaussian"),
        ("/_stcore/upload_file/session/file", "/_stcore/upload_file/…"),
        ("/lab/media/abc.csv?title=x", "/lab/media/…"),
        ("/" + "x" * 1000, "/" + "x" * 199),
    ],
)
def test_logs_hold_no_query_and_no_session(address, said):
    record = logging.LogRecord("uvicorn.access", 20, "", 0, '%s - "%s %s"', ("1.2.3.4:5", "GET", address), None)
    assert doors.Told().filter(record)
    assert record.getMessage() == f'1.2.3.4:5 - "GET {said}"'


# ---- a real server that cannot reach anybody


class Server:
    """A server of this repository whose network ends at this machine."""

    def __init__(self, folder, *command):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.asked, self.log = folder / "asked", folder / "log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    ROOT / "tests" / "guarded.py",
                    *(part.replace("PORT", str(self.port)) for part in command),
                ],
                cwd=ROOT,
                env=os.environ | {"GUARD": str(self.asked)},
                stdout=log,
                stderr=log,
            )
        for _ in range(300):
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                if self.ask("GET", "/_stcore/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("not healthy")

    def ask(self, method, path, body=None, **headers):
        """(status, headers) of a request."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as there:
            there.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
            with there.getresponse() as answer:
                answer.read()
                return answer.status, answer.headers

    @contextmanager
    def visit(self, query=""):
        """(messages, token) of a socket on which the first page has been drawn; it closes at the end of the block."""
        token = self.ask("GET", "/_stcore/health")[1].get("set-cookie", "").partition("=")[2].partition(";")[0]
        with connect(
            f"ws://127.0.0.1:{self.port}/_stcore/stream",
            origin=f"http://127.0.0.1:{self.port}",
            subprotocols=["streamlit", *([token] if token else [])],
            additional_headers={"Cookie": f"_streamlit_xsrf={token}"},
            max_size=None,
        ) as door:
            asks = BackMsg()
            asks.rerun_script.query_string = query
            door.send(asks.SerializeToString())
            came = []
            while not came or came[-1].WhichOneof("type") != "script_finished":
                came.append(ForwardMsg.FromString(door.recv(timeout=60)))
            yield came, token

    def end(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    found = Server(tmp_path_factory.mktemp("server"), "uvicorn", "app:app", "--port", "PORT")
    yield found
    found.end()


def test_nothing_leaves_the_host(server):
    """Neither a foreign websocket nor a foreign page nor a whole visit makes the server look anything up."""
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec_WebSocket_Version": "13",
        "Sec_WebSocket_Key": "eDNKSkhNYkRMMUV6TGtoOQ==",
    }
    for _ in range(3):
        before = time.perf_counter()
        assert server.ask("GET", "/_stcore/stream", Origin="http://evil.example", **upgrade)[0] == 403
        assert time.perf_counter() - before < 1
    server.ask("GET", "/_stcore/host-config", Origin="http://evil.example")
    with server.visit("n=33") as (came, _):
        assert len(came) > 20
    assert not server.asked.exists(), server.asked.read_text()


def test_streamlit_run_asks_nobody_for_its_address_either(tmp_path):
    found = Server(tmp_path, "streamlit", "run", "app.py", "--server.port", "PORT", "--server.headless", "true")
    try:
        time.sleep(1)  # it says where it is after it is healthy
        assert not found.asked.exists(), found.asked.read_text()
    finally:
        found.end()


def test_a_browser_is_not_told_where_the_server_is_and_what_it_runs(server):
    with server.visit() as (came, _):
        pass
    first = next(m.new_session for m in came if m.WhichOneof("type") == "new_session")
    assert (first.main_script_path, str(first.initialize.user_info), str(first.initialize.environment_info)) == (
        "",
        "",
        "",
    )
    assert not any(str(ROOT).encode() in m.SerializeToString() for m in came)
    assert sys.version.split()[0].encode() not in first.SerializeToString()


def upload(server, session, token, size, mark):
    body = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a.csv"\r\n\r\n' + b"1" * size + b"\r\n--x--\r\n"
    path = f"/_stcore/upload_file/{session}/{mark}"
    return server.ask(
        "PUT",
        path,
        body,
        Content_Type="multipart/form-data; boundary=x",
        X_Xsrftoken=token,
        Cookie=f"_streamlit_xsrf={token}",
    )[0]


def test_a_session_keeps_three_files_and_none_is_too_large(server):
    with server.visit() as (came, token):
        session = next(m.new_session.initialize.session_id for m in came if m.WhichOneof("type") == "new_session")
        assert [upload(server, session, token, 1000, f"file{i}") for i in range(10)] == [204] * 10
        assert upload(server, session, token, 5_000_000, "large") == 413
    assert session not in server.log.read_text(), "no session stands in the log"
    lines = [line for line in server.log.read_text().splitlines() if "upload_file" in line]
    assert len(lines) == 11, "and every address once"


def test_of_the_files_of_a_session_the_newest_are_kept(monkeypatch):

    class Running:
        uploaded_file_mgr = MemoryUploadedFileManager("/x")

    monkeypatch.setattr(limits.runtime, "exists", lambda: True)
    monkeypatch.setattr(limits.runtime, "get_instance", lambda: Running)

    async def keeps(scope, receive, send):
        session, mark = scope["path"].split("/")[-2:]
        Running.uploaded_file_mgr.add_file(session, UploadedFileRec(mark, "a", "text/csv", b"1" * 10))
        await PlainTextResponse("", 204)(scope, receive, send)

    door = limits.Limits(keeps)
    for i in range(10):
        assert answered(door, scope(f"/_stcore/upload_file/mine/{i}", method="PUT"))[0] == 204
    assert list(Running.uploaded_file_mgr.file_storage["mine"]) == ["7", "8", "9"]
    monkeypatch.setattr(limits, "HELD", 20)
    status, _, body = answered(door, scope("/_stcore/upload_file/yours/1", method="PUT"))
    assert (status, "as many files as it can" in body) == (507, True)


def test_forgetting_takes_what_could_be_downloaded_at_once(monkeypatch):

    store = MemoryMediaFileStorage("/media")
    downloads = media_file_manager.MediaFileManager(store)

    def of(name, data):
        monkeypatch.setattr(media_file_manager, "_get_session_id", lambda: name)
        return downloads.add(data, "text/csv", name, f"{name}.csv", is_for_static_download=True).rpartition("/")[2]

    mine, yours = of("mine", b"secret"), of("yours", b"other")
    nothing = SimpleNamespace(remove_session_files=lambda session: None)
    session = SimpleNamespace(session_id="mine", uploaded_file_mgr=nothing)
    monkeypatch.setattr(shelf, "get_script_run_ctx", lambda: session)
    monkeypatch.setattr(shelf.runtime, "exists", lambda: True)
    monkeypatch.setattr(shelf.runtime, "get_instance", lambda: SimpleNamespace(media_file_mgr=downloads))
    shelf.forget()
    assert store.get_file(yours).content == b"other"
    with pytest.raises(Exception, match="Bad filename"):
        store.get_file(mine)


@pytest.mark.quick
@pytest.mark.parametrize(
    "section", ["theme", *(f"theme.{category.value}" for category in config.CustomThemeCategories)]
)
def test_the_theme_that_is_made_ready_once_is_streamlits_own(section):
    doors.dress_once()
    ready, own = CustomThemeConfig(), CustomThemeConfig()
    app_session._populate_theme_msg(ready, section)
    app_session._populate_theme_msg.__wrapped__(own, section)
    assert ready == own
    app_session._populate_theme_msg(second := CustomThemeConfig(), section)
    second.primary_color = "changed by one session"
    app_session._populate_theme_msg(third := CustomThemeConfig(), section)
    assert third == own  # of nobody else
