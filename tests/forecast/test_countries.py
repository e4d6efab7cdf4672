"""Country forecasts: panel checks, no later knowledge, and the fitted mixture."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detente.core.arrays import FloatArray
from detente.core.errors import DetenteError, NoSuchFile
from detente.forecast import views_format
from detente.forecast.baselines import conflictology
from detente.forecast.countries import forecast_countries, score_forecast
from detente.forecast.country_model import MEMBERS, fit_class_weights, forecast_mixture
from detente.forecast.errors import BadForecast, BadHorizon, BadPanel, DateOutsideRecord, HistoryTooShort
from detente.forecast.mixture_weights import fill_distances, fit_mixture_weights, share_in_bin
from detente.forecast.panel import Panel, format_month, parse_month, read_panel
from detente.forecast.scores.crps import crps
from detente.forecast.training_data import History
from detente.forecast.views_format import Draws
from detente.sources.errors import EmptyFile, WrongHeader

UCDP = Path(__file__).parents[3] / "shared/data/ucdp/country_month_ged25_1.csv"
AHEAD = np.arange(3, 15)


def stationary_world(seed: int, units: int = 30, months: int = 150) -> tuple[FloatArray, FloatArray]:
    """Counts about each unit's constant rate, and the rates, shape (unit, 1)."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.4, 60.0, (units, 1))
    return rng.negative_binomial(1.0, 1 / (1 + rate), (units, months)).astype(float), rate


def panel(y: FloatArray) -> Panel:
    units = tuple(f"C{i:02d}" for i in range(len(y)))
    return Panel("made", units, tuple(range(1, len(y) + 1)), parse_month("2000-01"), y)


def test_distances_match_all_pairs() -> None:
    """Member distances equal the mean over all pairs of draws."""
    rng = np.random.default_rng(1)
    x = np.sort(rng.poisson(rng.gamma(0.5, 9.0, (8, 3, 1)), (8, 3, 17)).astype(float))
    y = rng.poisson(4.0, 8).astype(float)
    a, b = np.empty((8, 3)), np.empty((8, 3, 3))
    fill_distances(x, y, a, b)
    np.testing.assert_allclose(a, np.abs(x - y[:, None, None]).mean(axis=2))
    np.testing.assert_allclose(b, np.abs(x[:, :, None, :, None] - x[:, None, :, None, :]).mean(axis=(3, 4)), atol=1e-12)
    # The quadratic form is the CRPS of the mixture.
    w = np.array([0.2, 0.3, 0.5])
    mixed = np.concatenate([np.repeat(x[:, k], n, axis=1) for k, n in enumerate((2, 3, 5))], axis=1)
    np.testing.assert_allclose(a @ w - 0.5 * np.einsum("k,ikl,l->i", w, b, w), crps(mixed, y), atol=1e-12)


def test_mixture_weights_beat_grid() -> None:
    """Fitted weights score at least as well as any on a grid."""
    rng = np.random.default_rng(2)
    rate = rng.gamma(1.0, 8.0, (500, 1, 1))
    x = np.sort(
        rng.poisson(np.concatenate([0.4 * rate, 1.8 * rate, np.full_like(rate, 8.0)], axis=1), (500, 3, 40)).astype(
            float
        )
    )
    y = rng.poisson(rate[:, 0, 0]).astype(float)
    a, b = np.empty((500, 3)), np.empty((500, 3, 3))
    fill_distances(x, y, a, b)
    near, apart = a.sum(axis=0), b.sum(axis=0)
    w = fit_mixture_weights(a, b, share_in_bin(x, y), np.ones(500), ignorance=0.0)
    grid = [np.array([i, j, 20 - i - j]) / 20 for i in range(21) for j in range(21 - i)]
    best = min(g @ near - 0.5 * g @ apart @ g for g in grid)
    assert w @ near - 0.5 * w @ apart @ w <= best + 1e-6
    assert w.sum() == pytest.approx(1)


def test_mixture_beats_conflictology_in_stationary_world() -> None:
    """In a stationary world the mixture loses less than conflictology."""
    y, rate = stationary_world(3)
    h, after = History(tuple(map(str, range(30))), y[:, :130], 12), y[:, 132:144]
    ours = forecast_mixture(h, AHEAD, 400, np.random.default_rng(0)).reshape(-1, 400)
    rival = conflictology(12)(h, AHEAD, 400, np.random.default_rng(0)).reshape(-1, 400)
    truth = (
        np.random.default_rng(1).negative_binomial(1.0, 1 / (1 + np.repeat(rate, 12, axis=0)), (360, 400)).astype(float)
    )
    scores = [crps(x, after.ravel()).mean() for x in (truth, ours, rival)]
    # Against the true rates, ours loses less than half of what the baseline loses.
    assert scores[1] - scores[0] < 0.5 * (scores[2] - scores[0])


