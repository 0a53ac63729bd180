"""Small multiples of what several models would answer, and what single pictures of the consequences promise."""

import re
from urllib.parse import parse_qsl

import numpy as np
import pytest

from collapse.downstream import examine
from collapse.economics import Prices, account
from collapse.figures.accuracy import caption, regression_errors
from collapse.figures.cells import of_model, of_models
from collapse.figures.consequences import LEAST, calibration, price_and_worth
from collapse.figures.family import models_picture
from collapse.recursion import run
from collapse.regression import Regression, errors
from collapse.scenario import Scenario


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("n=20", "curve"),
        ("world=penguins&model=mixture&n=60", "ellipses"),
        ("world=surnames&world.types=30&model=categorical&n=40", "bars"),
        ("world=digits&model=linear-vae&n=60", "images"),
    ],
)
def test_a_cell_for_each_of_eight_models(query, kind):
    s = Scenario.from_query(f"policy=shared&policy.group=8&generations=4&lineages=11&{query}")
    params = run(s).params
    last = type(params)(*(a[:, -1] for a in params))
    cells = of_models(s, last)
    assert [cell["kind"] for cell in cells] == [kind] * 8
    one = type(params)(*(a[3:4, -1] for a in params))
    assert cells[3] == of_model(s, one)
    assert cells[3] != cells[4]
    assert len(of_models(s, last, 20)) == 11


def test_few_answers_are_no_point_of_the_curve():
    s = Scenario.from_query("world=penguins&model=mixture&n=60&generations=5&lineages=10")
    exam = examine(run(s))
    picture = calibration(s, exam)
    film = picture.film
    assert film is not None
    few = exam.curve.number < LEAST
    assert few.any()
    np.testing.assert_array_equal(np.isnan(film.traces[2]["y"]), few)


def test_pictures_say_where_no_law_is_known_and_where_nothing_is_crossed():
    r = Regression(dimension=20, examples=10, policy="accumulate", design="fresh", lineages=20)
    assert "No law is known here" in regression_errors(r, errors(r)).alt
    assert Regression.from_query(caption(r).partition("?")[2]) == r
    s = Scenario.from_query("policy=mix&policy.synthetic=0.5")
    picture = price_and_worth(s, account(s, Prices()))
    assert "in every generation of this run" in picture.say
    assert len(picture.figure["data"]) == 2


def test_eight_models_answer_what_they_believe():
    """Numbers in standard deviations of the world, which is in millimetres here, and the commonest of the names; every cell is of its
    own model."""
    s = Scenario.from_query("world=flipper&n=30&generations=6&lineages=9")
    run_ = run(s)
    picture = models_picture("Models", "laboratory", run_)
    assert len(picture.columns) == 8
    for i, (heading, said, cell) in enumerate(picture.columns):
        assert heading == f"Model {i + 1}"
        mean, sd = run_.params.mean[i, -1, 0], run_.params.cov[i, -1, 0, 0] ** 0.5
        world = s.world.distribution
        unit = float(np.sqrt(np.ravel(world.cov)[0]))
        middle, width = (float(x) for x in re.findall(r"-?[\d.]+\d", said.replace("−", "-")))
        assert middle == pytest.approx((mean - float(np.ravel(world.mean)[0])) / unit, abs=0.006)
        assert width == pytest.approx(sd / unit, rel=0.06)
        assert cell["kind"] == "curve"
        assert abs(cell["x"][int(np.argmax(cell["y"]))] - mean) < 0.2 * sd
    assert Scenario.from_query(dict(parse_qsl(picture.page.partition("?")[2]))) == s
    named = Scenario.from_query("world=surnames&model=categorical&world.types=20&n=12&generations=4&lineages=2")
    p = run(named).params.p[:, -1]
    for row, (_, said, cell) in zip(p, models_picture("Names", "laboratory", run(named)).columns, strict=True):
        assert said.startswith(f"Most often {named.world.labels[int(row.argmax())]} (")
        assert f"; {np.count_nonzero(row)} name" in said
        np.testing.assert_allclose(cell["shares"], row, atol=1e-5)
