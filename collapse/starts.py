"""What every page started with on some day, so that a short link keeps its promise when a page later starts with something else.

A short link names such a day, `start=2026-11-28`, and says only what differs from it.  The files in `starts/` never change; when the
start of a page does, a test asks for a new one: `python -m collapse.ui.starts`.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from collapse.scenario import Scenario
from collapse.spec import shown

START = "start"
_HOME = files("collapse") / "starts"


def days() -> list[str]:
    """The days of which the starts are known, the newest last."""
    return sorted(file.name.removesuffix(".json") for file in _HOME.iterdir() if file.name.endswith(".json"))


@cache
def starts(day: str) -> Mapping[str, Mapping[str, str]]:
    """The full link of every page as it started on that day, by its name, or by `name?panel=…`. Errors: ValueError if not known."""
    if day not in days():
        raise ValueError(f"{START}={shown(day)} is no day of which this program knows how its pages started")
    found: dict[str, dict[str, str]] = json.loads((_HOME / f"{day}.json").read_text(encoding="utf-8"))
    return found


def _start(page: str, query: Mapping[str, Any], day: Any) -> Mapping[str, str]:
    """What that page, or the panel of it that the query opens, started with."""
    known = starts(str(day))
    first = next((key for key in known if key.partition("?")[0] == page), page)
    found = known.get(f"{page}?panel={query.get('panel')}", known.get(first))
    if found is None:
        raise ValueError(f"this page was not there yet on the day {START}={day}")
    return found


def _changed(start: Mapping[str, str], query: Mapping[str, Any]) -> set[str]:
    """The parts of which the query chooses another kind; their knobs are others as well."""
    return {part for part in Scenario.parts() if query.get(part, start.get(part)) != start.get(part)}


def shortened(page: str, query: Mapping[str, str]) -> dict[str, str]:
    """A full link of a page as a short one, which opens the same."""
    day = days()[-1]
    start = _start(page, query, day)
    changed = _changed(start, query)
    differs = {k: v for k, v in query.items() if start.get(k) != v or k.partition(".")[0] in changed or k == "panel"}
    return {START: day} | differs


def expanded(page: str, query: Mapping[str, Any]) -> dict[str, Any]:
    """A short link in full; any other link as it is. Errors: ValueError if its start is not known."""
    rest = dict(query)
    day = rest.pop(START, None)
    if day is None:
        return rest
    start = _start(page, rest, day)
    changed = _changed(start, rest)
    return {k: v for k, v in start.items() if k.partition(".")[0] not in changed} | rest
