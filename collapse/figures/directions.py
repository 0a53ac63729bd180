"""How many directions a covariance still varies in: three summaries over generations, and an effective number with its law."""

import numpy as np

from collapse.bands import median
from collapse.beliefs.normal import Normal
from collapse.data import Array
from collapse.figures import palette
from collapse.figures.lines import base, line
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.laws import law_for
from collapse.laws.ensembles import directions_left, trusted
from collapse.speech import percent
from collapse.trajectory import Trajectory


def directions(trajectory: Trajectory) -> Picture:
    """Three summaries of a covariance: the trace, the geometric mean of the eigenvalues, and the smallest; medians."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    belief = s.model.belief(trajectory.params)
    assert isinstance(belief, Normal)
    least = belief.narrowest()
    smallest = np.concatenate([np.ones((len(least), 1)), least], axis=1)
    medians = {
        "total variance (trace ÷ d)": median(trajectory.measure("variance")),
        "geometric mean of the directions": median(np.exp(trajectory.measure("log_variance"))),
        "smallest direction": median(smallest),
    }
    traces = [
        line(name, t, 100 * y, color, width=3, dash=dash, label=label)
        for (name, y), label, color, dash in zip(
            medians.items(),
            ("total variance", "geometric mean", "smallest"),
            (palette.SYNTHETIC, palette.TAIL, palette.HEALTHY),
            ("solid", "longdash", "dot"),
            strict=True,
        )
    ]
    logs = law_for(s, "log_variance")
    if logs is not None:
        traces.append(
            line(
                "law: exp E log (geometric mean)",
                t,
                100 * np.exp(logs),
                palette.THEORY,
                width=2,
                dash="dash",
                label="formula",
            )
        )
    layout = base(s, "variety left (variance)", (0.0, 110.0), 320, ticksuffix="%")
    end = {name: percent(float(y[-1])) for name, y in medians.items()}
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        laws=() if logs is None else ("log_variance",),
        name="directions",
        caption=parameters(s),
        say="Does the total variance tell everything? Compare it with the geometric mean of the directions, and with the smallest.",
        note="The curves are medians over the chains. In one dimension the three are one; raise the dimension and watch them part.",
        alt="At the end: " + "; ".join(f"{name} {value}" for name, value in end.items()) + ".",
    )


def effective_number(trajectory: Trajectory, law: Array) -> Picture:
    """The effective number of directions of a Gaussian, R_t = E(tr Σ)² ÷ E tr Σ², with its law (T + 1,); simulated only where it
    can be trusted (`laws.ensembles.trusted`)."""
    s = trajectory.scenario
    t = np.arange(s.generations + 1)
    sound = trusted(s) | (t == 0)
    last = int(np.flatnonzero(sound)[-1])
    found = np.concatenate([[s.world.d], directions_left(trajectory.params.cov)])
    traces = [
        line(
            "this run",
            t,
            np.where(sound, found, np.nan),
            palette.SYNTHETIC,
            width=3,
            label="this run",
            hovertemplate="%{y:.2f}",
        ),
        line("law", t, law, palette.THEORY, width=2, dash="dash", label="formula", hovertemplate="%{y:.2f}"),
    ]
    until = (
        ""
        if last == s.generations
        else f" From generation {last + 1} on it is carried by too few chains to be simulated, and only the law is drawn."
    )
    return Picture(
        palette.figure(traces, base(s, "effective number of directions", (0.0, s.world.d + 0.5), 300)),
        cursor=True,
        name="effective_number",
        caption=parameters(s),
        say="How many directions does a model still vary in, if wide models count most?",
        note="The horizontal axis counts generations. The vertical axis shows the mean of trace² divided by the mean trace of the "
        "squared covariance, two means over the chains. It is the number of dimensions if all directions are alike, and 1 if a "
        f"single one is left. The dashed law R is exact: (R − 1) ÷ (R + 2) shrinks by (n − 2) ÷ (n + 1) in each generation.{until}",
        alt=f"Effective number of directions: {s.world.d} in the real world, {found[last]:.2f} in generation {last} of this run. "
        f"The law gives {law[last]:.2f} there, and {law[-1]:.2f} at the end.",
    )
