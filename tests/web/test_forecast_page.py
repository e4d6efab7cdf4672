"""What may come, as a page: the floor's forecast told with its words, and its score good or bad."""

import dataclasses
import json
import re
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.case.gather import gather
from detente.forecast.case import forecast
from detente.forecast.drivers import drivers
from detente.ground.chance import generator
from detente.ground.likelihood import likelihood
from detente.web.app import make
from detente.web.foreseen import HORIZONS, PATHS, Foreseen
from detente.web.pages import forecast as page_of
from detente.web.settings import Settings
from detente.web.study import Study

PAGE = "/pakistan-afghanistan/forecast"


def test_the_page_tells_the_forecast_of_the_floor_below(client: TestClient, flagship: Study) -> None:
    page = client.get(f"{PAGE}.json").json()["page"]
    f = forecast(gather(flagship.case, flagship.case.last), HORIZONS, generator(flagship.view.seed), paths=PATHS)
    assert page["as_of"] == str(f.as_of)
    for a in page["asked"]:
        for c in a["chances"]:
            assert c["number"]["value"] == f.any(tuple(c["number"]["recipe"]["channels"]), c["days"])
            assert (c["answers"] + c["background"]) / 2 == pytest.approx(c["number"]["value"])
    strikes = next(x for x in page["amounts"] if (x["what"], x["days"]) == ("strike", 180))
    assert strikes["low90"] <= strikes["low50"] <= strikes["median"] <= strikes["high50"] <= strikes["high90"]
    assert isinstance(flagship.forecast, Foreseen)
    kept = flagship.forecast.drivers[90]
    assert [(d.event.id, d.more) for d in kept] == [(d.event.id, d.more) for d in drivers(f, 90)]


def test_every_probability_stands_beside_its_word(client: TestClient) -> None:
    html = unescape(client.get(PAGE).text)
    page = client.get(f"{PAGE}.json").json()["page"]
    assert len(page["asked"]) >= 4
    for a in page["asked"]:
        for c in a["chances"]:
            p = c["number"]["value"]
            assert f"{likelihood(p)} (" in html
            assert f"{c['days']} days: " in html


def test_without_a_score_card_the_page_says_so_and_by_which_command_one_is_made(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of, "_score", lambda study: None)
    text = unescape(client.get(PAGE).text)
    assert "no score card has been made for this release" in text
    assert "detente forecast score pakistan-afghanistan" in text


def test_a_score_card_is_shown_bad_or_good_and_only_for_its_own_release(
    flagship: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {
        "model": "forecast", "days": 30, "cases": 40, "CRPS": 1.5, "log CRPS": 0.5, "CRPS where evenly collected": None,
        "Brier": 0.25, "Brier skill": -0.1, "coverage": {"0.9": 0.6},
    }  # fmt: skip
    card = {
        "origins": 40, "first_origin": "2022-08-31", "last_origin": "2026-02-28", "models": [row], "truces": [],
        "lead_over_conflictology_12_log_crps": {"30": {"mean": -0.2, "low": -0.3, "high": -0.1}},
        "calibration": {"30": {"share_by_tenth": [0.1] * 10}},
    }  # fmt: skip
    kept = {"sha256": flagship.g.release.sha256, "as_of": "2026-04-08", "card": card}
    (tmp_path / "cards").mkdir()
    path = tmp_path / "cards" / "pakistan-afghanistan.json"
    monkeypatch.setattr(page_of, "files", lambda package: tmp_path)
    path.write_text(json.dumps(kept))
    score = page_of.may_come(flagship).score
    assert score is not None
    assert [lead.word for lead in score.leads] == ["worse than"]
    path.write_text(json.dumps(kept | {"sha256": "0" * 64}))
    assert page_of.may_come(flagship).score is None
    path.write_text(json.dumps(kept | {"as_of": "2099-01-01"}))
    assert page_of.may_come(flagship).score is None


def test_a_case_of_which_nothing_is_forecast_says_why(flagship: Study, settings: Settings) -> None:
    thin = dataclasses.replace(flagship, forecast="the case is too short: 100 watched days of 365", answers=None)
    with TestClient(make(settings, {thin.id: thin})) as c:
        assert "100 watched days of 365" in c.get(PAGE).text
        assert c.get(f"{PAGE}.json").json()["page"]["asked"] == []
        assert c.get("/pakistan-afghanistan/responses").status_code == 404


def test_pictures_are_of_the_same_origin(client: TestClient) -> None:
    for path in (f"{PAGE}/fans.svg", "/pakistan-afghanistan/responses/leftovers.svg"):
        svg = client.get(path)
        assert svg.headers["content-type"].startswith("image/svg+xml")
        assert svg.text.startswith("<svg")
    for path in (
        PAGE,
        "/pakistan-afghanistan/responses",
        "/pakistan-afghanistan/whatif",
        "/pakistan-afghanistan/claims/trust",
    ):
        html = client.get(path).text
        assert not re.search(r'\sstyle="|<script(?![^>]*src=)|\son\w+="', html)
        assert not re.search(r'(?:src|href)="https?://', re.sub(r"<details.*?</details>", "", html, flags=re.S))
