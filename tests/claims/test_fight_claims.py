"""Fights of which UCDP does not say who began are told beside claims that it cannot test, and no zero hides them."""

from dataclasses import replace

import pytest

from detente.claims import evaluate
from detente.claims.context import ClaimContext
from detente.claims.fight_text import name_group, tell_counted_fights, tell_host_fights, tell_target_fights
from detente.claims.finding import Finding
from support.fight_world import make_fight_world
from support.worlds import FLAGSHIP


@pytest.fixture(scope="module")
def view() -> ClaimContext:
    """The host fights the group three times, the target twice."""
    return ClaimContext(make_fight_world(), draws=40)


@pytest.fixture(scope="module")
def linkage(view: ClaimContext) -> Finding:
    """What is said of the host's ties with the group."""
    return evaluate("linkage", view, checks=False)


def test_linkage_answers_with_host_fights(linkage: Finding) -> None:
    """The claim cannot be tested, but its answer counts the fights of the host with the group, and their deaths."""
    assert linkage.reader
    n, deaths = linkage.reader.answer.sentence.measured
    assert (linkage.reader.answer.mark, n.value, deaths.low, deaths.high) == ("on record", 3, 3, 6)
    assert "UCDP does not say who began" in linkage.reader.answer.sentence.text
    assert linkage.reader.headline.startswith("Fights of the Taliban")


def test_linkage_headline_without_fights_is_narrow() -> None:
    """Without such fights the headline does not say that nothing of the host's acts is recorded."""
    g = make_fight_world()
    events = tuple(e for e in g.events if "AFG" not in e.initiators)
    found = evaluate("linkage", ClaimContext(replace(g, events=events), draws=40), checks=False)
    assert "of what they do only a part" in found.headline


def test_untestable_claim_gives_reason_once(linkage: Finding) -> None:
    """The reason is a sentence of its own: neither it nor the limits begin with the verdict."""
    assert linkage.reader
    reason = linkage.reader.sentences[-1]
    assert (reason.mark, reason.sentence.measured) == ("not applicable", ())
    assert not any(s.text.startswith("Not applicable") for s in (reason.sentence, linkage.limits, linkage.short))
    assert linkage.limits.text != reason.sentence.text


def test_force_has_no_zero_beside_fights(view: ClaimContext) -> None:
    """Where both states fight the group, no sentence counts one side's uses of force as zero."""
    told = evaluate("threat_perception", view, checks=False)
    assert told.reader
    shown = [*told.sentences, *(m.sentence for m in told.reader.sentences)]
    assert {m.value for s in shown for m in s.measured if m.unit == "fights"} == {2, 3}
    assert not any(m.key in ("force_target", "force_host") for s in shown for m in s.measured)


def test_counted_fights_leave_initiator_open(view: ClaimContext) -> None:
    """Of three events counted as attacks two are fights of which nobody is said to have begun them."""
    (told,) = tell_counted_fights(view)
    assert [m.value for m in told.measured] == [3, 2]


def test_flagship_tells_of_no_fights() -> None:
    """A chronology says who began, so nothing is added to its texts."""
    flagship = ClaimContext(FLAGSHIP)
    assert (tell_host_fights(flagship), tell_target_fights(flagship), tell_counted_fights(flagship)) == (None, None, ())


def test_group_without_allies_stands_alone(view: ClaimContext) -> None:
    """Allies are named only where the case has some."""
    assert (name_group(view), name_group(ClaimContext(FLAGSHIP))) == ("the TTP", "the TTP and its allies")
    assert "allies" not in " ".join(s.text for s in evaluate("safe_haven", view, checks=False).sentences)


def test_safe_haven_tells_unknown_places(view: ClaimContext) -> None:
    """Where no attack has a place finer than a province, how near the border they were is unknown, and nothing fails."""
    vague = tuple(replace(e, place=replace(e.place, precision="admin1")) for e in view.g.events)
    mapped = view.g.case.model_copy(update={"geometry": FLAGSHIP.case.geometry})
    context = ClaimContext(replace(view.g, case=mapped, events=vague), draws=40)
    assert context.geography is not None
    told = evaluate("safe_haven", context, checks=False)
    assert told.reader
    assert any("finer than a province" in s.text for s in told.sentences)
    assert not any(m.key == "near" for s in told.sentences for m in s.measured)
