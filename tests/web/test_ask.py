"""The question page: every kind of answer, what was understood as fields to change, reasons for missing answers, arbitrary input."""

from html import unescape
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from starlette.testclient import TestClient

from detente.api.case import Case

TRADE = "How do the clashes hurt trade between Pakistan and Afghanistan, and has mediation held?"
COUNT = "How many attacks did the TTP carry out in 2023?"


def page(reader: TestClient, **query: str) -> dict[str, Any]:
    answer = reader.get("/ask.json", params=query)
    assert answer.status_code == 200
    data: dict[str, Any] = answer.json()["page"]
    return data


def html(reader: TestClient, **query: str) -> str:
    answer = reader.get("/ask", params=query)
    assert answer.status_code == 200
    return unescape(answer.text)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        (COUNT, "record"),
        ("Does India fund the TTP?", "record"),
        ("Is the border open right now?", "status"),
        ("Will Pakistan attack again this year?", "forecast"),
        ("What is the Durand Line?", "definition"),
        ("What if Pakistan had never carried out strikes?", "simulation"),
        (TRADE, "analysis"),
        ("Should Pakistan negotiate with the TTP?", "refused"),
    ],
)
def test_ask_shows_every_kind_of_answer(reader: TestClient, question: str, kind: str) -> None:
    """Each kind of answer is on the page with what was understood and its links; nothing else answers in its place."""
    answer = page(reader, q=question)["answer"]
    assert answer["kind"] == kind
    text = html(reader, q=question)
    for part in answer["parts"]:
        assert part["understood"]["labels"]["kind"] in text
        assert all(f'href="{x["address"]}"' in text for x in part["links"])
        assert all(u["words"] in text and u["why"] in text for u in part["unused"])
    listed = [e for part in answer["parts"] for e in part["events"] if f"({e})" in part["text"]]
    assert all(f'href="/pakistan-afghanistan/events/{e}"' in text for e in listed)


def test_ask_data_equal_result_of_case(reader: TestClient, flagship: Case) -> None:
    """The page's data are the result of `case.ask`."""
    answer = page(reader, q=COUNT)["answer"]
    mine = flagship.ask(COUNT).to_dict()
    assert answer == mine
    assert answer["value"] == len(answer["events"]) > 0


def test_ask_answers_with_claims_and_verdicts(reader: TestClient, flagship: Case) -> None:
    """An analysis shows the claims of its demands, with the verdicts of the brief, examples and references."""
    analysis = page(reader, q=TRADE)["answer"]["analysis"]
    words = {p.claim: p.verdict.word for s in flagship.document.sections for p in s.points if p.verdict}
    text = html(reader, q=TRADE)
    assert {p["claim"] for p in analysis["points"]} == {"spillover", "third_parties"}
    for point in analysis["points"]:
        assert point["headline"] in text
        assert f'/claims/{point["claim"]}">' in text
        assert f"{words[point['claim']]}</a>" in text
        for e in point["examples"]:
            assert f"/pakistan-afghanistan/events/{e['id']}" in text
    assert all(f'<a href="/pakistan-afghanistan/events/{e["id"]}">' in text for e in analysis["sources"])


