"""The house rules that a machine can check: imports only point down, no hidden state, everything introduces itself."""

import ast
import math
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path

import collapse
from collapse.laws import LAWS
from collapse.metrics import METRICS
from collapse.scenario import Scenario
from collapse.sources import Source
from collapse.spec import Spec
from collapse.stages import Rule
from tests.each import each
from tests.fresh import ran

from .harness import TABLES

ROOT = Path(collapse.__file__).parent.parent
UPSTAIRS = ("collapse.ui", "collapse.figures", "collapse.content", "collapse.findings", "streamlit", "plotly", "pandas")
ALL = sorted(p for folder in ("collapse", "pages") for p in (ROOT / folder).rglob("*.py")) + sorted(ROOT.glob("*.py"))
ENGINE = [
    p
    for p in ALL
    if p.is_relative_to(ROOT / "collapse")
    and p.relative_to(ROOT / "collapse").parts[0]
    not in {"ui", "figures", "content", "findings", "sweeps", "threads.py"}
]
LINES = 250
LOCK = "threading.Lock"
STANDARD = {
    "argparse",
    "bisect",
    "collections",
    "contextlib",
    "contextvars",
    "csv",
    "decimal",
    "dataclasses",
    "functools",
    "gzip",
    "hashlib",
    "importlib",
    "inspect",
    "io",
    "itertools",
    "json",
    "math",
    "pathlib",
    "platform",
    "re",
    "sys",
    "typing",
    "unicodedata",
    "urllib",
    "zipfile",
    "zlib",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in the file it does so."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the direction"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`np.random.seed` of an attribute node; other nodes end the name."""
    return (
        f"{dotted(node.value)}.{node.attr}"
        if isinstance(node, ast.Attribute)
        else node.id
        if isinstance(node, ast.Name)
        else ""
    )


def below(module: str, roofs: tuple[str, ...]) -> bool:
    return any(module == roof or module.startswith(roof + ".") for roof in roofs)


SWEEPS = sorted((ROOT / "collapse" / "sweeps").glob("*.py"))
OPTIONAL = {"distributed", "joblib", "pyarrow", "resvg_py"}  # of the extra `sweep`
BELOW = {"collapse", "numpy", "scipy"}


@each(SWEEPS, name_of)
def test_sweeps_may_know_clocks_and_processes_but_no_page(path):
    """What not everybody has is imported where it is asked for; at import time there are NumPy, SciPy and Python."""
    outside = {module for module in imported(path) if below(module, ("streamlit", "plotly", "collapse.ui"))}
    assert not outside
    needed = {module.split(".")[0] for module in imported(path)} - BELOW - sys.stdlib_module_names
    assert needed <= OPTIONAL
    for node in tree(path).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [str(node.module)]
            assert not {name.split(".")[0] for name in names} & OPTIONAL, f"line {node.lineno}"
    assert all(
        ast.get_docstring(node)
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_"
    )


def test_the_app_never_imports_what_only_clusters_need():
    """All of the app and of its pages, in a process that knows nothing of ours."""
    script = "import sys\nfrom collapse.ui.book import BOOK, lessons\nimport app\nlist(lessons())\nimport collapse.__main__\n"
    done = ran(script + "print(sorted({'distributed', 'dask', 'joblib', 'resvg_py'} & sys.modules.keys()))")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"


def test_there_is_an_engine_to_look_at():
    assert {"spec.py", "data.py", "recursion.py", "growing.py", "curves.py", "gaussian.py"} <= {p.name for p in ENGINE}
    assert len(ENGINE) > 15


@each(ENGINE, name_of)
def test_the_engine_imports_numpy_scipy_and_python(path):
    for module in {*imported(path)} - {LOCK}:
        assert not below(module, UPSTAIRS), f"{path.name} looks upstairs at {module}"
        assert module.split(".")[0] in {"numpy", "scipy", "collapse"} | STANDARD, f"{path.name} needs {module}"


@each(ALL, name_of)
def test_streamlit_is_said_in_its_rooms_only(path):
    rooms = path.parts[len(ROOT.parts)] in {"pages", "app.py", "asgi.py"} or "ui" in path.relative_to(ROOT).parts[:2]
    assert rooms or not any(below(m, ("streamlit",)) for m in imported(path))
    figures = "figures" in path.relative_to(ROOT).parts
    assert not figures or not any(below(m, ("collapse.ui", "collapse.content")) for m in imported(path))


def test_findings_know_the_engine_only():
    path = ROOT / "collapse" / "findings" / "base.py"
    if path.exists():
        assert not any(below(m, tuple(u for u in UPSTAIRS if u != "collapse.findings")) for m in imported(path))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def order() -> dict[str, set[str]]:
    """Which engine module imports which."""
    names, graph = {module_of(p) for p in ENGINE}, {}
    for path in ENGINE:
        me = module_of(path)
        hits = {max((n for n in names if below(m, (n,))), key=len) for m in imported(path) if m.startswith("collapse")}
        graph[me] = {h for h in hits if h not in {me, "collapse"}}
    return graph


def test_no_circle_in_the_engine():
    graph = order()
    assert graph["collapse.recursion"] >= {"collapse.scenario", "collapse.data"}
    while graph:
        free = [m for m, needs in graph.items() if not needs & set(graph)]
        assert free, f"a circle among {sorted(graph)}"
        graph = {m: needs for m, needs in graph.items() if m not in free}


ALLOWED_RANDOM = {"Generator", "default_rng", "SeedSequence", "Philox", "SFC64", "PCG64"}


@each(ALL, name_of)
def test_no_global_randomness_and_no_unseeded_generator(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and dotted(node).startswith(("np.random.", "numpy.random.")):
            assert dotted(node).split(".")[2] in ALLOWED_RANDOM, f"line {node.lineno}"
        if isinstance(node, ast.Call) and dotted(node.func).endswith(("default_rng", "SeedSequence")):
            assert node.args, f"line {node.lineno}: a generator without a seed"
    assert not any(below(m, ("random", "secrets", "numpy.random")) for m in imported(path))


@each(ENGINE, name_of)
def test_no_clock_no_environment_no_machine_in_the_engine(path):
    """A lock is allowed where threads of the caller's share what is kept: no number depends on it."""
    for module in {*imported(path)} - ({LOCK} if path.name == "notes.py" else set()):
        assert not below(module, ("time", "datetime", "os", "threading", "multiprocessing", "concurrent"))


def test_generators_are_made_in_the_recursion_only():
    """Elsewhere only the fixed seed of the held-out sets may make one."""
    for path in ENGINE:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and dotted(node.func).split(".")[-1] in ALLOWED_RANDOM:
                fixed = [ast.unparse(a) for a in node.args] == ["HELD_OUT_SEED"]
                assert path.name == "recursion.py" or fixed, f"{path.name} line {node.lineno}"


def test_the_loop_names_no_world_no_model_and_no_policy():
    """No kind is compared and no class of a table is imported: a difference between kinds belongs into the kind."""
    path = ROOT / "collapse" / "recursion.py"
    classes = {kind.__name__ for table in TABLES.values() for kind in table.values()}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Compare):
            looked_at = {x.attr for x in ast.walk(node) if isinstance(x, ast.Attribute)}
            assert not looked_at & {"kind", "space"}, f"line {node.lineno}"
        if isinstance(node, ast.Name):
            assert node.id not in classes | {"isinstance", "issubclass"}, f"line {node.lineno}"
        if isinstance(node, ast.Match):
            raise AssertionError(f"line {node.lineno}: the loop does not choose")
    assert not {m.split(".")[-1] for m in imported(path)} & classes


