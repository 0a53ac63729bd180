"""The chart component: `chart(picture, key=...)` draws a `Picture` and keeps it alive while its data change.

Python sends one JSON text (`figures.picture.pack`); `web/chart.js` draws it with the vendored plotly.js and does
everything that needs no server: play and scrub, zoom, hide a line, table, CSV, PNG, SVG, theme. Read chart.js next.
"""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

from collapse.figures.picture import Picture, pack
from collapse.ui import assets

COMPONENT = "collapse_chart"
_FALLBACK = "(data) => JSON.parse(new TextDecoder().decode(data)).alt"


@cache
def _component() -> Any:
    return st.components.v2.component(
        COMPONENT, js=assets.loader("chart", _FALLBACK, assets.plotly(), shared="film"), isolate_styles=False
    )


def chart(
    picture: Picture,
    *,
    key: str,
    height: int | None = None,
    group: str = "page",
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Draw a picture here.

    `key` names the chart for the life of the page: the same key keeps zoom, hidden lines and the generation shown.
    `height`: of the plot, in CSS pixels (default: the figure's, else 340). `group`: charts of one group share the
    generation, which their `cursor` marks. `on_pick`: called with the `customdata` of a point that is clicked, a whole
    number; it comes from the browser, so whoever is called must look at it. Errors: ValueError from `pack` if the film
    does not fit the figure.
    """
    assets.publish("chart")
    assets.publish("film")
    assets.publish("vendor")
    heard = {} if on_pick is None else {"on_picked_change": lambda: _heard(key, on_pick)}
    data = message(picture, key=key, height=height, group=group, pick=on_pick is not None)
    _component()(key=key, data=data, **heard)


def message(picture: Picture, *, key: str, height: int | None = None, group: str = "page", pick: bool = False) -> bytes:
    """What the component is given: UTF-8 JSON."""
    return pack(picture, key=key, group=group, height=height, pick=pick)


def _heard(key: str, on_pick: Callable[[int], None]) -> None:
    """Hand a picked point on, if it is a whole number."""
    state = st.session_state.get(key)
    number = state.get("picked") if isinstance(state, Mapping) else None
    if isinstance(number, int) and not isinstance(number, bool):
        on_pick(number)


def figures(at: Any) -> dict[str, dict[str, Any]]:
    """For tests: every chart on a page under `streamlit.testing.v1.AppTest`, by key, as `encode` made it.

    >>> figures(at)["variance"]["figure"]["layout"]["yaxis"]["range"] # numbers: figures.picture.encode tells the form
    """
    protos = [element.proto for element in at.get("bidi_component")]
    charts = [json.loads(proto.bytes) for proto in protos if proto.component_name == COMPONENT]
    return {data["key"]: data for data in charts}
