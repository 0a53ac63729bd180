"""Losses that no amount of data wins back: a memoriser that reads a cut world, and a regression with some synthetic labels."""

from typing import NamedTuple

import numpy as np

from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import line
from collapse.figures.picture import Picture
from collapse.scaling import plateau, strong_collapse, unseen
from collapse.speech import percent

BETA, MIXED = 1.5, 0.01
DIMENSION, SHIFT = 10, 1.0
READ = np.geomspace(10, 1e7, 25).round()
EXAMPLES = np.geomspace(20, 1e7, 40)
STYLES = list(zip(palette.GROUPS, palette.DASHES, strict=True))


class Learnt(NamedTuple):
    """The error of a memoriser by how many examples it has read, (m,): of the truth, of a cut world, and with a little real data."""

    truth: Array
    cut: Array
    mixed: Array


def learnt(cut: int) -> Learnt:
    """The exact sums of `scaling.unseen` for a world of types p_i ∝ i^(−1.5) that is cut at a rank."""
    return Learnt(unseen(READ, BETA), unseen(READ, BETA, cut=cut), unseen(READ, BETA, cut=cut, real=MIXED))


def memoriser(found: Learnt, cut: int) -> Picture:
    """The error by the number of examples read, with the plateau of a world cut at a rank."""
    names = ("reads the truth", f"reads only the {cut:,} commonest things", "the same, and 1% of the truth")
    labels = ("all", f"{cut:,} commonest", "with 1% of all")
    floor = plateau(cut, BETA)
    traces = [
        line(name, READ, values, color, width=3, dash=dash, label=label)
        for name, label, values, (color, dash) in zip(names, labels, found, STYLES, strict=False)
    ]
    traces.append(
        line(
            "law: mass beyond the cut",
            READ,
            np.full_like(READ, floor),
            palette.THEORY,
            width=1.5,
            dash="dash",
            label="formula",
        )
    )
    return Picture(
        palette.figure(
            traces, logarithmic("examples read", "real mass never seen", READ, np.append(found.truth, floor))
        ),
        say="Does the error keep falling as more is read?",
        note="The horizontal axis shows how many examples were read, and the vertical axis how likely the next real thing is one "
        "that was never seen; each mark on an axis stands for ten times as much as the one before. The curves are exact sums over "
        "100,000 types.",
        alt=f"After {READ[-1]:,.0f} examples: {found.truth[-1]:.3g} where it reads the truth, {found.cut[-1]:.3g} where the rest is "
        f"cut off, {found.mixed[-1]:.3g} with some truth; the mass beyond the cut is {floor:.3g}.",
        name="memoriser",
        caption=f"Model Collapse Lab · memoriser, p proportional to rank^−{BETA:g}, cut at {cut}",
    )


def synthetic_labels(shares: tuple[float, ...]) -> Picture:
    """The error of a regression by its number of examples, for some shares of synthetic labels: σ²d/n + p²c², leading order."""
    errors = {share: strong_collapse(EXAMPLES, DIMENSION, share, SHIFT) for share in shares}
    traces = [
        line(
            f"{percent(share)} AI-made",
            EXAMPLES,
            values,
            color,
            width=3,
            dash=dash,
            label=f"{percent(share)} AI-made",
        )
        for (share, values), (color, dash) in zip(errors.items(), STYLES, strict=False)
    ]
    ends = "; ".join(f"{percent(share)} {values[-1]:.3g}" for share, values in errors.items())
    return Picture(
        palette.figure(
            traces,
            logarithmic("labelled examples", "excess squared error", EXAMPLES, np.concatenate([*errors.values()])),
        ),
        say="What does a small share of AI-made labels cost?",
        note=f"The horizontal axis shows the number of examples, and the vertical axis the error of least squares in {DIMENSION} "
        "dimensions; each mark on an axis stands for ten times as much as the one before. To leading order in n the error is σ²d/n "
        f"+ p²c², for a share p of labels from a model that is wrong by c² = {SHIFT:g}, and noise σ = 1. This is a fixed mixture and "
        "not a loop.",
        alt=f"After {EXAMPLES[-1]:,.0f} examples, by the share of AI-made labels: {ends}.",
        name="synthetic_labels",
        caption=f"Model Collapse Lab · least squares, d = {DIMENSION}, c² = {SHIFT:g}",
    )


def logarithmic(across: str, up: str, x: Array, y: Array) -> dict[str, object]:
    """A layout that holds x and y, in which every step, across and up, is a multiple."""
    ends = [[float(np.log10(values.min())) - 0.1, float(np.log10(values.max())) + 0.1] for values in (x, y)]
    axes = [
        {"type": "log", "dtick": 1, "range": end, "exponentformat": form}
        for end, form in zip(ends, ("SI", "power"), strict=True)
    ]
    return palette.base_layout(across, up, height=340, hovermode="closest", xaxis=axes[0], yaxis=axes[1])
