"""`detente data same` and `detente events --id`: pairs with reasons, decisions that are kept, and what reports differ on."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.events.event import ReportedDeaths
from detente.events.matching.decisions import decisions_path
from support.second_source import add_events, copy_as_ucdp_event

KEY = "DL-20260112-02"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    add_events(
        path,
        [
            copy_as_ucdp_event(KEY, "611281", tolls=ReportedDeaths(4, 7, 9)),
            copy_as_ucdp_event("DL-20260123-01", "9", tolls=ReportedDeaths(7, 7, 7)),
        ],
    )
    return path


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, args)


def pairs(store: Path) -> dict[str, str]:
    done = run("data", "same", "--store", str(store), "--event", KEY, "--json")
    assert done.exit_code == 0, done.output
    return {p["b"]: p["standing"] for p in json.loads(done.stdout)["pairs"]}


def test_pairs_are_listed_with_score_and_reasons(store: Path) -> None:
    done = run("data", "same", "--store", str(store))
    assert "ucdp:611281" in done.output
    assert "both name PAK, TTP" in done.output
    assert "ucdp/made" in done.output


def test_what_a_person_decides_goes_before_the_score_until_they_change_their_mind(store: Path) -> None:
    assert pairs(store) == {"ucdp:611281": "likely"}
    assert run("data", "same", "--store", str(store), "--refuse", KEY, "ucdp:611281").exit_code == 0
    assert pairs(store) == {"ucdp:611281": "refused"}
    assert run("data", "same", "--store", str(store), "--accept", KEY, "611281").exit_code == 0
    assert pairs(store) == {"ucdp:611281": "accepted"}
    assert decisions_path(store).read_text() == f"accept chronology:{KEY} ucdp:611281\n"


@pytest.mark.parametrize(
    ("pair", "told"),
    [((KEY, "61128"), "Nearest: 'ucdp:611281'"), ((KEY, KEY), "not paired with itself")],
)
def test_an_event_that_is_not_there_is_refused_with_the_nearest(store: Path, pair: tuple[str, str], told: str) -> None:
    done = run("data", "same", "--store", str(store), "--accept", *pair)
    assert done.exit_code == 2
    assert told.replace("Nearest: 'ucdp:611281'", "611281") in " ".join(done.output.split())
    assert not decisions_path(store).exists()


def test_an_event_is_shown_with_what_other_reports_say_otherwise(store: Path) -> None:
    done = run("events", "--id", KEY, "--store", str(store))
    assert "Also told (likely" in done.output
    assert f"They differ on deaths: chronology:{KEY} says 6–7; ucdp:611281 says 4–9." in done.output
    data = json.loads(run("events", "--id", KEY, "--store", str(store), "--json").stdout)
    assert [r["id"] for r in data["other_reports"]] == ["611281"]
    assert data["disagreements"][0]["said"]["ucdp:611281"] == "4–9"
    alone = run("events", "--id", KEY)
    assert "Also told" not in alone.output
    assert run("events", "--id", "DL-2026").exit_code == 2