def test_time_passes_in_the_recursion_only():
    """Loops over generations elsewhere are the recursions of the laws and the books of a diet, which draw nothing, `growing`, which
    asks the recursion for one generation more, and `regression` and `weighting`, which have no worlds and stand apart."""
    for path in ENGINE:
        if path.name in {
            "recursion.py",
            "growing.py",
            "curves.py",
            "moments.py",
            "wright_fisher.py",
            "fading.py",
            "approach.py",
            "bins.py",
            "islands.py",
            "bias.py",
            "founders.py",
            "ledger.py",
            "regression.py",
            "weighting.py",
        }:
            named = {a.arg for n in ast.walk(tree(path)) if isinstance(n, ast.arguments) for a in n.args}
            assert path.name == "recursion.py" or "rng" not in named
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.For):
                assert "generations" not in ast.unparse(node.iter), f"{path.name} line {node.lineno}"


@each([*(k for t in TABLES.values() for k in t.values()), Scenario, Rule], lambda k: k.__name__)
def test_every_knob_is_declared_whole(kind):
    """A sentence, and finite bounds around the default, or choices; and the object is frozen."""
    assert is_dataclass(kind)
    assert issubclass(kind, Spec)
    assert kind.__dataclass_params__.frozen
    assert kind.__doc__
    for f in fields(kind):
        if "table" in f.metadata:
            assert f.metadata["help"]
            assert all(issubclass(k, Spec) for k in f.metadata["table"].values())
            continue
        if "carried" in f.metadata:
            assert f.metadata["carried"], "what to do when it is missing"
            continue
        rule = f.metadata["knob"]
        assert len(rule.help) > 5
        assert rule.label
        assert rule.label != f.name or "_" not in f.name, "a label for a screen, not an identifier"
        assert not rule.help.endswith("."), "a sentence for a label"
        if rule.choices:
            assert f.default in rule.choices
            assert len(set(rule.choices)) == len(rule.choices) > 1
        else:
            assert math.isfinite(rule.low)
            assert math.isfinite(rule.high)
            assert rule.low <= f.default <= rule.high
            assert rule.low < rule.high
            assert not rule.log or rule.low > 0


