"""The link: complete, strict, versioned; and the friendly reader that says what it refused."""

from dataclasses import fields, replace
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from collapse.blocks import HELD, blocks
from collapse.budget import BUDGET, DIGITS, TooMuchError, bounded, growth, within, worst_case_cost
from collapse.curators import Everything
from collapse.decoding import Decoder
from collapse.laws.moments import moments
from collapse.links import of_page, read_link
from collapse.metrics import measurable
from collapse.models import MODELS
from collapse.models.categorical import Categorical
from collapse.models.gaussian import Gaussian
from collapse.models.histogram import Histogram
from collapse.models.kde import Kde
from collapse.models.mixture import Mixture
from collapse.policies import POLICIES, Accumulate, AccumulateSubsample, Anchor, Mix, RandomShare, Replace, Shared
from collapse.recursion import run
from collapse.scenario import ImpossibleError, Scenario
from collapse.spec import MAX_QUERY, Spec
from collapse.visits import LOOKS
from collapse.worlds import WORLDS, Bimodal, Flipper, HeavyTailed, NormalWorld, Skewed, Surnames, Uniform

from .harness import TABLES, combinations, named, possible, scenarios
from .test_spec import HOSTILE, refusal

TEXT = st.text(max_size=20)


def every_key(scenario: Scenario) -> set[str]:
    """The keys that a complete link has, found again from the dataclasses."""
    keys = {"v"}
    for f in fields(scenario):
        keys.add(f.name)
        value = getattr(scenario, f.name)
        if isinstance(value, Spec):
            keys |= {f"{f.name}.{g.name}" for g in fields(value)}
    return keys


def test_a_link_in_words_typed_here():
    assert Scenario(policy=Anchor(synthetic=0.5), n=10, seed=7).to_query() == {
        "v": "2",
        "world": "normal",
        "world.dimension": "1",
        "model": "gaussian",
        "model.estimator": "ml",
        "model.variance": "refitted",
        "model.loss": "likelihood",
        "model.alpha": "0.1",
        "model.steps": "0",
        "model.rate": "0.1",
        "model.start": "fresh",
        "model.initial_mean": "1.0",
        "model.initial_sd": "2.0",
        "decoder": "sampling",
        "decoder.temperature": "1.0",
        "decoder.top_p": "1.0",
        "decoder.top_k": "0",
        "curator": "none",
        "policy": "anchor",
        "policy.synthetic": "0.5",
        "n": "10",
        "generations": "50",
        "lineages": "200",
        "seed": "7",
    }


@given(scenarios())
def test_query_text_and_json_bring_every_scenario_back(scenario):
    query = scenario.to_query()
    assert set(query) == every_key(scenario)
    assert all(isinstance(v, str) for v in query.values())
    assert len(urlencode(query)) < MAX_QUERY
    for again in (
        Scenario.from_query(query),
        Scenario.from_query("?" + urlencode(query)),
        Scenario.from_json(scenario.to_json()),
        Scenario.from_query(query, scenario),
    ):
        assert again == scenario
        assert again.to_query() == query
        assert hash(again) == hash(scenario)
        assert all(type(getattr(again, name)) is type(getattr(scenario, name)) for name in TABLES)
    assert read_link(query, Scenario()) == (scenario, [])


@given(scenarios(), scenarios())
def test_equal_scenarios_and_equal_links_are_the_same_thing(a, b):
    assert (a == b) == (a.to_query() == b.to_query())


def test_every_combination_is_possible_or_says_what_would_be():
    tried = 0
    for world in WORLDS.values():
        for model in MODELS.values():
            for policy in POLICIES.values():
                parts = {"world": world(), "model": model(), "policy": policy()}
                tried += 1
                if possible(parts):
                    query = Scenario(**parts).to_query()
                    assert Scenario.from_query(query) == Scenario(**parts)
                else:
                    right = next(k for k, m in MODELS.items() if m.space == world.space)
                    refusal(lambda parts=parts: Scenario(**parts), f"model={model.kind}", f"world={world.kind}", right)
    assert tried == len(WORLDS) * len(MODELS) * len(POLICIES) > 100
    assert sum(1 for _ in combinations()) > 50


