"""Questions to a case that examines some of the claims only: topics, examples and links are those that it has."""

import pytest

from detente.api.case import Case, open_case
from detente.api.offered_questions import suggest_questions
from detente.api.results.answers import AnswerResult
from detente.api.results.claims import UnknownClaim
from detente.cases.case_file import CaseDemand, CaseFile
from detente.claims import CLAIMS
from detente.core.errors import DetenteError
from detente.questions.case_match import match_case
from detente.questions.catalogue import load_catalogue
from detente.questions.errors import NoDemandFound
from detente.questions.phrase_match import list_answerable_questions, match_phrases, suggest_example
from support.question_routing import ask
from support.small_case import write_case_folder
from support.worlds import FLAGSHIP

FEW = ("linkage", "safe_haven", "trust", "sovereignty", "spillover")
MEDIATION = "Has mediation between Pakistan and Afghanistan held?"


def examine(case: CaseFile, *claims: str) -> CaseFile:
    """The case with one demand, of some claims."""
    demand = CaseDemand(key="relations", title="Relations", asks="How are relations?", claims=claims)
    return case.model_copy(update={"demands": (demand,)})


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """The flagship with the five claims that a new case file lists; nothing is fitted."""
    path = write_case_folder(tmp_path_factory.mktemp("few"))
    text = path.read_text(encoding="utf-8")
    start = text.index("[[demands]]", text.index("[[demands]]") + 1)
    path.write_text(text[:start] + text[text.index("# ----", start) :], encoding="utf-8")
    return open_case(str(path), store=None)


@pytest.mark.parametrize(
    "text",
    [
        MEDIATION,
        "How does the fighting complicate counter-terrorism cooperation between Pakistan and Afghanistan?",
        "What do Pakistan and the Taliban accuse each other of?",
    ],
)
def test_topic_without_claim_is_refused(few: Case, text: str) -> None:
    """A topic whose claims the case does not examine is refused by name, with what the case examines."""
    result = ask(few, text)
    assert isinstance(result, AnswerResult)
    assert [d.why for d in result.demands] == ["unexamined"]
    assert not result.answered
    assert result.demands[0].told in result.text
    assert "how relations fell" in result.text.split("This case examines: ")[1]
    assert all("/claims/" not in x.address for p in result.parts for x in p.links)


def test_other_clauses_are_still_answered(few: Case) -> None:
    """Beside a topic that the case does not examine, the others keep their claims."""
    text = "How do the clashes between Pakistan and Afghanistan hurt trade, and has mediation held?"
    result = ask(few, text, only_match=True)
    assert isinstance(result, AnswerResult)
    assert [(d.claims, d.why) for d in result.demands] == [(("spillover",), ""), ((), "unexamined")]
    assert result.kind == "analysis"


def test_claim_missing_beside_another_is_named() -> None:
    """Where one demand asks for two claims and the case has one, the other is named as missing."""
    words = match_case("Do talks of Pakistan and Afghanistan fail, as crossings closed?", "pakistan-afghanistan").words
    both = match_phrases(words, FLAGSHIP.case, FLAGSHIP.as_of)
    one = match_phrases(words, examine(FLAGSHIP.case, "spillover"), FLAGSHIP.as_of)
    assert both is not None
    assert one is not None
    assert both.claims == ("spillover", "third_parties")
    assert (one.claims, one.missing) == (("spillover",), ("third_parties",))


def test_offered_topics_are_those_of_case(few: Case) -> None:
    """Lists of topics, the example and the suggested questions hold no claim that the case lacks."""
    with pytest.raises(NoDemandFound) as raised:
        few.ask("Pakistan and Afghanistan")
    error = raised.value
    assert len(error.answered) == len(FEW)
    assert "mediat" not in f"{error} {suggest_questions(few)}"
    assert len(list_answerable_questions(FLAGSHIP.case)) == len(CLAIMS)
    assert suggest_example(FLAGSHIP.case) == "How do the clashes hurt trade, and has mediation held?"


def test_example_asks_for_its_claim() -> None:
    """The example of each claim is understood as a question about that claim."""
    for claim in load_catalogue().claims:
        words = match_case(suggest_example(examine(FLAGSHIP.case, claim.id)), "pakistan-afghanistan").words
        demand = match_phrases(words, FLAGSHIP.case, FLAGSHIP.as_of)
        assert demand is not None
        assert demand.claims == (claim.id,)


def test_example_without_chronology_is_fighting() -> None:
    """Where a case is made of releases of events, the example asks about attacks and strikes."""
    case = FLAGSHIP.case.model_copy(update={"chronology": ""})
    assert suggest_example(case) == "Do attacks by the TTP bring strikes by Pakistan?"


def test_status_links_claims_of_case(few: Case) -> None:
    """The answer on truces links the tested claim only where the case examines it."""
    for case, linked in ((open_case(store=None), True), (few, False)):
        result = ask(case, "Is there a ceasefire between Pakistan and Afghanistan?")
        assert isinstance(result, AnswerResult)
        addresses = [x.address for p in result.parts for x in p.links]
        assert (f"/{case.id}/claims/third_parties" in addresses) is linked


def test_unknown_claim_names_the_nearest(few: Case) -> None:
    """A claim that the case does not examine is an error of the package with the nearest names, and a KeyError."""
    with pytest.raises(UnknownClaim) as raised:
        _ = few.claims["trusts"]
    error = raised.value
    assert (error.claim, error.known) == ("trusts", FEW)
    assert "Nearest: 'trust'" in str(error)
    assert isinstance(error, DetenteError)
    assert isinstance(error, KeyError)
