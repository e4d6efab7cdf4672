"""The situation and the brief's back pages of a case whose source does not say who began."""

from detente.api.summary import summarize_case
from detente.brief.document import ForecastSection
from detente.brief.first_page import FIGHTING, build_answer
from detente.brief.method import build_limitations, build_method
from support.fight_world import WHY, make_fight_world
from support.ucdp_world import open_world

CASE = open_world(make_fight_world())


def test_summary_tells_of_host_fights() -> None:
    """Status and overview count the host's fights with the group, and the fights among what counts as attacks."""
    numbers = {m.key: m.value for s in summarize_case(CASE) for m in s.measured}
    assert (numbers["host_fights"], numbers["attack_events"], numbers["attack_fights"]) == (3, 3, 2)


def test_first_page_opens_with_counted_fights() -> None:
    """Where events counted as attacks are first spoken of, the reader is told that some are fights."""
    first, *_ = build_answer(CASE.view, (), (), ForecastSection("", (), (), (), (), None))
    assert (first.heading, [m.value for m in first.sentence.measured]) == (FIGHTING, [3, 2])


def test_method_gives_rule_on_fights() -> None:
    """The paragraph on kinds of event says that fights are counted by a rule of the case, in its words."""
    said = " ".join(s.text for name, sentences in build_method(CASE.view) for s in sentences if name == "Channels")
    assert WHY in said
    assert "2 are fights" in said


def test_limits_do_not_call_unidentified_unclaimed() -> None:
    """Of an actor that UCDP does not identify it is not said that nobody claimed the act."""
    said = " ".join(s.text for _, sentences in build_limitations(CASE.view) for s in sentences)
    assert "1 act whose actor the source does not identify enters no response" in said
    assert "nobody claimed" not in said