def test_a_model_that_is_too_narrow_says_so():
    refusal(
        lambda: Scenario(world=NormalWorld(dimension=2), model=Kde()), "world.dimension=2", "model=kde", "at most 1"
    )
    assert Scenario(world=NormalWorld(dimension=16)).world.d == 16


@pytest.mark.parametrize("model", [Gaussian(), Kde()], ids=lambda m: m.kind)
def test_a_bell_curve_has_no_list_of_outcomes(model):
    refusal(lambda: Scenario(model=model, decoder=Decoder(top_k=5)), "decoder.top_k=5", f"model={model.kind}", "give 0")
    refusal(
        lambda: Scenario(model=model, decoder=Decoder(temperature=0.01)), "decoder.temperature=0.01", "at least 0.05"
    )
    assert Scenario(Surnames(), Categorical(), Decoder(temperature=0.0, top_k=5)).decoder.top_k == 5


def test_a_link_that_asks_a_bell_curve_for_top_k_gets_a_sentence_and_the_rest():
    found, said = read_link({"decoder.top_k": "7", "n": "30"}, Scenario())
    assert found == Scenario(n=30)
    assert said == [
        "decoder.top_k=7 is not possible with model=gaussian, which has no list of outcomes: give 0. "
        "Used instead: decoder.top_k=0."
    ]


def test_a_link_from_before_top_k_still_means_the_same():
    old = Scenario(n=40, decoder=Decoder(temperature=0.9)).to_query()
    del old["decoder.top_k"]
    assert Scenario.from_query(old) == Scenario(n=40, decoder=Decoder(temperature=0.9))


@pytest.mark.parametrize("version", ["", "0", "3", "1.0", "01", " 1", "one", "9" * 10_000])
def test_another_version_is_refused(version):
    refusal(lambda: Scenario.from_query({"v": version}), "v=", "version 2", "version 1")


def test_a_link_of_an_earlier_version_opens_and_says_so():
    """Its numbers were those of another split into blocks."""
    query = Scenario(n=40).to_query() | {"v": "1"}
    found, said = read_link(query | {"seed": "x"}, Scenario())
    assert found == Scenario(n=40) == Scenario.from_query(query)
    assert said[0] == "This link was made by an earlier version of this program, whose numbers may have been others."
    assert len(said) == 2
    assert found.to_query()["v"] == "2"


def test_a_link_without_a_version_or_a_key_takes_the_base():
    base = Scenario(world=NormalWorld(dimension=3), policy=Mix(synthetic=0.5), n=17)
    assert Scenario.from_query("", base) == base
    assert Scenario.from_query("n=18", base) == replace(base, n=18)
    assert Scenario.from_query("policy=anchor", base).policy == Anchor(), "another kind starts from its own defaults"
    assert Scenario.from_query("policy=mix", base).policy == Mix(synthetic=0.5)
    assert Scenario.from_query("policy.synthetic=0.25", base).policy == Mix(synthetic=0.25)


def test_the_same_knobs_under_another_policy_are_another_scenario():
    twins = [Scenario(policy=policy(synthetic=0.5)) for policy in POLICIES.values() if issubclass(policy, Shared)]
    assert len(twins) > 2
    assert len(set(twins)) == len({s.to_json() for s in twins}) == len(twins)
    plain = [Scenario(policy=policy()) for policy in POLICIES.values()]
    assert len(set(plain)) == len({s.to_json() for s in plain}) == len(POLICIES)
    assert all(a != b for i, a in enumerate(plain) for b in plain[:i])


def test_what_is_equal_has_one_link_and_one_hash():
    a, b = Scenario(n=100, policy=Mix(synthetic=0)), Scenario(n=np.int64(100), policy=Mix(synthetic=-0.0))
    assert a == b
    assert hash(a) == hash(b)
    assert a.to_query() == b.to_query()


# ---- the reader for people


