"""How well made passages can be told from real ones: measured detectors, with their bands, and what filtering with them does."""

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from collapse.bands import band
from collapse.data import Array
from collapse.detection import Roc, Scores
from collapse.figures import palette
from collapse.figures.lines import Upright, line, reach, uprights
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.models.ngram import Ngram
from collapse.scenario import Scenario
from collapse.speech import percent

STYLES = list(zip(palette.GROUPS[1:], palette.DASHES, strict=False))
BANDS = "The band holds the middle 90% of the chains."
SCORES = np.linspace(-2.0, 6.0, 241)


def banded(
    name: str, x: Array, bands: Array, style: tuple[str, str], unit: str = "", label: str = ""
) -> list[dict[str, object]]:
    """The median of a detector with its band, low, middle and high (3, m), in the colour and the dash of its style; `label`: what
    stands where it ends."""
    low, middle, high = bands
    color, dash = style
    return [
        line(f"{name}, low", x, low, palette.BAND, width=0, showlegend=False, hoverinfo="skip"),
        line(
            f"{name}, band",
            x,
            high,
            palette.BAND,
            width=0,
            fill="tonexty",
            fillcolor=palette.BAND,
            showlegend=False,
            hoverinfo="skip",
        ),
        line(name, x, middle, color, width=2.5, dash=dash, label=label, hovertemplate=f"%{{y:.3~g}}{unit}"),
    ]


def passages_of(scenario: Scenario, items: int) -> str:
    """How long the passages are, in words."""
    units = {"chars": ("character", "characters"), "words": ("word", "words")}
    one, many = units[scenario.model.unit] if isinstance(scenario.model, Ngram) else ("example", "examples")
    return f"passages of {items} {one if items == 1 else many}"


def characteristics(scenario: Scenario, measured: Mapping[str, Roc], items: int) -> Picture:
    """The median characteristic over lineages by name, with its 5–95% band, and the diagonal of a detector that guesses.

    It has a legend: all characteristics begin in one corner and end in another, so no place belongs to one of them.
    """
    traces = [
        trace
        for (name, roc), style in zip(measured.items(), STYLES, strict=False)
        for trace in banded(name, roc.fpr * 100, roc.band * 100, style, "%")
    ]
    ends = np.array([0.0, 100.0])
    traces.append(line("a detector that guesses", ends, ends, palette.MUTED, width=1, dash="dot", hoverinfo="skip"))
    layout = palette.base_layout(
        "real passages taken for AI-made",
        "AI-made passages found",
        height=340,
        hovermode="closest",
        xaxis={"range": [0, 100], "ticksuffix": "%"},
        yaxis={"range": [0, 102], "ticksuffix": "%"},
    )
    areas = "; ".join(f"{name} {float(np.median(roc.auroc)):.3f}" for name, roc in measured.items())
    return Picture(
        palette.figure(traces, layout),
        say="How much of what a model made is found, for how many false alarms?",
        note="The horizontal axis shows what share of the real passages is taken for AI-made, and the vertical axis what share of "
        f"the AI-made ones is found. Every point of a curve is a threshold. Whole {passages_of(scenario, items)} are judged. {BANDS} "
        "A detector that guesses lies on the dotted line.",
        alt=f"Area under the curve, which is 0.5 for guessing and 1 without errors, median over chains: {areas}.",
        name="characteristics",
        caption=parameters(scenario),
    )


def power(scenario: Scenario, areas: Mapping[str, Mapping[int, Array]], items: int) -> Picture:
    """The area under the characteristic of each detector by name, by generation (R,), with its band; 0.5 is guessing."""
    traces = []
    for (name, found), style in zip(areas.items(), STYLES, strict=False):
        traces += banded(
            name, np.array([*found], dtype=float), band(np.stack([*found.values()], axis=1)), style, label=name
        )
    t = np.array([1.0, scenario.generations])
    chance = line("guessing", t, np.array([0.5, 0.5]), palette.MUTED, width=1, dash="dot", label="guessing")
    traces.append(chance | {"hoverinfo": "skip"})
    layout = palette.base_layout(
        "generation",
        "area under the curve",
        height=340,
        xaxis={"range": [1, scenario.generations], "tick0": 1},
        yaxis={"range": [0.3, 1.02]},
    )
    ends = "; ".join(
        f"{name} {float(np.median(found[min(found)])):.3f} and {float(np.median(found[max(found)])):.3f}"
        for name, found in areas.items()
    )
    return Picture(
        palette.figure(traces, layout),
        say="Do detectors get better or worse as the models collapse?",
        note="The horizontal axis shows the generation that made the passages, and the vertical axis how often a made passage looks "
        f"more made than a real one, for {passages_of(scenario, items)}. {BANDS} The likelihood ratio compares a "
        "model with generation 1, so it can tell nothing about generation 1 itself.",
        alt=f"Area under the curve, median over chains, in generation 1 and in generation {scenario.generations}: {ends}.",
        name="power",
        caption=parameters(scenario),
    )


