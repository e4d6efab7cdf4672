"""The forecast section of a brief: the forecast, its past scores in words, or the reason why there is none."""

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
from detente.core.date_range import format_date
from detente.forecast.case import MIN_OBSERVED_DAYS, CaseForecast
from detente.forecast.score_text import MODEL_LABELS
from detente.forecast.scorecard_store import FORMAT, load_scorecard, scorecard_filename
from detente.text.sentence import ConventionPiece, Sentence

CASE = load_case_file("pakistan-afghanistan")


@pytest.fixture(scope="module")
def view() -> ClaimContext:
    return ClaimContext(load_case_data(CASE))


@pytest.fixture(scope="module")
def future(view: ClaimContext) -> CaseForecast:
    made = case_forecast(view, paths=1_000)
    assert isinstance(made, CaseForecast)
    return made


@pytest.fixture(scope="module")
def flagship(view: ClaimContext, future: CaseForecast) -> ForecastSection:
    return build_forecast_section(view, future)


def choices(sentences: tuple[Sentence, ...]) -> list[str]:
    """Return the texts of the stated choices in some sentences."""
    return [p.text for s in sentences for p in s.pieces if isinstance(p, ConventionPiece)]


def sentence_with(o: ForecastSection, quantity: str) -> str:
    """Return the text of the one score sentence that contains a number."""
    (found,) = (s.text for s in o.score if any(m.key == quantity for m in s.measured))
    return found


def test_forecast_lines_have_all_horizons(view: ClaimContext, flagship: ForecastSection) -> None:
    """Each line has one cell per horizon, and every number states the day of the forecast."""
    assert flagship.horizons == (30, 90, 180)
    assert all(len(x.cells) == 3 for x in flagship.lines)
    assert {c.measured.recipe["as_of"] for x in flagship.lines for c in x.cells} == {str(view.g.as_of)}
    assert flagship.since == format_date(view.g.as_of)


def test_forecast_skips_crossings_already_shut(flagship: ForecastSection) -> None:
    """Where every crossing is shut, a note replaces the forecast of closures."""
    # All five were shut by the last report on each, though collection was not systematic after April 2026.
    assert not any("crossing" in x.what for x in flagship.lines)
    assert any("crossing" in s.text for s in flagship.notes)


def test_forecast_without_scorecard_names_command(view: ClaimContext) -> None:
    """Without a score card of the release, the section gives the command that makes one."""
    g = load_case_data(CASE, date(2025, 9, 30))
    other = ClaimContext(replace(g, release=replace(view.g.release, sha256="0" * 64)))
    o = build_forecast_section(other, case_forecast(other, paths=1_000))
    assert choices(o.score) == ["detente forecast score pakistan-afghanistan --as-of 2025-09-30 --keep"]


def section_with_card(
    view: ClaimContext, future: CaseForecast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **changes: Any
) -> ForecastSection:
    """Build the section with a score card that differs in some entries."""
    stored = load_scorecard(view.g)
    assert stored is not None
    monkeypatch.setenv("DETENTE_SCORES", str(tmp_path))
    head = {"format": FORMAT, "as_of": str(stored.as_of), "detente": "0", "card": stored.card | changes}
    data = head | {k: getattr(stored, k) for k in ("case", "release", "sha256", "model")}
    (tmp_path / scorecard_filename(view.g)).write_text(json.dumps(data))
    return build_forecast_section(view, future)


@pytest.mark.parametrize(
    ("verdict", "words"), [("better", {"better than"}), ("worse", {"worse than"}), ("no clear difference", set())]
)
def test_forecast_score_words_follow_verdict(
    view: ClaimContext,
    future: CaseForecast,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    verdict: str,
    words: set[str],
) -> None:
    """A lead is called better or worse only if the test says so after its allowance; one without an interval is shown too."""
    lead = {
        "mean": 0.1,
        "low": None,
        "high": None,
        "level": 0.9,
        "p": 0.5,
        "p_holm": 0.5,
        "blocks": 3,
        "verdict": verdict,
    }
    key = "lead_over_conflictology_12_log_crps"
    text = sentence_with(
        section_with_card(view, future, tmp_path, monkeypatch, **{key: {"30": lead}}), f"score_{key}_30"
    )
    assert {w for w in ("better than", "worse than") if f": {w}" in text} == words
    assert MODEL_LABELS["conflictology 12"] in text
    assert "30 days" in text


def test_forecast_names_models_ahead_at_even_coverage(
    view: ClaimContext, future: CaseForecast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The models with a lower CRPS at constant reporting coverage are named, and no others."""
    stored, key = load_scorecard(view.g), "CRPS where evenly collected"
    assert stored is not None
    crps = {"forecast": 0.5, "background alone": 0.4, "climatology": 0.3}
    rows = [r | {key: crps.get(r["model"], 0.9)} for r in stored.card["models"] if r["days"] == 30]
    o = section_with_card(view, future, tmp_path, monkeypatch, models=rows)
    labels = {name: MODEL_LABELS[name] for name in {r["model"] for r in rows} - {"forecast"}}
    (text,) = (s.text for s in o.score if not s.measured and labels["climatology"] in s.text)
    named = [name for name in labels if labels[name] in text]
    assert sorted(named, key=lambda name: text.index(labels[name])) == ["climatology", "background alone"]


def test_forecast_of_short_record_gives_reason() -> None:
    """A record too short to forecast from gives no lines, picture or score, and states the days needed."""
    early = ClaimContext(load_case_data(CASE, date(2021, 12, 31)))
    o = build_forecast_section(early, case_forecast(early))
    assert (o.lines, o.picture, o.score) == ((), None, ())
    assert choices(o.notes) == [f"{MIN_OBSERVED_DAYS} days"]
