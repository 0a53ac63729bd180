"""Findings about texts: perplexity, words that are lost or invented, and loops."""

from collapse.findings.base import Evidence, Finding
from collapse.speech import change, percent, times

IN_LOOPS = 0.25  # of a text that repeats itself: less is not called loops


def surer_and_more_wrong(e: Evidence) -> Finding | None:
    """Two perplexities part: on real text it grows, on the text that the model has read itself it falls."""
    if not e.text or e.last < 2:
        return None
    real, own = (e.first("perplexity"), e.median("perplexity")), (e.first("own_perplexity"), e.median("own_perplexity"))
    if not (real[1] > 1.05 * real[0] and own[1] < 0.95 * own[0]):
        return None
    return Finding(
        "surer",
        "The model gets surer and more wrong: from the first generation to the last the surprise (perplexity) on unread real text "
        f"goes {change(*real)}, and on the text that the model has read {change(*own)} (medians).",
        {"real1": real[0], "real": real[1], "own1": own[0], "own": own[1]},
    )


def gibberish_grows(e: Evidence) -> Finding | None:
    """Words that generation 0 has not read, beside their share in real text that it has not read."""
    made = e.median("gibberish") if e.text else 0.0
    if made < 0.02:
        return None
    s = e.trajectory.scenario
    corpus = s.world.corpus(s.model.unit)  # type: ignore[attr-defined]
    real = corpus.strangers(corpus.unread)
    return Finding(
        "gibberish",
        f"Of the words in the last text of {e.middle} {percent(made)} are invented: they are not in what generation 0 has read. Of "
        f"the words of unread real text, {percent(real)} are not in it, either.",
        {"made": made, "real": real},
    )


def loops(e: Evidence) -> Finding | None:
    """What has been said before in the same passage."""
    again, real = (e.median("repetition"), e.start("repetition")) if e.text else (0.0, 0.0)
    if again < max(2 * real, IN_LOOPS):
        return None
    return Finding(
        "loops",
        f"The text runs in loops: {percent(again)} of the last text of {e.middle} repeats what the same passage has said before. In "
        f"the real text it is {percent(real)}.",
        {"again": again, "real": real},
    )


def plainer_to_the_first(e: Evidence) -> Finding | None:
    """Generation 0 reads what the later ones say."""
    now, real = (e.median("zero_perplexity"), e.start("zero_perplexity")) if e.text else (1.0, 1.0)
    if now > 0.9 * real:
        return None
    return Finding(
        "plainer",
        "Generation 0 has read all of the real text that models learn from. The new text surprises it less than the real one: the "
        f"perplexity is {times(now)} instead of {times(real)}.",
        {"now": now, "real": real},
    )