@each(LAWS.values(), lambda law: law.metric)
def test_every_law_has_a_source_and_its_formula(law):
    assert law.sources
    assert all(isinstance(s, Source) and s.short and s.full for s in law.sources)
    assert law.formula
    assert len(law.curve.__doc__) > 10


@each(METRICS.values(), lambda m: m.name)
def test_every_metric_has_a_source(metric):
    assert isinstance(metric.source, Source)
    assert metric.source.link.startswith("https://")
    assert len(metric.function.__doc__) > 10


READ = [p for p in sorted((ROOT / "collapse").rglob("*")) if p.suffix in {".py", ".js"} and "vendor" not in p.parts]


def test_the_scripts_of_the_browser_are_read_as_well():
    assert {"chart.js", "film.js", "slider.js", "reader.js", "share.js", "lab.py"} <= {p.name for p in READ}


@each(READ, name_of)
def test_files_stay_small_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LINES


@each(ENGINE, name_of)
def test_every_module_and_every_public_thing_says_what_it_is(path):
    module = tree(path)
    assert ast.get_docstring(module)
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} says nothing"


def test_what_is_imported_is_what_is_declared():
    """The run-time dependencies of the engine, and nothing else: what only the pages need is an extra."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert {"numpy", "scipy"} == {w.split(">")[0].split("=")[0].split("[")[0] for w in wanted}


def test_importing_the_package_makes_no_noise_and_no_generator():
    """No side effects: nothing is drawn, read or printed at import time at module level."""
    for path in ENGINE:
        for node in tree(path).body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                assert path.name == "__main__.py", f"{path.name} line {node.lineno} acts on import"


ACTS = {
    "run",
    "evolve",
    "replay",
    "lives",
    "sweep",
    "last",
    "fit",
    "sample",
    "utter",
    "emit",
    "witness",
    "observe",
    "truth",
    "speak",
}
ACTS |= {"default_rng", "aside", "evaluate", "function"}


@each(sorted((ROOT / "collapse" / "figures").glob("*.py")), name_of)
def test_figures_draw_and_neither_run_nor_sample_nor_fit(path):
    """What a figure shows it is given: a trajectory that remembers what was measured of it, beliefs, or plain numbers."""
    called = {node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)}
    names = {getattr(f, "attr", getattr(f, "id", "")) for f in called}
    assert not names & ACTS


def test_a_figure_that_samples_would_be_noticed():
    code = ast.parse("np.random.default_rng(1).normal(); METRICS[m].function(b, w); model.fit(x)")
    names = {getattr(n.func, "attr", getattr(n.func, "id", "")) for n in ast.walk(code) if isinstance(n, ast.Call)}
    assert names & ACTS == {"default_rng", "function", "fit"}
