"""Pictures of a language model: words by rank, the next token under the samplers, signs, and generation 0 reading the others."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from collapse.bands import median
from collapse.beliefs.language import Language
from collapse.data import Array
from collapse.decoding import Decoder
from collapse.figures import palette
from collapse.figures.picture import Film, Picture
from collapse.figures.timeline import doubled, line
from collapse.figures.words import parameters
from collapse.metrics import METRICS
from collapse.metrics import text as reading
from collapse.scenario import Scenario
from collapse.speech import count, percent, times
from collapse.text.corpus import Corpus, fold
from collapse.trajectory import Trajectory

DOTS, TOKENS, SHOWN = 60, 10, 40
SAMPLERS = {"temperature 0.7": Decoder(temperature=0.7), "top-k 3": Decoder(top_k=3), "top-p 0.5": Decoder(top_p=0.5)}
NAMED = {" ": "space", "\u200c": "joiner", "\u200d": "joiner"}


def beliefs(scenario: Scenario, life: Sequence[Any]) -> list[Language]:
    """Generation 0, and what one lineage believed in the generations 1…T; life: its params (1, …) by generation."""
    s = scenario
    return [s.model.truth(s.world, s.n), *(s.model.shown(p, s.n) for p in life)]  # type: ignore[list-item]


def zipf(scenario: Scenario, life: Sequence[Any]) -> Picture:
    """How often the words of the excerpt stand in it, by rank; both axes logarithmic, one lineage."""
    corpus = scenario.world.corpus(scenario.model.unit)  # type: ignore[attr-defined]
    curves, captions = [], []
    rank = np.unique(np.geomspace(1, 1000, DOTS).round().astype(int))
    for t, belief in enumerate(beliefs(scenario, life)):
        told = Counter(w for passage in belief.words(corpus)[0] for w in passage)
        shares = np.array([k for _, k in told.most_common()], float) / max(told.total(), 1)
        curves.append(np.array([100 * shares[r - 1] if r <= len(shares) else np.nan for r in rank]))
        captions.append(f"Generation {t}: {count(len(told))} different words among {count(told.total())}.")
    y = np.array(curves)
    traces = [
        line("real text", rank.astype(float), y[0], palette.REAL, width=3),
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "text of the generation played",
            "x": rank.astype(float),
            "y": y[-1],
            "line": {"color": palette.SYNTHETIC, "width": 2, "dash": "dot"},
            "marker": {"color": palette.SYNTHETIC, "size": 6},
            "hovertemplate": "rank %{x:.0f}: %{y:.2~g} %",
        },
    ]
    shown = y[np.isfinite(y)]
    low, high = np.log10([shown.min(), shown.max()]) if shown.size else np.array([-1.0, 2.0])
    layout = palette.base_layout(
        "rank of the word (1 is the most frequent)",
        "share of the text",
        height=340,
        hovermode="closest",
        xaxis={"type": "log", "range": [-0.05, 3.05], "dtick": 1},
        yaxis={"type": "log", "range": [float(low) - 0.15, float(high) + 0.15], "ticksuffix": " %", "dtick": 1},
    )
    return Picture(
        palette.figure(traces, layout),
        film=Film(tuple(captions), {1: {"y": y}}),
        name="zipf",
        caption=parameters(scenario),
        say="Zipf's law: does the dotted curve end sooner than the blue one (fewer words), and does its middle rise?",
        note=f"Across: words from frequent to rare. Up: their share of an excerpt of {count(belief.excerpt.size)} tokens. Both "
        "axes grow by tens.",
        alt=f"Share of words by rank. {captions[0]} {captions[len(captions) // 2]} {captions[-1]}",
    )


def next_token(scenario: Scenario, life: Sequence[Any], context: str) -> Picture:
    """What follows a context, as each generation has learnt it, and what samplers make of it; one lineage."""
    corpus = scenario.world.corpus(scenario.model.unit)  # type: ignore[attr-defined]
    prompt = corpus.number(context)
    samplers = {"as learnt": Decoder()} | SAMPLERS
    if not scenario.decoder.neutral:
        samplers["as set on this page"] = scenario.decoder
    believed = beliefs(scenario, life)
    p = np.array([[spoken(b, prompt, decoder, corpus.types) for decoder in samplers.values()] for b in believed])
    most = np.argsort(-p[0, 0], kind="stable")[:TOKENS]
    shown, other = 100 * p[..., most], 100 * (p.sum(axis=-1) - p[..., most].sum(axis=-1))
    y = np.concatenate([shown, other[..., None]], axis=-1)
    names = [NAMED.get(corpus.labels[i], corpus.labels[i]) for i in most] + ["any other"]
    place = np.arange(len(names), dtype=float)
    colors = (palette.SYNTHETIC, palette.REAL, palette.HEALTHY, palette.TAIL, palette.INK)
    patterns = ("", "/", ".", "x", "-")
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": place,
            "y": y[-1, i],
            "marker": {
                "color": colors[i],
                "pattern": {
                    "shape": patterns[i],
                    "fgcolor": palette.PAPER,
                    "bgcolor": colors[i],
                    "size": 6,
                    "solidity": 0.2,
                },
            },
            "hovertemplate": "%{y:.3~g} %",
        }
        for i, name in enumerate(samplers)
    ]
    named = context if len(context) <= SHOWN else f"…{context[-SHOWN:]}"
    layout = palette.base_layout(
        f"the next token after “{plain(named)}”",
        "probability",
        height=340,
        barmode="group",
        bargap=0.25,
        xaxis={"tickvals": place.tolist(), "ticktext": [plain(n) for n in names], "range": [-0.6, len(names) - 0.4]},
        yaxis={"range": [0, 105], "ticksuffix": " %"},
    )
    kinds = np.count_nonzero(p[:, 0], axis=-1)
    captions = tuple(
        f"Generation {t}: {k} {'token may' if k == 1 else 'tokens may'} follow{_short(b, prompt, corpus)}."
        for t, (k, b) in enumerate(zip(kinds, believed, strict=True))
    )
    return Picture(
        palette.figure(traces, layout),
        film=Film(captions, {i: {"y": y[:, i]} for i in range(len(samplers))}),
        name="next_token",
        caption=parameters(scenario),
        say="What comes next? Compare what was learnt with what temperature, top-k and top-p make of it: do small bars survive?",
        note="Across: the ten tokens that most often follow in the real text, and all others. Up: how likely each is. Where a "
        "generation has never read the context, what follows its last tokens is shown.",
        alt=f"Bars for {len(names)} outcomes under {len(samplers)} samplers. {captions[0]} {captions[-1]}",
    )


def as_typed(text: str) -> str:
    """A context that somebody typed, folded; the space that ends it is a part of it."""
    return fold(text) + " " * text[-1:].isspace()


def _short(belief: Language, prompt: Array, corpus: Corpus) -> str:
    """What a single lineage goes by, where that is less of a prompt than it could look back on."""
    grams = belief.grams
    row, wanted = int(grams.after(prompt)[0]) - len(grams.x), min(grams.order, len(prompt))
    known = int(np.searchsorted(grams.start, row, side="right")) if row >= 0 else 0
    if known == wanted:
        return ""
    return (
        f" “{corpus.read(prompt[-known:])}”, which is all it knows of this" if known else "; it knows nothing of this"
    )


def plain(text: str) -> str:
    """Text that plotly cannot take for markup."""
    return text.replace("&", "＆").replace("<", "‹").replace(">", "›")


def spoken(belief: Language, prompt: Array, decoder: Decoder, types: int) -> Array:
    """Probabilities (K,) of what a single lineage says after a prompt."""
    grams = belief.grams
    row = int(grams.after(prompt)[0])
    here = slice(grams.ends[row], grams.ends[row + 1])
    p = np.zeros(types)
    p[grams.token[here]] = decoder.reweight_rows(grams.count[here] / 1.0, np.array([0, here.stop - here.start]))
    return p


def signs(trajectory: Trajectory) -> Picture:
    """Medians over lineages of what goes and of what comes."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    names = {
        "tail_mass": "rare words left",
        "effective_types": "variety of n-grams left",
        "gibberish": "words that do not exist",
        "repetition": "text in loops",
    }
    medians = {m: median(trajectory.measure(m)) for m in names}
    for m in ("tail_mass", "effective_types"):
        medians[m] = medians[m] / medians[m][0] if medians[m][0] else np.ones_like(medians[m])
    colors, dashes = (
        (palette.TAIL, palette.SYNTHETIC, palette.EARLY, palette.LATE),
        ("solid", "longdash", "dashdot", "dot"),
    )
    traces = [
        line(names[m], t, 100 * medians[m], color, width=3, dash=dash)
        for m, color, dash in zip(names, colors, dashes, strict=True)
    ]
    top = doubled(150.0, float(max(v.max() for v in medians.values()) * 100))
    layout = palette.base_layout(
        "generation",
        "share",
        height=320,
        xaxis={"range": [0, s.generations]},
        yaxis={"range": [0, top], "ticksuffix": " %"},
    )
    end = "; ".join(f"{names[m]} {percent(float(v[-1]))}" for m, v in medians.items())
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="signs",
        caption=parameters(s),
        say="Two curves fall and two may rise: which moves first, and which never does?",
        note="Medians over lineages. Rare words and variety as shares of what a real text of the same length has; words that do "
        "not exist as a share of all words; loops as the share of the text that stood before in the same passage.",
        alt=f"At the end: {end}.",
    )


