"""The simulator page: the command's numbers, permalinks, assumed and estimated effects."""

import re
import threading
from dataclasses import replace
from datetime import date
from html import unescape
from types import SimpleNamespace

import numpy as np
import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from detente.api.case import Case, open_case
from detente.api.forecast import ForecastSummary
from detente.api.interventions import LIVE_PATHS, WhatIfQuery
from detente.web.app import create_app
from detente.web.config import ServerConfig
from detente.web.pages.whatif import PastExample, build_whatif_page, choose_past_example
from support.workbench import change_record
from support.worlds import make_world

PAGE = "/pakistan-afghanistan/whatif"


def test_full_simulation_equals_command(reader: TestClient, flagship: Case) -> None:
    """With all paths the page shows the command's numbers and sentences."""
    page = reader.get(f"{PAGE}.json?border=0.8&mediation=0.7&paths=full").json()["page"]
    command = flagship.simulate("border=0.8", "mediation=0.7")
    e, forecast = command.effect, flagship.forecast_summary
    at = {(r["channel"], r["days"]): r for r in page["rows"]}
    assert len(at) == e.without.size
    for i, h in enumerate(e.horizons):
        for k, c in enumerate(e.channels):
            assert at[c, h]["as_fitted"] == pytest.approx(e.without[i, k])
            assert at[c, h]["assumed"] == pytest.approx(e.direct[i, k])
            assert at[c, h]["estimated_low"] == pytest.approx(e.estimated.low[i, k])
            assert at[c, h]["whole"] == pytest.approx(e.whole.mean[i, k])
            assert at[c, h]["checked_high"] == pytest.approx(e.checked.high[i, k])
            assert at[c, h]["agreed"] == e.agreed_sign(i, k)
    assert page["setting"] == "border=0.8 mediation=0.7"
    assumed = "".join(p if isinstance(p, str) else p["text"] for p in page["assumed"]["pieces"])
    assert assumed == command.sentences[0]
    # Without the change the simulator shows the forecast's medians.
    assert isinstance(forecast, ForecastSummary)
    medians = {(x.what, x.days): x.median for x in forecast.amounts}
    assert all(at[c, h]["as_fitted"] == medians[c, h] for c, h in medians if (c, h) in at)
    assert command.basis == tuple(s.text for s in forecast.basis)


def test_live_simulation_stays_within_error(reader: TestClient) -> None:
    """The live view differs from the full simulation within its standard error."""
    live, full = (
        reader.get(f"{PAGE}.json?border=0.8&mediation=0.7{more}").json()["page"] for more in ("", "&paths=full")
    )
    assert live["paths"] == LIVE_PATHS < full["paths"]
    errors = [
        abs(a["whole"] - b["whole"]) / a["error"] for a, b in zip(live["rows"], full["rows"], strict=True) if a["error"]
    ]
    assert max(errors) < 5
    assert np.median(errors) < 2


def test_permalink_restores_settings(reader: TestClient) -> None:
    """The address restores every setting."""
    html = reader.get(f"{PAGE}?delink=0.35&mediation=0.5&days=365&show=truce&show=deaths").text
    assert re.search(r'name="delink" value="0.35"', html)
    assert re.search(r'name="mediation" value="0.5"', html)
    assert re.search(r'name="border" value="1"', html)
    assert re.search(r'<option value="365" selected', html)
    assert re.findall(r'name="show" value="(\w+)" checked', html) == ["truce", "deaths"]
    again = reader.get(f"{PAGE}?from=2025-10-09&without=strike&without=clash").text
    assert 'name="from" value="2025-10-09"' in again
    assert re.findall(r'name="without" value="(\w+)" checked', again) == ["strike", "clash"]


@pytest.mark.parametrize("query", ["", "?delink=1&border=1", "?border=1.0&mediation="])
def test_neutral_settings_change_nothing(reader: TestClient, query: str) -> None:
    """Policy options at their neutral values change nothing."""
    page = reader.get(f"{PAGE}.json{query}").json()["page"]
    assert not page["changed"]
    assert page["assumed"] is page["estimated"] is None
    assert all(r["whole"] == 0 for r in page["rows"])
    assert all(f["changed"] == f["as_fitted"] for f in page["fans"])


@pytest.mark.parametrize("query", ["delink=0.3&mediation=0.2", "border=0", "from=2025-10-09&without=strike"])
def test_assumed_and_estimated_effects_add_up(reader: TestClient, query: str) -> None:
    """The assumed and the estimated effect add up to the whole."""
    for r in reader.get(f"{PAGE}.json?{query}").json()["page"]["rows"]:
        assert r["assumed"] + r["estimated"] == pytest.approx(r["whole"], abs=1e-6)
        assert r["estimated_low"] <= r["estimated"] <= r["estimated_high"]


