"""Latents looked at closely, against what scikit-learn and plain formulas say."""

import numpy as np
from sklearn.decomposition import PCA

from collapse import Scenario, run
from collapse.latents import classes, plane, spectra
from collapse.metrics.reader import read
from collapse.worlds import Digits

LINEAR = Scenario.from_query(
    "world=digits&model=linear-vae&model.latents=4&policy=replace&n=400&generations=6&lineages=1&seed=2"
)
TRAINED = Scenario.from_query(
    "world=digits&model=vae&model.epochs=2&policy=replace&n=200&generations=3&lineages=1&seed=2"
)


def life(scenario: Scenario):
    params = run(scenario).params
    return type(params)(*(a[0] for a in params))


def test_the_plane_is_that_of_the_first_encoder():
    """Of a linear model: along two of its own axes from its own mean, each shrunk by √s/(s + σ²); no other axis varies more."""
    params = life(LINEAR)
    found = plane(LINEAR, params)
    world = Digits()
    places = np.linspace(0, len(world.unread) - 1, 200).astype(int)
    scale = np.sqrt(params.signal[0]) / (params.signal[0] + params.noise[0])
    by_hand = (world.unread[places] - params.mean[0]) @ params.axes[0] * scale
    np.testing.assert_allclose(found.real, by_hand[:, list(found.latents)], atol=1e-9)
    np.testing.assert_allclose(plane(LINEAR, params, (3, 0)).real, by_hand[:, [3, 0]], atol=1e-9)
    assert sorted(by_hand.var(axis=0))[-2:] == sorted(by_hand.var(axis=0)[list(found.latents)])
    assert found.labels.tolist() == world.unread_labels[places].tolist()
    belief = LINEAR.model.belief(params)
    last = (belief.samples((5,))[:200] - params.mean[0]) @ params.axes[0] * scale
    np.testing.assert_allclose(found.drawn[5], last[:, list(found.latents)], atol=1e-9)


def test_the_first_spectrum_is_that_of_principal_components():
    """The law begins with what scikit-learn finds in all images, less the mean of the others, and loses that in each step."""
    found, law = spectra(LINEAR, life(LINEAR))
    assert found.shape == (6, 4)
    assert law is not None
    real = PCA().fit(Digits().rows).explained_variance_ * (1 - 1 / len(Digits().rows))
    np.testing.assert_allclose(law[0], real[:4] - real[4:].mean(), rtol=1e-9)
    np.testing.assert_allclose(law[1], np.maximum(law[0] - real[4:].mean(), 0), rtol=1e-9)
    np.testing.assert_allclose(found[0], law[0], rtol=0.35)  # 400 images instead of endlessly many
    assert spectra(TRAINED, life(TRAINED))[1] is None
    assert spectra(TRAINED, life(TRAINED))[0].shape == (3, TRAINED.model.latents)


def test_classes_are_counted_in_what_is_drawn():
    params = life(TRAINED)
    shares = classes(TRAINED, params)
    assert shares.shape == (4, 10)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    for t in range(3):
        drawn = read(TRAINED.model.belief(params).samples((t,))).argmax(axis=1)
        np.testing.assert_allclose(shares[t + 1], [(drawn == d).mean() for d in range(10)])
    assert (np.abs(shares[0] - 0.1) < 0.03).all()
