"""A picture is a plotly figure with the words that belong to it, and perhaps a film; `encode` makes it travel.

The film holds every generation at once, so that the browser can play and scrub without asking the server. Numbers
travel as typed arrays (`{"dtype": "f4", "bdata": base64, "shape": "51, 160"}`, plotly's own notation), words as JSON.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from collapse.figures.palette import DARK

FAR = 3e38  # the largest number of single precision, nearly
_MARGIN = 0.04  # of the range, on either side of an axis that a film holds still


class Film(NamedTuple):
    """What play and scrub show, entirely in the browser. Frame i is generation i."""

    captions: tuple[str, ...]  # one per frame: shown under the chart, announced politely
    traces: Mapping[int, Mapping[str, np.ndarray]]  # trace index -> "x" | "y" | "text" -> (frames, m)
    start: int = -1  # the frame first shown: the last


class Table(NamedTuple):
    """Columns by their names, with units; each a list of words, or an array of numbers, all equally long."""

    head: tuple[str, ...]
    columns: tuple[Sequence[Any] | np.ndarray, ...]


@dataclass(frozen=True)
class Picture:
    """A figure, what to look for, and what a reader who cannot see it is told."""

    figure: dict[str, Any]  # in plotly's notation, from `palette.figure`
    say: str  # plain sentence above: what to look for
    note: str  # the axes in everyday words, below
    alt: str  # what the picture shows now, with numbers
    name: str  # file stem of exports, e.g. "variance"
    caption: str  # parameters, printed under an exported image
    film: Film | None = None
    cursor: bool = False  # a vertical line at x = the generation that the page's film is at
    headline: str = ""  # what happened, in large type above everything
    verdict: tuple[str, str] = ("", "")  # that in a word: a stage, and what it is called
    aside: str = ""  # in small type below everything
    opens: bool = False  # it plays once by itself when it is first seen
    laws: tuple[str, ...] = ()  # the metrics whose laws it draws
    table: Table | None = None  # what a table and a CSV file hold, where that is not what the lines hold

    def plotly(self) -> Any:
        """The picture as a `plotly.graph_objects.Figure`, every property checked. Errors: plotly's ValueError."""
        import plotly.graph_objects as go

        return go.Figure(json.loads(_dumps(self.figure, self.name)))


def encode(picture: Picture) -> dict[str, Any]:
    """What the chart component is given: JSON-able, with a `revision` that changes exactly when the content does.

    Keys: figure {data, layout}, say, note, alt, name, caption, headline, verdict, aside, cursor, opens, film {captions, start,
    traces} or None, table {head, columns} or None, dark (the colour swaps this picture needs), revision (16 hex digits).
    Errors: ValueError that names the picture, the trace and the shape.
    """
    text = _text(picture)
    return dict(json.loads(text)) | {"revision": _revision(text)}


def pack(picture: Picture, **extra: Any) -> bytes:
    """`encode` as UTF-8 JSON, serialised once; `extra` (key, group, height) does not count towards the revision."""
    return wrapped(_text(picture), **extra)


def wrapped(text: str, **extra: Any) -> bytes:
    """A JSON object in text with its `revision`, and with `extra`, which does not count towards it, as UTF-8."""
    head = json.dumps(extra | {"revision": _revision(text)})
    return f"{head[:-1]}, {text[1:]}".encode()


def packed(played: Any, **extra: Any) -> bytes:
    """What a component with a player of its own is given: the fields of an object that JSON has words for."""
    return wrapped(json.dumps(vars(played), separators=(",", ":")), **extra)


def _text(picture: Picture) -> str:
    """What travels of a picture, as a JSON object."""
    film, table, figure = picture.film, picture.table, {key: picture.figure[key] for key in ("data", "layout")}
    if film is not None:
        _check(picture, len(figure["data"]))
        figure["layout"] = _held(picture)
    drawn = _dumps(figure, picture.name)
    around = {
        "say": picture.say,
        "note": picture.note,
        "alt": picture.alt,
        "name": picture.name,
        "caption": picture.caption,
        "headline": picture.headline,
        "verdict": list(picture.verdict),
        "aside": picture.aside,
        "cursor": picture.cursor,
        "opens": picture.opens,
        "film": film and _reel(film),
        "table": table and {"head": list(table.head), "columns": [_column(column) for column in table.columns]},
        "dark": {light: dark for light, dark in DARK.items() if light in drawn},
    }
    return f'{{"figure":{drawn},{_dumps(around, picture.name)[1:]}'


