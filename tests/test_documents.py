"""What is shown to newcomers works: the reference is that of the code, the examples and the notebook run."""

import re
from pathlib import Path

import nbformat
import pytest

import collapse
from collapse.__main__ import main
from collapse.reference import LIBRARY, TABLES, pages
from tests.fresh import ran

ROOT = Path(collapse.__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


def test_the_reference_is_that_of_the_code(tmp_path: Path) -> None:
    """`python -m collapse docs` after a change of docstrings, knobs or tables."""
    assert main(["docs", str(tmp_path)]) == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "api").iterdir()}
    assert written.keys() == kept.keys()
    assert [name for name in kept if written[name] != kept[name]] == []


def test_the_reference_is_not_empty() -> None:
    text = pages()
    for name, (_, table) in TABLES.items():
        for kind, made in table.items():
            assert f"## `{kind}`" in text[f"{name}.md"]
            assert all(f"`{knob}`" in text[f"{name}.md"] for knob in made.knobs())
    assert all(f"## `collapse.{room}`" in text["library.md"] for room in LIBRARY)
    assert "### class `Trajectory`" in text["library.md"]
    assert "`Trajectory.measure(self, metric: str) -> numpy.ndarray`" in text["library.md"]
    assert not any("None\n" in re.findall(r"\n\n(None)\n", page) for page in text.values()), (
        "something lacks a docstring"
    )


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["docs", str(tmp_path / "file")]) == 2
    assert "cannot be written" in capsys.readouterr().err


def printed_by(script: str) -> str:
    """What a script prints, in a process of its own, from the root of the repository."""
    done = ran(script)
    assert done.returncode == 0, done.stderr
    return done.stdout


SAID = {
    "01_run.py": r"20   0\.01",
    "02_law.py": r"z = [+-][0-4]\.\d\n.*z = [+-][0-4]\.\d",
    "03_real_data.py": r"100% synthetic: 0\.1.*\n.*\n.*\n *90% synthetic: 0\.[89]",
    "04_rare_names.py": r" 0 +500\.0 +100\.0%",
    "06_sweep.py": r"temperature 1\.0: .* n = 10, 56, 316, 1778\n.*\n.*\n +0\.0% real +[45] / +1\d .* inf\n",
    "05_own_policy.py": r"replace: 0\.0.*\npreserve: 0\.[5-9]",
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: p.name)
def test_an_example_runs_and_says_what_it_is_for(path: Path) -> None:
    assert re.search(SAID[path.name], printed_by(path.read_text(encoding="utf-8"))), "what the example is there to show"


def test_the_notebook_runs() -> None:
    notebook = nbformat.read(ROOT / "examples" / "first_steps.ipynb", as_version=4)
    nbformat.validate(notebook)
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.get("outputs") for cell in notebook.cells), "no outputs in the repository"
    said = printed_by(
        "\n".join(code).replace("over_time(found", "picture = over_time(found") + "\nprint(type(picture).__name__)"
    )
    assert "E v_t = (1 − 1/n)^t" in said
    assert said.strip().endswith("Figure")


def test_all_examples_are_listed() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert set(SAID) == {path.name for path in EXAMPLES}
    assert all(f"]({name})" in text for name in [*SAID, "first_steps.ipynb"])
