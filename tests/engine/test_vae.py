"""The nonlinear VAE: gradients against finite differences and autograd, Adam against its paper's lines, the rest by hand."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from scipy import stats
from scipy.special import logsumexp

from collapse.blocks import blocks
from collapse.budget import BUDGET, within, worst_case_cost
from collapse.data import Rows
from collapse.decoding import Decoder
from collapse.laws import LAWS, law_for
from collapse.metrics import METRICS, measurable, pictures
from collapse.models.imagined import VaeParams
from collapse.models.linear_vae import LinearVae
from collapse.models.network import Adam, Weights, decode, divergence, encode, fresh, step
from collapse.models.vae import LEAST_NOISE, Vae, unlearnt
from collapse.policies import POLICIES, Accumulate
from collapse.recursion import replay, run
from collapse.scenario import Scenario
from collapse.wall import typical, wall
from collapse.worlds import Digits

from .harness import agree, z_scores
from .test_digits import PICTURE_METRICS

WORLD = Digits()
SMALL = Vae(latents=3, width=16, epochs=2, batch=50)
S = Scenario(WORLD, SMALL, n=100, generations=3, lineages=5, seed=3)
RNG = np.random.default_rng(1)
WEIGHTS = Weights(*(a.astype(float) + 0.1 * RNG.standard_normal(a.shape) for a in fresh(3, 10, 7, 4, RNG)))
X, EPS, NOISE = RNG.random((3, 6, 10)), RNG.standard_normal((3, 6, 4)), np.array([0.05, 0.3, 1.0])


# ---- gradients


def loss_of(weights: tuple, lineage: int, beta: float, xp=np):
    """The loss of one lineage, written again plainly: one image at a time, with no stack."""
    w1, b1, w2, b2, w3, b3, w4, b4 = weights
    total = 0.0
    for x, eps in zip(X[lineage], EPS[lineage], strict=True):
        out = xp.dot(xp.maximum(xp.dot(x, w1) + b1[0], 0), w2) + b2[0]
        mean, log_square = out[:4], out[4:]
        z = mean + xp.exp(log_square / 2) * eps
        y = 1 / (1 + xp.exp(-(xp.dot(xp.maximum(xp.dot(z, w3) + b3[0], 0), w4) + b4[0])))
        kl = xp.sum(mean**2 + xp.exp(log_square) - 1 - log_square) / 2
        total = total + xp.sum((x - y) ** 2) / (2 * NOISE[lineage]) + beta * kl
    return total / len(X[lineage])


@pytest.mark.parametrize("beta", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("lineage", range(3))
def test_the_gradient_is_autograd_s(lineage, beta):
    found = step(WEIGHTS, X, NOISE, beta, EPS)
    alone = tuple(a[lineage] for a in WEIGHTS)
    assert found.loss[lineage] == pytest.approx(loss_of(alone, lineage, beta))
    theirs = autograd.grad(lambda w: loss_of(w, lineage, beta, anp))(alone)
    for name, ours, other in zip(Weights._fields, found.slope, theirs, strict=True):
        np.testing.assert_allclose(ours[lineage], other, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.parametrize("name", Weights._fields)
def test_the_gradient_is_a_finite_difference(name):
    """Every weight of one matrix, by central differences of 1e-6; control: the slope of another β is refused."""
    slope, other = (getattr(step(WEIGHTS, X, NOISE, beta, EPS).slope, name) for beta in (1.0, 3.0))
    found = np.empty_like(slope)
    for place in np.ndindex(slope.shape):
        ends = []
        for sign in (1, -1):
            moved = [a.copy() for a in WEIGHTS]
            moved[Weights._fields.index(name)][place] += sign * 1e-6
            ends.append(step(Weights(*moved), X, NOISE, 1.0, EPS).loss[place[0]])
        found[place] = (ends[0] - ends[1]) / 2e-6
    np.testing.assert_allclose(found, slope, rtol=1e-4, atol=1e-6)
    if name in ("w1", "b1", "w2", "b2"):
        assert not np.allclose(found, other, rtol=1e-4, atol=1e-6)


def test_a_clipped_variance_has_no_slope():
    far = WEIGHTS._replace(b2=WEIGHTS.b2 + np.r_[np.zeros(4), np.full(4, 50.0)])
    assert encode(far, X)[1].max() == 10
    assert (step(far, X, NOISE, 1.0, EPS).slope.b2[..., 4:] == 0).all()


def test_adam_is_that_of_its_paper():
    """Algorithm 1 of Kingma and Ba (2015) for 40 steps on noisy slopes, number by number (its ε stands beside the corrected root)."""
    rng, rate = np.random.default_rng(2), 0.03
    weights = Weights(*(rng.standard_normal((2, 3, 4)) for _ in Weights._fields))
    theta, m, v = weights.w3[1, 2, 0], 0.0, 0.0
    adam = Adam(weights, rate)
    for t in range(1, 41):
        slope = Weights(*(rng.standard_normal((2, 3, 4)) for _ in Weights._fields))
        adam.follow(slope)
        g = slope.w3[1, 2, 0]
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        theta -= rate * (m / (1 - 0.9**t)) / (math.sqrt(v / (1 - 0.999**t)) + 1e-8)
        assert weights.w3[1, 2, 0] == pytest.approx(theta, rel=1e-5)


def test_kl_is_that_of_two_gaussians():
    """By quadrature, for one latent; two latents add up."""
    z = np.linspace(-12, 12, 20_001)
    p = stats.norm(0.7, math.exp(-0.4))
    by_hand = np.trapezoid(p.pdf(z) * (p.logpdf(z) - stats.norm.logpdf(z)), z)
    one = divergence(np.array([0.7]), np.array([-0.8]))
    assert float(one) == pytest.approx(by_hand, rel=1e-8)
    assert float(divergence(np.array([0.7, 0.7]), np.array([-0.8, -0.8]))) == pytest.approx(2 * by_hand, rel=1e-8)


# ---- training


@cache
def first(**knobs) -> tuple[Vae, VaeParams]:
    model = Vae(**knobs)
    s = Scenario(WORLD, model, n=800, generations=1, lineages=2, seed=1)
    return model, VaeParams(*(a[:, 0] for a in run(s).params))


def test_a_healthy_model_has_learnt_to_draw():
    """At the defaults, from 800 images: more than one nat, every digit alive, and a better ELBO than the best linear VAE."""
    model, params = first()
    belief = model.belief(params)
    value = {name: METRICS[name].function(belief, WORLD) for name in PICTURE_METRICS}
    assert (value["latent_nats"] > 5).all()
    assert (value["live_classes"] == 10).all()
    assert (value["coverage"] > 0.8).all()
    assert (value["memorised"] < 0.02).all()
    linear = run(Scenario(WORLD, LinearVae(latents=8), n=800, generations=1, lineages=2, seed=1)).measure("elbo")[:, 1]
    assert value["elbo"].mean() > linear.mean() - 3
    assert unlearnt(model, value["latent_nats"]) == ""


def test_the_losses_are_those_of_training_and_fall():
    """The curve falls, begins alike whatever comes later, and ends near the ELBO of what was learnt, in its unit."""
    data = Rows(WORLD.rows[None, :500])
    params = Vae(epochs=12).fit(data, None, np.random.default_rng(5))
    losses = params.losses[0]
    assert losses.shape == (12,)
    assert losses[-1] < losses[3] < losses[0]
    np.testing.assert_allclose(Vae(epochs=3).fit(data, None, np.random.default_rng(5)).losses[0], losses[:3])
    learnt = -Vae(epochs=12).belief(params).elbo(WORLD.rows[:500])[0]
    assert losses[-1] == pytest.approx(learnt, abs=4)


def test_threads_give_the_numbers_of_one():
    s = replace(S, n=200, lineages=40)
    assert len(list(blocks(s))) > 1
    with ThreadPoolExecutor(2) as pool:
        together = run(s, executor=pool)
    for a, b in zip(together.params, run(s).params, strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_noise_is_the_error_of_the_last_epoch_or_the_parent_s():
    model, params = first()
    x = (WORLD.rows / 16).astype(np.float32)
    again = decode(Weights(*(a[0] for a in params.weights)), encode(Weights(*(a[0] for a in params.weights)), x)[0])
    assert params.noise[0] == pytest.approx(((x - again) ** 2).mean(), rel=0.35), (
        "with the noise of the latents a little more"
    )
    data, rng = Rows(np.repeat(WORLD.rows[None, :200], 2, axis=0)), np.random.default_rng(1)
    np.testing.assert_array_equal(model.fit(data, params, rng).noise, params.noise)
    assert (replace(model, noise="refitted").fit(data, params, rng).noise != params.noise).all()
    flat = Rows(np.full((1, 20, 64), 8.0))
    assert replace(model, epochs=200).fit(flat, None, rng).noise == pytest.approx(LEAST_NOISE)


def test_it_may_start_from_its_parent():
    """After one more epoch a child of a trained parent is as good as it; from fresh weights it is not.  The parent stays as it is."""
    model, params = first()
    data, before = Rows(np.repeat(WORLD.rows[None, :800], 2, axis=0)), [a.copy() for a in params]
    value = {}
    for start in ("parent", "fresh"):
        child = replace(model, start=start, epochs=1).fit(data, params, np.random.default_rng(1))
        value[start] = replace(model).belief(child).elbo(WORLD.unread).mean()
    own = model.belief(params).elbo(WORLD.unread).mean()
    assert value["parent"] > own - 5
    assert value["fresh"] < own - 30
    for a, b in zip(params, before, strict=True):
        np.testing.assert_array_equal(a, b)


def test_lineages_do_not_touch_each_other():
    """Two lineages in one stack on the same numbers are what each is alone: the stack only saves time."""
    x, eps = X[:, :5], EPS[:, :5]
    together = step(WEIGHTS, x, NOISE, 1.0, eps)
    for r in range(3):
        alone = step(Weights(*(a[r : r + 1] for a in WEIGHTS)), x[r : r + 1], NOISE[r : r + 1], 1.0, eps[r : r + 1])
        for a, b in zip(together.slope, alone.slope, strict=True):
            np.testing.assert_allclose(a[r], b[0], rtol=1e-12)


@pytest.mark.parametrize(
    "knobs",
    [
        {"rate": 0.5},
        {"rate": 0.5, "beta": 20.0, "batch": 1},
        {"rate": 1e-5},
        {"latents": 20, "width": 2},
        {"beta": 0.0, "epochs": 60},
        {"batch": 1000},
    ],
    ids=str,
)
def test_badly_chosen_knobs_give_a_bad_model_and_no_nan(knobs):
    model = Vae(**{"epochs": 10, **knobs})
    s = Scenario(WORLD, model, n=60, generations=3, lineages=2)
    t = run(s)
    assert all(np.isfinite(a).all() for a in t.params)
    for name in measurable(s):
        assert np.isfinite(t.measure(name)[:, 1:]).all(), name
    if knobs.get("rate") == 0.5:
        assert "learning rate of 0.5" in unlearnt(model, np.zeros(2))


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("model.epochs=0", "epochs"),
        ("model.rate=2", "rate"),
        ("model.latents=21", "latents"),
        ("model.width=1", "width"),
        ("n=1", "n"),
        ("model.batch=0", "batch"),
        ("model.beta=-1", "beta"),
        ("model.start=never", "start"),
    ],
)
def test_what_is_no_training_is_refused_by_the_name_of_the_knob(query, named):
    with pytest.raises(ValueError, match=f"{named}="):
        Scenario.from_query(f"world=digits&model=vae&{query}")


def test_an_hour_of_training_is_refused_and_says_what_to_lower():
    s = Scenario(WORLD, Vae(epochs=1000), n=1500, generations=50, lineages=50)
    with pytest.raises(ValueError, match=r"lower model\.epochs=1000, model\.width=64, n=1500"):
        within(s)
    assert worst_case_cost(s) > 100 * BUDGET
    within(Scenario(WORLD, Vae(), n=1000, generations=10, lineages=8))


# ---- speaking and belief


@pytest.mark.parametrize("loud", [False, True])
def test_samples_are_the_decoder_s_means_with_or_without_noise(loud):
    """2000 images against the means of the same latents, and the variance of what is left, false alarm 1e-5.

    Temperature scales both."""
    model, params = first(speaking="samples" if loud else "means")
    for temperature in (1.0, 0.25):
        x = model.sample(params, 2000, Decoder(temperature=temperature), np.random.default_rng(4))
        z = np.random.default_rng(4).standard_normal((2, 2000, 8 + 64 * loud)) * math.sqrt(temperature)
        means = 16 * decode(params.weights, z[..., :8].astype(np.float32))
        if not loud:
            np.testing.assert_allclose(x, means, atol=1e-4)
            continue
        rest = ((x - means) ** 2)[0].mean(axis=-1) / (256 * temperature)
        assert agree(z_scores(rest, params.noise[0]))
        assert not agree(z_scores(rest, 1.1 * params.noise[0]))


def test_the_elbo_is_a_bound_and_is_near_the_likelihood_by_importance():
    """ELBO ≤ log p(x), here by 20 000 draws from the encoder for each of 12 images, and on average less than 15 nats below it;
    and against the same expectation by other draws, false alarm 1e-5."""
    model, params = first()
    w, noise = Weights(*(a[0].astype(float) for a in params.weights)), float(params.noise[0])
    rng, images = np.random.default_rng(6), WORLD.unread[::30]
    bounds, likelihoods = [], []
    for image in images:
        x = image[None] / 16
        mean, log_square = encode(w, x)
        z = mean + np.exp(log_square / 2) * rng.standard_normal((20_000, 8))
        given = stats.norm.logpdf(image, 16 * decode(w, z), 16 * math.sqrt(noise)).sum(axis=1)
        weight = (
            given + stats.norm.logpdf(z).sum(axis=1) - stats.norm.logpdf(z, mean, np.exp(log_square / 2)).sum(axis=1)
        )
        bounds.append(given.mean() - float(divergence(mean, log_square)[0]))
        likelihoods.append(logsumexp(weight) - math.log(len(weight)))
    assert (np.array(bounds) < likelihoods).all()
    assert np.mean(bounds) > np.mean(likelihoods) - 15
    belief = model.belief(params)
    ours = np.array([float(belief.elbo(image[None])[0]) for image in images])
    assert agree(z_scores(ours - bounds, 0.0))
    assert float(belief.elbo(images)[0]) == pytest.approx(ours.mean(), abs=1.5)


def test_what_the_latents_say_by_hand():
    model, params = first()
    belief = model.belief(params)
    mean, log_square = encode(Weights(*(a[1] for a in params.weights)), (WORLD.unread / 16).astype(np.float32))
    assert belief.active(WORLD.unread)[1] == np.count_nonzero(mean.var(axis=0) > 0.01)
    kl = (np.square(mean) + np.exp(log_square) - 1 - log_square).sum() / 2 / len(mean)
    assert belief.nats(WORLD.unread)[1] == pytest.approx(kl, rel=1e-4)
    cloud = belief.samples((1,))
    assert belief.total[1] == pytest.approx(cloud.var(axis=0).sum(), rel=1e-6)
    assert float(pictures.signal(belief, WORLD)[1]) == pytest.approx(belief.total[1], rel=1e-4), "it says its means"


# ---- in the loop


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda p: p.kind)
@pytest.mark.parametrize("model", [SMALL, replace(SMALL, speaking="samples", start="parent")], ids=["means", "samples"])
def test_every_policy_trains_and_replays(policy, model):
    s = replace(S, model=model, policy=policy())
    names = measurable(s)
    assert set(names) == PICTURE_METRICS
    kept, whole = run(s, keep=names) if policy is Accumulate else None, run(s)
    for name in names if kept else ():  # of the defaults of every policy, test_combinations asks it
        np.testing.assert_allclose(kept.measure(name), whole.measure(name), rtol=1e-5, atol=1e-5, err_msg=name)
    for a, b in zip(replay(s, 3), whole.params, strict=True):
        np.testing.assert_array_equal(a, b[3])


def test_a_run_that_was_stopped_is_a_shorter_run():
    for a, b in zip(run(S).params, run(replace(S, generations=2)).params, strict=True):
        np.testing.assert_array_equal(a[:, :2], b)


def test_digits_fade_and_real_data_keep_them():
    """Replaced for 8 generations the variance falls below half of what one half of fresh real images keeps; too few epochs fade
    sooner, which is the third error by itself."""
    s = Scenario(WORLD, Vae(), n=400, generations=8, lineages=2)
    left = {}
    for name, knobs in {
        "replace": {},
        "mix": {"policy": POLICIES["mix"](synthetic=0.5)},
        "hasty": {"model": Vae(epochs=5)},
    }.items():
        left[name] = run(replace(s, **knobs), keep="variance").measure("variance")[:, -1].mean()
    assert left["replace"] < left["mix"] / 2
    assert left["hasty"] < left["replace"] / 1.5


@pytest.mark.parametrize("model", [LinearVae(), SMALL], ids=lambda m: m.kind)
def test_a_wall_is_the_same_images_drawn_again(model):
    """Row 0 is real and read rightly; each other row is that generation's own decoder of its own encoder; a replay gives the same."""
    s = replace(S, model=model)
    t = run(s)
    found = wall(t, 2)
    assert found.images.shape == (4, 10, 64)
    assert found.labels.tolist() == list(range(10))
    np.testing.assert_array_equal(found.images[0], WORLD.unread[list(typical(WORLD))])
    assert (found.digits[0] == found.labels).all()
    for g in range(3):
        belief = model.belief(type(t.params)(*(a[2, g] for a in t.params)))
        z = belief.encoded(found.images[0])
        assert z.shape == (10, model.latents)
        if model.kind == "vae":
            again = 16 * decode(belief.params.weights, z.astype(np.float32))
        else:
            again = belief.mean + (z * np.sqrt(belief.spectrum)) @ belief.axes.T
        np.testing.assert_allclose(found.images[g + 1], again.clip(0, 16), atol=1e-3)
    kept = wall(run(s, keep="signal"), 2)
    np.testing.assert_allclose(kept.images, found.images, atol=1e-4)
    np.testing.assert_allclose(found.readings.sum(axis=-1), 1)
    assert (found.surely_wrong == ((found.digits != found.labels) & (found.confidence >= 0.9))).all()
    assert wall(t, 0, codes=[7, 7]).images.shape == (4, 2, 64)


