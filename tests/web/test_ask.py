"""Questions in a browser: answered from the prepared case, or told what can be, and never broken."""

from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.api.case import PreparedCase

TRADE = "How do the clashes hurt trade between Pakistan and Afghanistan, and has mediation held?"


def page(client: TestClient, **query: str) -> dict[str, Any]:
    answer = client.get("/ask.json", params=query)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()["page"]
    return told


def test_a_question_is_answered_by_its_claims_with_their_verdicts(client: TestClient, flagship: PreparedCase) -> None:
    told = page(client, q=TRADE)
    assert [d["claims"] for d in told["demands"]] == [["spillover"], ["third_parties"]]
    words = {p.claim: p.verdict.word for s in flagship.brief.sections for p in s.points if p.verdict}
    assert {k: v["word"] for k, v in told["verdicts"].items()} == {k: words[k] for k in ("spillover", "third_parties")}
    html = unescape(client.get("/ask", params={"q": TRADE}).text)
    for point in told["answer"]["points"]:
        assert point["headline"] in html
        assert f"/pakistan-afghanistan/claims/{point['claim']}" in html
        for e in point["examples"]:
            assert f"/pakistan-afghanistan/events/{e['id']}" in html


def test_no_claim_is_tested_anew_for_a_question(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("tested anew")

    monkeypatch.setattr("detente.brief.answer_points.evaluate", refuse)
    monkeypatch.setattr("detente.brief.answer_points.list_recommendations", refuse)
    assert page(client, q=f"{TRADE} Suggest a way forward.")["answer"]["parts"]


@pytest.mark.parametrize("limit", [200, 300, 600])
def test_the_answer_keeps_to_the_words_asked_for(client: TestClient, limit: int) -> None:
    answer = page(client, q=TRADE, words=str(limit))["answer"]
    assert len(answer["text"].split()) == answer["words"] <= limit


def test_words_that_the_question_itself_asks_for_hold_too(client: TestClient) -> None:
    assert page(client, q=f"{TRADE} Discuss in 150 words.")["answer"]["limit"] == 150


def test_what_cannot_be_answered_is_named_beside_what_can(client: TestClient) -> None:
    told = page(client, q=f"{TRADE} Who will win?")
    (refused,) = told["answer"]["refused"]
    assert refused["asked"] == "Who will win"
    assert refused["told"] in unescape(client.get("/ask", params={"q": f"{TRADE} Who will win?"}).text)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"q": "What is love?"}, "names no party"),
        ({"q": "Why do Ukraine and Russia fight?"}, "Ukraine, Russia"),
        ({"q": "Почему закрыт Торхам?"}, "only English"),
        ({"q": "Will the TTP attack Peshawar tomorrow?"}, "Nothing that this question asks"),
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
def test_what_cannot_be_answered_is_told_why_and_what_can(client: TestClient, query: dict[str, str], why: str) -> None:
    told = page(client, **query)
    assert told["answer"] is None
    assert why in told["problem"]
    assert "--" not in told["problem"]
    assert client.get("/ask", params=query).status_code == 200


def test_every_suggested_question_has_an_answer(client: TestClient) -> None:
    suggested = page(client)["suggestions"]
    assert len(suggested) >= 4
    for q in suggested:
        assert page(client, q=q)["answer"], q


@how(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=6))
def test_whatever_is_typed_the_page_stands(client: TestClient, q: str, words: str) -> None:
    try:
        query = {"q": q.encode("utf-8", "ignore").decode(), "words": words.encode("utf-8", "ignore").decode()}
    except UnicodeDecodeError:
        return
    assert client.get("/ask", params=query).status_code == 200
    assert client.get("/ask.json", params=query).status_code == 200
