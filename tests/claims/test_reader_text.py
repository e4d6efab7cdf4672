"""What a reader is told of a claim says no more than its verdict."""

from dataclasses import replace
from types import SimpleNamespace as N
from typing import Any

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims import CLAIMS
from detente.claims.context import ClaimContext
from detente.claims.reader_text import choose_headline, count_stated, load_headlines, say_response
from detente.claims.verdict import ORDER


@pytest.fixture(scope="module")
def view() -> ClaimContext:
    return ClaimContext(load_case_data(load_case_file("pakistan-afghanistan")))


def finding(claim: str, word: str, *parts: tuple[str, float, dict[str, str]]) -> Any:
    """A finding with necessary parts: key, probability of the claimed sign, and result by check."""
    estimates = tuple(
        N(key=k, necessary=True, enough=True, applicable=True, probability=p, required=("lead_check",))
        for k, p, _ in parts
    )
    outcomes = tuple(N(part=k, check=c, result=r) for k, _, results in parts for c, r in results.items())
    return N(claim=claim, verdict=N(word=word), estimates=estimates, outcomes=outcomes)


@pytest.mark.parametrize("claim", list(CLAIMS))
def test_headlines_cover_every_verdict(claim: str, view: ClaimContext) -> None:
    """Each claim has a headline for each verdict, all different, without digits and with the actors' names."""
    table = load_headlines()[claim]
    texts = [choose_headline(finding(claim, word), view) for word in ORDER]
    assert len(set(texts)) == len(ORDER)
    assert set(table) >= set(ORDER)
    assert not any(c.isdigit() or c == "{" for t in texts for c in t)


@pytest.mark.parametrize("claim", list(CLAIMS))
def test_headlines_say_no_more_than_verdict(claim: str) -> None:
    """A leaning claim is said to be probable, one that is not shown is said so, and too little data is said so."""
    table = load_headlines()[claim]
    assert "probably" in table["leaning"].lower()
    assert "not shown" in table["not supported"]
    assert table["too little data"].startswith("Too little is recorded")
    assert table["not applicable"].startswith("These sources do not record")
    for key in set(table) - set(ORDER):
        assert key == "stated" or key.startswith(("part.", "not applicable."))
        limits = (
            "not shown",
            "show no more",
            "also come at other times",
            "but not all acts and words",
            "do not record",
        )
        assert any(w in table[key] for w in limits)


def test_headline_of_part_needs_that_part(view: ClaimContext) -> None:
    """A headline that says what does hold is used only where that part is supported."""
    held = {"lead_check": "held"}
    table = load_headlines()["trust"]
    failed = ("strike_defied", 0.99, {"lead_check": "failed"})
    worse = choose_headline(finding("trust", "not supported", ("index", 0.97, held), failed), view)
    unclear = choose_headline(finding("trust", "not supported", ("index", 0.6, held), failed), view)
    assert worse == table["part.index"]
    assert unclear == table["not supported"]


@pytest.mark.parametrize(
    ("probability", "results", "mark", "words"),
    [
        (0.99, {"lead_check": "held", "placebo_in_time": "held"}, "supported", "every check held"),
        (0.99, {"lead_check": "failed"}, "not supported", "would look the same"),
        (0.99, {"lead_check": "held", "placebo_in_time": "failed"}, "not supported", "chance gives as much"),
        (0.7, {"lead_check": "held"}, "not supported", "no clear rise"),
        (0.99, {}, "leaning", "probably"),
    ],
)
def test_response_sentence_follows_checks(
    view: ClaimContext, probability: float, results: dict[str, str], mark: str, words: str
) -> None:
    """The sentence on a response says whether it is shown, and what else would look the same."""
    f = finding("trust", mark, ("strike_defied", probability, results))
    told = say_response(view, f, "strike_defied", "strike", "defiance")
    assert told.mark == mark
    assert words in told.sentence.text


def test_stated_count_equals_links(view: ClaimContext) -> None:
    """The events presented as reactions are counted once each, whatever the number of their links."""
    g = view.g
    channel = {e.id: g.channel(e) for e in g.events}
    by_hand = {
        k.event
        for k in g.links
        if k.relation == "reaction" and k.basis == "stated" and channel[k.event] == "clash"
        and (channel.get(k.responds_to or "") == "strike" or k.outside_kind == "strike")
    }  # fmt: skip
    counted = count_stated(view, view.channel("clash"), ("strike",), "x")
    assert counted is not None
    assert set(counted.reacting.events) == by_hand
    assert counted.whole.value == len(g.of("clash"))


def test_stated_count_is_unknown_without_links(view: ClaimContext) -> None:
    """Where a source states no links, nothing is counted, and in particular not zero."""
    without = ClaimContext(replace(view.g, links=(), has_links=False))
    assert count_stated(without, view.channel("clash"), ("strike",), "x") is None