def green_scores(scenario: Scenario, scores: Scores, items: int, suspect: float) -> Picture:
    """How many passages have at least some z-score of green tokens, real ones and made ones, and 1 − Φ(z), the normal law.

    It has a legend: all curves begin at everything and end at nothing.
    """
    share = {
        name: np.mean(values[..., None] >= SCORES, axis=1) * 100
        for name, values in (("real passages", scores.real), ("AI-made passages", scores.made))
    }
    styles = ((palette.REAL, "solid"), (palette.SYNTHETIC, "dash"))
    traces = [
        trace
        for (name, values), style in zip(share.items(), styles, strict=True)
        for trace in banded(name, SCORES, band(values), style, "%")
    ]
    traces.append(line("law: normal, 1 − Φ(z)", SCORES, 100 * ndtr(-SCORES), palette.THEORY, width=2, dash="dot"))
    named = f"z = {suspect:g}, the filter’s threshold"
    traces += uprights(
        [Upright(named, suspect, 0.0, "filter’s threshold", palette.MUTED)], (SCORES[0], SCORES[-1]), (108.0,)
    )
    layout = palette.base_layout(
        "z-score of the green tokens",
        "passages with at least this z-score",
        height=340,
        xaxis={"range": [float(SCORES[0]), float(SCORES[-1])]},
        yaxis={"range": [0, 114], "ticksuffix": "%"},
    )
    said = {
        name: percent(float(np.mean(values >= suspect)))
        for name, values in (("real", scores.real), ("made", scores.made))
    }
    law = percent(float(ndtr(-suspect)))
    return Picture(
        palette.figure(traces, layout),
        say="What does the watermark do to the number of green tokens?",
        note="The horizontal axis shows how many more green tokens a passage has than the original text lets expect, in standard "
        f"deviations (z), and the vertical axis the share of {passages_of(scenario, items)} with at least this z-score. If the "
        "tokens of real text were green independently of each other, the curve of real passages would be a staircase about the "
        "normal law. How far right that of AI-made ones lies depends on how much choice the models have; no formula for it is "
        f"known. {BANDS}",
        alt=f"At least {suspect:g}: {said['real']} of the real passages, where the normal law gives {law}, and {said['made']} of the "
        "AI-made ones.",
        name="green_scores",
        caption=parameters(scenario),
    )


def filtering(scenario: Scenario, perplexity: Mapping[str, Array]) -> Picture:
    """The perplexity of unread real text by what filters the diet (R, T + 1), with bands; the level is that of the first models."""
    t = np.arange(1, scenario.generations + 1, dtype=float)
    styles = [(palette.INK, "solid"), *STYLES]
    traces = []
    for (name, values), style in zip(perplexity.items(), styles, strict=False):
        traces += banded(name, t, band(values)[:, 1:], style, label=name)
    top = reach(np.concatenate([values[:, 1:] for values in perplexity.values()]))[1]
    layout = palette.base_layout(
        "generation",
        "perplexity on unread real text",
        height=340,
        xaxis={"range": [1, scenario.generations], "tick0": 1},
        yaxis={"range": [0, top]},
    )
    ends = "; ".join(f"{name} {float(np.median(values[:, -1])):.3g}" for name, values in perplexity.items())
    first = float(np.median(next(iter(perplexity.values()))[:, 1]))
    return Picture(
        palette.figure(traces, layout),
        say="What does filtering with each detector do to the models?",
        note="The horizontal axis counts generations, and the vertical axis shows how badly a model predicts real text that none has "
        "read (its perplexity; a model with a perplexity of 1 is never surprised). "
        f"{BANDS} Those that read one pool begin with the same first models and meet the same random numbers wherever they "
        "ask for the same thing; the models that read five pools have read as much more from the start.",
        alt=f"The first models that read one pool have a perplexity of {first:.3g}. In generation {scenario.generations}, median "
        f"over chains: {ends}.",
        name="filtering",
        caption=parameters(scenario),
    )
