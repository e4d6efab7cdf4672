"""What may come, as a page: the floor's forecast told with its words, and its score good or bad."""

import dataclasses
import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.api.forecast import ForecastSummary
from detente.brief.forecast_section import FORECAST_DAYS, PATH_COUNT
from detente.cases.load import load_case_data
from detente.core.rng import make_rng
from detente.forecast.attribution import find_drivers
from detente.forecast.case import forecast_case
from detente.forecast.scorecard_store import load_scorecard
from detente.text.probability_words import probability_word
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.pages import forecast as page_of

PAGE = "/pakistan-afghanistan/forecast"


def test_the_page_tells_the_forecast_of_the_floor_below(client: TestClient, flagship: PreparedCase) -> None:
    page = client.get(f"{PAGE}.json").json()["page"]
    f = forecast_case(
        load_case_data(flagship.case, flagship.case.last), FORECAST_DAYS, make_rng(flagship.view.seed), paths=PATH_COUNT
    )
    assert page["as_of"] == str(f.as_of)
    for a in page["asked"]:
        for c in a["chances"]:
            assert c["number"]["value"] == f.probability_of_any(tuple(c["number"]["recipe"]["channels"]), c["days"])
            assert (c["answers"] + c["background"]) / 2 == pytest.approx(c["number"]["value"])
    strikes = next(x for x in page["amounts"] if (x["what"], x["days"]) == ("strike", 180))
    assert strikes["low90"] <= strikes["low50"] <= strikes["median"] <= strikes["high50"] <= strikes["high90"]
    assert isinstance(flagship.forecast, ForecastSummary)
    kept = flagship.forecast.drivers[90]
    assert [(d.event.id, d.more) for d in kept] == [(d.event.id, d.more) for d in find_drivers(f, 90)]


def test_every_probability_stands_beside_its_word(client: TestClient) -> None:
    html = unescape(client.get(PAGE).text)
    page = client.get(f"{PAGE}.json").json()["page"]
    assert len(page["asked"]) >= 4
    for a in page["asked"]:
        for c in a["chances"]:
            p = c["number"]["value"]
            assert f"{probability_word(p)} (" in html
            assert f"{c['days']} days: " in html


def test_without_a_score_card_the_page_says_so_and_by_which_command_one_is_made(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_of, "load_scorecard", lambda g: None)
    text = unescape(client.get(PAGE).text)
    assert "no score card has been made for this release" in text
    assert "detente forecast score pakistan-afghanistan --keep" in text


def test_the_kept_score_card_is_shown_whole_with_the_briefs_words_for_it(
    client: TestClient, flagship: PreparedCase
) -> None:
    card = load_scorecard(flagship.g)
    assert card is not None
    html = unescape(re.sub(r"<[^>]+>", "", client.get(PAGE).text))
    page = client.get(f"{PAGE}.json").json()["page"]
    assert page["score"]["card"] == card.card
    assert all(f"{r['Brier']:.3f}" in html for r in card.card["models"])
    assert flagship.brief.outlook.score
    assert all(s.text in html for s in flagship.brief.outlook.score)


def test_page_and_brief_say_the_same_numbers(client: TestClient, flagship: PreparedCase) -> None:
    page = client.get(f"{PAGE}.json").json()["page"]
    said = {c.measured.key: c.measured.value for line in flagship.brief.outlook.lines for c in line.cells}
    asked = {c["number"]["key"]: c["number"]["value"] for a in page["asked"] for c in a["chances"]}
    assert asked
    assert all(said[key] == value for key, value in asked.items())


def test_a_case_of_which_nothing_is_forecast_says_why(flagship: PreparedCase, settings: ServerConfig) -> None:
    thin = dataclasses.replace(
        flagship, key="thin", forecast="the case is too short: 100 watched days of 365", answers=None
    )
    with TestClient(create_app(settings, {thin.id: thin})) as c:
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
