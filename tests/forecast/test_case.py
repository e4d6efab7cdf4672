"""Forecasts of a case: no later knowledge, events and deaths, text, and scores."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom

from detente.brief.render.scorecard import render_scorecard_files, summarise_scorecard
from detente.cases.case_file import find_shipped_cases, load_case_file
from detente.cases.coverage import ReportingCoverage
from detente.cases.load import CaseData, load_case_data
from detente.charts import calibration, fan_chart
from detente.core.arrays import FloatArray
from detente.core.rng import make_rng
from detente.forecast import severity
from detente.forecast.attribution import compute_memory_effects, find_drivers, group_drivers
from detente.forecast.backtest import (
    MODELS,
    OURS,
    TARGETS,
    BacktestRound,
    backtest,
    build_window_history,
    draw_unobserved_channel,
    forecast_baseline,
    origins,
    thin_counts,
)
from detente.forecast.baselines import BASELINES
from detente.forecast.basis_text import describe_basis, describe_rules, describe_scale, describe_start
from detente.forecast.case import (
    CLOSURE,
    FORCE,
    MIN_MEMBER_PATHS,
    CaseForecast,
    add_closures,
    find_truce_in_force,
    fit_forecast_system,
    forecast_case,
    history_too_short,
    last_observed_day,
)
from detente.forecast.errors import BadForecast, BadHorizon, DateOutsideRecord, HistoryTooShort
from detente.forecast.kinds import kind_name, list_counted_kinds
from detente.forecast.members import MEMBERS
from detente.forecast.scorecard import as_data, build_scorecard, lead_verdict
from detente.forecast.stacking import MemberWeights, equal_weights
from detente.forecast.text import (
    PAST_SENTENCES,
    describe_drivers,
    describe_forecast,
    describe_statements,
    outlook_sentences,
)
from detente.measures.counts import Counts, daily_counts
from detente.measures.yardstick import find_yardstick
from detente.model.fit import fit_model, thin_draws
from detente.model.simulate import simulate
from detente.model.synthetic import one_sided_response
from detente.text.probability_words import BANDS
from detente.text.sentence import ConventionPiece
from support import small_case as small
from support.worlds import make_world

CASE = load_case_file("pakistan-afghanistan")
SEPTEMBER = date(2025, 9, 30)


@pytest.fixture(scope="module")
def september() -> CaseForecast:
    return forecast_case(load_case_data(CASE, SEPTEMBER), (30, 90), make_rng(0), paths=2_000)


@pytest.fixture(scope="module")
def rounds() -> list[BacktestRound]:
    return backtest(
        CASE, (30,), draws=300, tell=lambda days: [d for d in days if d in (date(2025, 3, 31), date(2025, 10, 31))]
    )


def test_severity_recovers_tail_and_respects_cap() -> None:
    """Severity recovers a known tail, and draws do not exceed the cap."""
    rng = np.random.default_rng(0)
    # Known truth: a third of events have zero deaths, others 1 + floor of a Pareto with xi 0.4, sigma 5.
    xi, sigma = 0.4, 5.0
    x = np.floor(1 + sigma / xi * ((1 - rng.random(1500)) ** -xi - 1)) * (rng.random(1500) < 2 / 3)
    m = severity.fit_severity([*x.tolist(), *([None] * 500)], 10 * x.max(), rng)
    mean_xi = float((m.posterior * severity.XI[:, None]).sum())
    mean_log_sigma = float((m.posterior * severity.LOG_SIGMA[None, :]).sum())
    assert mean_xi == pytest.approx(xi, abs=0.12)
    assert mean_log_sigma == pytest.approx(np.log(sigma), abs=0.2)
    total = severity.draw_deaths(m, np.full((4_000, 2), 25), rng).sum(axis=1)
    # Events without a figure, a quarter here, add no reported deaths.
    assert total.mean() == pytest.approx(50 * 0.75 * x.mean(), rel=0.06)
    small_cut = severity.fit_severity(x[:100].tolist(), 20, rng)
    assert severity.draw_deaths(small_cut, np.ones((5_000, 1), dtype=int), rng).max() == 20


def test_deaths_without_events_are_zero() -> None:
    """Paths without events have zero deaths."""
    m = severity.fit_severity([1, 2, 3], 30, np.random.default_rng(0))
    assert severity.draw_deaths(m, np.zeros((5, 2), dtype=int), np.random.default_rng(0)).tolist() == [[0.0, 0.0]] * 5


def test_severity_fit_test_detects_misfit() -> None:
    """The fit test rejects figures from another law and accepts true ones."""
    rng = np.random.default_rng(1)
    assert severity.fit_severity(rng.normal(100, 2, 60).round().tolist(), 1_000, rng).fit_p < 0.01
    fits = [
        severity.fit_severity(np.floor(1 + 12.5 * ((1 - rng.random(60)) ** -0.4 - 1)).tolist(), 1_000, rng).fit_p
        for _ in range(40)
    ]
    # The test is conservative: at most the binomial's 99.9 % of one in twenty.
    assert sum(p < 0.05 for p in fits) <= binom.ppf(0.999, 40, 0.05)


def test_memory_effects_match_simulation() -> None:
    """The effect of a recent event equals the difference of two simulations."""
    w = one_sided_response(np.random.default_rng(3), events=2_000)
    s = fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0))
    s = thin_draws(s, 1)
    days, base = 20, np.full((1, 20, 2), 3.0)  # busy enough for the positive part to be the identity
    extra_memory = np.zeros_like(s.z)
    extra_memory[0] = 1.5  # the first memory of channel a
    runs = [
        simulate(base, s.R, s.size, s.half_lives, s.soft, z, np.random.default_rng(1), paths=60_000).y.sum(axis=1) for z in (s.z, s.z + extra_memory)
    ]  # fmt: skip
    difference = runs[1].mean(axis=0) - runs[0].mean(axis=0)
    error = np.sqrt((runs[0].var(axis=0) + runs[1].var(axis=0)) / 60_000)
    np.testing.assert_allclose(difference, 1.5 * compute_memory_effects(s, days)[0, :, 0, 0], atol=4 * error.max())
    assert difference[1] > 10 * error[1]  # b responds to a


def test_forecast_ignores_later_knowledge(tmp_path: Path) -> None:
    """Events known later do not change a forecast."""
    rows = (
        (find_shipped_cases()["pakistan-afghanistan"].parent / "pakistan_afghanistan/chronology.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    whole, cut = (tmp_path / n for n in ("whole", "cut"))
    whole.mkdir()
    cut.mkdir()
    later = {e.id for e in load_case_data(CASE).events if e.known_on > date(2023, 6, 30)}
    known_rows = [r for r in rows if r.split(",", 1)[0] not in later]
    assert len(known_rows) < len(rows) - 300
    paths = [
        forecast_case(load_case_data(load_case_file(str(small.write_case_folder(folder, ("\n".join(r) + "\n").encode()))), date(2023, 6, 30)), (60,), make_rng(0), paths=200).paths.y
        for folder, r in ((whole, rows), (cut, known_rows))
    ]  # fmt: skip
    np.testing.assert_array_equal(paths[0], paths[1])


def test_forecast_scales_with_coverage(september: CaseForecast) -> None:
    """Higher reporting coverage gives proportionally more forecast events."""
    dense = forecast_case(september.g, (30,), make_rng(0), coverage=3.0, paths=2_000)
    ratio = dense.totals("attack", 30).mean() / september.totals("attack", 30).mean()
    assert ratio == pytest.approx(3.0, rel=0.25)


def test_forecast_uses_finished_regimes_only() -> None:
    """A regime is used once it is over."""
    names = []
    for day in (date(2025, 10, 15), date(2025, 11, 15)):
        g = load_case_data(CASE, day)
        s, _ = fit_forecast_system(g, daily_counts(g, ["attack", "clash"]), make_rng(0), coverage=1.0, answers=False)
        names.append(s.background.names)
    assert "October 2025 fighting" not in names[0]
    assert "October 2025 fighting" in names[1]


def test_probabilities_and_deaths_grow_with_horizon(september: CaseForecast) -> None:
    """Probabilities and deaths do not fall with the horizon; deaths need an act of force."""
    for c in september.channels:
        assert september.probability_of_any((c,), 30) <= september.probability_of_any((c,), 90)
    (low_30, high_30), (low_90, high_90) = september.deaths(30), september.deaths(90)
    assert (low_30 <= low_90).all()
    assert (high_30 <= high_90).all()
    assert np.median(low_90) <= np.median(high_90)
    # Paths without an act of force have zero deaths.
    no_force = np.sum([september.totals(c, 30) for c in FORCE], axis=0) == 0
    assert no_force.any()
    assert high_30[no_force].max() == 0


def test_text_pairs_probability_words_with_numbers(september: CaseForecast) -> None:
    """Each probability word stands with its number, one for each horizon."""
    words = [w for _, w in BANDS]
    with_word = [s for s in describe_forecast(september, 0) if any(w in s.text for w in words)]
    assert len(with_word) >= 4
    for s in with_word:
        assert all(0 <= (m.value or 0) <= 1 and m.low is None for m in s.measured)
        assert all(m.recipe["kind"] == "forecast" for m in s.measured)
        assert [m.recipe["days"] for m in s.measured] == [30, 90]


def test_strike_probability_is_share_of_paths(september: CaseForecast) -> None:
    """The probability of a strike is the share of paths with one."""
    share = float((september.totals("strike", 30) > 0).mean())
    numbers = {m.key: m.value for s in describe_forecast(september, 0) for m in s.measured}
    assert numbers["any_strike_30"] == share


def test_statements_keep_one_number_for_readers(september: CaseForecast) -> None:
    """Each statement has one number in the reader's sentence, and number and models in the evidence line."""
    statements = describe_statements(september, 0)
    assert {(s.key, s.days) for s in statements} >= {(c, d) for c in FORCE for d in (30, 90)}
    for s in statements:
        assert len(s.reader.measured) == 1
        assert len(s.reader.text.split()) <= 20
        assert s.evidence is not None
        assert len(s.evidence.measured) >= len(september.members)


