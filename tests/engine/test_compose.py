"""What is offered can be run, what cannot be run is not offered, and a new part appears by itself."""

from dataclasses import dataclass

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collapse.compose import completed, dials, offered, rule_of, setting, with_data
from collapse.models import MODELS
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.kde import Kde
from collapse.policies import Accumulate
from collapse.scenario import ImpossibleError, Scenario
from collapse.worlds import WORLDS, NormalWorld, OwnNumbers, OwnTypes
from collapse.worlds.own import Brought

from .harness import TABLES, scenarios

TYPES = Scenario(world=OwnTypes(), model=Categorical())


@given(scenarios())
def test_exactly_what_can_be_built_is_offered(scenario):
    for name, table in TABLES.items():
        if name == "world":
            continue
        for kind in table:
            try:
                Scenario.from_query({name: kind}, scenario)
                possible = True
            except ImpossibleError:
                possible = False
            assert (kind in offered(scenario, name)) == possible
        assert getattr(scenario, name).kind in offered(scenario, name), "what is, is offered"
    assert set(offered(scenario, "world")) == set(WORLDS), "every world has some model"


GREEDY = Scenario.from_query("world=alice&model=ngram&decoder.temperature=0&curator=watermark&policy=replace&n=50")


@given(scenarios(), st.sampled_from(sorted(WORLDS)))
@example(GREEDY, "bimodal")  # a model, a decoder and a curator must change along
def test_a_world_brings_a_model_that_can_learn_it(scenario, kind):
    found = completed(scenario, {"world": kind})
    assert found.world.kind == kind
    assert found.world == (scenario.world if kind == scenario.world.kind else WORLDS[kind]())
    unchanged = [n for n in TABLES if n != "world" and getattr(found, n) == getattr(scenario, n)]
    judged = found.world.space in scenario.curator.spaces
    assert len(unchanged) >= 2 + judged or found.model.mute(scenario.decoder), "as few other parts as possible"
    if found.world.space == scenario.world.space and found.world.d <= scenario.model.dimensions:
        assert len(unchanged) == 4 or found.model.mute(scenario.decoder)
    assert all(getattr(found, k) == getattr(scenario, k) for k in Scenario.knobs())


def test_what_cannot_be_is_not_offered_and_said():
    assert offered(Scenario(), "model") == tuple(k for k, m in MODELS.items() if m.space == "real")
    assert "kde" not in offered(Scenario(world=NormalWorld(dimension=2)), "model")
    assert offered(TYPES, "model") == ("categorical",)
    with pytest.raises(ImpossibleError, match="cannot learn"):
        completed(Scenario(), {"world": "own-types", "model": "kde"})
    with pytest.raises(ValueError, match="n='x'"):
        completed(Scenario(), {"n": "x"})


def test_a_new_kind_appears_by_itself(monkeypatch):
    @dataclass(frozen=True)
    class Twice(Gaussian):
        kind = "twice"

    monkeypatch.setitem(MODELS, "twice", Twice)
    assert "twice" in offered(Scenario(), "model")
    assert "twice" not in offered(TYPES, "model")


def test_held_worlds_come_as_they_are():
    own = OwnNumbers(Brought.of([[float(x)] for x in range(20)]))
    s = completed(TYPES, {"world": "own-numbers"}, {"own-numbers": own})
    assert s.world == own
    assert s.model == Gaussian()
    assert completed(s, {"n": "7"}, {"own-numbers": own}).world == own
    plane = OwnNumbers(Brought.of([[float(x), float(x * x)] for x in range(20)]))
    there = completed(Scenario(model=Kde(), policy=Accumulate()), {"world": "own-numbers"}, {"own-numbers": plane})
    assert (there.world, there.model, there.policy) == (plane, Gaussian(), Accumulate())


def test_a_file_of_own_data_is_a_base(tmp_path):
    for world in (
        OwnNumbers(),
        OwnTypes(),
        OwnTypes(Brought.of(["=1+1", "'=x", "'", "-", "@a", "plain"][:5] * 4, ("=evil",))),
    ):
        path = tmp_path / "my-data.csv"
        path.write_text(world.to_file(), encoding="utf-8")
        assert with_data(path, world.kind).world == world
    with pytest.raises(TypeError, match="normal"):
        with_data(path, "normal")
    with pytest.raises(TypeError, match="normal"):
        NormalWorld().to_file()


@given(scenarios())
def test_dials_are_numbers_that_can_be_turned(scenario):
    query = scenario.to_query()
    for key, rule in dials(scenario).items():
        assert rule == rule_of(scenario, key)
        assert str(setting(scenario, key)) == query[key]
        for end in (rule.low, rule.high):
            try:
                kind = type(setting(scenario, key))
                assert setting(Scenario.from_query({key: str(kind(end))}, scenario), key) == end
            except ImpossibleError:
                continue
    assert not {"seed", "lineages"} & set(dials(scenario))
    with pytest.raises(KeyError):
        rule_of(scenario, "policy.nonsense")


@pytest.mark.parametrize("model", MODELS.values(), ids=lambda m: m.kind)
def test_the_lowest_temperature_that_is_told_is_the_lowest_that_is_taken(model):
    s = completed(Scenario(), {"model": model.kind})
    low = rule_of(s, "decoder.temperature").low
    assert Scenario.from_query({"decoder.temperature": str(low)}, s).decoder.temperature == low
    with pytest.raises(ValueError, match=r"decoder\.temperature"):
        Scenario.from_query({"decoder.temperature": str(low - 0.01)}, s)
