"""Docstrings stand alone in `help()`: each says what its own thing is, without a look at its neighbour."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import collapse
from tests.each import each

ROOT = Path(collapse.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
LEANING = re.compile(r"(The same|Also|Itself|Those|These|It |Likewise|As above|As in|exp of|Ditto|And |But |So |Then )")
Documented = ast.Module | ast.ClassDef | ast.FunctionDef


def documented(tree: ast.Module) -> Iterator[tuple[str, Documented]]:
    """The module and its public functions, classes and methods, by dotted name."""
    yield "", tree
    todo: list[tuple[str, ast.AST]] = [("", tree)]
    while todo:
        prefix, parent = todo.pop()
        for node in ast.iter_child_nodes(parent):
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                yield prefix + node.name, node
                if isinstance(node, ast.ClassDef):
                    todo.append((f"{prefix}{node.name}.", node))


def faults(source: str) -> list[str]:
    """What is wrong with the docstrings of a module, as sentences."""
    found = []
    for name, node in documented(ast.parse(source)):
        text = ast.get_docstring(node)
        if text is None:
            if "." not in name and not isinstance(node, ast.Module):
                found.append(f"{name} has none")
        elif LEANING.match(text):
            found.append(f"{name} leans on another: {text.splitlines()[0]}")
    return found


@each(FILES)
def test_a_docstring_stands_alone(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert path.name == "__init__.py" or ast.get_docstring(ast.parse(source)), "every module says what it is for"
    assert faults(source) == []


def test_a_docstring_that_leans_would_be_noticed() -> None:
    text = 'class A:\n    """A letter."""\n    def f(self):\n        """The same of B."""\n'
    text += 'def g():\n    pass\ndef h():\n    """Also."""\n'
    assert sorted(fault.split()[0] for fault in faults(text)) == ["A.f", "g", "h"]
