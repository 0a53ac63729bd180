"""Dragging a slider: how many pictures a second, and how old each is.

A picture tells its own value: the caption of our charts holds the whole query, so the message that brought a revision names
the value it shows.  The age of a picture runs from the movement that gave that value (the last `input` event before the value
was sent) to the moment the chart has been drawn.  A message that the browser still held from before does not come again; its
picture then counts from the newest time the value was sent.
"""

import asyncio
import time
from bisect import bisect_right
from collections import Counter
from typing import Any

from playwright.async_api import Browser, Page

from benchmarks.chromium import SLIDER, samples, turns, visit
from benchmarks.report import Line, Report, middle

KNOB = "n"  # what the slider turns, as our captions call it
DRAG = 3.0  # s
RATE = 60  # moves a second
MOST = 10  # drags
LIMIT = 0.1  # s
TRACK = {"ours": SLIDER["ours"], "bare": ".stSlider [role=group]"}


async def drag(report: Report, pair: dict[str, Browser], urls: dict[str, str], repeats: int) -> None:
    pages = {side: await visit(pair[side], url) for side, url in urls.items()}
    rate, heard = samples(), samples()
    legs: list[tuple[float, float, float]] = []
    unpaired = 0
    await asyncio.sleep(2)
    for turn, order in enumerate(turns(min(repeats, MOST))):
        for side in order:
            seen = await one_drag(pages[side], side)
            hero = [d for d in seen["drawn"] if d["key"] == favourite(seen["drawn"])]
            found, missed = aged(hero, seen)
            if turn:
                rate[side].append(len(hero) / DRAG)
                heard[side].append(len(seen["inputs"]) / DRAG)
                legs += found
                unpaired += missed
    met = middle(rate["ours"]) >= 12
    report.add(
        Line(
            "dragging: new pictures a second",
            "/s",
            rate["ours"],
            rate["bare"],
            "at least 12 /s",
            met,
            f"{DRAG:.0f} s at {RATE} moves a second, of which the slider heard {middle(heard['ours']):.0f}; "
            "the bare slider speaks only when let go",
        )
    )
    report.add(age_line(legs, unpaired))


def age_line(legs: list[tuple[float, float, float]], unpaired: int) -> Line:
    """How old the pictures were, and where the time went."""
    what, target = "dragging: age of a picture when it is drawn", "p95 and oldest at most 100 ms"
    if not legs:
        return Line(what, "s", [], target=target, met=False, note="not one picture while the slider moved")
    ages = [sum(leg) / 1000 for leg in legs]
    a, b, c = (middle([leg[i] for leg in legs]) for i in range(3))
    return Line(
        what,
        "s",
        ages,
        target=target,
        met=max(ages) <= LIMIT,
        note=f"{len(ages)} pictures, oldest {1000 * max(ages):.0f} ms, {unpaired} without a known movement; medians: "
        f"movement → sent {a:.0f} ms, sent → answered {b:.0f} ms, answered → drawn {c:.0f} ms",
    )


async def one_drag(page: Page, side: str) -> dict[str, Any]:
    """What the probe saw of one drag, to and fro over the middle four fifths of the slider.

    Like a hand, it does not wait until the page has taken in a movement before it makes the next.
    """
    box = await page.locator(TRACK[side]).bounding_box()
    assert box is not None
    left, width, y = box["x"] + box["width"] / 10, box["width"] * 0.8, box["y"] + box["height"] / 2
    await page.mouse.move(left, y)
    await page.mouse.down()
    await asyncio.sleep(0.5)
    await page.evaluate("void probe.start()")
    start, moves = time.perf_counter(), []
    while (part := (time.perf_counter() - start) / DRAG) < 1:
        moves.append(asyncio.create_task(page.mouse.move(left + width * (1 - abs(1 - 2 * part)), y)))
        await asyncio.sleep(max(0.0, start + len(moves) / RATE - time.perf_counter()))
    seen: dict[str, Any] = await page.evaluate(f"probe.stop({KNOB!r})")
    await asyncio.gather(*moves)
    await page.mouse.up()
    await asyncio.sleep(1.5)
    return seen


def favourite(drawn: list[dict[str, Any]]) -> str | None:
    """The chart that is redrawn most: the hero."""
    counts = Counter(d["key"] for d in drawn)
    return counts.most_common(1)[0][0] if counts else None


def aged(hero: list[dict[str, Any]], seen: dict[str, Any]) -> tuple[list[tuple[float, float, float]], int]:
    """(ms to send, ms to answer, ms to draw) of every picture, and how many could not be paired with a movement."""
    found, missed = [], 0
    before: dict[str, float] = {}  # revision -> when it was drawn last
    value = {m["revision"]: m["value"] for m in seen["came"]}
    for picture in hero:
        sign, drawn = picture["sign"], picture["t"]
        since, before[sign] = before.get(sign, float("-inf")), drawn
        came = [m["t"] for m in seen["came"] if m["revision"] == sign and since < m["t"] <= drawn]
        answered = came[-1] if came else drawn
        sent = [s["t"] for s in seen["sent"] if s["value"] == value.get(sign) and since < s["t"] <= answered]
        moved = bisect_right(seen["inputs"], sent[-1]) if sent else 0
        if moved:
            found.append((sent[-1] - seen["inputs"][moved - 1], answered - sent[-1], drawn - answered))
        else:
            missed += 1
    return found, missed
