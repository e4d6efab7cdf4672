"""Panels and forecasts as programs write them, and no traceback for any input."""

import contextlib
import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detente.core.errors import DetenteError
from detente.forecast.countries import forecast_countries
from detente.forecast.errors import BadForecast, BadPanel
from detente.forecast.panel import parse_month, read_panel
from detente.forecast.views_format import read_draws
from detente.sources.errors import WrongHeader

HARD = Path(__file__).parents[3] / "shared/data/hard"
hard = pytest.mark.skipif(not HARD.is_dir(), reason="needs the folder ../shared/data/hard")


def write_panel(path: Path, y: np.ndarray, head: str = "month_id,country_id,deaths", separator: str = ",") -> Path:
    """A panel from January 2000 of shape (month, country)."""
    rows = [f"{241 + m},{c + 1},{int(n)}" for m, row in enumerate(y) for c, n in enumerate(row)]
    path.write_text("\n".join([head, *rows]).replace(",", separator) + "\n")
    return path


@pytest.mark.parametrize(
    ("head", "separator"),
    [
        ("Month_ID,country_id,ged_sb", ","),
        ("month_id,isoab,best", ";"),
        ("MONTH_ID,gwno,ged_sb_best_sum_nokgi", "\t"),
        ("month_id,iso3,outcome", ","),
    ],
)
def test_panel_columns_have_aliases(tmp_path: Path, head: str, separator: str) -> None:
    """Columns are found under VIEWS' and UCDP's names, whatever their case, with any separator."""
    p = read_panel(write_panel(tmp_path / "p.csv", np.arange(6).reshape(3, 2), head, separator))
    assert (p.units, p.first, p.y.tolist()) == (("1", "2"), parse_month("2000-01"), [[0, 2, 4], [1, 3, 5]])


def test_panel_reader_restores_field_limit(tmp_path: Path) -> None:
    """Reading a panel leaves the limit of other CSV readers in the process as it was."""
    before = csv.field_size_limit()
    read_panel(write_panel(tmp_path / "p.csv", np.arange(6).reshape(3, 2)))
    assert csv.field_size_limit() == before


def test_panel_words_for_missing_are_unknown(tmp_path: Path) -> None:
    """NA is unknown, 2.0 is two."""
    (tmp_path / "p.csv").write_text("month,country,deaths\n2000-01,A,NA\n2000-02,A,2.0\n")
    p = read_panel(tmp_path / "p.csv")
    assert np.isnan(p.y[0, 0])
    assert p.y[0, 1] == 2


@pytest.mark.parametrize(("zeros", "months"), [((114, 120), "2009-07 to 2009-12"), ((50, 62), "2004-03 to 2005-02")])
def test_false_zeros_are_refused_by_month(tmp_path: Path, zeros: tuple[int, int], months: str) -> None:
    """Months in which all countries have 0 are refused with their names, unless accepted or unsurprising."""
    y = np.random.default_rng(1).poisson(1.0, (120, 12))
    y[zeros[0] : zeros[1]] = 0
    path = write_panel(tmp_path / "p.csv", y)
    with pytest.raises(BadPanel) as refusal:
        read_panel(path)
    assert months in refusal.value.why
    assert read_panel(path, accept_zeros=True).y.shape == (12, 120)


def test_common_zero_months_are_true(tmp_path: Path) -> None:
    """In a panel in which whole months of 0 are common, one more is no surprise."""
    y = np.random.default_rng(2).poisson(0.06, (120, 12))
    y[0, 0] = 1
    y[-1] = 0
    assert (y.sum(axis=1) == 0).mean() > 0.3
    read_panel(write_panel(tmp_path / "p.csv", y))


@hard
def test_hard_panels_have_their_outcome() -> None:
    """A good panel is read, also with semicolons; one whose last months are 0 everywhere is refused."""
    good = read_panel(HARD / "12-panel-good.csv")
    assert np.array_equal(read_panel(HARD / "12h-panel-semicolon.csv").y, good.y)
    with pytest.raises(BadPanel, match="2024-05 to 2024-10"):
        read_panel(HARD / "12b-panel-trailing-zeros.csv")


