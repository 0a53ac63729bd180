"""The outside review of the science, fault by fault: each is held here, or where its subject is tested (`HELD`), and a test looks
that these tests exist.  Every expected value is a closed form, a plain simulation or a quadrature; nothing here repeats the code."""

import ast
import re
from importlib.resources import files
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
from scipy.stats import fisher_exact, norm

from collapse.closeup import beliefs, continuations
from collapse.data import Array
from collapse.figures.latents import spectrum
from collapse.figures.names import indices, lifelines
from collapse.figures.reader import reading
from collapse.figures.signs import signs as signs_of_a_text
from collapse.figures.strip import strip
from collapse.figures.timeline import over_time
from collapse.findings import Evidence, findings, headline
from collapse.findings import groups as module
from collapse.latents import spectra
from collapse.laws import law_for
from collapse.recursion import lives, replay, run
from collapse.scenario import Scenario
from collapse.speech import change, percent
from collapse.stages import LATE, Rule, classify, false_alarms, thresholds
from collapse.ui.book import BOOK, lesson
from collapse.worlds import Digits

TESTS = Path(__file__).parent
PAGES = [name for names in BOOK.values() for name in names]
FALSE = (
    "late alarm",
    "everything about it is known",
    "the change and not the luck",
    "do not exist",
    "only one cause acts here",
)
PROMISES = ("saves", "collaps", "only delay", "take over", "die first", "soon in", "best", "prevent")
HERE = "test_review"
HELD = {  # the number of the fault in the review → tests (file::test) that fail if it comes back
    1: (
        "engine/test_narrow::test_the_log_determinant_lasts",
        "engine/test_narrow::test_nothing_that_is_small_is_said_to_be_nothing",
    ),
    2: (
        "engine/test_stages::test_types_that_die_are_no_healthy_ones",
        "engine/test_stages::test_counts_ring_at_the_highest_level_that_can_be_had",
    ),
    3: ("engine/test_stages::test_many_dimensions_are_not_healthy_while_most_of_them_die",),
    4: (
        "engine/test_stages::test_generation_0_and_real_data_alone_do_not_collapse",
        f"{HERE}::test_nothing_goes_that_is_as_in_generation_1",
    ),
    5: (
        "engine/test_stages::test_growing_data_are_judged_by_models_of_as_much_data",
        f"{HERE}::test_the_false_alarm_rate_does_not_depend_on_the_lineages_shown",
    ),
    6: (f"{HERE}::test_the_control_has_as_much_data_as_what_it_controls",),
    7: (
        "engine/test_normals::test_draws_are_taken_for_a_group_by_bayes_rule",
        "test_findings::test_every_printed_sentence_is_true_and_every_rule_speaks",
    ),
    8: (f"{HERE}::test_no_page_calls_entropy_a_late_alarm",),
    9: (
        "engine/test_metrics::test_whatever_says_the_impossible_is_infinitely_wrong",
        "engine/test_mixture::test_there_is_no_floor_under_the_variance",
    ),
    10: (
        "engine/test_theory::test_a_limit_is_drawn_where_it_holds_and_else_it_is_said",
        f"{HERE}::test_a_limit_for_endless_images_says_how_far_the_run_is_from_it",
    ),
    11: (
        "engine/test_metrics::test_a_kernel_density_is_integrated_at_its_own_scale",
        "engine/test_metrics::test_a_mixture_with_a_narrow_component_is_integrated_at_its_scale",
    ),
    12: (
        "engine/test_theory::test_the_formula_that_is_printed_is_true_of_the_scenario",
        "engine/test_theory::test_what_is_printed_as_about_is_about",
    ),
    13: (
        "engine/test_mixture::test_components_that_overlap_are_decoded_exactly",
        "engine/test_mixture::test_where_hardly_a_draw_is_accepted_the_error_is_said",
    ),
    14: (f"{HERE}::test_the_words_of_a_text_are_what_the_numbers_carry",),
    15: (
        f"{HERE}::test_a_smaller_sample_is_drawn_beside_what_is_lost",
        f"{HERE}::test_a_name_that_has_come_back_is_not_lost",
    ),
    16: (
        f"{HERE}::test_the_law_is_quoted_whether_or_not_a_run_agrees",
        f"{HERE}::test_how_often_z_strays_is_said_as_it_is",
    ),
    17: (f"{HERE}::test_a_width_is_not_called_by_the_name_of_a_variance",),
    18: (f"{HERE}::test_a_narrow_lineage_that_has_lost_one_tail_is_not_healthy",),
    19: (
        "engine/test_stages::test_one_in_twenty_healthy_models_rings",
        f"{HERE}::test_the_bound_for_the_mean_of_the_names_stands_beside_their_mean",
    ),
    20: (
        f"{HERE}::test_synthetic_data_are_not_blamed_alone_where_a_decoder_acts",
        f"{HERE}::test_blame_is_as_sure_as_a_hundred_tries_leave_it",
    ),
    21: (
        f"{HERE}::test_a_preset_says_what_it_does_and_not_what_comes_out",
        "engine/test_twins::test_the_same_noise_makes_the_difference_sharper",
    ),
    22: (
        "pages/test_pages::test_the_smallest_run",
        f"{HERE}::test_curves_are_medians_and_no_lineage_of_a_few_is_typical",
    ),
    23: ("engine/test_theory::test_published_first_passages", f"{HERE}::test_a_half_life_compares_like_with_like"),
    24: ("test_findings::test_a_share_is_rounded_honestly", "test_findings::test_shares_in_words"),
    25: ("pages/test_pages::test_the_tails_of_a_world_hold_what_the_page_says",),
    26: ("engine/test_whitened::test_units_do_not_matter", "engine/test_whitened::test_every_column_counts_alike"),
    27: (
        "engine/test_language::test_the_published_ordering",
        f"{HERE}::test_a_preset_says_what_it_does_and_not_what_comes_out",
    ),
    28: ("test_findings::test_every_printed_sentence_is_true_and_every_rule_speaks",),
    29: ("engine/test_narrow::test_a_gaussian_that_is_cut_in_its_own_directions",),
    30: (
        "engine/test_blocks::test_changing_these_splits_would_change_every_published_number",
        f"{HERE}::test_another_number_of_lineages_may_meet_other_luck_and_is_said_to",
    ),
}


