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

from collapse.ui import path, stills, terms
from collapse.ui.assets import BUNDLE, PREVIEW, address, plotly, scripts
from collapse.ui.book import WORDS, icon, stops
from collapse.ui.prose import words

LIVE: Final = "live/"
HERE: Final = Path(__file__).parent
HOME: Final = "home"  # whose picture stands for a page without one
LONG = 60  # characters of an address that are repeated
SOCKETS = " {sockets}"  # stands in the policy for the websockets of our own host
HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


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
    pictured = HOME if name in WORDS else name
    sentence = re.split(r"(?<=[.?!]) ", _plain(words(name)["lead"]))
    cards = {
        "og:type": "website",
        "og:site_name": path.BRAND,
        "og:title": words(name)["title"],
        "og:description": " ".join(sentence[:2]),
        "og:image": f"{site}{PREVIEW}{pictured}.jpg",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": stills.told(pictured),
    }
    told = "".join(f'<meta property="{key}" content="{escape(value)}">' for key, value in cards.items())
    described = f'<meta name="description" content="{escape(cards["og:description"])}">'
    return f'{described}{told}<meta name="twitter:card" content="summary_large_image">'


def _plain(markdown: str) -> str:
    return " ".join(re.sub(r"\[(.+?)\]\(\S+?\)", r"\1", markdown).replace("*", "").split())


def _first(name: str) -> str:
    """The static first paint."""
    text = words(name)
    lead = terms.glossed(terms.as_html(text["lead"]), "first")
    above = f'<p class="lab-eyebrow">{escape(text["eyebrow"])}</p>' if "eyebrow" in text else ""
    opening = f'<div id="first"><div>{path.bar(stops(), name, icon())}<main>{above}<h1>{escape(text["title"])}</h1>'
    if name in WORDS:
        return f"{opening}{lead}</main></div></div>"
    note = "This is a still picture of the page as it opens. The live one, with its controls, is on its way."
    picture = f'<img src="{stills.address(name)}" alt="{escape(stills.told(name))}" width="800" height="420">'
    still = f'<figure class="lab-still"><p>{note}<noscript> It needs JavaScript.</noscript></p>{picture}</figure>'
    return f"{opening}{lead}{still}</main></div></div>"


def nowhere(asked: str) -> str:
    """What stands where there is no page: what was asked for, and where to go."""
    shown = escape(asked if len(asked) <= LONG else f"{asked[:LONG]}…")
    return notice(
        "There is no such page", f"You asked for <strong>{shown}</strong>, which is not one of ours. These are:", asked
    )


def notice(title: str, said: str, asked: str) -> str:
    """A page that says one thing, HTML, and lists all pages; it needs no script.  `asked`: the path that it stands at."""
    up = "../" * asked.count("/") or "./"
    pages = "".join(f"<li>{stop.link(escape(stop.title))}</li>" for stop in stops())
    body = (path.bar(stops(), "", icon()) + f"<main>{{}}<ul>{pages}</ul></main>").replace('href="./', f'href="{up}')
    told = f"<h1>{escape(title)}</h1><p>{said}</p>"
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="UTF-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><link rel="icon" href="{icon()}">'
        f"<title>{escape(title)} · {path.BRAND}</title>{_style()}</head>"
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
        "connect-src": f"'self'{SOCKETS}",
        "worker-src": "'self' blob:",
        "frame-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "*",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def security_headers(host: str) -> Mapping[str, str]:
    """The headers that every answer carries, by name.  `host`: ours, as the visitor says; older browsers want it named for
    websockets, while newer ones know that 'self' may be spoken to in both ways."""
    sockets = f" ws://{host} wss://{host}" if HOST.fullmatch(host) else ""
    return {
        "Content-Security-Policy": content_security_policy().replace(SOCKETS, sockets),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


@cache
def early_hints(base: str) -> str:
    """A `Link` header: what the first chart needs starts to travel with the page, not after it has been written.

    The charting library, which is the largest file, has a connection to itself from the beginning, which costs the small ones
    nothing: they wait for answers more than for bytes.  What is needed only once Streamlit runs lets Streamlit's own scripts pass.
    """
    links = [
        *(
            f"<{base}/{address(name, script)}>; rel=modulepreload; fetchpriority=low"
            for name in ("chart", "film", "slider")
            for script in scripts(name)
        ),
        *(f"<{base}/{address(name, f'{name}.css')}>; rel=preload; as=style" for name in ("chart", "film", "slider")),
        *(
            f"<{base}/static/js/{name}>; rel=modulepreload; crossorigin; fetchpriority=low"
            for name in _parts("BidiComponent", "Html")
        ),
        f"<{base}/{plotly()}>; rel=preload; as=script",
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
