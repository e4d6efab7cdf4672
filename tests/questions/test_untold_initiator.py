"""Questions to a record of UCDP, which names the two sides of a fight and not who began, and holds deadly violence only."""

from dataclasses import replace

import pytest

from detente.api.case import Case, open_case
from detente.api.results.answers import AnswerResult
from detente.cases.load import CaseData
from detente.events.event import Event, ReportedDeaths
from detente.measures.episodes import find_episodes
from support.question_routing import ask
from support.workbench import change_record
from support.worlds import FLAGSHIP, make_event, make_world, nth_day


def make_fight(day: int, who: str, country: str, whom: str = "") -> Event:
    """An event as UCDP tells it; `whom` is given for violence against civilians only."""
    e = make_event(
        nth_day(day), who, whom, "ASSAULT", country=country, n=day, tolls=ReportedDeaths(low=1, best=1, high=1)
    )
    return replace(e, source="ucdp")


def make_ucdp_world(*events: Event) -> CaseData:
    """A case that is made of a UCDP release and names no channels."""
    g = make_world(list(events))
    case = g.case.model_copy(update={"channels": ()})
    return replace(g, case=case, release=replace(FLAGSHIP.release, source="ucdp"))


@pytest.fixture(scope="module")
def ucdp() -> Case:
    """Fights of Pakistan with ISKP and the TTP, and one attack of ISKP on civilians."""
    fights = [make_fight(n, "PAK;ISKP", "PAK") for n in (1, 2)]
    strikes = [make_fight(n, "PAK;TTP", "AFG") for n in (3, 4, 5)]
    return change_record(
        open_case(store=None), make_ucdp_world(*fights, *strikes, make_fight(6, "ISKP", "PAK", "PAK_CIV"))
    )


def answer(case: Case, text: str) -> AnswerResult:
    result = ask(case, text)
    assert isinstance(result, AnswerResult), result
    return result


def test_count_by_actor_says_initiator_is_unknown(ucdp: Case) -> None:
    """Fights that name an actor are not counted as its attacks, and the source is said not to tell who began."""
    result = answer(ucdp, "How many attacks did ISKP carry out in Pakistan in 2022?")
    assert len(result.events) == 3
    assert result.value is None
    assert "3 attacks or fights that name ISKP" in result.text
    assert "UCDP names both sides of 2 of them and does not say who began." in result.text
    assert "attacks by ISKP" not in result.text


def test_count_of_strikes_names_kind_of_case(ucdp: Case) -> None:
    """Fights that the case's rules take for strikes are called fights of that kind, and nobody is said to have begun them."""
    result = answer(ucdp, "Did Pakistan carry out strikes in Afghanistan in 2022?")
    assert (len(result.events), result.value) == (3, None)
    assert "3 fights of the kind “strikes by Pakistan in Afghanistan” that name Pakistan" in result.text
    assert "Yes." not in result.text


def test_attacks_on_actor_include_untold_fights(ucdp: Case) -> None:
    """Where the source does not say who began, either side may be the one attacked."""
    assert len(answer(ucdp, "How many attacks on ISKP were there in 2022?").events) == 2


def test_one_sided_violence_keeps_its_initiator() -> None:
    """UCDP says who killed civilians, so such events are still counted by actor."""
    case = change_record(open_case(store=None), make_ucdp_world(make_fight(6, "ISKP", "PAK", "PAK_CIV")))
    result = answer(case, "How many attacks did ISKP carry out in 2022?")
    assert result.value == 1
    assert "1 attack by ISKP" in result.text


def test_episode_initiator_is_unknown_for_fights() -> None:
    """A crisis that begins with a fight of which nobody is said to have begun has no initiator."""
    fights = [make_fight(n, "PAK;TTP", "AFG") for n in (3, 4)]
    assert [e.began for e in find_episodes(make_ucdp_world(*fights))] == ["unknown"]
    assert [e.began for e in find_episodes(make_world([replace(e, source="chronology") for e in fights]))] == ["target"]


def test_answer_says_what_source_records(ucdp: Case) -> None:
    """Of a kind that the source records the answer says how, with the kind in the plural."""
    for text, kind in (
        ("How many strikes did Pakistan carry out in 2022?", "strikes by Pakistan in Afghanistan"),
        ("How many attacks did ISKP carry out in 2022?", "attacks"),
    ):
        result = answer(ucdp, text)
        assert f"How UCDP records {kind}: deadly violence only." in result.text
        assert "as part of other kinds" not in result.text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("How many times did Afghanistan threaten Pakistan in 2022?", "UCDP does not record threats and warnings."),
        ("How many closures of crossings were there in 2022?", "UCDP does not record closed crossings."),
        ("How many air strikes did Pakistan carry out in 2022?", "UCDP: air strikes are not told apart"),
    ],
)
def test_count_of_unrecorded_kind_is_unknown(ucdp: Case, text: str, said: str) -> None:
    """Of what the source does not record, no event on record is not zero."""
    result = answer(ucdp, text)
    assert (result.value, result.events) == (None, ())
    assert said in result.text
