"""The conclusion counts every verdict, and repeats only what stands the tests."""

from types import SimpleNamespace as N
from typing import Any

import pytest

from detente.brief.conclusion import build_conclusion, summarise_verdicts
from detente.claims.reader_text import ON_RECORD, say
from detente.claims.verdict import ORDER


def point(word: str | None, *marks: str) -> Any:
    sentences = tuple(say(m, f"It is {m}.") for m in marks)  # type: ignore[arg-type]
    return N(verdict=N(word=word) if word else None, reader=N(sentences=sentences))


@pytest.mark.parametrize("word", ORDER)
def test_conclusion_counts_each_verdict(word: str) -> None:
    """The first sentence says how many claims there are and how many have each verdict."""
    first = summarise_verdicts([point(word), point(word), point("too little data")])[0]
    numbers = [p.text for p in first.pieces if not isinstance(p, str)]
    counts = {"too little data": ["3"], "not applicable": ["1", "2"]}.get(word, ["2", "1"])
    assert numbers == ["3 claims", *counts]


def test_conclusion_omits_claims_without_verdict() -> None:
    """A claim that was not judged is not counted."""
    assert summarise_verdicts([point(None)]) == []


def test_conclusion_repeats_only_what_stands() -> None:
    """Only supported and leaning sentences are repeated as results."""
    section: Any = N(points=(point("not supported", "supported", ON_RECORD, "not supported", "leaning"),))
    paragraphs = build_conclusion([section], [])
    assert [s.text for s in paragraphs[1]][1:] == ["It is supported.", "It is leaning."]
    nothing: Any = N(points=(point("not supported", "not supported", ON_RECORD),))
    verdicts, ways = build_conclusion([nothing], [])
    assert len(verdicts) == 2
    assert [s.text for s in ways] == ["The case file gives no policy options."]
