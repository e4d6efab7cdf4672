"""What-if questions on a case whose file gives no policy options."""

from dataclasses import replace

import pytest

from detente.api.ask import answer_question
from detente.api.case import Case
from detente.api.results.answers import PartialAnswer
from support.ucdp_world import make_ucdp_world, open_world
from support.worlds import make_event, make_world, nth_day

DAYS = 500


def _ask(case: Case, question: str) -> PartialAnswer:
    (part,) = answer_question(case, question).parts
    return part


@pytest.fixture(scope="module")
def bare() -> Case:
    """Weekly strikes and attacks over more than a year, told by UCDP, without background."""
    weeks = range(50)
    events = [make_event(nth_day(7 * i), "PAK", "TTP", "ASSAULT", "airstrike") for i in weeks]
    events += [make_event(nth_day(7 * i + 2), "TTP", "PAK", "ASSAULT", "raid", country="PAK") for i in weeks]
    g = make_world([replace(e, source="ucdp") for e in events], DAYS)
    return open_world(replace(g, release=replace(g.release, source="ucdp"), background=None))


def test_unknown_change_offers_what_record_allows(bare: Case) -> None:
    """Of the simulator's settings only those are offered whose kinds of event the record has, with their commands."""
    part = _ask(bare, "What if Pakistan withdrew?")
    (said,) = part.sentences
    assert part.understood.kind == "refused"
    assert f"detente whatif {bare.shown_name} --lever border=0.8" in said
    assert f"detente whatif {bare.shown_name} --from 2022-01-01 --without strike" in said
    assert not {w for w in ("delink", "ideology", "mediation") if w in said}


def test_setting_without_events_is_refused(bare: Case) -> None:
    """A change of what UCDP does not record cannot be simulated, and the answer says why."""
    part = _ask(bare, "What if the Taliban de-linked ideology from policy?")
    assert part.understood.kind == "refused"
    assert "UCDP does not record rejections and threats or acts of pressure." in part.sentences[0]


def test_setting_is_no_option_of_the_case(bare: Case) -> None:
    """A change that can be simulated is, and is not called an option of a case that gives none."""
    part = _ask(bare, "What if the border were fenced?")
    assert part.understood.kind == "simulation"
    assert part.sentences[0].startswith(
        "The case file gives no policy options. The simulator can try a change of this kind."
    )
    assert "the option “" not in " ".join(part.sentences)


def test_short_record_offers_no_simulation() -> None:
    """With less than a year of covered days nothing is offered that could not be simulated."""
    short = open_world(replace(make_ucdp_world(), background=None))
    for question in ("What if the border were fenced?", "What if Pakistan withdrew?", "What if attacks stopped?"):
        part = _ask(short, question)
        assert part.understood.kind == "refused"
        assert "nothing can be simulated." in part.sentences[0]
        assert "--lever" not in part.sentences[0]
        assert part.links[0].address == f"/{short.id}/events"


def test_unrecorded_talks_are_not_counted(bare: Case) -> None:
    """UCDP records no meetings, so it is not said that there were none."""
    (said,) = _ask(bare, "What would happen if there were more talks?").sentences
    assert said.endswith("UCDP does not record meetings.")
