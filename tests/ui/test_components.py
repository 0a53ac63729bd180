"""The components without a browser: readable colours, pictures that travel whole, sliders that believe nothing."""

import base64
import json
import math
import re
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from collapse.figures import palette
from collapse.figures.picture import Film, Picture, encode, pack
from collapse.ui import assets, slider
from collapse.ui.chart import figures

ROOT = Path(__file__).parents[2]
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
LINES = ("REAL", "SYNTHETIC", "THEORY", "TAIL", "HEALTHY", "EARLY", "LATE")
FILLS = ("BAND", "REAL_BAND", "GHOST_FILL", "SYNTHETIC_FILL", "SYNTHETIC_PALE", "TAIL_FILL", "GRID", "AXIS")
AREAS = ("HEALTHY_AREA", "EARLY_AREA", "LATE_AREA")


# ---- palette


def rgb(colour: str) -> np.ndarray:
    """(3,) linear light of #rrggbb."""
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def contrast(a: str, b: str) -> float:
    """WCAG 2 contrast ratio."""
    high, low = sorted((float(rgb(c) @ (0.2126, 0.7152, 0.0722)) for c in (a, b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_knows_black_on_white():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("ground", ["backgroundColor", "secondaryBackgroundColor"])
def test_text_and_lines_can_be_read(mode, ground):
    paper = THEME[mode][ground]
    seen = palette.DARK.get if mode == "dark" else lambda c: c
    for name, least in [("INK", 4.5), ("MUTED", 4.5), *((line, 3.0) for line in LINES)]:
        assert contrast(seen(getattr(palette, name)), paper) >= least, (mode, ground, name)
    for key in ("primaryColor", "linkColor", "textColor"):
        assert contrast(THEME[mode][key], paper) >= 4.5, (mode, key)


def test_the_page_and_the_figures_share_their_paper_and_ink():
    assert THEME["light"]["backgroundColor"] == palette.PAPER
    assert THEME["light"]["textColor"] == palette.INK
    assert THEME["dark"]["backgroundColor"] == palette.DARK[palette.PAPER]
    assert THEME["dark"]["textColor"] == palette.DARK[palette.INK]
    for mode, accent in (("light", palette.ACCENT), ("dark", palette.DARK[palette.ACCENT])):
        assert THEME[mode]["primaryColor"] == THEME[mode]["linkColor"] == accent


def test_every_colour_has_one_dark_counterpart():
    constants = {getattr(palette, name) for name in (*LINES, *FILLS, *AREAS, "INK", "ACCENT", "MUTED", "PAPER")} | {
        *palette.GROUPS,
        *palette.LADDER,
    }
    assert constants == set(palette.DARK)
    assert len(set(palette.DARK.values())) == len(palette.DARK)


# Viénot, Brettel and Mollon (1999): what a reader without red or green cones sees, in linear RGB.
BLIND = {
    "nobody": np.eye(3),
    "protan": np.array([[0.11238, 0.88762, 0], [0.11238, 0.88762, 0], [0.00401, -0.00401, 1]]),
    "deutan": np.array([[0.29275, 0.70725, 0], [0.29275, 0.70725, 0], [-0.02234, 0.02234, 1]]),
}


@pytest.mark.parametrize("who", BLIND)
@pytest.mark.parametrize("mode", ["light", "dark"])
def test_real_and_synthetic_and_the_stages_stay_apart_for_the_colour_blind(who, mode):
    groups = [("REAL", "SYNTHETIC"), ("HEALTHY", "EARLY"), ("EARLY", "LATE"), ("HEALTHY", "LATE")]
    for pair in groups:
        a, b = (getattr(palette, name) for name in pair)
        a, b = (palette.DARK[c] if mode == "dark" else c for c in (a, b))
        far = np.linalg.norm(np.cbrt(BLIND[who] @ rgb(a)) - np.cbrt(BLIND[who] @ rgb(b)))
        assert far > 0.2, (pair, who, mode, far)  # a just noticeable step on this scale is about 0.02


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_words_on_the_areas_of_stages_can_be_read(mode):
    areas = [getattr(palette, name) for name in AREAS]
    ink, *areas = (palette.DARK[c] if mode == "dark" else c for c in (palette.INK, *areas))
    assert min(contrast(ink, area) for area in areas) >= 7


@pytest.mark.parametrize("who", BLIND)
def test_the_steps_of_a_map_grow_lighter_for_everybody(who):
    """Sequential: lightness alone tells the order, also without red or green cones, by at least a visible step."""
    light = [float((BLIND[who] @ rgb(c)) @ (0.2126, 0.7152, 0.0722)) for c in palette.LADDER]
    assert min(np.diff(np.cbrt(light))) > 0.05


# ---- pictures


def picture(**changes) -> Picture:
    x = np.linspace(0.0, 1.0, 5)
    traces = [{"type": "scatter", "x": x, "y": x**2, "name": "real", "line": {"color": palette.REAL}}]
    given = {"say": "say", "note": "note", "alt": "alt", "name": "demo", "caption": "n = 5"}
    return Picture(palette.figure(traces, palette.base_layout("x", "y")), **given | changes)


def film(frames: int = 3, start: int = -1) -> Film:
    y = np.outer(np.arange(1, frames + 1), np.linspace(0.0, 1.0, 5))
    return Film(tuple(f"generation {i}" for i in range(frames)), {0: {"y": y}}, start)


def numbers(array: dict) -> np.ndarray:
    flat = np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])
    if "shape" not in array:
        return flat
    height, width = (int(n) for n in array["shape"].split(","))
    rows = flat.reshape(-1, width)
    return rows[np.minimum(np.arange(height), len(rows) - 1)]


def test_encode_is_json_and_keeps_every_number_as_float32():
    data = json.loads(json.dumps(encode(picture(film=film()))))
    assert data["figure"]["data"][0]["y"]["dtype"] == "f4"
    np.testing.assert_allclose(numbers(data["figure"]["data"][0]["y"]), np.linspace(0, 1, 5) ** 2, rtol=1e-6)
    np.testing.assert_allclose(numbers(data["film"]["traces"]["0"]["y"]), film().traces[0]["y"], rtol=1e-6)
    assert data["film"]["captions"] == ["generation 0", "generation 1", "generation 2"]
    assert {k: data[k] for k in ("say", "note", "alt", "name", "caption", "cursor")} == {
        "say": "say", "note": "note", "alt": "alt", "name": "demo", "caption": "n = 5", "cursor": False,
    }  # fmt: skip


def test_rows_at_the_end_of_a_film_that_repeat_the_one_before_stay_here():
    y = np.array([[1.0, np.nan], [1.0, 2.0], [np.nan, np.nan], [np.nan, np.nan], [np.nan, np.nan]])
    for rows, sent in [(y, 3), (y[:2], 2), (y[2:], 1), (y[:1], 1), (np.ones((5, 2)), 1)]:
        changes = Film(tuple("abcde"[: len(rows)]), {0: {"y": rows}})
        found = encode(picture(film=changes))["film"]["traces"]["0"]["y"]
        assert len(base64.b64decode(found["bdata"])) == 4 * 2 * sent
        np.testing.assert_array_equal(numbers(found), rows)


def test_pack_is_encode_with_the_extras():
    data = json.loads(pack(picture(film=film()), key="k", height=None))
    assert data == encode(picture(film=film())) | {"key": "k", "height": None}


def test_the_revision_changes_exactly_with_the_content():
    assert encode(picture())["revision"] == encode(picture())["revision"]
    others = [picture(alt="other"), picture(cursor=True), picture(film=film()), picture(film=film(4))]
    assert len({encode(p)["revision"] for p in [picture(), *others]}) == 5


def test_the_swaps_are_those_of_the_figure():
    dark = encode(picture())["dark"]
    assert dark[palette.REAL] == palette.DARK[palette.REAL]
    assert palette.SYNTHETIC in dark  # it stands in the colorway
    assert palette.BAND not in dark


@pytest.mark.parametrize(("start", "shown"), [(-1, 2), (0, 0), (1, 1)])
def test_the_film_starts_where_it_says(start, shown):
    assert encode(picture(film=film(start=start)))["film"]["start"] == shown


def test_a_film_holds_its_axes_still_over_all_frames():
    low, high = encode(picture(film=film()))["figure"]["layout"]["yaxis"]["range"]
    assert low < 0
    assert 3 < high < 3.5


def test_a_range_that_the_figure_sets_is_kept():
    p = picture(film=film())
    p.figure["layout"]["yaxis"]["range"] = [0, 9]
    assert encode(p)["figure"]["layout"]["yaxis"]["range"] == [0, 9]


def test_a_logarithmic_axis_is_held_in_decades():
    p = picture(film=film())
    p.figure["layout"]["yaxis"]["type"] = "log"
    low, high = encode(p)["figure"]["layout"]["yaxis"]["range"]
    assert low < math.log10(0.25) < math.log10(3) < high < 1


def test_text_travels_in_a_film_too():
    words = np.array([["a"] * 5, ["b"] * 5, ["c"] * 5])
    data = encode(picture(film=film()._replace(traces={0: {"text": words}})))
    assert data["film"]["traces"]["0"]["text"] == words.tolist()


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (Film(("a", "b"), {0: {"y": np.zeros((3, 5))}}), r"'demo'.*'y' has shape \(3, 5\).*\(2, m\)"),
        (Film(("a",), {7: {"y": np.zeros((1, 5))}}), r"'demo'.*trace 7.*0 to 0"),
        (Film(("a",), {0: {"colour": np.zeros((1, 5))}}), r"'demo'.*'colour'.*x, y or text"),
        (Film((), {}), r"'demo'.*0 captions"),
        (Film(("a", "b"), {}, start=5), r"'demo'.*film.start is 5.*2 captions"),
    ],
)
def test_a_film_that_does_not_fit_is_named(bad, says):
    with pytest.raises(ValueError, match=says):
        encode(picture(film=bad))


