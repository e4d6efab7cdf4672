"""Health and figures: true, near only, and without a word about anybody."""

import re

import pytest
from starlette.testclient import TestClient

from support.comments_workbench import House, open_house


def _near(house: House, **headers: str) -> TestClient:
    return TestClient(house.app, client=("127.0.0.1", 1), headers=headers)


def test_requests_are_counted_by_route_and_status(house: House) -> None:
    ann = house.reader("Ann")
    made = ann.say("Hello")
    for address in (f"/comments/{made}", "/comments/77", "/nowhere/at/all", "/comments?words=secretword"):
        ann.get(address)
    text = _near(house).get("/metrics").text
    assert 'detente_requests_total{method="GET",route="/comments/{id:number}",status="200"} 1' in text
    assert 'detente_requests_total{method="GET",route="/comments/{id:number}",status="404"} 1' in text
    assert 'route="none",status="404"' in text
    counts = dict(re.findall(r'detente_request_seconds_count\{route="([^"]+)"\} (\d+)', text))
    last = dict(re.findall(r'detente_request_seconds_bucket\{route="([^"]+)",le="\+Inf"\} (\d+)', text))
    assert counts == last
    assert int(counts["/comments/{id:number}"]) == 2
    for word in ("secretword", "Ann", "192.0.2", "nowhere"):
        assert word not in text


def test_every_line_is_in_the_format_of_prometheus(house: House) -> None:
    house.reader().get("/")
    line = re.compile(r'(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? [0-9.+e-]+)')
    for told in _near(house).get("/metrics").text.splitlines():
        assert line.fullmatch(told), told


def test_figures_are_told_to_this_machine_only_unless_opened(house: House) -> None:
    assert house.reader().get("/metrics").status_code == 403
    assert _near(house, **{"x-forwarded-for": "203.0.113.9"}).get("/metrics").status_code == 403
    assert _near(house).get("/metrics").status_code == 200
    opened = open_house(house.app.state.database.url, open_metrics=True)
    assert opened.reader().get("/metrics").status_code == 200
    opened.app.state.database.dispose()


def test_health_is_bad_when_the_database_does_not_answer(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert house.reader().get("/healthz").json() == {"status": "ok"}

    def breaks(_engine: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("detente.web.ops.metrics.reading", breaks)
    assert house.reader().get("/healthz").status_code == 503
