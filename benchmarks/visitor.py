"""One visitor, as far as a Streamlit server can tell: a websocket that speaks the messages of Streamlit's own frontend.

What a browser sends when a key is pressed on a slider was read off Chromium's own frames and is repeated here field by field:
the state of every widget that the server has set, the query of the address bar, the page, the hashes of large messages that
the browser still holds, and its surroundings.
"""

import asyncio
import json
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

HOME = "home"  # the page that a visitor opens who names none
CACHED = 3  # runs for which a browser keeps a large message
ANSWERS = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
CHART = "chart"
DOORS = ThreadPoolExecutor(64)  # who ask for a page at the same time


@dataclass
class Visitor:
    """`name`: of the page, as in its address; the control is its slider of examples, and `low` and `high` are its bounds, known once
    the page is there."""

    socket: Any
    url: str
    query: str = ""
    name: str = HOME
    page: str = ""
    session: str = ""
    fragment: str = ""
    control: str = ""
    low: float = 0.0
    high: float = 0.0
    live: bool = False
    states: dict[str, WidgetState] = field(default_factory=dict)
    held: deque[dict[str, str]] = field(default_factory=lambda: deque([{}], maxlen=CACHED))

    async def open(self) -> float:
        """Ask for the page; seconds until it is complete."""
        start = time.perf_counter()
        await self._send()
        await self._answer()
        return time.perf_counter() - start

    async def change(self, value: float) -> tuple[float, float]:
        """Move the control; the moments when the last chart and when the end of the run have arrived."""
        state = WidgetState(id=self.control)
        if self.live:
            state.json_value = json.dumps({"settled": [time.time_ns() // 1_000_000, value]}, separators=(",", ":"))
        else:
            state.double_array_value.data.append(value)
        self.states[self.control] = state
        await self._send()
        return await self._answer()

    async def _send(self) -> None:
        message = BackMsg()
        rerun = message.rerun_script
        rerun.query_string, rerun.page_script_hash, rerun.fragment_id = self.query, self.page, self.fragment
        rerun.page_name = "" if self.page or self.name == HOME else self.name
        rerun.widget_states.widgets.extend(self.states.values())
        rerun.cached_message_hashes.extend(key for run in self.held for key in run)
        around = rerun.context_info
        around.timezone, around.timezone_offset, around.locale = "UTC", 0, "en-US"
        around.url, around.is_embedded, around.color_scheme = self.url, False, "light"
        await self.socket.send(message.SerializeToString())

    async def _answer(self) -> tuple[float, float]:
        """Read until the run has ended; a callback that redraws only parts of the page ends one run early and starts another."""
        chart = float("nan")
        self.held.append({})
        while True:
            message = ForwardMsg.FromString(await self.socket.recv())
            now = time.perf_counter()
            kind = message.WhichOneof("type")
            if kind == "script_finished" and message.script_finished in ANSWERS:
                return (now if chart != chart else chart), now
            if kind == "navigation":
                self.page = message.navigation.page_script_hash
            elif kind == "new_session":
                self.session = message.new_session.initialize.session_id
                self.page = self.page or message.new_session.page_script_hash
            elif self._brings_chart(message, kind):
                chart = now

    def _brings_chart(self, message: ForwardMsg, kind: str | None) -> bool:
        """Is it a chart, sent in full or as the hash of one that the browser still holds?"""
        if kind == "ref_hash":
            return any(run.get(message.ref_hash) == CHART for run in self.held)
        return kind == "delta" and message.delta.WhichOneof("type") == "new_element" and self._element(message) == CHART

    def _element(self, message: ForwardMsg) -> str:
        """Take note of an element; "chart" if it is one."""
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        content = getattr(element, kind)
        name = kind
        if kind == "bidi_component":
            name = {"collapse_chart": CHART, "collapse_slider": "slider", "collapse_share": "share"}.get(
                content.component_name, ""
            )
        elif kind == "plotly_chart":
            name = CHART
        elif kind == "exception":
            raise RuntimeError(f"the page failed: {content.type} {content.message}")
        if name == "share":
            self.query = json.loads(content.json)[1]  # the share field keeps the address bar in step
        elif name == "slider" and not self.control:
            self._slider(content, message.delta.fragment_id)
        elif getattr(content, "set_value", False):
            self._given(kind, content)
        if message.metadata.cacheable:
            self.held[-1][message.hash] = name
        return name

    def _slider(self, content: Any, fragment: str) -> None:
        if hasattr(content, "component_name"):
            if not content.id.endswith(f"-{self.name}_n"):
                return
            data = json.loads(content.json)
            self.low, self.high, self.live = data["low"], data["high"], True
        else:
            self.low, self.high = content.min, content.max
        self.control, self.fragment = content.id, fragment

    def _given(self, kind: str, content: Any) -> None:
        """A widget whose value the server has set: the frontend takes it over as its own state."""
        state = WidgetState(id=content.id)
        if kind == "selectbox":
            state.string_value = content.raw_value
        elif kind == "text_input":
            state.string_value = content.value
        elif kind == "button_group":
            state.string_array_value.data.extend(content.raw_values)
        else:
            return
        self.states[content.id] = state


async def asked(url: str) -> tuple[int, str]:
    """Ask for the page itself, as a browser does first: the status, and the cookie by which a proxy knows the visitor again."""

    def ask() -> tuple[int, str]:
        try:
            with urlopen(url, timeout=60) as answer:
                return answer.status, answer.headers.get("Set-Cookie", "").partition(";")[0]
        except HTTPError as error:
            error.close()
            return error.code, ""

    return await asyncio.get_running_loop().run_in_executor(DOORS, ask)


async def arrive(url: str, query: str = "", cookie: str = "", session: str = "", name: str = HOME) -> Visitor:
    """Open a websocket the way the frontend does, compression offered; `session` is the one whose line was lost, `name` the page."""
    stream = url.replace("http", "ws", 1) + "_stcore/stream"
    socket = await websockets.connect(
        stream,
        subprotocols=["streamlit", *(["token", session] if session else [])],
        origin=url.rstrip("/"),
        max_size=None,
        open_timeout=60,
        additional_headers={"Cookie": cookie} if cookie else None,
    )
    return Visitor(socket, url + (f"?{query}" if query else ""), query, name)


async def leave(visitors: list[Visitor]) -> None:
    await asyncio.gather(*(visitor.socket.close() for visitor in visitors), return_exceptions=True)
