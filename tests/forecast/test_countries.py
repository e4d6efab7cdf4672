"""Country-months: panels are read whole or refused, forecasts look at nothing later, and the mixture learns."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from detente.core.errors import DetenteError, NoSuchFile
from detente.forecast import views_format
from detente.forecast.baselines import conflictology
from detente.forecast.countries import forecast_countries, score_forecast
from detente.forecast.country_model import MEMBERS, fit_class_weights, forecast_mixture
from detente.forecast.errors import BadForecast, BadHorizon, BadPanel, DateOutsideRecord, HistoryTooShort
from detente.forecast.mixture_weights import fill_distances, fit_mixture_weights, share_in_bin
from detente.forecast.panel import Panel, format_month, parse_month, read_panel
from detente.forecast.scores.crps import crps
from detente.forecast.training_data import Array, History
from detente.forecast.views_format import Draws
from detente.sources.errors import EmptyFile, WrongHeader

UCDP = Path(__file__).parents[3] / "shared/data/ucdp/country_month_ged25_1.csv"
AHEAD = np.arange(3, 15)


def still(seed: int, units: int = 30, months: int = 150) -> tuple[Array, Array]:
    """A world that stands still: counts about each unit's own rate, and the rates, shape (unit, 1)."""
    rng = np.random.default_rng(seed)
    rate = rng.gamma(0.4, 60.0, (units, 1))
    return rng.negative_binomial(1.0, 1 / (1 + rate), (units, months)).astype(float), rate


def panel(y: Array) -> Panel:
    units = tuple(f"C{i:02d}" for i in range(len(y)))
    return Panel("made", units, tuple(range(1, len(y) + 1)), parse_month("2000-01"), y)


def test_the_distance_of_two_members_is_the_mean_over_all_pairs_of_draws() -> None:
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


def test_learned_weights_score_no_worse_than_any_on_a_grid() -> None:
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


def test_in_a_world_that_stands_still_the_mixture_comes_nearer_the_truth_than_twelve_months_do() -> None:
    y, rate = still(3)
    h, after = History(tuple(map(str, range(30))), y[:, :130], 12), y[:, 132:144]
    ours = forecast_mixture(h, AHEAD, 400, np.random.default_rng(0)).reshape(-1, 400)
    rival = conflictology(12)(h, AHEAD, 400, np.random.default_rng(0)).reshape(-1, 400)
    truth = (
        np.random.default_rng(1).negative_binomial(1.0, 1 / (1 + np.repeat(rate, 12, axis=0)), (360, 400)).astype(float)
    )
    scores = [crps(x, after.ravel()).mean() for x in (truth, ours, rival)]
    # Ours loses less than half of what the rival loses against the forecaster who knows the rates.
    assert scores[1] - scores[0] < 0.5 * (scores[2] - scores[0])


def test_where_levels_last_no_longer_than_a_quarter_the_last_months_weigh_more_than_the_long_past() -> None:
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


def test_above_five_hundred_a_month_nothing_but_recent_months_of_its_own_is_drawn() -> None:
    y, _ = still(5)
    y[0, -24:] = 2_000.0
    w = fit_class_weights(History(tuple(map(str, range(30))), y, 12), AHEAD)
    assert w.of[7, 4:].sum() == 0


def test_nothing_after_the_origin_moves_a_forecast() -> None:
    y, _ = still(6)
    other = y.copy()
    other[:, 130:] = 9_999.0
    origin = parse_month("2000-01") + 129
    one, two = (
        forecast_countries(panel(p), origin, AHEAD, np.random.default_rng(0), draws=50).draws.x for p in (y, other)
    )
    np.testing.assert_array_equal(one, two)


def test_one_more_unknown_month_is_no_quiet_month_for_the_mixture() -> None:
    y, _ = still(7)
    y[:, 100:128] = np.nan  # unknown for two years and more, known again at the end
    y[:, 128:] = np.where(np.isnan(y[:, 128:]), 0, y[:, 128:])
    h = History(tuple(map(str, range(30))), y[:, :130], 12)
    x = forecast_mixture(h, np.array([1]), 200, np.random.default_rng(0))[:, 0]
    busy = np.nanmean(y[:, :100], axis=1) > 20
    # As nought, the gap would drag each busy country's mean well under half of its level.
    assert np.median(x[busy].mean(axis=1) / np.nanmean(y[busy, 128:130], axis=1).clip(1)) > 0.4


def test_a_country_whose_last_month_is_unknown_is_left_out_and_named() -> None:
    y, _ = still(8)
    y[4, -1] = np.nan
    f = forecast_countries(
        panel(y), parse_month("2000-01") + 149, np.array([1]), np.random.default_rng(0), model="zero", draws=10
    )
    assert f.left_out == ("C04",)
    assert len(f.draws.units) == 29


@pytest.mark.parametrize(("ahead", "error"), [([0, 1], BadHorizon), ([37], BadHorizon), ([], BadHorizon)])
def test_a_horizon_of_nothing_or_beyond_reason_is_refused(ahead: list[int], error: type[DetenteError]) -> None:
    with pytest.raises(error, match="between 1 and 36 months"):
        forecast_countries(
            panel(still(1)[0]), parse_month("2005-01"), np.array(ahead, dtype=int), np.random.default_rng(0)
        )


