"""Tests of the metrics and the health check."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.comments_workbench import Workbench, open_workbench


def test_requests_are_counted_by_route_and_status(workbench: Workbench) -> None:
    """Metrics contain routes, not addresses, search terms or names."""
    ann = workbench.reader("Ann")
    number = ann.say("Hello")
    for address in (f"/comments/{number}", "/comments/77", "/nowhere/at/all", "/comments?words=secretword"):
        ann.get(address)
    text = workbench.reader("Mo", "moderator").get("/metrics").text
    samples = {
        (s.name, s.labels.get("route"), s.labels.get("status")): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
        if "le" not in s.labels
    }
    comment = "/comments/{id:number}"
    assert samples["detente_requests_total", comment, "200"] == 1
    assert samples["detente_requests_total", comment, "404"] == 1
    assert samples["detente_requests_total", "none", "404"] == 1
    assert samples["detente_request_seconds_count", comment, None] == 2
    for word in ("secretword", "Ann", "Mo", "192.0.2", "nowhere"):
        assert word not in text


def test_workers_share_their_counts(tmp_path: Path) -> None:
    """Two processes count one request each; the second reports two."""
    code = "from detente.web.ops.metrics import Metrics; m = Metrics(); m.count('GET', '/', 200, 0.1); print(m.render().decode())"
    env = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    runs = [
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    assert 'detente_requests_total{method="GET",route="/",status="200"} 2.0' in runs[-1].stdout


def test_metrics_need_moderator_unless_opened(workbench: Workbench) -> None:
    """Strangers and readers get 403 unless metrics are open."""
    assert workbench.reader().get("/metrics").status_code == 403
    assert workbench.reader("Ann").get("/metrics").status_code == 403
    assert workbench.reader("Mo", "moderator").get("/metrics").status_code == 200
    opened = open_workbench(workbench.app.state.database.url, open_metrics=True)
    assert opened.reader().get("/metrics").status_code == 200
    opened.app.state.database.dispose()


def test_health_fails_without_database(workbench: Workbench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The health check gives 503 if the database fails."""
    assert workbench.reader().get("/healthz").json() == {"status": "ok"}

    def fail(_engine: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("detente.web.ops.health.read_transaction", fail)
    assert workbench.reader().get("/healthz").status_code == 503
