"""The live slider: drag and see. A native range and a number field, with the same meaning as a pair of plain widgets.

The browser keeps two states, `live` (while dragging) and `settled` (on release, key press or typed number), each a pair
`[stamp, value]`; the newest valid one is the value. The server believes nothing: what is not a finite number inside
the range is ignored, and the previous value stays. `web/slider.js` says how often it sends, and why.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from numbers import Integral
from typing import Any

import streamlit as st

from collapse.ui import assets
from collapse.ui.prose import as_quote

COMPONENT = "collapse_slider"
LARGEST = 1e300  # a number beyond it is none of ours, and a whole one may be too large for a double
RUNGS = 120  # positions of a logarithmic slider
_HTML = """<style>@keyframes mc-late{to{visibility:visible}}
.mc-plain{visibility:hidden;animation:mc-late 0s 3s forwards}
.mc-plain a{color:var(--st-link-color,inherit)}</style>
<p class="mc-plain">Slider not working? <a href="?controls=plain" target="_self">Use plain controls</a></p>"""


@dataclass
class _Kept:
    """What the server remembers of one slider between runs; `low` and `high` bound what may be typed."""

    low: float
    high: float
    whole: bool
    value: float  # the last valid one
    given: float  # what the page passed last
    stamp: float = -math.inf  # of the newest message that counts
    version: int = 0  # rises when the server moves the slider, so that the browser follows


def live_slider(
    label: str,
    *,
    low: float,
    high: float,
    value: float,
    typed: tuple[float, float] | None = None,
    step: float | None = None,
    log: bool = False,
    help: str = "",
    wrong: str = "",
    unit: str = "",
    format: str = "number",
    key: str,
    on_live: Callable[[], None] | None = None,
    on_settle: Callable[[], None] | None = None,
    asks: tuple[str, str] | None = None,
    plain: bool = False,
    disabled: bool = False,
) -> float:
    """A slider that speaks while it is dragged; returns its value (an int when low, high, value and step are).

    `value`: with `on_settle` the page owns it: it passes what it has, and the slider follows whenever that is not
    what the reader chose last (a preset, undo, a refusal). Without `on_settle` it is where the slider starts. `typed`:
    the bounds of typed numbers, when they may pass the slider's ends. `step`: of the slider; a typed number may be
    finer. `log`: equal steps are equal ratios, rounded to two digits. `format`: "number" or "percent" (0.1 reads 10%).
    `wrong`: a sentence in red below it.
    `on_live`: called while dragging, typically `lambda: st.rerun("hero")`; None keeps silent until release. `asks`: (page,
    knob) for which `ui.live` answers; where it is served, it is asked instead. `on_settle`: called once, with the final
    value; without it the page reruns.
    `plain`: ordinary Streamlit widgets instead. Errors: ValueError that names the slider when the range is empty, or
    holds zero and `log` is set.
    """
    if not low < high or (log and low <= 0) or format not in ("number", "percent"):
        rule = "low < high (for log 0 < low) and format number or percent"
        raise ValueError(f"Slider {key!r} needs {rule}; got {low}, {high}, {format!r}.")
    whole = all(isinstance(v, Integral) for v in (low, high, value, 1 if step is None else step))
    least, most = typed or (low, high)
    low, high, value, least, most = (int(v) if whole else float(v) for v in (low, high, value, least, most))
    step = step or (1 if whole else _tidy((high - low) / 100))
    kept = _remember(key, least, most, whole, value, owned=on_settle is not None)
    if plain:
        number = _plain(label, key, kept, (low, high), step, log, help, unit, format, on_settle, disabled)
        if wrong:
            st.warning(as_quote(wrong), icon=":material/error:")
        return number
    assets.publish("slider")
    data = {
        "label": label,
        "help": help,
        "wrong": wrong,
        "unit": unit,
        "percent": format == "percent",
        "low": low,
        "high": high,
        "least": least,
        "most": most,
        "step": step,
        "whole": whole,
        "log": log,
        "rungs": RUNGS,
        "value": kept.value,
        "version": kept.version,
        "live": on_live is not None,
        "asks": asks,
        "disabled": disabled,
    }
    _component()(key=key, data=data, on_live_change=on_live or _nothing, on_settled_change=on_settle or _nothing)
    return slider_value(key)


def slider_value(key: str) -> float:
    """The newest valid value of a slider that this session has shown, also inside callbacks and fragments.

    Errors: KeyError that names the slider if it was never shown.
    """
    kept = st.session_state.get(_name(key))
    if kept is None:
        raise KeyError(f"No live slider {key!r} has been shown in this session.")
    state = st.session_state.get(key)
    for message in sorted(filter(None, (_message(state, name, kept) for name in ("live", "settled")))):
        if message[0] > kept.stamp:
            kept.stamp, kept.value = message
    return int(kept.value) if kept.whole else kept.value


def valid(raw: Any, low: float, high: float, whole: bool) -> float | None:
    """The number, if it is finite, inside the range, and whole where it must be; else None."""
    if isinstance(raw, bool) or not isinstance(raw, int | float) or not low <= raw <= high or not abs(raw) < LARGEST:
        return None
    if whole:
        return int(raw) if raw == int(raw) else None
    return float(raw)


def ladder(low: float, high: float, whole: bool) -> list[float]:
    """The values of a logarithmic slider: distinct, rising, two significant digits, both ends exact."""
    rungs = (_tidy(low * (high / low) ** (i / RUNGS), whole) for i in range(1, RUNGS))
    return sorted({low, high, *(r for r in rungs if low < r < high)})


def _tidy(x: float, whole: bool = False) -> float:
    """Two significant digits, like `Number(x.toPrecision(2))`."""
    return round(float(f"{x:.1e}")) if whole else float(f"{x:.1e}")


def _name(key: str) -> str:
    return f"{key}:kept"


def _nothing() -> None:
    """Streamlit keeps a state only if it has a callback."""


@cache
def _component() -> Any:
    return st.components.v2.component(COMPONENT, html=_HTML, js=assets.loader("slider"), isolate_styles=False)


def _message(state: Any, name: str, kept: _Kept) -> tuple[float, float] | None:
    """(stamp, value) as the browser sent it, if both are sound."""
    pair = state.get(name) if isinstance(state, dict) else None
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return None
    stamp = valid(pair[0], 0, math.inf, False)
    value = valid(pair[1], kept.low, kept.high, kept.whole)
    return None if stamp is None or value is None else (stamp, value)


def _remember(key: str, low: float, high: float, whole: bool, value: float, owned: bool) -> _Kept:
    """The slider's memory, brought up to date: the page's `value` may move it, and a range that shuts it out."""
    kept: _Kept | None = st.session_state.get(_name(key))
    if kept is None:
        kept = st.session_state[_name(key)] = _Kept(low, high, whole, value, value)
    now = slider_value(key)
    moved = value != now and (owned or value != kept.given)
    kept.low, kept.high, kept.whole, kept.given = low, high, whole, value
    if moved or valid(now, low, high, whole) is None:
        kept.value, kept.version = value, kept.version + 1
    return kept


def _plain(
    label: str,
    key: str,
    kept: _Kept,
    ends: tuple[float, float],
    step: float,
    log: bool,
    help: str,
    unit: str,
    format: str,
    on_settle: Callable[[], None] | None,
    disabled: bool,
) -> float:
    """`st.slider` (or `st.select_slider`) and `st.number_input` over one value: `<key>-slider`, `<key>-number`."""
    kind: Any = int if kept.whole else float
    percent = format == "percent"
    scale = 100 if percent else 1  # of the typed number
    now = kind(kept.value)
    low, high = min(kind(ends[0]), now), max(kind(ends[1]), now)
    slider, number = f"{key}-slider", f"{key}-number"

    def take(widget: str) -> None:
        raw = st.session_state[widget]
        fresh = valid(raw if widget == slider or not percent else _exact(raw / 100), kept.low, kept.high, kept.whole)
        if fresh is not None:
            kept.value = fresh
            if on_settle:
                on_settle()

    st.session_state[slider], st.session_state[number] = now, _exact(now * scale)
    shared: dict[str, Any] = {"on_change": take, "disabled": disabled}
    title = f"{label} ({unit})" if unit else label
    if log:
        options = sorted({*map(kind, ladder(low, high, kept.whole)), now})
        st.select_slider(title, options, key=slider, args=(slider,), help=help or None, **shared)
    else:
        shape = "percent" if percent else None
        shared_slider = shared | {"key": slider, "args": (slider,), "help": help or None}
        st.slider(title, low, high, step=kind(step), format=shape, **shared_slider)
    typed = f"{label}, typed" + (f" ({unit or '%'})" if unit or percent else "")
    bounds = _exact(kind(kept.low) * scale), _exact(kind(kept.high) * scale)
    shape = None if kept.whole else "%.6g"
    st.number_input(typed, *bounds, step=_exact(kind(step) * scale), format=shape, key=number, args=(number,), **shared)
    return kind(kept.value)


def _exact(x: float) -> float:
    """Twelve digits: 0.07 * 100 is 7."""
    return x if isinstance(x, int) else float(f"{x:.12g}")
