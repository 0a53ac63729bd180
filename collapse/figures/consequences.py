"""What collapse costs those who use a model: how right and how sure classifiers are, who bears the errors, alikeness, and the price.

The numbers come from `downstream`, `sharing`, `regression` and `economics`.
"""

import numpy as np

from collapse.bands import error_of_mean
from collapse.downstream import Exam
from collapse.economics import Account
from collapse.figures import palette
from collapse.figures.groups import style
from collapse.figures.lines import NAMED, base, line, reach
from collapse.figures.picture import Film, Picture
from collapse.figures.words import parameters
from collapse.laws.islands import Islands
from collapse.scenario import Scenario
from collapse.speech import percent

LEAST = 10  # answers in a bin, for it to be shown


def calibration(scenario: Scenario, exam: Exam) -> Picture:
    """Confidence against correctness, generation by generation, of an exam of all generations; the first one, on real data, stays."""
    curve, s = exam.curve, scenario
    there = curve.number >= LEAST
    sure, right = (100 * np.where(there, values, np.nan) for values in (curve.sure, curve.right))
    low = 100 * float(curve.edges[0])
    diagonal = np.array([low, 100.0])
    dots = {"mode": "lines+markers", "hovertemplate": "%{x:.0f}% sure, %{y:.0f}% right<extra></extra>"}
    traces = [
        line(
            "right as often as sure",
            diagonal,
            diagonal,
            palette.MUTED,
            width=1.5,
            label="as often as sure",
            hoverinfo="skip",
        ),
        line("learnt from real data", sure[0], right[0], palette.REAL, width=2, dash="dot", label="real data") | dots,
        line("learnt from this generation", sure[-1], right[-1], palette.SYNTHETIC, width=3, label="this generation")
        | dots,
    ]
    layout = palette.base_layout(
        "how sure",
        "how often right",
        height=340,
        hovermode="closest",
        xaxis={"range": [low - 2, 102], "ticksuffix": "%"},
        yaxis={"range": [-2, 102], "ticksuffix": "%"},
    )
    mean_right, mean_sure = exam.right.mean(axis=0), exam.sure.mean(axis=0)
    captions = tuple(
        f"Generation {t}: {percent(float(r))} right, {percent(float(c))} sure"
        for t, r, c in zip(exam.at, mean_right, mean_sure, strict=True)
    )
    return Picture(
        palette.figure(traces, layout),
        film=Film(captions, {2: {"x": sure, "y": right}}),
        name="calibration",
        caption=parameters(s),
        say="Is a classifier that learnt from a model right as often as it is sure? Below the diagonal it is surer than right.",
        note="The horizontal axis shows how sure a classifier is of its answer, in bins, and the vertical axis how often such "
        f"answers are right, for real examples that nobody was trained on. Bins with fewer than {LEAST} answers of all chains are "
        "left out.",
        alt=f"Trained on real data: {percent(float(mean_right[0]))} right and {percent(float(mean_sure[0]))} sure. Trained on "
        f"generation {exam.at[-1]}: {percent(float(mean_right[-1]))} right and {percent(float(mean_sure[-1]))} sure.",
    )


def group_errors(scenario: Scenario, exam: Exam) -> Picture:
    """The mean error of each group, generation by generation; the rarest as a thick line."""
    s, t = scenario, np.array(exam.at, dtype=float)
    mean = 100 * exam.errors.mean(axis=0)
    traces = [
        line(
            name,
            t,
            mean[:, k],
            style(k)[0],
            width=4 if k == exam.minority else 2,
            dash=style(k)[1],
            label=name,
            hovertemplate="%{y:.3~g}%",
        )
        for k, name in enumerate(exam.labels)
    ]
    gap = 100 * (exam.errors.max(axis=-1) - exam.errors.min(axis=-1)).mean(axis=0)
    traces.append(line("gap: worst less best", t, gap, palette.INK, width=1.5, label="gap", hovertemplate="%{y:.3~g}%"))
    layout = base(s, "examples judged wrongly", (0.0, 103.0), 320, ticksuffix="%")
    ends = [
        f"{name} {percent(float(a) / 100)} at first and {percent(float(b) / 100)} at the end"
        for name, a, b in zip(exam.labels, mean[0], mean[-1], strict=True)
    ]
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="group_errors",
        caption=parameters(s),
        say=f"Who bears the errors? The thick line is the rarest group, {exam.labels[exam.minority]}.",
        note="The horizontal axis counts generations, and the vertical axis shows what share of the real examples of a group a "
        "classifier judges wrongly that has learnt from this generation (the mean over chains). The classifier of generation zero "
        "has learnt from real examples. The gap lies between "
        "the worst and the best of a chain’s groups.",
        alt=f"Judged wrongly: {'; '.join(ends)}. The gap between the worst and the best group: {percent(float(gap[0]) / 100)} at "
        f"first and {percent(float(gap[-1]) / 100)} at the end.",
    )


