"""The conclusion reports every verdict in the words of its claim, and leaves claims without a verdict out."""

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
    "not applicable": "comes from sources that do not record what is needed to say whether",
}


def point(word: str | None, statement: str) -> Any:
    return N(verdict=N(word=word) if word else None, statement=statement)


@pytest.mark.parametrize("word", ORDER)
def test_conclusion_words_each_verdict_differently(word: str) -> None:
    """A verdict is reported by its own words and by those of no other verdict."""
    text = " ".join(s.text for s in summarise_verdicts("How it came", [point(word, "Rain brings floods.")]))
    assert f"{SAYS[word]} rain brings floods." in text
    assert not [w for w in SAYS if w != word and SAYS[w] in text]


def test_conclusion_orders_statements_by_verdict_strength() -> None:
    """Every statement appears once, under its verdict, the strongest verdict first."""
    words = ["leaning", "supported", "too little data", "leaning", "contradicted", "not supported"]
    points = [point(w, f"{c * 3} happens.") for w, c in zip(words, "abcdef", strict=True)]
    sentences = [s.text for s in summarise_verdicts("How it came", points)]
    assert [sum(f"{c * 3} happens" in t for t in sentences) for c in "abcdef"] == [1] * 6
    position = {w: next(i for i, t in enumerate(sentences) if c * 3 in t) for w, c in zip(words, "abcdef", strict=True)}
    order = [position[w] for w in ("supported", "contradicted", "leaning", "not supported", "too little data")]
    assert order == sorted(set(order))
    assert "two statements" in sentences[position["leaning"]]
    assert "aaa happens; and that ddd happens" in sentences[position["leaning"]]


def test_conclusion_opens_with_nothing_settled() -> None:
    """Without a supported or contradicted claim, a sentence before the statements says that nothing is settled."""
    opening, leaning = (s.text for s in summarise_verdicts("How it came", [point("leaning", "Rain brings floods.")]))
    assert "settles nothing" in opening
    assert "rain brings floods" in leaning


def test_conclusion_omits_claims_without_verdict() -> None:
    """A claim that was not judged is not in the conclusion."""
    assert summarise_verdicts("How it came", [point(None, "Rain brings floods.")]) == []
