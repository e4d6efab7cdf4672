"""Score cards that are kept: read where the same release is read and no less is known, refused where they are damaged."""

import hashlib
import json
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import CaseData, load_case_data
from detente.forecast.scorecard_store import (
    FORMAT,
    latest_knowledge_date,
    load_scorecard,
    scorecard_filename,
    scorecard_folder,
)
from detente.sources.errors import BrokenFile

G = load_case_data(load_case_file("pakistan-afghanistan"))


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETENTE_SCORES", str(tmp_path))
    return tmp_path


def put(where: Path, g: CaseData, **changes: Any) -> None:
    data = {"format": FORMAT, "case": g.case.id, "release": g.release.name, "sha256": g.release.sha256, "detente": "0"}
    (where / scorecard_filename(g)).write_text(
        json.dumps(data | {"as_of": str(latest_knowledge_date(g)), "card": {"origins": 1}} | changes)
    )


def test_the_shipped_card_is_of_the_shipped_chronology_and_of_all_that_is_watched() -> None:
    found = load_scorecard(G)
    assert found is not None
    chronology = (G.case.folder / G.case.chronology).read_bytes()
    assert found.sha256 == hashlib.sha256(chronology).hexdigest()
    assert found.as_of == latest_knowledge_date(G)
    assert {r["days"] for r in found.card["models"]} == {30, 90, 180}


def test_a_brief_of_an_earlier_day_is_told_no_score_that_later_days_gave() -> None:
    shipped = load_scorecard(G)
    assert shipped is not None
    assert load_scorecard(load_case_data(G.case, shipped.as_of)) == shipped
    assert load_scorecard(load_case_data(G.case, shipped.as_of - timedelta(days=1))) is None


def test_a_card_of_another_release_or_case_is_none(own: Path) -> None:
    other = replace(G, release=replace(G.release, sha256="0" * 64))
    assert load_scorecard(other) is None
    put(own, other)
    assert load_scorecard(other) is not None
    put(own, other, case="another")
    assert load_scorecard(other) is None


def test_ones_own_card_goes_before_the_shipped_and_of_several_the_one_that_knows_most(own: Path) -> None:
    early = load_case_data(G.case, date(2025, 9, 30))
    put(own, early)
    assert (found := load_scorecard(early)) is not None
    assert found.card == {"origins": 1}
    assert load_scorecard(G) != found  # the shipped one knows more
    put(own, G)
    assert (mine := load_scorecard(G)) is not None
    assert mine.detente == "0"


@pytest.mark.parametrize("text", ["", "[]", '{"format": "another"}', '{"format": "detente kept score card 1"}'])
def test_a_damaged_card_is_told_with_the_command_that_makes_it_again(own: Path, text: str) -> None:
    (own / f"{G.case.id}-x.json").write_text(text)
    with pytest.raises(BrokenFile, match="--keep"):
        load_scorecard(G)


def test_cards_lie_in_the_cache_folder_of_this_kind_of_machine_if_nobody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DETENTE_SCORES")
    assert scorecard_folder().name == "scores"
    assert "detente" in str(scorecard_folder())


def test_the_shipped_cards_are_of_shipped_cases() -> None:
    for card in files("detente.forecast").joinpath("cards").iterdir():
        assert load_case_file(Path(str(card)).stem).id == Path(str(card)).stem
