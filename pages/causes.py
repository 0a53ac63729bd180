"""The causes of model collapse: sampling, expressivity and approximation errors, one at a time and together."""

from dataclasses import replace

import numpy as np
import streamlit as st

from collapse.bands import error_of_mean, median
from collapse.endless import endless
from collapse.figures.ridge import narrowing
from collapse.figures.several import several
from collapse.figures.switches import shares, worlds
from collapse.figures.timeline import Look
from collapse.laws.moments import only_replaces
from collapse.metrics import METRICS, at_world, measurable
from collapse.models.gaussian import Gaussian
from collapse.models.weighted import limit
from collapse.scenario import ImpossibleError, Scenario
from collapse.sources import ALEMOHAMMAD, BORJI, OURS, SHUMAILOV
from collapse.speech import minus, percent
from collapse.switchboard import CAUSES, FAMILIES, Decomposition, Family, decomposed, losses
from collapse.ui.article import popular, table
from collapse.ui.controls import Dial, Preset
from collapse.ui.lesson import View, show
from collapse.ui.panels import Panel, PanelDesk, lesson_of
from collapse.ui.prose import as_quote
from collapse.ui.runs import trajectory_of
from collapse.ui.shelf import noted
from collapse.worlds import NormalWorld

N, GENERATIONS = Dial("n", "Training examples", 5, 1000, unit="examples"), Dial("generations", "Generations", 2, 100)
MANY = Dial("n", "Training examples", 5, 100_000, unit="examples")
STEPS = Dial("model.steps", "Gradient steps of a fit", 0, 100)
BELL = {"model": "gaussian", "world": "normal", "lineages": "20", "n": "100000", "generations": "20"}
HUMPS = {"model": "gaussian", "world": "bimodal", "lineages": "10", "n": "20000", "generations": "20"}
SOLVED = {"model.steps": "0", "model.loss": "likelihood"}
ALL_ON = {
    "world": "bimodal",
    "model": "gaussian",
    "model.steps": "20",
    "n": "100",
    "generations": "10",
    "lineages": "200",
}
OFFERS = {
    "model": ("gaussian", "mixture", "kde", "histogram"),
    "world": ("normal", "bimodal", "skewed", "heavy-tailed", "uniform"),
    "world.dimension": ("1",),
}
MORE = {
    "world": "World",
    "model": "Model",
    "policy": "What the next model learns from (training data)",
    "model.loss": "Loss",
    "model.alpha": "Exponent of the weights",
    "model.rate": "Learning rate",
    "model.start": "Where a fit begins",
    "model.initial_mean": "Initial mean",
    "model.initial_sd": "Initial standard deviation",
    "model.components": "Components",
    "model.width": "Width of a bin",
    "model.bandwidth": "Bandwidth",
    "model.h": "Fixed bandwidth",
    "lineages": "Chains",
    "seed": "Seed",
}
PANELS = {
    "sampling": Panel(
        "Sampling error",
        Scenario.from_query("n=20&generations=50&lineages=300&seed=1"),
        (N, GENERATIONS),
        (
            Preset(
                "How much do 20 examples lose?",
                "Every model learns from 20 examples, all made by the model before it.",
                {"n": "20"},
            ),
            Preset(
                "Do ten times the examples help?",
                "Every model learns from 200 examples, all made by the model before it.",
                {"n": "200"},
            ),
            Preset(
                "What if data are plentiful?",
                "Every model learns from 20,000 examples, all made by the model before it.",
                {"n": "20000"},
            ),
        ),
        MORE,
        OFFERS,
    ),
    "expressivity": Panel(
        "Expressivity error",
        Scenario.from_query("seed=1", Scenario.from_query(HUMPS)),
        (MANY, GENERATIONS),
        (
            Preset(
                "Can one bell curve learn two humps?",
                "The real world has two humps, and the model has only one.",
                HUMPS,
            ),
            Preset(
                "Can a bell curve learn rare extremes?",
                "The real world has extreme values more often than any bell curve.",
                HUMPS | {"world": "heavy-tailed"},
            ),
            Preset(
                "Are two bell curves enough?",
                "A mixture of two bell curves learns the two humps, from 5,000 examples in each generation.",
                HUMPS | {"model": "mixture", "model.components": "2", "n": "5000", "lineages": "4"},
            ),
            Preset(
                "What if samples are small, too?",
                "The same bell curve learns the same two humps, from only 50 examples in each generation.",
                HUMPS | {"n": "50", "lineages": "300"},
            ),
            Preset(
                "What if the model blurs?",
                "The model is a kernel density: it can have any shape, and blurs what it has learned a little each time.",
                HUMPS | {"model": "kde", "model.bandwidth": "fixed", "model.h": "0.3", "n": "2000", "lineages": "4"},
            ),
            Preset(
                "What does a coarse histogram do?",
                "Its bins are one standard deviation wide and begin at another place in each generation.",
                HUMPS | {"model": "histogram", "model.width": "1.0", "n": "5000", "lineages": "4"},
            ),
        ),
        MORE,
        OFFERS,
    ),
    "approximation": Panel(
        "Approximation error",
        Scenario.from_query("model.steps=20&seed=1", Scenario.from_query(BELL)),
        (STEPS, GENERATIONS),
        (
            Preset(
                "What if training stops early?",
                "Every fit takes 20 steps of a tenth of the way, and begins anew each time.",
                BELL | SOLVED | {"model.steps": "20"},
            ),
            Preset(
                "What if each model goes on from its parent?",
                "Every fit takes the same 20 steps, but begins where that of the model before it ended.",
                BELL | SOLVED | {"model.steps": "20", "model.start": "warm"},
            ),
            Preset(
                "What if the steps are too long?",
                "Every fit takes three steps, and each of them leaps far over the best mean.",
                BELL | SOLVED | {"model.steps": "3", "model.rate": "1.95"},
            ),
            Preset(
                "What if common examples count more?",
                "Examples count more where there are many of them, and nothing corrects for it.",
                BELL | SOLVED | {"model.loss": "data-weighted", "n": "5000", "lineages": "10"},
            ),
            Preset(
                "Can such a loss be corrected?",
                "The density power divergence weighs examples as well, and corrects for it.",
                BELL | SOLVED | {"model.loss": "density-power", "n": "5000", "lineages": "10"},
            ),
            Preset(
                "What does overfitting do?",
                "The kernel on each example is so narrow that the model only repeats what it has read.",
                BELL | {"model": "kde", "model.bandwidth": "fixed", "model.h": "0.01", "n": "500"},
            ),
            Preset(
                "What does underfitting do?",
                "The kernel on each example is so wide that it blurs everything.",
                BELL | {"model": "kde", "model.bandwidth": "fixed", "model.h": "0.5", "n": "500"},
            ),
        ),
        MORE,
        OFFERS,
    ),
    "together": Panel(
        "All together",
        Scenario.from_query("seed=1", FAMILIES["bell curve"].scenario(True, True, True)),
        (N, GENERATIONS),
        (
            Preset(
                "What do all three do together?",
                "One bell curve learns two humps, from 100 examples and with 20 gradient steps in each generation.",
                ALL_ON,
            ),
            Preset(
                "What if there is no sampling error?",
                "This is the first experiment with 20,000 examples instead of 100.",
                ALL_ON | {"n": "20000", "lineages": "20"},
            ),
            Preset(
                "What if there is no expressivity error?",
                "This is the first experiment in a real world of one hump, which a bell curve can express.",
                ALL_ON | {"world": "normal"},
            ),
            Preset(
                "What if there is no approximation error?",
                "This is the first experiment with each fit solved exactly.",
                ALL_ON | {"model.steps": "0"},
            ),
        ),
        MORE,
        OFFERS,
    ),
}
TOGGLES = {"sampling": "Sampling", "expressivity": "Expressivity", "approximation": "Approximation"}
PLENTY = 1000  # examples, from which on chance does little within some generations
EVENTS = (0.1, 0.03, 0.01, 0.003, 0.001)
LOSSES = {
    "likelihood": "The likelihood, no weights",
    "data-weighted": "Weighted by the density of the data",
    "model-weighted": "Weighted by the model’s own density",
    "density-power": "Density power divergence, corrected",
}


