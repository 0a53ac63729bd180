"""The reference in Markdown: every world, model, metric and law from its table, and the library from its docstrings."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from importlib import import_module
from typing import Any

from collapse.curators import CURATORS
from collapse.decoding import DECODERS
from collapse.laws import LAWS
from collapse.metrics import METRICS
from collapse.models import MODELS
from collapse.policies import POLICIES
from collapse.spec import Spec
from collapse.worlds import WORLDS

TABLES: dict[str, tuple[str, Mapping[str, type[Spec]]]] = {
    "worlds": ("Worlds: what is real", WORLDS),
    "models": ("Models: who can learn and speak", MODELS),
    "decoders": ("Decoders: how outputs are drawn", DECODERS),
    "curators": ("Curators: what is let through", CURATORS),
    "policies": ("Policies: what the next model learns from", POLICIES),
}
LIBRARY = (
    "scenario",
    "recursion",
    "spreading",
    "sweeps.grid",
    "sweeps.report",
    "trajectory",
    "bands",
    "healthy",
    "stages",
    "alarms",
    "longtail",
    "claims",
    "detection",
    "verification",
    "watermark",
    "versions",
    "monitor",
    "findings.base",
    "sharing",
    "economics",
    "scaling",
    "downstream",
    "regression",
    "weighting",
    "rescue",
    "twins",
    "phase",
    "arena.measures",
    "arena.prices",
    "arena.search",
    "arena.standing",
    "export",
    "spec",
    "data",
    "pool",
    "feeding",
    "policies",
    "curators.base",
    "decoding",
    "models.base",
    "worlds.base",
    "beliefs.base",
)
ADDRESS = re.compile(
    r"<function (\S+) at 0x[0-9a-f]+>"
)  # how Python writes a function that is a default: where it is in memory
MADE = "<!-- Made by `python -m collapse docs`; change the docstrings instead. -->\n"


def pages() -> dict[str, str]:
    """Every page of the reference, its Markdown by file name."""
    found = {f"{name}.md": _kinds(title, table) for name, (title, table) in TABLES.items()}
    found |= {"metrics.md": _metrics(), "laws.md": _laws(), "library.md": _library()}
    titles = "\n".join(f"- [{text.split('# ', 1)[1].splitlines()[0]}]({name})" for name, text in found.items())
    return {"README.md": f"{MADE}\n# Reference\n\n{titles}\n"} | found


def _kinds(title: str, table: Mapping[str, type[Spec]]) -> str:
    """A section for each kind of part: what it says, its docstring, its knobs."""
    parts = [f"{MADE}\n# {title}\n"]
    for kind, made in table.items():
        parts.append(f"## `{kind}`\n\n*{made.says}*\n\n{inspect.getdoc(made)}\n")
        source = getattr(made, "source", None)
        if source is not None:
            parts.append(f"Source: {source.full}\n")
        if rows := [_knob(made, name) for name in made.knobs()]:
            head = "| key | what it is | values | at first |\n|---|---|---|---|"
            parts.append("\n".join([head, *rows]) + "\n")
    return "\n".join(parts)


def _knob(made: type[Spec], name: str) -> str:
    """The row of a knob in a table."""
    rule = made.knobs()[name]
    values = ", ".join(f"`{c}`" for c in rule.choices) if rule.choices else f"{rule.low:.10g} to {rule.high:.10g}"
    usual = next(f.default for f in fields(made) if f.name == name)
    return f"| `{name}` | {rule.label}: {rule.help} | {values} | {'' if usual is MISSING else f'`{usual}`'} |"


def _metrics() -> str:
    """Every metric: its label, its docstring, its source."""
    each = (
        f"## `{m.name}`\n\n*{m.label}*\n\n{inspect.getdoc(m.function)}\n\nSource: {m.source.full}\n"
        for m in METRICS.values()
    )
    return "\n".join([f"{MADE}\n# Metrics: what we watch\n", *each])


def _laws() -> str:
    """Every law: its formulas, where they hold, its sources."""
    each = (
        "\n".join([f"## `{law.metric}`\n", *(f"- {line}" for line in law.lines()), ""])
        + "\nSources: "
        + "; ".join(source.full for source in law.sources)
        + "\n"
        for law in LAWS.values()
    )
    return "\n".join([f"{MADE}\n# Laws: what must happen\n", *each])


def _library() -> str:
    """Every public class and function of the rooms in `LIBRARY`, with its signature and docstring."""
    parts = [f"{MADE}\n# The library\n"]
    for room in LIBRARY:
        module = import_module(f"collapse.{room}")
        parts.append(f"## `collapse.{room}`\n\n{inspect.getdoc(module)}\n")
        for name, thing in vars(module).items():
            if getattr(thing, "__module__", "") != module.__name__ or name.startswith("_"):
                continue
            if inspect.isclass(thing):
                parts.append(f"### class `{name}`\n\n{inspect.getdoc(thing)}\n")
                parts += [_member(f"{name}.{key}", value) for key, value in vars(thing).items() if _shown(key, value)]
            elif inspect.isfunction(thing):
                parts.append(_member(name, thing))
    return "\n".join(parts)


def _shown(key: str, value: Any) -> bool:
    """Is a member of a class worth a line: public, a method or a property, and documented?"""
    plain = value.fget if isinstance(value, property) else getattr(value, "__func__", value)
    return not key.startswith("_") and inspect.isfunction(plain) and bool(plain.__doc__)


def _member(name: str, thing: Callable[..., Any] | property) -> str:
    """A function, method or property with its docstring."""
    plain: Any = thing.fget if isinstance(thing, property) else getattr(thing, "__func__", thing)
    called = "" if isinstance(thing, property) else ADDRESS.sub(r"\1", str(inspect.signature(plain)))
    return f"- **`{name}{called}`** {' '.join((inspect.getdoc(plain) or '').split())}\n"
