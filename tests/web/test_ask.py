"""The question page: answers from a prepared case, reasons for missing answers, arbitrary input."""

from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.api.case import Case

TRADE = "How do the clashes hurt trade between Pakistan and Afghanistan, and has mediation held?"


def page(client: TestClient, **query: str) -> dict[str, Any]:
    answer = client.get("/ask.json", params=query)
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()["page"]
    return data


def test_ask_answers_with_claims_and_verdicts(client: TestClient, flagship: Case) -> None:
    """A question is answered by the claims of its demands, with the verdicts of the brief."""
    data = page(client, q=TRADE)
    assert [d["claims"] for d in data["demands"]] == [["spillover"], ["third_parties"]]
    words = {p.claim: p.verdict.word for s in flagship.document.sections for p in s.points if p.verdict}
    assert {k: v["word"] for k, v in data["verdicts"].items()} == {k: words[k] for k in ("spillover", "third_parties")}
    html = unescape(client.get("/ask", params={"q": TRADE}).text)
    for point in data["answer"]["points"]:
        assert point["headline"] in html
        assert f"/pakistan-afghanistan/claims/{point['claim']}" in html
        for e in point["examples"]:
            assert f"/pakistan-afghanistan/events/{e['id']}" in html


def test_ask_reuses_prepared_findings(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question uses the prepared findings and evaluates no claim again."""

    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("evaluated again")

    monkeypatch.setattr("detente.brief.answer_points.evaluate", refuse)
    monkeypatch.setattr("detente.brief.answer_points.list_recommendations", refuse)
    assert page(client, q=f"{TRADE} Suggest a way forward.")["answer"]["parts"]


@pytest.mark.parametrize("limit", [200, 300, 600])
def test_ask_respects_word_limit(client: TestClient, limit: int) -> None:
    """An answer has no more words than the requested limit."""
    answer = page(client, q=TRADE, words=str(limit))["answer"]
    assert len(answer["text"].split()) == answer["words"] <= limit


def test_ask_reads_word_limit_from_question(client: TestClient) -> None:
    """A word limit written in the question applies too."""
    assert page(client, q=f"{TRADE} Discuss in 150 words.")["answer"]["limit"] == 150


def test_ask_lists_refused_demands(client: TestClient) -> None:
    """A demand that cannot be answered is listed with the reason next to the answered ones."""
    data = page(client, q=f"{TRADE} Who will win?")
    (refused,) = data["answer"]["refused"]
    assert refused["asked"] == "Who will win"
    assert refused["told"] in unescape(client.get("/ask", params={"q": f"{TRADE} Who will win?"}).text)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"q": "What is love?"}, "names no party"),
        ({"q": "Why do Ukraine and Russia fight?"}, "Ukraine, Russia"),
        ({"q": "Почему закрыт Торхам?"}, "only English"),
        ({"q": "Will the TTP attack Peshawar tomorrow?"}, "from the record"),
        ({"q": TRADE, "words": "5"}, "they take"),
        ({"q": TRADE, "words": "many"}, "'many'"),
        ({"q": TRADE, "words": "-3"}, "'-3'"),
        ({"q": TRADE, "words": "9" * 5000}, "2,000"),
        ({"q": TRADE, "case": "atlantis"}, "'atlantis'"),
        ({"q": "Why Torkham\x00?"}, "control character"),
        ({"q": "Torkham " * 600}, "3,000 characters"),
        ({"q": "How does the PKK use Iraq against Türkiye?"}, "not served here"),
    ],
)
def test_ask_explains_missing_answer(client: TestClient, query: dict[str, str], why: str) -> None:
    """A question without an answer gets the reason on a normal page."""
    data = page(client, **query)
    assert data["answer"] is None
    assert why in data["problem"]
    assert "--" not in data["problem"]
    assert client.get("/ask", params=query).status_code == 200


def test_ask_answers_every_suggestion(client: TestClient) -> None:
    """Every suggested question has an answer."""
    suggested = page(client)["suggestions"]
    assert len(suggested) >= 4
    for q in suggested:
        assert page(client, q=q)["answer"], q


@how(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=6))
def test_ask_accepts_arbitrary_text(client: TestClient, q: str, words: str) -> None:
    """Arbitrary input never breaks the page."""
    try:
        query = {"q": q.encode("utf-8", "ignore").decode(), "words": words.encode("utf-8", "ignore").decode()}
    except UnicodeDecodeError:
        return
    assert client.get("/ask", params=query).status_code == 200
    assert client.get("/ask.json", params=query).status_code == 200
