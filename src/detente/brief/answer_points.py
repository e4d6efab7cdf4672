"""The parts of a short answer: the points for each demand, strongest first, without repetition."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from detente.brief.first_page import order_points
from detente.cases.case_file import CaseFile
from detente.claims import evaluate
from detente.claims.context import ClaimContext
from detente.claims.finding import Finding, choose_examples
from detente.claims.recommendations import Recommendation, list_recommendations
from detente.core.date_range import format_date_range
from detente.events.event import Event
from detente.questions.catalogue import load_catalogue
from detente.questions.phrase_match import Demand, list_topic_claims
from detente.questions.tokenize import select_content_words, stem_word, tokenize
from detente.text.sentence import ConventionPiece, Sentence, SentencePiece, make_sentence


@dataclass(frozen=True, slots=True)
class AnswerPoint:
    """One point of an answer: a finding of a claim, or a recommendation.

    Fields:
        text: one plain sentence. full: further sentences, used where there is room; equal to text where there are none.
        limits: what the point cannot show, or None. example: an event's id, or None.
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
    """The answer to one demand. `earlier` lists its points given in an earlier part: part number from 1, and headline."""

    title: str
    asked: str
    points: tuple[AnswerPoint, ...]
    earlier: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PrecomputedFindings:
    """Findings and recommendations computed before for a view. Testing and checking a claim again takes seconds."""

    findings: Mapping[str, Finding] = field(default_factory=dict)
    levers: tuple[Recommendation, ...] = ()


NO_PRECOMPUTED_FINDINGS = PrecomputedFindings()


def build_case_parts(
    view: ClaimContext, prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS
) -> tuple[AnswerPart, ...]:
    """Build the parts that answer the case's own question."""
    case = view.g.case
    points = _build_points(view, prepared, [c for d in case.demands for c in d.claims])
    return _remove_repeats([(d.title, d.asks, _order_by_strength(d.claims, points)) for d in case.demands])


def build_demand_parts(
    view: ClaimContext, demands: Sequence[Demand], prepared: PrecomputedFindings = NO_PRECOMPUTED_FINDINGS
) -> tuple[AnswerPart, ...]:
    """Build the parts for those demands that can be answered, in the order in which they were asked."""
    points = _build_points(view, prepared, [c for d in demands for c in d.claims])
    parts = []
    for d in demands:
        if d.why:
            continue
        own = {c: _choose_best_sentence(points[c], d, view) for c in d.claims}
        if d.forward:
            ordered = _build_recommendation_points(prepared.levers or list_recommendations(view), d, demands)
        else:
            ordered = _order_by_strength(d.claims, own)
        parts.append((_build_title(d, view.g.case), d.asked, ordered))
    return _remove_repeats(parts)


MOST_CANDIDATES = 24
"""Well documented events among which the one with the shortest report is the example of a point."""


def _build_points(
    view: ClaimContext, prepared: PrecomputedFindings, claims: Sequence[str]
) -> Mapping[str, AnswerPoint]:
    findings = choose_examples([prepared.findings.get(c) or evaluate(c, view) for c in dict.fromkeys(claims)])
    out: dict[str, AnswerPoint] = {}
    used: set[str | None] = set()
    for f in findings:
        plain, example = _answer_sentence(f), _choose_example(view, f, used)
        used.add(example)
        out[f.claim] = AnswerPoint(
            f.claim, f.headline, plain, example, f.enough, _further_sentences(f, plain), f.limits, f
        )
    return out


def _choose_example(view: ClaimContext, f: Finding, used: Collection[str | None]) -> str | None:
    """Of the events that show what the answer says, the one with the shortest report, so that more points have room."""
    shown = f.reader.examples if f.reader else ()
    fresh = [i for i in (shown or f.examples) if i not in used][:MOST_CANDIDATES]
    countries = view.g.case.country_names
    return min(fresh, key=lambda i: len(format_short_example(view.g.event(i), countries).split()), default=None)


def format_short_example(event: Event, countries: Mapping[str, str]) -> str:
    """Format an event as an example: day, place and what is reported, up to the first semicolon.

    A disputed event keeps its whole summary, so that no account is left out.
    """
    summary = event.summary if event.disputed else event.summary.split(";")[0]
    where = event.place.format_name(countries)
    return f"{format_date_range(event.span)}, {where}: {summary.rstrip('.')}"


def _answer_sentence(f: Finding) -> Sentence:
    return f.reader.answer.sentence if f.reader else f.short