@hard
@pytest.mark.parametrize(
    ("name", "draws"),
    [("11-views-list.parquet", None), ("11b-views-points.parquet", 1), ("11c-views-comp-index.parquet", 50), ("11d-views.csv", 50)],
)  # fmt: skip
def test_hard_forecasts_are_read(name: str, draws: int | None) -> None:
    """VIEWS predictions are read as lists, points, indexed tables and CSV."""
    d = read_draws(HARD / name)
    assert d.x.shape[:2] == (15, 12)
    assert draws is None or d.x.shape[2] == draws


def test_forecast_forms_agree(tmp_path: Path) -> None:
    """The same draws as rows, as lists and as text are the same forecast."""
    x = np.random.default_rng(3).poisson(3.0, (2, 3, 4)).astype(float)
    at = [(c, m) for c in range(2) for m in range(3)]
    rows = [
        {"month_id": 500 + m, "country_id": c + 1, "draw": k, "outcome": x[c, m, k]} for c, m in at for k in range(4)
    ]
    lists = [{"month_id": 500 + m, "country_id": c + 1, "pred_ged_sb": x[c, m].tolist()} for c, m in at]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "rows.parquet")
    pq.write_table(pa.Table.from_pylist(lists), tmp_path / "lists.parquet")
    text = "\n".join(f"{r['month_id']};{r['country_id']};{r['pred_ged_sb']}" for r in lists)
    (tmp_path / "lists.csv").write_text("month_id;country_id;pred_ged_sb\n" + text + "\n")
    for name in ("rows.parquet", "lists.parquet", "lists.csv"):
        d = read_draws(tmp_path / name)
        assert (d.units, d.months.tolist()) == (("1", "2"), [parse_month("2021-08") + i for i in range(3)])
        assert np.array_equal(d.x, x)


def test_uneven_draws_are_refused(tmp_path: Path) -> None:
    """Country-months with other numbers of draws are refused."""
    pq.write_table(
        pa.table({"month_id": [1, 2], "country_id": [1, 1], "d": [[1.0, 2.0], [1.0]]}), tmp_path / "f.parquet"
    )
    with pytest.raises(BadPanel):
        read_draws(tmp_path / "f.parquet")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(
    "rows",
    [
        [f"{m},{c},{'' if m > 515 else m % 4}" for m in range(400, 520) for c in (1, 2, 3)],
        ["1,1,2", "2600,2,3"],
    ],
    ids=["last months unknown", "two months far apart"],
)
def test_impossible_panel_gives_error(tmp_path: Path, rows: list[str]) -> None:
    """A panel that no model can be fitted to gives an error of ours."""
    (tmp_path / "p.csv").write_text("\n".join(["month_id,country_id,deaths", *rows]) + "\n")
    p = read_panel(tmp_path / "p.csv")
    with pytest.raises(BadForecast):
        forecast_countries(p, p.last, np.array([1]), np.random.default_rng(0), model="nb regression", draws=10)


def test_unknown_value_column_is_named(tmp_path: Path) -> None:
    """Of several columns that could be the forecast, none is guessed."""
    (tmp_path / "f.csv").write_text("month_id,country_id,a,b\n500,1,2,3\n")
    with pytest.raises(WrongHeader) as refusal:
        read_draws(tmp_path / "f.csv")
    assert (refusal.value.missing, refusal.value.extra) == (["outcome"], ["a", "b"])


cells = st.sampled_from(
    ["", "1", "2.0", "-1", "NA", "inf", "nan", "1e400", "9" * 30, "[1, 2]", "[", '"', "2024-10", "x\0", "é"]
)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(cells, max_size=5), max_size=6), st.sampled_from([",", ";", "\t"]), st.binary(max_size=6))
def test_no_input_gives_traceback(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]], separator: str, junk: bytes
) -> None:
    """Whatever a file holds, reading it gives a panel, a forecast or one of our errors."""
    folder = tmp_path_factory.mktemp("f")
    head = ["month_id", "country_id", "deaths"]
    (folder / "p.csv").write_bytes("\n".join(separator.join(r) for r in [head, *rows]).encode() + junk)
    (folder / "j.csv").write_bytes(junk + json.dumps(rows).encode())
    (folder / "p.parquet").write_bytes(junk)
    for name in ("p.csv", "j.csv", "p.parquet"):
        for read in (read_panel, read_draws):
            with contextlib.suppress(DetenteError):
                read(folder / name)
