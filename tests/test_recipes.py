"""The recipes in CONTRIBUTING.md and the examples in README.md are run as they stand there.

A recipe is a ```python block below a line `<!-- recipe: NAME -->`; it registers what it makes, and the test takes that out of
the table again.  In a copy of the repository the recipes are followed as a newcomer would; the lines that a contract test asks
for are below `<!-- witness: NAME -->`.
"""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from collapse.budget import worst_case_cost
from collapse.curators import CURATORS
from collapse.decoding import DECODERS, Decoder
from collapse.findings import RULES
from collapse.laws import LAWS, law_for
from collapse.metrics import METRICS, measurable
from collapse.models import MODELS
from collapse.policies import POLICIES, Supply
from collapse.pool import Entry
from collapse.recursion import Streams, evolve, run
from collapse.scenario import Scenario
from collapse.worlds import WORLDS

ROOT = Path(__file__).parents[1]
REGISTRIES: tuple[dict[str, Any], ...] = (WORLDS, MODELS, DECODERS, CURATORS, POLICIES, METRICS, LAWS)
EXPECTED = {"policy", "world", "metric", "model", "decoder", "curator"}


def recipes(text: str, mark: str = "recipe") -> dict[str, str]:
    """The marked blocks by name; a mark without a block right below it is an error."""
    marks = re.findall(rf"^<!-- {mark}: *(.+?) *-->$", text, re.MULTILINE)
    found = re.findall(rf"^<!-- {mark}: *(.+?) *-->\n+```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in found] == marks, "a mark without a python block below it"
    assert len(dict(found)) == len(found), "two blocks of one name"
    return dict(found)


CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = recipes(CONTRIBUTING)


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
    """What a recipe registers in this table: exactly one thing, under its own name, also where the repository has it already."""
    before = dict(registry)
    cooked(name)
    new = [key for key in registry if registry[key] is not before.get(key)]
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
    density = np.exp(world.distribution.logpdf(x))
    assert np.isclose(np.trapezoid(density, x), 1, atol=1e-6)
    assert np.isclose(np.trapezoid(x * density, x), 0, atol=1e-6)
    assert np.isclose(np.trapezoid(x * x * density, x), 1, atol=1e-4)
    u = np.array([0.001, 0.025, 0.5, 0.9, 0.999])
    assert np.allclose(world.distribution.cdf(world.distribution.quantile(u)), u)
    assert np.allclose(np.gradient(world.distribution.cdf(x), x)[1:-1], density[1:-1], atol=1e-6)
    low, high = world.tails
    assert np.isclose(world.distribution.outside(low, high), 0.05)
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
    assert np.allclose(values**2, trajectory.measure("variance"))
    assert metric.name in measurable(trajectory.scenario)


def test_the_model_has_no_density_and_no_law_and_runs_all_the_same() -> None:
    model = added(MODELS, "model")
    scenario = Scenario.from_query(f"model={model.kind}&policy=mix&n=40&generations=6&lineages=30&seed=3")
    assert Scenario.from_query(scenario.to_query()) == scenario
    trajectory = run(scenario)
    names = measurable(scenario)
    assert {"variance", "w1", "coverage"} <= set(names)
    assert "heldout_nll" not in names
    for name in names:
        assert np.all(np.isfinite(trajectory.measure(name))), name
    assert law_for(scenario, "variance") is None
    bell = model().belief(model.Params(np.zeros(1), np.ones(1) * 0.9))
    assert np.allclose(bell.quantile(np.array([0.25, 0.75])), -bell.quantile(np.array([0.75, 0.25])), atol=0.1)


def test_the_model_learns_its_own_quartiles() -> None:
    """Of 200,000 of its own examples, within 1%; another shape is another width."""
    model = added(MODELS, "model")()
    params = model.Params(np.array([0.5]), np.array([2.0]))
    said = model.utter(params, 200_000, Decoder(), np.random.default_rng(1))
    assert np.allclose(np.array(model.fit(said, None, np.random.default_rng(2))).ravel(), [0.5, 2.0], atol=0.02)
    assert not np.allclose(type(model)(shape=0.5).fit(said, None, np.random.default_rng(2)).width, 2.0, atol=0.1)


def test_the_decoder_leaves_out_what_it_says() -> None:
    decoder = added(DECODERS, "decoder")
    p = np.array([0.4, 0.3, 0.2, 0.1])
    assert np.allclose(decoder(min_p=0.6).reweight(p), [4 / 7, 3 / 7, 0, 0])
    assert np.allclose(decoder(min_p=0.5, temperature=0.5).reweight(p), [16 / 25, 9 / 25, 0, 0]), (
        "after the temperature"
    )
    scenario = Scenario.from_query(
        f"world=surnames&model=categorical&decoder={decoder.kind}&decoder.min_p=0.5&n=50&generations=8&lineages=20"
    )
    plain = Scenario.from_query(scenario.to_query() | {"decoder.min_p": "0.0"})
    left = [run(s, keep="types").measure("types")[:, -1].mean() for s in (scenario, plain)]
    assert left[0] < left[1]
    with pytest.raises(ValueError, match=r"decoder\.min_p=0.5 is not possible with model=gaussian"):
        Scenario(decoder=decoder(min_p=0.5))


@pytest.mark.parametrize(
    "world", ["normal&model=gaussian", "normal&model=kde", "surnames&model=categorical", "alice&model=ngram"]
)
def test_the_curator_judges_every_form_of_data(world: str) -> None:
    """It draws again within its cap, throws away nothing real, writes down what it drew, and is charged for what it may draw."""
    curator = added(CURATORS, "curator")
    sizes, knobs = "n=400&generations=3&lineages=8", "curator.tries=3&curator.strict=0.5"
    query = f"world={world}&policy=mix&policy.synthetic=0.8&{sizes}&curator={curator.kind}&{knobs}"
    scenario = Scenario.from_query(query)
    ledger: list[Entry] = []
    list(islice(evolve(scenario, 8, Streams(0, 0), ledger), 3))
    assert len(ledger) == 2
    for entry in ledger:
        assert entry.passed.shape == (8, 400)
        assert np.all((entry.drawn >= 400) & (entry.drawn <= 1200))
        assert entry.drawn.max() > 400, "it had to draw again"
        assert entry.drawn_fresh().min() >= 80
        assert np.mean(entry.passed < 0) > np.mean(entry.candidates < 0), "what is real passes more often"
    once = Scenario.from_query(query.replace("tries=3", "tries=1"))
    assert worst_case_cost(scenario) > 1.5 * worst_case_cost(once)


# ---- in a copy of the repository

CONTRACTS = {  # which tests hold a new part to its contract: files, and which of their tests, by name or by what they are about
    "policy": ("policies theory", "blend"),
    "world": ("worlds", "logistic"),
    "metric": ("metrics", "deviation or independent"),
    "model": ("models blocks theory recursion", "tukey"),
    "decoder": ("decoding", "minp or neutral"),
    "curator": ("curators", "likely or declared"),
    "house": ("theory architecture", "covers_what or small_enough or says_what or declared_whole or no_circle"),
}


def change(path: Path, pattern: str, text: str) -> None:
    """Put `text` in place of the one match of a pattern; \\g<0> is what stood there."""
    changed, times = re.subn(pattern, text, path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert times == 1, f"{path} has {times} of {pattern}"
    path.write_text(changed, encoding="utf-8")


def follow(name: str, root: Path) -> None:
    """Write what a recipe makes into its module, without imports, give it its place in the table, and its witness to the tests."""
    tree = ast.parse(RECIPES[name])
    thing = next(node for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef))
    last = tree.body[-1]
    assert isinstance(last, ast.Assign)
    entry, line = (str(ast.get_source_segment(RECIPES[name], node)) for node in (last.value, last))
    first = min(node.lineno for node in [thing, *thing.decorator_list])
    lines = "\n".join(RECIPES[name].splitlines()[first - 1 : thing.end_lineno])
    witness = recipes(CONTRIBUTING, "witness").get(name, "")
    match name:
        case "policy":
            change(
                root / "collapse/policies.py", r"^POLICIES = table\([^)]*?(?=,?\s*\))", f"{lines}\n\n\n\\g<0>, {entry}"
            )
        case "world":
            source = RECIPES[name].replace(
                "from collapse.worlds import WORLDS, World", "from collapse.worlds.base import World"
            )
            (root / f"collapse/worlds/{entry.lower()}.py").write_text(
                source.replace(f"\n\n{line}\n", ""), encoding="utf-8"
            )
            change(root / "collapse/worlds/__init__.py", r"^WORLDS = table\([^)]*?(?=,?\s*\))", f"\\g<0>, {entry}")
            change(
                root / "collapse/worlds/__init__.py",
                r"^from collapse.worlds.shapes import ",
                f"from collapse.worlds.{entry.lower()} import {entry}\n\\g<0>",
            )
            change(
                root / "tests/engine/test_worlds.py",
                r'^    raise AssertionError\(f"{world} has no twin',
                f"{witness}\\g<0>",
            )
        case "metric":
            change(
                root / "collapse/metrics/table.py",
                r"^METRICS = \{.*?(?=^    \)\n\})",
                f"{lines}\n\n\n\\g<0>    {entry},\n",
            )
            change(root / "tests/engine/test_metrics.py", r"^LINE_METRICS = \{", f'\\g<0>"{thing.name}", ')
            change(
                root / "tests/engine/test_metrics.py",
                r'^    raise AssertionError\(f"a new metric needs',
                f"{witness}\\g<0>",
            )
        case "model":
            source = RECIPES[name].replace("from collapse.models import MODELS\n", "").replace(f"\n\n{line}\n", "")
            (root / f"collapse/models/{entry.lower()}.py").write_text(source, encoding="utf-8")
            change(
                root / "collapse/models/__init__.py",
                r"^from collapse.spec import table",
                f"from collapse.models.{entry.lower()} import {entry}\n\\g<0>",
            )
            change(root / "collapse/models/__init__.py", r"^MODELS = table\([^)]*?(?=,?\s*\))", f"\\g<0>, {entry}")
        case "decoder":
            change(
                root / "collapse/decoding.py", r"^DECODERS = table\([^)]*?(?=,?\s*\))", f"{lines}\n\n\n\\g<0>, {entry}"
            )
        case "curator":
            source = RECIPES[name].replace(
                "from collapse.curators import CURATORS, Bench, Sieve",
                "from collapse.curators.base import Bench, Sieve",
            )
            (root / f"collapse/curators/{entry.lower()}.py").write_text(
                source.replace(f"\n\n{line}\n", ""), encoding="utf-8"
            )
            made = root / "collapse/curators/__init__.py"
            change(made, r"^CURATORS = table\([^)]*?(?=,?\s*\))", f"\\g<0>, {entry}")
            change(
                made,
                r"^from collapse.spec import table",
                f"from collapse.curators.{entry.lower()} import {entry}\n\\g<0>",
            )
        case _:
            raise AssertionError(f"a new recipe needs a line here: {name}")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository with all recipes followed."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("benchmarks", "collapse", "pages", "tests", ".mypy_cache"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "CONTRIBUTING.md", "README.md"):
        shutil.copy2(ROOT / name, root)
    for name in RECIPES:
        follow(name, root)
    return root


def succeeds(root: Path, *arguments: str) -> None:
    """Run Python in the copy: it must end well."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")} | {"PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_what_a_newcomer_pastes_has_types(copy: Path) -> None:
    """The rooms that recipes are written into; `mypy` alone looks at the whole house, for twice as long."""
    rooms = ("policies.py", "decoding.py", "worlds", "models", "curators", "metrics")
    succeeds(copy, "-m", "mypy", *(f"collapse/{room}" for room in rooms))


def test_what_a_newcomer_pastes_passes_the_contract_tests(copy: Path) -> None:
    """The tests of its table that are about it, and its recipe once more, though the repository has its kind by now; for all recipes
    together, what holds for the whole house.  One process runs them all, up to the first that fails: what it imports is the same."""
    runs = []
    for name, (files, about) in CONTRACTS.items():
        paths = [f"tests/engine/test_{file}.py" for file in files.split()]
        chosen = f"({about} or the_{name}) and not newcomer"
        runs.append(["-q", "-p", "no:cacheprovider", "tests/test_recipes.py", *paths, "-k", chosen])
    succeeds(copy, "-c", f"import pytest, sys\nsys.exit(next(filter(None, map(pytest.main, {runs!r})), 0))")


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
        done = subprocess.run(
            [sys.executable, *shlex.split(line)[1:]], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert len(done.stdout.splitlines()) > 10


def test_the_links_of_the_readme_lead_somewhere() -> None:
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)#:]+)\)", text):
            assert (ROOT / link).exists(), f"{page} links to {link}"