@st.composite
def spoilt(draw):
    """Any scenario, any base, and a key of the link with a bad value."""
    scenario = draw(scenarios())
    key = draw(st.sampled_from(sorted(k for k in scenario.to_query() if k not in TABLES and k != "v")))
    return scenario, draw(scenarios()), key, draw(st.sampled_from(HOSTILE))


GREEDY = Scenario(Surnames(), Categorical(), Decoder(temperature=0.0))


@given(spoilt())
@example((Scenario(world=Bimodal(), n=7), GREEDY, "decoder.temperature", ""))
@example((Scenario(model=Kde()), Scenario(world=NormalWorld(dimension=9)), "world.dimension", "x"))
def test_one_bad_value_loses_only_itself(case):
    """Whatever the base, a complete link with one bad knob keeps every other value and says one sentence."""
    scenario, base, key, bad = case
    query = scenario.to_query()
    found, said = read_link(query | {key: bad}, base)
    assert {k: v for k, v in found.to_query().items() if k != key} == {k: v for k, v in query.items() if k != key}
    assert len(said) == 1
    assert said[0].startswith(f"{key}=")
    assert f"Used instead: {key}={found.to_query()[key]}." in said[0]
    assert len(said[0]) < 500


@given(scenarios(), scenarios(), st.sampled_from(sorted(TABLES)))
def test_one_bad_kind_is_replaced_and_nothing_is_lost_in_silence(scenario, base, key):
    query = scenario.to_query() | {key: "perpetual-motion"}
    found, said = read_link(query, base)
    assert any(s.startswith(f"{key}=") and "is not known" in s for s in said)
    for k, v in query.items():
        assert (
            found.to_query().get(k) == v
            or any(s.startswith((f"{k}=", f"'{k}'")) for s in said)
            or any(f"={k}=" in s or f"{k.split('.')[0]}=" in s for s in said)
        ), (k, said)
    assert all(getattr(found, k) == getattr(scenario, k) for k in Scenario.knobs())


@given(
    st.dictionaries(
        st.one_of(TEXT, st.sampled_from(sorted(every_key(Scenario())))),
        st.one_of(TEXT, st.sampled_from(HOSTILE), st.sampled_from([*WORLDS, *MODELS, *POLICIES, "5", "0.5"])),
        max_size=8,
    ),
    scenarios(),
)
def test_no_link_at_all_raises_and_every_refusal_is_said(query, base):
    found, said = read_link(query, base)
    assert isinstance(found, Scenario)
    assert all(0 < len(s) < 500 for s in said)
    text, kept = found.to_query(), 0
    for key, value in query.items():
        if key in text:
            try:
                kept += Scenario.from_query({**text, key: value}) == found
            except ValueError:
                kept += 0
    assert len(said) >= len(query) - kept
    assert bool(said) or Scenario.from_query(query, base) == found


def test_what_the_friendly_reader_says():
    found, said = read_link({"n": "many", "m": "5", "seed": "3", "policy.synthetic": "0.5"}, Scenario(policy=Mix()))
    assert found == Scenario(policy=Mix(synthetic=0.5), seed=3)
    assert said == [
        "n='many' is not possible: give a whole number from 2 to 1,000,000. Used instead: n=100.",
        "'m' (='5') is not a known key: the keys here are world, model, decoder, curator, policy, n, generations, "
        "lineages, seed. It was ignored.",
    ]


def test_a_world_and_its_model_survive_a_bad_number():
    """They are only possible together, so neither may be judged alone."""
    found, said = read_link({"world": "surnames", "model": "categorical", "world.types": "50", "n": "NaN"}, Scenario())
    assert found == Scenario(world=Surnames(types=50), model=Categorical())
    assert len(said) == 1


def test_parts_that_do_not_go_together_are_refused_and_the_rest_is_kept():
    found, said = read_link({"world": "surnames", "n": "50"}, Scenario())
    assert found == Scenario(n=50)
    assert len(said) == 1
    assert "model=gaussian cannot learn world=surnames: choose categorical" in said[0]


