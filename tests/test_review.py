"""Cases of an outside review, from its descriptions: what it found false or misleading stays mended.  Others of them stand where
their subject is tested (`test_narrow`, `test_metrics`, `test_theory`, `test_stages`)."""

from unittest.mock import patch

import numpy as np
import pytest

from collapse.findings import Evidence, findings
from collapse.findings import groups as module
from collapse.recursion import run
from collapse.scenario import Scenario
from collapse.stages import Rule
from collapse.ui.book import lesson

PROMISES = ("saves", "collaps", "only delay", "take over", "die first", "soon in", "best", "prevent")


@pytest.mark.parametrize("page", ["home", "gaussian", "surnames", "penguins", "language", "laboratory"])
def test_a_preset_says_what_it_does_and_not_what_comes_out(page):
    found = lesson(page)
    assert found is not None
    for preset in found.presets:
        said = " ".join(part for part in (*vars(preset).values(),) if isinstance(part, str))
        assert len(said) > 10
        assert not [word for word in PROMISES if word in said.lower()], said


@pytest.mark.parametrize(
    ("decoder", "both"), [("", False), ("&decoder.temperature=0.9", True), ("&decoder.top_p=0.9", True)]
)
def test_synthetic_data_are_not_blamed_alone_where_a_decoder_acts(decoder, both):
    """All lineages lose the rarest group and no control does: the words alone are looked at, which follow from the decoder."""
    s = Scenario.from_query(f"world=penguins&model=mixture&n=60&generations=2&lineages=20{decoder}")
    mine, control = run(s), run(s, control=True)
    all_, none = np.ones(20, dtype=bool), np.zeros(20, dtype=bool)
    with patch.object(module, "gone_in", return_value=none), patch.object(Evidence, "lost", all_):
        said = module.diet_or_fit(Evidence(mine, Rule(), control))
    assert said is not None
    assert "are to blame" in said.text
    assert ("decoder" in said.text) == both
    assert "many seeds or settings" in said.text


def test_two_shares_of_the_real_variance_say_which_they_are():
    """The penguins' 10 % (geometric mean over directions) stood beside 34 % (mean over directions) under the same name."""
    told = {f.key: f.text for f in findings(run(lesson("penguins").base), Rule())}  # type: ignore[union-attr]
    assert "geometric mean over directions" in told["mean"]
    assert "geometric" not in told["drift"]
    assert "geometric" not in " ".join(f.text for f in findings(run(lesson("home").base), Rule()))  # type: ignore[union-attr]
