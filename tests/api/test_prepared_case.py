"""The prepared case: one object for Python, commands and pages."""

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

import detente
from detente.api.case import BeingComputed, Case, open_case
from detente.api.results.base import to_plain
from detente.api.results.counts import UnknownPeriod
from detente.api.results.fit import UnknownResponse
from detente.api.results.forecast import NotForecast
from detente.cases.errors import AsOfOutOfRange
from detente.cli.main import cli
from detente.core.clock import today
from detente.core.disk_cache import DiskCache
from detente.forecast import scorecard_store
from detente.forecast.members import MEMBERS, SYSTEM
from detente.forecast.stacking import MemberWeights, equal_weights
from support.small_case import make_chronology, make_daily_lines, write_case_folder
from support.workbench import CACHE_FOLDER

FLAGSHIP = "pakistan-afghanistan"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, flagship: Case) -> "RunCommand":
    """Run a command with --json on the prepared flagship, and return what it prints."""
    monkeypatch.setenv("DETENTE_CACHE", str(CACHE_FOLDER))
    return RunCommand()


class RunCommand:
    """Call it with the words of a command."""

    def __call__(self, *words: str) -> dict[str, object]:
        result = CliRunner(catch_exceptions=False).invoke(cli, [*words, "--json"])
        assert result.exit_code == 0, result.output
        data: dict[str, object] = json.loads(result.stdout)
        return data


def test_package_offers_its_public_names() -> None:
    """Every public name can be had, and an unknown one is refused by name."""
    assert all(getattr(detente, name) is not None for name in detente.__all__)
    assert set(detente.__all__) <= set(dir(detente))
    with pytest.raises(AttributeError, match="no_such_name"):
        _ = detente.no_such_name


def test_list_cases_gives_titles() -> None:
    """The shipped cases are listed by name with their titles."""
    cases = detente.list_cases()
    assert FLAGSHIP in cases
    assert all(cases.values())


def test_open_refuses_a_day_before_or_future() -> None:
    """A day of knowledge before the case begins or in the future is refused, with the days that can be asked for."""
    for day in (date(1990, 1, 1), today() + timedelta(days=4000)):
        with pytest.raises(AsOfOutOfRange) as e:
            detente.open(FLAGSHIP, as_of=day)
        assert e.value.as_of == day


def test_events_filter_equals_command(run: RunCommand, flagship: Case) -> None:
    """Python and the command list the same events for the same filters."""
    found = flagship.events.where(kind="strike", since="2025-10-01", until="2025-12-31")
    listed = run("events", FLAGSHIP, "--channel", "strike", "--from", "2025-10-01", "--to", "2025-12-31")
    assert [e.id for e in found] == [r["id"] for r in listed]  # type: ignore[index]
    assert found.by_id(found[0].id) == found[0]
    assert len(found.where(text="zzz no such word")) == 0


def test_filters_can_be_chained(flagship: Case) -> None:
    """A filter of a filtered table keeps what both keep."""
    both = flagship.events.where(kind="strike", since="2025-10-01")
    chained = flagship.events.where(kind="strike").where(since="2025-10-01")
    assert [e.id for e in both] == [e.id for e in chained]
    assert len(both) < len(flagship.events.where(kind="strike"))


def test_counts_sum_to_events(flagship: Case) -> None:
    """Counts by day, month and year have the same totals as the events, and observed days are not lost."""
    day, month, year = (flagship.counts(every=p) for p in ("day", "month", "year"))
    assert (day.y.sum(axis=0) == month.y.sum(axis=0)).all()
    assert (day.y.sum(axis=0) == year.y.sum(axis=0)).all()
    assert day.observed.sum() == year.observed.sum() == (flagship.g.coverage.by_day > 0).sum()
    in_window = [e for e in flagship.g.of("strike") if 0 <= (e.day - day.first[0]).days < len(day.y)]
    assert int(day.to_pandas()["strike"].sum()) == len(in_window)
    with pytest.raises(UnknownPeriod) as e:
        flagship.counts(every="weak")
    assert "week" in str(e.value)


def test_responses_equal_command_and_page(run: RunCommand, flagship: Case, client: TestClient) -> None:
    """Python, command and page show the same responses."""
    mine = flagship.responses(days=30)
    command = run("explain", FLAGSHIP)
    page = client.get(f"/{FLAGSHIP}/responses.json?days=30").json()["page"]
    by_pair = {(c["after"], c["answer"]): c["mean"] for row in page["rows"] for c in row}
    assert command["responses"] == to_plain(mine.rows)
    assert {pair: r.mean for pair, r in mine.items()} == pytest.approx(by_pair)
    assert mine["attack", "strike"].cause == "attack"
    with pytest.raises(UnknownResponse) as e:
        _ = mine["attack", "strikes"]
    assert "strike" in str(e.value)


