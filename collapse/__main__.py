"""The command line: `python -m collapse run QUERY --metric variance --format csv`, `… weight …`, `… arena …`,
`… sweep …`, `… plot …`, `… list`, `… docs`."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

import numpy as np

import collapse
from collapse.arena import ALGORITHM, asked, listed, search
from collapse.curators import CURATORS
from collapse.decoding import DECODERS
from collapse.export import as_csv, as_json, summary
from collapse.laws import LAWS
from collapse.links import FROM_BEFORE, arena_of, of_page
from collapse.metrics import METRICS, metric_named
from collapse.models import MODELS
from collapse.patience import PATIENCE, patient
from collapse.policies import POLICIES
from collapse.recursion import run
from collapse.reference import pages
from collapse.scenario import EARLIER, Scenario
from collapse.sheets import cells
from collapse.sweeps import command as sweeping
from collapse.sweeps import plotting
from collapse.threads import one_thread
from collapse.visits import ARENA, LOST, PRICE
from collapse.weighting import Weighting, law, models
from collapse.worlds import WORLDS

WEIGHT_EXAMPLE = "real=20&made=20&weight=0.618&variance=known&generations=40"
ARENA_EXAMPLE = "generations=50&seed=1&price.real=1&price.budget=10"
EXAMPLE = "world=normal&model=gaussian&policy=replace&n=100&generations=50&lineages=2000&seed=0"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n")


def parser() -> argparse.ArgumentParser:
    """The command line's grammar."""
    top = _Parser(prog="python -m collapse", description=collapse.__doc__)
    verbs = top.add_subparsers(dest="verb", required=True, parser_class=_Parser)
    runs = verbs.add_parser("run", help="run a scenario and print what was measured")
    runs.add_argument("query", help=f"a scenario, as in {EXAMPLE!r}, or the link of a page")
    runs.add_argument("--metric", action="append", help="what to measure; may repeat (default: variance or types)")
    runs.add_argument("--format", choices=("csv", "json"), default="csv")
    runs.add_argument(
        "--anyway",
        action="store_true",
        help=f"run it even if it handles more than {PATIENCE:,} numbers, which takes minutes to days",
    )
    weighs = verbs.add_parser(
        "weight", help="learn a mean from fresh real and weighted AI-made examples, beside its law"
    )
    weighs.add_argument("query", help=f"how many of both, and the weight of the real ones, as in {WEIGHT_EXAMPLE!r}")
    fights = verbs.add_parser(
        "arena", help="combine measures against collapse: what they cost, and how long models survive"
    )
    fights.add_argument(
        "query", help=f"generations, seed, prices and a budget, as in {ARENA_EXAMPLE!r}, or the link of a page"
    )
    fights.add_argument("--format", choices=("csv", "json"), default="csv")
    verbs.add_parser("list", help="name all worlds, models, decoders, curators, policies, metrics and laws")
    sweeping.add_to(verbs)
    written = verbs.add_parser("docs", help="write the reference, Markdown from tables and docstrings, into a folder")
    written.add_argument("folder", nargs="?", default="docs/api")
    return top


