"""Pages, text and JSON of responses where no kind of event has enough events: nothing is concluded."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from detente.api.case import Case
from detente.web.app import create_app
from detente.web.pages.responses import build_response_page, build_responses_page
from support.command_line import run_main
from support.ucdp_world import open_world
from support.workbench import make_settings
from support.worlds import make_event, make_world, nth_day


def _make() -> Case:
    """Twelve attacks in five months."""
    attacks = [make_event(nth_day(10 * i + 5), "TTP", "PAK", "ASSAULT", "raid", country="PAK") for i in range(12)]
    return open_world(make_world(attacks, 160))


@pytest.fixture(scope="module")
def few() -> Case:
    """A case whose only kind of event has twelve events."""
    return _make()


@pytest.fixture(scope="module")
def client(few: Case, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """An HTTP client of a workbench that serves the case."""
    assert few.answers is not None
    home: Path = tmp_path_factory.mktemp("few")
    with TestClient(create_app(make_settings(home, host_names=("*",)), {few.id: few})) as c:
        yield c


def test_responses_page_concludes_nothing(few: Case) -> None:
    """The page gives the events, the covered days and what is needed; numbers stay in JSON with their flags."""
    page = build_responses_page(few, 30)
    assert page.not_estimated is not None
    assert [m.value for m in page.not_estimated.measured] == [12, 160]
    assert (page.tested, page.said, page.warnings) == (0, (), ())
    assert all(c.few for row in page.rows for c in row)
    assert all(x.few for x in page.leftovers)


def test_response_page_gives_no_probability(few: Case) -> None:
    """The page of one response has no sentence with a probability and none of what follows in turn."""
    page = build_response_page(few, "attack", "attack", 30)
    assert (page.total, page.few) == (None, ("attack",))
    assert {m.unit for m in page.direct.measured} == {"events", "days"}


@pytest.mark.parametrize("path", ["/responses", "/responses/attack/attack"])
def test_pages_show_no_estimate(client: TestClient, few: Case, path: str) -> None:
    """No likelihood word, no tick, no number of criticality or half-life is on the pages."""
    text = " ".join(re.sub(r"<[^>]+>", " ", unescape(client.get(f"/{few.id}{path}").text)).split())
    assert "Not estimated: the model has 12 events" in text
    for word in ("likely", "dies out", "✓ fits", "Half-life", "90 % interval of"):
        assert word not in text


def test_explain_concludes_nothing(monkeypatch: pytest.MonkeyPatch, few: Case) -> None:
    """The command says why and what is needed; its JSON keeps the numbers, flagged."""
    monkeypatch.setattr("detente.api.case.open_case", lambda *_, **__: few)
    said = run_main("explain").stdout
    assert said.startswith("Not estimated: the model has 12 events")
    assert "Criticality" not in said
    assert few.fit.to_dict()["estimated"] is False
