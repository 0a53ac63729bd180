"""Digits fade: a variational autoencoder learns from its own digits, until they all look the same."""

import numpy as np
import streamlit as st

from collapse.figures.latents import digits_drawn, latent_plane, spectrum
from collapse.figures.loss import losses
from collapse.figures.wall import own_digit, wall_picture
from collapse.latents import classes, plane, spectra, telling
from collapse.metrics.pictures import healthy_coverage
from collapse.models.imagined import VaeParams
from collapse.models.implicit import CLOUD
from collapse.models.vae import Vae, unlearnt
from collapse.policies import Mix
from collapse.scenario import Scenario
from collapse.sources import BURDA, DIGITS, KINGMA, LUCAS, NAEEM, OURS, SHUMAILOV, TIPPING
from collapse.speech import percent
from collapse.ui.controls import Dial, Preset
from collapse.ui.experiments import ITSELF
from collapse.ui.lesson import Lesson, View, show
from collapse.ui.pad import pad
from collapse.ui.prose import as_quote
from collapse.ui.reader import reader
from collapse.wall import redrawn
from collapse.worlds import Digits

BASE = Scenario(Digits(), Vae(), policy=Mix(synthetic=1.0), n=500, generations=20, lineages=4, seed=1)
OFFERS = {"world": ("digits",), "model": ("vae", "linear-vae")}
DIALS = (
    Dial(
        "n",
        "Images in each generation",
        50,
        1000,
        hint="how many images each model learns from, or, if all earlier ones are kept, how many each generation adds",
    ),
    Dial("generations", "Generations", 2, 30),
    Dial("policy.synthetic", "AI-made data (synthetic)", 0.0, 1.0, percent=True),
)
SIZES = {"n": "500", "generations": "20", "lineages": "4"}
NETWORK = SIZES | {
    "model": "vae",
    "model.latents": "8",
    "model.width": "64",
    "model.epochs": "20",
    "model.rate": "0.01",
    "model.speaking": "means",
}
PRESETS = (
    Preset(
        "What does the published recipe do?",
        "Each model passes on averages without the noise around them (decoder means), as in the code of the Nature paper. "
        "Nothing is kept.",
        NETWORK | ITSELF,
    ),
    Preset(
        "What if the noise is passed on?",
        "The noise that the decoder expects in every pixel is passed on as well, and not only its means.",
        NETWORK | ITSELF | {"model.speaking": "samples"},
    ),
    Preset(
        "Do 10% real digits help?",
        "Fifty of the five hundred images of every generation are real and new.",
        NETWORK | {"policy": "mix", "policy.synthetic": "0.9"},
    ),
    Preset(
        "What if every image is kept?",
        "Every model learns from all images so far, real and AI-made. This run is shorter, and there are fewer images in it.",
        NETWORK | {"policy": "accumulate", "n": "200", "generations": "10", "lineages": "2"},
    ),
    Preset(
        "What if training ends early?",
        "Training ends after 3 rounds through the images instead of 20.",
        NETWORK | ITSELF | {"model.epochs": "3"},
    ),
    Preset(
        "Are two latents enough?", "Two numbers must describe a whole image.", NETWORK | ITSELF | {"model.latents": "2"}
    ),
    Preset(
        "Does it draw new digits, or copies?",
        "A wide network goes 300 times through only 50 images.",
        NETWORK
        | ITSELF
        | {"n": "50", "model.width": "256", "model.epochs": "300", "generations": "8", "lineages": "2"},
    ),
    Preset(
        "What if training were perfect?",
        "A linear autoencoder is solved exactly, so nothing is lost to poor training. A law says when each latent would "
        "die with endless data.",
        ITSELF
        | {
            "model": "linear-vae",
            "model.latents": "10",
            "model.speaking": "means",
            "n": "500",
            "generations": "30",
            "lineages": "24",
        },
    ),
)
MORE = {
    "model": "Model",
    "world.digits": "Which digits",
    "model.latents": "Latents",
    "model.speaking": "What is passed on",
    "model.noise": "Noise",
    "model.start": "Each model starts from",
    "model.epochs": "Epochs",
    "model.rate": "Learning rate",
    "model.width": "Hidden units",
    "model.batch": "Batch size",
    "model.beta": "Weight of the KL",
    "policy": "What the next model learns from (training data)",
    "decoder.temperature": "Temperature",
    "decoder.top_p": "Top-p",
    "lineages": "Chains",
    "seed": "Seed",
}


def latents(view: View, usual: tuple[int, int]) -> tuple[int, int] | None:
    """Which two latents the plane shows: the reader chooses, beginning with the `usual` ones, of every run that has others."""
    of = view.result.scenario.model.latents  # type: ignore[attr-defined]
    if of < 3 or "more" in view.desk.hidden:
        return None  # there is nothing to choose
    chosen = [
        column.selectbox(name, range(1, of + 1), index=begin, key=f"digits_plane_{name.split()[-1]}_{of}_{begin}")
        for column, name, begin in zip(st.columns(2), ("Latent across", "Latent up"), usual, strict=True)
    ]
    return chosen[0] - 1, chosen[1] - 1


def rest(view: View) -> None:
    world = view.result.scenario.world
    assert isinstance(world, Digits)
    s, life = view.result.scenario, view.result.params
    nats = view.result.trajectory.measure("latent_nats")[:, 1]
    if isinstance(s.model, Vae) and (said := unlearnt(s.model, nats)):
        st.info(as_quote(said))
    left, right = st.columns(2, gap="large")
    with left:
        view.chart(latent_plane(s, plane(s, life, latents(view, telling(s, life)))), "latent_plane")
        view.over_time("live_classes")
        healthy = healthy_coverage(len(world.unread), CLOUD)
        view.over_time("coverage", level=("as many real digits as drawings", healthy), healthy=percent(healthy))
        if s.model.silent:
            st.caption(as_quote(f"The ELBO of unread digits is not shown: {s.model.silent}."))
        else:
            view.over_time("elbo")
    with right:
        view.chart(digits_drawn(s, classes(s, life)), "digits_drawn")
        view.chart(spectrum(s, *spectra(s, life)), "spectrum")
        view.over_time("latent_nats")
        view.over_time("memorised")
        if isinstance(life, VaeParams):
            view.chart(losses(s, life.losses), "losses")
    view.stages()
    st.header("What would they make of your digit?", anchor=False)
    draw, see = st.columns([3, 7], gap="large")
    with draw:
        st.markdown(view.text["own_digit"])
        own = pad(key="digits_pad")
    with see:
        if own is None:
            st.caption("Here you will see your digit, drawn again by every generation.")
        else:
            reader(own_digit(s, redrawn(s, life, own[None], np.array([-1]))), key="own_digit")


LESSON = Lesson(
    name="digits",
    title="Digits fade",
    base=BASE,
    offers=OFFERS,
    dials=DIALS,
    presets=PRESETS,
    more=MORE,
    hero="wall",
    picture=lambda result: wall_picture(result.scenario, result.wall),
    rest=rest,
    metric="live_classes",
    sources=(SHUMAILOV, DIGITS, KINGMA, TIPPING, LUCAS, BURDA, NAEEM, OURS),
)

if __name__ == "__main__":  # Streamlit runs the file; the book only reads it
    show(LESSON)
