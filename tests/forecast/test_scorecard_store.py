"""Stored score cards: used for the same release and enough knowledge, rejected if damaged."""

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
    load_history,
    load_scorecard,
    load_weights,
    scorecard_filename,
    scorecard_folder,
)
from detente.model.version import MODEL_VERSION
from detente.sources.errors import BrokenFile
from support.worlds import FLAGSHIP as G


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DETENTE_SCORES", str(tmp_path))
    return tmp_path


def store_card(folder: Path, g: CaseData, **changes: Any) -> None:
    data = {
        "format": FORMAT,
        "case": g.case.id,
        "release": g.release.name,
        "sha256": g.release.sha256,
        "detente": "0",
        "model": MODEL_VERSION,
    }
    (folder / scorecard_filename(g)).write_text(
        json.dumps(data | {"as_of": str(latest_knowledge_date(g)), "card": {"origins": 1}} | changes)
    )


def test_shipped_card_matches_shipped_chronology() -> None:
    """The shipped card scores the shipped chronology with all its knowledge."""
    card = load_scorecard(G)
    assert card is not None
    chronology = (G.case.folder / G.case.chronology).read_bytes()
    assert card.sha256 == hashlib.sha256(chronology).hexdigest()
    assert card.as_of == latest_knowledge_date(G)
    assert {r["days"] for r in card.card["models"]} == {30, 90, 180}


def test_load_scorecard_hides_later_knowledge() -> None:
    """An earlier day does not get a card with later knowledge."""
    shipped = load_scorecard(G)
    assert shipped is not None
    assert load_scorecard(load_case_data(G.case, shipped.as_of)) == shipped
    assert load_scorecard(load_case_data(G.case, shipped.as_of - timedelta(days=1))) is None


def test_load_scorecard_requires_same_release(own_folder: Path) -> None:
    """A card of another release or case is not used."""
    other = replace(G, release=replace(G.release, sha256="0" * 64))
    assert load_scorecard(other) is None
    store_card(own_folder, other)
    assert load_scorecard(other) is not None
    store_card(own_folder, other, case="another")
    assert load_scorecard(other) is None


def test_load_scorecard_requires_same_model(own_folder: Path) -> None:
    """A card of another version of the model is not used."""
    other = replace(G, release=replace(G.release, sha256="0" * 64))
    store_card(own_folder, other, model=MODEL_VERSION - 1)
    assert load_scorecard(other) is None


def test_load_scorecard_prefers_own_and_latest(own_folder: Path) -> None:
    """The user's card comes first, and of several the one with most knowledge."""
    early = load_case_data(G.case, date(2025, 9, 30))
    store_card(own_folder, early)
    assert (found := load_scorecard(early)) is not None
    assert found.card == {"origins": 1}
    assert load_scorecard(G) != found  # the shipped one knows more
    store_card(own_folder, G)
    assert (mine := load_scorecard(G)) is not None
    assert mine.detente == "0"


@pytest.mark.parametrize("text", ["", "[]", '{"format": "another"}', '{"format": "detente kept score card 2"}'])
def test_load_scorecard_rejects_damaged_card(own_folder: Path, text: str) -> None:
    """The error of a damaged card names its file and the command that replaces it."""
    (own_folder / f"{G.case.id}-x.json").write_text(text)
    with pytest.raises(BrokenFile, match="--keep") as error:
        load_scorecard(G)
    assert error.value.file.endswith("-x.json")


def test_load_scorecard_ignores_old_format(own_folder: Path) -> None:
    """A card of an earlier version is passed over."""
    (own_folder / f"{G.case.id}-x.json").write_text('{"format": "detente kept score card 1"}')
    assert load_scorecard(G) is not None


def test_load_weights_uses_earlier_outcomes_only(own_folder: Path) -> None:
    """A forecast of an earlier day has weights of that day, and equal ones before the first."""
    other = replace(G, release=replace(G.release, sha256="0" * 64))
    entries = [
        {"day": day, "origins": n, "learned": True, "of": {"system alone": w, "background alone": 1 - w, "recent rate alone": 0.0}}
        for day, n, w in (("2024-01-31", 12, 0.2), ("2025-01-31", 24, 0.7))
    ]  # fmt: skip
    store_card(own_folder, other, card={"weights": entries})
    found = [load_weights(replace(other, as_of=d)) for d in (date(2023, 1, 1), date(2024, 6, 1), date(2025, 6, 1))]
    assert [w.learned for w in found] == [False, True, True]
    assert [round(w.of["system alone"], 3) for w in found] == [0.333, 0.2, 0.7]


def test_load_history_ends_with_known_outcomes() -> None:
    """Past forecasts are listed once their horizon has ended, with probability and outcome."""
    whole, early = load_history(G), load_history(load_case_data(G.case, date(2024, 12, 31)))
    assert len(whole) > len(early) > 100
    assert all(h.origin + timedelta(days=h.days) <= date(2024, 12, 31) for h in early)
    assert all(0 <= h.probability <= 1 and h.low <= h.median <= h.high for h in whole)
    h = next(h for h in whole if (h.origin, h.days, h.channel) == (date(2025, 3, 31), 30, "attack"))
    assert h.came == sum(date(2025, 4, 1) <= e.day <= date(2025, 4, 30) for e in G.of("attack"))


def test_scorecard_folder_defaults_to_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a setting, cards are in the platform's cache folder."""
    monkeypatch.delenv("DETENTE_SCORES")
    assert scorecard_folder().name == "scores"
    assert "detente" in str(scorecard_folder())


def test_shipped_cards_belong_to_shipped_cases() -> None:
    """Every shipped card belongs to a shipped case."""
    for card in files("detente.forecast").joinpath("cards").iterdir():
        assert load_case_file(Path(str(card)).stem).id == Path(str(card)).stem