def test_every_fault_of_the_review_is_held_by_a_test_that_exists():
    assert list(HELD) == list(range(1, 31))
    defined: dict[str, set[str]] = {}
    for name in {test.split("::")[0] for tests in HELD.values() for test in tests}:
        tree = ast.parse((TESTS / f"{name}.py").read_text(encoding="utf-8"))
        defined[name] = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    lost = [
        (n, test)
        for n, tests in HELD.items()
        for test in tests
        if test.split("::")[1] not in defined[test.split("::")[0]]
    ]
    assert lost == []


def told(scenario: Scenario, control: bool = False) -> dict[str, str]:
    """What is said of a run, by key."""
    return {f.key: f.text for f in findings(run(scenario), Rule(), run(scenario, control=True) if control else None)}


def asked(link: str) -> Scenario:
    return Scenario.from_query(link)


# ---- 4: nothing is synthetic, or nothing has changed since generation 1 -----------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "world=heavy-tailed&n=8&policy=mix&policy.synthetic=0&generations=100&lineages=200",
        "world=flipper&n=7&policy=anchor&policy.synthetic=0&generations=60&lineages=200",
        "world=surnames&model=categorical&world.types=500&n=100&policy=mix&policy.synthetic=0&generations=40&lineages=60",
        "world=surnames&model=categorical&world.types=500&n=1000&policy=accumulate&generations=50&lineages=60",
    ],
)
def test_nothing_goes_that_is_as_in_generation_1(link):
    s = asked(link)
    said = " ".join(told(s).values())
    for word in (" are disappearing", "die out first", ": it has collapsed", "First the"):
        assert word not in said, said
    control = told(
        Scenario.from_query(s.to_query() | {"policy": "replace"}, None)
        if "accumulate" in link
        else asked("n=20&generations=40")
    )
    assert any(word in " ".join(control.values()) for word in (" are disappearing", ": it has collapsed")), (
        "the control does collapse"
    )


# ---- 5: a rate of false alarms from many models, however few lineages are shown ---------------------------------------------


def test_the_false_alarm_rate_does_not_depend_on_the_lineages_shown():
    one, many = (false_alarms(asked(f"n=20&lineages={r}")) for r in (1, 300))
    assert one == many
    assert one.tried >= 2000
    low, high = one.interval
    assert low < 0.05 < high < 0.06


# ---- 6: the control ---------------------------------------------------------------------------------------------------------