def _further_sentences(f: Finding, text: Sentence) -> Sentence:
    """The other plain sentences of a finding, joined; `text` itself where there are none."""
    others = [m.sentence for m in f.reader.sentences if m.sentence != text] if f.reader else []
    return _join_sentences(others) if others else text


def _join_sentences(sentences: Sequence[Sentence]) -> Sentence:
    pieces: list[SentencePiece] = []
    for s in sentences:
        pieces += [" ", *s.pieces] if pieces else s.pieces
    return make_sentence(*pieces)


def _order_by_strength(claims: Sequence[str], points: Mapping[str, AnswerPoint]) -> tuple[AnswerPoint, ...]:
    findings = [points[c].finding for c in claims]
    order = [c for c, _ in order_points([f for f in findings if f is not None])]
    return tuple(points[c] for c in [*order, *(c for c in claims if c not in order)])


def _choose_best_sentence(p: AnswerPoint, d: Demand, view: ClaimContext) -> AnswerPoint:
    """Return the point with the sentence and the example that share most subjects with the question.

    The short sentence is kept unless another shares more. Without this, a question on civilian deaths would be answered
    with crossings, because one claim covers trade and civilians.
    """
    if p.finding is None or not p.enough or d.topic:
        return p
    asked = _extract_subjects(d.asked)
    finding = p.finding
    told = [m.sentence for m in finding.reader.sentences] if finding.reader else []
    best = max((p.text, *told), key=lambda s: len(asked & _extract_subjects(s.text)))
    p = replace(p, full=_further_sentences(finding, best))
    if best is p.text or not finding.examples:
        return replace(p, text=best)
    events = {i: view.g.event(i) for i in finding.examples}
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
    """Give each sentence once. A claim with two different sentences never gets its full text; its limits go with the last."""
    all_points = [p for _, _, points in parts for p in points]
    with_variants = {p.key for p in all_points if len({q.text for q in all_points if q.key == p.key}) > 1}
    first_given: dict[Sentence, tuple[int, str]] = {}
    out = []
    for n, (title, asked, points) in enumerate(parts, 1):
        later = {p.key for _, _, more in parts[n:] for p in more}
        fresh = tuple(
            replace(p, full=p.text, limits=None if p.key in later else p.limits) if p.key in with_variants else p
            for p in points
            if p.text not in first_given
        )
        out.append(AnswerPart(title, asked, fresh, tuple(first_given[p.text] for p in points if p.text in first_given)))
        first_given.update({p.text: (n, p.headline) for p in fresh})
    return tuple(out)


def _build_recommendation_points(
    all_levers: Sequence[Recommendation], demand: Demand, demands: Sequence[Demand]
) -> tuple[AnswerPoint, ...]:
    """Build points from the recommendations, those related to the other demands first."""
    if not all_levers:
        none = make_sentence(
            "The case file gives no policy options, and the record is too short or too thin to simulate any change."
        )
        return (AnswerPoint("way_forward", load_catalogue().way_forward.title, none, None, True, none),)
    touched = {f.id for f in demand.found if f.kind == "claim"} | {c for d in demands if not d.topic for c in d.claims}
    about = load_catalogue().way_forward.levers
    ways = sorted(all_levers, key=lambda w: about.get(w.key) not in touched)
    return tuple(
        AnswerPoint(w.key, w.title, _build_recommendation_sentence(w), None, True, _build_recommendation_sentence(w))
        for w in ways
    )


def _build_recommendation_sentence(w: Recommendation) -> Sentence:
    origin = "a policy option, from the case's background" if w.given else "a setting of the simulator"
    parts = [s.pieces for s in (w.record, w.expectation) if s.pieces]
    return make_sentence(f"{w.title}: ", ConventionPiece(w.proposal, origin), *(x for p in parts for x in (" ", *p)))


def _build_title(d: Demand, case: CaseFile) -> str:
    c = load_catalogue()
    if d.forward:
        return c.way_forward.title
    if d.topic:
        claims = list_topic_claims(d.topic, case)
        own = next((x.title for x in case.demands if x.key == d.topic and x.claims == claims), None)
        return own or next(t.title for t in c.topics if t.id == d.topic)
    titles = [c.claim(x).title.format(**case.names.model_dump()) for x in d.claims]
    joined = "; ".join([titles[0], *(t[0].lower() + t[1:] for t in titles[1:])])
    return joined[0].upper() + joined[1:]
