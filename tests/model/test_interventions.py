"""Policy options on worlds with a closed-form effect, and options that are rejected."""

import numpy as np
import pytest

from detente.model.fit import FittedModel, fit_model, softplus, thin_draws
from detente.model.intervention_spec import BadIntervention, parse_intervention, parse_interventions
from detente.model.interventions import estimate_interventions, estimate_without_channels, summarise_effect
from detente.model.kernels import daily_response_matrix, same_day_share
from detente.model.paired_simulation import simulate_baseline, with_interventions
from detente.model.quantile_bands import compute_quantile_bands
from detente.model.synthetic import two_actors


def fit_two_channels(response: float) -> FittedModel:
    """Fit a world of attacks and strikes in which strikes respond to attacks."""
    w = two_actors(np.random.default_rng(5), events=2500, answer=response, own=0.0)
    return fit_model(w.y, channels=("attack", "strike"), rng=np.random.default_rng(0), draws=200)


def test_border_effect_matches_closed_form() -> None:
    """Fewer attacks bring fewer strikes, as the response of strikes to attacks implies."""
    s = fit_two_channels(0.5)
    e = estimate_interventions(
        s, parse_interventions(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=2000
    )
    removed = -e.direct[0, 0]
    assert removed == pytest.approx(e.without[0, 0] / 2, rel=1e-9)
    # Closed form: an attack removed u days before the end removes sum_m W_m (1 - 2^(-u / h_m)) strikes; u is uniform
    # over the period. The form leaves out responses to strikes: hence 12 %. Same-day responses are a quarter of it.
    h = np.array(s.half_lives)
    share = 1 - (1 - 2 ** (-200 / h)) * h / (200 * np.log(2))
    strikes_per_attack = (s.W[:, 1, 0] @ share).mean()
    assert -e.estimated.mean[0, 1] == pytest.approx(strikes_per_attack * -e.whole.mean[0, 0], rel=0.12)
    assert e.direct[0, 1] == 0
    assert e.whole.mean == pytest.approx(e.direct + e.estimated.mean)


def test_neutral_intervention_changes_no_path() -> None:
    """An option set to no change leaves every path as it was."""
    e = estimate_interventions(
        fit_two_channels(0.5), parse_interventions(["border=1"]), np.random.default_rng(1), horizons=[30, 60], paths=400
    )
    assert not e.whole.mean.any()
    assert not e.whole.high.any()
    assert (e.whole.fewer == 0.5).all()


def test_border_without_response_keeps_strikes() -> None:
    """Without a response of strikes to attacks, fewer attacks do not change strikes."""
    e = estimate_interventions(
        fit_two_channels(0.0), parse_interventions(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=2000
    )
    assert e.estimated.low[0, 1] <= 0 <= e.estimated.high[0, 1]


def test_past_without_attacks_has_fewer_strikes() -> None:
    """A past without attacks has zero attacks and fewer strikes."""
    s = fit_two_channels(0.5)
    e = estimate_without_channels(s, 500, ["attack"], np.random.default_rng(2), paths=600)
    assert e.whole.mean[0, 0] == pytest.approx(-e.without[0, 0])
    assert e.whole.high[0, 1] < 0
    assert e.horizons == (1000,)


def test_deaths_scale_with_events() -> None:
    """Deaths are events times deaths per event."""
    tolls = {"attack": np.array([[4.0, 4.0]])}
    e = estimate_interventions(
        fit_two_channels(0.5),
        parse_interventions(["border=0.5"]),
        np.random.default_rng(1),
        horizons=[100],
        paths=400,
        tolls=tolls,
    )
    assert e.channels[-1] == "deaths"
    assert e.whole.mean[0, -1] == pytest.approx(4 * e.whole.mean[0, 0])


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        (["bordr=0.8"], "Nearest: 'border'"),
        (["border"], "'' is no number"),
        (["border=1.5"], "between 0 and 1"),
        (["border=-0.1"], "between 0 and 1"),
        (["border=nan"], "between 0 and 1"),
        (["border=0.8/month"], "it is a factor"),
        (["dialogue=+2/month"], "not identified"),
        (["joint=1"], "not identified"),
        (["border=0.5", "border=0.8"], "contradicts --lever border=0.5"),
    ],
)
def test_parse_interventions_rejects_bad_input(typed: list[str], reason: str) -> None:
    """A bad option is rejected with its text, the reason and the remedy."""
    with pytest.raises(BadIntervention, match=reason) as error:
        parse_interventions(typed)
    assert error.value.given == typed[-1]


def test_intervention_on_missing_channel_is_rejected() -> None:
    """An option on a channel without events is rejected."""
    with pytest.raises(BadIntervention, match="clash"):
        estimate_interventions(
            fit_two_channels(0.0),
            [parse_intervention("mediation=0.5")],
            np.random.default_rng(0),
            horizons=[30],
            paths=100,
        )


def test_baseline_can_be_reused() -> None:
    """One baseline serves several options with the same result as a new simulation."""
    s = fit_two_channels(0.5)
    baseline = simulate_baseline(s, 120, np.random.default_rng(3), paths=300)
    for typed in (["border=0.5"], ["border=0.9"], ["border=1"]):
        expected = estimate_interventions(
            s, parse_interventions(typed), np.random.default_rng(3), horizons=[60, 120], paths=300
        )
        reused = summarise_effect(baseline, with_interventions(baseline, parse_interventions(typed)), [60, 120])
        assert np.array_equal(reused.whole.mean, expected.whole.mean)
        assert np.array_equal(reused.estimated.low, expected.estimated.low)


