"""The history of a model of one's own: a table with a row for every version, and which of its columns are known by their titles."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.sheets.cells import missing, number
from collapse.sheets.reading import LARGEST, Sheet, read
from collapse.spec import shown
from collapse.speech import listing, plural

MAX_VERSIONS, MAX_COLUMNS, LEAST = 200, 12, 3


class Known(NamedTuple):
    """A kind of column that is known by its title: what it is called, the words of which a title has one, and where it alarms."""

    name: str
    words: tuple[str, ...]
    side: str


KNOWN = (  # the first that fits counts
    Known("perplexity on its own text", ("own perplexity", "self perplexity", "own ppl"), "low"),
    Known("perplexity or loss", ("perplexity", "ppl", "loss", "nll", "cross entropy", "bits per byte", "bpb"), "high"),
    Known("similarity of outputs", ("self bleu", "similarity", "cosine"), "high"),
    Known("repetition", ("repetition", "repetitions", "loops", "duplicates"), "high"),
    Known("errors", ("hallucination", "hallucinations", "error", "errors", "gibberish", "toxicity"), "high"),
    Known("distance to real data", ("fid", "kl", "divergence", "distance", "wasserstein", "mauve gap"), "high"),
    Known("distinct n-grams", ("distinct", "dist"), "low"),
    Known("rare knowledge", ("hapax", "hapaxes", "monofact", "monofacts", "rare", "tail"), "low"),
    Known("number of types", ("types", "vocabulary", "vocab", "words", "classes", "unique"), "low"),
    Known("diversity", ("diversity", "simpson", "variance", "vendi", "coverage", "recall", "rank"), "low"),
    Known("quality", ("accuracy", "acc", "precision", "f1", "score", "bleu", "rouge", "mauve", "win rate"), "low"),
    Known("entropy", ("entropy",), "both"),
)
LABELS = {
    "version",
    "generation",
    "model",
    "round",
    "date",
    "name",
    "step",
    "epoch",
    "checkpoint",
    "iteration",
    "number",
    "id",
}
EXAMPLE = """version,perplexity,distinct-2,different words,repetition
healthy 1,6.16,0.1035,329,0.0029
healthy 2,6.52,0.1083,343,0.0052
healthy 3,6.49,0.1025,329,0.0058
healthy 4,6.15,0.1035,331,0.0120
healthy 5,6.27,0.0992,326,0.0058
generation 2,7.35,0.1020,345,0.0000
generation 3,9.23,0.0985,337,0.0003
generation 4,10.98,0.0922,298,0.0021
generation 5,12.40,0.0912,279,0.0008
generation 6,13.93,0.0884,245,0.0031
generation 7,15.38,0.0859,239,0.0068
generation 8,17.23,0.0822,238,0.0136
generation 9,19.03,0.0822,216,0.0107
"""  # 3-gram models of 10 000 characters of Alice in Wonderland: five that have read it, and eight that have read one another
EXAMPLE_HEALTHY = 5


@dataclass(frozen=True)
class History:
    """What was read: `names` of the columns of numbers (c,), `versions` (r,), and `values` (r, c), NaN where one is missing."""

    names: tuple[str, ...]
    versions: tuple[str, ...]
    values: Array
    notes: tuple[str, ...] = ()


def history(raw: bytes | str, separator: str = "", header: bool | None = None, decimal: str = "") -> History:
    """Read a table with one row for every version; the arguments are those of `sheets.read`.

    A column of text, or the first one that is called version, generation, date or the like, names the versions.
    Errors: ValueError with a sentence.
    """
    if not (raw.strip() if isinstance(raw, str) else raw.strip(b"\0 \t\r\n")):
        raise ValueError(f"there is nothing here: give a table with a row for every version, at least {LEAST + 1}")
    sheet = read(raw, separator, header, decimal)
    if len(sheet.lines) > MAX_VERSIONS:
        raise ValueError(f"this has {len(sheet.lines):,} rows: give one row for every version, at most {MAX_VERSIONS}")
    if len(sheet.lines) <= LEAST:
        raise ValueError(
            f"this has {plural(len(sheet.lines), 'row', 'rows')}: give at least {LEAST} versions that are known to be healthy, and "
            "one to judge"
        )
    label = _label(sheet)
    chosen = [i for i in sheet.numeric() if i != label]
    if not chosen:
        raise ValueError(
            "this has no column of numbers: give one row for every version, and a column for every measure"
        )
    if len(chosen) > MAX_COLUMNS:
        raise ValueError(
            f"this has {len(chosen)} columns of numbers: at most {MAX_COLUMNS} are watched; leave some out"
        )
    if len(names := {sheet.names[i] for i in chosen}) < len(chosen):
        raise ValueError(f"two columns have the same title ({listing(sorted(names))}): give each its own")
    skipped = [sheet.names[i] for i in range(len(sheet.names)) if i not in (*chosen, label)]
    notes = (
        (f"Columns that hold no numbers were left out: {listing([shown(name) for name in skipped])}.",)
        if skipped
        else ()
    )
    versions = tuple(
        (sheet.columns[label][i] if label is not None else "") or f"version {i + 1}" for i in range(len(sheet.lines))
    )
    values = np.array([[_value(sheet, i, j) for j in chosen] for i in range(len(sheet.lines))])
    return History(tuple(sheet.names[j] for j in chosen), versions, values, (*sheet.notes, *notes))


def _label(sheet: Sheet) -> int | None:
    """The column that names the versions, or None."""
    numeric = set(sheet.numeric())
    texts = [i for i in range(len(sheet.names)) if i not in numeric]
    titled = [i for i, name in enumerate(sheet.names) if _words(name) and set(_words(name)) <= LABELS]
    return next(iter([*titled, *texts]), None)


def _value(sheet: Sheet, row: int, column: int) -> float:
    cell = sheet.columns[column][row]
    if missing(cell):
        return float("nan")
    value = number(cell, sheet.commas[column])
    if value is None or not abs(value) <= LARGEST:
        raise ValueError(
            f"{sheet.where(row, column)}: {shown(cell)} is not a number up to {LARGEST:.0e}: correct it, or leave the cell empty"
        )
    return value


def _words(name: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in name.lower()).split()


def recognised(name: str) -> Known | None:
    """What a title is known as, by its words in any spelling (Self-BLEU, self_bleu); None if by nothing."""
    title = f" {' '.join(_words(name))} "
    return next((kind for kind in KNOWN if any(f" {word} " in title for word in kind.words)), None)
