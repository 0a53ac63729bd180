"""Autoencoders of digits against scikit-learn's PCA and against PyTorch, side by side in one run: `python -m benchmarks.digits`.

PyTorch is no dependency of ours: where it is not installed, that line is left out.
"""

import argparse
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.engine import agree, timed
from benchmarks.report import Line, Report, high, middle, say
from collapse import Scenario, run
from collapse.models.linear_vae import LinearVae
from collapse.models.vae import Vae
from collapse.worlds import Digits

LINEAR = Scenario(Digits(), LinearVae(), n=1500, generations=30, lineages=50)
TRAINED = Scenario(Digits(), Vae(), n=1000, generations=10, lineages=8)
FEW = 3  # lineages of the loop over scikit-learn; the rest is extrapolated


def scikit_pca(s: Scenario, lineages: int, seed: int) -> np.ndarray:
    """The signal of the last generation, (lineages,): PCA of rows, then rows again, one lineage after the other."""
    from sklearn.decomposition import PCA

    model, rng, found = s.model, np.random.default_rng(seed), []
    assert isinstance(model, LinearVae)
    for _ in range(lineages):
        x, kept = s.world.sample((s.n,), rng), None
        for _ in range(s.generations):
            pca = PCA(model.latents, svd_solver="covariance_eigh").fit(x)
            noise = pca.noise_variance_ if kept is None or model.noise == "refitted" else kept
            kept = noise
            signal = np.maximum(pca.explained_variance_ - noise, 0)
            x = pca.mean_ + rng.standard_normal((s.n, model.latents)) * np.sqrt(signal) @ pca.components_
            if model.loud:
                x += np.sqrt(noise) * rng.standard_normal(x.shape)
        found.append(signal.sum())
    return np.array(found)


def linear(report: Report, repeats: int) -> None:
    """30 generations of a linear VAE with 10 latents and 1500 images: one lineage, and 50 against a loop."""
    alone = [timed(lambda k=k: run(replace(LINEAR, lineages=1, seed=k)))[0] for k in range(repeats)]
    report.add(
        Line("linear VAE, 1 lineage × 30 generations, n = 1500", "s", alone, [], "at most 0.3 s", high(alone) <= 0.3)
    )
    for model, factor in ((LinearVae(), 10), (LinearVae(speaking="samples", noise="refitted"), 4)):
        s, ours, plain = replace(LINEAR, model=model), [], []
        for seed in range(repeats):
            took, t = timed(lambda s=s, k=seed: run(replace(s, seed=k), keep="signal").measure("signal")[:, -1])
            ours.append(took)
            took, other = timed(lambda s=s, k=seed: scikit_pca(s, FEW, k))
            plain.append(took * s.lineages / FEW)
        agree(str(model), np.asarray(t), np.asarray(other))
        met = high(ours) <= 5 and middle(plain) / middle(ours) >= factor
        name = f"linear VAE, {model.speaking}, 50 lineages × 30 generations, n = 1500, against scikit-learn's PCA"
        report.add(
            Line(name, "s", ours, plain, f"at most 5 s and {factor} ×", met, f"plain: {FEW} lineages, scaled up")
        )


def torch_vae(s: Scenario, lineages: int) -> np.ndarray:
    """The noise that each lineage learns in generation 1, (lineages,): PyTorch with the same updates, one after the other."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    model: Any = s.model
    found = []
    for lineage in range(lineages):
        torch.manual_seed(lineage)
        x = torch.tensor(s.world.sample((s.n,), np.random.default_rng(lineage)) / 16, dtype=torch.float32)
        encoder = nn.Sequential(nn.Linear(64, model.width), nn.ReLU(), nn.Linear(model.width, 2 * model.latents))
        decoder = nn.Sequential(
            nn.Linear(model.latents, model.width), nn.ReLU(), nn.Linear(model.width, 64), nn.Sigmoid()
        )
        for layer, gain in ((encoder[0], 2), (encoder[2], 1), (decoder[0], 2), (decoder[2], 1)):  # as ours begin
            nn.init.normal_(layer.weight, std=(gain / layer.in_features) ** 0.5)
            nn.init.zeros_(layer.bias)
        adam = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], model.rate)
        noise = x.var(dim=0).mean().item()
        for _ in range(model.epochs):
            order, errors = torch.randperm(s.n), []
            for begin in range(0, s.n - model.batch + 1, model.batch):
                batch = x[order[begin : begin + model.batch]]
                mean, log = encoder(batch).chunk(2, dim=1)
                y = decoder(mean + torch.exp(log / 2) * torch.randn_like(mean))
                error = ((batch - y) ** 2).sum(dim=1).mean()
                loss = error / (2 * noise) + model.beta * 0.5 * (mean**2 + log.exp() - 1 - log).sum(dim=1).mean()
                adam.zero_grad()
                loss.backward()
                adam.step()
                errors.append(error.item())
            noise = float(np.mean(errors)) / 64
        found.append(noise)
    return np.array(found)


def trained(report: Report, repeats: int) -> None:
    """8 lineages × 10 generations of the VAE, and one generation of 8 lineages against PyTorch."""
    whole = [
        timed(lambda k=k: run(replace(TRAINED, seed=k), keep="latent_nats"))[0] for k in range(max(1, repeats // 3))
    ]
    name = "VAE, 8 lineages × 10 generations, n = 1000"
    report.add(Line(name, "s", whole, [], "at most 12 s", high(whole) <= 12, "one thread; two cores share 8 lineages"))
    if not find_spec("torch"):
        say("PyTorch is not installed: left out")
        return
    first, ours, plain = replace(TRAINED, generations=1), [], []
    for seed in range(repeats):
        took, t = timed(lambda k=seed: run(replace(first, seed=k)).params.noise[:, 0])
        ours.append(took)
        took, other = timed(lambda: torch_vae(first, first.lineages))
        plain.append(took)
    agree("noise of a pixel", np.asarray(t), np.asarray(other))
    met = middle(ours) <= middle(plain)
    report.add(
        Line(
            "VAE, 8 lineages × 1 generation, n = 1000, against PyTorch",
            "s",
            ours,
            plain,
            "no slower",
            met,
            "one thread",
        )
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--only", choices=("linear", "trained"), nargs="+")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args()
    report = Report("Autoencoders of digits", {"repeats": asked.repeats})
    parts = {"linear": linear, "trained": trained}
    for name in asked.only or parts:
        say(name)
        parts[name](report, asked.repeats)
    return report.finish(asked.json)


if __name__ == "__main__":
    sys.exit(main())
