"""`detente forecast` from the outside: what it prints and writes, and what it refuses with which exit code."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from detente.cli.main import cli
from detente.core.errors import DetenteError
from detente.forecast import backtest


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["forecast", *args])


def panel(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    y = rng.negative_binomial(1.0, 1 / (1 + rng.gamma(0.4, 60.0, (12, 1))), (12, 140))
    lines = [f"{2010 + m // 12}-{m % 12 + 1:02d},C{i:02d},{y[i, m]}" for i in range(12) for m in range(140)]
    path = folder / "panel.csv"
    path.write_text("month,country,deaths\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_case_is_forecast_by_its_bare_name_in_words_and_files(tmp_path: Path) -> None:
    done = run(
        "pakistan-afghanistan",
        "--as-of",
        "2025-09-30",
        "--days",
        "30/90",
        "--paths",
        "400",
        "--out",
        str(tmp_path),
        "--json",
    )
    assert done.exit_code == 0, done.output
    data = json.loads(done.stdout)
    assert data == json.loads((tmp_path / "forecast.json").read_text(encoding="utf-8"))
    assert data["days"] == [30, 90]
    assert {m["recipe"]["days"] for m in data["numbers"] if m["recipe"]["kind"] == "forecast"} == {30, 90}
    assert (tmp_path / "fans.svg").read_text(encoding="utf-8").startswith("<svg")
    shown = run("--as-of", "2025-09-30", "--days", "30", "--paths", "400")
    assert "At least one strike by Pakistan" in shown.output
    assert "detente forecast score" in shown.output


@pytest.mark.parametrize(
    ("args", "code", "told"),
    [
        (["--days", "0"], 6, "between 1 and 365"),
        (["--days", "4000"], 6, "between 1 and 365"),
        (["--days", "soon"], 2, "Write it as 30"),
        (["--as-of", "2030-01-01"], 6, "cannot be forecast from"),
        (["--as-of", "2021-10-01"], 6, "watched days"),
        (["pakistan"], 3, "Nearest: 'pakistan-afghanistan'"),
        (["countries", "--panel", "none.csv"], 3, "no such panel"),
        (["countries", "--panel", "none.csv", "--months", "14..3"], 2, "Write it as 3..14"),
        (["countries", "--panel", "none.csv", "--origin", "2024-13"], 2, "2024-10"),
    ],
)
def test_what_cannot_be_forecast_is_refused_with_its_exit_code(args: list[str], code: int, told: str) -> None:
    done = run(*args)
    error = done.exception
    assert (error.exit_code if isinstance(error, DetenteError) else done.exit_code) == code
    assert told in (str(error) if isinstance(error, DetenteError) else done.output)


def test_countries_are_written_in_the_views_format_and_judged_from_it(tmp_path: Path) -> None:
    path, out = panel(tmp_path), tmp_path / "f.parquet"
    done = run(
        "countries",
        "--panel",
        str(path),
        "--origin",
        "2020-10",
        "--months",
        "3..5",
        "--draws",
        "100",
        "--out",
        str(out),
    )
    assert done.exit_code == 0, done.output
    assert "2021-01 to 2021-03, known to 2020-10" in done.output
    assert " 100 %" not in done.output.replace("\u00a0", " ")  # nothing is certain
    assert pq.read_table(out).num_rows == 12 * 3 * 100
    judged = json.loads(run("judge", str(out), "--panel", str(path), "--json").stdout)
    assert judged["cases"] == 36
    assert judged["unknown"] == 0
    assert judged["scores"]["CRPS"] > 0
    beyond = run("countries", "--panel", str(path), "--origin", "2030-01")
    assert "the record runs from 2010-01 to 2021-08" in str(beyond.exception)


def test_the_score_card_is_written_as_page_json_and_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backtest, "origins", lambda case, as_of: [date(2024, 10, 31), date(2025, 1, 31)])
    done = run("score", "--days", "30", "--out", str(tmp_path))
    assert done.exit_code == 0, done.output
    page = (tmp_path / "scorecard.html").read_text(encoding="utf-8")
    assert "conflictology 12" in page
    assert json.loads((tmp_path / "scorecard.json").read_text(encoding="utf-8"))["origins"] == 2
    assert (tmp_path / "calibration.svg").exists()
    assert "2 origins, 2024-10-31 to 2025-01-31" in done.output