def test_a_refused_knob_of_the_base_does_not_refuse_the_rest():
    """Greedy speech suits the base, but no bell curve: the temperature alone was bad, and gets its default."""
    found, said = read_link({"world": "bimodal", "model": "gaussian", "decoder.temperature": "", "n": "7"}, GREEDY)
    assert found == Scenario(world=Bimodal(), n=7)
    assert len(said) == 1
    assert said[0].endswith("Used instead: decoder.temperature=1.0.")


def test_of_what_is_too_much_only_the_last_straw_is_refused():
    query = {"n": "500", "generations": "100", "model": "kde", "lineages": "10000", "seed": "9"}
    found, said = read_link(query, Scenario(), within)
    assert found == Scenario(model=Kde(), n=500, generations=100, seed=9) == within(found)
    assert len(said) == 1
    assert said[0].endswith("Used instead: lineages=200.")


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("n=5", {"n": "5"}),
        ("?n=5", {"n": "5"}),
        ("/home?n=5#top", {"n": "5"}),
        ("https://lab.example?n=5&twin.n=6", {"n": "5"}),
        ("http://127.0.0.1:8501/gaussian?n=5&stage.tail=0.4&show=lucky", {"n": "5"}),
        ("https://lab.example/home", {}),
        ("https://lab.example/home?x=?n=5", {"x": "?n=5"}),
        ("n=5&x=?seed=1", {"n": "5", "x": "?seed=1"}),
        ("n=5?&seed=2", {"n": "5?", "seed": "2"}),
        ("n=5#&seed=2", {"n": "5#", "seed": "2"}),
        ("stage.bogus=1", {"stage.bogus": "1"}),
    ],
)
def test_the_scenario_of_a_page_s_link(link, found):
    """Only what is an address loses its address; what remains is for the strict reader."""
    assert of_page(link) == found


def test_the_keys_of_a_page_that_are_no_scenario():
    """They stand in links that people have kept: one that goes missing here is then refused in their scripts."""
    assert {
        *("show", "controls", "panel", "hide", "lock", "metric", "across", "across.ends", "up", "up.ends", "shows"),
        "weight",  # of the real data, on Prevention
        *("stage.alarm", "stage.late"),
        *("stage.tail", "stage.spread"),  # of the earlier rule
        *("arena.n", "arena.fresh", "arena.originals", "arena.everything", "arena.examples", "arena.detector"),
        *("arena.verifier", "arena.heat", "lost.narrow", "lost.wide", "lost.astray", "price.budget", "price.real"),
        *("price.synthetic", "price.fitting", "price.epochs", "price.kept", "price.checked", "price.scanned"),
    } == LOOKS


@pytest.mark.parametrize("part", ["world", "model", "decoder", "curator", "policy"])
def test_a_name_is_no_part(part):
    with pytest.raises(TypeError, match=rf"{part}='mix' is not possible: give a part"):
        Scenario(**{part: "mix"})


# ---- how far


@pytest.mark.parametrize(
    "policy", [Replace(), Mix(synthetic=0.6), RandomShare(synthetic=0.6), Anchor(synthetic=0.6)], ids=lambda p: p.kind
)
@pytest.mark.parametrize(
    "parts",
    [
        {"decoder": Decoder(temperature=5.0)},
        {"decoder": Decoder(temperature=2.5), "n": 7},
        {
            "decoder": Decoder(temperature=5.0, top_p=0.95),
            "world": NormalWorld(dimension=3),
            "model": Gaussian(estimator="unbiased"),
        },
        {"model": Kde(), "n": 10},
        {"model": Kde(bandwidth="silverman"), "n": 4},
        {"model": Kde(bandwidth="fixed", h=3.0)},
        {"decoder": Decoder(temperature=0.9)},
        {"decoder": Decoder(temperature=2.5), "model": Gaussian(estimator="unbiased", rate=2.0, alpha=0.5), "n": 2},
    ],
    ids=str,
)
def test_the_digits_of_the_spread_are_those_of_the_law(policy, parts):
    """The eigenvalue against the whole recursion, which knows the real data too: two digits at most are theirs, or b's."""
    s = Scenario(policy=policy, generations=120, **parts)
    law = np.log10(sum(moments(s)))
    assert -0.5 <= law.max() - growth(s) <= 3.5
    assert growth(s) == 0 or law[-1] > law[60], "what is refused for its growth does grow"


