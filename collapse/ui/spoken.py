"""What a page says of a refusal.  The engine names a knob by its key, as links, scripts and the command line do: `n=200`; a visitor
knows it by its label: “Training examples” (200)."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from collapse.arena import Arena, Endurance, Purse
from collapse.compose import rule_of
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.spec import Knob
from collapse.speech import capital, exact_percent, exactly
from collapse.stages import Rule
from collapse.starts import START
from collapse.visits import ARENA, AXES, ENDS, LOST, PRICE, STAGE, TWIN, LabVisit, PreventionVisit

PARTS = {
    "world": "World",
    "model": "Model",
    "decoder": "Decoder",
    "curator": "Curator",
    "policy": "What the next model learns from (training data)",
}
LISTED = 6  # choices that are named one by one
_OF_A_LINK = {"v": "Version of the link", "data": "Data of the link", START: "Day of the link"}
_RULES: dict[str, Knob] = {
    **{
        f"{part}.{name}": rule
        for part, table in Scenario.parts().items()
        for kind in table.values()
        for name, rule in kind.knobs().items()
    },
    **PreventionVisit.knobs(),
    **LabVisit.knobs(),
    **{STAGE + name: rule for name, rule in Rule.knobs().items()},
    **{ARENA + name: rule for name, rule in Arena.knobs().items()},
    **{PRICE + name: rule for name, rule in Purse.knobs().items()},
    **{LOST + name: rule for name, rule in Endurance.knobs().items()},
}
_GIVEN = re.compile(r"""(?<![\w.])([a-z_]+(?:\.[a-z_]+)?)=('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|[-+]?\w+(?:[.-]\w+)*)""")
_UNKNOWN = re.compile(
    r"""^('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*") \(=(.*)\) is not a known key: (?:the keys|nothing).*?(?=\. |$)"""
)
_CHOICE = re.compile(r"(choose (?:one of )?)([\w-]+(?:(?:, | or )[\w-]+)*)")
_BARE = re.compile(r"(?<![\w.])([a-z]+\.[a-z_]+|n)(?![\w=]|\.\w)")
_QUOTED = re.compile(r"""('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|“[^”]*”)""")


def spoken(said: str, scenario: Scenario, labels: Mapping[str, str], shares: Collection[str] = ()) -> str:
    """A refusal in the words of a page.

    `scenario`: what is on its desk; `labels`: what its controls are called, by key; `shares`: the keys of those that show percents.
    What a link said itself stays, in quotation marks.
    """
    if said.startswith(TWIN):
        return f"Of the pinned run: {spoken(said.removeprefix(TWIN), scenario, labels, shares)}"
    if unknown := _UNKNOWN.match(said):
        key, value = _unquoted(unknown[1]), _unquoted(unknown[2])
        return f"The link says “{key}={value}”, but nothing here has that name{said[unknown.end() :]}"
    keys = [key for key, _ in _GIVEN.findall(said)]

    def known(found: re.Match[str]) -> str:
        key, value = found[1], found[2]
        if (name := called(key, scenario, labels)) == key:
            return found[0]
        return f"“{name}” ({_value(key, _unquoted(value), scenario, labels, shares)})"

    def chosen(found: re.Match[str]) -> str:
        kinds = re.split(", | or ", found[2])
        if len(kinds) > LISTED:
            return "choose one that this page offers"
        for key in [*keys, *Scenario.parts()]:
            there = _choices(key, scenario)
            if set(kinds) <= set(there):
                words = [f"“{_value(key, kind, scenario, labels, shares)}”" for kind in kinds]
                return found[1] + " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
        return found[0]

    text = _GIVEN.sub(known, _CHOICE.sub(chosen, said))
    text = re.sub(r"^(“.*?”) \(((?:[^()]|\([^()]*\))*)\) is not (?:possible|known)", r"\1 cannot be \2", text)
    if keys and keys[0] in shares and (rule := _rule(keys[0], scenario)):
        text = text.replace(
            rule.wanted(float), f"give {exact_percent(rule.low or 0)} to {exact_percent(rule.high or 0)}"
        )
    plain = [part if i % 2 else _bare(part, scenario, labels) for i, part in enumerate(_QUOTED.split(text))]
    return "".join(plain) if re.match(r"\w+=", text) else capital("".join(plain))  # what a link said stays as it is


def called(key: str, scenario: Scenario, labels: Mapping[str, str]) -> str:
    """What a page calls the knob of a key; the key itself, if there is no such knob."""
    if key.endswith(ENDS) and key.removesuffix(ENDS) in AXES:
        return f"Ends of the axis: {key.removesuffix(ENDS)}"
    rule = _rule(key, scenario)
    usual = PARTS.get(key) or _OF_A_LINK.get(key) or (capital(rule.label) if rule else key)
    return labels.get(key, usual)


def _rule(key: str, scenario: Scenario) -> Knob | None:
    """The declaration of a knob, of this scenario if it has such a one."""
    try:
        return rule_of(scenario, key)
    except (KeyError, AttributeError):
        return _RULES.get(key)


def _choices(key: str, scenario: Scenario) -> Collection[str]:
    """What can be chosen at a key, as a link says it."""
    rule = _rule(key, scenario)
    return Scenario.parts().get(key, {}) or (rule.choices if rule else ())


def _value(key: str, value: str, scenario: Scenario, labels: Mapping[str, str], shares: Collection[str]) -> str:
    """A value as a page says it; what makes no sense there stands in quotation marks."""
    kind: Any = Scenario.parts().get(key, {}).get(value)
    if kind is not None:
        return str(kind.says)
    rule = _rule(key, scenario)
    if rule is not None and value in rule.choices:
        return METRICS[value].label if value in METRICS else called(rule.says(value), scenario, labels)
    try:
        number = float(value)
        return exact_percent(number) if key in shares else exactly(int(value) if value.isdecimal() else number)
    except (ValueError, ArithmeticError):
        return f"“{value}”"


def _bare(text: str, scenario: Scenario, labels: Mapping[str, str]) -> str:
    """The rest of a sentence, without keys and without the word of the code for a chain."""
    text = _BARE.sub(lambda found: _labelled(found[1], scenario, labels), text)
    return re.sub(r"\blineage(s?)\b", r"chain\1", text)


def _labelled(key: str, scenario: Scenario, labels: Mapping[str, str]) -> str:
    name = called(key, scenario, labels)
    return key if name == key else f"“{name}”"


def _unquoted(value: str) -> str:
    """What a link said, without the quotation marks around it."""
    return value[1:-1] if value[:1] in "'\"" and value[-1:] == value[:1] else value
