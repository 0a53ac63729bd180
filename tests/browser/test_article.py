"""The article in a real browser: the loop is told station by station, families lead on, panels and the monitor answer."""

import re

import numpy as np
from playwright.sync_api import expect

from collapse import Scenario, run
from collapse.links import of_page

from .conftest import FITS, Visitor, Welcome
from .test_charts import picture, turned

QUICK = "n=20&generations=30&lineages=40&seed=3"


def strip(someone: Visitor):  # type: ignore[no-untyped-def]
    return someone.page.locator("figure[data-key=loop]")


def here(someone: Visitor) -> str:
    """The words of the station that is lit."""
    return str(strip(someone).locator("li.mr-here").inner_text())


def test_the_strip_tells_one_lineage_of_the_run(visitor: Welcome) -> None:
    """Its numbers are those of exactly one lineage, its dots are as many as it says, and each lies where that lineage's data lie."""
    someone = visitor().open("what", QUICK)
    asked = Scenario.from_query(of_page(someone.page.url))
    params = run(asked).params
    seen = strip(someone)
    assert "20 real points" in here(someone)
    expect(seen.locator("li.mr-here circle")).to_have_count(20)
    someone.sent.clear()
    seen.get_by_role("button", name="One station forward").click()
    told = here(someone).replace("−", "-")
    mean, sd = (
        float(x) for x in re.findall(r"mean of (-?[\d.]+) and a width \(standard deviation\) of ([\d.]+)", told)[0]
    )
    same = [
        i
        for i in range(40)
        if abs(params.mean[i, 0, 0] - mean) < 5e-3 * abs(mean) and abs(params.cov[i, 0, 0, 0] ** 0.5 - sd) < 5e-3 * sd
    ]
    assert len(same) == 1, "one chain, and no other"
    seen.get_by_role("button", name="One station forward").click()
    x = np.array([float(c.get_attribute("cx") or "nan") for c in seen.locator("li.mr-here circle").all()])
    values = (
        -3.3 + (x - 6) / 108 * 6.6
    )  # the cell is 120 wide, with 6 on either side, from −3.3 to 3.3 real standard deviations
    assert values.size == 20
    assert abs(values.mean() - params.mean[same[0], 1, 0]) < 0.01, "whoever fits the dots gets the next model"
    assert abs(values.var() - params.cov[same[0], 1, 0, 0]) < 0.01
    assert someone.sent == [], "without the server"


def test_the_story_is_told_by_the_keyboard(visitor: Welcome) -> None:
    someone = visitor().open("what", QUICK)
    seen, story = strip(someone), strip(someone).locator(".mr-story")
    back, forth = (
        seen.get_by_role("button", name="Back", exact=True),
        seen.get_by_role("button", name="Next", exact=True),
    )
    expect(back).to_be_disabled()
    someone.page.set_viewport_size({"width": 1280, "height": 720})
    forth.focus()
    titles = [story.locator("h3").inner_text()]
    for _ in range(8):
        someone.page.keyboard.press("Enter")
        titles.append(story.locator("h3").inner_text())
        bottom = seen.evaluate("f => f.querySelector('.mr-turns').getBoundingClientRect().bottom")
        assert bottom <= 720, f"{titles[-1]} does not fit on a projector"
    assert [int(t.partition(".")[0]) for t in titles] == list(range(1, 10))
    expect(forth).to_be_disabled()
    back.click()
    expect(story.locator("h3")).to_contain_text("Who showed it")


def test_it_plays_in_slow_motion_and_the_charts_follow(visitor: Welcome) -> None:
    someone = visitor().open("home", "n=20&generations=20&lineages=40")
    seen = strip(someone)
    someone.sent.clear()
    first, last = here(someone), picture(someone.chart("narrowing"))
    seen.get_by_role("button", name="Play", exact=True).click()
    someone.page.wait_for_function(
        "t => document.querySelector('figure[data-key=loop] li.mr-here').innerText !== t", arg=first
    )
    seen.get_by_role("button", name="Pause").click()
    for _ in range(5):
        seen.get_by_role("button", name="One station forward").click()
    generation = int(re.search(r"odel (\d+)", here(someone)).group(1))  # type: ignore[union-attr]
    assert generation == 2
    assert someone.chart("narrowing").locator(".mc-scrub").input_value() == "2", "one clock"
    turned(someone, someone.chart("narrowing"), last)
    dim = seen.locator("li:not(.mr-here) svg").first.evaluate("e => +getComputedStyle(e).opacity")
    assert dim < 1, "the others are dimmed"
    assert someone.sent == []


