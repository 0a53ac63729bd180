"""Draw the still pictures of the pages, from the runs that they start with: `python -m tools.stills [PAGE …]`.

Two files a page in `collapse/ui/drawn/`: an SVG for the first paint and the foot of the pages, and a JPEG of 1200 × 630 for links
that are shared elsewhere, because other sites show no SVG.  To be run when a page starts with something else; a test says so.
"""

import argparse
import shutil
from base64 import b64encode
from html import escape

from playwright.sync_api import Browser, sync_playwright

from collapse.figures.still import still
from collapse.ui import path, stills
from collapse.ui.assets import BUNDLE
from collapse.ui.book import icon, lessons
from collapse.ui.lesson import Lesson
from collapse.ui.prose import words
from collapse.ui.runs import outcome_on

SIZE = {"width": 1200, "height": 630}
CARD = """<!DOCTYPE html><meta charset="utf-8"><style>
@font-face { font-family: Sans; font-weight: 200 900; src: url(data:font/woff2;base64,FONT); }
body { margin: 0; padding: 44px 60px; width: 1080px; height: 542px; background: #fdfcfa; color: #1c2733; font-family: Sans; }
p { display: flex; gap: 14px; align-items: center; margin: 0; font-size: 28px; font-weight: 600; }
h1 { margin: 10px 0 0; font-size: 60px; line-height: 1.15; } div { height: 390px; margin-top: 6px; }
div img { width: 100%; height: 100%; object-fit: contain; }</style>"""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("pages", nargs="*", help="all, if none is named")
    parser.add_argument("--chromium", default=shutil.which("chromium"), help="the browser, if it is not on the PATH")
    asked = parser.parse_args()
    stills.FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=["--no-sandbox", "--disable-gpu"])
        for found in lessons():
            if not asked.pages or found.name in asked.pages:
                draw(found, browser)
        browser.close()


def draw(lesson: Lesson, browser: Browser) -> None:
    """Both files of a page."""
    hero = lesson.worded(outcome_on(lesson.desk(lesson.name, lesson.base, lesson.offers, lesson.base)))
    svg = stills.FOLDER / f"{lesson.name}.svg"
    svg.write_text(still(hero, lesson.base.to_query()) + "\n", encoding="utf-8")
    stills.drawing.cache_clear()
    stills.address.cache_clear()
    page = browser.new_page(viewport=SIZE)
    picture = stills.address(lesson.name, bare=True, strong=False)
    brand = f'<p><img src="{icon()}" width="44" height="44">{path.BRAND}</p>'
    font = b64encode(next((BUNDLE / "static" / "media").glob("SourceSansVF-Upright*")).read_bytes()).decode()
    page.set_content(
        f'{CARD.replace("FONT", font)}{brand}<h1>{escape(words(lesson.name)["title"])}</h1><div><img src="{picture}"></div>'
    )
    card = svg.with_suffix(".jpg")
    page.screenshot(path=card, type="jpeg", quality=82)
    page.close()
    print(f"{lesson.name}: {svg.stat().st_size / 1000:.1f} kB and {card.stat().st_size / 1000:.1f} kB")


if __name__ == "__main__":
    main()
