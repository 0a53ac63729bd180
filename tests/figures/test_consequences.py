"""Small multiples of what several models would answer, and what single pictures of the consequences promise."""

import numpy as np
import pytest

from collapse.downstream import examine
from collapse.economics import Prices, account
from collapse.figures.accuracy import caption, regression_errors
from collapse.figures.cells import of_model, of_models
from collapse.figures.consequences import LEAST, calibration, price_and_worth
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