def test_a_run_that_nobody_could_draw_is_refused_in_words():
    s = Scenario(decoder=Decoder(temperature=5.0), generations=500)
    refusal(lambda: bounded(s), "generations=500", "decoder.temperature=5", "347 digits", "at most generations=52")
    with pytest.raises(ImpossibleError):
        within(s)
    assert bounded(within(replace(s, generations=52))) == replace(s, generations=52)
    refusal(lambda: within(replace(s, generations=53)), "generations=53")
    refusal(lambda: within(Scenario(model=Kde(), n=10, generations=1000)), "at most generations=318")
    for calm in (
        replace(s, policy=Accumulate()),
        replace(s, policy=Mix(synthetic=0.1)),
        replace(s, policy=Mix(synthetic=0.0)),
        Scenario(generations=1000),
        Scenario(Surnames(), Categorical(), Decoder(temperature=5.0), generations=300),
    ):
        assert bounded(calm) is calm


HOT = [
    Scenario(model=Kde(), policy=Mix(synthetic=0.3), n=30),
    Scenario(HeavyTailed(df=3.0), Kde(), n=20),
    Scenario(Bimodal(), Kde(), policy=Anchor(synthetic=0.1), n=20),
    Scenario(model=Mixture(iterations=10), n=40),
    Scenario(Flipper(), Mixture(iterations=10), policy=Mix(synthetic=0.1), n=100),
    Scenario(NormalWorld(dimension=3), Mixture(iterations=10), n=40),
    Scenario(NormalWorld(dimension=16), n=3),
    Scenario(Skewed(), n=2),
    Scenario(Uniform(), policy=Mix(synthetic=0.5), n=1000),
    Scenario(Flipper(), Kde(), n=5),
    Scenario(model=Mixture(iterations=10), policy=Accumulate(), n=20),
    Scenario(model=Kde(), policy=AccumulateSubsample(), n=5),
    Scenario(model=Histogram(width=3.0), n=12),
    Scenario(Skewed(), Histogram(width=0.01), policy=Mix(synthetic=0.5), n=12),
    Scenario(model=Gaussian(steps=1, rate=2.0, initial_mean=10.0), n=5),
    Scenario(NormalWorld(dimension=3), Gaussian(steps=3, rate=1.8), policy=Mix(synthetic=0.9), n=5),
    Scenario(model=Gaussian(loss="density-power", alpha=0.5, estimator="unbiased"), n=2),
    Scenario(Flipper(), Gaussian(loss="model-weighted", alpha=0.5), n=6),
    Scenario(NormalWorld(dimension=3), Gaussian(loss="density-power", alpha=0.5), policy=Anchor(synthetic=0.5), n=3),
]


@pytest.mark.parametrize("scenario", HOT, ids=lambda s: f"{named(s)}-{s.n}")
@pytest.mark.parametrize("temperature", [1.6, 5.0])
def test_what_is_just_allowed_stays_a_number(scenario, temperature):
    """As hot as it gets, for as long as it may: without a warning, every metric is a number, and fits into a chart."""
    hot = replace(scenario, decoder=Decoder(temperature=temperature), lineages=2, generations=100)
    if growth(hot) > DIGITS:
        hot = replace(hot, generations=1 + int(99 * DIGITS / growth(hot)))
    for name, values in run(hot, keep=measurable(hot)).kept.items():
        assert not np.isnan(values).any(), name
        assert (values < 1e40).all() or name not in ("variance", "mean_drift", "w1", "w2", "w2_squared"), name


# ---- how much, and in which pieces