def test_basis_names_what_is_counted(september: CaseForecast) -> None:
    """The basis states the day, the coverage with its window, and the inclusion rule of each kind."""
    basis = describe_basis(september)
    conventions = {p.text for s in basis for p in s.pieces if isinstance(p, ConventionPiece)}
    rules = {c.rule for c in CASE.channels if c.key in ("attack", "operation")}
    assert {"30 September 2025", "1 October 2025", "1", "mid-2024 to September 2025", *rules} <= conventions
    assert [k.key for k in list_counted_kinds(september)] == list(FORCE)
    assert all(len(s.text.split()) <= 30 for s in basis)


def test_basis_names_unknown_days() -> None:
    """Where collection ended before the day asked, the basis gives the first day of the forecast and the days unknown."""
    f = forecast_case(load_case_data(CASE, date(2026, 5, 31)), (30,), make_rng(0), paths=200)
    start = describe_start(f)
    conventions = [p.text for s in start for p in s.pieces if isinstance(p, ConventionPiece)]
    assert conventions == ["1 June 2026", "31 May 2026", "8 April 2026"]
    assert [m.value for s in start for m in s.measured] == [53]
    assert [s.text for s in describe_forecast(f, 0)][: len(start)] == [s.text for s in start]
    # No crossing was known to be open, so closures are not forecast and not called a rough guess.
    assert CLOSURE in f.system.too_few
    assert not any(kind_name(f, CLOSURE) in s.text for s in describe_basis(f))