def _reel(film: Film) -> dict[str, Any]:
    frames = len(film.captions)
    return {
        "captions": list(film.captions),
        "start": range(frames)[film.start],
        "traces": {str(i): {key: _array(a) for key, a in moving.items()} for i, moving in film.traces.items()},
    }


def _column(values: Sequence[Any] | np.ndarray) -> Any:
    return _array(values) if isinstance(values, np.ndarray) else list(values)


def _array(a: np.ndarray) -> Any:
    """Numbers of any shape as a typed array of single precision; text as lists.  Of a matrix the rows at the end that repeat the one
    before stay here: the browser fills them in."""
    a = np.asarray(a)
    if a.dtype.kind not in "fiub":
        return a.astype(str).tolist()
    sent = np.minimum(np.maximum(a, -FAR), FAR).astype("<f4")
    if a.ndim == 2:
        bits = sent.view("<u4")  # in which NaN is like NaN
        sent = sent[: np.flatnonzero((bits[1:] != bits[:-1]).any(axis=1)).max(initial=-1) + 2]
    typed = {"dtype": "f4", "bdata": b64encode(sent.tobytes()).decode("ascii")}
    return typed if a.ndim == 1 else typed | {"shape": ", ".join(map(str, a.shape))}


def _travelling(thing: Any) -> Any:
    """What JSON has no words for: arrays and numbers of NumPy."""
    if isinstance(thing, np.ndarray):
        return _array(thing)
    if isinstance(thing, np.generic):
        return thing.item()
    raise TypeError(f"{type(thing).__name__} cannot travel in a picture")


def _check(picture: Picture, traces: int) -> None:
    """Every moving array has one row a frame and belongs to a trace that exists."""
    film = picture.film
    assert film is not None
    if not film.captions or not -len(film.captions) <= film.start < len(film.captions):
        count = len(film.captions)
        raise ValueError(f"Picture {picture.name!r}: film.start is {film.start} but there are {count} captions.")
    for index, moving in film.traces.items():
        if not 0 <= index < traces:
            raise ValueError(f"Picture {picture.name!r}: film trace {index}; the figure has 0 to {traces - 1}.")
        for key, a in moving.items():
            if key not in ("x", "y", "text") or np.ndim(a) != 2 or np.shape(a)[0] != len(film.captions):
                raise ValueError(
                    f"Picture {picture.name!r}: film trace {index} {key!r} has shape {np.shape(a)}; expected x, y or "
                    f"text of shape ({len(film.captions)}, m), one row for each caption."
                )


def _held(picture: Picture) -> dict[str, Any]:
    """The layout with a fixed range over all frames for each axis that the film moves along, unless the figure has set one."""
    film, layout = picture.film, dict(picture.figure["layout"])
    assert film is not None
    for letter in "xy":
        for name in {picture.figure["data"][i].get(f"{letter}axis", letter) for i in film.traces}:
            axis = layout.get(f"{letter}axis{name[1:]}", {})
            if "range" in axis or axis.get("type") in ("category", "date", "multicategory"):
                continue
            log = axis.get("type") == "log"
            seen = [v for v in _along(picture, letter, name, log) if v.size]
            if seen:
                low, high = min(float(v.min()) for v in seen), max(float(v.max()) for v in seen)
                pad = _MARGIN * (high - low or abs(high) or 1.0)
                layout[f"{letter}axis{name[1:]}"] = {**axis, "range": [low - pad, high + pad]}
    return layout


def _along(picture: Picture, letter: str, name: str, log: bool) -> Iterator[np.ndarray]:
    """All finite numbers that any frame shows along one axis; bars start at zero."""
    film = picture.film
    assert film is not None
    for i, trace in enumerate(picture.figure["data"]):
        if trace.get(f"{letter}axis", letter) != name:
            continue
        values = film.traces.get(i, {}).get(letter, trace.get(letter))
        if values is None or np.asarray(values).dtype.kind not in "fiub":
            continue
        v = np.asarray(values, float).ravel()
        v = np.log10(v[v > 0]) if log else v[np.isfinite(v)]
        across = "x" if trace.get("orientation") == "h" else "y"
        yield np.append(v, 0.0) if trace["type"] == "bar" and letter == across and not log else v


def _dumps(body: dict[str, Any], name: str) -> str:
    try:
        return json.dumps(body, allow_nan=False, separators=(",", ":"), default=_travelling)
    except ValueError as error:
        raise ValueError(f"Picture {name!r} holds NaN or infinity outside a numeric array: {error}.") from error


def _revision(text: str) -> str:
    return blake2b(text.encode(), digest_size=8).hexdigest()
