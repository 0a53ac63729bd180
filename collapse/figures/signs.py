"""Signs of a text that forgets: losses side by side, how varied it is, and how it reads to the first model."""

from collections.abc import Mapping

import numpy as np

from collapse.bands import median
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import doubled, line, ribbon
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.metrics import text as reading
from collapse.scenario import Scenario
from collapse.speech import percent, times
from collapse.trajectory import Trajectory


def signs(trajectory: Trajectory) -> Picture:
    """Medians over lineages of what goes and of what comes."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    names = {
        "tail_mass": "rare words left",
        "effective_types": "variety left (n-grams)",
        "gibberish": "unknown words",
        "repetition": "said before in its passage",
    }
    medians = {m: median(trajectory.measure(m)) for m in names}
    rare = medians["tail_mass"][0] > 0
    medians["tail_mass"] = medians["tail_mass"] / medians["tail_mass"][0] if rare else np.full(t.size, np.nan)
    medians["effective_types"] = medians["effective_types"] / medians["effective_types"][0]
    colors, dashes = (
        (palette.TAIL, palette.SYNTHETIC, palette.EARLY, palette.LATE),
        ("solid", "longdash", "dashdot", "dot"),
    )
    traces = [
        line(names[m], t, 100 * medians[m], color, width=3, dash=dash, label=names[m])
        for m, color, dash in zip(names, colors, dashes, strict=True)
        if rare or m != "tail_mass"
    ]
    top = doubled(150.0, 100 * float(np.nanmax(list(medians.values()))))
    layout = palette.base_layout(
        "generation",
        "share",
        height=320,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, top], "ticksuffix": "%"},
    )
    corpus = s.world.corpus(s.model.unit)  # type: ignore[attr-defined]
    unread = corpus.strangers(corpus.unread)
    why = "texts of this length are too short to hold one" if corpus.rare else "no word of the real text is rare"
    none = "" if rare else f" There is no curve of rare words: {why}."
    end = "; ".join(f"{names[m]} {_known(v[-1])}" for m, v in medians.items())
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="signs",
        caption=parameters(s),
        say="What is lost, and what comes instead? Which of these curves moves first, and which never does?",
        note="The curves are medians over the chains. Rare words and variety are shares of what a real text of the same length has. "
        f"Unknown words are those that generation 0 has not read; in unread real text they are {percent(unread)}. Said before is the "
        f"share of the text that stood before in the same passage; if it is large, the text runs in loops.{none}",
        alt=f"At the end: {end}.",
    )


def _known(value: float) -> str:
    return percent(float(value)) if np.isfinite(value) else "not to be measured"


VARIETY = {
    "distinct_1": "distinct-1",
    "distinct_2": "distinct-2",
    "distinct_3": "distinct-3",
    "self_bleu": "Self-BLEU",
    "copied": "copied from the real text",
}


def variety(scenario: Scenario, values: Mapping[str, Array]) -> Picture:
    """Diversity as the literature measures it, of one lineage: the metrics of `VARIETY`, each (T + 1,)."""
    t = np.arange(scenario.generations + 1)
    colors = (palette.REAL, palette.HEALTHY, palette.SYNTHETIC, palette.LATE, palette.MUTED)
    traces = [
        line(VARIETY[m], t, 100 * v, c, width=3, dash=d, label=VARIETY[m])
        for (m, v), c, d in zip(values.items(), colors, ("solid", "longdash", "dashdot", "dot", "dash"), strict=True)
    ]
    layout = palette.base_layout(
        "generation",
        "share",
        height=320,
        xaxis={"range": [0, scenario.generations]},
        yaxis={"range": [0, 105], "ticksuffix": "%"},
    )
    end = "; ".join(f"{VARIETY[m]} {_known(v[-1])}" for m, v in values.items())
    again, train = reading.COPIED[scenario.model.unit], scenario.world.corpus(scenario.model.unit).train  # type: ignore[attr-defined]
    read = " The real text is short: each model reads it more than once." if scenario.n > len(train) else ""
    gap = (
        "" if np.isfinite(values["self_bleu"]).all() else " Self-BLEU needs two passages of at least four whole words."
    )
    if not np.isfinite(values["copied"]).all():
        gap += f" What is copied cannot be measured in texts of fewer than {again} tokens."
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="variety",
        caption=parameters(scenario),
        say="Does the text lose its variety (distinct-n falls), do its passages grow alike (Self-BLEU rises), does it still quote?",
        note="This is one chain. Distinct-n is the number of different n-grams divided by the number of all n-grams, in excerpts of "
        f"equal length. A window of {again} tokens counts as copied if it stands in the real text letter by letter.{read}{gap}",
        alt=f"At the end: {end}.",
    )


def second_view(scenario: Scenario, levels: Array) -> Picture:
    """The perplexity of the passages of one lineage under generation 0, (T + 1, 4): 5%, median, 95%, and the largest."""
    t = np.arange(scenario.generations + 1)
    low, median, high, most = levels.T
    top = doubled(8.0, float(high.max()))
    traces = [
        *ribbon("5–95% of passages", t, low, high),
        line("median passage", t, median, palette.SYNTHETIC, width=3, label="median"),
        line("strangest passage", t, most, palette.MUTED, width=2, label="strangest"),
    ]
    layout = palette.base_layout(
        "generation",
        "perplexity under generation 0",
        height=320,
        yaxis={"range": [0, top]},
        xaxis={"range": [0, scenario.generations]},
    )
    beyond = (
        f" The strangest passages leave the picture: they reach {times(float(most.max()))}." if most.max() > top else ""
    )
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="second_view",
        caption=parameters(scenario),
        say="Let generation 0 read what the others wrote: is their text plainer to it (the band falls), a few passages stranger?",
        note="This is one chain. Generation 0 has read all of the real text that is to learn from. For a large language model it was "
        f"published that the band falls and its upper tail grows.{beyond}",
        alt=f"Median perplexity under generation 0: {times(float(median[0]))} at the start, {times(float(median[-1]))} at the end; "
        f"95% of the passages stay below {times(float(high[0]))} at the start and below {times(float(high[-1]))} at the end.",
    )