class CausesDesk(PanelDesk):
    """The panels of this page; a model that does not keep its params measures on the way what they draw."""

    panels = PANELS

    @property
    def watches(self) -> tuple[str, ...]:
        return tuple(m for m in ("valley", "kl_world_model", "mean_drift") if drawn(self.scenario, m))


def drawn(s: Scenario, metric: str) -> bool:
    """Is a metric drawn here?  An integral over thousands of kernels takes too long, and a bin that is empty makes it infinite."""
    return metric in measurable(s) and (s.model.compact or metric != "kl_world_model")


def sampling(view: View) -> None:
    """What a sample misses, and what that does."""
    s, n = view.result.scenario, view.result.scenario.n
    parts = ("sampling" if alone(s) else "sampling.mixed", "sampling.event")
    after = view.text["sampling.itself" if only_replaces(s) else "sampling.real"]
    st.markdown(" ".join([*(view.text[part].format(n=f"{n:,}", missed=percent(0.99**n)) for part in parts), after]))
    pair(view, "sampling", "variance", "smaller_tail")
    st.subheader(view.text["sampling.missed"].format(n=f"{n:,}"), anchor=False)
    rows = ((f"An event that happens in {percent(p)} of cases", percent((1 - p) ** n)) for p in EVENTS)
    table(("What", "It is missing from the sample with probability (1 − p)ⁿ"), rows)


