"""The archive of past forecasts with their outcomes, and the shared baseline of forecast and simulator."""

import csv
import io
from html import unescape

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.api.forecast import DEATHS, ForecastSummary
from detente.forecast.case import DEATH_SERIES
from detente.web.pages import forecast_archive

HERE = "/pakistan-afghanistan/forecast/archive"


def test_archive_equals_stored_history(reader: TestClient, flagship: Case) -> None:
    """The pages of the archive hold every stored forecast once, with its outcome, the latest first."""
    stored = {(str(h.origin), h.days, h.channel): h for h in flagship.forecast_history()}
    first = reader.get(f"{HERE}.json").json()["page"]
    rows = [r for n in range(1, first["pages"] + 1) for r in reader.get(f"{HERE}.json?page={n}").json()["page"]["rows"]]
    assert len(rows) == len(stored) == first["total"] > 100
    assert [r["origin"] for r in rows] == sorted((r["origin"] for r in rows), reverse=True)
    for r in rows:
        h = stored[r["origin"], r["days"], r["kind"]]
        assert (r["probability"], r["median"], r["low"], r["high"], r["came"]) == (
            h.probability,
            h.median,
            h.low,
            h.high,
            h.came,
        )
        assert r["inside"] == (h.low <= h.came <= h.high)


def test_archive_filters_by_kind_date_horizon(reader: TestClient, flagship: Case) -> None:
    """Each filter keeps its own, and the tally counts what is shown."""
    every = flagship.forecast_history()
    page = reader.get(f"{HERE}.json?kind=strike&days=30").json()["page"]
    kept = [h for h in every if (h.channel, h.days) == ("strike", 30)]
    assert page["tally"]["forecasts"] == len(kept)
    assert page["tally"]["inside"] == sum(h.low <= h.came <= h.high for h in kept)
    assert page["tally"]["happened"] == sum(h.came > 0 for h in kept)
    assert page["tally"]["expected"] == pytest.approx(sum(h.probability for h in kept))
    one = reader.get(f"{HERE}.json?date=2025-09-30").json()["page"]["rows"]
    assert {r["origin"] for r in one} == {"2025-09-30"}
    assert len(one) == sum(str(h.origin) == "2025-09-30" for h in every)


def test_archive_csv_equals_filtered_rows(reader: TestClient) -> None:
    """The CSV holds the rows of the chosen filters."""
    answer = reader.get(f"{HERE}.csv?kind=clash&days=90")
    assert answer.headers["content-type"].startswith("text/csv")
    lines = answer.text.splitlines()
    assert lines[0].startswith("# ")
    rows = list(csv.DictReader(io.StringIO("\n".join(lines[1:]))))
    page = reader.get(f"{HERE}.json?kind=clash&days=90").json()["page"]
    assert len(rows) == page["tally"]["forecasts"]
    assert [(r["date"], int(r["events"])) for r in rows[: len(page["rows"])]] == [
        (r["origin"], r["came"]) for r in page["rows"]
    ]
    assert sum(r["in_range"] == "yes" for r in rows) == page["tally"]["inside"]


@pytest.mark.parametrize(("query", "status"), [("kind=strikes", 400), ("days=31", 400), ("date=2025-09-31", 400), ("date=%00", 400), ("page=0", 404), ("page=999", 404), ("page=x", 404)])  # fmt: skip
@pytest.mark.parametrize("twin", ["", ".json"])
def test_bad_archive_query_is_refused(reader: TestClient, query: str, status: int, twin: str) -> None:
    """A filter that names nothing of the archive is refused, with what comes nearest."""
    answer = reader.get(f"{HERE}{twin}?{query}")
    assert answer.status_code == status
    if query == "kind=strikes":
        assert "'strike'" in unescape(answer.text)


def test_archive_without_card_says_so(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a stored score card the page says that no past forecast is stored."""
    monkeypatch.setattr(forecast_archive, "list_past_forecasts", lambda _: ())
    monkeypatch.setattr(forecast_archive, "select_past_forecasts", lambda *_: ())
    monkeypatch.setattr(forecast_archive, "load_scorecard", lambda _: None)
    page = reader.get(f"{HERE}.json").json()["page"]
    assert (page["total"], page["rows"], page["tally"]["forecasts"]) == (0, [], 0)
    assert reader.get(HERE).status_code == 200


def test_simulator_baseline_equals_forecast(reader: TestClient, flagship: Case) -> None:
    """Without a change the simulator shows the forecast's medians and ranges for the same days."""
    f = flagship.forecast_summary
    assert isinstance(f, ForecastSummary)
    simulated = flagship.simulate("border=0.8")
    horizons, kinds = simulated.effect.horizons, simulated.effect.channels
    shared = [a for a in f.amounts if a.what in kinds or a.what == DEATH_SERIES[1]]
    assert len(shared) >= 12
    offered = reader.get("/pakistan-afghanistan/whatif.json").json()["page"]["offered"]
    assert len({a.days for a in shared} & set(offered)) >= 2
    for a in shared:
        kind = DEATHS if a.what == DEATH_SERIES[1] else a.what
        assert simulated.effect.without[horizons.index(a.days), kinds.index(kind)] == a.median, (a.what, a.days)
        if a.days not in offered:
            continue
        page = reader.get(f"/pakistan-afghanistan/whatif.json?days={a.days}&show={kind}").json()["page"]
        fan = next(x for x in page["fans"] if x["channel"] == kind)
        assert fan["days"][-1] == a.days
        assert [fan["as_fitted"][i][-1] for i in range(5)] == [a.low90, a.low50, a.median, a.high50, a.high90], (
            kind,
            a.days,
        )
