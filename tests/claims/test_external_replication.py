"""Another source's record: it can fell a claim, hold it up, or be silent, which is neither."""

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


def part(claim: str, key: str, view: ClaimContext) -> Estimate:
    return next(e for e in CLAIMS[claim].estimates(view) if e.key == key)


def put_to(e: Estimate, claim: str, view: ClaimContext) -> CheckOutcome:
    (outcome,) = run_checks(CLAIMS[claim], replace(e, enough=True), view, (CHECK,))
    return outcome


@pytest.fixture(scope="module")
def near() -> Estimate:
    return part("safe_haven", "nearer", ClaimContext(FLAGSHIP_DATA))


def told(tmp_path: Path, events: list[Event]) -> ClaimContext:
    add_events(tmp_path, events, RELEASE, OUT)
    other = case_from_source(CASE, open_version(tmp_path), "ucdp", FLAGSHIP_DATA.as_of)
    assert other is not None
    return ClaimContext(FLAGSHIP_DATA, others=(other,))


def attacks(place: Place, n: int = 60) -> list[Event]:
    rng = np.random.default_rng(0)
    days = [date(2022, 1, 1) + timedelta(days=int(d)) for d in rng.integers(0, 1400, n)]
    return [replace(make_ucdp_event(str(i), d), place=place) for i, d in enumerate(days)]


def test_a_record_that_shows_the_same_holds_it_up_and_one_that_shows_the_contrary_fells_it(
    tmp_path: Path, near: Estimate
) -> None:
    same = put_to(near, "safe_haven", told(tmp_path / "a", attacks(BORDER)))
    assert same.result == "held"
    assert "By the record of UCDP it is" in same.told.text
    contrary = put_to(near, "safe_haven", told(tmp_path / "b", attacks(LAHORE)))
    assert contrary.result == "failed"


def test_of_several_records_the_worst_is_told(tmp_path: Path, near: Estimate) -> None:
    good, bad = (told(tmp_path / p.name, attacks(p)).others[0] for p in (BORDER, LAHORE))
    other = replace(bad, release=replace(bad.release, source="acled"))
    outcome = put_to(near, "safe_haven", ClaimContext(FLAGSHIP_DATA, others=(good, other)))
    assert outcome.result == "failed"
    assert "ACLED" in outcome.told.text


def test_too_few_events_there_are_no_answer(tmp_path: Path, near: Estimate) -> None:
    outcome = put_to(near, "safe_haven", told(tmp_path, attacks(BORDER, n=3)))
    assert outcome.result == "not askable"
    assert outcome.told.text.startswith("By UCDP: ")


def test_what_a_source_never_tells_of_cannot_be_asked_of_it(tmp_path: Path) -> None:
    view = told(tmp_path, attacks(BORDER))
    contacts = part("coordination", "contacts_fewer", view)
    assert describe_missing_kind(contacts, view.others[0]) == "it tells of no dialogue or concession"
    assert put_to(replace(contacts), "coordination", view).result == "not askable"
    # Strikes and clashes on record and no closure: that none followed is no finding, since none is ever told.
    closures = part("spillover", "force_closures", view)
    assert describe_missing_kind(closures, view.others[0]) == "it tells of no strike or clash"
    across = [make_ucdp_event(f"s{i}", date(2025, 10, 9) + timedelta(days=i), country="AFG") for i in range(20)]
    both = told(tmp_path / "both", [*attacks(BORDER), *across])
    assert describe_missing_kind(closures, both.others[0]) == "it tells of no close crossing or suspend trade"
    index = next(
        e for e in CLAIMS["trust"].estimates(view) if e.measured and e.measured.recipe["kind"] == "index change"
    )
    assert "one kind of act alone" in describe_missing_kind(index, view.others[0])


def test_without_a_second_record_it_is_not_askable(near: Estimate) -> None:
    outcome = put_to(near, "safe_haven", ClaimContext(FLAGSHIP_DATA))
    assert outcome.result == "not askable"
    assert "a second one has to be brought" in outcome.told.text
