"""Reporting coverage by window and kind of event."""

import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from detente.cases.case_file import load_case_file
from detente.cases.coverage import ReportingCoverage, assumption_factors, compute_coverage
from detente.cases.errors import BadCase
from detente.claims.context import ClaimContext
from detente.measures.counts import daily_counts
from detente.measures.event_filter import EventFilter
from detente.measures.quantity import rate_quantity, rate_ratio_quantity
from support.small_case import write_case_folder
from support.worlds import FLAGSHIP

FIRST, LAST = date(2025, 1, 1), date(2025, 1, 4)
COVERAGE = ReportingCoverage(FIRST, np.array([1.0, 1.0, 2.0, 0.0]), {"strike": np.array([1.0, 1.0, 6.0, 0.0])})


def test_kinds_have_their_own_effort() -> None:
    """A kind with a coverage of its own has its own effort; days are covered for all kinds alike."""
    assert (COVERAGE.effort(FIRST, LAST), COVERAGE.effort(FIRST, LAST, ["strike"])) == (4.0, 8.0)
    assert COVERAGE.effort(FIRST, LAST, ["clash"]) == 4.0
    assert COVERAGE.effort(FIRST, LAST, ["strike", "clash"]) == 6.0
    assert COVERAGE.days(FIRST, LAST) == 3
    assert COVERAGE.matrix(["clash", "strike"]).tolist() == [[1, 1], [1, 1], [2, 6], [0, 0]]


def test_left_out_days_are_left_out_of_all_kinds() -> None:
    """Leaving days out and treating days alike changes all kinds."""
    assert COVERAGE.without(date(2025, 1, 2), date(2025, 1, 3)).of(["strike"]).tolist() == [1, 0, 0, 0]
    assert COVERAGE.even().of(["strike"]).tolist() == [1, 1, 1, 0]


def test_flagship_kinds_have_stated_coverage() -> None:
    """Each day of each window has the coverage that the case file states for the kind."""
    coverage = FLAGSHIP.coverage
    for w in FLAGSHIP.case.windows:
        if w.coverage is None:
            continue
        stated = {c: k.coverage for k in w.kinds for c in k.channels}
        i = (w.first - coverage.first).days
        for c in ("attack", "operation", "strike", "pressure", "restraint"):
            assert coverage.of([c])[i] == stated.get(c, w.coverage)


def test_every_kind_is_estimated_or_assumed() -> None:
    """Each kind's coverage has a basis: an interval against UCDP, or a named assumption."""
    kinds = [k for w in FLAGSHIP.case.windows for k in w.kinds]
    assert len({k.assumption for k in kinds if k.assumption}) == 3
    for k in kinds:
        assert bool(k.assumption) != ("95 % interval" in k.basis)


def test_counts_hold_coverage_by_channel() -> None:
    """Counts have the coverage of each of their channels."""
    c = daily_counts(FLAGSHIP, ["strike", "attack"])
    i = (date(2025, 11, 1) - c.first).days
    assert c.by_channel[i].tolist() == [1.76, 3.59]
    assert c.coverage[i] == 1.90


def test_rate_divides_by_the_kinds_effort() -> None:
    """A rate of one kind is its events over the effort of that kind."""
    sel, first, last = EventFilter(channels=("attack",)), date(2025, 10, 1), date(2025, 12, 31)
    n = len([e for e in FLAGSHIP.of("attack") if first <= e.day <= last])
    assert rate_quantity(FLAGSHIP, "x", sel, first, last).value == pytest.approx(n / (92 * 3.59 / 365.25))
    ratio = rate_ratio_quantity(FLAGSHIP, "x", sel, (first, last), (date(2025, 1, 1), date(2025, 9, 30)))
    before = len([e for e in FLAGSHIP.of("attack") if date(2025, 1, 1) <= e.day <= date(2025, 9, 30)])
    assert ratio.value == pytest.approx((n / (92 * 3.59)) / (before / 273))


def test_assumption_varies_only_its_kinds() -> None:
    """Doubling one assumption doubles its kinds in its windows and nothing else."""
    name = "talks and statements in the weeks followed daily"
    base = compute_coverage(FLAGSHIP.case, FLAGSHIP.as_of)
    changed = base.scaled(assumption_factors(FLAGSHIP.case, base, name, 2.0))
    daily = np.zeros(len(base.by_day), bool)
    for a, b in ((date(2025, 10, 1), date(2025, 12, 31)), (date(2026, 2, 1), date(2026, 4, 8))):
        daily[(a - base.first).days : (b - base.first).days + 1] = True
    expected = np.where(daily, 2.0, 1.0) * base.of(["pressure"])
    assert changed.of(["pressure"]).tolist() == expected.tolist()
    assert changed.of(["attack"]).tolist() == base.of(["attack"]).tolist()
    view = ClaimContext(FLAGSHIP).with_changes("x", assumed=(name, 2.0))
    assert view.g.coverage.of(["dialogue"]).tolist() == changed.of(["dialogue"]).tolist()
    assert view.recipe["assumed"] == (name, 2.0)


def test_named_fighters_only_leaves_out_the_rule() -> None:
    """The check without unnamed fighters leaves out the 86 operations of the rule and nothing else."""
    view = ClaimContext(FLAGSHIP).with_changes("x", named_only=True)
    gone = {e.id for e in FLAGSHIP.events} - {e.id for e in view.g.events}
    assert gone == {e.id for e in FLAGSHIP.of("operation") if e.recipients == ("UNK",)}
    assert len(gone) == 86


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ('channels = ["attack"]\ncoverage = 1.37', 'channels = ["atack"]\ncoverage = 1.37', "'atack'"),
        ('channels = ["attack"]\ncoverage = 1.37', 'channels = ["attack", "strike"]\ncoverage = 1.37', "'strike'"),
        ('channels = ["attack"]\ncoverage = 1.37', 'channels = ["attack"]\ncoverage = 0.0', "0.0"),
        ('channels = ["attack"]\ncoverage = 1.37', "channels = []\ncoverage = 1.37", "kinds"),
    ],
)
def test_wrong_kind_coverage_is_rejected(tmp_path: Path, old: str, new: str, part: str) -> None:
    """An unknown kind, a kind named twice, no kind and a coverage of zero are rejected."""
    path = write_case_folder(tmp_path)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadCase, match=re.escape(part)):
        load_case_file(str(path))
