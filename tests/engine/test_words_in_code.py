"""Words on a screen are whole sentences with named places: no grammar is glued together in code.

A plural is written out (`speech.plural`, `Normals.plurals`), a label is written where its thing is declared (`Knob.label`), and a
sentence begins as it is written.  So a translation is a catalogue, not a rewrite.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import collapse
from tests.each import each

ROOT = Path(collapse.__file__).parent.parent
FILES = sorted(p for folder in ("collapse", "pages") for p in (ROOT / folder).rglob("*.py"))
CASES = {"capitalize", "title", "swapcase"}  # methods that change letters so that an identifier looks like a word
ENDINGS = re.compile(r"(s|es|ed|ing|ly)\b")  # what English hangs on a word
ALLOWED = {
    ("collapse/worlds/real.py", "title"),  # the file of surnames is written in capitals: it is read, not worded
    (
        "collapse/speech.py",
        "upper",
    ),  # the one place where whole words get a capital, because they begin a line (`capital`)
    ("collapse/text/typesetting.py", "upper"),  # the words of a text that was read, and none of ours
}


def glued(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) of every place where code makes a word out of another: its case, its plural, its pronoun."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in CASES and ast.unparse(node.value) == "str":
            yield node.lineno, node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in CASES and not node.args:
                yield node.lineno, node.func.attr
            if node.func.attr == "upper" and isinstance(node.func.value, ast.Subscript):
                yield node.lineno, "upper"
            if node.func.attr == "replace" and any(_text(a) in {"its", "the", "a", "is", "are"} for a in node.args):
                yield node.lineno, "replace"
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and ENDINGS.fullmatch(_text(node.right)):
            yield node.lineno, "ending"
        elif isinstance(node, ast.JoinedStr):
            for value, rest in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and ENDINGS.match(_text(rest)):
                    yield node.lineno, "ending"
        elif isinstance(node, ast.IfExp) and {_text(node.body), _text(node.orelse)} in ({"is", "are"}, {"s", ""}):
            yield node.lineno, "verb"


def _text(node: ast.AST) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@each(FILES)
def test_no_word_is_made_from_another(path):
    name = path.relative_to(ROOT).as_posix()
    found = [(line, what) for line, what in glued(path.read_text(encoding="utf-8")) if (name, what) not in ALLOWED]
    assert not found


@pytest.mark.parametrize(
    "planted",
    [
        "label = name.capitalize()",
        "box(format_func=str.capitalize)",
        "label = name.title()",
        "label = name + 's'",
        "label = f'real {name}s'",
        "label = f'{name}es of the world'",
        "text = sentence[0].upper() + sentence[1:]",
        "text = f'{sentence[0].upper()}{sentence[1:]}'",
        "text = variety.replace('its', 'the real')",
        "verb = 'is' if late == 1 else 'are'",
        'text = f\'{n} lineage{"s" if n > 1 else ""}\'',
    ],
)
def test_a_planted_one_is_caught(planted):
    assert list(glued(planted)), planted


@pytest.mark.parametrize(
    "clean", ["text = f'{n} seconds'", "text = f'{one} says {two}'", "code = name.upper()", "total = one + two"]
)
def test_a_sentence_is_let_through(clean):
    assert not list(glued(clean))
