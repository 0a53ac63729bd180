"""What only the page of digits does: what it shows of which model, and training that can be stopped."""

from base64 import b64decode

import numpy as np
import pytest

from collapse.growing import grow
from collapse.scenario import Scenario
from collapse.ui import training
from collapse.ui.chart import figures
from collapse.ui.pad import drawn as inked
from collapse.ui.runs import is_grown, put_on_the_shelf, trajectory_of
from collapse.worlds import Digits

from .harness import desk_of, drawn, keys, opened, sound

QUICK = {"n": "60", "generations": "3", "lineages": "2", "model.epochs": "2", "model.width": "8"}


def said(at) -> str:
    return " ".join([*(e.value for e in at.info), *(e.value for e in at.caption)]).replace("\\", "")


def test_what_is_trained_has_a_loss_and_what_has_noise_an_elbo():
    assert {"losses", "elbo"} <= figures(opened("digits", QUICK)).keys()
    linear = {"model": "linear-vae", "n": "60", "generations": "3", "lineages": "2"}
    at = opened("digits", linear)
    assert "elbo" in figures(at)
    assert "losses" not in figures(at)
    silent = opened("digits", linear | {"model.noise": "refitted"})
    assert "elbo" not in figures(silent)
    assert "no density" in said(silent)


def test_what_real_digits_would_cover_is_drawn():
    """1 − Π (N − j)/(M + N − j), j = 1…5, for N unread digits and M = 1000 drawings; and the first model is not called real."""
    at = opened("digits", QUICK)
    traces = {t["name"]: t for t in figures(at)["coverage"]["figure"]["data"]}
    n = len(Digits().unread)
    expected = 1 - np.prod([(n - j) / (1000 + n - j) for j in range(1, 6)])
    level = traces["as many real digits as drawings"]["y"]
    shown = np.frombuffer(b64decode(level["bdata"]), "<f4")
    np.testing.assert_allclose(shown, expected, rtol=1e-6)
    assert "the first model, which learnt from real images" in traces
    assert "real, but only as much of it" not in traces


def test_a_model_that_has_learnt_nothing_is_said():
    assert "learnt next to nothing" in said(opened("digits", QUICK | {"model.beta": "20"}))
    assert "learnt next to nothing" not in said(
        opened("digits", QUICK | {"n": "300", "model.epochs": "20", "model.width": "32"})
    )


def test_the_reader_chooses_the_latents_of_the_plane():
    at = opened("digits", QUICK)
    before = figures(at)["latent_plane"]
    box = next(widget for key, widget in keys(at).items() if key.startswith("digits_plane_across_8"))
    other = next(o for o in box.options if f"latent {o} " not in before["figure"]["layout"]["xaxis"]["title"]["text"])
    at = sound(box.set_value(int(other)).run())
    after = figures(at)["latent_plane"]
    assert after["figure"]["layout"]["xaxis"]["title"]["text"] == f"latent {other} of generation 1"
    assert after["figure"]["layout"]["yaxis"]["title"] == before["figure"]["layout"]["yaxis"]["title"]
    assert after["revision"] != before["revision"]
    two = opened("digits", QUICK | {"model.latents": "2"})
    assert not [key for key in keys(two) if "digits_plane" in key]


def test_the_wall_shows_the_lineage_that_is_asked_for():
    walls = {show: drawn(opened("digits", QUICK, show=show))["wall"]["pixels"] for show in ("lucky", "unlucky")}
    assert walls["lucky"] != walls["unlucky"]


@pytest.mark.parametrize(
    "ink", [None, [], [0] * 64, [1] * 63, [17] * 64, [-1] * 64, ["1"] * 64, [True] * 64, [float("nan")] * 64, {"a": 1}]
)
def test_what_is_no_drawing_is_none(ink):
    assert inked(ink) is None


def test_a_drawing_is_an_image():
    image = inked([0] * 63 + [16])
    assert image is not None
    np.testing.assert_array_equal(image, [0.0] * 63 + [16.0])


def test_a_training_that_was_stopped_is_the_shorter_run(monkeypatch: pytest.MonkeyPatch):
    """What the button does: the link asks for the generations that are complete, and their models are not trained again."""
    at = opened("digits", QUICK | {"seed": "77"})
    desk = desk_of(at, "digits")
    whole = Scenario.from_query({"generations": "9"}, desk.scenario)
    parts = list(grow(whole))
    desk.scenario = whole
    state = {training.REACHED: parts[4]}
    monkeypatch.setattr(training.st, "session_state", state)
    assert not is_grown(parts[4].scenario)
    training._stop(desk)
    assert desk.scenario == parts[4].scenario
    assert desk.scenario.generations == 5
    assert is_grown(desk.scenario)
    assert trajectory_of(desk.scenario) is parts[4]
    assert state == {}
    training._stop(desk)  # a second click finds nothing to stop
    assert desk.scenario.generations == 5


def test_a_training_of_something_else_stops_nothing(monkeypatch: pytest.MonkeyPatch):
    """A click that comes after another change must not bring the earlier run back."""
    at = opened("digits", QUICK | {"seed": "78"})
    desk = desk_of(at, "digits")
    other = next(grow(Scenario.from_query({"seed": "79"}, desk.scenario)))
    monkeypatch.setattr(training.st, "session_state", {training.REACHED: other})
    before = desk.scenario
    training._stop(desk)
    assert desk.scenario == before
    assert not is_grown(other.scenario)


def test_what_must_be_trained_is_trained_once(monkeypatch: pytest.MonkeyPatch):
    """A change that costs a training shows how far it is; the page then shows the new models."""
    monkeypatch.setattr(training, "LONG", 0)
    at = opened("digits", QUICK | {"seed": "80"})
    assert not training.untrained(desk_of(at, "digits").scenario)
    before = drawn(at)["wall"]["revision"]
    desk_of(at, "digits").turn({"seed": "81"})
    assert training.untrained(desk_of(at, "digits").scenario)
    at = sound(at.run())
    assert not training.untrained(desk_of(at, "digits").scenario)
    assert drawn(at)["wall"]["revision"] != before


def test_what_is_on_the_shelf_is_found():
    part = next(
        grow(Scenario.from_query("world=digits&model=vae&model.epochs=1&n=50&generations=2&lineages=1&seed=90"))
    )
    assert not is_grown(part.scenario)
    put_on_the_shelf(part)
    assert is_grown(part.scenario)