def test_nan_outside_an_array_is_named_and_inside_it_is_a_gap():
    p = picture()
    p.figure["layout"]["meta"] = float("nan")
    with pytest.raises(ValueError, match="'demo' holds NaN"):
        encode(p)
    gap = palette.figure([{"type": "scatter", "y": np.array([1.0, np.nan])}], palette.base_layout())
    assert np.isnan(numbers(encode(replace(picture(), figure=gap))["figure"]["data"][0]["y"])[1])


def test_plotly_checks_a_picture():
    checked = picture().plotly()
    assert checked.data[0].line.color == palette.REAL
    assert checked.layout.xaxis.title.text == "x"
    with pytest.raises(ValueError, match="colour"):
        replace(picture(), figure=palette.figure([{"type": "scatter", "colour": "red"}], {})).plotly()


# ---- the files in the browser


def test_the_readme_states_the_version_of_the_vendored_plotly():
    head = (assets.folder("vendor") / "plotly-basic.min.js").read_text()[:200]
    version = re.search(r"v(\d+\.\d+\.\d+)", head)[1]
    readme = (assets.folder("vendor") / "README.md").read_text()
    assert re.findall(r"version \|? ?(\d+\.\d+\.\d+)", readme) == [version, version]


@pytest.mark.parametrize("name", [name for name in assets.FOLDERS if name != "vendor"])
def test_our_scripts_name_no_other_host(name):
    for path in assets.folder(name).iterdir():
        hosts = set(re.findall(r"https?://[^\s\"'`)]+", path.read_text()))
        assert hosts <= {"http://www.w3.org/2000/svg"}, path


