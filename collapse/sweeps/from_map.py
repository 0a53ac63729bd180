"""The sweep file of a phase map: the same cells, to be computed elsewhere with more chains, more generations or more values."""

import json

from collapse.phase import ONSETS, Map
from collapse.scenario import Scenario
from collapse.sweeps.report import ONSETS as STAGES


def sweep_file(asked: Map) -> str:
    """A grid in TOML whose table has the numbers of the map, to the bit.

    Errors: ValueError for a world of a visitor's own data, which no file of this kind can hold.
    """
    s, usual = asked.scenario, Scenario().to_query()
    if s.world.private:
        raise ValueError("a sweep file holds no data: run it from Python, with the data of this world")
    query = {key: value for key, value in s.to_query().items() if key not in ("v", asked.x.key, asked.y.key)}
    common = [f"{_key(key)} = {_value(value)}" for key, value in query.items() if usual.get(key) != value]
    stages = [stage for stage, number in STAGES.items() if ONSETS.get(asked.shows) == number]
    report = f"onsets = {json.dumps(stages)}\nmetrics = []" if stages else f"metrics = {json.dumps([asked.shows])}"
    rule = "\n".join(f"{key} = {_value(value)}" for key, value in asked.rule.to_query().items())
    return "\n".join(
        [
            "# A phase map of Model Collapse Lab: python -m collapse sweep THIS_FILE --out results/",
            "[scenario]",
            *common,
            "",
            "[axes]  # every combination, the first varies slowest",
            *(f"{_key(a.key)} = [{', '.join(a.text(i) for i in range(len(a.values)))}]" for a in (asked.y, asked.x)),
            "",
            "[report]",
            report,
            "quantiles = [0.5]",
            "",
            "[stage]",
            rule,
            "",
        ]
    )


def _key(key: str) -> str:
    return f'"{key}"' if "." in key else key


def _value(text: str) -> str:
    """A number as it is, anything else in quotation marks."""
    try:
        float(text)
    except ValueError:
        return json.dumps(text)
    return text