def test_weights_sentence_gives_true_reason(september: CaseForecast) -> None:
    """Equal weights have two reasons: nothing was scored, or too little; learned weights are shown."""
    learned = MemberWeights(equal_weights(SEPTEMBER).of, 20, True, SEPTEMBER)
    cases = (equal_weights(SEPTEMBER), equal_weights(SEPTEMBER, 5), learned)
    said = [{s.text for s in describe_rules(replace(september, weights=w))} for w in cases]
    assert all(len(a - b) == 1 for a in said for b in said if a is not b)
    assert sum("33 %" in t.replace("\u00a0", " ") for t in said[2]) == 1


def test_scale_shows_other_source(september: CaseForecast) -> None:
    """UCDP's figures known on the day stand beside the forecast, with what the record holds in the same months."""
    numbers = {m.key: m for s in describe_scale(september) for m in s.measured}
    y = find_yardstick(september.g, "attack")
    assert y is not None
    assert y.record_events is not None
    assert numbers["scale_events_attack"].value == y.events > y.record_events == numbers["scale_record_attack"].value
    assert numbers["scale_record_operation"].recipe["last"] == str(y.last) < str(SEPTEMBER)
    early = replace(september, g=replace(september.g, as_of=date(2023, 6, 30)))
    assert describe_scale(early) == []  # no figure was known yet


