"""How much of a mixture each group holds by generation, and in how many lineages it is alive."""

import numpy as np

from collapse.figures import palette
from collapse.figures.groups import life, names, style
from collapse.figures.lines import base, line
from collapse.figures.picture import Picture
from collapse.figures.words import parameters
from collapse.laws import LAWS, law_for
from collapse.metrics import at_world
from collapse.models.em import MixtureParams
from collapse.speech import percent
from collapse.trajectory import Trajectory

PATTERNS = ("", "/", ".", "x", "-", "|", "+", "\\")


def weights(trajectory: Trajectory, lineage: int, params: MixtureParams) -> Picture:
    """The weights of one lineage's components, stacked."""
    s = trajectory.scenario
    called, share = names(trajectory), 100 * life(trajectory, params).weights
    t = np.arange(s.generations + 1)
    traces = []
    for k, name in enumerate(called):
        color, dash = style(k)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": t,
                "y": share[:, k],
                "stackgroup": "one",
                "meta": {"label": name, "color": color},
                "line": {"color": color, "width": 1.5, "dash": dash},
                "fillcolor": color,
                "hovertemplate": "%{y:.3~g}%",
                "fillpattern": {
                    "shape": PATTERNS[k],
                    "fgcolor": palette.PAPER,
                    "bgcolor": color,
                    "size": 9,
                    "solidity": 0.15,
                },
            }
        )
    layout = base(s, "weight", (0.0, 100.0), 300, ticksuffix="%")
    end = ", ".join(f"{name} {percent(float(w) / 100)}" for name, w in zip(called, share[-1], strict=True))
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="weights",
        caption=parameters(s),
        say="How large a part of its world does the model give to each component? Does a layer ever come back once it is gone?",
        note="The horizontal axis counts generations, and the vertical axis shows the weights of the components in the chain shown. "
        "They are stacked, and together they are 100%.",
        alt=f"Stacked weights of chain {lineage + 1}. At the end: {end}.",
    )


def survival(trajectory: Trajectory, control: Trajectory | None = None) -> Picture:
    """The share of lineages in which each component is alive; for the rarest group the same on real data alone, from `control`,
    and the law where one is known."""
    s = trajectory.scenario
    called, t = names(trajectory), np.arange(s.generations + 1)
    alive = 100 * np.concatenate([np.ones((1, len(called))), (trajectory.params.weights > 0).mean(axis=0)])
    groups = s.world.groups
    rarest = int(groups.weights.argmin()) if groups is not None and len(groups.weights) == len(called) else -1
    traces = [
        line(name, t, alive[:, k], style(k)[0], width=4 if k == rarest else 2, dash=style(k)[1], label=name)
        for k, name in enumerate(called)
    ]
    alone = None if control is None or rarest < 0 else 100 * control.measure("rarest_alive").mean(axis=0)
    if alone is not None:
        traces.append(line("the same in the control", t, alone, palette.REAL, width=3, dash="dot", label="control"))
    law = law_for(s, "rarest_alive")
    if law is not None:
        traces.append(
            line(
                f"law for what {called[rarest]} ({LAWS['rarest_alive'].standing})",
                t,
                100 * law,
                palette.THEORY,
                width=2,
                dash="dash",
                label="formula",
            )
        )
    layout = base(s, "chains", (0.0, 103.0), 300, ticksuffix="%")
    look = (
        "Compare the rarest with the dashed law."
        if law is not None
        else (f"The thick line is what {called[rarest]}, the rarest." if rarest >= 0 else "Which is lost first?")
    )
    told = (
        " No law of survival is known here, so there is only the simulation."
        if law is None
        else (
            " The law is Wright and Fisher's, exact for groups that never overlap; of these, at most "
            f"{percent(at_world(s.world, 'overlap'))} could be taken for another (a bound)."
        )
    )
    end = ", ".join(f"{name} {percent(float(a) / 100)}" for name, a in zip(called, alive[-1], strict=True))
    beside = (
        ""
        if alone is None
        else (
            f" The dotted blue line is what {called[rarest]} in the control, which gets a real example in place of every AI-made "
            "one. What is lost there is lost by the fit and by the size of the sample, not by AI-made data."
        )
    )
    spoken = ("" if alone is None else f" In the control, what {called[rarest]} {percent(float(alone[-1]) / 100)}.") + (
        "" if law is None else f" The law gives {percent(float(law[-1]))}."
    )
    return Picture(
        palette.figure(traces, layout),
        cursor=True,
        name="survival",
        caption=parameters(s),
        say=f"In how many chains is each component still there? {look}",
        note="The horizontal axis counts generations, and the vertical axis shows the share of chains in which a component is alive. "
        "A warm fit never brings one back." + beside + told,
        alt=f"Survival by component. At the end: {end}.{spoken}",
    )
