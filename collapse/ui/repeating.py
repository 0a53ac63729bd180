"""What repeats the run of a page elsewhere: its link, and a script that prints its numbers."""

import textwrap
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, urlencode

from collapse.export import data_file
from collapse.figures.words import in_words
from collapse.starts import shortened
from collapse.ui.desk import Desk
from collapse.ui.drawers import named
from collapse.ui.share import share


def code(desk: Desk, metric: str) -> str:
    """A script that makes the numbers of this page, to the digit."""
    query = "& ".join(f"{k}={v}" for k, v in desk.scenario.to_query().items())
    pieces = "\n".join(f'    "{line.replace(" ", "")}"' for line in textwrap.wrap(query, 88))
    needed = "from collapse import Scenario, run\nfrom collapse.bands import median\n"
    if desk.scenario.world.private:
        needed += "from collapse.compose import with_data\n"
        pieces += f",\n    with_data({data_file(desk.scenario.world)!r}, {desk.scenario.world.kind!r}),"
    return (
        "# Run it in the folder of this project, where README.md is: python this_file.py\n"
        f"{needed}\nscenario = Scenario.from_query(\n{pieces}\n)\n"
        f'{metric} = run(scenario, keep=["{metric}"]).measure("{metric}")   # (lineages, generations + 1)\n'
        f"for generation, values in enumerate({metric}.T):\n"
        "    print(generation, median(values), values.mean())   # the middle chain (median), and the average\n"
    )


def repeat(desk: Desk, metric: str) -> None:
    """The link and the code that repeat the page; part of the fragment that settles, so that they always do."""
    link, world = desk.link(), desk.scenario.world
    query, short = urlencode(link, quote_via=_quoted), urlencode(shortened(desk.page, link))
    mine = named(world) if world.private else ""
    share(query, in_words(desk.scenario), code(desk, metric), key=f"{desk.page}_share", mine=mine, short=short)


@lru_cache(4096)
def _quoted(text: str, *how: Any) -> str:
    """A part of a link, quoted; of some fifty, a change is of one or two."""
    return quote_plus(text, *how)
