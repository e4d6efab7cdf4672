"""Levers on worlds whose answer has a closed form, and levers that cannot be pulled."""

import numpy as np
import pytest

from detente.model.fit import FittedModel, fit_model, softplus
from detente.model.intervention_spec import BadIntervention, parse_intervention, parse_interventions
from detente.model.interventions import estimate_interventions, estimate_without_channels, summarise_effect
from detente.model.kernels import daily_response_matrix, same_day_share
from detente.model.paired_simulation import simulate_baseline, with_interventions
from detente.model.quantile_bands import compute_quantile_bands
from detente.model.synthetic import two_actors


def two(answer: float) -> FittedModel:
    """Attack and strike, strikes answering attacks; the middle of the posterior stands for all of it."""
    w = two_actors(np.random.default_rng(5), events=2500, answer=answer, own=0.0)
    return fit_model(w.y, channels=("attack", "strike"), rng=np.random.default_rng(0), draws=200)


def test_fewer_attacks_bring_fewer_strikes_by_as_much_as_strikes_answer_attacks() -> None:
    s = two(0.5)
    e = estimate_interventions(
        s, parse_interventions(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=2000
    )
    lost = -e.direct[0, 0]
    assert lost == pytest.approx(e.without[0, 0] / 2, rel=1e-9)
    # Closed form: an attack that does not happen u days before the end takes sum_m W_m (1 - 2^(-u / h_m))
    # strikes with it; u is uniform over the stretch. What strikes bring in turn is not in the form: hence 12 %.
    # Without the answers of the same day a quarter would be missing.
    h = np.array(s.half_lives)
    share = 1 - (1 - 2 ** (-200 / h)) * h / (200 * np.log(2))
    answered = (s.W[:, 1, 0] @ share).mean()
    assert -e.estimated.mean[0, 1] == pytest.approx(answered * -e.whole.mean[0, 0], rel=0.12)
    assert e.direct[0, 1] == 0
    assert e.whole.mean == pytest.approx(e.direct + e.estimated.mean)


def test_a_lever_set_to_no_change_changes_nothing_on_any_path() -> None:
    e = estimate_interventions(
        two(0.5), parse_interventions(["border=1"]), np.random.default_rng(1), horizons=[30, 60], paths=400
    )
    assert not e.whole.mean.any()
    assert not e.whole.high.any()
    assert (e.whole.fewer == 0.5).all()


def test_where_strikes_do_not_answer_attacks_fewer_attacks_leave_strikes_as_they_were() -> None:
    e = estimate_interventions(
        two(0.0), parse_interventions(["border=0.5"]), np.random.default_rng(1), horizons=[200], paths=2000
    )
    assert e.estimated.low[0, 1] <= 0 <= e.estimated.high[0, 1]


def test_a_past_without_attacks_has_none_and_fewer_strikes() -> None:
    s = two(0.5)
    e = estimate_without_channels(s, 500, ["attack"], np.random.default_rng(2), paths=600)
    assert e.whole.mean[0, 0] == pytest.approx(-e.without[0, 0])
    assert e.whole.high[0, 1] < 0
    assert e.horizons == (1000,)


def test_deaths_are_events_times_deaths_per_event() -> None:
    tolls = {"attack": np.array([[4.0, 4.0]])}
    e = estimate_interventions(
        two(0.5), parse_interventions(["border=0.5"]), np.random.default_rng(1), horizons=[100], paths=400, tolls=tolls
    )
    assert e.channels[-1] == "deaths"
    assert e.whole.mean[0, -1] == pytest.approx(4 * e.whole.mean[0, 0])


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["bordr=0.8"], "Nearest: 'border'"),
        (["border"], "'' is no number"),
        (["border=1.5"], "between 0 and 1"),
        (["border=-0.1"], "between 0 and 1"),
        (["border=nan"], "between 0 and 1"),
        (["border=0.8/month"], "it is a factor"),
        (["dialogue=2"], "by the month"),
        (["dialogue=+2/week"], "by the month"),
        (["dialogue=+99/month"], "between 0 and 30 a month"),
        (["border=0.5", "border=0.8"], "contradicts --lever border=0.5"),
    ],
)
def test_a_lever_that_cannot_be_pulled_is_told_with_the_remedy(typed: list[str], why: str) -> None:
    with pytest.raises(BadIntervention, match=why):
        parse_interventions(typed)