def test_mediation_direct_effect_is_mean_change() -> None:
    """If responses are scaled, the direct effect is the change of each day's mean."""
    w = two_actors(np.random.default_rng(5), events=2500, answer=0.5, own=0.0)
    s = fit_model(
        np.hstack([w.y, w.y[:, :1]]), channels=("attack", "strike", "clash"), rng=np.random.default_rng(0), draws=50
    )
    u = simulate_baseline(s, 20, np.random.default_rng(1), paths=50)
    pair = with_interventions(u, parse_interventions(["mediation=0.4"]))
    W, share = s.W.copy(), same_day_share(s.half_lives)
    W[:, 1:] *= 0.4  # strike and clash respond to hostile acts, and all three are hostile
    eye = np.eye(3)
    base = np.stack([
        np.linalg.inv(eye - (b * share).sum(-1)) @ (eye - (a * share).sum(-1)) @ x.T for a, b, x in zip(s.W, W, u.base, strict=True)
    ])  # fmt: skip
    R, rho = daily_response_matrix(W, s.half_lives), 0.5 ** (1 / np.array(s.half_lives))
    for p in (0, 7):
        d, z = pair.plain.draw[p], s.z.reshape(3, -1).copy()
        for t in range(20):
            for k in (1, 2):
                before = softplus(u.base[d, t, k] + (s.R[d, k] * z).sum(), s.soft[k])
                after = softplus(base[d, k, t] + (R[d, k] * z).sum(), s.soft[k])
                assert pair.direct[p, t, k] == pytest.approx(after - before, abs=1e-9)
            z = rho * z + (1 - rho) * pair.plain.y[p, t][:, None]
    assert not pair.direct[:, :, 0].any()


def test_quantile_bands_match_paths_and_nest() -> None:
    """Bands end at the quantiles of the path totals and are nested."""
    s = fit_two_channels(0.5)
    u = simulate_baseline(s, 100, np.random.default_rng(2), paths=400, tolls={"attack": np.array([[4.0, 4.0]])})
    pair = with_interventions(u, parse_interventions(["border=0.5"]))
    f = compute_quantile_bands(u, pair, [10, 50, 100])
    assert f.days == (0, 10, 50, 100)
    assert not f.plain[:, 0].any()
    assert f.channels == ("attack", "strike", "deaths")
    total = pair.changed.y[:, :, 0].sum(axis=1)
    assert f.changed[2, -1, 0] == np.quantile(total, 0.5, method="inverted_cdf")
    assert (np.diff(f.plain, axis=0) >= 0).all()
    assert (np.diff(f.plain, axis=1) >= 0).all()
    assert f.plain[:, :, 2] == pytest.approx(4 * f.plain[:, :, 0])


def test_simulation_error_matches_repeated_runs() -> None:
    """The standard error of a mean equals its spread over repeated simulations."""
    s = thin_draws(fit_two_channels(0.5), 50)  # four paths a draw, from which the chance of single paths is known
    runs = [
        estimate_interventions(
            s, parse_interventions(["border=0.5"]), np.random.default_rng(i), horizons=[100], paths=200
        )
        for i in range(30)
    ]
    spread = np.std([e.whole.mean[0, 1] for e in runs])
    reported = np.mean([e.whole.error[0, 1] for e in runs])
    assert 0.6 < reported / spread < 1.6


def test_interval_does_not_depend_on_paths() -> None:
    """The interval of the expected change has the same width with 4 and with 40 paths a draw; single futures spread wider."""
    s = thin_draws(fit_two_channels(0.5), 100)
    few, many = (
        estimate_interventions(
            s, parse_interventions(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=100 * n
        )
        for n in (4, 40)
    )
    widths = [e.estimated.high[0, 1] - e.estimated.low[0, 1] for e in (few, many)]
    assert widths[0] == pytest.approx(widths[1], rel=0.5)
    assert many.whole.single_high[0, 1] - many.whole.single_low[0, 1] > many.whole.high[0, 1] - many.whole.low[0, 1]


def test_checked_column_drops_failed_responses() -> None:
    """A true response passes the lead check and moves both columns; mutual responses fail it and move the whole alone."""
    options = parse_interventions(["border=0.5"])
    one = estimate_interventions(fit_two_channels(0.5), options, np.random.default_rng(1), horizons=[200], paths=800)
    assert one.checked.mean[0, 1] == pytest.approx(one.whole.mean[0, 1], rel=0.25)
    assert one.agreed_sign(0, 1) == -1
    w = two_actors(np.random.default_rng(6), events=2500, answer=0.3, answer_back=0.3, own=0.0)
    s = fit_model(w.y, channels=("attack", "strike"), rng=np.random.default_rng(0), draws=200)
    both = estimate_interventions(s, options, np.random.default_rng(1), horizons=[200], paths=800)
    assert both.whole.high[0, 1] < 0
    assert both.checked.mean[0, 1] == 0
    assert both.agreed_sign(0, 1) == 0
    assert both.agreed_sign(0, 0) == -1  # fewer attacks are assumed, whatever responds to them