def test_outlook_has_three_sentences(september: CaseForecast) -> None:
    """The outlook gives attacks, then strikes and clashes, within 90 days, and how past forecasts did."""
    out = outlook_sentences(september, 0, "better")
    assert [[m.key for m in s.measured] for s in out] == [["any_attack_90"], ["any_strike_90", "any_clash_90"], []]
    assert len({outlook_sentences(september, 0, past)[2].text for past in PAST_SENTENCES}) == 4


def test_drivers_are_sorted_and_known(september: CaseForecast) -> None:
    """Drivers are events known at the origin, sorted by size, inside their interval."""
    drivers = find_drivers(september, 30)
    assert [abs(d.more) for d in drivers] == sorted((abs(d.more) for d in drivers), reverse=True)
    for d in drivers:
        assert d.event.known_on <= SEPTEMBER
        assert d.low <= d.more <= d.high


def test_driver_sentences_differ(september: CaseForecast) -> None:
    """Drivers are summed by kind, so that no two sentences are alike."""
    groups = group_drivers(september, 30)
    assert sum(d.more for d in groups if d.channel == "strike") == pytest.approx(
        sum(d.more for d in find_drivers(september, 30, most=10_000) if d.channel == "strike")
    )
    texts = [s.text for s in describe_drivers(september, groups, 30)]
    assert 1 <= len(texts) == len(set(texts)) <= 3
    assert len(describe_drivers(september, (), 30)) == 1


def test_longer_paths_keep_earlier_figures(september: CaseForecast) -> None:
    """Another horizon, or longer paths, changes no figure of the first ones."""
    longer = forecast_case(september.g, (30, 90, 120), make_rng(0), paths=2_000, simulated_days=200)
    np.testing.assert_array_equal(longer.paths.y[:, :90], september.paths.y)
    np.testing.assert_array_equal(longer.deaths(90)[1], september.deaths(90)[1])


def test_members_have_their_weight_of_paths(september: CaseForecast) -> None:
    """The forecast's probability is the mean of its members, weighted."""
    of = {MEMBERS[0]: 0.5, MEMBERS[1]: 0.5, MEMBERS[2]: 0.0}
    f = forecast_case(september.g, (30,), make_rng(0), paths=1_000, weights=MemberWeights(of, 20, True, SEPTEMBER))
    alone = f.member_probabilities(("attack",), 30)
    mean = (alone[MEMBERS[0]] + alone[MEMBERS[1]]) / 2
    assert f.probability_of_any(("attack",), 30) == pytest.approx(mean)
    assert len(f.members[MEMBERS[2]]) == MIN_MEMBER_PATHS  # shown, though it has no weight


def test_forecast_starts_on_day_asked() -> None:
    """A forecast may start after the record; the days between are unknown, so its spread is wider."""
    day = CASE.last + timedelta(days=150)
    f = forecast_case(load_case_data(CASE, day), (30,), make_rng(0), paths=1_000)
    assert f.as_of == day
    assert f.unknown_since == date(2026, 4, 9)
    assert f.unwatched == (day - date(2026, 4, 8)).days
    at_end = forecast_case(load_case_data(CASE, CASE.last), (30,), make_rng(0), paths=1_000)
    spread = [np.quantile(x.totals("operation", 30), 0.95) for x in (at_end, f)]
    assert spread[0] <= spread[1]


def test_fan_chart_describes_each_channel(september: CaseForecast) -> None:
    """The chart's text names each channel of force with its median."""
    p = fan_chart.draw_forecast_fans(september)
    assert p.svg.startswith("<svg")
    median = np.quantile(september.totals("attack", 90), 0.5, method="inverted_cdf")
    assert f"{kind_name(september, 'attack')} {median:.0f} (90 %" in p.alt
    assert kind_name(september, "clash")[1:] in p.alt
    assert f"highest figures {np.quantile(september.deaths(90)[1], 0.5, method='inverted_cdf'):.0f} (" in p.alt


def test_closures_count_days_once() -> None:
    """Several crossings newly closed on one day count as one closure."""
    g = load_case_data(CASE)
    c = add_closures(g, daily_counts(g))
    assert c.channels[-1] == CLOSURE
    assert c.of(CLOSURE)[(date(2025, 10, 12) - c.first).days] == 1  # five crossings on one day are one day
    assert c.of(CLOSURE).max() == 1


def test_truce_in_force_until_broken() -> None:
    """A truce is in force until it is broken, on observed days only."""
    assert find_truce_in_force(load_case_data(CASE, date(2025, 10, 31))) is not None
    assert find_truce_in_force(load_case_data(CASE, date(2025, 11, 10))) is None
    assert find_truce_in_force(load_case_data(CASE, date(2026, 5, 31))) is None  # not observed