def test_the_strip_waits_out_of_sight_for_the_reader(visitor: Welcome) -> None:
    """What nobody sees takes no time of a key press; whoever comes near sees the run that is on the page."""
    someone = visitor(width=1280, height=720).open("home", "n=20&generations=20&lineages=40")
    seen, bar = strip(someone), someone.page.locator("[class*=_n] .mc-range").first
    before = here(someone)
    assert "20 " in before
    expect(seen).not_to_be_in_viewport()
    someone.change(lambda: bar.press("ArrowRight"))
    assert here(someone) == before
    n = Scenario.from_query(of_page(someone.page.url)).n
    assert n != 20
    seen.scroll_into_view_if_needed()
    expect(seen.locator("li.mr-here")).to_contain_text(f"{n} ")


def test_a_family_leads_to_its_page(visitor: Welcome) -> None:
    someone = visitor().open("what", QUICK)
    row = someone.page.locator("figure[data-key=family_surnames]")
    expect(row.locator("li")).to_have_count(4)
    counts = [int(n.replace(",", "")) for n in re.findall(r"knows ([\d,]+) of", row.inner_text())]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] < counts[0]
    row.get_by_role("link").click()
    someone.settled()
    expect(someone.page.get_by_role("heading", level=1)).to_have_text("Surnames")
    assert Scenario.from_query(of_page(someone.page.url)).n == 200


def test_panels_are_turned_to_by_hand(visitor: Welcome) -> None:
    someone = visitor().open("causes")
    someone.page.get_by_role("radio", name="Expressivity error").or_(
        someone.page.get_by_text("Expressivity error", exact=True)
    ).first.click()
    expect(someone.page.get_by_role("heading", name="the family cannot express the world")).to_be_visible()
    someone.settled()
    assert "two humps" in someone.page.locator("figure[data-key=spiral]").inner_text()
    lines = someone.page.locator("figure[data-key=valley] .scatterlayer .trace path.js-line")
    assert lines.count() >= 4, "band, chain, median, mean and the curve for endless data"


def test_the_monitor_watches_what_is_pasted(visitor: Welcome) -> None:
    someone = visitor().open("signs", "n=20&generations=10&lineages=40")
    box = someone.page.get_by_label("Numbers, one row for each version")
    box.fill("version,perplexity\n" + "\n".join(f"v{i},{10 + 0.1 * (i % 3) + (9 if i > 7 else 0)}" for i in range(12)))
    box.press("Control+Enter")
    expect(someone.page.get_by_text(re.compile(r"^perplexity rings; \d+ of \d+ looks in all"))).to_be_visible(
        timeout=15_000
    )
    someone.settled().sound()  # with the picture of it
    box.fill("nothing\nbut words")
    box.press("Control+Enter")
    expect(someone.page.get_by_text(re.compile("^This table cannot be judged"))).to_be_visible(timeout=15_000)


def test_the_best_weight_can_be_found_by_hand(visitor: Welcome) -> None:
    """From 50% twelve steps to the golden ratio: the sentence, the mark in the picture and the address follow."""
    someone = visitor().open("prevention", f"{QUICK}&panel=weight")
    range_ = someone.page.locator(".mc-slider", has_text="Weight of the real data").locator(".mc-range")
    for _ in range(12):
        someone.change(lambda: range_.press("ArrowRight"))
    said = someone.page.get_by_text("At your weight of 62%")
    expect(said).to_contain_text("the error is 0.62 times")
    drawn = "plot => [...plot._fullData.find(t => t.name === 'your weight').x]"
    assert someone.chart("weighing").locator(".mc-plot").evaluate(drawn) == [62]
    assert "weight=0.62" in someone.page.url