def alone(s: Scenario) -> bool:
    """Is sampling the only error: a bell curve, fitted exactly, that learns from one and speaks as it believes?"""
    exact = isinstance(s.model, Gaussian) and not s.model.steps and not s.model.rows
    return isinstance(s.world, NormalWorld) and exact and s.decoder.neutral and not s.curator.single


def data(view: View) -> str:
    """How many examples there are, and whether chance matters."""
    n = view.result.scenario.n
    return view.text["data.many" if n >= PLENTY else "data.few"].format(n=f"{n:,}")


def expressivity(view: View) -> None:
    """What a family cannot express, and whether that compounds."""
    s = view.result.scenario
    humps = view.text["expressivity.humps"] if "valley" in measurable(s) else ""
    st.markdown(f"{data(view)} {view.text['expressivity']} {humps}")
    pair(view, "expressivity", "valley", "kl_world_model")
    st.subheader(view.text["expressivity.spiral.head"], anchor=False)
    view.tell("expressivity.spiral")
    plain = replace(PANELS["expressivity"].base, generations=20)
    noisy = replace(plain, n=50, lineages=200)
    blurred = Scenario.from_query({"model": "kde", "model.bandwidth": "fixed", "model.h": "0.3"}, plain)
    curves = {
        "one bell curve, endless data": computed(plain),
        "kernel density, endless data": computed(blurred),
        "one bell curve, 50 examples": median(trajectory_of(noisy).measure("kl_world_model")),
    }
    note = view.text["expressivity.spiral.note"].format(lineages=noisy.lineages, width=blurred.to_query()["model.h"])
    look = Look("excess loss on real data (nats)", 2.0)
    view.chart(several(plain, "spiral", curves, look, say=view.text["expressivity.spiral.say"], note=note), "spiral")


def computed(s: Scenario, metric: str = "kl_world_model") -> np.ndarray | None:
    """A metric by generation where data are endless, (T+1,); None where that is not known."""
    measure = METRICS[metric].function
    try:
        believed = noted(s, "endless", lambda: endless(s))
    except ImpossibleError:
        return None
    return np.array([float(np.squeeze(measure(belief, s.world))) for belief in believed])


def approximation(view: View) -> None:
    """What a fit that falls short does."""
    st.markdown(f"{data(view)} {view.text['approximation']}")
    pair(view, "approximation", "variance", "mean_drift")
    st.subheader(view.text["approximation.losses.head"], anchor=False)
    a, one = 0.1, Scenario.from_query("n=20000&generations=1&lineages=40&seed=1")
    view.tell("approximation.losses", n=f"{one.n:,}", alpha=f"{a}")
    rows = []
    for loss, name in LOSSES.items():
        asked = Scenario.from_query({"model.loss": loss, "model.alpha": f"{a}"}, one)
        left, law = trajectory_of(asked).measure("variance")[:, 1], limit(loss, a)
        within = 1.96 * error_of_mean(left)
        rows.append((name, f"{left.mean():.3f} ± {within:.3f}", f"{law:.3f}", halving(law)))
    table(("Loss", "Variance left, measured", "With endless data", "Half of the variance is gone"), rows)
    view.tell("approximation.overfit")


