"""Streamlit's page as we hand it out: with something to read before any script has come, safe by its headers, quick by early hints.

Every page has its title, its first sentences and a still picture in the HTML itself, and tells other sites what it is (`og:`).
They stand over the live page, which is neither seen nor read until its first picture is drawn; then they go (`front.js`).
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from html import escape
from pathlib import Path
from typing import Final

from collapse.ui import path, stills
from collapse.ui.assets import BUNDLE, PREVIEW, address, plotly, scripts
from collapse.ui.book import icon, stops
from collapse.ui.prose import words

LIVE: Final = "live/"
HERE: Final = Path(__file__).parent
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
LONG = 60  # characters of an address that are repeated


@cache
def _shell() -> tuple[str, str]:
    """Streamlit's page in two parts, before and after what is drawn first: with our script and style, and without a title."""
    page = (BUNDLE / "index.html").read_text(encoding="utf-8")
    page = re.sub(r"<title>.*?</title>", "", page).replace('href="./favicon.png"', f'href="{icon()}"')
    page = re.sub(
        r'<link\s+rel="preload"[^>]*as="font"[^>]*>', "", page
    )  # its letters wait for the scripts: words are read in others
    page = page.replace("<head>", f"<head>{_script()}{_style()}", 1)
    page = re.sub(r"<noscript>.*?</noscript>", "", page, flags=re.DOTALL)
    before, _, after = page.partition('<div id="root">')
    return before, f'<div id="root">{after}'


@cache
def _style() -> str:
    return f"<style>{(HERE / 'front.css').read_text(encoding='utf-8')}</style>{path.style(stops())}"


@cache
def _script() -> str:
    return f"<script>{(HERE / 'front.js').read_text(encoding='utf-8')}</script>"


@lru_cache(256)
def page(name: str, site: str = "") -> str:
    """The HTML of a page.  `site`: the absolute address of the root, for those who read the page elsewhere."""
    before, after = _shell()
    head = f'<meta charset="UTF-8"><title>{escape(_title(name))}</title>{_cards(name, site)}'
    return before.replace("<head>", f"<head>{head}", 1) + _first(name) + after


def _title(name: str) -> str:
    return f"{words(name)['title']} · {path.BRAND}"


def _cards(name: str, site: str) -> str:
    """What another site is told: a title, a sentence, a picture."""
    sentence = re.split(r"(?<=[.?!]) ", _plain(words(name)["lead"]))
    cards = {
        "og:type": "website",
        "og:site_name": path.BRAND,
        "og:title": words(name)["title"],
        "og:description": " ".join(sentence[:2]),
        "og:image": f"{site}{PREVIEW}{name}.jpg",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": stills.told(name),
    }
    told = "".join(f'<meta property="{key}" content="{escape(value)}">' for key, value in cards.items())
    described = f'<meta name="description" content="{escape(cards["og:description"])}">'
    return f'{described}{told}<meta name="twitter:card" content="summary_large_image">'


def _plain(markdown: str) -> str:
    return " ".join(LINK.sub(r"\1", markdown).replace("*", "").split())


def _marked(markdown: str) -> str:
    """The little Markdown that our first sentences use: what is strong, what is emphasised, and links."""
    linked = LINK.sub(r'<a href="\2">\1</a>', escape(markdown, quote=False))
    strong = re.sub(r"[*]{2}(.+?)[*]{2}", r"<strong>\1</strong>", linked, flags=re.DOTALL)
    return re.sub(r"[*](.+?)[*]", r"<em>\1</em>", strong, flags=re.DOTALL)


def _first(name: str) -> str:
    """The static first paint."""
    text = words(name)
    lead = "".join(f"<p>{_marked(part)}</p>" for part in text["lead"].split("\n\n"))
    note = "This is a still picture of the page as it opens. The live one, with its controls, is on its way."
    picture = f'<img src="{stills.address(name)}" alt="{escape(stills.told(name))}" width="800" height="420">'
    above = f'<p class="lab-eyebrow">{escape(text["eyebrow"])}</p>' if "eyebrow" in text else ""
    return (
        f'<div id="first"><div>{path.bar(stops(), name, icon())}<main>{above}<h1>{escape(text["title"])}</h1>{lead}'
        f'<figure class="lab-still"><p>{note}<noscript> It needs JavaScript.</noscript></p>{picture}</figure></main></div></div>'
    )


def nowhere(asked: str) -> str:
    """What stands where there is no page: what was asked for, and where to go.  It needs no script."""
    up = "../" * asked.count("/") or "./"
    pages = "".join(f"<li>{stop.link(escape(stop.title))}</li>" for stop in stops())
    body = (path.bar(stops(), "", icon()) + f"<main>{{}}<ul>{pages}</ul></main>").replace('href="./', f'href="{up}')
    shown = escape(asked if len(asked) <= LONG else f"{asked[:LONG]}…")
    told = f"<h1>There is no such page</h1><p>You asked for <strong>{shown}</strong>, which is not one of ours. These are:</p>"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><link rel="icon" href="{icon()}">'
        f"<title>No such page · {path.BRAND}</title>{_style()}</head>"
        f'<body><div id="first"><div>{body.replace("{}", told, 1)}</div></div></body></html>'
    )


@cache
def content_security_policy() -> str:
    """Only our own host; inline scripts only if they stand in the page (by their hash), the same in every page.

    `blob:` is how Streamlit starts the script of a component; styles are inline by the design of its frontend.
    Anybody may embed the page: teachers do, and there is nothing to log in to.
    """
    inline = re.findall(r"<script>(.*?)</script>", page("home"), flags=re.DOTALL)
    hashes = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    rules = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", "blob:", *(f"'sha256-{h}'" for h in hashes)]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "media-src": "'self' data: blob:",
        "connect-src": "'self' ws: wss:",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "*",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@cache
def security_headers() -> Mapping[str, str]:
    """The headers that every answer carries, by name."""
    return {
        "Content-Security-Policy": content_security_policy(),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


@cache
def early_hints(base: str) -> str:
    """A `Link` header: what the first chart needs starts to travel with the page, not after it has been written.

    Streamlit's parts that draw it come first; the charting library, which is the largest file and needed last, lets others pass.
    """
    links = [
        *(
            f"<{base}/{address(name, script)}>; rel=modulepreload"
            for name in ("chart", "film", "slider")
            for script in scripts(name)
        ),
        *(f"<{base}/{address(name, f'{name}.css')}>; rel=preload; as=style" for name in ("chart", "film", "slider")),
        *(f"<{base}/static/js/{name}>; rel=modulepreload; crossorigin" for name in _parts("BidiComponent", "Html")),
        f"<{base}/{plotly()}>; rel=preload; as=script; fetchpriority=low",
    ]
    return ", ".join(links)


def _parts(*elements: str) -> list[str]:
    """The files of these elements of Streamlit's, with what they import, that its page does not name itself."""
    home = BUNDLE / "static" / "js"
    shell = (BUNDLE / "index.html").read_text(encoding="utf-8")
    found = [path.name for element in elements for path in home.glob(f"{element}.*.js")]
    for name in found:
        imported = re.findall(r'(?:from|import)"\./([^"]+)"', (home / name).read_text(encoding="utf-8"))
        found += [other for other in dict.fromkeys(imported) if other not in found and other not in shell]
    return found
