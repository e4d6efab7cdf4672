"""Commands of measures say what is missing instead of an empty table."""

from dataclasses import replace

from detente.cases.case_file import UserDataSource
from detente.cli.measure import _describe_missing_truces
from support.worlds import make_event, make_world, nth_day


def test_missing_truces_of_ucdp_are_unknown() -> None:
    """Of a source that records no truces nothing is said of their number; of a chronology, that none is on record."""
    world = make_world([make_event(nth_day(0), "PAK", "TTP", "ASSAULT")], 60)
    brought = (UserDataSource(source="ucdp", where="Made up."),)
    case = world.case.model_copy(update={"chronology": "", "brought": brought})
    ucdp = replace(world, case=case, release=replace(world.release, source="ucdp"))
    assert _describe_missing_truces(ucdp) == "UCDP does not record offers of truce or meetings."
    chronology = replace(world, release=replace(world.release, source="chronology"))
    assert _describe_missing_truces(chronology) == "No truce and no mediated round of talks is on record."
