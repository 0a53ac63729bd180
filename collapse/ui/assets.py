"""Our own files for the browser: each has an address that changes when its folder does.

The version stands in the path, `component/collapse.ui.assets.chart-1a2b3c4d/chart.js`, so that a script that imports `./film.js`
gets it in the same version, and the browser may keep both for ever. `packing` has how they travel.

To publish a folder: one line in `FOLDERS`, and `loader(...)` as the `js=` of its component. Nothing else is ever served.
"""

import hashlib
import json
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.components.v1 import declare_component
from streamlit.runtime.scriptrunner import get_script_run_ctx

HERE: Final = Path(__file__).parent
PREVIEW: Final = "preview/"  # the pictures of shared links
BUNDLE: Final = Path(st.__file__).parent / "static"  # Streamlit's own frontend
FOLDERS: Final = {
    "chart": HERE / "chart" / "web",
    "film": HERE / "film" / "web",
    "vendor": HERE / "chart" / "vendor",
    "slider": HERE / "slider" / "web",
    "share": HERE / "share" / "web",
    "reader": HERE / "reader" / "web",
    "pad": HERE / "pad" / "web",
}
ROUTE: Final = (
    f"component/{__name__}."  # where Streamlit serves what `publish` declares: component/<module>.<declared name>/
)
TYPES: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".html": "text/html",
}


def folder(name: str) -> Path:
    """What the browser may see, by the name in its address. Errors: KeyError, so that nothing else can be asked for."""
    return FOLDERS[name]


@cache
def version(name: str) -> str:
    """Eight hex digits that change when any public file of the component does."""
    digest = hashlib.blake2b(digest_size=4)
    for path in sorted(p for p in folder(name).rglob("*") if p.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def address(name: str, file: str) -> str:
    """The address of a public file, relative to the root of the site."""
    return f"{ROUTE}{name}-{version(name)}/{file}"


def plotly() -> str:
    """The address of the vendored plotly.js."""
    return address("vendor", "plotly-basic.min.js")


@cache
def scripts(name: str) -> tuple[str, ...]:
    """The scripts of a component that are fetched together: `<name>.js`, and what it and they import at once."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder(name).glob("*.js")}
    found = [f"{name}.js"]
    for file in found:
        imported = dict.fromkeys(re.findall(r'from "\./([^"]+)"', texts[file]))
        found += [other for other in imported if other not in found]
    return tuple(found)


@cache
def _declare(name: str) -> bool:
    declare_component(f"{name}-{version(name)}", path=folder(name))
    return True


def publish(name: str) -> None:
    """Let Streamlit serve the component's folder; once in a process, and only while a page is being written."""
    if get_script_run_ctx() is not None:
        _declare(name)


def loader(name: str, fallback: str = "", library: str = "", shared: str = "") -> str:
    """The few lines of JavaScript that Streamlit repeats in every message: fetch the real script by its address.

    The script and its style sheet are `<name>.js` and `<name>.css` in the folder of that name. The root of the site
    is read off Streamlit's own script tag, because the app may live under any path. `fallback`: a JavaScript function
    from `data` to the text that stands in when the script cannot be fetched; without it the component's static HTML
    stays. `shared`: the name of another folder, whose script of that name is handed to this one, and whose style sheet is
    worn, too; components that share it share its state. `library`: the address of a file that the script is told (`begin`)
    as soon as it is here.
    """
    sheets = [address(part, f"{part}.css") for part in (name, shared) if part]
    handed = f"import(at({json.dumps(address(shared, f'{shared}.js'))}))" if shared else ""
    begin = f"module.begin(at({json.dumps(library)}));" if library else ""
    return f"""\
const own = document.querySelector('script[src*="static/js/"]');
const root = own ? own.src.replace(/static\\/js\\/.*$/, "") : document.baseURI;
const at = (path) => new URL(path, root).href;
const dressed = Promise.all({json.dumps(sheets)}.map(at).map((style) =>
  document.querySelector(`link[href="${{style}}"]`) ? null : new Promise((done) => {{
    const link = document.createElement("link");
    Object.assign(link, {{ rel: "stylesheet", href: style, onload: done, onerror: done }});
    document.head.append(link);
  }})));
const scripts = {json.dumps(scripts(name))}.map((file) => import(at({json.dumps(address(name, ""))} + file)));
const script = Promise.all(scripts).then(([module]) => {{ {begin} return module; }});
const shared = {handed or "null"};
export default async (component) => {{
  try {{
    const [{{ default: mount }}, handed] = await Promise.all([script, shared, dressed]);
    return mount(component, handed);
  }} catch (error) {{
    console.warn(error);
    const instead = ({fallback or "() => ''"})(component.data);
    if (instead) component.parentElement.textContent = instead;
  }}
}};
"""


@lru_cache(1000)
def file_at(path: str) -> Path | None:
    """The file on disk behind an address below the root of the site, if it is one that we may send compressed."""
    if path.startswith(ROUTE):
        declared, _, file = path.removeprefix(ROUTE).partition("/")
        name, _, asked = declared.rpartition("-")
        if name not in FOLDERS or asked != version(name):
            return None
        home = folder(name)
    elif path.startswith("static/"):
        home, file = BUNDLE, path
    else:
        return None
    try:
        found = (home / file).resolve()
        there = found.is_file() and found.is_relative_to(home.resolve()) and found.suffix in TYPES
    except (ValueError, OSError):  # no file can have such a name
        return None
    return found if there else None
