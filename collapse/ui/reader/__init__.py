"""Heroes that are no charts, played in the browser: the loop, a text continued by every generation, or a wall of images.

`web/passages.js` draws plain text only (`textContent`), so whatever a text holds, it stays text; `web/wall.js` draws images.
"""

import json
from functools import cache
from typing import Any

import streamlit as st

from collapse.figures.family import FamilyPicture
from collapse.figures.loop import LoopPicture
from collapse.figures.reader import Reading
from collapse.figures.wall import WallPicture
from collapse.ui import assets

COMPONENT = "collapse_reader"
_FALLBACK = "(data) => JSON.parse(new TextDecoder().decode(data)).alt"


@cache
def _component() -> Any:
    return st.components.v2.component(
        COMPONENT, js=assets.loader("reader", _FALLBACK, shared="film"), isolate_styles=False
    )


def reader(hero: Reading | WallPicture | LoopPicture | FamilyPicture, *, key: str, group: str = "page") -> None:
    """Draw a text or a wall here; it shares the generation shown with the charts of its `group`."""
    assets.publish("reader")
    assets.publish("film")
    _component()(key=key, data=message(hero, key=key, group=group))


def message(hero: Reading | WallPicture | LoopPicture | FamilyPicture, *, key: str, group: str = "page") -> bytes:
    """What the component is given: UTF-8 JSON."""
    return hero.pack(key=key, group=group)


def readings(at: Any) -> dict[str, dict[str, Any]]:
    """For tests: every text and wall on a page under `AppTest`, by key."""
    protos = [element.proto for element in at.get("bidi_component")]
    found = [json.loads(proto.bytes) for proto in protos if proto.component_name == COMPONENT]
    return {data["key"]: data for data in found}
