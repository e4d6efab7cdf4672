"""The parts of a short answer: for each demand its points, the strongest first, and nothing twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from detente.brief.ranking import rank_strength
from detente.cases.case_file import CaseFile
from detente.claims import evaluate
from detente.claims.context import ClaimContext
from detente.claims.finding import Finding, choose_examples
from detente.claims.recommendations import Recommendation, list_recommendations
from detente.questions.catalogue import load_catalogue
from detente.questions.phrase_match import Demand, list_topic_claims
from detente.questions.tokenize import select_content_words, stem_word, tokenize
from detente.text.sentence import Sentence, SentencePiece, make_sentence


@dataclass(frozen=True, slots=True)
class AnswerPoint:
    """One thing said: a finding of a claim, or a step that could be taken.

    Fields:
        text: in one sentence. full: all that is told of it, for where there is room; the same as text where there is no more.
        limits: what it cannot show, or None. example: an event's id, or None.
    """

    key: str
    headline: str
    text: Sentence
    example: str | None
    enough: bool
    full: Sentence
    limits: Sentence | None = None
    finding: Finding | None = None


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """What is said to one demand. `earlier` names points that answer it too and stand in an earlier part: the number of
    that part, from 1, and the headline."""

    title: str
    asked: str
    points: tuple[AnswerPoint, ...]
    earlier: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrecomputedFindings:
    """Findings and levers of a view that were made before; testing and attacking a claim anew takes seconds."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    levers: tuple[Recommendation, ...] = ()


NO_PRECOMPUTED_FINDINGS = PrecomputedFindings()


def build_case_parts(
    view: ClaimContext, prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS
) -> tuple[AnswerPart, ...]:
    """The parts that answer the case's own question."""
    case = view.g.case
    told = _build_points(view, prepared, [c for d in case.demands for c in d.claims])
    return _remove_repeats([(d.title, d.asks, _order_by_strength(d.claims, told)) for d in case.demands])


def build_demand_parts(
    view: ClaimContext, demands: Sequence[Demand], prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS
) -> tuple[AnswerPart, ...]:
    """The parts that answer demands, those that can be answered; in the order in which they were asked."""
    told = _build_points(view, prepared, [c for d in demands for c in d.claims])
    parts = []
    for d in demands:
        if d.why:
            continue
        own = {c: _choose_best_sentence(told[c], d, view) for c in d.claims}
        points = (
            _build_recommendation_points(prepared.levers or list_recommendations(view), d, demands)
            if d.forward
            else _order_by_strength(d.claims, own)
        )
        parts.append((_build_title(d, view.g.case), d.asked, points))
    return _remove_repeats(parts)


def _build_points(
    view: ClaimContext, prepared: PrecomputedFindings, claims: Sequence[str]
) -> Mapping[str, AnswerPoint]:
    found = choose_examples([prepared.findings.get(c) or evaluate(c, view) for c in dict.fromkeys(claims)])
    return {
        f.claim: AnswerPoint(
            f.claim, f.headline, f.short, next(iter(f.examples), None), f.enough, _join_sentences(f.sentences), f.limits, f
        )
        for f in found
    }  # fmt: skip


def _join_sentences(sentences: Sequence[Sentence]) -> Sentence:
    pieces: list[SentencePiece] = []
    for s in sentences:
        pieces += [" ", *s.pieces] if pieces else s.pieces
    return make_sentence(*pieces)


def _order_by_strength(claims: Sequence[str], told: Mapping[str, AnswerPoint]) -> tuple[AnswerPoint, ...]:
    def weigh(p: AnswerPoint) -> float:
        return rank_strength(p.finding) if p.finding else 0.0

    return tuple(sorted((told[c] for c in claims), key=weigh, reverse=True))


def _choose_best_sentence(p: AnswerPoint, d: Demand, view: ClaimContext) -> AnswerPoint:
    """The point, told by the sentence of its finding that shares most with what was asked; the short one unless another
    shares more, and then by the example that shares most with that sentence. Asked how many civilians died, the claim on trade and civilians should not speak of crossings."""
    if p.finding is None or not p.enough or d.topic:
        return p
    asked = _extract_subjects(d.asked)
    best = max((p.text, *p.finding.sentences), key=lambda s: len(asked & _extract_subjects(s.text)))
    if best is p.text or not p.finding.examples:
        return replace(p, text=best)
    events = {i: view.g.event(i) for i in p.finding.examples}
    wanted = _extract_subjects(best.text)
    example = max(events, key=lambda i: len(wanted & _extract_subjects(f"{events[i].mode} {events[i].summary}")))
    return replace(p, text=best, example=example)


def _extract_subjects(text: str) -> frozenset[str]:
    group = _load_synonyms()
    return frozenset(group.get(t.stem, t.stem) for t in select_content_words(tokenize(text)))


@cache
def _load_synonyms() -> Mapping[str, str]:
    return {stem_word(w): key for key, words in load_catalogue().alike.items() for w in words}


def _remove_repeats(parts: Sequence[tuple[str, str, tuple[AnswerPoint, ...]]]) -> tuple[AnswerPart, ...]:
    """No sentence is told twice: a claim that is told by two of its sentences is told in full nowhere, and what it cannot
    show is told with the last."""
    every = [p for _, _, points in parts for p in points]
    several = {p.key for p in every if len({q.text for q in every if q.key == p.key}) > 1}
    said: dict[Sentence, tuple[int, str]] = {}
    out = []
    for n, (title, asked, points) in enumerate(parts, 1):
        later = {p.key for _, _, more in parts[n:] for p in more}
        fresh = tuple(
            replace(p, full=p.text, limits=None if p.key in later else p.limits) if p.key in several else p
            for p in points
            if p.text not in said
        )
        out.append(AnswerPart(title, asked, fresh, tuple(said[p.text] for p in points if p.text in said)))
        said.update({p.text: (n, p.headline) for p in fresh})
    return tuple(out)


def _build_recommendation_points(
    all_levers: Sequence[Recommendation], demand: Demand, demands: Sequence[Demand]
) -> tuple[AnswerPoint, ...]:
    """The levers as points: first those that touch on what else was asked about."""
    touched = {f.id for f in demand.found if f.kind == "claim"} | {c for d in demands if not d.topic for c in d.claims}
    about = load_catalogue().way_forward.levers
    ways = sorted(all_levers, key=lambda w: about.get(w.key) not in touched)
    return tuple(
        AnswerPoint(w.key, w.title, _build_recommendation_sentence(w), None, True, _build_recommendation_sentence(w))
        for w in ways
    )


def _build_recommendation_sentence(w: Recommendation) -> Sentence:
    return make_sentence(w.proposal, " ", *w.record.pieces)


def _build_title(d: Demand, case: CaseFile) -> str:
    c = load_catalogue()
    if d.forward:
        return c.way_forward.title
    if d.topic:
        own = next(
            (x.title for x in case.demands if x.key == d.topic and x.claims == list_topic_claims(d.topic, case)), None
        )
        return own or next(t.title for t in c.topics if t.id == d.topic)
    titles = [c.claim(x).title.format(**case.names.model_dump()) for x in d.claims]
    told = "; ".join([titles[0], *(t[0].lower() + t[1:] for t in titles[1:])])
    return told[0].upper() + told[1:]