def test_class_weights_prefer_recent_months() -> None:
    """If levels change fast, recent months have more weight than the long past."""
    rng = np.random.default_rng(4)
    level = np.zeros((30, 150))
    for t in range(1, 150):
        level[:, t] = 0.95 * level[:, t - 1] + rng.normal(0, 0.6, 30)
    y = rng.poisson(np.exp(2 + level)).astype(float)
    w = fit_class_weights(History(tuple(map(str, range(30))), y, 12), np.array([1, 2]))
    busy = int(np.argmax(w.cases))
    assert w.of[busy, :4].sum() > 2 * w.of[busy, 4:6].sum()
    np.testing.assert_allclose(w.of.sum(axis=1), 1)
    assert w.of.shape[1] == len(MEMBERS)


def test_highest_class_uses_recent_months() -> None:
    """Above 500 deaths a month only the country's recent months are drawn."""
    y, _ = stationary_world(5)
    y[0, -24:] = 2_000.0
    w = fit_class_weights(History(tuple(map(str, range(30))), y, 12), AHEAD)
    assert w.of[7, 4:].sum() == 0


def test_country_forecast_ignores_later_months() -> None:
    """Months after the origin do not change a forecast."""
    y, _ = stationary_world(6)
    changed = y.copy()
    changed[:, 130:] = 9_999.0
    origin = parse_month("2000-01") + 129
    one, two = (
        forecast_countries(panel(p), origin, AHEAD, np.random.default_rng(0), draws=50).draws.x for p in (y, changed)
    )
    np.testing.assert_array_equal(one, two)


def test_mixture_ignores_unknown_months() -> None:
    """Unknown months do not count as zero in the mixture."""
    y, _ = stationary_world(7)
    y[:, 100:128] = np.nan  # unknown for two years and more, known again at the end
    y[:, 128:] = np.where(np.isnan(y[:, 128:]), 0, y[:, 128:])
    h = History(tuple(map(str, range(30))), y[:, :130], 12)
    x = forecast_mixture(h, np.array([1]), 200, np.random.default_rng(0))[:, 0]
    busy = np.nanmean(y[:, :100], axis=1) > 20
    # As zeros, the gap would pull each busy country's mean far below half of its level.
    assert np.median(x[busy].mean(axis=1) / np.nanmean(y[busy, 128:130], axis=1).clip(1)) > 0.4


def test_unknown_last_month_leaves_country_out() -> None:
    """A country whose last month is unknown is left out and named."""
    y, _ = stationary_world(8)
    y[4, -1] = np.nan
    f = forecast_countries(
        panel(y), parse_month("2000-01") + 149, np.array([1]), np.random.default_rng(0), model="zero", draws=10
    )
    assert f.left_out == ("C04",)
    assert len(f.draws.units) == 29


@pytest.mark.parametrize("ahead", [[0, 1], [37], []])
def test_country_forecast_rejects_bad_horizon(ahead: list[int]) -> None:
    """A horizon below 1 or above 36 months is rejected."""
    p, months = panel(stationary_world(1)[0]), np.array(ahead, dtype=int)
    with pytest.raises(BadHorizon) as error:
        forecast_countries(p, parse_month("2005-01"), months, np.random.default_rng(0))
    assert (error.value.least, error.value.most) == (1, 36)


def test_country_forecast_rejects_bad_origin() -> None:
    """An origin outside the panel, or with too short a history, is rejected."""
    p = panel(stationary_world(1)[0])
    with pytest.raises(DateOutsideRecord) as outside:
        forecast_countries(p, parse_month("2030-01"), AHEAD, np.random.default_rng(0))
    assert (outside.value.asked, outside.value.first, outside.value.last) == ("2030-01", "2000-01", "2012-06")
    with pytest.raises(HistoryTooShort) as short:
        forecast_countries(p, parse_month("2001-12"), AHEAD, np.random.default_rng(0))
    assert short.value.known == 24


def rows(*lines: str, header: str = "month,country,deaths") -> str:
    return "\n".join([header, *lines]) + "\n"


@pytest.mark.parametrize(
    ("text", "error", "part"),
    [
        ("", EmptyFile, "month, country, deaths"),
        (rows("2020-01,AFG,3", header="month,country,dead"), WrongHeader, "'deaths'"),
        (rows("2020-01,AFG,3", "2020-03,AFG,1"), BadPanel, "AFG lacks 2020-02"),
        (rows("2020-01,AFG,3", "2020-01,AFG,3"), BadPanel, "row 3: AFG 2020-01"),
        (rows("2020-01,AFG,-3"), BadPanel, "row 2: -3 deaths"),
        (rows("2020-01,AFG,1.5"), BadPanel, "not a whole number"),
        (rows("2020-01,AFG,many"), BadPanel, "row 2"),
        (rows("2020-13,AFG,1"), BadPanel, "row 2: '2020-13'"),
        (rows("2020-01,,1"), BadPanel, "no country"),
        (rows(*(f"20{y}-{m:02d},C{c},{int(y == 12)}" for y in (11, 12) for m in range(1, 13) for c in range(10, 22))), BadPanel, "--from 2012-01"),
    ],
)  # fmt: skip
def test_read_panel_rejects_bad_file(tmp_path: Path, text: str, error: type[DetenteError], part: str) -> None:
    """A bad panel is rejected with the row at fault."""
    path = tmp_path / "panel.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error) as rejection:
        read_panel(path)
    assert part in str(rejection.value)
    assert rejection.value.exit_code == 5


