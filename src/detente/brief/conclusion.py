"""The conclusion: what holds, what is not shown, and what that means for a way forward."""

from collections.abc import Sequence

from detente.brief.document import BriefSection
from detente.brief.first_page import summarise_ways
from detente.claims.finding import Finding
from detente.claims.reader_text import say_plain
from detente.claims.recommendations import Recommendation
from detente.claims.verdict import VerdictLabel
from detente.text.sentence import ConventionPiece, Sentence

_COUNT_WORDS: dict[VerdictLabel, str] = {
    "supported": "supported",
    "leaning": "probable",
    "not supported": "not shown",
    "contradicted": "contradicted",
    "too little data": "too thinly recorded to test",
    "not applicable": "of a kind that these sources do not record",
}


def build_conclusion(
    sections: Sequence[BriefSection], ways: Sequence[Recommendation]
) -> tuple[tuple[Sentence, ...], ...]:
    """Build the paragraphs: the verdicts on the two demands, what follows for policy, and the way forward."""
    points = [p for s in sections for p in s.points]
    out = [summarise_verdicts(points)]
    held = [m.sentence for p in points if p.reader for m in p.reader.sentences if m.mark in ("supported", "leaning")]
    if held:
        out.append([say_plain("What stands the tests:"), *held])
    out.append([summarise_ways(ways)])
    return tuple(tuple(p) for p in out if p)


def summarise_verdicts(points: Sequence[Finding]) -> list[Sentence]:
    """Count the verdicts in one sentence, the strongest first."""
    words = [p.verdict.word for p in points if p.verdict]
    if not words:
        return []
    counts = [(words.count(w), text) for w, text in _COUNT_WORDS.items() if w in words]
    pieces: list[str | ConventionPiece] = ["Of "]
    pieces += [ConventionPiece(f"{len(words)} claims", "the claims of this case"), ", each judged as a whole, "]
    for i, (n, text) in enumerate(counts):
        pieces += [", " if 0 < i < len(counts) - 1 else " and " if i else ""]
        pieces += [ConventionPiece(str(n), "claims with this verdict"), f" {'is' if n == 1 else 'are'} {text}"]
    first = say_plain(*pieces, ".")
    return [
        first,
        say_plain(
            "A claim counts as shown only if every required part passes every deciding check. One that is not shown may still be true."
        ),
    ]
