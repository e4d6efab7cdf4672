"""Commands of measures say what is missing instead of an empty table."""

import json
from dataclasses import replace

import pytest

from detente.cases.case_file import UserDataSource
from detente.cli.measure import _describe_missing_truces
from support.command_line import run_main
from support.ucdp_world import make_ucdp_world
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


def test_case_show_dashes_unrecorded_kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What UCDP cannot record is null in JSON and a dash in the table; what it can record and did not is zero."""
    monkeypatch.setattr("detente.cases.load.load_case_data", lambda *_: make_ucdp_world())
    shown = json.loads(run_main("case", "show", "--json").stdout)["channels"]
    assert (shown["strike"], shown["clash"], shown["dialogue"]) == (2, 0, None)
    lines = run_main("case", "show").stdout.splitlines()
    counts = {line.split()[0]: line.split()[1] for line in lines if len(line.split()) == 2}
    assert (counts["strike"], counts["clash"], counts["dialogue"]) == ("2", "0", "–")


def test_measures_json_leaves_unrecorded_kinds_null(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts by day and rates are null where UCDP cannot record the kind."""
    monkeypatch.setattr("detente.cases.load.load_case_data", lambda *_: make_ucdp_world())
    day = json.loads(run_main("measure", "counts", "--json").stdout)["days"][0]
    assert (day["clash"], day["dialogue"]) == (0, None)
    rates = {r["channel"]: r for r in json.loads(run_main("measure", "rates", "--json").stdout)}
    assert (rates["clash"]["per_year"], rates["dialogue"]["per_year"]) == (0.0, None)


def test_events_list_names_unrecorded_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty list of talks says that UCDP records none; one of clashes does not."""
    monkeypatch.setattr("detente.cases.load.load_case_data", lambda *_: make_ucdp_world())
    assert "UCDP does not record meetings." in run_main("events", "--channel", "dialogue").stdout
    assert "not record" not in run_main("events", "--channel", "clash").stdout
