"""Three detectors on the same passages: what they see, and what filtering with each does."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import roc_auc_score

from collapse.blocks import blocks
from collapse.compose import offered
from collapse.curators import PhraseFrequencies
from collapse.curators.marked import z_scores as of_pool
from collapse.detection import LikelihoodRatioTest
from collapse.detectors import ALL, Trial, WatermarkTest
from collapse.models.ngram import Ngram
from collapse.passages import Tokens
from collapse.policies import Mix
from collapse.pool import Pool
from collapse.recursion import Streams, evolve
from collapse.scenario import ImpossibleError, Scenario
from collapse.watermark import counted
from collapse.worlds import Alice

from .harness import agree, z_of_two, z_scores

SMALL = Trial(items=20, strength=2.0, generations=3, lineages=4, passages=100)


def test_all_three_judge_the_same_passages(monkeypatch):
    """The scores of the watermark by hand from the passages that the likelihood ratio was given, and its area by scikit-learn."""
    seen, judge = [], LikelihoodRatioTest.scores

    def watched(self, scenario, params, reference, made, real, rng):
        seen.append((made, real, reference))
        return judge(self, scenario, params, reference, made, real, rng)

    monkeypatch.setattr(LikelihoodRatioTest, "scores", watched)
    found = SMALL.scores()
    assert [*found] == ["likelihood ratio", "frequencies of phrases", "watermark"]
    assert all([*by] == [1, 2, 3] for by in found.values())
    made, real, reference = seen[2]
    assert seen[3][0] is made, "the second detector meets what the first one met"
    green, judged = counted(Tokens(reference.x, reference.first))
    for i in range(4):
        usual = green[i].sum() / judged[i].sum()
        for text, scores in ((made, found["watermark"][2].made), (real, found["watermark"][2].real)):
            passages = text.x[i].reshape(-1, 200)[:, :200].reshape(-1, 20)[:100]
            hits = np.array([counted(Tokens(p[None], np.arange(20)[None] == 0))[0].sum() for p in passages])
            np.testing.assert_allclose(scores[i], (hits - 19 * usual) / np.sqrt(19 * usual * (1 - usual)), atol=1e-12)
    for by in found.values():
        for t in (1, 2, 3):
            truth = np.repeat([1, 0], 100)
            for i in range(4):
                ranks = np.unique(np.concatenate([by[t].made[i], by[t].real[i]]), return_inverse=True)[1]
                assert by[t].roc.auroc[i] == pytest.approx(roc_auc_score(truth, ranks))
    assert (found["likelihood ratio"][1].roc.auroc == 0.5).all(), "generation 1 is the reference itself"
    assert found["watermark"][1].roc.auroc.min() > 0.7, "and carries the mark"


def test_without_a_mark_the_watermark_detector_guesses():
    """Generation 2 of 12 lineages; false alarm 1e-5.  Control: a mark."""
    trial = replace(SMALL, lineages=12, strength=0.0)
    assert agree(z_scores(trial.scores()["watermark"][2].roc.auroc, 0.5))
    assert not agree(z_scores(replace(trial, strength=1.0).scores()["watermark"][2].roc.auroc, 0.5))


def test_better_models_are_harder_to_tell_and_collapsed_ones_easier():
    """Without a mark, passages of 6 characters, four lineages: the likelihood ratio and the phrases, models that have read sixteen
    times as much, and generation 10; false alarm 1e-5 each."""
    few, much = (Trial(items=6, strength=0.0, read=read, lineages=4).scores() for read in (1000, 16_000))
    for name in ("likelihood ratio", "frequencies of phrases"):
        early, late = (found[name][2].roc.auroc for found in (few, much))
        assert z_of_two(early, late)[0] > 4.5, name
        for found in (few, much):
            assert z_of_two(found[name][10].roc.auroc, found[name][2].roc.auroc)[0] > 4.5, name


def test_the_scores_of_tokens_that_are_green_by_chance_are_binomial():
    """20,000 passages of 20 tokens drawn by lot from 5000: as many at least as green as the exact binomial law says, at every count
    from 6 to 14; false alarm 1e-5.  Control: the law of one pair less."""
    rng = np.random.default_rng(6)
    x = rng.integers(5000, size=(1, 400_000), dtype=np.int32)
    text = Pool.of(Tokens(x, np.arange(x.size)[None] % 20 == 0), 0)
    z = of_pool(text, text)[0, ::20]
    green, judged = (part.sum() for part in counted(text.data))
    usual = green / judged
    assert agree(z_scores(counted(text.data)[0][judged_of(text)].astype(float), 0.5))
    least = np.arange(6, 15)
    edge = (least - 0.5 - 19 * usual) / np.sqrt(19 * usual * (1 - usual))
    above = (z[:, None] >= edge).astype(float)
    assert agree(z_scores(above, binom.sf(least - 1, 19, 0.5)))
    assert not agree(z_scores(above, binom.sf(least - 1, 18, 0.5)))


def judged_of(text: Pool) -> np.ndarray:
    return counted(text.data)[1]


def test_filtering_keeps_what_is_lost_without():
    """All begin with the same models; each filter ends with less perplexity than none, lineage by lineage.  Control: the filter of a
    watermark that nobody has put in helps nothing."""
    trial = replace(Trial(), read=2000, generations=6, lineages=4, strength=2.0)
    found = {name: trial.filtered(name) for name in trial.filters()}
    without, everything = found.pop("no filter"), found.pop(ALL)
    assert len({tuple(blocks(trial.looped(name))) for name in found}) == 1
    assert (everything[:, -1] < without[:, -1] - 1).all(), "so much the real text does that every filter draws"
    for name, values in found.items():
        np.testing.assert_array_equal(values[:, :2], without[:, :2], err_msg=name)
        assert (values[:, -1] < without[:, -1] - 1).all(), name
    plain = replace(trial, strength=0.0)
    differences = plain.filtered("watermark")[:, -1] - plain.filtered("no filter")[:, -1]
    assert differences.mean() > -1


def test_a_filter_of_phrases_keeps_real_passages_and_needs_a_text():
    s = Scenario(Alice(), Ngram(), policy=Mix(synthetic=0.8), n=4000, generations=3, lineages=2)
    shares = {}
    for curator in (PhraseFrequencies(discarded=0.8), PhraseFrequencies(discarded=0.8, phrases=1)):
        ledger = []
        list(islice(evolve(replace(s, curator=curator), 2, Streams(0, 0), ledger), 3))
        shares[curator.phrases] = [float((entry.passed < 0).mean()) for entry in ledger]
    assert shares[3][0] < 0.2, "what the first model says is so near to what it has read that the filter errs"
    assert shares[3][1] > 0.8
    assert shares[1][1] < shares[3][1]
    assert "phrase-frequency" not in offered(Scenario(), "curator")
    with pytest.raises(ImpossibleError, match="no text, and only a text can carry a watermark"):
        WatermarkTest().followed(Scenario(), (2,))
