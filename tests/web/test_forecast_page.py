"""The forecast page: numbers of the forecast and the brief, verbal probabilities, scorecard."""

import json
import re
from html import unescape
from importlib.resources import files

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.forecast import ForecastSummary
from detente.core.rng import make_rng
from detente.forecast.attribution import find_drivers
from detente.forecast.case import forecast_case
from detente.forecast.members import MEMBERS
from detente.forecast.scorecard_store import StoredScoreCard, load_weights
from detente.forecast.usual_run import FORECAST_DAYS, FORECAST_PATHS
from detente.text.probability_words import probability_word
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.pages import forecast as forecast_page

PAGE = "/pakistan-afghanistan/forecast"


def test_forecast_page_equals_forecast(client: TestClient, flagship: Case) -> None:
    """The page shows the numbers of the forecast itself."""
    page = client.get(f"{PAGE}.json").json()["page"]
    f = forecast_case(
        flagship.g,
        FORECAST_DAYS,
        make_rng(flagship.view.seed),
        paths=FORECAST_PATHS,
        weights=load_weights(flagship.g),
    )
    assert page["as_of"] == str(f.as_of)
    for a in page["asked"]:
        for c in a["chances"]:
            assert c["number"]["value"] == f.probability_of_any(tuple(c["number"]["recipe"]["channels"]), c["days"])
            mean = sum(
                c[k] * f.weights.of[m] for k, m in zip(("answers", "background", "recent"), MEMBERS, strict=True)
            )
            assert mean == pytest.approx(c["number"]["value"], abs=2e-3)
    strikes = next(x for x in page["amounts"] if (x["what"], x["days"]) == ("strike", 180))
    assert strikes["low90"] <= strikes["low50"] <= strikes["median"] <= strikes["high50"] <= strikes["high90"]
    assert isinstance(flagship.forecast_summary, ForecastSummary)
    drivers = flagship.forecast_summary.drivers[90]
    assert [(d.event.id, d.more) for d in drivers] == [(d.event.id, d.more) for d in find_drivers(f, 90)]


def test_probabilities_are_shown_with_words(client: TestClient) -> None:
    """Every probability is shown with its word and horizon."""
    html = unescape(client.get(PAGE).text)
    page = client.get(f"{PAGE}.json").json()["page"]
    assert len(page["asked"]) >= 4
    for a in page["asked"]:
        for c in a["chances"]:
            p = c["number"]["value"]
            assert f"{probability_word(p)} (" in html
            assert f"{c['days']} days: " in html


def test_forecast_page_names_what_it_counts(client: TestClient, flagship: Case) -> None:
    """The page opens with the outlook, the kinds that it counts, and another source's counts beside the record's."""
    page = client.get(f"{PAGE}.json").json()["page"]
    text = unescape(re.sub(r"<[^>]+>", "", client.get(PAGE).text))
    f = flagship.forecast_summary
    assert isinstance(f, ForecastSummary)
    assert all(s.text in text for s in f.outlook)
    assert [k["key"] for k in page["counted"]] == [k.key for k in f.counted]
    for y in page["scale"]:
        found = flagship.yardstick(y["channel"])
        assert found is not None
        assert (y["events"], y["record_events"]) == (found.events, found.record_events)
        assert found.sentence in text
    assert [y["channel"] for y in page["scale"]] == ["attack", "strike"]


def test_missing_scorecard_is_said(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a scorecard the page says that past forecasts are not scored, and names no command."""
    monkeypatch.setattr(forecast_page, "load_scorecard", lambda g: None)
    page = client.get(f"{PAGE}.json").json()["page"]
    assert page["score"] is None
    html = client.get(PAGE).text
    assert 'class="warn"' in html
    assert "detente forecast" not in html


def test_stored_scorecard_is_shown_whole(client: TestClient, flagship: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stored scorecard is shown whole, with the brief's sentences about it; here the shipped one, of any release."""
    stored = json.loads(files("detente.forecast").joinpath("cards/pakistan-afghanistan.json").read_text("utf-8"))
    card = StoredScoreCard(
        "pakistan-afghanistan",
        stored["release"],
        stored["sha256"],
        flagship.g.as_of,
        "",
        stored["model"],
        stored["card"],
    )
    monkeypatch.setattr(forecast_page, "load_scorecard", lambda g: card)
    html = unescape(re.sub(r"<[^>]+>", "", client.get(PAGE).text))
    page = client.get(f"{PAGE}.json").json()["page"]
    assert page["score"]["card"] == card.card
    assert card.card["models"]
    assert all(f"{r['Brier']:.3f}" in html for r in card.card["models"])
    assert all(s.text in html for s in flagship.document.outlook.score)


def test_forecast_page_equals_brief(client: TestClient, flagship: Case) -> None:
    """The page and the brief show equal probabilities."""
    page = client.get(f"{PAGE}.json").json()["page"]
    in_brief = {c.measured.key: c.measured.value for line in flagship.document.outlook.lines for c in line.cells}
    on_page = {c["number"]["key"]: c["number"]["value"] for a in page["asked"] for c in a["chances"]}
    assert on_page
    assert all(in_brief[key] == value for key, value in on_page.items())


def test_missing_forecast_gives_reason(flagship: Case, settings: ServerConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case without a forecast shows the reason."""
    thin = flagship
    monkeypatch.setattr(Case, "forecast_summary", "the case is too short: 100 of 365 days")
    monkeypatch.setattr(Case, "answers", None)
    with TestClient(create_app(settings, {thin.id: thin})) as c:
        assert "100 of 365 days" in c.get(PAGE).text
        assert c.get(f"{PAGE}.json").json()["page"]["asked"] == []
        assert c.get("/pakistan-afghanistan/responses").status_code == 404


def test_pictures_come_from_same_origin(client: TestClient) -> None:
    """Pictures are SVG from the same origin; pages load nothing from other hosts."""
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