def catalogue() -> str:
    """Everything that has a name, one a line under its table."""
    tables = {"worlds": WORLDS, "models": MODELS, "decoders": DECODERS, "curators": CURATORS, "policies": POLICIES}
    lines = []
    for title, table in tables.items():
        lines += [title, *(f"  {kind:22}{part.says}" for kind, part in table.items())]
    lines += ["metrics", *(f"  {m.name:22}{m.label}" for m in METRICS.values())]
    lines += ["laws", *(f"  {law.metric:22}" + f"\n{'':24}".join(law.lines()) for law in LAWS.values())]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; bad input is one line on stderr and exit code 2."""
    options = parser().parse_args(arguments)
    one_thread()
    if options.verb == "list":
        print(catalogue())
        return 0
    if options.verb == "weight":
        return _weight(options.query)
    if options.verb == "docs":
        return _write(Path(options.folder))
    if options.verb in ("sweep", "plot"):
        return (sweeping if options.verb == "sweep" else plotting).main(options)
    if options.verb == "arena":
        return _arena(options.query, options.format)
    try:
        query = of_page(options.query)
        scenario = _public(Scenario.from_query(query))
        wanted = options.metric or ["variance" if scenario.world.space in METRICS["variance"].spaces else "types"]
        names = list(dict.fromkeys(wanted))
        patient(scenario, [metric_named(name, scenario).name for name in names], options.anyway)
    except ValueError as error:
        print(f"collapse: {error}", file=sys.stderr)
        return 2
    if query.get("v") in EARLIER:
        print(f"collapse: {FROM_BEFORE}", file=sys.stderr)
    trajectory = run(scenario, keep=names)
    tables = {name: summary(trajectory.measure(name)) for name in names}
    if options.format == "csv":
        sys.stdout.write(as_csv(tables))
    else:
        print(json.dumps(as_json(scenario, tables), indent=1, ensure_ascii=False))
    return 0


def _weight(query: str) -> int:
    """Print n times the squared error and the variance by generation, each with its standard error and its law."""
    try:
        asked = Weighting.from_query(query).within(PATIENCE)
    except ValueError as error:
        print(f"collapse: {error}", file=sys.stderr)
        return 2
    mean, variance = models(asked)
    columns = ["generation"]
    values = [np.arange(1, asked.generations + 1)]
    for name, found, known in zip(("error", "variance"), (asked.real * mean**2, variance), law(asked), strict=True):
        columns += [name, f"{name}_standard_error", f"{name}_law"]
        values += [found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(asked.lineages), known]
    print(",".join(columns))
    for row in zip(*values, strict=True):
        print(",".join(f"{value:.9g}" for value in row))
    return 0


def _arena(link: str, form: str) -> int:
    """Search the arena of a link, and print all combinations: those within the budget first, as they rank."""
    try:
        scenario, (choice, purse, rule) = _public(Scenario.from_query(of_page(link))), arena_of(link)
        wanted = asked(choice, scenario)
    except ValueError as error:
        print(f"collapse: {error}", file=sys.stderr)
        return 2
    *_, found = search(wanted)
    rows = listed(found, purse, rule)
    if form == "csv":
        sys.stdout.write(cells.table(rows[0], (row.values() for row in rows)))
    else:
        chosen = choice.to_query(ARENA) | purse.to_query(PRICE) | rule.to_query(LOST)
        whole = {"algorithm": ALGORITHM, "worlds": wanted.worlds, "chosen": chosen, "combinations": rows}
        print(json.dumps(whole, indent=1, ensure_ascii=False))
    return 0


def _public(scenario: Scenario) -> Scenario:
    """The scenario; ValueError if it needs data that no link can hold."""
    if scenario.world.private:
        raise ValueError(
            f"world={scenario.world.kind} needs data of your own, which no link holds: the page gives them as a file, and a script "
            f"beside its link that reads them (collapse.compose.with_data)"
        )
    return scenario


def _write(folder: Path) -> int:
    """Write the reference into a folder, which is made if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        print(f"collapse: {folder} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    return 0


def piped() -> int:
    """`main` for a shell: 130 if it is interrupted, 1 if nobody reads it to the end, as `head` does, or nothing can be written."""
    try:
        if sys.stdout is None:
            raise OSError(0, "standard output is closed")
        code = main()
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        print("collapse: interrupted", file=sys.stderr)
        return 130
    except OSError as error:
        if not isinstance(error, BrokenPipeError):
            print(f"collapse: this cannot be written: {error.strerror}", file=sys.stderr)
        with suppress(OSError, AttributeError):
            sys.stdout.close()  # or the interpreter would complain once more on its way out
        return 1


if __name__ == "__main__":
    sys.exit(piped())