def test_ask_reuses_prepared_findings(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A question uses the prepared findings and evaluates no claim again."""

    def refuse(*args: object, **more: object) -> None:
        raise AssertionError("evaluated again")

    monkeypatch.setattr("detente.brief.answer_points.evaluate", refuse)
    assert page(reader, q=f"{TRADE} Explain with examples.")["answer"]["analysis"]["parts"]


@pytest.mark.parametrize("limit", [200, 300, 600])
def test_ask_respects_word_limit(reader: TestClient, limit: int) -> None:
    """An analysis has no more words than the requested limit, references aside."""
    analysis = page(reader, q=TRADE, words=str(limit))["answer"]["analysis"]
    body = analysis["text"].split("\n\nReferences\n")[0]
    assert len(body.split()) == analysis["words"] <= limit


def test_ask_reads_word_limit_from_question(reader: TestClient) -> None:
    """A word limit written in the question applies too."""
    assert page(reader, q=f"{TRADE} Discuss in 150 words.")["answer"]["analysis"]["limit"] == 150


def test_ask_answers_several_kinds_in_parts(reader: TestClient) -> None:
    """A question of several kinds is answered part by part, each under its own words."""
    question = "How many strikes did Pakistan carry out in 2024, and will it strike again in the next 90 days?"
    answer = page(reader, q=question)["answer"]
    assert [p["kind"] for p in answer["parts"]] == ["record", "forecast"]
    text = html(reader, q=question)
    assert all(p["asked"] in text for p in answer["parts"])


# ---- Changing what was understood ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"actor": "ISKP"}, "actors", ["ISKP"]),
        ({"actor": "-"}, "actors", []),
        ({"event": "suicide-attack"}, "kinds", ["suicide-attack"]),
        ({"place": "Khyber Pakhtunkhwa"}, "places", ["Khyber Pakhtunkhwa"]),
        ({"from": "2024-01-01", "to": "2024-12-31"}, "to", "2024-12-31"),
        ({"kind": "forecast", "from": "", "to": ""}, "kind", "forecast"),
    ],
)
def test_ask_follows_each_change(reader: TestClient, change: dict[str, str], field: str, value: object) -> None:
    """A changed field changes what is understood, and nothing else of it."""
    before = page(reader, q=COUNT)["answer"]["parts"][0]["understood"]
    kept = {"from": before["from"], "to": before["to"]}
    after = page(reader, q=COUNT, part="1", **(kept | change))["answer"]["parts"][0]["understood"]
    assert after[field] == value
    touched = {field, "words", "labels", "asks", *({"from", "to"} if "from" in change else set())}
    assert {k: v for k, v in after.items() if k not in touched} == {k: v for k, v in before.items() if k not in touched}


def test_ask_form_without_changes_gives_same_answer(reader: TestClient) -> None:
    """Sending the form of a part as it stands changes nothing."""
    plain = page(reader, q=COUNT)["answer"]
    sent = {"part": "1", "kind": "", "actor": "", "event": "", "place": "", "from": "2023-01-01", "to": "2023-12-31"}
    again = page(reader, q=COUNT, **sent)["answer"]
    assert again["parts"] == plain["parts"]


def test_ask_counts_less_in_narrower_period(reader: TestClient) -> None:
    """A narrower period selects the events of the wider one that lie in it."""
    wide = page(reader, q=COUNT)["answer"]
    narrow = page(reader, q=COUNT, part="1", **{"from": "2023-01-01", "to": "2023-06-30"})["answer"]
    assert 0 < narrow["value"] < wide["value"]
    assert set(narrow["events"]) <= set(wide["events"])


def test_ask_changes_only_named_part(reader: TestClient) -> None:
    """Of several parts the one that is changed is answered alone, and its form names it."""
    question = "How many strikes did Pakistan carry out in 2024, and will it strike again in the next 90 days?"
    text = html(reader, q=question)
    assert text.count('name="part"') == 2
    (part,) = page(reader, q=question, part="2", event="clash")["answer"]["parts"]
    assert part["asked"].startswith("will it strike")
    assert (part["kind"], part["understood"]["kinds"]) == ("forecast", ["clash"])


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"actor": "TPT"}, "'TPT'"),
        ({"place": "Atlantis"}, "'Atlantis'"),
        ({"event": "strikes"}, "'strikes'"),
        ({"kind": "guess"}, "'guess'"),
        ({"part": "7"}, "'7'"),
        ({"from": "soon"}, "'soon'"),
        ({"from": "2024-05-01", "to": "2024-04-01"}, "2024-04-01"),
    ],
)
def test_ask_rejects_unknown_change(reader: TestClient, change: dict[str, str], named: str) -> None:
    """A change to what does not exist is named, and never leaves the question without it."""
    data = page(reader, q=COUNT, **({"part": "1"} | change))
    assert data["answer"] is None
    assert named in data["problem"]


# ---- Without an answer -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ({"q": "Why do Ukraine and Russia fight?"}, "Ukraine, Russia"),
        ({"q": "Почему закрыт Торхам?"}, "only English"),
        ({"q": "Torkham."}, "asks for nothing"),
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
def test_ask_explains_missing_answer(reader: TestClient, query: dict[str, str], why: str) -> None:
    """A question without an answer gets the reason on a normal page."""
    data = page(reader, **query)
    assert data["answer"] is None
    assert why in data["problem"]
    assert "--" not in data["problem"]
    assert reader.get("/ask", params=query).status_code == 200


@pytest.mark.parametrize(
    ("question", "asks"),
    [("Will the TTP attack Peshawar tomorrow?", "Peshawar"), ("Was there any attack in Ramadan 2025?", "Ramadan")],
)
def test_ask_refuses_what_it_cannot_honour(reader: TestClient, question: str, asks: str) -> None:
    """A place or period that an answer cannot honour is named, and the question is not answered without it."""
    answer = page(reader, q=question)["answer"]
    assert answer["kind"] == "refused"
    assert any(asks in u["words"] for u in answer["unused"])
    assert answer["parts"][0]["links"]


def test_ask_needs_no_party_with_one_case(reader: TestClient) -> None:
    """Where one case is served, a question that names nobody is about it."""
    data = page(reader, q="How many clashes were there in 2024?")
    assert data["taken_for"][0] == "pakistan-afghanistan"
    assert (
        data["answer"]["value"]
        == page(reader, q="How many clashes between Pakistan and the Taliban were there in 2024?")["answer"]["value"]
    )


def test_ask_answers_every_suggestion(reader: TestClient) -> None:
    """Every suggested question has an answer, and they are of at least five kinds."""
    suggested = page(reader)["suggestions"]
    kinds = set()
    for q in suggested:
        answer = page(reader, q=q)["answer"]
        assert answer, q
        assert all(p["kind"] != "refused" for p in answer["parts"]), q
        kinds |= {p["kind"] for p in answer["parts"]}
    assert len(kinds) >= 5


@how(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=80), st.text(max_size=6), st.text(max_size=12))
def test_ask_accepts_arbitrary_text(reader: TestClient, q: str, words: str, other: str) -> None:
    """Arbitrary input never breaks the page."""
    query = {"q": q, "words": words, "part": other, "actor": other, "event": other, "place": other, "from": other}
    try:
        query = {k: v.encode("utf-8", "ignore").decode() for k, v in query.items()}
    except UnicodeDecodeError:
        return
    assert reader.get("/ask", params=query).status_code == 200
    assert reader.get("/ask.json", params=query).status_code == 200