def test_the_control_has_as_much_data_as_what_it_controls():
    """Real birds that accumulate are more birds, so their mean hardly drifts: E drift² of a pool of t · n real birds is 1/(t n)."""
    s = asked("n=24&generations=30&policy=accumulate&lineages=400&seed=2")
    drift = run(s, keep="mean_drift", control=True).measure("mean_drift")[:, 1:]
    expected = 1 / (24 * np.arange(1, 31))
    z = (drift.mean(axis=0) - expected) / (drift.std(axis=0, ddof=1) / 20)
    assert np.abs(z).max() < 4
    fewer = run(asked("n=24&generations=30&policy=replace&lineages=400&seed=2"), keep="mean_drift", control=True)
    assert fewer.measure("mean_drift")[:, -1].mean() > 10 * drift[:, -1].mean(), "the control that the review found"


# ---- 8, 14, 17, 21, 27: words -----------------------------------------------------------------------------------------------


def words_of_a_page(page: str) -> str:
    return (TESTS.parent / "collapse" / "content" / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_calls_entropy_a_late_alarm(page):
    found = lesson(page)
    assert found is not None
    said = words_of_a_page(page) + " ".join(told(found.base).values() if page != "digits" else ())
    for false in (
        "late alarm",
        "known exactly**: any",
        "what you see is the change and not the luck",
        "do not exist",
        "only one cause acts",
    ):
        assert false not in said


def test_the_words_of_a_text_are_what_the_numbers_carry():
    """Words that generation 0 has not read stand beside their rate in real text that it has not read, counted here by hand."""
    s = asked("world=alice&model=ngram&model.order=2&n=5000&generations=6&lineages=4")
    said = told(s)
    book = files("collapse").joinpath("datasets", "alice29.txt").read_text(encoding="utf-8").lower()
    cut = int(0.8 * len(" ".join(book.split())))
    read, rest = (
        re.findall(r"[^\W_]+(?:['’][^\W_]+)*", part)
        for part in (" ".join(book.split())[:cut], " ".join(book.split())[cut:])
    )
    strange = np.mean([word not in set(read) for word in rest])
    real = float(said["gibberish"].split("real text, ")[1].split("%")[0]) / 100
    assert abs(real - strange) < 0.002
    assert "not in what generation 0 has read" in said["gibberish"]
    assert f"{percent(real)}" in signs_of_a_text(run(s)).note
    kept = float(said["headline"].split(" has ")[1].split("%")[0])
    assert "gone" not in said["headline"]
    assert kept > 1


def test_a_width_is_not_called_by_the_name_of_a_variance():
    """7% of the width is 0.49% of the variety, which is the variance: the headline says the second, by its name, in one number."""
    s = asked("n=20&generations=50&lineages=300&seed=1")
    said = told(s)["headline"]
    [share] = re.findall(r"only ([\d.]+)% of the real variety \(variance\)", said)
    fitted = np.exp(np.ravel(run(s).measure("log_variance")[:, -1]))
    assert abs(float(share) / 100 / np.sort(fitted)[(len(fitted) - 1) // 2] - 1) < 0.02
    assert said.count("%") == 1
    assert "spread" not in said


@pytest.mark.parametrize("page", PAGES)
def test_a_preset_says_what_it_does_and_not_what_comes_out(page):
    found = lesson(page)
    assert found is not None
    for preset in found.presets:
        said = " ".join(part for part in (*vars(preset).values(),) if isinstance(part, str))
        assert len(said) > 10
        assert not [word for word in PROMISES if word in said.lower()], said


# ---- 10: limits -------------------------------------------------------------------------------------------------------------


def test_a_limit_for_endless_images_says_how_far_the_run_is_from_it():
    """With 500 images the latents live on: at generation 30 they say five times as much as with endless ones."""
    s = asked("world=digits&model=linear-vae&policy=replace&n=500&generations=30&lineages=6&seed=1")
    t = run(s)
    law, mean = law_for(s, "latent_nats"), float(t.measure("latent_nats")[:, -1].mean())
    assert law is not None
    assert mean > 3 * law[-1]
    drawn = over_time(t, "latent_nats", 0)
    assert f"it gives {law[-1]:.3g}, and the mean of this run is {mean:.3g}" in drawn.note
    assert not [trace for trace in drawn.figure["data"] if "law for the mean" in str(trace["name"])]


@pytest.mark.parametrize(
    ("more", "formula"),
    [
        ("", "max(s(t−1) − σ², 0)"),
        ("&model.noise=refitted", "s(t) = s(t−1)"),
        ("&decoder.temperature=0.9", "max(0.9 s(t−1) − σ², 0)"),
    ],
)
def test_the_law_below_the_spectrum_is_the_one_that_is_drawn(more, formula):
    """The formula that is printed, iterated here, gives the curves."""
    s = asked(f"world=digits&model=linear-vae&model.latents=4&policy=replace&n=200&generations=9&lineages=1{more}")
    life = replay(s, 0)
    found, law = spectra(s, life)
    assert law is not None
    assert formula in spectrum(s, found, law).note
    eigenvalues = np.linalg.eigvalsh(np.cov(Digits().rows.T, bias=True))
    noise, spoken = 0.0 if "refitted" in more else eigenvalues[:-4].mean(), 0.9 if "temperature" in more else 1.0
    np.testing.assert_allclose(law[0], eigenvalues[:-5:-1] - eigenvalues[:-4].mean(), rtol=1e-9)
    now = law[0]
    for row in law[1:]:
        now = np.maximum(spoken * now - noise, 0.0)
        np.testing.assert_allclose(row, now, atol=1e-9)


# ---- 15, 19: what a sample of real data has lost already ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "world=surnames&model=categorical&n=1000&generations=5&lineages=20",
        "world=alice&model=ngram&n=5000&generations=3&lineages=3",
    ],
)
def test_a_smaller_sample_is_drawn_beside_what_is_lost(link):
    t = run(asked(link))
    found = over_time(t, "tail_mass" if "surnames" in link else "perplexity", 0)
    (level,) = [trace for trace in found.figure["data"] if "only as much of it" in str(trace["name"])]
    first = np.sort(t.measure(found.name)[:, 1])
    assert np.nanmax(level["y"]) == pytest.approx(first[(len(first) - 1) // 2] * (100 if "surnames" in link else 1))


def test_a_name_that_has_come_back_is_not_lost():
    """Nothing but real people, a hundred in each generation: most names are missed now and then, and Smith is there at the end."""
    s = asked(
        "world=surnames&model=categorical&world.types=500&n=100&policy=mix&policy.synthetic=0&generations=40&lineages=2"
    )
    p = run(s).params.p[0]
    found = lifelines(run(s), p)
    gone = [name for trace in found.figure["data"] if trace["name"] == "lost" for name in trace["text"]]
    ranks = sorted(int(name.split("(")[1][:-1].replace(",", "")) for name in gone)
    drawn = sorted(
        int(str(name).split("(")[1][:-1].replace(",", "")) for name in found.figure["layout"]["yaxis"]["ticktext"]
    )
    assert ranks == [rank for rank in drawn if p[-1, rank - 1] == 0]
    assert 0 < len(ranks) < len(drawn)


def test_the_bound_for_the_mean_of_the_names_stands_beside_their_mean():
    t = run(asked("world=surnames&model=categorical&world.types=500&n=1000&generations=40&lineages=60"))
    traces = {trace["name"]: np.asarray(trace["y"], float) for trace in indices(t).figure["data"]}
    bound, mean = traces["law for that mean (lower bound)"], traces["mean of the names alive"]
    error = 100 * t.measure("types").std(axis=0) / np.sqrt(60) / t.measure("types")[0, 0]
    assert (mean > bound - 4 * error - 1e-9).all()


# ---- 16, 23: laws ------------------------------------------------------------------------------------------------------------


def test_the_law_is_quoted_whether_or_not_a_run_agrees():
    """Forty seeds: every one of them says its z, also those beyond 2."""
    z = []
    for seed in range(40):
        said = told(asked(f"n=100&generations=40&lineages=100&seed={seed}"))
        z.append(float(said["law"].split("z = ")[1].split(". ")[0].replace("−", "-")))
        assert "half-life" in said or "law" in said
    assert max(map(abs, z)) > 1.5
    assert abs(np.mean(z)) < 4 / np.sqrt(40)


@pytest.mark.parametrize(
    ("link", "lopsided"),
    [
        ("n=100&generations=20&lineages=100&policy=replace", False),
        ("world=surnames&model=categorical&world.types=100&n=1000&generations=10&lineages=200&policy=replace", False),
        ("world=bimodal&n=50&generations=40&lineages=40&policy=replace", True),
        ("n=20&generations=50&lineages=40&policy=mix&policy.synthetic=0.95", True),
    ],
)
def test_how_often_z_strays_is_said_as_it_is(link, lopsided):
    """Two hundred seeds: of nearly normal means one in twenty is beyond 2 (4 standard errors: up to 11%), of the others more; and in
    every run something is said of the law."""
    z, said = [], []
    for seed in range(200):
        found = {f.key: f for f in findings(run(asked(f"{link}&seed={seed}")), Rule())}
        assert "law" in found or "luck" in found
        if "law" in found:
            z.append(found["law"].numbers["z"])
            said.append("more often than once in 20" in found["law"].text)
    beyond = float(np.mean(np.abs(z) > 2))
    assert (np.mean(said) > 0.9) if lopsided else (np.mean(said) < 0.1)
    assert (beyond > 0.08) if lopsided else (beyond < 0.05 + 4 * np.sqrt(0.05 * 0.95 / len(z)))


@pytest.mark.parametrize(("n", "generations"), [(20, 30), (100, 80), (200, 60)])
def test_a_half_life_compares_like_with_like(n, generations):
    """The mean logarithm with its law: 40 runs that are no part of it fall below ln ½ where the sentence says, on average."""
    s = asked(f"n={n}&generations={generations}&lineages=1000&seed=3")
    said = next(f for f in findings(run(s), Rule()) if f.key == "half-life")
    rng = np.random.default_rng(5)
    logs = np.cumsum(np.log(rng.chisquare(n - 1, size=(20_000, 400)) / n), axis=1).mean(axis=0)
    there = int((logs < np.log(0.5)).argmax()) + 1
    assert abs(said.numbers["law"] - there) <= 1
    if said.numbers["law"] <= generations:
        assert abs(said.numbers["mean"] - there) <= 0.15 * there
        assert said.numbers["first"] < said.numbers["mean"], "a first passage is not a level"
    else:
        assert "has not fallen" in said.text or "mean" in said.numbers


# ---- 18: one tail ------------------------------------------------------------------------------------------------------------


def test_a_narrow_lineage_that_has_lost_one_tail_is_not_healthy():
    s = asked("n=20&generations=50&lineages=1000&seed=4")
    t = run(s)
    p = t.params
    mean, sd = p.mean[:, -1, 0], np.sqrt(p.cov[:, -1, 0, 0])
    smaller = np.minimum(norm.cdf((-1.959964 - mean) / sd), norm.sf((1.959964 - mean) / sd)) / 0.025
    healthy = classify(t)[:, -1] == 0
    assert healthy.sum() > 0
    assert (smaller[healthy] > 0.04).all(), (
        "of the healthy 81% had less than a tenth of one tail; .045 is the 5% quantile"
    )


# ---- 20: blame ---------------------------------------------------------------------------------------------------------------


def blamed(link: str, lost: int, alone: int) -> str:
    """What is said if so many of 24 lineages are lost and so many of the controls: the words alone are looked at."""
    s = asked(f"world=penguins&model=mixture&n=60&generations=2&lineages=24{link}")
    mine, control = run(s), run(s, control=True)

    def of(k: int) -> Array:
        return np.arange(24) < k

    with patch.object(module, "gone_in", return_value=of(alone)), patch.object(Evidence, "lost", of(lost)):
        found = module.diet_or_fit(Evidence(mine, Rule(), control))
    assert found is not None
    return found.text


@pytest.mark.parametrize(
    ("decoder", "both"), [("", False), ("&decoder.temperature=0.9", True), ("&decoder.top_p=0.9", True)]
)
def test_synthetic_data_are_not_blamed_alone_where_a_decoder_acts(decoder, both):
    said = blamed(decoder, 24, 0)
    assert "are to blame" in said
    assert ("decoder" in said) == both


@pytest.mark.parametrize(("lost", "alone"), [(4, 0), (8, 0), (10, 1), (13, 0), (24, 0), (3, 9)])
def test_blame_is_as_sure_as_a_hundred_tries_leave_it(lost, alone):
    """By scipy's Fisher test: no blame from 1% on, a reserve while a hundred tries may bring it, none where they hardly would; and
    never that chance brings it once in a hundred thousand and yet to everybody who tries."""
    chance = fisher_exact([[lost, 24 - lost], [alone, 24 - alone]], alternative="greater").pvalue
    said = blamed("", lost, alone)
    assert ("to blame" in said) == (chance < 0.01)
    assert ("probably to blame" in said) == (0.0001 <= chance < 0.01)
    assert ("may well meet such a difference by chance" in said) == (0.0001 <= chance < 0.01)
    assert ("less than 0.001%" in said) <= ("even in a hundred" in said)


# ---- two shares of one name, images ---------------------------------------------------------------------------------------------


def test_two_shares_of_the_real_variance_say_which_they_are():
    """The penguins' 10% (geometric mean over directions) stood beside 34% (mean over directions) under the same name."""
    said = told(lesson("penguins").base)  # type: ignore[union-attr]
    assert "geometric mean over directions" in said["mean"]
    assert "geometric" not in said["drift"]
    assert "geometric" not in " ".join(told(lesson("home").base).values())  # type: ignore[union-attr]


def test_images_are_judged_by_what_is_said_of_them():
    """No rare types are in a picture of digits, and a grey shape that is read as some digit is no digit that is still drawn."""
    s = asked("world=digits&model=linear-vae&policy=replace&n=200&generations=12&lineages=4&seed=1")
    t = run(s)
    note = strip(t, classify(t), Rule(), false_alarms(s)).note
    assert "rare types" not in note
    assert "principal axes of the real images" in note
    said = headline(Evidence(t, Rule())).text
    assert "read as" in said
    assert Evidence(t, Rule()).ranked_by == "variety"
    assert (classify(t)[:, -1] == LATE).mean() < 1


# ---- sentences that a later reader found ------------------------------------------------------------------------------------


def test_means_that_are_where_a_sample_leads_them_do_not_drift_away():
    """Three real examples and nothing else: the means lie 0.58 from the truth in every generation, by the size of the sample."""
    real, made = (told(asked(f"n=3&policy=mix&policy.synthetic={k}&generations=20&lineages=300")) for k in (0, 1))
    assert "drift" not in real
    assert "drift" in made


def test_words_that_are_marked_are_those_that_generation_0_has_not_read():
    """Some of them stand in the last fifth of the real text, so that nobody may say that the real text does not have them."""
    s = asked("world=alice&model=ngram&model.order=2&n=5000&generations=4&lineages=1")
    life = beliefs(s, lives(s, 0))
    shown = reading(s, life, continuations(s, life))
    said = " ".join([shown.note, *(caption for _, caption, _ in shown.columns)])
    assert "real text does not have" not in said
    assert "not in the real text" not in said
    assert "not in what generation 0 has read" in said


def test_two_numbers_that_differ_read_differently():
    assert change(1.44, 1.36) == "from 1.44 to 1.36"
    assert change(7.8, 43.2) == "from 7.8 to 43"


@pytest.mark.parametrize(
    ("link", "wide"),
    [
        ("n=4&generations=10", "%"),
        ("n=4&generations=160", "× 10⁻"),
        ("n=2&generations=1000", "too small for a number here"),
    ],
)
def test_two_shares_that_differ_do_not_both_read_less_than_a_thousandth_of_a_percent(link, wide):
    said = told(asked(f"{link}&lineages=30"))["headline"]
    assert said.count("less than 0.001%") <= 1
    assert wide in said


def test_late_is_what_the_page_of_names_says():
    """Less than a tenth of what is usual among models of as many names, which is less than a tenth of the whole world's."""
    s = asked("world=surnames&model=categorical&world.types=500&n=100&generations=1&lineages=1000")
    usual = float(np.median(run(s).measure("effective_types")[:, 1]))
    late = float(thresholds(s, Rule())[1][0])
    assert abs(late / (0.1 * usual) - 1) < 0.05
    assert "usual among models" in words_of_a_page("surnames")


def test_another_number_of_lineages_may_meet_other_luck_and_is_said_to():
    few, many = (run(asked(f"n=20&generations=3&lineages={k}"), keep="variance").measure("variance") for k in (24, 200))
    assert not np.array_equal(few[0], many[0])
    assert "other luck" in Scenario.knobs()["lineages"].help


@pytest.mark.parametrize("page", PAGES)
def test_curves_are_medians_and_no_lineage_of_a_few_is_typical(page):
    """The words of a page stand there however few lineages there are."""
    assert "typical chain" not in words_of_a_page(page)


def test_a_run_of_almost_nothing_has_a_law_and_no_warning():
    """A variance of 1e-130 has no cube among doubles, and its skewness is still asked for."""
    with np.errstate(all="raise", under="ignore"):
        said = told(asked("n=20&policy=mix&policy.synthetic=1&decoder.top_p=0.05&generations=50&lineages=300"))
    assert "law" in said or "luck" in said