@pytest.mark.parametrize("days", [0, -3, 366, 10_000])
def test_forecast_rejects_bad_horizon(days: int) -> None:
    """A horizon below one day or above a year is rejected."""
    with pytest.raises(BadHorizon) as error:
        forecast_case(load_case_data(CASE, SEPTEMBER), (30, days), make_rng(0))
    assert (error.value.asked, error.value.least, error.value.most) == (days, 1, 365)


def test_forecast_rejects_bad_origin() -> None:
    """An origin years after the case, or with too short a history, is rejected."""
    with pytest.raises(DateOutsideRecord) as outside:
        forecast_case(load_case_data(CASE, date(2029, 1, 1)), (30,), make_rng(0))
    assert outside.value.asked == date(2029, 1, 1)
    with pytest.raises(HistoryTooShort) as short:
        forecast_case(load_case_data(CASE, date(2021, 12, 31)), (30,), make_rng(0))
    assert (short.value.known, short.value.needed) == (139, 365)
    g = load_case_data(CASE, SEPTEMBER)
    blind: CaseData = replace(g, coverage=ReportingCoverage(g.coverage.first, np.zeros_like(g.coverage.by_day)))
    with pytest.raises(HistoryTooShort) as unobserved:
        last_observed_day(blind)
    assert unobserved.value.known == 0


def test_short_record_says_what_would_help() -> None:
    """A later origin is advised only where the record goes on; else the days that are missing."""
    g = replace(make_world([], 62), later=0)
    ended = replace(g, case=g.case.model_copy(update={"last": g.as_of, "chronology": ""}))
    assert history_too_short(ended, 62).remedy == "Load releases that cover at least 303 more days."
    assert "later origin" in history_too_short(replace(ended, later=5), 62).remedy


def test_forecast_treats_unobserved_days_as_average() -> None:
    """Days without coverage before the origin are reported and count as average days."""
    f = forecast_case(load_case_data(CASE, date(2026, 5, 31)), (30,), make_rng(0), paths=500)
    assert f.unwatched == 53
    reported = {m.key: m.value for s in describe_forecast(f, 0) for m in s.measured}
    assert reported["unwatched_days"] == 53
    assert f.totals("attack", 30).mean() > 0.2


def test_window_history_scales_by_coverage() -> None:
    """Totals of windows are scaled by coverage; windows without coverage are unknown."""
    y = np.zeros((100, 5), dtype=int)
    y[:, 0] = 2
    coverage = np.concatenate([np.zeros(40), np.full(60, 4.0)])
    c = Counts(date(2024, 1, 1), TARGETS, y, coverage, np.zeros(5, dtype=int))
    drawn = [build_window_history(c, 20, make_rng(seed), coverage=np.ones(5)).y[0] for seed in range(200)]
    known = np.array(drawn)[:, ~np.isnan(drawn[0])]
    # 2 a day at coverage 4 are 10 in 20 days at coverage 1, on average: each of the 40 is kept with probability 1/4.
    assert known[:, -1].mean() == pytest.approx(10, abs=0.7)
    assert known[:, -1].var() == pytest.approx(40 * 0.25 * 0.75, rel=0.35)
    assert np.isnan(drawn[0][:2]).all()


def test_baseline_keeps_single_events_as_perhaps() -> None:
    """One event at three times the coverage is there in a third of a baseline's draws, not in none."""
    y = np.zeros((400, 5), dtype=int)
    y[200:400:30, 0] = 1
    coverage = np.append(np.full(399, 3.0), 1.0)
    c = Counts(date(2024, 1, 1), TARGETS, y, coverage, np.zeros(5, dtype=int))
    x = forecast_baseline(BASELINES["conflictology 6"], c, 30, 1_000, 0)[0]
    assert (x > 0).mean() == pytest.approx(1 / 3, abs=0.1)


def test_thinning_keeps_mean_at_any_ratio() -> None:
    """Thinning and scaling up keep the mean; equal coverage keeps the counts."""
    rng, y = make_rng(0), np.full(40_000, 3)
    for ratio in (0.2, 1.0, 2.7):
        assert thin_counts(y, np.full(len(y), ratio), rng).mean() == pytest.approx(3 * ratio, rel=0.02)
    assert (thin_counts(y, np.full(len(y), 1 + 1e-12), rng) == y).all()


