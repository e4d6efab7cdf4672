"""What of a finding its sources can bear.

A sentence that counts events which no source of the case records says nothing: zero there is unknown. Such sentences are
removed by the event filters in the recipes of their numbers. Where the claim itself is not applicable, a sentence without
numbers is removed too, since nothing traces what it rests on.
"""

from collections.abc import Sequence
from dataclasses import replace

from detente.cases.testimony import find_gaps
from detente.claims.context import ClaimContext
from detente.claims.finding import Finding
from detente.claims.reader_text import MarkedSentence, ReaderText
from detente.claims.recipe_filters import find_filters
from detente.claims.verdict import ClaimVerdict
from detente.text.sentence import Sentence, make_sentence

SILENCE = "Where these sources record nothing of a kind, that does not show that nothing of the kind happened."
"""What a claim that is not applicable cannot show."""


def _give_reason(verdict: ClaimVerdict) -> Sentence:
    return make_sentence(f"{verdict.reason[:1].upper()}{verdict.reason[1:]}, so the claim cannot be tested.")


def is_supported(view: ClaimContext, s: Sentence) -> bool:
    """Return whether the sources of a case record every kind of event that a sentence's numbers count."""
    return not any(find_gaps(view.g, of) for m in s.measured for of in find_filters(m.recipe))


def limit_to_testimony(f: Finding, view: ClaimContext, verdict: ClaimVerdict) -> Finding:
    """Remove the sentences of a finding that its sources cannot bear.

    Where the claim is not applicable, the headline and the short sentence give the reason.
    """
    if verdict.word != "not applicable":
        kept = tuple(s for s in f.sentences if is_supported(view, s))
        if len(kept) == len(f.sentences) and is_supported(view, f.short):
            return f
        short = (
            f.short if is_supported(view, f.short) else (kept or (make_sentence("Too little is on record to say."),))[0]
        )
        return replace(f, sentences=kept or (short,), short=short)
    reason = _give_reason(verdict)
    kept = _with_numbers(view, f.sentences)
    return replace(
        f, headline=reason.text.rstrip("."), sentences=(*kept, reason), short=reason, limits=make_sentence(SILENCE), enough=True,
    )  # fmt: skip


def limit_reader_text(text: ReaderText, view: ClaimContext, verdict: ClaimVerdict) -> ReaderText:
    """Remove the plain sentences that the sources cannot bear; of a claim that is not applicable the last gives the reason."""
    kept = [m for m in text.sentences if is_supported(view, m.sentence)]
    if verdict.word == "not applicable":
        reason = MarkedSentence("not applicable", _give_reason(verdict))
        kept = [*(m for m in kept if m.sentence.measured), reason]
        return replace(text, sentences=tuple(kept), answer=text.answer if text.answer in kept else reason)
    if not kept:
        kept = [MarkedSentence("too little data", make_sentence("Too little is on record to say."))]
    return replace(text, sentences=tuple(kept), answer=text.answer if text.answer in kept else kept[0])


def _with_numbers(view: ClaimContext, sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
    return tuple(s for s in sentences if s.measured and is_supported(view, s))
