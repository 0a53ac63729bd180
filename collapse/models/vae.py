"""A variational autoencoder: an encoder and a decoder with one hidden layer each, trained by Adam in every generation.

All lineages are trained at once, as stacked matrices (`network`).  In it all three errors meet: few images (sampling), a small
network (what it can express), and a training that ends before it is done or falls into a bad valley (what it has learnt).
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from collapse.beliefs.pictures import Gallery, Pictures
from collapse.data import Array, Data, Rows
from collapse.decoding import Decoder
from collapse.going_on import step_by_step
from collapse.models.base import Cost, Model
from collapse.models.imagined import Imagined, VaeParams, said
from collapse.models.implicit import CLOUD
from collapse.models.linear_vae import COST_OF_A_CLOUD, LOOKUP, NOISE, PIXELS, SPEAKING
from collapse.models.network import Adam, Weights, fresh, step
from collapse.spec import knob
from collapse.worlds import Digits, World
from collapse.worlds.digits import BLACK

LEAST_NOISE = 1e-4  # σ² of a pixel between 0 and 1: a sixth of a grey level


@dataclass(frozen=True)
class Vae(Model):
    """A VAE with Gaussian latents and one hidden layer each way; one noise σ² for all pixels, the mean squared error."""

    kind = "vae"
    says = "a variational autoencoder"
    space = "images"
    dimensions = PIXELS
    rows = True
    compact = False
    density = False
    patience = 6
    Params = VaeParams

    latents: int = knob(8, "how many numbers describe an image", label="latents", low=1, high=20)
    width: int = knob(
        64, "how many hidden units the encoder and the decoder have", label="width", low=2, high=256, log=True
    )
    epochs: int = knob(
        20,
        "how often training goes through the data; with few rounds it stops early",
        label="epochs",
        low=1,
        high=1000,
        log=True,
    )
    rate: float = knob(
        0.01,
        "the size of a step of Adam; if it is too large, nothing is learnt",
        label="learning rate",
        low=1e-5,
        high=0.5,
        log=True,
    )
    batch: int = knob(
        50, "how many images a step of the training looks at", label="batch size", low=1, high=1000, log=True
    )
    beta: float = knob(
        1.0,
        "the weight of the KL term; at 1 the loss is the negative ELBO, and above 1 the latents say less",
        label="weight of the KL",
        low=0.0,
        high=20.0,
    )
    start: str = knob(
        "fresh",
        "each model is trained from random weights, or from its parent’s",
        label="start",
        choices={"fresh": "from random weights", "parent": "from its parent’s weights"},
    )
    speaking: str = knob(
        "means",
        "what the decoder says is passed on with its noise, or without it, as is usual in published code",
        label="what is passed on",
        choices=SPEAKING,
    )
    noise: str = knob(
        "kept",
        "the noise of a pixel is learned by the first model and stays, or every model learns its own",
        label="noise",
        choices=NOISE,
    )

    @property
    def loud(self) -> bool:
        """Is the noise passed on?"""
        return self.speaking == "samples"

    def sample(self, params: VaeParams, n: int, decoder: Decoder, rng: np.random.Generator) -> Array:
        """A temperature scales the variance of the latent draw and of the noise; top-p keeps the inner part of both together."""
        return said(params, decoder.standard_normal((len(params.noise), n, self._inputs), rng))

    @property
    def _inputs(self) -> int:
        """Gaussian numbers that make an image: the latents, and one for each pixel if its noise is passed on."""
        return self.latents + (PIXELS if self.loud else 0)

    def fit(self, data: Data, parent: Any, rng: np.random.Generator) -> VaeParams:
        assert isinstance(data, Rows)
        x = np.asarray(data.x / BLACK, dtype=np.float32)
        lineages, _, d = x.shape
        w = fresh(lineages, d, self.width, self.latents, rng)
        if parent is not None and self.start == "parent":
            w = Weights(*(a.copy() for a in parent.weights))
        hold = parent is not None and self.noise == "kept"
        noise = parent.noise if hold else np.maximum(x.var(axis=-2).mean(axis=-1), LEAST_NOISE)
        adam, losses = Adam(w, self.rate), np.empty((lineages, self.epochs))
        for epoch in range(self.epochs):
            error, kl = self._epoch(adam, x, noise, rng)
            if not hold:
                noise = np.maximum(error / d, LEAST_NOISE).astype(np.float32)
            losses[:, epoch] = error / (2 * noise) + d / 2 * np.log(2 * np.pi * BLACK**2 * noise) + self.beta * kl
        return VaeParams(*w, noise, losses)

    def _epoch(self, adam: Adam, x: Array, noise: Array, rng: np.random.Generator) -> tuple[Array, Array]:
        """Once through the images x (R, n, d), in an order of its own in each lineage; what does not fill a batch waits for the next
        time.  The mean of (‖x − y‖², KL), each (R,)."""
        lineages, n = x.shape[:2]
        size, parts = min(self.batch, n), []
        order = np.argsort(rng.random((lineages, n), dtype=np.float32), axis=-1)
        for begin in step_by_step(range(0, n - size + 1, size)):
            chosen = np.take_along_axis(x, order[:, begin : begin + size, None], axis=1)
            eps = rng.standard_normal((lineages, size, self.latents), dtype=np.float32)
            found = step(adam.weights, chosen, noise, self.beta, eps)
            adam.follow(found.slope)
            parts.append((found.error, found.kl))
        error, kl = np.mean(parts, axis=0)
        return error, kl

    def belief(self, params: VaeParams) -> Imagined:
        return Imagined(params, self._inputs)

    def truth(self, world: World, n: int) -> Pictures:
        """The real images; latents they have none until a model has learnt some."""
        assert isinstance(world, Digits)
        return _gallery(world)

    def held(self, world: World, decoder: Decoder, n: int, distinct: bool) -> int:
        """What is handled at once is a batch in both networks; of the images waiting for their turn a quarter is counted, so that
        several lineages are trained together."""
        return max(n * world.d // 4, min(self.batch, n) * 2 * (world.d + self.width))

    def cost(self, world: World, decoder: Decoder, n: int, distinct: bool) -> Cost:
        """Every step multiplies both networks by a batch three times, and Adam handles every weight ten times."""
        size = min(self.batch, n)
        weights = 2 * self.width * world.d + 3 * self.width * self.latents
        steps = self.epochs * max(n // size, 1)
        return Cost(
            observing=n * world.d,
            sampling=n * (world.d + self._inputs) + n * weights // 200,
            fitting=CLOUD * world.d // 4,
            iterating=steps * (size * weights // 250 + size * (world.d + 2 * self.width) // 8 + weights // 4),
            iterating_block=steps * 4000,
            integral=COST_OF_A_CLOUD,
            lookup=LOOKUP,
            levers=("epochs", "width"),
        )


def unlearnt(model: Vae, nats: Array) -> str:
    """A sentence if training has not taught the first generation anything, or an empty text; `nats`: its `latent_nats`, (R,).

    No number overflows when a learning rate is too large: latents just say nothing of an image, less than one nat.
    """
    if np.median(nats) >= 1:
        return ""
    return (
        f"The first model has learnt next to nothing (its latents say {np.median(nats):.2f} nats of an image, and a healthy model "
        f"says more than 1): a learning rate of {model.rate:g} with {model.epochs} epochs and a weight of the KL of {model.beta:g} "
        "does not lead to a model of these digits."
    )


@lru_cache(maxsize=32)
def _gallery(world: Digits) -> Gallery:
    return Gallery(world.rows)
