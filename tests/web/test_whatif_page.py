"""What if, as a page: the command's numbers, a permalink that holds the setting, the assumed apart from the estimated."""

import re
import threading
from html import unescape

import numpy as np
import pytest
from starlette.testclient import TestClient

from detente.api.case import PreparedCase
from detente.api.interventions import LIVE_PATHS
from detente.claims.intervention_text import describe_assumption, run_intervention
from detente.model.intervention_spec import parse_interventions
from detente.model.interventions import HORIZONS

PAGE = "/pakistan-afghanistan/whatif"


def test_all_paths_give_the_commands_numbers_and_sentences(client: TestClient, flagship: PreparedCase) -> None:
    page = client.get(f"{PAGE}.json?border=0.8&dialogue=2&paths=full").json()["page"]
    changes = parse_interventions(["dialogue=+2/month", "border=0.8"])
    assert flagship.system is not None
    o = run_intervention(flagship.view, flagship.system, changes, HORIZONS)
    e = o.effect
    at = {(r["channel"], r["days"]): r for r in page["rows"]}
    assert len(at) == e.without.size
    for i, h in enumerate(e.horizons):
        for k, c in enumerate(e.channels):
            assert at[c, h]["as_fitted"] == pytest.approx(e.without[i, k])
            assert at[c, h]["assumed"] == pytest.approx(e.direct[i, k])
            assert at[c, h]["estimated_low"] == pytest.approx(e.estimated.low[i, k])
            assert at[c, h]["whole"] == pytest.approx(e.whole.mean[i, k])
    assert page["setting"] == "dialogue=+2/month border=0.8"
    said = "".join(p if isinstance(p, str) else p["text"] for p in page["assumed"]["pieces"])
    assert said == describe_assumption(o, changes, 180).text


def test_the_live_view_differs_from_the_full_one_by_no_more_than_its_error_says(client: TestClient) -> None:
    live, full = (client.get(f"{PAGE}.json?mediation=0.5{more}").json()["page"] for more in ("", "&paths=full"))
    assert live["paths"] == LIVE_PATHS < full["paths"]
    away = [
        abs(a["whole"] - b["whole"]) / a["error"] for a, b in zip(live["rows"], full["rows"], strict=True) if a["error"]
    ]
    assert max(away) < 5
    assert np.median(away) < 2


def test_a_permalink_restores_the_setting(client: TestClient) -> None:
    html = client.get(f"{PAGE}?delink=0.35&joint=1.5&days=365&show=truce&show=deaths").text
    assert re.search(r'name="delink" value="0.35"', html)
    assert re.search(r'name="joint" value="1.5"', html)
    assert re.search(r'name="border" value="1"', html)
    assert re.search(r'<option value="365" selected', html)
    assert re.findall(r'name="show" value="(\w+)" checked', html) == ["truce", "deaths"]
    again = client.get(f"{PAGE}?from=2025-10-09&without=strike&without=clash").text
    assert 'name="from" value="2025-10-09"' in again
    assert re.findall(r'name="without" value="(\w+)" checked', again) == ["strike", "clash"]


@pytest.mark.parametrize("query", ["", "?dialogue=0&border=1", "?border=1.0&mediation="])
def test_levers_set_to_no_change_show_the_system_as_fitted(client: TestClient, query: str) -> None:
    page = client.get(f"{PAGE}.json{query}").json()["page"]
    assert not page["changed"]
    assert page["assumed"] is page["estimated"] is None
    assert all(r["whole"] == 0 for r in page["rows"])
    assert all(f["changed"] == f["as_fitted"] for f in page["fans"])


@pytest.mark.parametrize("query", ["dialogue=3&mediation=0.2", "border=0", "from=2025-10-09&without=strike"])
def test_the_assumed_and_the_estimated_add_up_to_the_whole(client: TestClient, query: str) -> None:
    for r in client.get(f"{PAGE}.json?{query}").json()["page"]["rows"]:
        assert r["assumed"] + r["estimated"] == pytest.approx(r["whole"], abs=1e-6)
        assert r["estimated_low"] <= r["estimated"] <= r["estimated_high"]


def test_a_past_without_strikes_has_none_beside_those_that_came(client: TestClient, flagship: PreparedCase) -> None:
    page = client.get(f"{PAGE}.json?from=2025-10-09&without=strike").json()["page"]
    strikes = next(f for f in page["fans"] if f["channel"] == "strike")
    assert not np.any(strikes["changed"])
    s, first = flagship.system, flagship.g.coverage.first
    assert s is not None
    from datetime import date

    came = s.y[(date(2025, 10, 9) - first).days :, s.channels.index("strike")].sum()
    assert strikes["came"][-1] == came > 0
    row = next(r for r in page["rows"] if r["channel"] == "strike")
    assert row["whole"] == pytest.approx(-row["as_fitted"])


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("medation=0.5", "Nearest: 'mediation'"),
        ("border=2", "between 0 and 1"),
        ("border=lots", "'lots' is no number"),
        ("dialogue=-1", "between 0 and 30"),
        ("dialogue=nan", "between 0 and 30"),
        ("days=7", "90, 180 or 365 days"),
        ("paths=many", "paths can be full"),
        ("show=strik", "Nearest: 'strike'"),
        ("from=2025-10-09", "need each other"),
        ("without=strike", "need each other"),
        ("from=soon&without=strike", "'soon' is no day"),
        ("from=1999-01-01&without=strike", "is not between"),
        ("from=2025-10-09&without=stroke", "Nearest: 'strike'"),
        ("border=0.5&from=2025-10-09&without=strike", "ask one of them"),
    ],
)
@pytest.mark.parametrize("twin", ["", ".json"])
def test_what_cannot_be_asked_is_told_by_name(client: TestClient, query: str, told: str, twin: str) -> None:
    answer = client.get(f"{PAGE}{twin}?{query}")
    assert answer.status_code == 400
    assert told in unescape(answer.text)


def test_readers_who_pull_at_once_get_what_each_would_get_alone(client: TestClient) -> None:
    asked = [f"{PAGE}.json?border={0.3 + i / 100}" for i in range(4)]
    found: dict[str, float] = {}

    def pull(address: str) -> None:
        found[address] = client.get(address).json()["page"]["rows"][0]["whole"]

    threads = [threading.Thread(target=pull, args=(a,)) for a in asked]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(set(found.values())) == 4
    assert [found[a] for a in asked] == [client.get(a).json()["page"]["rows"][0]["whole"] for a in asked]
