"""Sentences on interventions say nothing of kinds with too few events, and nothing of deaths that rest on them alone."""

import numpy as np
import pytest

from detente.claims.context import ClaimContext
from detente.claims.intervention_text import (
    TraceableEffect,
    build_future_baseline,
    describe_assumption,
    describe_effect,
    run_intervention,
)
from detente.events.event import ReportedDeaths
from detente.model.intervention_spec import parse_interventions
from detente.model.interventions import CountChange, InterventionEffect
from support.worlds import make_event, make_world, nth_day

CHANGE, DAYS = parse_interventions(["border=0.8"]), 30


@pytest.fixture(scope="module")
def few() -> TraceableEffect:
    """The effect on a record of twelve deadly attacks."""
    toll = ReportedDeaths(3, 4, 5)
    days = (nth_day(30 * i + 5) for i in range(12))
    view = ClaimContext(
        make_world([make_event(d, "TTP", "PAK", "ASSAULT", "raid", country="PAK", tolls=toll) for d in days])
    )
    s = view.require_fit()
    return run_intervention(view, s, CHANGE, (DAYS,), build_future_baseline(view, s, DAYS, 200))


def test_effect_on_few_events_is_not_estimated(few: TraceableEffect) -> None:
    """Neither attacks nor the deaths in them get a number or a likelihood."""
    assert set(few.few) == {"attack", "deaths"}
    assert not describe_effect(few, DAYS).measured
    assert not describe_assumption(few, CHANGE, DAYS).measured
    assert "Not estimated" not in describe_effect(few, DAYS).text[1:]
    assert describe_effect(few, DAYS).text.startswith("What would change is not estimated, with fewer than 30 events")


def _build_effect(few: TraceableEffect, whole: float, checked: float) -> TraceableEffect:
    def change(x: float) -> CountChange:
        return CountChange(*(np.array([[x]]) for _ in range(7)))

    zero = np.zeros((1, 1))
    e = InterventionEffect(("strike",), (DAYS,), zero, zero, change(0), change(whole), change(checked), 0.9)
    return TraceableEffect("border=0.8", e, few.view)


@pytest.mark.parametrize(("whole", "checked", "said"), [(0.0, 0.01, "rounds to zero"), (-1.0, 1.0, "These disagree")])
def test_zero_changes_are_no_disagreement(few: TraceableEffect, whole: float, checked: float, said: str) -> None:
    """Two changes that round to zero agree; two of different sign do not."""
    assert said in describe_effect(_build_effect(few, whole, checked), DAYS).text
