"""Streamlit's page as we hand it out: told where its server is, with headers that keep it safe and early hints that make it quick."""

import base64
import hashlib
import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from collapse.ui.assets import BUNDLE, address, plotly, scripts

LIVE: Final = "live/"


@cache
def page() -> str:
    """Streamlit's page, told where its server is: left alone, it asks under every deep link first and logs the 404."""
    where = (
        '<script>window.__streamlit = { BACKEND_BASE_URL: new URL("./", location.href).href };'
        f'window.lab = {{ live: new URL("./{LIVE}", location.href).href }};</script>'
    )
    return (BUNDLE / "index.html").read_text(encoding="utf-8").replace("<head>", f"<head>{where}", 1)


@cache
def content_security_policy() -> str:
    """Only our own host; inline scripts only if they stand in Streamlit's page (by their hash).

    `blob:` is how Streamlit starts the script of a component; styles are inline by the design of its frontend.
    Anybody may embed the page: teachers do, and there is nothing to log in to.
    """
    inline = re.findall(r"<script>(.*?)</script>", page(), flags=re.DOTALL)
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
    """A `Link` header: what the first chart needs starts to travel with the page, not after it has been written."""
    bidi = next((BUNDLE / "static" / "js").glob("BidiComponent.*.js"), None)
    links = [
        f"<{base}/{plotly()}>; rel=preload; as=script",
        *(
            f"<{base}/{address(name, script)}>; rel=modulepreload"
            for name in ("chart", "film", "slider")
            for script in scripts(name)
        ),
        *(f"<{base}/{address(name, f'{name}.css')}>; rel=preload; as=style" for name in ("chart", "film", "slider")),
        *([f"<{base}/static/js/{bidi.name}>; rel=modulepreload; crossorigin"] if bidi else []),
    ]
    return ", ".join(links)
