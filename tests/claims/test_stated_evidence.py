"""Stated and counted evidence on one response, and what a reader is told where they disagree."""

from dataclasses import replace

import pytest

from detente.cases.load import CaseData
from detente.cases.stated_links import StatedLink
from detente.claims.context import ClaimContext
from detente.claims.stated_evidence import (
    Agreement,
    StatedEvidence,
    describe_agreement,
    stated_and_counted,
)
from detente.text.sentence import make_sentence
from support.worlds import make_event, make_world, nth_day


def world(reactions: int) -> CaseData:
    """Five attacks and five strikes months apart, too few to count; some strikes are stated as reactions."""
    attacks = [make_event(nth_day(d), "TTP", "PAK", "ASSAULT", "raid", country="PAK") for d in range(10, 310, 60)]
    strikes = [make_event(nth_day(d), "PAK", "TTP", "ASSAULT", "airstrike", n=2) for d in range(14, 314, 60)]
    links = [StatedLink(s.id, a.id, "", "reaction", "stated", "", "") for s, a in zip(strikes, attacks, strict=True)]
    return replace(make_world([*attacks, *strikes]), links=tuple(links[:reactions]), has_links=True)


def evidence(effect: str, agreement: Agreement | None, cause: str = "strike") -> StatedEvidence:
    return StatedEvidence("x", (cause,), effect, None, None, agreement, "not supported", "", make_sentence("Told."))


@pytest.mark.parametrize(("reactions", "agreement"), [(5, "stated only"), (3, "stated only"), (2, "neither")])
def test_stated_evidence_needs_three_clusters(reactions: int, agreement: str) -> None:
    """Three independent clusters of stated reactions are evidence; counts of five events are too few to agree."""
    found = stated_and_counted(ClaimContext(world(reactions)), "attack", "strike")
    assert found.verdict == "too little data"
    assert found.clusters == reactions
    assert found.agreement == agreement


def test_agreement_without_links_is_not_applicable() -> None:
    """Where the source states no links, nothing is compared."""
    g = replace(world(0), has_links=False)
    assert stated_and_counted(ClaimContext(g), "attack", "strike").agreement == "not applicable"


@pytest.mark.parametrize("agreement", ["both", "neither", "not applicable", None])
def test_agreement_is_silent_without_disagreement(agreement: Agreement | None) -> None:
    """Where stated and counted evidence do not disagree, no sentence is made."""
    assert describe_agreement(ClaimContext(world(0)), [evidence("defiance", agreement)]) is None


def test_disagreement_is_one_sentence_per_claim() -> None:
    """Responses to the same cause share a sentence; one that agrees is not named."""
    view = ClaimContext(world(0))
    found = [evidence("defiance", "stated only"), evidence("clash", "stated only"), evidence("pressure", "neither")]
    told = describe_agreement(view, found)
    assert told is not None
    assert told.text.count(".") == 1
    assert told.text.count("reactions to") == 1
    names = {c.key: c.name for c in view.g.case.channels}
    assert names["defiance"] in told.text
    assert names["clash"] in told.text
    assert names["pressure"] not in told.text


def test_disagreement_names_both_directions() -> None:
    """What only reports state and what only counts show are told apart."""
    told = describe_agreement(
        ClaimContext(world(0)), [evidence("defiance", "stated only"), evidence("clash", "counts only")]
    )
    assert told is not None
    assert told.text.count(".") == 2