def together(view: View) -> None:
    """The switchboard."""
    view.tell("together")
    measured = {name: losses_of(family) for name, family in FAMILIES.items()}
    left, right = st.columns(2, gap="large")
    with left:
        name = st.segmented_control("Family", list(FAMILIES), default="bell curve", required=True, key="causes_family")
        family = FAMILIES[name]
        on = tuple(
            int(st.toggle(TOGGLES[cause], value=True, key=f"causes_{cause}", help=getattr(family, cause).says))
            for cause in CAUSES
        )
        view.chart(worlds(family, measured[name], on), "worlds")
    with right:
        found = {name: decomposed(values) for name, values in measured.items()}
        view.chart(shares(found, family), "shares")
    for name, d in found.items():
        st.markdown(as_quote(_in_short(name, d)))
    rows = ((name, *(getattr(f, cause).says for cause in CAUSES)) for name, f in FAMILIES.items())
    table(("Family", "Sampling error", "Expressivity error", "Approximation error"), rows)


def losses_of(family: Family) -> np.ndarray:
    """The eight losses of a family, once for everybody."""
    return noted(family.base, "switches", lambda: losses(family), family.name)


def _in_short(name: str, d: Decomposition) -> str:
    """Whether the errors add up, in a sentence."""
    if d.adds:
        return f"In the family “{name}” the three errors add up exactly."
    both = f"In the family “{name}” the three errors together lose {d.total.mean:.2f} nats."
    ends = sorted((abs(d.interaction.low), abs(d.interaction.high)))
    if d.interaction.low <= 0 <= d.interaction.high:
        return (
            f"{both} That differs from the sum of what each does alone by no more than chance allows (95% interval of the "
            f"difference: {minus(f'{d.interaction.low:.2f}')} to {minus(f'{d.interaction.high:.2f}')})."
        )
    interval = f"(95% interval: {ends[0]:.2f} to {ends[1]:.2f})"
    if d.interaction.mean > 0:
        return f"{both} That is {d.interaction.mean:.2f} more than the sum of what each does alone {interval}."
    return f"{both} That is {-d.interaction.mean:.2f} less than the sum of what each does alone {interval}."


def halving(factor: float) -> str:
    """After how many generations half of the variance is gone, whatever the sample size."""
    return "never, by this alone" if factor == 1.0 else f"after {np.log(0.5) / np.log(factor):.1f} generations"


def pair(view: View, panel: str, *metrics: str) -> None:
    """Charts side by side, with the words of a panel; what this run does not have is left out."""
    s = view.result.scenario
    there = [m for m in metrics if drawn(s, m)]
    for column, metric in zip(st.columns(len(metrics), gap="large"), there, strict=False):
        curve = computed(s, metric) if panel == "expressivity" else None
        level = None if curve is None else ("endless data, computed", curve)
        with column:
            view.over_time(metric, level=level, panel=panel, real=percent(at_world(s.world, metric)))


PARTS = {
    "sampling": sampling,
    "expressivity": expressivity,
    "approximation": approximation,
    "together": together,
}


def rest(view: View) -> None:
    opened = view.desk.opened
    st.header(view.text[f"{opened}.head"], anchor=False)
    PARTS[opened](view)
    view.stages()
    st.caption(view.text["stages.wide"])
    popular("causes")


LESSON = lesson_of(
    CausesDesk,
    name="causes",
    title="Causes",
    hero="narrowing",
    picture=lambda result: narrowing(result.trajectory, result.lineage, result.params, result.passed_on),
    rest=rest,
    metric="variance",
    sources=(SHUMAILOV, ALEMOHAMMAD, BORJI, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
