"""`detente forecast`: output, files and exit codes."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from detente.cases.errors import UnknownCase
from detente.cli.main import cli
from detente.core.errors import DetenteError, NoSuchFile
from detente.forecast import backtest
from detente.forecast.errors import BadHorizon, DateOutsideRecord, HistoryTooShort


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["forecast", *args])


def panel(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    y = rng.negative_binomial(1.0, 1 / (1 + rng.gamma(0.4, 60.0, (12, 1))), (12, 140))
    lines = [f"{2010 + m // 12}-{m % 12 + 1:02d},C{i:02d},{y[i, m]}" for i in range(12) for m in range(140)]
    path = folder / "panel.csv"
    path.write_text("month,country,deaths\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_bare_case_name_is_forecast(tmp_path: Path) -> None:
    """A case without a subcommand is forecast, in text, JSON and files."""
    done = run(*"pakistan-afghanistan --as-of 2025-09-30 --days 30/90 --paths 400 --json --out".split(), str(tmp_path))
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data == json.loads((tmp_path / "forecast.json").read_text(encoding="utf-8"))
    assert data["days"] == [30, 90]
    assert {m["recipe"]["days"] for m in data["numbers"] if m["recipe"]["kind"] == "forecast"} == {30, 90}
    assert (tmp_path / "fans.svg").read_text(encoding="utf-8").startswith("<svg")
    sentences = json.loads(run("--as-of", "2025-09-30", "--days", "30", "--paths", "400", "--json").stdout)["sentences"]
    shown = run("--as-of", "2025-09-30", "--days", "30", "--paths", "400")
    assert sentences
    assert all(f"- {s}" in shown.output for s in sentences)
    assert "detente forecast score" in shown.output


@pytest.mark.parametrize(
    ("args", "error", "code", "facts"),
    [
        (["--days", "0"], BadHorizon, 6, {"asked": 0, "least": 1, "most": 365}),
        (["--days", "4000"], BadHorizon, 6, {"asked": 4000, "least": 1, "most": 365}),
        (["--days", "soon"], SystemExit, 2, {}),
        (["--as-of", "2026-09-01"], DateOutsideRecord, 6, {"asked": date(2026, 9, 1)}),
        (["--as-of", "2021-10-01"], HistoryTooShort, 6, {"known": 48, "needed": 365}),
        (["pakistan"], UnknownCase, 3, {"near": ["pakistan-afghanistan"]}),
        (["countries", "--panel", "none.csv"], NoSuchFile, 3, {"path": Path("none.csv"), "what": "panel"}),
        (["countries", "--panel", "none.csv", "--months", "14..3"], SystemExit, 2, {}),
        (["countries", "--panel", "none.csv", "--origin", "2024-13"], SystemExit, 2, {}),
    ],
)
def test_invalid_forecast_has_its_exit_code(
    args: list[str], error: type[BaseException], code: int, facts: dict[str, object]
) -> None:
    """Invalid requests end with the exit code of their cause."""
    done = run(*args)
    assert isinstance(done.exception, error)
    assert (done.exception.exit_code if isinstance(done.exception, DetenteError) else done.exit_code) == code
    assert {k: getattr(done.exception, k) for k in facts} == facts
    if code == 2:
        assert args[-2] in done.output
        assert f"'{args[-1]}'" in done.output


def test_countries_are_written_and_judged(tmp_path: Path) -> None:
    """Forecasts are written in the VIEWS format and scored from that file."""
    path, out = panel(tmp_path), tmp_path / "f.parquet"
    args = ("countries", "--panel", str(path), *"--origin 2020-10 --months 3..5 --draws 100 --out".split(), str(out))
    done = run(*args)
    assert done.exit_code == 0, done.output
    assert all(month in done.output for month in ("2021-01", "2021-03", "2020-10"))
    assert " 100 %" not in done.output.replace("\u00a0", " ")  # nothing is certain
    assert pq.read_table(out).num_rows == 12 * 3 * 100
    judged = json.loads(run("judge", str(out), "--panel", str(path), "--json").stdout)
    assert judged["cases"] == 36
    assert judged["unknown"] == 0
    assert judged["scores"]["CRPS"] > 0
    beyond = run("countries", "--panel", str(path), "--origin", "2030-01").exception
    assert isinstance(beyond, DateOutsideRecord)
    assert (beyond.first, beyond.last) == ("2010-01", "2021-08")


def test_score_writes_all_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The score card is written as page, JSON and chart."""
    monkeypatch.setattr(backtest, "origins", lambda case, as_of, store: [date(2025, 3, 31), date(2025, 10, 31)])
    done = run("score", "--days", "30", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    page = (tmp_path / "scorecard.html").read_text(encoding="utf-8")
    assert "conflictology 12" in page
    assert json.loads((tmp_path / "scorecard.json").read_text(encoding="utf-8"))["origins"] == 2
    assert (tmp_path / "calibration.svg").exists()
    assert "2 origins, 2025-03-31 to 2025-10-31" in done.output
