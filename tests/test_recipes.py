"""The recipes in CONTRIBUTING.md and the examples in README.md are run as they stand there.

A recipe is a ```python block below a line `<!-- recipe: NAME -->`; it registers what it makes, and the test takes that out of
the table again.
"""

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collapse.curation import CURATORS
from collapse.decoding import DECODERS
from collapse.findings import RULES
from collapse.metrics import METRICS, measurable
from collapse.models import MODELS
from collapse.policies import POLICIES, Supply
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.theory import LAWS, law_for
from collapse.worlds import WORLDS

ROOT = Path(__file__).parents[1]
REGISTRIES: tuple[dict[str, Any], ...] = (WORLDS, MODELS, DECODERS, CURATORS, POLICIES, METRICS, LAWS)
EXPECTED = {"policy", "world", "metric"}


def recipes(text: str) -> dict[str, str]:
    """The marked blocks by name; a mark without a block right below it is an error."""
    marks = re.findall(r"^<!-- recipe: *(.+?) *-->$", text, re.MULTILINE)
    found = re.findall(r"^<!-- recipe: *(.+?) *-->\n+```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in found] == marks, "a recipe mark without a python block below it"
    assert len(dict(found)) == len(found), "two recipes of one name"
    return dict(found)


RECIPES = recipes((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def tidy() -> Iterator[None]:
    """What a recipe registers is gone after the test."""
    before = [dict(registry) for registry in REGISTRIES]
    yield
    for registry, contents in zip(REGISTRIES, before, strict=True):
        registry.clear()
        registry.update(contents)


def cooked(name: str) -> dict[str, Any]:
    """The names that a recipe leaves behind. Classes of a recipe live in a module called like it, as a file's would."""
    space: dict[str, Any] = {"__name__": f"recipe_{name}"}
    sys.modules[space["__name__"]] = module = type(sys)(space["__name__"])
    try:
        exec(compile(RECIPES[name], f"CONTRIBUTING.md, recipe {name}", "exec"), space)  # our own text
    finally:
        del sys.modules[module.__name__]
    return space


def added(registry: dict[str, Any], name: str) -> Any:
    """What a recipe newly registers in this table: exactly one thing, under its own name."""
    before = set(registry)
    cooked(name)
    new = set(registry) - before
    assert len(new) == 1, f"the recipe {name!r} registered {sorted(new)}"
    key = new.pop()
    assert getattr(registry[key], "kind", getattr(registry[key], "name", None)) == key
    return registry[key]


def test_the_usual_recipes_are_there() -> None:
    assert RECIPES.keys() >= EXPECTED


def test_the_reader_of_recipes_notices_a_lost_block() -> None:
    assert recipes("<!-- recipe: a -->\n```python\n1\n```\n") == {"a": "1\n"}
    with pytest.raises(AssertionError):
        recipes("<!-- recipe: a -->\nwords\n```python\n1\n```\n")


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_runs(name: str) -> None:
    before = len(RULES)
    cooked(name)
    assert len(RULES) == before


def test_the_policy_goes_round_the_whole_loop() -> None:
    policy = added(POLICIES, "policy")
    assert policy.says
    query = f"policy={policy.kind}&n=20&generations=30&lineages=200&seed=3"
    scenario = Scenario.from_query(query)
    assert Scenario.from_query(scenario.to_query()) == scenario
    variance = run(scenario).measure("variance")
    assert variance.shape == (200, 31)
    assert np.all(np.isfinite(variance))
    alone = run(Scenario.from_query("n=20&generations=30&lineages=200&seed=3")).measure("variance")
    assert np.median(variance[:, -1]) > 2 * np.median(alone[:, -1]), "real data save it"
    assert law_for(scenario, "variance") is None, "nobody has given it a law"


def test_the_policy_pools_what_it_says() -> None:
    asked: list[tuple[str, int]] = []

    class Ledger(Supply):
        n = 21

        def __getattribute__(self, name: str) -> Any:
            if name in ("synthetic", "fresh", "same", "redrawn"):
                return lambda m: asked.append((name, m)) or _Bag(m)
            return super().__getattribute__(name)

    policy = added(POLICIES, "policy")()
    assert policy.grow(Ledger()).size == 21
    assert sum(m for _, m in asked) == 21
    assert {name for name, m in asked if m} >= {"synthetic"}


class _Bag:
    def __init__(self, size: int) -> None:
        self.size = size

    def __add__(self, other: "_Bag") -> "_Bag":
        return _Bag(self.size + other.size)


def test_the_world_is_what_it_says() -> None:
    world = added(WORLDS, "world")()
    x = np.linspace(-12, 12, 200_001)
    density = np.exp(world.logpdf(x))
    assert np.isclose(np.trapezoid(density, x), 1, atol=1e-6)
    assert np.isclose(np.trapezoid(x * density, x), 0, atol=1e-6)
    assert np.isclose(np.trapezoid(x * x * density, x), 1, atol=1e-4)
    u = np.array([0.001, 0.025, 0.5, 0.9, 0.999])
    assert np.allclose(world.cdf(world.quantile(u)), u)
    assert np.allclose(np.gradient(world.cdf(x), x)[1:-1], density[1:-1], atol=1e-6)
    low, high = world.tails
    assert np.isclose(world.outside(low, high), 0.05)
    scenario = Scenario(world=world, n=50, generations=5, lineages=40)
    assert Scenario.from_query(scenario.to_query()) == scenario
    trajectory = run(scenario)
    for metric in measurable(scenario):
        assert np.all(np.isfinite(trajectory.measure(metric))), metric


def test_the_metric_is_measured() -> None:
    metric = added(METRICS, "metric")
    trajectory = run(Scenario(n=20, generations=10, lineages=30))
    values = trajectory.measure(metric.name)
    assert values.shape == (30, 11)
    assert np.allclose(values, 1 / trajectory.measure("variance"))
    assert metric.name in measurable(trajectory.scenario)


# ---- README ----------------------------------------------------------------------------------------------------------------

README = (ROOT / "README.md").read_text(encoding="utf-8")


def marked(name: str) -> list[str]:
    """The lines of the `sh` block below `<!-- name -->`."""
    found = re.findall(rf"^<!-- {name} -->\n```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, f"README.md needs exactly one sh block marked {name!r}"
    return str(found[0]).splitlines()


@pytest.mark.parametrize("name", ["run", "test"])
def test_the_readme_has_its_two_commands(name: str) -> None:
    lines = marked(name)
    assert len(lines) == 1
    named = re.search(r"-r (\S+)", lines[0])
    assert named is not None
    assert (ROOT / named[1]).is_file()


def test_the_python_examples_of_the_readme_run() -> None:
    blocks = re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {"__name__": "readme"})


def test_the_command_lines_of_the_readme_run() -> None:
    lines = re.findall(r"^python -m collapse .+$", README, re.MULTILINE)
    assert lines
    for line in lines:
        done = subprocess.run([sys.executable, *shlex.split(line)[1:]], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 10


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / link).exists(), f"{page} links to {link}"