def test_read_panel_rejects_unreadable_file(tmp_path: Path) -> None:
    """A missing file, and one that is not text or not Parquet, is rejected."""
    with pytest.raises(NoSuchFile):
        read_panel(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"month,country,deaths\n2020-01,\xff,1\n")
    with pytest.raises(BadPanel, match="not UTF-8"):
        read_panel(tmp_path / "a.csv")
    (tmp_path / "a.parquet").write_bytes(b"not parquet")
    with pytest.raises(BadPanel, match="not Parquet"):
        read_panel(tmp_path / "a.parquet")


def test_read_panel_keeps_unknown_cells(tmp_path: Path) -> None:
    """Empty cells, and months before a country's first, are unknown."""
    path = tmp_path / "panel.csv"
    path.write_text(rows("2020-01,AFG,3", "2020-02,AFG,", "2020-02,SSD,7"), encoding="utf-8")
    p = read_panel(path)
    np.testing.assert_array_equal(p.y, [[3, np.nan], [np.nan, 7]])
    assert format_month(p.last) == "2020-02"


def test_views_format_round_trip(tmp_path: Path) -> None:
    """A forecast survives writing and reading in the VIEWS format."""
    d = Draws(("7", "9"), parse_month("2024-01") + np.arange(2), np.arange(12.0).reshape(2, 2, 3))
    path = tmp_path / "f.parquet"
    path.write_bytes(views_format.encode_parquet(d, {"7": 7, "9": 9}))
    table = pq.read_table(path)
    assert table.column_names == ["month_id", "country_id", "draw", "outcome"]
    assert table["month_id"][0].as_py() == 529  # January 2024, counted from January 1980
    back = views_format.read_draws(path)
    np.testing.assert_array_equal(back.x, d.x)
    np.testing.assert_array_equal(back.months, d.months)
    assert back.units == d.units


def test_views_format_keeps_other_codes(tmp_path: Path) -> None:
    """Country codes other than VIEWS' numbers are kept."""
    path = tmp_path / "f.parquet"
    path.write_bytes(
        views_format.encode_parquet(Draws(("AFG",), np.array([parse_month("2024-01")]), np.ones((1, 1, 2))), None)
    )
    assert pq.read_table(path).column_names == ["month_id", "country", "draw", "outcome"]
    assert views_format.read_draws(path).units == ("AFG",)


@pytest.mark.parametrize(
    ("columns", "error", "part"),
    [
        ({"month_id": [1], "country_id": [1], "draw": [0]}, WrongHeader, "outcome"),
        ({"month_id": [1], "country_id": [1], "draw": [0], "outcome": [-1]}, BadPanel, "negative"),
        (
            {"month_id": [1, 1, 2], "country_id": [1, 1, 1], "draw": [0, 1, 0], "outcome": [1, 1, 1]},
            BadPanel,
            "do not fill",
        ),
        ({"month_id": [1, 1], "country_id": [1, 1], "draw": [0, 0], "outcome": [1, 1]}, BadPanel, "do not fill"),
    ],
)
def test_read_draws_rejects_bad_file(
    tmp_path: Path, columns: dict[str, list[int]], error: type[DetenteError], part: str
) -> None:
    """A forecast file with gaps or bad values is rejected."""
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(error, match=part):
        views_format.read_draws(path)


def test_score_forecast_counts_unknown_outcomes() -> None:
    """Only known country-months are scored; the others are counted."""
    p = panel(np.array([[1.0, 2.0, np.nan]]))
    d = Draws(("C00", "XXX"), parse_month("2000-01") + np.arange(4), np.full((2, 4, 10), 1.0))
    s, unknown = score_forecast(d, p)
    assert len(s.crps) == 2
    assert unknown == 6
    np.testing.assert_allclose(s.crps, [0, 1])
    with pytest.raises(BadForecast):
        score_forecast(Draws(("YYY",), d.months, d.x[:1]), p)


@pytest.mark.skipif(not UCDP.exists(), reason="needs ../shared/data/ucdp, which is not in the repository")
def test_ucdp_panel_starts_in_1989() -> None:
    """The UCDP panel is read from 1989 and rejected with the years before."""
    with pytest.raises(BadPanel, match="48 months"):
        read_panel(UCDP)
    p = read_panel(UCDP, first=parse_month("1989-01"))
    assert p.y.shape == (123, 432)
    # Known totals of the release: Pakistan 2024.
    assert np.nansum(p.outcomes(["PAK"], parse_month("2024-01") + np.arange(12))) == 1_885
