"""A case's futures: from what was known alone, in events and deaths, in words, and scored."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from detente.brief.render.scorecard import scorecard_files, verdict
from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.cases.coverage import ReportingCoverage
from detente.cases.load import CaseData, load_case_data
from detente.charts import calibration, fan_chart
from detente.core.rng import make_rng
from detente.forecast import severity
from detente.forecast.attribution import compute_memory_effects, find_drivers
from detente.forecast.backtest import (
    MODELS,
    OURS,
    TARGETS,
    BacktestRound,
    backtest,
    build_window_history,
    draw_unobserved_channel,
    origins,
)
from detente.forecast.case import (
    CLOSURE,
    FORCE,
    CaseForecast,
    add_closures,
    find_truce_in_force,
    fit_forecast_system,
    forecast_case,
    last_observed_day,
)
from detente.forecast.errors import BadForecast, BadHorizon, DateOutsideRecord, HistoryTooShort
from detente.forecast.scorecard import as_data, build_scorecard
from detente.forecast.text import describe_forecast
from detente.measures.counts import Counts, daily_counts
from detente.model.fit import fit_model
from detente.model.simulate import simulate
from detente.model.synthetic import one_sided_response
from detente.text.probability_words import BANDS
from support import small_case as small

CASE = load_case_file("pakistan-afghanistan")
EVE = date(2025, 9, 30)


@pytest.fixture(scope="module")
def eve() -> CaseForecast:
    return forecast_case(load_case_data(CASE, EVE), (30, 90), make_rng(0), paths=2_000)


@pytest.fixture(scope="module")
def rounds() -> list[BacktestRound]:
    return backtest(
        CASE, (30,), draws=300, tell=lambda days: [d for d in days if d in (date(2025, 3, 31), date(2025, 10, 31))]
    )


def test_deaths_of_one_event_have_the_tail_that_was_learned_and_no_more_than_the_cut() -> None:
    rng = np.random.default_rng(0)
    # A world whose truth we chose: a third kill nobody, others 1 + floor of a Pareto with xi 0.4, sigma 5.
    xi, sigma = 0.4, 5.0
    x = np.floor(1 + sigma / xi * ((1 - rng.random(1500)) ** -xi - 1)) * (rng.random(1500) < 2 / 3)
    m = severity.fit_severity([*x.tolist(), *([None] * 500)], 10 * x.max(), rng)
    mean_xi = float((m.posterior * severity.XI[:, None]).sum())
    mean_log_sigma = float((m.posterior * severity.LOG_SIGMA[None, :]).sum())
    assert mean_xi == pytest.approx(xi, abs=0.12)
    assert mean_log_sigma == pytest.approx(np.log(sigma), abs=0.2)
    total = severity.draw_deaths(m, np.full((4_000, 2), 25), rng).sum(axis=1)
    # Events nobody gave a figure for, a quarter here, add nothing to deaths told of.
    assert total.mean() == pytest.approx(50 * 0.75 * x.mean(), rel=0.06)
    small_cut = severity.fit_severity(x[:100].tolist(), 20, rng)
    assert severity.draw_deaths(small_cut, np.ones((5_000, 1), dtype=int), rng).max() == 20


def test_no_event_kills_nobody() -> None:
    m = severity.fit_severity([1, 2, 3], 30, np.random.default_rng(0))
    assert severity.draw_deaths(m, np.zeros((5, 2), dtype=int), np.random.default_rng(0)).tolist() == [[0.0, 0.0]] * 5


def test_deaths_that_follow_another_law_are_found_to_fit_badly_and_true_ones_are_not() -> None:
    rng = np.random.default_rng(1)
    assert severity.fit_severity(rng.normal(100, 2, 60).round().tolist(), 1_000, rng).fit_p < 0.01
    fits = [
        severity.fit_severity(np.floor(1 + 12.5 * ((1 - rng.random(60)) ** -0.4 - 1)).tolist(), 1_000, rng).fit_p
        for _ in range(40)
    ]
    # The p-value is too kind, so at most the binomial's 99.9 % of one in twenty.
    assert sum(p < 0.05 for p in fits) <= binom.ppf(0.999, 40, 0.05)


def test_what_a_recent_event_adds_is_what_two_simulations_with_and_without_it_differ_by() -> None:
    w = one_sided_response(np.random.default_rng(3), events=2_000)
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
    s = replace(s, R=s.R[:1], size=s.size[:1])
    days, base = 20, np.full((1, 20, 2), 3.0)  # busy enough for the positive part to be the identity
    more = np.zeros_like(s.z)
    more[0] = 1.5  # the first memory of channel a
    runs = [
        simulate(base, s.R, s.size, s.half_lives, s.soft, z, np.random.default_rng(1), paths=60_000).y.sum(axis=1) for z in (s.z, s.z + more)
    ]  # fmt: skip
    apart = runs[1].mean(axis=0) - runs[0].mean(axis=0)
    error = np.sqrt((runs[0].var(axis=0) + runs[1].var(axis=0)) / 60_000)
    np.testing.assert_allclose(apart, 1.5 * compute_memory_effects(s, days)[0, :, 0, 0], atol=4 * error.max())
    assert apart[1] > 10 * error[1]  # b answers a


def test_nothing_known_later_moves_a_forecast(tmp_path: Path) -> None:
    rows = (
        (find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    whole, cut = (tmp_path / n for n in ("whole", "cut"))
    whole.mkdir()
    cut.mkdir()
    later = {e.id for e in load_case_data(CASE).events if e.known_on > date(2023, 6, 30)}
    kept = [r for r in rows if r.split(",", 1)[0] not in later]
    assert len(kept) < len(rows) - 300
    paths = [
        forecast_case(load_case_data(load_case_file(str(small.write_case_folder(folder, ("\n".join(r) + "\n").encode()))), date(2023, 6, 30)), (60,), make_rng(0), paths=200).paths.y
        for folder, r in ((whole, rows), (cut, kept))
    ]  # fmt: skip
    np.testing.assert_array_equal(paths[0], paths[1])


def test_a_denser_collection_foresees_more_events_of_the_same_conflict(eve: CaseForecast) -> None:
    dense = forecast_case(eve.g, (30,), make_rng(0), coverage=3.0, paths=2_000)
    ratio = dense.totals("attack", 30).mean() / eve.totals("attack", 30).mean()
    assert ratio == pytest.approx(3.0, rel=0.25)


def test_a_regime_is_used_once_it_is_over_and_not_while_it_lasts() -> None:
    names = []
    for day in (date(2025, 10, 15), date(2025, 11, 15)):
        g = load_case_data(CASE, day)
        s, _ = fit_forecast_system(g, daily_counts(g, ["attack", "clash"]), make_rng(0), coverage=1.0, answers=False)
        names.append(s.background.names)
    assert "October 2025 fighting" not in names[0]
    assert "October 2025 fighting" in names[1]


def test_probabilities_and_deaths_grow_with_the_horizon(eve: CaseForecast) -> None:
    for c in eve.channels:
        assert eve.probability_of_any((c,), 30) <= eve.probability_of_any((c,), 90)
    (low_30, high_30), (low_90, high_90) = eve.deaths(30), eve.deaths(90)
    assert (low_30 <= low_90).all()
    assert (high_30 <= high_90).all()
    assert np.median(low_90) <= np.median(high_90)
    # Where no act of force came, nobody died of one.
    none = np.sum([eve.totals(c, 30) for c in FORCE], axis=0) == 0
    assert none.any()
    assert high_30[none].max() == 0


def test_each_likelihood_word_stands_with_its_number_and_never_with_a_level_of_confidence(eve: CaseForecast) -> None:
    words = [w for _, w in BANDS]
    told = describe_forecast(eve, 0)
    spoken = [s for s in told if any(w in s.text for w in words)]
    assert len(spoken) >= 4
    for s in spoken:
        assert "confidence" not in s.text
        assert "interval" not in s.text
        for m in s.measured:
            assert 0 <= (m.value or 0) <= 1
            assert m.recipe["kind"] == "forecast"
        assert len(s.measured) == 2  # 30 and 90 days
    assert any(
        "density of collection of 1, as densely as in its window mid-2024 to September 2025" in s.text for s in told
    )


def test_the_strike_sentence_says_the_share_of_futures_that_hold_a_strike(eve: CaseForecast) -> None:
    share = float((eve.totals("strike", 30) > 0).mean())
    text = describe_forecast(eve, 0)[0].text
    assert "strike by Pakistan" in text
    assert f"({100 * share:.0f}\u00a0%) within 30 days" in text


def test_drivers_are_recent_events_in_order_of_size_with_their_interval(eve: CaseForecast) -> None:
    found = find_drivers(eve, 30)
    assert [abs(d.more) for d in found] == sorted((abs(d.more) for d in found), reverse=True)
    for d in found:
        assert d.event.known_on <= EVE
        assert d.low <= d.more <= d.high


def test_the_fans_show_each_channel_of_force_with_what_came_before(eve: CaseForecast) -> None:
    p = fan_chart.picture(eve)
    assert p.svg.startswith("<svg")
    median = np.quantile(eve.totals("attack", 90), 0.5, method="inverted_cdf")
    assert f"attack {median:.0f} (90 %" in p.alt
    assert "clash" in p.alt
    assert f"highest figures {np.quantile(eve.deaths(90)[1], 0.5, method='inverted_cdf'):.0f} (" in p.alt


def test_closures_are_days_on_which_a_crossing_was_newly_shut() -> None:
    g = load_case_data(CASE)
    c = add_closures(g, daily_counts(g))
    assert c.channels[-1] == CLOSURE
    assert c.of(CLOSURE)[(date(2025, 10, 12) - c.first).days] == 1  # five crossings on one day are one day
    assert c.of(CLOSURE).max() == 1


def test_a_truce_is_in_force_only_while_nothing_had_broken_it_by_then() -> None:
    assert find_truce_in_force(load_case_data(CASE, date(2025, 10, 31))) is not None
    assert find_truce_in_force(load_case_data(CASE, date(2025, 11, 10))) is None
    assert find_truce_in_force(load_case_data(CASE, date(2026, 5, 31))) is None  # nobody watched


@pytest.mark.parametrize("days", [0, -3, 366, 10_000])
def test_a_horizon_of_nothing_or_beyond_a_year_is_refused(days: int) -> None:
    with pytest.raises(BadHorizon, match="between 1 and 365 days"):
        forecast_case(load_case_data(CASE, EVE), (30, days), make_rng(0))


def test_a_day_beyond_the_case_and_too_short_a_history_are_refused() -> None:
    with pytest.raises(DateOutsideRecord, match="2027-01-01 cannot be forecast from"):
        forecast_case(load_case_data(CASE, date(2027, 1, 1)), (30,), make_rng(0))
    with pytest.raises(HistoryTooShort, match="139 watched days are known"):
        forecast_case(load_case_data(CASE, date(2021, 12, 31)), (30,), make_rng(0))
    g = load_case_data(CASE, EVE)
    blind: CaseData = replace(g, coverage=ReportingCoverage(g.coverage.first, np.zeros_like(g.coverage.by_day)))
    with pytest.raises(HistoryTooShort, match="0 watched days"):
        last_observed_day(blind)


def test_days_nobody_watched_before_the_forecast_are_told_and_count_as_usual() -> None:
    f = forecast_case(load_case_data(CASE, date(2026, 5, 31)), (30,), make_rng(0), paths=500)
    assert f.unwatched == 53
    assert any(
        "The last 53 days before it were not collected systematically" in s.text for s in describe_forecast(f, 0)
    )
    assert f.totals("attack", 30).mean() > 0.2


def test_rivals_draw_from_windows_scaled_by_the_effort_of_their_days_and_skip_the_unwatched() -> None:
    y = np.zeros((100, 5), dtype=int)
    y[:, 0] = 2
    coverage = np.concatenate([np.zeros(40), np.full(60, 4.0)])
    h = build_window_history(Counts(date(2024, 1, 1), TARGETS, y, coverage, np.zeros(5, dtype=int)), 20, 1.0)
    known = h.y[0][~np.isnan(h.y[0])]
    assert known.tolist() == [10.0] * len(known)  # 2 a day at density 4 are 10 in 20 days at density 1
    assert np.isnan(h.y[0][:2]).all()


def test_a_channel_never_seen_is_foretold_by_jeffreys_rate_and_not_as_impossible() -> None:
    c = Counts(date(2024, 1, 1), TARGETS, np.zeros((300, 5), dtype=int), np.full(300, 2.0), np.zeros(5, dtype=int))
    x = draw_unobserved_channel(c, 60, 1.5, 200_000, np.random.default_rng(0))
    assert (x == 0).mean() == pytest.approx((1 + 60 * 1.5 / 600) ** -0.5, abs=0.003)


def test_origins_are_ends_of_months_with_a_watched_year_behind_them() -> None:
    days = origins(CASE)
    assert days[0] == date(2022, 8, 31)
    assert all((d + timedelta(days=1)).day == 1 for d in days)
    assert max(days) < last_observed_day(load_case_data(CASE))


def test_a_round_holds_what_later_counts_say_and_forecasts_from_the_density_of_its_day(
    rounds: list[BacktestRound],
) -> None:
    spring, autumn = rounds
    whole = load_case_data(CASE)
    for r in rounds:
        first, last = r.origin + timedelta(days=1), r.origin + timedelta(days=30)
        came = [sum(first <= e.day <= last for e in whole.of(c)) for c in FORCE]
        assert r.came[: len(FORCE)].tolist() == came
    # There was an attack on the last day, so that a window shifted by a day would be told apart.
    assert any(e.day == autumn.origin + timedelta(days=30) for e in whole.of("attack"))
    assert (spring.coverage, autumn.coverage) == (1.0, 3.37)
    assert spring.even
    assert autumn.truce is not None
    assert autumn.truce[1] is True  # the truce of 17 October was broken on 6 November
    # Four years of windows are needed for the regression, and there are not yet.
    assert set(spring.draws) == set(MODELS) - {"nb regression"}


def test_the_score_card_ranks_a_forecaster_who_knows_above_one_who_guesses_and_writes_all_three_files(
    rounds: list[BacktestRound],
) -> None:
    rng = np.random.default_rng(0)
    made = []
    for r in rounds * 8:
        knows = np.tile(r.came[:, None], (1, 300)).astype(float)
        made.append(replace(r, draws={OURS: knows, "conflictology 12": rng.poisson(4.0, (5, 300)).astype(float)}))
    c = build_scorecard("made", made)
    assert c.row(OURS, 30).yes.score == 0
    assert c.row(OURS, 30).counts.means()["CRPS"] == 0
    assert c.leads[30].low > 0
    assert "better than conflictology 12" in verdict(c)
    assert "lower CRPS than the forecast: within 30 days none" in verdict(c)
    worse = build_scorecard(
        "made", [replace(r, draws={OURS: r.draws["conflictology 12"], "conflictology 12": r.draws[OURS]}) for r in made]
    )
    assert "worse than conflictology 12" in verdict(worse)
    assert "within 30 days conflictology 12" in verdict(worse)
    files = scorecard_files(c, "A made case")
    assert set(files) == {"scorecard.html", "scorecard.json", "calibration.svg"}
    assert b"A made case" in files["scorecard.html"]
    assert as_data(c)["models"][0]["Brier"] == 0
    assert "said 100%" in calibration.picture(c).alt


def test_a_backtest_without_rounds_gives_no_score_card() -> None:
    with pytest.raises(BadForecast, match="no origin has a scored horizon"):
        build_scorecard("made", [])
    with pytest.raises(BadHorizon):
        backtest(CASE, (0,))