def test_a_lever_on_a_channel_that_the_record_does_not_hold_is_refused() -> None:
    with pytest.raises(BadIntervention, match="no event of dialogue"):
        estimate_interventions(
            two(0.0), [parse_intervention("dialogue=+1/month")], np.random.default_rng(0), horizons=[30], paths=100
        )


def test_days_lived_once_as_fitted_serve_every_lever_as_if_lived_anew() -> None:
    s = two(0.5)
    ready = simulate_baseline(s, 120, np.random.default_rng(3), paths=300)
    for typed in (["border=0.5"], ["border=0.9"], ["border=1"]):
        anew = estimate_interventions(
            s, parse_interventions(typed), np.random.default_rng(3), horizons=[60, 120], paths=300
        )
        again = summarise_effect(ready, with_interventions(ready, parse_interventions(typed)), [60, 120])
        assert np.array_equal(again.whole.mean, anew.whole.mean)
        assert np.array_equal(again.estimated.low, anew.estimated.low)


def test_where_answers_are_damped_the_direct_part_is_the_change_of_each_days_mean() -> None:
    w = two_actors(np.random.default_rng(5), events=2500, answer=0.5, own=0.0)
    s = fit_model(
        np.hstack([w.y, w.y[:, :1]]), channels=("attack", "strike", "clash"), rng=np.random.default_rng(0), draws=50
    )
    u = simulate_baseline(s, 20, np.random.default_rng(1), paths=50)
    lived = with_interventions(u, parse_interventions(["mediation=0.4"]))
    W, share = s.W.copy(), same_day_share(s.half_lives)
    W[:, 1:] *= 0.4  # strike and clash answer hostile acts, and all three are hostile
    eye = np.eye(3)
    base = np.stack([
        np.linalg.inv(eye - (b * share).sum(-1)) @ (eye - (a * share).sum(-1)) @ x.T for a, b, x in zip(s.W, W, u.base, strict=True)
    ])  # fmt: skip
    R, rho = daily_response_matrix(W, s.half_lives), 0.5 ** (1 / np.array(s.half_lives))
    for p in (0, 7):
        d, z = lived.plain.draw[p], s.z.reshape(3, -1).copy()
        for t in range(20):
            for k in (1, 2):
                was = softplus(u.base[d, t, k] + (s.R[d, k] * z).sum(), s.soft[k])
                now = softplus(base[d, k, t] + (R[d, k] * z).sum(), s.soft[k])
                assert lived.direct[p, t, k] == pytest.approx(now - was, abs=1e-9)
            z = rho * z + (1 - rho) * lived.plain.y[p, t][:, None]
    assert not lived.direct[:, :, 0].any()


def test_fans_end_where_the_paths_end_and_bands_lie_inside_one_another() -> None:
    s = two(0.5)
    u = simulate_baseline(s, 100, np.random.default_rng(2), paths=400, tolls={"attack": np.array([[4.0, 4.0]])})
    lived = with_interventions(u, parse_interventions(["border=0.5"]))
    f = compute_quantile_bands(u, lived, [10, 50, 100])
    assert f.days == (0, 10, 50, 100)
    assert not f.plain[:, 0].any()
    assert f.channels == ("attack", "strike", "deaths")
    total = lived.changed.y[:, :, 0].sum(axis=1)
    assert f.changed[2, -1, 0] == np.quantile(total, 0.5, method="inverted_cdf")
    assert (np.diff(f.plain, axis=0) >= 0).all()
    assert (np.diff(f.plain, axis=1) >= 0).all()
    assert f.plain[:, :, 2] == pytest.approx(4 * f.plain[:, :, 0])


def test_the_error_of_a_mean_says_how_far_other_paths_would_move_it() -> None:
    s = two(0.5)
    runs = [
        estimate_interventions(
            s, parse_interventions(["border=0.5"]), np.random.default_rng(i), horizons=[100], paths=200
        )
        for i in range(30)
    ]
    moved = np.std([e.whole.mean[0, 1] for e in runs])
    said = np.mean([e.whole.error[0, 1] for e in runs])
    assert 0.6 < said / moved < 1.6
