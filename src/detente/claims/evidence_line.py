"""The evidence line under a claim: verdict, estimate, interval, probability and checks of each necessary part, in one line."""

from detente.claims.checks import CHECKS
from detente.claims.estimate import Estimate
from detente.claims.estimate_text import effect_text
from detente.claims.finding import Finding
from detente.claims.reader_text import ON_RECORD, MarkedSentence
from detente.claims.verdict import decide_part_verdict
from detente.text.probability_words import format_percent
from detente.text.sentence import ConventionPiece, NumberPiece, SentencePiece, make_sentence


def list_evidence(f: Finding) -> tuple[MarkedSentence, ...]:
    """One line for each necessary part, in their order, and one where stated and counted evidence disagree."""
    parts = tuple(_describe_part(f, e) for e in f.estimates if e.necessary)
    return (*parts, MarkedSentence(ON_RECORD, f.disagreement)) if f.disagreement else parts


def _describe_part(f: Finding, e: Estimate) -> MarkedSentence:
    word = decide_part_verdict(e, f.outcomes)
    pieces: list[SentencePiece] = [f"{word[0].upper()}{word[1:]}: {e.part}"]
    if not e.enough or e.measured is None or e.chance is None:
        return MarkedSentence(word, make_sentence(*pieces, f" ({e.why_not})."))
    pieces += [
        " · ",
        effect_text(e.measured),
        " · probability ",
        NumberPiece(e.chance, format_percent(e.chance.value or 0.0)),
    ]
    pieces += _check_pieces(f, e)
    return MarkedSentence(word, make_sentence(*pieces, "."))


def _check_pieces(f: Finding, e: Estimate) -> list[SentencePiece]:
    results = {o.check: o.result for o in f.outcomes if o.part == e.key}
    applied = [r for r in results.values() if r in ("held", "failed")]
    if not applied:
        return [" · not checked"]
    titles = {c.key: c.title for c in CHECKS}
    failed = [titles[k] for k, r in results.items() if r == "failed"]
    count = ConventionPiece(
        f"{applied.count('held')} of {len(applied)}", "robustness checks, counted over those that apply"
    )
    return [" · ", count, " checks held", f"; failed: {', '.join(failed)}" if failed else ""]
