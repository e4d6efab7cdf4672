"""The conclusion says of each claim what its verdict says, in the claim's own words, and of none that it was not judged."""

from types import SimpleNamespace as N
from typing import Any

import pytest

from detente.brief.conclusion import summarise_verdicts
from detente.claims.verdict import ORDER

SAYS = {
    "supported": "supports that",
    "leaning": "without settling it: that",
    "not supported": "does not support that",
    "contradicted": "contradicts that",
    "too little data": "too little to say whether",
}


def point(word: str | None, statement: str) -> Any:
    return N(verdict=N(word=word) if word else None, statement=statement)


@pytest.mark.parametrize("word", ORDER)
def test_each_verdict_is_told_by_its_own_words_and_by_no_other(word: str) -> None:
    text = " ".join(s.text for s in summarise_verdicts("How it came", [point(word, "Rain brings floods.")]))
    assert f"{SAYS[word]} rain brings floods." in text
    assert not [w for w in SAYS if w != word and SAYS[w] in text]


def test_every_statement_stands_once_under_its_verdict_strongest_first() -> None:
    words = ["leaning", "supported", "too little data", "leaning", "contradicted", "not supported"]
    points = [point(w, f"{c * 3} happens.") for w, c in zip(words, "abcdef", strict=True)]
    told = [s.text for s in summarise_verdicts("How it came", points)]
    assert [sum(f"{c * 3} happens" in t for t in told) for c in "abcdef"] == [1] * 6
    where = {w: next(i for i, t in enumerate(told) if c * 3 in t) for w, c in zip(words, "abcdef", strict=True)}
    assert (
        where["supported"]
        < where["contradicted"]
        < where["leaning"]
        < where["not supported"]
        < where["too little data"]
    )
    assert "two statements" in told[where["leaning"]]
    assert "aaa happens; and that ddd happens" in told[where["leaning"]]


def test_where_nothing_is_settled_that_is_said_first() -> None:
    told = summarise_verdicts("How it came", [point("leaning", "Rain brings floods.")])
    assert told[0].text == "On how it came, the record settles nothing that was tested."


def test_what_was_not_judged_is_not_told() -> None:
    assert summarise_verdicts("How it came", [point(None, "Rain brings floods.")]) == []
