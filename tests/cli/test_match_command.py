"""`detente store match` and `detente events --id`: pairs with reasons, saved decisions and discrepancies."""

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
    done = run("store", "match", "--store", str(store), "--event", KEY, "--json")
    assert done.exit_code == 0, done.output
    return {p["b"]: p["standing"] for p in json.loads(done.stdout)["pairs"]}


def test_match_lists_pairs_with_reasons(store: Path) -> None:
    """A pair is listed with the other report, its source and the reasons."""
    done = run("store", "match", "--store", str(store))
    assert "ucdp:611281" in done.output
    assert "both name PAK, TTP" in done.output
    assert "ucdp/made" in done.output


def test_decision_overrides_score(store: Path) -> None:
    """A decision overrides the score, and a later decision replaces it."""
    assert pairs(store) == {"ucdp:611281": "probable"}
    assert run("store", "match", "--store", str(store), "--refuse", KEY, "ucdp:611281").exit_code == 0
    assert pairs(store) == {"ucdp:611281": "refused"}
    assert run("store", "match", "--store", str(store), "--accept", KEY, "611281").exit_code == 0
    assert pairs(store) == {"ucdp:611281": "accepted"}
    assert decisions_path(store).read_text() == f"accept chronology:{KEY} ucdp:611281\n"


@pytest.mark.parametrize(
    ("pair", "named"),
    [((KEY, "61128"), ["'61128'", "'611281'"]), ((KEY, KEY), ["--accept"])],
)
def test_accept_rejects_invalid_pair(store: Path, pair: tuple[str, str], named: list[str]) -> None:
    """An unknown event is rejected with the nearest known one; a pair of one event is rejected."""
    done = run("store", "match", "--store", str(store), "--accept", *pair)
    assert done.exit_code == 2
    assert all(word in done.output for word in named)
    assert not decisions_path(store).exists()


def test_event_shows_discrepancies(store: Path) -> None:
    """One event is shown with its matches and what they contradict."""
    done = run("events", "--id", KEY, "--store", str(store))
    assert "Match (probable" in done.output
    assert all(word in done.output for word in ("deaths", f"chronology:{KEY} says 6–7", "ucdp:611281 says 4–9"))
    data = json.loads(run("events", "--id", KEY, "--store", str(store), "--json").stdout)
    assert [r["id"] for r in data["other_reports"]] == ["611281"]
    assert data["disagreements"][0]["said"]["ucdp:611281"] == "4–9"
    alone = run("events", "--id", KEY)
    assert alone.exit_code == 0
    assert "Match (" not in alone.output
    assert run("events", "--id", "DL-2026").exit_code == 2