def test_forecast_equals_command_and_page(run: RunCommand, flagship: Case, client: TestClient) -> None:
    """Python, command and page show the same probabilities."""
    f = flagship.forecast()
    assert run("forecast", FLAGSHIP) == f.to_dict()
    page = client.get(f"/{FLAGSHIP}/forecast.json").json()["page"]
    strikes = next(a for a in page["asked"] if a["key"] == "strike")
    for c in strikes["chances"]:
        assert f.probability("strike", within=c["days"]) == pytest.approx(c["number"]["value"])
    with pytest.raises(NotForecast):
        f.probability("strike", within=9999)
    with pytest.raises(NotForecast):
        f.probability("strikes", within=30)


def test_probability_grows_with_horizon(flagship: Case) -> None:
    """The probability of an event within more days is not smaller."""
    f = flagship.forecast()
    p = [f.probability("attack", within=d) for d in range(1, 181)]
    assert np.all(np.diff(p) >= 0)
    assert 0 <= p[0] < p[-1] <= 1


def test_simulation_equals_command(run: RunCommand, flagship: Case) -> None:
    """Python and the command show the same simulated effect."""
    mine = flagship.simulate("border=0.8").to_dict()
    command = run("whatif", FLAGSHIP, "--lever", "border=0.8")
    assert command["changes"][0]["effects"] == mine["effects"]  # type: ignore[index]
    assert command["basis"] == mine["basis"]


def test_simulation_follows_new_scores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new score card changes the forecast's weights, so that forecast and simulation are made again."""
    path = str(write_case_folder(tmp_path, make_chronology(*make_daily_lines(25))))
    keys: list[tuple[str, str]] = []
    monkeypatch.setattr(DiskCache, "record", lambda self, stage, key, make: keys.append((stage, key)))
    day = date(2025, 1, 1)
    for weights in (equal_weights(day), MemberWeights({m: float(m == SYSTEM) for m in MEMBERS}, 20, True, day)):
        monkeypatch.setattr(scorecard_store, "load_weights", lambda g, w=weights: w)
        case = Case(path, open_case(path, store=None).view, DiskCache(tmp_path / "cache"))
        _ = case.forecast_summary
        case.simulate("border=0.8")
    assert [stage for stage, _ in keys] == 2 * ["forecast", "simulation"]
    assert len(set(keys)) == len(keys)


def test_claims_equal_brief_and_page(flagship: Case, client: TestClient) -> None:
    """Python, brief and page show the same verdicts."""
    page = client.get(f"/{FLAGSHIP}/claims.json").json()["page"]
    brief = {f.claim: f.verdict.word for s in flagship.document.sections for f in s.points if f.verdict}
    assert {c.id: c.verdict for c in flagship.claims.values()} == brief
    assert {r["claim"]: r["verdict"] for r in page["rows"]} == brief
    with pytest.raises(KeyError, match="trust"):
        _ = flagship.claims["nothing"]


def test_status_equals_overview(run: RunCommand, flagship: Case, client: TestClient) -> None:
    """The status in Python and on the command line has every sentence of the overview's situation, in its order."""
    page = client.get(f"/{FLAGSHIP}/index.json").json()["page"]
    status = flagship.status()
    shown = ["".join(p if isinstance(p, str) else p["text"] for p in s["pieces"]) for s in page["situation"]]
    assert len(shown) >= 3
    assert [s.text for s in status.sentences if s.text in shown] == shown
    assert run("status", FLAGSHIP) == status.to_dict()


def test_results_are_plain_json(flagship: Case) -> None:
    """Every result gives JSON without NaN, with its format and case, and HTML for notebooks."""
    for r in (
        flagship.events, flagship.counts("month"), flagship.relation_index, flagship.episodes, flagship.truces,
        flagship.crossings, flagship.fit, flagship.responses(), flagship.claims, flagship.claims["trust"],
        flagship.forecast(), flagship.simulate("border=0.8"), flagship.status(),
    ):  # fmt: skip
        data = r.to_dict()
        json.dumps(data, allow_nan=False)
        assert data["format"].startswith("detente ")
        assert data["case"] == FLAGSHIP
        assert r._repr_html_().startswith("<")


def test_brief_is_saved_in_formats(flagship: Case, tmp_path: Path) -> None:
    """The brief is saved in the formats asked for, and its data are those of the JSON file."""
    paths = flagship.brief().save(tmp_path, ["json", "md"])
    assert sorted(p.name for p in paths) == ["brief.json", "brief.md"]
    assert json.loads((tmp_path / "brief.json").read_text())["question"] == flagship.case.question


def test_served_case_reads_what_another_computed(tmp_path: Path) -> None:
    """A served case gives its record at once, says that a result is being computed, and reads what another object has made."""
    path = str(write_case_folder(tmp_path, make_chronology(*make_daily_lines(25))))

    def open_again(*, compute: bool) -> Case:
        return Case(path, open_case(path, store=None).view, DiskCache(tmp_path / "cache"), compute=compute)

    served, first = open_again(compute=False), open_again(compute=True)
    assert len(served.events) == 25
    assert served.document_if_ready is None
    with pytest.raises(BeingComputed):
        _ = served.document
    first.prepare()
    second = open_again(compute=False)
    assert second.document_if_ready == first.document == served.document
    assert repr(second.forecast_summary) == repr(first.forecast_summary)
    assert repr(second.answers) == repr(first.answers)