def test_detectors_are_tried_and_put_into_the_loop_by_hand(visitor: Welcome) -> None:
    """Without a watermark its curve lies on the diagonal; a press of the button draws four curves, of which that without a filter
    lies highest at the end."""
    someone = visitor().open("prevention", "panel=detectors")
    curve = someone.chart("characteristics")

    def ends(chart: str) -> dict[str, tuple[float, float]]:
        """Where the middle of each thick line is seen, and where it ends, in pixels from above."""
        return {
            name: (middle, end)
            for name, middle, end in someone.chart(chart).evaluate(
                """f => { const gd = f.querySelector('.js-plotly-plot');
                return gd.data.filter(t => t.line && t.line.width === 2.5).map(t => {
                  const y = [...gd.calcdata[gd.data.indexOf(t)]].map(p => gd._fullLayout.yaxis.c2p(p.y));
                  return [t.name, y[Math.floor(y.length / 2)], y[y.length - 1]]; }); }"""
            )
        }

    before = ends("characteristics")
    assert [*before] == ["likelihood ratio", "frequencies of phrases", "watermark"]
    assert before["likelihood ratio"][0] < before["watermark"][0], "higher on the screen: more is found"
    drawn = curve.get_attribute("data-drawn")
    someone.page.get_by_role("slider", name="Strength of the watermark").focus()
    someone.page.keyboard.press("ArrowLeft")
    someone.page.wait_for_function(
        "was => document.querySelector('figure[data-key=characteristics]').dataset.drawn !== was", arg=drawn
    )
    someone.settled()
    after = ends("characteristics")
    assert after["watermark"][0] > before["watermark"][0] + 10, "it finds less, and lies lower"
    someone.button("Filter with each for ten generations").click()
    expect(someone.chart("filtering")).to_be_visible(timeout=30_000)
    someone.settled()
    last = {name: end for name, (_, end) in ends("filtering").items()}
    assert min(last, key=last.get) == "no filter"  # type: ignore[arg-type]
    expect(someone.page.get_by_role("progressbar")).to_have_count(0)
    expect(someone.page.get_by_role("row", name=re.compile("^likelihood ratio"))).to_contain_text("95% interval")


def test_eight_models_and_a_sentence_with_its_inventions_are_seen(visitor: Welcome) -> None:
    """Eight curves in a row; those that read one another have their peaks close together.  An invented pair stands out by more than
    its colour, and fits a phone."""
    someone = visitor().open("consequences", "panel=alike")

    def peaks(key: str) -> list[float]:
        row = someone.page.locator(f"figure[data-key={key}]")
        expect(row.locator("li path.mr-drawn")).to_have_count(8)
        paths = [p.get_attribute("d") or "" for p in row.locator("li path.mr-drawn").all()]
        points = [[tuple(map(float, xy.split(","))) for xy in re.split("[ML]", d) if xy] for d in paths]
        return [min(path, key=lambda p: p[1])[0] for path in points]

    together, apart = peaks("models"), peaks("models_contrast")
    assert np.std(together) < np.std(apart)
    expect(someone.page.locator("figure[data-key=names_contrast] li:has(rect.mr-bar)")).to_have_count(8)
    phone = visitor(width=360, height=740).open("consequences", "panel=wrong")
    marks = phone.page.locator(".lab-heard mark")
    assert marks.count() >= 4
    first = marks.first
    first.scroll_into_view_if_needed()
    look = first.evaluate("e => [getComputedStyle(e).borderBottomStyle, e.getBoundingClientRect().right, innerWidth]")
    assert look[0] == "dotted"
    assert look[1] <= look[2]
    assert phone.page.evaluate(FITS)


def test_people_compare_and_experts_are_counted(visitor: Welcome) -> None:
    """What is drawn of a verifier and of wrong labels, as lines and dots; and a button that lets experts correct."""
    someone = visitor().open("prevention", "panel=human")
    page = someone.page
    for key, names in {
        "toward": ("variance fitted again", "variance known and held", "their centre"),
        "liking": ("liking known", "300 comparisons", "10 comparisons"),
        "tipping": ("with a verifier", "tipping point 75%"),
    }.items():
        words = (
            someone.chart(key)
            .locator(".mc-ends text, .textpoint text")
            .evaluate_all(
                "all => all.map(e => [...(e.children.length ? e.children : [e])].map(s => s.textContent.trim()).join(' '))"
            )
        )
        assert {*names} <= {*words}
    dots = page.locator("figure[data-key=tipping] .scatterlayer .point")
    expect(dots).to_have_count(28)
    someone.change(someone.experiment("Do experts who correct save it?").click)
    expect(page.get_by_text("What the experts cost.")).to_be_visible()
    expect(page.get_by_text("5,800 checks")).to_be_visible()
