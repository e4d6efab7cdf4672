"""What may come, in a brief: forecast from the day known, with its score in plain words, or why there is none."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from detente.brief.document import ForecastSection
from detente.brief.forecast_section import build_forecast_section, case_forecast
from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims.context import ClaimContext
from detente.forecast.scorecard_store import FORMAT, load_scorecard, scorecard_filename

CASE = load_case_file("pakistan-afghanistan")


@pytest.fixture(scope="module")
def view() -> ClaimContext:
    return ClaimContext(load_case_data(CASE))


@pytest.fixture(scope="module")
def flagship(view: ClaimContext) -> ForecastSection:
    return build_forecast_section(view, case_forecast(view))


def score(o: ForecastSection) -> str:
    return " ".join(s.text for s in o.score)


def test_each_line_has_a_cell_for_each_horizon_and_every_figure_names_the_day_it_is_from(
    flagship: ForecastSection,
) -> None:
    assert flagship.horizons == (30, 90, 180)
    assert all(len(x.cells) == 3 for x in flagship.lines)
    assert {c.measured.recipe["as_of"] for x in flagship.lines for c in x.cells} == {str(CASE.last)}
    assert flagship.since == "30 June 2026"


def test_where_every_crossing_is_shut_none_is_foretold_to_be_newly_shut(flagship: ForecastSection) -> None:
    # All five were shut by the last report on each, though nobody watched systematically after April 2026.
    assert not any("crossing" in x.what for x in flagship.lines)
    assert any("Every crossing of the case is shut" in s.text for s in flagship.notes)


def test_without_a_score_card_the_brief_says_so_and_names_the_command(view: ClaimContext) -> None:
    other = ClaimContext(
        replace(load_case_data(CASE, date(2025, 9, 30)), release=replace(view.g.release, sha256="0" * 64))
    )
    said = score(build_forecast_section(other, case_forecast(other)))
    assert "no score card has been made of this release" in said
    assert "detente forecast score pakistan-afghanistan --as-of 2025-09-30 --keep" in said


def card_like(view: ClaimContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> str:
    found = load_scorecard(view.g)
    assert found is not None
    monkeypatch.setenv("DETENTE_SCORES", str(tmp_path))
    data = {
        "format": FORMAT,
        "case": found.case,
        "release": found.release,
        "sha256": found.sha256,
        "as_of": str(found.as_of),
    }
    (tmp_path / scorecard_filename(view.g)).write_text(
        json.dumps(data | {"detente": "0", "card": found.card | changes})
    )
    return score(build_forecast_section(view, case_forecast(view)))


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [(0.01, 0.2, "they were better than a draw"), (-0.2, -0.01, "they were worse than a draw"), (-0.1, 0.1, "they were not to be told from a draw")],
)  # fmt: skip
def test_the_words_of_the_score_follow_its_interval_good_or_bad(
    view: ClaimContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, low: float, high: float, told: str
) -> None:
    lead = {"mean": (low + high) / 2, "low": low, "high": high, "level": 0.9, "p": 0.5}
    said = card_like(view, tmp_path, monkeypatch, lead_over_conflictology_12_log_crps={"30": lead})
    assert f"On how many events came, {told} from the twelve months before within 30 days" in said


def test_who_was_nearer_where_collection_was_even_is_named(flagship: ForecastSection, view: ClaimContext) -> None:
    found = load_scorecard(view.g)
    assert found is not None
    key = "CRPS where evenly collected"
    rows = [r for r in found.card["models"] if r["days"] == 30]
    mine = next(r[key] for r in rows if r["model"] == "forecast")
    ahead = [r["model"] for r in rows if r[key] < mine]
    assert ahead == ["background alone"]
    assert "within 30 days, its background without answers; within 90 days" in score(flagship)


def test_a_record_too_short_to_forecast_from_says_why_and_shows_no_picture() -> None:
    early = ClaimContext(load_case_data(CASE, date(2021, 12, 31)))
    o = build_forecast_section(early, case_forecast(early))
    assert (o.lines, o.picture, o.score) == ((), None, ())
    assert "it takes events, and 365 days or more" in o.notes[0].text
