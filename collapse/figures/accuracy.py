"""How wrong a regression becomes on labels that earlier ones gave, and what firms lose that learn from one pool."""

import numpy as np

from collapse.data import Array
from collapse.economics import Commons
from collapse.figures import palette
from collapse.figures.lines import NAMED, Upright, line, reach, ribbon, uprights
from collapse.figures.picture import Picture
from collapse.regression import Regression
from collapse.regression import law as known_law
from collapse.spec import Spec
from collapse.speech import percent

FED = {"replace": "the latest labels only", "accumulate": "all labels so far"}


def regression_errors(regression: Regression, errors: Array) -> Picture:
    """The error of every generation (R, T + 1): the mean, the middle 90% of the lineages, and the law or the bound."""
    r, t = regression, np.arange(regression.generations + 1)
    mean, (low, high) = errors.mean(axis=0), np.quantile(errors, (0.05, 0.95), axis=0)
    found = known_law(r)
    traces = [
        *ribbon("the middle 90% of the chains", t, low, high),
        line("mean", t, mean, palette.SYNTHETIC, width=3, label="average", hovertemplate="%{y:.3~g}"),
    ]
    said = " No law is known here, so there is only the simulation."
    if found is not None:
        values, standing = found
        traces.append(line(f"law ({standing})", t, values, palette.THEORY, width=2, dash="dash", label="formula"))
        said = f" The law ({standing}) gives {values[-1]:,.3g} there."
    layout = palette.base_layout(
        "generation",
        "excess squared error",
        height=320,
        xaxis={"range": [0, r.generations]},
        yaxis={"range": list(reach(np.concatenate([high, mean, [] if found is None else found[0]])))},
    )
    return Picture(
        palette.figure(traces, layout),
        name="regression_errors",
        caption=caption(r),
        say=f"How wrong does a model become if its labels come from earlier models, and it learns from {FED[r.policy]}?",
        note="The horizontal axis counts generations, and the vertical axis shows the mean squared distance between what a model "
        "answers and the truth, for new real inputs.",
        alt=f"Error of the first model {mean[1]:,.3g}, of the last one, generation {r.generations}, {mean[-1]:,.3g}.{said}",
    )


def commons_picture(commons: Commons) -> Picture:
    """What a firm has by the real share of what it adds: if it alone changes, and if all do, with the two shares where they end."""
    share = np.linspace(0.0, 1.0, 201)
    alone, best = commons.alone, commons.best
    together, single = commons.profit(share, share), commons.profit(share, alone)
    ends = float(min(together.min(), single.min())), float(max(together.max(), single.max()))
    pad = 0.05 * (ends[1] - ends[0] or 1.0)
    rows = ends[1] + 5 * pad, ends[1] + 2.5 * pad  # of words above the curves
    marks = [
        ("where every firm ends by itself", "each by itself", alone, palette.SYNTHETIC, "x"),
        ("best for all", "best for all", best, palette.REAL, "circle"),
    ]
    traces = [
        line(
            "if this firm alone changes",
            100 * share,
            single,
            palette.SYNTHETIC,
            width=2,
            dash="longdash",
            label="it alone",
        ),
        line("if all firms do the same", 100 * share, together, palette.REAL, width=3, label="all the same"),
    ]
    for name, _, at, color, symbol in marks:
        dot = {"mode": "markers", "marker": {"color": color, "size": 11, "symbol": symbol}, "meta": NAMED}
        traces.append(line(name, np.array([100 * at]), np.reshape(commons.profit(at, at), 1), color, width=0) | dot)
    guides = [Upright(name, 100 * at, float(commons.profit(at, at)), said, color) for name, said, at, color, _ in marks]
    traces += uprights(guides, (-2.0, 102.0), rows)
    layout = palette.base_layout(
        "real share of what a firm adds",
        "profit of a firm",
        height=320,
        hovermode="closest",
        xaxis={"range": [-2, 102], "ticksuffix": "%"},
        yaxis={"range": [ends[0] - pad, ends[1] + 6.5 * pad]},
    )
    return Picture(
        palette.figure(traces, layout),
        name="commons",
        caption=caption(commons),
        say="Each firm saves by generating, and all bear what the pool loses. Where do they end up, and what would be best?",
        note="The horizontal axis shows the share of real examples among those that a firm adds to the pool, and the vertical axis "
        "what its model is worth to it, less what real examples cost beyond made ones, in the unit of the prices. All numbers are "
        "invented.",
        alt=f"Each by itself adds {percent(alone)} real examples; best for all would be {percent(best)}. Every firm loses "
        f"{commons.lost:,.3g} by that, of {float(commons.profit(best, best)):,.3g}.",
    )


def caption(*asked: Spec) -> str:
    """One line under an exported image: the questions, so that they can be asked again."""
    queries = ("&".join(f"{key}={value}" for key, value in spec.to_query().items()) for spec in asked)
    return "Model Collapse Lab · " + " and ".join(
        f"{spec.kind}?{query}" for spec, query in zip(asked, queries, strict=True)
    )
