"""The ledger: every example counted by a plain loop over the scribe of a run, and the diets that need no scribe by hand."""

from itertools import islice

import numpy as np
import pytest

from collapse.blocks import blocks
from collapse.ledger import ledger
from collapse.recursion import Streams, evolve
from collapse.scenario import ImpossibleError, Scenario


def of(query: str) -> Scenario:
    return Scenario.from_query(f"n=10&generations=5&lineages=6&seed=4&{query}")


def counted(s: Scenario) -> list[list[float]]:
    """By origin, one example after the other: originals, fresh ones, of the last model, of earlier models; and fresh ones drawn."""
    number, lineages = next(blocks(s))
    entries: list = []
    list(islice(evolve(s, lineages, Streams(s.seed, number), entries), s.generations))
    rows = []
    for entry in entries:
        places, drawn = [0, 0, 0, 0], 0
        for passed, candidates, looked in zip(entry.passed, entry.candidates, entry.drawn, strict=True):
            for origin in passed:
                last = entry.generation - 1
                places[0 if origin == 0 else 1 if origin < 0 else 2 if origin == last else 3] += 1
            drawn += sum(1 for origin in candidates[:looked] if origin < 0)
        rows.append([place / sum(places) for place in places] + [drawn / lineages])
    return rows


@pytest.mark.parametrize(
    "query",
    [
        "policy=mix&policy.synthetic=0.5&curator=provenance",
        "policy=mix&policy.synthetic=0.8&curator=detector&curator.tries=20",
        "policy=accumulate&curator=provenance&curator.slipped=0.5",
        "policy=anchor&policy.synthetic=0.6&curator=detector",
    ],
)
def test_a_curated_diet_is_counted_example_by_example(query: str) -> None:
    s = of(query)
    found, rows = ledger(s), counted(s)
    np.testing.assert_allclose(found.shares[0], [1, 0, 0, 0])
    assert found.fresh[0] == 0
    np.testing.assert_allclose(found.shares[1:], [row[:4] for row in rows])
    np.testing.assert_allclose(found.fresh[1:], [row[4] for row in rows])
    np.testing.assert_allclose(found.shares.sum(axis=1), 1)


def test_a_detector_that_finds_nothing_is_the_diet_itself() -> None:
    """Nothing is thrown away, so that what is counted is what the policy says."""
    for diet in ("policy=mix&policy.synthetic=0.7", "policy=anchor&policy.synthetic=0.7", "policy=replace"):
        blind, stated = ledger(of(f"{diet}&curator=detector&curator.tpr=0&curator.fpr=0")), ledger(of(diet))
        np.testing.assert_allclose(blind.shares, stated.shares)
        np.testing.assert_allclose(blind.fresh, stated.fresh)
    assert not np.allclose(ledger(of("policy=mix&policy.synthetic=0.7&curator=detector")).shares, stated.shares)


def test_what_the_policy_says_needs_no_scribe() -> None:
    thirds = ledger(of("policy=accumulate")).shares[2]
    np.testing.assert_allclose(thirds, [1 / 3, 0, 1 / 3, 1 / 3])
    np.testing.assert_allclose(ledger(of("policy=mix&policy.synthetic=0.7")).fresh, [0, 3, 3, 3, 3])
    for diet in ("accumulate-subsample", "shared"):
        with pytest.raises(ImpossibleError, match="keeps no log"):
            ledger(of(f"policy={diet}"))
