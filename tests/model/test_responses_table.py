"""The table of responses: one row a pair, with verdicts that follow the checks, and the false discovery rate."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from detente.model.fit import FittedModel, fit_model
from detente.model.responses_table import false_discovery_rates, tabulate_responses
from detente.model.shock_worlds import branching, simulate_shock_world
from detente.model.summaries import direct_responses


@pytest.fixture(scope="module")
def system() -> FittedModel:
    """Three channels, of which b responds to a."""
    w = simulate_shock_world("plain", np.random.default_rng(7), W=branching(3, {("a", "b"): 0.4}), events=1500)
    return fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0), draws=200)


def test_table_has_row_for_every_pair(system: FittedModel) -> None:
    """Sizes and probabilities are those of the direct responses."""
    t, r = tabulate_responses(system, days=14), direct_responses(system, 14)
    assert len(t.rows) == 9
    for x in t:
        k, j = system.channels.index(x.effect), system.channels.index(x.cause)
        assert (x.mean, x.low, x.high, x.probability) == pytest.approx(
            (r.mean[k, j], r.low[k, j], r.high[k, j], r.positive[k, j])
        )


def test_table_supports_true_response_only(system: FittedModel) -> None:
    """The true response is supported; a response to oneself is not, since the lead check does not apply to it."""
    t = tabulate_responses(system)
    assert t["a", "b"].verdict == "supported"
    assert t["a", "b"].lead_check == t["a", "b"].placebo_in_time == t["a", "b"].shuffled_labels == "held"
    assert [(x.cause, x.effect) for x in t if x.verdict == "supported"] == [("a", "b")]
    assert t["a", "a"].lead_check == "not applicable"
    assert t["a", "a"].reason


def test_table_calls_shared_shock_undecidable() -> None:
    """Under political weather certain signs that fail the lead check are not supported, with the reason."""
    w = simulate_shock_world("political weather", np.random.default_rng(1))
    t = tabulate_responses(fit_model(w.y, channels=w.channels, rng=np.random.default_rng(0), draws=200))
    failed = [x for x in t if x.cause != x.effect and x.probability > 0.95]
    assert failed
    assert {(x.lead_check, x.verdict) for x in failed} == {("failed", "not supported")}
    assert all("undecidable" in x.reason for x in failed)


def test_table_names_known_channels(system: FittedModel) -> None:
    """An unknown pair gives an error with the channels that are known."""
    with pytest.raises(KeyError, match="a, b, c"):
        tabulate_responses(system, checks=False)["a", "z"]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_false_discovery_rates_match_scipy(p: list[float]) -> None:
    """The adjusted values are those of SciPy."""
    assert false_discovery_rates(p) == pytest.approx(stats.false_discovery_control(p))