def test_counterfactual_past_has_no_strikes(reader: TestClient, flagship: Case) -> None:
    """A counterfactual past without strikes has none; the observed ones are shown for comparison."""
    page = reader.get(f"{PAGE}.json?from=2025-10-09&without=strike").json()["page"]
    strikes = next(f for f in page["fans"] if f["channel"] == "strike")
    assert not np.any(strikes["changed"])
    s, first = flagship.system, flagship.g.coverage.first
    assert s is not None
    observed = s.y[(date(2025, 10, 9) - first).days :, s.channels.index("strike")].sum()
    assert strikes["came"][-1] == observed > 0
    row = next(r for r in page["rows"] if r["channel"] == "strike")
    assert row["whole"] == pytest.approx(-row["as_fitted"])


@pytest.mark.parametrize(
    ("query", "hint"),
    [
        ("medation=0.5", "'mediation'"),
        ("border=2", "0 and 1"),
        ("border=lots", "'lots'"),
        ("delink=-1", "0 and 1"),
        ("delink=nan", "0 and 1"),
        ("dialogue=2", "not identified"),
        ("days=7", "90, 180, 365"),
        ("paths=many", "paths=full"),
        ("show=strik", "'strike'"),
        ("from=2025-10-09", "a first day and at least one kind"),
        ("without=strike", "a first day and at least one kind"),
        ("from=soon&without=strike", "'soon'"),
        ("from=1999-01-01&without=strike", "1999-01-01 is outside"),
        ("from=2025-10-09&without=stroke", "'strike'"),
        ("border=0.5&from=2025-10-09&without=strike", "Use one of the two"),
    ],
)
@pytest.mark.parametrize("twin", ["", ".json"])
def test_bad_whatif_query_names_parameter(reader: TestClient, query: str, hint: str, twin: str) -> None:
    """An invalid setting gives 400 with the parameter or its valid values."""
    answer = reader.get(f"{PAGE}{twin}?{query}")
    assert answer.status_code == 400
    assert hint in unescape(answer.text)


def test_concurrent_simulations_equal_separate_ones(reader: TestClient) -> None:
    """Concurrent requests get the same results as separate ones."""
    addresses = [f"{PAGE}.json?border={0.3 + i / 100}" for i in range(4)]
    results: dict[str, float] = {}

    def simulate(address: str) -> None:
        results[address] = reader.get(address).json()["page"]["rows"][0]["whole"]

    threads = [threading.Thread(target=simulate, args=(a,)) for a in addresses]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(set(results.values())) == 4
    assert [results[a] for a in addresses] == [reader.get(a).json()["page"]["rows"][0]["whole"] for a in addresses]


def test_example_of_past_comes_from_case(flagship: Case) -> None:
    """The example begins with the case's named fighting, else with its latest crisis, else there is none."""
    named = choose_past_example(flagship)
    assert named is not None
    assert (str(named.first), named.without, named.words) == ("2025-10-09", "strike", "no strikes from 9 October 2025")
    day = date(2022, 3, 1)
    g, s = make_world([], 365), SimpleNamespace(channels=("attack", "clash"))
    crisis = SimpleNamespace(g=g, system=s, view=SimpleNamespace(episodes=(SimpleNamespace(first=day),)))
    assert choose_past_example(crisis) == PastExample(day, "clash", "no clashes from 1 March 2022")  # type: ignore[arg-type]
    calm = SimpleNamespace(g=g, system=s, view=SimpleNamespace(episodes=()))
    assert choose_past_example(calm) is None  # type: ignore[arg-type]


def test_short_record_has_no_simulator() -> None:
    """With less than a year of covered days the page refuses, as the forecast does."""
    g = make_world([], 62)
    short = SimpleNamespace(g=g, view=SimpleNamespace(g=g), system=object(), id="made", as_of=g.as_of)
    with pytest.raises(HTTPException, match="62 of the 365 covered days") as refusal:
        build_whatif_page(short, WhatIfQuery())  # type: ignore[arg-type]
    assert refusal.value.status_code == 404


def test_short_record_explains_missing_simulator(settings: ServerConfig) -> None:
    """The page of a case that cannot be simulated is a page: it says how many days there are and what would help."""
    g = make_world([], 62)
    g = replace(g, case=g.case.model_copy(update={"chronology": "", "last": g.as_of}))
    case = change_record(open_case(store=None), g)
    with TestClient(create_app(settings, {case.id: case}), raise_server_exceptions=False) as c:
        page, data = c.get(PAGE), c.get(f"{PAGE}.json")
    assert (page.status_code, data.status_code) == (200, 200)
    assert "62 of the 365 covered days" in page.text
    assert data.json()["page"]["why_not"].endswith("Load releases that cover at least 303 more days.")