def test_columns_are_typical_digits():
    """Of few classes there are more of each; each is among the third of its class that is nearest to its mean."""
    for digits, each in ((1234567890, 1), (38, 5), (147, 3), (7, 10)):
        world = Digits(digits)
        places = list(typical(world))
        assert world.unread_labels[places].tolist() == [d for d in world.classes for _ in range(each)]
        for place in places:
            mine = world.unread_labels == world.unread_labels[place]
            middle = world.rows[world.labels == world.unread_labels[place]].mean(axis=0)
            far = np.linalg.norm(world.unread - middle, axis=1)
            assert far[place] <= np.quantile(far[mine], 0.35)


def test_a_wall_that_is_not_possible_says_why():
    t = run(replace(S, model=LinearVae(), generations=1))
    for ask, why in (
        (lambda: wall(run(Scenario(n=5, generations=1, lineages=2))), "world=normal has no images"),
        (lambda: wall(t, 5), "lineage=5"),
        (lambda: wall(t, 0, codes=[-1]), "codes=-1"),
    ):
        with pytest.raises(ValueError, match=why):
            ask()


def test_no_law_is_claimed_of_it():
    assert all(law_for(S, metric) is None for metric in LAWS)
    assert SMALL.spread(100) is None
    assert math.isnan(run(S, keep="elbo").measure("elbo")[0, 0])