def test_unobserved_channel_uses_jeffreys_rate() -> None:
    """A channel without events has the Jeffreys rate, not probability zero."""
    c = Counts(
        date(2024, 1, 1),
        TARGETS,
        np.zeros((300, 5), dtype=int),
        np.append(np.full(299, 2.0), 1.5),
        np.zeros(5, dtype=int),
    )
    x = draw_unobserved_channel(c, "strike", 60, 200_000, np.random.default_rng(0))
    assert (x == 0).mean() == pytest.approx((1 + 60 * 1.5 / 599.5) ** -0.5, abs=0.003)


def test_origins_are_observed_month_ends() -> None:
    """Origins are month ends with a year of observed days before them."""
    days = origins(CASE)
    assert days[0] == date(2022, 8, 31)
    assert all((d + timedelta(days=1)).day == 1 for d in days)
    assert max(days) < last_observed_day(load_case_data(CASE))


def test_backtest_round_holds_outcomes_and_coverage(
    rounds: list[BacktestRound],
) -> None:
    """A round holds later counts, and the coverage of its origin."""
    spring, autumn = rounds
    whole = load_case_data(CASE)
    for r in rounds:
        first, last = r.origin + timedelta(days=1), r.origin + timedelta(days=30)
        came = [sum(first <= e.day <= last for e in whole.of(c)) for c in FORCE]
        assert r.came[: len(FORCE)].tolist() == came
    # There was an attack on the last day, so a window shifted by a day would fail.
    assert any(e.day == autumn.origin + timedelta(days=30) for e in whole.of("attack"))
    assert (spring.coverage, autumn.coverage) == (1.0, 1.9)
    assert spring.even
    assert autumn.truce is not None
    assert autumn.truce[1] is True  # the truce of 17 October was broken on 6 November
    # The regression needs four years of windows.
    assert set(spring.draws) == set(MODELS) - {"nb regression"}


def members(r: BacktestRound) -> dict[str, FloatArray]:
    """Return the draws of a round's members, which every score card needs."""
    return {name: r.draws[name] for name in MEMBERS}


def test_scorecard_ranks_perfect_forecast_first(rounds: list[BacktestRound]) -> None:
    """A perfect forecast beats a guess, and all three files are written."""
    rng = np.random.default_rng(0)
    perfect_rounds = []
    for r in rounds * 8:
        perfect = np.tile(r.came[:, None], (1, 300)).astype(float)
        perfect_rounds.append(
            replace(
                r, draws={OURS: perfect, "conflictology 12": rng.poisson(4.0, (5, 300)).astype(float), **members(r)}
            )
        )
    card = build_scorecard("made", perfect_rounds)
    assert card.row(OURS, 30).yes.score == 0
    assert card.row(OURS, 30).counts.means()["CRPS"] == 0
    assert card.leads[30].low > 0
    assert (lead_verdict(card.leads[30].p_holm, card.leads[30].mean), card.leads[30].blocks) == ("better", 16)
    assert "better (" in summarise_scorecard(card)
    assert card.row(OURS, 30).even < card.row("conflictology 12", 30).even
    assert [h.came for h in card.history[:5]] == rounds[0].came.tolist()
    assert [h.probability for h in card.history[:5]] == (rounds[0].came > 0).tolist()
    swapped = [
        {OURS: r.draws["conflictology 12"], "conflictology 12": r.draws[OURS], **members(r)} for r in perfect_rounds
    ]
    worse = build_scorecard("made", [replace(r, draws=d) for r, d in zip(perfect_rounds, swapped, strict=True)])
    assert lead_verdict(worse.leads[30].p_holm, worse.leads[30].mean) == "worse"
    assert worse.row(OURS, 30).even > worse.row("conflictology 12", 30).even
    files = render_scorecard_files(card, "A made case")
    assert set(files) == {"scorecard.html", "scorecard.json", "calibration.svg"}
    assert b"A made case" in files["scorecard.html"]
    assert as_data(card)["models"][0]["Brier"] == 0
    assert "forecast 100%, happened in 100%" in calibration.draw_calibration(card).alt


def test_scorecard_rejects_empty_backtest() -> None:
    """A backtest without rounds is rejected."""
    with pytest.raises(BadForecast):
        build_scorecard("made", [])
    with pytest.raises(BadHorizon):
        backtest(CASE, (0,))
