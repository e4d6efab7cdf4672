"""Replication with another source: held, failed, or not applicable."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from detente.cases.other_source import case_from_source
from detente.claims import CLAIMS
from detente.claims.checks import run_checks
from detente.claims.checks.external_replication import CHECK, describe_missing_kind
from detente.claims.checks.result import CheckOutcome
from detente.claims.context import ClaimContext
from detente.claims.estimate import Estimate
from detente.core.place import Place
from detente.events.event import Event
from detente.store.snapshot import open_version
from support.second_source import CASE, FLAGSHIP_DATA, add_events, make_ucdp_event

RELEASE, OUT = "GEDEvent_v21_08_26_04", date(2026, 5, 31)  # every day of the watched case
BORDER, LAHORE = (
    Place("PAK", "KP", "Miranshah", 33.0, 70.07, "place"),
    Place("PAK", "Punjab", "Lahore", 31.55, 74.34, "place"),
)


def find_estimate(claim: str, key: str, view: ClaimContext) -> Estimate:
    return next(e for e in CLAIMS[claim].estimates(view) if e.key == key)


def run_check(e: Estimate, claim: str, view: ClaimContext) -> CheckOutcome:
    (outcome,) = run_checks(CLAIMS[claim], replace(e, enough=True), view, (CHECK,))
    return outcome


@pytest.fixture(scope="module")
def near() -> Estimate:
    return find_estimate("safe_haven", "nearer", ClaimContext(FLAGSHIP_DATA))


def context_with_source(tmp_path: Path, events: list[Event]) -> ClaimContext:
    add_events(tmp_path, events, RELEASE, OUT)
    other = case_from_source(CASE, open_version(tmp_path), "ucdp", FLAGSHIP_DATA.as_of)
    assert other is not None
    return ClaimContext(FLAGSHIP_DATA, others=(other,))


def make_attacks(place: Place, n: int = 60) -> list[Event]:
    rng = np.random.default_rng(0)
    days = [date(2022, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 1400, n)]
    return [replace(make_ucdp_event(str(i), d), place=place) for i, d in enumerate(days)]


def test_check_follows_other_source(tmp_path: Path, near: Estimate) -> None:
    """The check holds if the other source shows the same and fails if it shows the contrary."""
    same = run_check(near, "safe_haven", context_with_source(tmp_path / "a", make_attacks(BORDER)))
    assert same.result == "held"
    assert "UCDP" in same.told.text
    contrary = run_check(near, "safe_haven", context_with_source(tmp_path / "b", make_attacks(LAHORE)))
    assert contrary.result == "failed"


def test_check_reports_least_favourable_source(tmp_path: Path, near: Estimate) -> None:
    """Of several other sources the least favourable is reported."""
    good, bad = (context_with_source(tmp_path / p.name, make_attacks(p)).others[0] for p in (BORDER, LAHORE))
    other = replace(bad, release=replace(bad.release, source="acled"))
    outcome = run_check(near, "safe_haven", ClaimContext(FLAGSHIP_DATA, others=(good, other)))
    assert outcome.result == "failed"
    assert "ACLED" in outcome.told.text


def test_check_needs_enough_events(tmp_path: Path, near: Estimate) -> None:
    """A source with three attacks makes the check not applicable."""
    outcome = run_check(near, "safe_haven", context_with_source(tmp_path, make_attacks(BORDER, n=3)))
    assert outcome.result == "not applicable"
    assert outcome.told.text.startswith("By UCDP: ")


def test_check_needs_reported_kinds(tmp_path: Path) -> None:
    """A source that never reports a needed kind of event makes the check not applicable, and the kind is named."""
    view = context_with_source(tmp_path, make_attacks(BORDER))
    contacts = find_estimate("coordination", "contacts_fewer", view)
    assert "meetings" in describe_missing_kind(contacts, view.others[0])
    assert run_check(replace(contacts), "coordination", view).result == "not applicable"
    # The source reports strikes and clashes but never closures, so the absence of closures is not a finding.
    closures = find_estimate("spillover", "force_closures", view)
    assert describe_missing_kind(closures, view.others[0]).endswith(" no strike or clash")
    across = [make_ucdp_event(f"s{i}", date(2025, 10, 9) + timedelta(days=i), country="AFG") for i in range(20)]
    both = context_with_source(tmp_path / "both", [*make_attacks(BORDER), *across])
    assert describe_missing_kind(closures, both.others[0]).endswith(" not record closed crossings")
    index = next(
        e for e in CLAIMS["trust"].estimates(view) if e.measured and e.measured.recipe["kind"] == "index halves"
    )
    assert "acts of pressure" in describe_missing_kind(index, view.others[0])


def test_check_needs_second_source(near: Estimate) -> None:
    """Without another source the check is not applicable, and its sentence names the one source."""
    outcome = run_check(near, "safe_haven", ClaimContext(FLAGSHIP_DATA))
    assert outcome.result == "not applicable"
    assert FLAGSHIP_DATA.release.source in outcome.told.text