def test_the_ladder_in_the_browser_has_the_rungs_of_the_server():
    script = (assets.folder("slider") / "slider.js").read_text()
    assert "low * (high / low) ** ((i + 1) / rungs)" in script
    assert "toPrecision(2)" in script


# ---- a chart on a page


def test_a_page_gives_its_charts_to_tests():
    def page():
        from collapse.figures.palette import base_layout, figure
        from collapse.figures.picture import Picture
        from collapse.ui.chart import chart

        made = figure([{"type": "scatter", "y": [1, 2]}], base_layout())
        chart(Picture(made, "say", "note", "alt", "one", "caption"), key="first", height=200)
        chart(Picture(made, "say", "note", "other", "two", "caption", cursor=True), key="second", group="film")

    at = AppTest.from_function(page).run()
    assert not at.exception
    seen = figures(at)
    assert {key: data["alt"] for key, data in seen.items()} == {"first": "alt", "second": "other"}
    assert seen["first"]["height"] == 200
    assert seen["first"]["figure"]["data"][0]["y"] == [1, 2]
    assert (seen["second"]["group"], seen["second"]["cursor"]) == ("film", True)


# ---- slider


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 9, 101, "50", None, True, [50], 50.5])
def test_a_slider_refuses_what_is_not_a_whole_number_in_its_range(bad):
    assert slider.valid(bad, 10, 100, True) is None


def test_a_number_too_large_for_a_double_is_no_moment():
    """JSON may hold it, as the stamp of a message; it must not be an error."""
    assert slider.valid(10**400, 0, math.inf, False) is None
    assert slider.valid(10**12, 0, math.inf, False) == 1e12