def alikeness(scenario: Scenario, found: Islands, law: Islands | None = None) -> Picture:
    """Diversity within a model, and of all models of a group together, the means over groups (G, T + 1), with the law (T + 1,)."""
    s, t = scenario, np.arange(scenario.generations + 1)
    within, together = (100 * values.mean(axis=0) for values in (found.within, found.together))
    traces = [
        line("within a model", t, within, palette.SYNTHETIC, width=3, label="within", hovertemplate="%{y:.3~g}%"),
        line(
            "of all models together",
            t,
            together,
            palette.REAL,
            width=3,
            dash="longdash",
            label="together",
            hovertemplate="%{y:.3~g}%",
        ),
    ]
    if law is not None:
        traces += [
            line(
                f"law: {name}",
                t,
                100 * values,
                palette.THEORY,
                width=1.5,
                dash=dash,
                label="formula",
                hovertemplate="%{y:.3~g}%",
            )
            for name, values, dash in (("within", law.within, "dash"), ("together", law.together, "dot"))
        ]
    top = float(max(100.0, within.max(), together.max()))
    end = [percent(float(values[-1]) / 100) for values in (within, together)]
    error = error_of_mean(found.within[:, -1])
    doubt = f" The mean of {len(found.within)} groups has a standard error of {percent(error)}." if error > 0 else ""
    between = float((found.together - found.within)[:, -1].mean() / found.together[:, -1].mean())
    return Picture(
        palette.figure(traces, base(s, "share of the real diversity", (0.0, 1.05 * top), 320, ticksuffix="%")),
        cursor=True,
        name="alikeness",
        caption=parameters(s),
        say="Is diversity lost within every model, or do the models become alike? What lies between the curves is disagreement.",
        note="The horizontal axis counts generations, and the vertical axis shows diversity as a share of the real one, within a "
        "model and of everything that the models of a group say together (means over groups). Models that do not read one another "
        f"part; those that do become alike.{doubt}",
        alt=f"At the end {end[0]} of the real diversity is left within a model and {end[1]} in all models of a group together; "
        f"{percent(between)} of the latter is disagreement between models.",
    )


def price_and_worth(scenario: Scenario, account: Account) -> Picture:
    """What every generation costs, and what a model as good would cost if it learnt from real examples; where they cross."""
    s, t = scenario, np.arange(1, scenario.generations + 1)
    traces = [
        line("worth of the model", t, account.value, palette.REAL, width=3, label="worth", hovertemplate="%{y:,.4~g}"),
        line(
            "price of its training",
            t,
            account.price,
            palette.SYNTHETIC,
            width=3,
            dash="longdash",
            label="price",
            hovertemplate="%{y:,.4~g}",
        ),
    ]
    crossed = account.break_even
    if crossed is not None:
        traces.append(
            line(
                "worth less than it costs",
                t[crossed - 1 : crossed],
                account.price[crossed - 1 : crossed],
                palette.LATE,
                width=0,
            )
            | {"mode": "markers", "marker": {"color": palette.LATE, "size": 11, "symbol": "x"}, "meta": NAMED}
        )
    when = (
        "It is worth what it costs, or more, in every generation of this run."
        if crossed is None
        else f"From generation {crossed} on it is worth less than it costs."
    )
    seen = np.append(account.value, account.price)
    ends = reach(seen)
    log = bool(seen.min() > 0)
    if log:  # they may lie a thousand times apart
        ends = float(np.log10(seen.min()) - 0.1), float(np.log10(seen.max()) + 0.1)
    axis = {"type": "log", "dtick": "D2"} if log else {}
    return Picture(
        palette.figure(traces, base(s, "price (in units of the visitor)", ends, 320, **axis)),
        cursor=True,
        name="price_and_worth",
        caption=parameters(s),
        say=f"When does a retraining cost more than its model is worth? {when}",
        note="The horizontal axis counts generations. The vertical axis shows what the examples and the training of a generation "
        "cost, and what a model as near to the truth would cost if it learnt from fresh real examples, by the law of its worth. All "
        "prices are invented."
        + ("" if crossed is None else " The cross is where it becomes worth less than it costs.")
        + (" The axis is logarithmic: every step up multiplies." if log else ""),
        alt=f"The first model costs {account.price[0]:,.4g} and is worth {account.value[0]:,.4g}; the last one costs "
        f"{account.price[-1]:,.4g} and is worth {account.value[-1]:,.4g}. {when}",
    )