def variety(scenario: Scenario, life: Sequence[Any]) -> Picture:
    """Diversity as the literature measures it, of one lineage: distinct-n, Self-BLEU, and what is copied from the real text."""
    shown = {
        "distinct_1": "distinct-1",
        "distinct_2": "distinct-2",
        "distinct_3": "distinct-3",
        "self_bleu": "Self-BLEU",
        "copied": "copied from the real text",
    }
    t = np.arange(scenario.generations + 1)
    believed = beliefs(scenario, life)
    values = {m: np.array([float(np.squeeze(METRICS[m].function(b, scenario.world))) for b in believed]) for m in shown}
    colors = (palette.REAL, palette.HEALTHY, palette.SYNTHETIC, palette.LATE, palette.MUTED)
    traces = [
        line(shown[m], t, 100 * v, c, width=3, dash=d)
        for (m, v), c, d in zip(values.items(), colors, ("solid", "longdash", "dashdot", "dot", "dash"), strict=True)
    ]
    layout = palette.base_layout(
        "generation",
        "share",
        height=320,
        xaxis={"range": [0, scenario.generations]},
        yaxis={"range": [0, 105], "ticksuffix": " %"},
    )
    last = {m: percent(float(v[-1])) if np.isfinite(v[-1]) else "not to be measured" for m, v in values.items()}
    end = "; ".join(f"{shown[m]} {said}" for m, said in last.items())
    again, train = reading.COPIED[scenario.model.unit], scenario.world.corpus(scenario.model.unit).train  # type: ignore[attr-defined]
    read = " The real text is short: each model reads it more than once." if scenario.n > len(train) else ""
    gap = (
        "" if np.isfinite(values["self_bleu"]).all() else " Self-BLEU needs two passages of at least four whole words."
    )
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="variety",
        caption=parameters(scenario),
        say="Does the text lose its variety (distinct-n falls), do its passages grow alike (Self-BLEU rises), does it still quote?",
        note=f"One lineage. Distinct-n: different n-grams ÷ n-grams, in excerpts of equal length. Copied: windows of {again} "
        f"tokens that stand in the real text letter by letter.{read}{gap}",
        alt=f"At the end: {end}.",
    )


