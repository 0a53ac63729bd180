"""Rare things, asked one by one: which of them does each generation of a lineage still know?"""

import numpy as np

from collapse.closeup import columns
from collapse.figures import palette
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.longtail import Quiz
from collapse.scenario import Scenario
from collapse.speech import count, listing, plural

KINDS = {"types": "rare names", "text": "rare words", "real": "groups"}


def quiz_table(scenario: Scenario, quiz: Quiz) -> Picture:
    """A grid of generations and rare things: a full square is known, a cross is forgotten; of long runs 41 generations are shown."""
    s, chosen = scenario, np.array(columns(scenario.generations))
    known, rows = quiz.known[chosen], np.arange(len(quiz.names))[::-1]
    names = [palette.literal(name) for name in quiz.names]
    cells = {
        "known": (known, "square", palette.HEALTHY, 11),
        "forgotten": (~known, "x-thin", palette.LATE, 8),
    }
    traces = []
    for name, (which, symbol, color, size) in cells.items():
        t, thing = np.nonzero(which)
        traces.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": name,
                "x": chosen[t].astype(float),
                "y": rows[thing].astype(float),
                "text": [f"{names[i]}: {name} in generation {chosen[j]}" for j, i in zip(t, thing, strict=True)],
                "hovertemplate": "%{text}<extra></extra>",
                "meta": {"label": name, "color": color},
                "marker": {"symbol": symbol, "size": size, "color": color, "line": {"color": color, "width": 2}},
            }
        )
    layout = palette.base_layout(
        "generation",
        KINDS[s.world.space],
        height=max(220, 22 * len(names) + 100),
        hovermode="closest",
        xaxis={"range": [-0.5, s.generations + 0.5]},
        yaxis={
            "tickvals": rows.tolist(),
            "ticktext": names,
            "range": [-0.8, len(names) - 0.2],
            "showgrid": False,
            "tickfont": {"color": palette.MUTED, "size": 11},
        },
    )
    score = quiz.score
    left = [quiz.names[i] for i in np.flatnonzero(quiz.known[-1])]
    still = f" Still known: {listing(left)}." if left else " Nothing of it is known any more."
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="quiz",
        caption=parameters(s),
        say="Twenty questions about the long tail: what does each generation still know?"
        if len(names) == 20
        else "Questions about the long tail: what does each generation still know?",
        note=f"This is one chain. {_asked(s)} {_known(quiz, s)}",
        alt=f"Of {plural(len(names), 'question', 'questions')} generation 1 answers {count(score[1])}, the last generation "
        f"{count(score[-1])}.{still}",
    )


def _known(quiz: Quiz, s: Scenario) -> str:
    """What generation 1 knows of it, and what it tells."""
    if s.world.space == "real":
        return "Generation 0 is the real world and knows all of it; generation 1 has learnt from real data only."
    if not quiz.seen:
        return (
            "Generation 0 is the real world and knows all of it; generation 1 has learnt from real data only, and what it does not "
            "know it has never seen: that is the size of its sample, and no collapse."
        )
    return (
        "Only those are asked for that generation 1 has seen in its real data. Any new sample misses some of them, also one of real "
        "data. But real data bring others in their place, and a model's own output brings none."
    )


def _asked(s: Scenario) -> str:
    """What is asked for, and when it counts as known."""
    if s.world.space == "types":
        return (
            "The questions are about names from all over the rare ones, the more frequent on top; one is known as long as the model "
            "may say it."
        )
    if s.world.space == "text":
        return (
            "The questions are about words from all over the rare ones, the more frequent on top; one is known if it stands in what "
            "the model has read."
        )
    return (
        "The questions are about the groups of the real world, the largest on top; one is known as long as 1% of the draws are taken "
        "for it."
    )
