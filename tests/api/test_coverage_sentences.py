"""What an answer says of days that were not collected."""

from dataclasses import replace

from detente.api.ask_parts import describe_coverage
from detente.cases.load import CaseData
from support.ucdp_world import open_world
from support.worlds import make_event, make_world, nth_day


def make_ended(*days: int) -> CaseData:
    """Attacks on these days; collection ends after 100 days, of which the tenth to the 29th were not collected."""
    events = [make_event(nth_day(n), "TTP", "PAK", "ASSAULT", "raid", country="PAK") for n in days]
    g = make_world(events, 100)
    coverage = g.coverage.without(nth_day(10), nth_day(29))
    return replace(g, coverage=coverage, as_of=nth_day(150))


def test_coverage_sentence_counts_later_events() -> None:
    """Single events after the last covered day are told only where the record holds some."""
    without, with_one = (describe_coverage(open_world(make_ended(*d)), nth_day(50), None) for d in ((40,), (40, 120)))
    assert "no event of them" in without
    assert "single events" not in without
    assert "single events of it only" in with_one


def test_uncollected_days_are_called_earlier_rightly() -> None:
    """Days without collection are called earlier only beside later ones without it."""
    case = open_world(make_ended(40))
    inside = describe_coverage(case, nth_day(0), nth_day(60))
    before = describe_coverage(case, nth_day(-20), nth_day(60))
    beyond = describe_coverage(case, nth_day(0), None)
    assert inside == "20 days of the period were not collected systematically."
    assert before.endswith("From then on, 20 days of the period were not collected systematically.")
    assert beyond.endswith("20 earlier days of it were not collected systematically either.")
    whole = describe_coverage(case, None, None)
    assert whole.endswith("20 earlier days of the record were not collected systematically either.")