def test_a_budget_is_kept_by_saying_what_to_lower():
    assert within(Scenario()) == Scenario()
    greedy = Scenario(policy=AccumulateSubsample(), n=1000, generations=200, lineages=300)
    message = refusal(lambda: within(greedy), "n=1000", "generations=200", "lineages=300", "lower")
    assert f"{BUDGET:,}" in message
    assert within(greedy, worst_case_cost(greedy)) is greedy
    refusal(lambda: within(greedy, worst_case_cost(greedy) - 1), "lower")


@pytest.mark.parametrize(
    "greedy",
    [
        Scenario(policy=AccumulateSubsample(), n=1000, generations=100, lineages=10_000),
        Scenario(policy=POLICIES["shared"](), model=Kde(), n=400, generations=100, lineages=8000),
        Scenario(Surnames(types=5000), Categorical(), n=1000, generations=200, lineages=10_000),
    ],
    ids=named,
)
def test_as_many_lineages_as_are_said_to_fit_do_and_no_more(greedy):
    with pytest.raises(TooMuchError) as refused:
        within(greedy)
    most, group = refused.value.lineages, greedy.policy.group
    assert 0 < most < greedy.lineages
    assert most % group == 0
    assert within(replace(greedy, lineages=most)).lineages == most
    with pytest.raises(TooMuchError):
        within(replace(greedy, lineages=most + group))


@given(scenarios())
def test_more_of_anything_is_never_less_work(scenario):
    assert worst_case_cost(scenario) > 0
    for name in ("n", "generations", "lineages"):
        most = int(Scenario.knobs()[name].high)
        more = replace(scenario, **{name: min(2 * getattr(scenario, name), most)})
        assert worst_case_cost(more) >= worst_case_cost(scenario)


def test_the_fast_gaussian_does_not_pay_for_n():
    assert worst_case_cost(Scenario(n=1_000_000)) == worst_case_cost(Scenario(n=2))
    assert worst_case_cost(Scenario(n=1_000_000, policy=AccumulateSubsample())) > 1000 * worst_case_cost(
        Scenario(n=1_000_000)
    )


@given(scenarios())
def test_blocks_cover_every_lineage_once_and_stay_small(scenario):
    split = list(blocks(scenario))
    assert [number for number, _ in split] == list(range(len(split)))
    assert sum(size for _, size in split) == scenario.lineages
    assert all(size > 0 for _, size in split)
    if isinstance(scenario.model, Kde):
        one = split[0][1] <= scenario.policy.group  # a group is never split, and one lineage neither
        assert one or split[0][1] * scenario.n <= HELD, "rows are kept in memory"


@given(scenarios(), st.integers(0, 999))
def test_blocks_depend_on_the_question_not_on_the_seed_or_the_machine(scenario, seed):
    again = Scenario.from_query(replace(scenario, seed=seed).to_query())
    assert list(blocks(again)) == list(blocks(scenario))
    assume(scenario.lineages > 1)
    fewer = replace(scenario, lineages=scenario.lineages - 1)
    assert next(blocks(fewer))[1] in (next(blocks(scenario))[1], fewer.lineages)


def test_single_examples_are_told_apart_only_where_a_policy_asks():
    assert Scenario(policy=AccumulateSubsample()).single
    assert not Scenario(policy=Anchor()).single
    assert not Scenario(curator=Everything(), model=Gaussian()).single


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda p: p.kind)
@pytest.mark.parametrize("model", [Gaussian(), Kde()], ids=lambda m: m.kind)
def test_an_archive_that_grows_is_counted(policy, model):
    """What `grow` really keeps decides: rows of every generation must fit into a block, and cost T²/2."""
    n, T = HELD // 100, 20
    s = Scenario(world=Flipper(), model=model, policy=policy(), n=n, generations=T, lineages=30)
    kept = policy.kind == "accumulate-subsample" or (policy.kind == "accumulate" and model.kind == "kde")
    assert next(blocks(s))[1] == (4 if kept else 30)
    assert (worst_case_cost(replace(s, generations=2 * T)) > 3 * worst_case_cost(s)) == kept
