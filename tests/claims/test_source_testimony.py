"""A case from a source that records force alone: nothing is said of what it cannot hold."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from detente.cases.other_source import case_from_source
from detente.claims import CLAIMS, evaluate
from detente.claims.context import ClaimContext
from detente.claims.finding import Finding
from detente.claims.testimony import is_supported
from detente.core.place import Place
from detente.measures.event_filter import EventFilter
from detente.store.snapshot import open_version
from support.second_source import CASE, FLAGSHIP_DATA, add_events, make_ucdp_event

BORDER = Place("PAK", "KP", "Miranshah", 33.0, 70.07, "place")
NOT_APPLICABLE = ("linkage", "trust", "sovereignty", "spillover", "coordination", "threat_perception", "third_parties")


@pytest.fixture(scope="module")
def ucdp_only(tmp_path_factory: pytest.TempPathFactory) -> ClaimContext:
    """Sixty attacks and forty clashes, as UCDP records them."""
    store: Path = tmp_path_factory.mktemp("store")
    rng = np.random.default_rng(0)
    days = [date(2022, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 1400, 100)]
    both = ("Government of Pakistan", "Government of Afghanistan")
    events = [
        replace(make_ucdp_event(str(i), d), place=BORDER)
        if i < 60
        else make_ucdp_event(str(i), d, country="AFG", names=both)
        for i, d in enumerate(days)
    ]
    add_events(store, events, "GEDEvent_v21_08_26_04", date(2026, 5, 31))
    g = case_from_source(CASE, open_version(store), "ucdp", FLAGSHIP_DATA.as_of)
    assert g is not None
    return ClaimContext(g)


@pytest.fixture(scope="module")
def findings(ucdp_only: ClaimContext) -> dict[str, Finding]:
    return {c: evaluate(c, ucdp_only, checks=False) for c in CLAIMS}


def test_claims_not_applicable_to_ucdp(findings: dict[str, Finding]) -> None:
    """Claims about statements, talks, crossings or operations are not applicable, with the reason; others can be tested."""
    verdicts = {c: f.verdict for c, f in findings.items()}
    assert {c for c, v in verdicts.items() if v and v.word == "not applicable"} >= set(NOT_APPLICABLE)
    assert all(
        v.reason.startswith("UCDP does not record ") for v in verdicts.values() if v and v.word == "not applicable"
    )
    assert verdicts["safe_haven"] is not None
    assert verdicts["safe_haven"].word != "not applicable"


def test_estimates_without_testimony_have_no_probability(findings: dict[str, Finding]) -> None:
    """An estimate of what the source does not record has neither value nor probability."""
    blank = [e for f in findings.values() for e in f.estimates if not e.applicable]
    assert len(blank) > 10
    assert all(e.measured is None and e.probability is None for e in blank)


def test_findings_count_only_recorded_kinds(ucdp_only: ClaimContext, findings: dict[str, Finding]) -> None:
    """No sentence counts events that the source does not record."""
    for f in findings.values():
        assert all(is_supported(ucdp_only, s) for s in (*f.sentences, f.short)), f.claim


def test_context_measures_only_recorded_kinds(ucdp_only: ClaimContext) -> None:
    """Follow-up and ratio are unknown where a kind is not recorded, and so is the relation index."""
    clash, defiance = EventFilter(channels=("clash",)), EventFilter(channels=("defiance",))
    assert ucdp_only.follow_up("x", clash, defiance, 7, "an act") is None
    assert ucdp_only.ratio("x", defiance) is None
    assert ucdp_only.index is None
    assert ucdp_only.collects("clash")
    assert not ucdp_only.collects("defiance")