def test_an_origin_beyond_the_panel_and_one_with_too_little_before_it_are_refused() -> None:
    p = panel(still(1)[0])
    with pytest.raises(DateOutsideRecord, match=r"2030-01 cannot .* 2000-01 to 2012-06"):
        forecast_countries(p, parse_month("2030-01"), AHEAD, np.random.default_rng(0))
    with pytest.raises(HistoryTooShort, match="24 months are known"):
        forecast_countries(p, parse_month("2001-12"), AHEAD, np.random.default_rng(0))


def rows(*lines: str, header: str = "month,country,deaths") -> str:
    return "\n".join([header, *lines]) + "\n"


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ("", EmptyFile, "month, country, deaths"),
        (rows("2020-01,AFG,3", header="month,country,dead"), WrongHeader, "'deaths' is missing"),
        (rows("2020-01,AFG,3", "2020-03,AFG,1"), BadPanel, "AFG lacks 2020-02"),
        (rows("2020-01,AFG,3", "2020-01,AFG,3"), BadPanel, "row 3: AFG 2020-01"),
        (rows("2020-01,AFG,-3"), BadPanel, "row 2: -3 deaths: less than none"),
        (rows("2020-01,AFG,1.5"), BadPanel, "not a whole number"),
        (rows("2020-01,AFG,many"), BadPanel, "row 2"),
        (rows("2020-13,AFG,1"), BadPanel, "no month"),
        (rows("2020-01,,1"), BadPanel, "no country"),
        (rows(*(f"20{y}-{m:02d},C{c},{int(y == 12)}" for y in (11, 12) for m in range(1, 13) for c in range(10, 22))), BadPanel, "--from 2012-01"),
    ],
)  # fmt: skip
def test_a_bad_panel_is_refused_with_the_row_and_the_remedy(
    tmp_path: Path, text: str, error: type[DetenteError], told: str
) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(error) as refusal:
        read_panel(path)
    assert told in str(refusal.value)
    assert refusal.value.exit_code == 5


def test_a_panel_that_is_not_there_not_text_or_not_parquet_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(NoSuchFile, match="no such panel"):
        read_panel(tmp_path / "none.csv")
    (tmp_path / "a.csv").write_bytes(b"month,country,deaths\n2020-01,\xff,1\n")
    with pytest.raises(BadPanel, match="not UTF-8"):
        read_panel(tmp_path / "a.csv")
    (tmp_path / "a.parquet").write_bytes(b"not parquet")
    with pytest.raises(BadPanel, match="not Parquet"):
        read_panel(tmp_path / "a.parquet")


def test_an_empty_cell_is_unknown_and_months_before_a_country_begins_are_not_covered(tmp_path: Path) -> None:
    path = tmp_path / "panel.csv"
    path.write_text(rows("2020-01,AFG,3", "2020-02,AFG,", "2020-02,SSD,7"), encoding="utf-8")
    p = read_panel(path)
    np.testing.assert_array_equal(p.y, [[3, np.nan], [np.nan, 7]])
    assert format_month(p.last) == "2020-02"


def test_a_forecast_comes_back_from_the_views_format_as_it_went_in(tmp_path: Path) -> None:
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


def test_codes_that_are_no_views_numbers_are_kept_as_codes(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    path.write_bytes(
        views_format.encode_parquet(Draws(("AFG",), np.array([parse_month("2024-01")]), np.ones((1, 1, 2))), None)
    )
    assert pq.read_table(path).column_names == ["month_id", "country", "draw", "outcome"]
    assert views_format.read_draws(path).units == ("AFG",)


@pytest.mark.parametrize(
    ("columns", "error", "told"),
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
def test_a_forecast_file_with_holes_or_wrong_values_is_refused(
    tmp_path: Path, columns: dict[str, list[int]], error: type[DetenteError], told: str
) -> None:
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table(columns), path)
    with pytest.raises(error, match=told):
        views_format.read_draws(path)


def test_only_country_months_that_the_panel_knows_are_judged_and_the_others_counted() -> None:
    p = panel(np.array([[1.0, 2.0, np.nan]]))
    d = Draws(("C00", "XXX"), parse_month("2000-01") + np.arange(4), np.full((2, 4, 10), 1.0))
    s, unknown = score_forecast(d, p)
    assert len(s.crps) == 2
    assert unknown == 6
    np.testing.assert_allclose(s.crps, [0, 1])
    with pytest.raises(BadForecast, match="knows none"):
        score_forecast(Draws(("YYY",), d.months, d.x[:1]), p)


@pytest.mark.skipif(not UCDP.exists(), reason="needs ../shared/data/ucdp, which is not in the repository")
def test_the_ucdp_panel_is_read_from_1989_and_refused_with_the_years_that_nobody_covered() -> None:
    with pytest.raises(BadPanel, match="the first 48 months hold no death"):
        read_panel(UCDP)
    p = read_panel(UCDP, first=parse_month("1989-01"))
    assert p.y.shape == (123, 432)
    # Known totals of the release: Pakistan 2024.
    assert np.nansum(p.outcomes(["PAK"], parse_month("2024-01") + np.arange(12))) == 1_885
