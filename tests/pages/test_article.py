"""The pages of the article: what it is, its causes, its signs; every panel of them, and the table that says where everything is."""

import re
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from collapse.detectors import ALL
from collapse.figures.loop import STATIONS
from collapse.laws import LAWS
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.statements import MARKS, STATEMENTS, of_page
from collapse.ui.book import PAGES as FILES
from collapse.ui.book import lesson
from collapse.ui.chart import figures
from collapse.ui.reader import readings

from .harness import ROOT, control, default, desk_at, desk_of, headline, keys, opened, scenario_of, warnings

PANELS = [
    f"{page}?panel={name}"
    for page in ("causes", "signs", "consequences", "prevention")
    for name in lesson(page).desk.panels
]  # type: ignore[union-attr, attr-defined]
TABLE = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
ROWS = [tuple(cell.strip().strip("`") for cell in line.strip("|").split("|")) for line in TABLE.splitlines()[7:]]


@cache
def at_link(link: str) -> AppTest:
    """A page by its link, as it opens; only looked at."""
    page, _, query = link.partition("?")
    return opened(page, query) if query else default(page)


def shown(at: AppTest) -> dict[str, dict[str, Any]]:
    return figures(at) | readings(at)


def tables(at: AppTest) -> list[list[list[str]]]:
    """The cells of every table of plain text on a page, rows first."""
    found = [html.proto.body for html in at.get("html") if "<table" in html.proto.body]
    return [
        [re.findall(r"<t[hd](?: [^>]*)?>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body)[1:]]
        for body in found
    ]


# ---- the table of what is where ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_the_table_names_exists(row: tuple[str, ...]) -> None:
    _, link, knob, figure, metric, law, test = row
    at, page = at_link(link), link.partition("?")[0]
    desk = desk_of(at, page)
    presets = {preset.label for preset in desk.presets(lesson(page).presets)}  # type: ignore[union-attr]
    dials = {*(d.key for d in desk.dials(lesson(page).dials)), *desk.visit.knobs()}  # type: ignore[union-attr]
    assert knob in presets or control(at, page, knob) or knob in dials
    assert figure in shown(at)
    assert metric in {"—", *METRICS}
    assert law in {"—", *LAWS}
    file, _, name = test.partition("::")
    assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8") if name else (ROOT / file).exists()


def test_the_table_has_every_cause_and_every_sign() -> None:
    items = " ".join(row[0] for row in ROWS)
    for named in (
        *("early stage", "late stage", "Gaussians", "mixtures", "language models", "variational autoencoders"),
        *("sampling error", "expressivity error", "approximation error", "diversity", "long-tail", "hallucination"),
        *("latent entropy", "perplexity", "alarm", "monitor"),
    ):
        assert named in items


# ---- what it is ----------------------------------------------------------------------------------------------------------------


def loop(at: AppTest) -> dict[str, Any]:
    return readings(at)["loop"]


def test_the_story_follows_the_run() -> None:
    """Its chapters point at what they are about, and say when the two stages come in this run, or that they do not."""
    told = loop(at_link("what"))
    assert [int(title.partition(".")[0]) for title, _, _ in told["story"]] == list(range(1, len(told["story"]) + 1))
    early = next(text for title, text, _ in told["story"] if "early stage" in title)
    late = next(text for title, text, _ in told["story"] if "late stage" in title)
    begins = [int(re.search(r"generation (\d+) on", text).group(1)) for text in (early, late)]  # type: ignore[union-attr]
    for title, (_, _, step) in zip(("early", "late"), (s for s in told["story"] if "stage" in s[0]), strict=True):
        turn, station, _ = told["steps"][step]
        assert told["turns"][turn]["generation"] in begins, title
        assert station == 1
    strip = shown(at_link("what"))["stages"]
    shares = {trace["name"]: trace for trace in strip["figure"]["data"]}
    assert {"healthy", "early", "late"} <= shares.keys()
    calm = loop(opened("what", "n=500&generations=20"))
    assert "At no time within 20 generations is half of the 300 chains of this run in the late stage" in " ".join(
        text for _, text, _ in calm["story"]
    )


def test_every_page_of_a_model_has_the_strip_and_its_stations_lead_somewhere() -> None:
    pages = {path.stem for path in FILES.glob("*.py")} - {"home"}
    for station in STATIONS:
        page, _, query = station.page.removeprefix("./").partition("?")
        assert page in pages | {""}
        assert warnings(opened(page or "home", query)) == [], station.page
    for page in ("home", "gaussian", "penguins", "surnames", "language", "laboratory"):
        strip = loop(at_link(page))
        s = scenario_of(at_link(page))
        first = strip["turns"][0]["stations"]
        assert first[0]["label"].startswith(f"{s.n:,} real "), page
        assert strip["acts"] == [[station.acts, station.page] for station in STATIONS]


def test_five_families_on_one_clock() -> None:
    at = at_link("what")
    families = {key: data for key, data in readings(at).items() if key.startswith("family_")}
    assert len(families) == 5
    for key, data in families.items():
        assert [heading for heading, _, _ in data["columns"]] == [
            "Real",
            "Generation 1",
            "Generation 10",
            "Generation 30",
        ]
        page, _, query = data["page"].partition("?")
        assert key == f"family_{page}"
        there = opened(page, query)
        assert warnings(there) == [], page
        assert scenario_of(there) == Scenario.from_query(dict(parse_qsl(query)))
        assert all(cell["kind"] != "nothing" for _, _, cell in data["columns"])
    last = families["family_surnames"]["columns"][-1][1]
    assert int(re.search(r"knows (\d+)", last).group(1)) < 50  # type: ignore[union-attr]


def test_a_page_sends_the_style_of_its_tables_once() -> None:
    bodies = [html.proto.body for html in at_link("signs").get("html")]
    assert sum(body.count("<table") for body in bodies) > 1
    assert sum(body.count(".lab-table {") for body in bodies) == 1


@pytest.mark.parametrize("page", ["what", "causes", "signs", "consequences", "prevention"])
def test_every_statement_stands_on_its_page(page: str) -> None:
    cells = [row for table in tables(at_link(page)) for row in table]
    for statement in of_page(page):
        assert statement.mark in MARKS
        (row,) = (row for row in cells if row[0] == statement.says.replace("'", "&#x27;"))
        assert row[1] == statement.mark
    assert {s.page for s in STATEMENTS} == {"what", "causes", "signs", "consequences", "prevention"}
    assert {s.mark for s in STATEMENTS} == set(MARKS)


# ---- panels --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("link", PANELS)
def test_every_panel_opens_by_its_link_and_with_every_preset(link: str) -> None:
    page, _, name = link.partition("?panel=")
    at = at_link(link)
    desk = desk_of(at, page)
    assert desk.opened == name
    assert warnings(at) == []
    assert headline(at)
    again = desk_at(page, desk.link())
    assert again.refused == []
    assert again.scenario == desk.scenario
    assert again.opened == name
    for preset in desk.presets(()):
        if name not in (
            "text",
            "images",
        ):  # each of their presets takes a second or two, and they differ in the diet only
            tried = opened(page, {"panel": name} | dict(preset.values))
            assert warnings(tried) == [], preset.label


def test_a_panel_is_turned_to_and_begins_anew() -> None:
    at = opened("causes", "n=33")
    assert scenario_of(at).n == 33
    at = keys(at)["causes_panel"].set_value("expressivity").run()
    assert not at.exception
    assert scenario_of(at) == lesson("causes").desk.panels["expressivity"].base  # type: ignore[union-attr, attr-defined]
    assert "valley" in figures(at)
    (said,) = warnings(opened("causes", "panel=text"))
    assert said.startswith("This page has no panel 'text'")
    (said,) = warnings(opened("causes", "panel=nonsense"))
    assert "panel" in said


def test_what_a_sample_misses() -> None:
    at = opened("causes", "n=50")
    (rows,) = [table for table in tables(at) if "1 − p" not in table[0][0] and table[0][0].startswith("An event")]
    for (event, missing), p in zip(rows, (0.1, 0.03, 0.01, 0.003, 0.001), strict=True):
        assert event.startswith("An event that happens in")
        assert float(missing.removesuffix("%")) == pytest.approx(100 * (1 - p) ** 50, rel=0.05)


def test_only_one_of_three_curves_stands_still() -> None:
    """The popular claim, held against the computed curves: alone, the misfit costs .189 nats at generation 1 and for ever after."""
    drawn = figures(at_link("causes?panel=expressivity"))["spiral"]
    found = re.findall(
        r"(one bell curve, endless data|kernel density, endless data|one bell curve, 50 examples): ([\d.]+) at "
        r"generation 1, ([\d.]+) at the end",
        drawn["alt"],
    )
    ends = {name: (float(first), float(last)) for name, first, last in found}
    assert ends["one bell curve, endless data"] == pytest.approx((0.189, 0.189), abs=0.001)
    assert ends["kernel density, endless data"][1] > 2 * ends["kernel density, endless data"][0]
    assert ends["one bell curve, 50 examples"][1] > 2 * ends["one bell curve, 50 examples"][0]


def test_switches_are_thrown() -> None:
    at = opened("causes", "panel=together")
    before = figures(at)["worlds"]
    chosen = [i for i, text in enumerate(before["figure"]["data"][0]["text"]) if text]
    assert before["figure"]["layout"]["yaxis"]["ticktext"][chosen[0]].startswith(
        "sampling, expressivity and approximation"
    )
    at = at.toggle(key="causes_sampling").set_value(False).run()
    after = figures(at)["worlds"]
    (chosen,) = [i for i, text in enumerate(after["figure"]["data"][0]["text"]) if text]
    assert after["figure"]["layout"]["yaxis"]["ticktext"][chosen].startswith("expressivity and approximation")
    at = keys(at)["causes_family"].set_value("mixture").run()
    assert not at.exception
    assert "mixture" in figures(at)["worlds"]["say"]


# ---- signs ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["numbers", "groups", "names", "text", "images"])
def test_every_sign_has_its_gauge(name: str) -> None:
    at = at_link(f"signs?panel={name}")
    heads = [h.value for h in at.header]
    assert [h for h in heads if h[0] in "12345"] == sorted(h for h in heads if h[0] in "12345")
    assert len([h for h in heads if h[0] in "12345"]) == 5
    rung = [m.value for m in at.markdown if "rings" in m.value and "At the end" in m.value]
    assert len(rung) >= 4, "each gauge says when it rings"


def test_nothing_synthetic_rings_for_nothing() -> None:
    """At most a few in a hundred lineages ring at the end where all is real: 200 lineages, 5% each; more than 12% of them has a
    probability below 1e−4 a gauge."""
    at = opened("signs", "policy.synthetic=0.0")
    ends = [
        float(x)
        for m in at.markdown
        for x in re.findall(r"At the end it rings for ([\d.]+) ?%", m.value.replace("\\", "").replace("\u2060", ""))
    ]
    assert len(ends) == 5
    assert max(ends) <= 12
    ringing = [
        float(x)
        for m in at_link("signs").markdown
        for x in re.findall(r"At the end it rings for ([\d.]+) ?%", m.value.replace("\\", "").replace("\u2060", ""))
    ]
    assert max(ringing) > 50, "the control: with synthetic data most ring"


def test_the_monitor_reads_what_is_pasted_and_says_what_is_wrong() -> None:
    at = opened("signs")
    assert "perplexity" in shown(at)["signs_monitor_picture"]["alt"]
    at = at.text_area(key="signs_monitor_numbers").set_value("version,perplexity\na,1\nb,2").run()
    assert not at.exception
    assert "signs_monitor_picture" not in figures(at)
    (said,) = (w.value for w in at.warning)
    assert said.replace("\\", "").replace("\u2060", "").startswith("This table cannot be judged: this has 2 rows")
    rows = "\n".join(f"v{i},{10 + 0.1 * (i % 3) + (5 if i > 8 else 0)}" for i in range(12))
    at = at.text_area(key="signs_monitor_numbers").set_value(f"version,<b>ppl</b>\n{rows}").run()
    assert not at.exception
    assert not at.warning
    assert "signs_monitor_picture" in figures(at)
    assert not any("<b>ppl</b>" in m.value for m in at.markdown), "text is shown as text"


# ---- consequences and prevention -----------------------------------------------------------------------------------------------


def test_eight_models_answer_with_and_without_reading_one_another() -> None:
    """Middles of models that read one another lie closer together than those of models that do not."""
    at = at_link("consequences?panel=alike")
    found = readings(at)
    spread = {}
    for key in ("models", "models_contrast"):
        said = [text for _, text, _ in found[key]["columns"]]
        assert len(said) == 8
        spread[key] = np.std(
            [float(re.search(r"Middle (−?[\d.]+),", text).group(1).replace("−", "-")) for text in said]
        )  # type: ignore[union-attr]
    assert 2 * spread["models"] < spread["models_contrast"]
    known = {
        key: [int(re.search(r"(\d+) names? in all", text).group(1)) for _, text, _ in found[key]["columns"]]  # type: ignore[union-attr]
        for key in ("names", "names_contrast")
    }
    assert np.mean(known["names"]) > 2 * np.mean(known["names_contrast"])


def test_an_invented_sentence_is_marked_as_often_as_is_said() -> None:
    at = at_link("consequences?panel=wrong")
    heard = [html.proto.body for html in at.get("html") if "lab-heard" in html.proto.body]
    assert len(heard) == 2
    counts = [re.search(r"(\d+) of (\d+) pairs of whole words", c.value) for c in at.caption]
    for body, (marked, pairs) in zip(heard, (map(int, c.groups()) for c in counts if c), strict=True):
        assert 0 < marked < pairs
        assert 1 <= body.count("<mark>") <= marked, "neighbouring pairs share a mark"


def test_what_the_detectors_find_follows_the_controls_and_the_filter_waits_to_be_asked() -> None:
    at = opened("prevention", "panel=detectors")
    first = figures(at)
    assert {"characteristics", "power", "green_scores"} <= first.keys()
    assert "filtering" not in first
    at = keys(at)["prevention_strength"].set_value(0.0).run()
    area = r"watermark (0\.\d+)"
    marked, plain = (float(re.search(area, found["characteristics"]["alt"]).group(1)) for found in (first, figures(at)))  # type: ignore[union-attr]
    assert marked > 0.6
    assert plain == pytest.approx(0.5, abs=0.06)
    at = keys(at)["prevention_items"].set_value(50).run()
    assert "passages of 50 characters" in figures(at)["characteristics"]["note"]
    at = keys(at)["prevention_strength"].set_value(2.0).run()
    at = keys(at)["prevention_filter"].click().run()
    assert not at.exception
    assert "filtering" in figures(at)
    rows = next(table for table in tables(at) if table[0][0] == "no filter")
    assert [row[0] for row in rows] == ["no filter", "likelihood ratio", "frequencies of phrases", "watermark", ALL]
    without, *filtered, everything = (float(row[1]) for row in rows)
    assert max(filtered) < 0.7 * without
    assert everything < 0.8 * without, "the real text that every filter draws does much of it"


def test_an_estimated_prevalence_stands_beside_the_predictive_value() -> None:
    rows = next(table for table in tables(at_link("prevention?panel=detectors")) if table[0][0] == "1%")
    for share, called, right, estimate in rows:
        p = float(share.removesuffix("%")) / 100
        rate = 0.8 * p + 0.05 * (1 - p)
        assert float(called.removesuffix("%")) / 100 == pytest.approx(rate, rel=0.05)
        assert float(right.removesuffix("%")) / 100 == pytest.approx(0.8 * p / rate, rel=0.05)
        assert estimate.startswith(f"{share} (")