def test_a_slider_accepts_its_range():
    assert [slider.valid(v, 10, 100, True) for v in (10, 50.0, 100)] == [10, 50, 100]
    assert slider.valid(0.12345, 0.0, 1.0, False) == 0.12345


@pytest.mark.parametrize(("low", "high", "whole"), [(2, 10, True), (10, 100_000, True), (0.001, 7.3, False)])
def test_the_ladder_rises_from_end_to_end_in_round_numbers(low, high, whole):
    rungs = slider.ladder(low, high, whole)
    assert (rungs[0], rungs[-1]) == (low, high)
    assert all(a < b for a, b in pairwise(rungs))
    assert all(float(f"{r:.1e}") == r for r in rungs[1:-1])
    assert not whole or all(isinstance(r, int) for r in rungs)


@pytest.fixture
def drawn(monkeypatch):
    """A slider without Streamlit: draw(**changes), and the session's state, where the browser's words appear."""
    state: dict = {}
    sent: list = []
    monkeypatch.setattr(st, "session_state", state)
    monkeypatch.setattr(slider, "_component", lambda: lambda **given: sent.append(given["data"]))
    knobs = {"low": 10, "high": 100, "value": 50, "key": "n"}
    return lambda **changes: (slider.live_slider("N", **knobs | changes), sent[-1]), state


def test_the_newest_valid_word_counts(drawn):
    draw, state = drawn
    assert draw()[0] == 50
    for live, settled, value in [
        ([1000, 60], None, 60),
        ([1000, 60], [2000, 70], 70),
        ([3000, 80], [2000, 70], 80),
        ([4000, math.nan], [2000, 70], 80),  # refused: the previous value stays
        ([5000, 1e9], [2000, 70], 80),
        ([6000, "x"], "rubbish", 80),
        ([6000], [7000, 90], 90),
    ]:
        state["n"] = {"live": live, "settled": settled}
        assert slider.slider_value("n") == value
        assert isinstance(slider.slider_value("n"), int)
        assert draw()[0] == value


def test_without_on_settle_the_slider_keeps_its_value_until_the_page_changes_its_mind(drawn):
    draw, state = drawn
    draw()
    state["n"] = {"settled": [1000, 70]}
    assert draw()[0] == 70
    value, data = draw(value=20)
    assert (value, data["value"], data["version"]) == (20, 20, 1)
    assert draw(value=20) == (value, data)  # and does not move again


def test_with_on_settle_the_page_owns_the_value(drawn):
    draw, state = drawn
    owned = {"on_settle": lambda: None}
    draw(**owned)
    state["n"] = {"live": [1000, 70]}
    value, data = draw(value=50, **owned)  # "start again", while the reader has dragged to 70
    assert (value, data["version"]) == (50, 1)
    state["n"] = {"live": [1000, 70], "settled": [2000, 80]}
    value, data = draw(value=80, **owned)  # the page took note: nothing to move
    assert (value, data["version"]) == (80, 1)


def test_a_range_that_shuts_the_value_out_moves_the_slider(drawn):
    draw, state = drawn
    draw()
    state["n"] = {"settled": [1000, 90]}
    assert draw()[0] == 90
    assert draw(high=60)[0] == 50


@pytest.mark.parametrize("bad", [{"low": 100}, {"low": 0, "log": True}, {"format": "words"}])
def test_a_slider_that_cannot_be_is_named(drawn, bad):
    with pytest.raises(ValueError, match="Slider 'n' needs"):
        drawn[0](**bad)


def plain_page():
    import streamlit as st

    from collapse.ui.slider import live_slider, slider_value

    def settle():
        st.session_state["settled"] = slider_value("share")

    n = live_slider("Size", low=10, high=100_000, value=50, log=True, key="n", plain=True)
    share = live_slider("Share", low=0.0, high=1.0, value=0.07, step=0.01, format="percent", key="share", plain=True,
                        on_settle=settle)  # fmt: skip
    st.text(f"{n} {share}")


def test_plain_controls_mean_the_same():
    at = AppTest.from_function(plain_page).run()
    assert not at.exception
    assert at.number_input(key="share-number").value == 7
    at.number_input(key="n-number").set_value(123).run()
    assert at.text[0].value == "123 0.07"
    assert at.select_slider(key="n-slider").value == 123
    at.select_slider(key="n-slider").set_value(1000).run()
    assert at.text[0].value == "1000 0.07"
    at.number_input(key="share-number").set_value(29.0).run()
    assert at.session_state["settled"] == 0.29
    assert not at.exception