@pytest.mark.parametrize("temperature", [0.05, 5.0])
@pytest.mark.parametrize("noise", ["kept", "refitted"])
@pytest.mark.parametrize("speaking", ["means", "samples"])
@pytest.mark.parametrize("model", [LinearVae(latents=4), replace(SMALL, epochs=1)], ids=lambda m: m.kind)
def test_hot_and_cold_runs_stay_numbers(model, speaking, noise, temperature):
    """As hot as a page allows, and as cold: finite but for what needs a noise that is gone."""
    hot = Decoder(temperature=temperature)
    s = Scenario(WORLD, replace(model, speaking=speaking, noise=noise), decoder=hot, n=40, generations=50, lineages=1)
    assert within(s) == s
    names = {"variance", "tail_mass", "elbo", "latent_nats", "frechet", "live_classes"}
    t = run(s, keep=names & set(measurable(s)))
    for name, values in t.kept.items():
        assert not np.isnan(values).any(), name
        assert np.isfinite(values).all() or (name in {"elbo", "latent_nats"} and model.kind == "linear-vae"), name


def test_what_would_grow_without_end_is_refused():
    s = Scenario(
        WORLD, LinearVae(speaking="samples"), decoder=Decoder(temperature=5.0), n=40, generations=100, lineages=2
    )
    with pytest.raises(ValueError, match="generations=100 are too many here"):
        within(s)
