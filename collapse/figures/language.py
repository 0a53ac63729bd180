"""Pictures of a language model: words by rank, the next token under the samplers, signs, and generation 0 reading the others."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from collapse.beliefs.language import Language
from collapse.data import Array
from collapse.decoding import Decoder
from collapse.figures import palette
from collapse.figures.lines import line
from collapse.figures.picture import Film, Picture
from collapse.figures.words import parameters
from collapse.scenario import Scenario
from collapse.speech import count
from collapse.text.corpus import Corpus, fold

DOTS, TOKENS, SHOWN = 60, 10, 40
SAMPLERS = {"temperature 0.7": Decoder(temperature=0.7), "top-k 3": Decoder(top_k=3), "top-p 0.5": Decoder(top_p=0.5)}
NAMED = {" ": "space", "\u200c": "joiner", "\u200d": "joiner"}


def zipf(scenario: Scenario, believed: Sequence[Language]) -> Picture:
    """How often the words of the excerpt stand in it, by rank, both axes logarithmic, as a lineage `believed` in 0…T."""
    corpus = scenario.world.corpus(scenario.model.unit)  # type: ignore[attr-defined]
    curves, captions = [], []
    rank = np.unique(np.geomspace(1, 1000, DOTS).round().astype(int))
    for t, belief in enumerate(believed):
        told = Counter(w for passage in belief.words(corpus)[0] for w in passage)
        shares = np.array([k for _, k in told.most_common()], float) / max(told.total(), 1)
        curves.append(np.array([100 * shares[r - 1] if r <= len(shares) else np.nan for r in rank]))
        captions.append(f"Generation {t} has {count(len(told))} different words among {count(told.total())}.")
    y = np.array(curves)
    traces = [
        line("real text", rank.astype(float), y[0], palette.REAL, width=3, label="real text"),
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": "text of the generation played",
            "meta": {"label": "this generation", "color": palette.SYNTHETIC},
            "x": rank.astype(float),
            "y": y[-1],
            "line": {"color": palette.SYNTHETIC, "width": 2, "dash": "dot"},
            "marker": {"color": palette.SYNTHETIC, "size": 6},
            "hovertemplate": "rank %{x:,.0f}: %{y:.2~g}%",
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
        yaxis={"type": "log", "range": [float(low) - 0.15, float(high) + 0.15], "ticksuffix": "%", "dtick": 1},
    )
    return Picture(
        palette.figure(traces, layout),
        film=Film(tuple(captions), {1: {"y": y}}),
        name="zipf",
        caption=parameters(scenario),
        say="Zipf's law: does the dotted curve end sooner than the blue one (fewer words), and does its middle rise?",
        note="The horizontal axis shows the words from frequent to rare, and the vertical axis their share of an excerpt of "
        f"{count(belief.excerpt.size)} tokens. Each mark on an axis stands for ten times as much as the one before.",
        alt=f"Share of words by rank. {captions[0]} {captions[len(captions) // 2]} {captions[-1]}",
    )


def next_token(scenario: Scenario, believed: Sequence[Language], context: str) -> Picture:
    """What follows a context, as one lineage `believed` in generations 0…T, and what samplers make of it.

    It has a legend: bars stand side by side, too thin for words.
    """
    corpus = scenario.world.corpus(scenario.model.unit)  # type: ignore[attr-defined]
    prompt = corpus.number(context)
    samplers = {"as learnt": Decoder()} | SAMPLERS
    if not scenario.decoder.neutral:
        samplers["as set on this page"] = scenario.decoder
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
            "hovertemplate": "%{y:.3~g}%",
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
        yaxis={"range": [0, 105], "ticksuffix": "%"},
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
        note="The horizontal axis shows the ten tokens that most often follow in the real text, and all others; the vertical axis "
        "shows how likely each is. Where a generation has never read the context, what follows its last tokens is shown.",
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