def second_view(scenario: Scenario, life: Sequence[Any]) -> Picture:
    """The perplexity of the passages of one lineage under generation 0: median, 5–95 %, and the largest."""
    t = np.arange(scenario.generations + 1)
    levels = np.array([_passages(b, scenario) for b in beliefs(scenario, life)]).T
    low, median, high, most = levels
    top = doubled(8.0, float(high.max()))
    traces = [
        line("5–95 % of passages, low", t, low, palette.BAND, width=0, showlegend=False),
        line("5–95 % of passages", t, high, palette.BAND, width=0, fill="tonexty", fillcolor=palette.BAND),
        line("median passage", t, median, palette.SYNTHETIC, width=3),
        line("strangest passage", t, most, palette.MUTED, width=2),
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
        note="One lineage. Generation 0 has read all of the real text. Published for a large language model: the band falls, and "
        f"its upper tail grows.{beyond}",
        alt=f"Median perplexity under generation 0: {times(float(median[0]))} at the start, {times(float(median[-1]))} at the end; "
        f"95 % of the passages stay below {times(float(high[0]))} at the start and below {times(float(high[-1]))} at the end.",
    )


def _passages(belief: Language, scenario: Scenario) -> Array:
    """The 5 %, 50 %, 95 % and 100 % quantiles of the perplexity of passages under generation 0, means over excerpts, (4,)."""
    losses = reading.by_passage(reading.foreign(belief, scenario.world), belief.excerpt)  # type: ignore[arg-type]
    return np.mean([np.exp(np.quantile(loss, (0.05, 0.5, 0.95, 1.0))) for loss in losses], axis=0)
