"""Match the catalogue's phrases with a part of a question: unanswerable questions, recommendations, claims, broad topics.

Phrases are searched first in the object of the clause, then in the rest. A broad topic counts only if nothing narrower matches.

    score = 0.5, 0.7, 0.85, 0.95 for a phrase of one, two, three, four words or more; a claim's score is its best phrase's.
    Claims match if they score at least MIN_PHRASE_SCORE and come within PHRASE_SCORE_MARGIN of the best.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from detente.cases.case_file import CaseFile
from detente.questions.catalogue import load_catalogue
from detente.questions.clause_object import find_object_positions
from detente.questions.tokenize import Token, find_phrase, parse_phrase

SCORE_BY_PHRASE_LENGTH = (0.5, 0.7, 0.85, 0.95)
MIN_PHRASE_SCORE = 0.5
PHRASE_SCORE_MARGIN = 0.1
WAY_FORWARD_ID = "way_forward"
EXAMPLES = (
    "spillover", "third_parties", "safe_haven", "trust", "linkage", "coordination", "sovereignty", "civilian_harm", "threat_perception",
)  # fmt: skip
EXAMPLES_OF_FIGHTING = ("safe_haven", *(c for c in EXAMPLES if c != "safe_haven"))
"""Claims in the order in which examples of questions take them."""
MatchKind = Literal["claim", "topic", "unmeasured", "forward", "refusal"]


@dataclass(frozen=True, slots=True)
class CatalogueMatch:
    """A match of a catalogue entry with a demand.

    `score` is 0 to 1; `by` is `alias` for a phrase and `meaning` for the most similar question. `words` are the matching words of
    the question, and `at` are their start positions.
    """

    kind: MatchKind
    id: str
    score: float
    by: Literal["alias", "meaning"]
    phrase: str
    words: str
    at: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Demand:
    """One demand of a question.

    Fields:
        asked: its words. start, end: their position in the question.
        claims: ids of the claims that answer it, in the case's order; empty if none does.
        forward: it asks for recommendations. topic: the broad topic that it matched, if any.
        why: the reason why it cannot be answered (`forecast`, `opinion`, `person`, `place`, `time`, `name`, `unmeasured`,
            `unexamined`), or empty. told: that reason in words. found: the matches, best first.
        missing: ids of claims that it asks for and the case does not examine.
    """

    asked: str
    start: int
    end: int
    claims: tuple[str, ...] = ()
    forward: bool = False
    topic: str = ""
    why: str = ""
    told: str = ""
    found: tuple[CatalogueMatch, ...] = ()
    missing: tuple[str, ...] = ()


def match_phrases(
    piece: Sequence[Token], case: CaseFile, as_of: date, *, scene: bool = True, before: Sequence[Token] = ()
) -> Demand | None:
    """Build a demand from the phrases in a piece of a question, or None if no phrase matches.

    `scene`: treat "the clashes" as asking about relations if nothing else matches. `before`: earlier words of the same sentence,
    because "In 1965, why ..." is about 1965.
    """
    refused = _match_refusal(piece, case, as_of, before)
    if refused:
        return refused
    steps = match_way_forward(piece)
    if steps:
        # The other topics that it names decide the order of the recommendations.
        return Demand("", 0, 0, forward=True, found=(*steps, *match_claims(piece, frozenset(range(len(piece))))))
    asked_about = find_object_positions(piece)
    rest = frozenset(range(len(piece))) - asked_about
    for places in (asked_about, rest):
        if matches := match_claims(piece, places):
            return resolve_demand(matches, case, each=places is rest)
    broad = match_topics(piece) or (_match_scene(piece) if scene else ())
    return resolve_demand(broad, case) if broad else None


def _match_refusal(piece: Sequence[Token], case: CaseFile, as_of: date, before: Sequence[Token]) -> Demand | None:
    refusals = load_catalogue().refusals
    for refusal in refusals:
        for text in refusal.phrases:
            wanted, first = parse_phrase(text)
            words = _strip_polite_words(piece) if first else piece
            at = find_phrase(words, wanted, slack=2, ordered=True, first=first)
            if at:
                match = CatalogueMatch("refusal", refusal.id, 1.0, "alias", text, _quote_words(words, at))
                return Demand("", 0, 0, why=refusal.id, told=refusal.says, found=(match,))
    years = [int(t.text) for t in (*before, *piece) if re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", t.text)]
    if years and max(years) < case.first.year:
        return Demand("", 0, 0, why="time", told=f"the case begins on {case.first.day} {case.first:%B %Y}")
    if years and min(years) > as_of.year:
        return Demand("", 0, 0, why="forecast", told=next(r.says for r in refusals if r.id == "forecast"))
    return None


def _strip_polite_words(piece: Sequence[Token]) -> Sequence[Token]:
    """Return the words after polite openings such as "please"."""
    polite = [p.split() for p in load_catalogue().words.polite]
    words, i = [t.text for t in piece], 0
    while any(words[i : i + len(p)] == p for p in polite):
        i += max(len(p) for p in polite if words[i : i + len(p)] == p)
    return piece[i:]


def match_way_forward(piece: Sequence[Token]) -> tuple[CatalogueMatch, ...]:
    """Return the first phrase that asks for recommendations, or nothing."""
    for text in load_catalogue().way_forward.phrases:
        wanted, first = parse_phrase(text)
        words = _strip_polite_words(piece) if first else piece
        at = find_phrase(words, wanted, slack=4, first=first)
        if at:
            quote = _quote_words(words, at)
            return (CatalogueMatch("forward", WAY_FORWARD_ID, _score_phrase(wanted), "alias", text, quote),)
    return ()


def _score_phrase(wanted: Sequence[object]) -> float:
    return SCORE_BY_PHRASE_LENGTH[min(len(wanted), len(SCORE_BY_PHRASE_LENGTH)) - 1]


def _quote_words(words: Sequence[Token], at: Iterable[int]) -> str:
    """Return the words at some positions as written; of a name, all words."""
    named = {(words[i].role, words[i].key) for i in at if words[i].role}
    quoted = [t for i, t in enumerate(words) if i in set(at) or (t.role, t.key) in named]
    return " ".join({t.start: t.raw for t in quoted}.values())


def _find_best_phrase(
    piece: Sequence[Token], phrases: Iterable[str], kind: MatchKind, key: str, places: frozenset[int]
) -> CatalogueMatch | None:
    best: CatalogueMatch | None = None
    for text in phrases:
        wanted, _ = parse_phrase(text)
        score = _score_phrase(wanted)
        if best and score <= best.score:
            continue
        at = find_phrase(piece, wanted)
        if at and places & set(at):
            quote, starts = _quote_words(piece, at), tuple(piece[i].start for i in at)
            best = CatalogueMatch(kind, key, score, "alias", text, quote, starts)
    return best


def match_claims(piece: Sequence[Token], places: frozenset[int]) -> tuple[CatalogueMatch, ...]:
    """Return matches of claims and of unmeasured topics at some positions of a piece, best first."""
    c = load_catalogue()
    hits = [_find_best_phrase(piece, e.phrases, "claim", e.id, places) for e in c.claims]
    hits += [_find_best_phrase(piece, u.phrases, "unmeasured", u.says, places) for u in c.unmeasured]
    accepted = [h for h in hits if h and h.score >= MIN_PHRASE_SCORE]
    return tuple(sorted(accepted, key=lambda h: (-h.score, h.kind != "unmeasured")))


def match_topics(piece: Sequence[Token]) -> tuple[CatalogueMatch, ...]:
    """Return matches of broad topics, best first: in the object of the clause, or else anywhere."""
    for places in (find_object_positions(piece), frozenset(range(len(piece)))):
        hits = [_find_best_phrase(piece, t.phrases, "topic", t.id, places) for t in load_catalogue().topics]
        if any(hits):
            return tuple(sorted((h for h in hits if h), key=lambda h: -h.score))
    return ()


def _match_scene(piece: Sequence[Token]) -> tuple[CatalogueMatch, ...]:
    anywhere = frozenset(range(len(piece)))
    hits = [_find_best_phrase(piece, t.scene, "topic", t.id, anywhere) for t in load_catalogue().topics]
    return tuple(h for h in hits if h)


def resolve_demand(hits: Sequence[CatalogueMatch], case: CaseFile, *, each: bool = False) -> Demand:
    """Build a demand from matches, best first. The best match decides its kind.

    `each` also accepts every claim matched by words of its own, because where several things act on one ("mistrust, closures and
    strikes strain relations") the question asks about all of them.
    """
    best = hits[0]
    if best.kind == "unmeasured":
        return Demand("", 0, 0, why="unmeasured", told=f"no finding of this case is about {best.id}", found=tuple(hits))
    if best.kind == "forward":
        return Demand("", 0, 0, forward=True, found=tuple(hits))
    if best.kind == "topic":
        # A question on cooperation often mentions relations too. The narrower topic decides.
        topic = next((h for h in hits if h.id != "relations" and h.score >= best.score - PHRASE_SCORE_MARGIN), best)
        own = list_topic_claims(topic.id, case)
        if not own:
            return _refuse_unexamined([_topic_title(topic.id)], hits)
        return Demand("", 0, 0, own, topic=topic.id, found=tuple(hits))
    claims: set[str] = set()
    used: set[int] = set()
    for h in hits:
        if h.kind == "claim" and (h.score >= best.score - PHRASE_SCORE_MARGIN or (each and used.isdisjoint(h.at))):
            claims.add(h.id)
            used.update(h.at)
    examined = tuple(c for c in list_case_claims(case) if c in claims)
    missing = tuple(e.id for e in load_catalogue().claims if e.id in claims and e.id not in examined)
    if missing and not examined:
        return replace(_refuse_unexamined([name_claim(c, case) for c in missing], hits), missing=missing)
    return Demand("", 0, 0, examined, found=tuple(hits), missing=missing)


def _refuse_unexamined(names: Sequence[str], hits: Sequence[CatalogueMatch]) -> Demand:
    return Demand("", 0, 0, why="unexamined", told=f"this case does not examine {'; '.join(names)}", found=tuple(hits))


def list_topic_claims(topic: str, case: CaseFile) -> tuple[str, ...]:
    """List the claims that answer a broad topic: those of the case's demand of that key, or else its own of the catalogue's."""
    own = next((d.claims for d in case.demands if d.key == topic), None)
    examined = list_case_claims(case)
    return own or tuple(c for t in load_catalogue().topics if t.id == topic for c in t.claims if c in examined)


def list_case_claims(case: CaseFile) -> tuple[str, ...]:
    """List the claims that a case examines, in the order of its demands."""
    return tuple(dict.fromkeys(c for d in case.demands for c in d.claims))


def list_answerable_questions(case: CaseFile) -> list[str]:
    """List what a case can be asked about: the headings of its claims, with the case's names."""
    examined = list_case_claims(case)
    return [name_claim(e.id, case) for e in load_catalogue().claims if e.id in examined]


def name_claim(claim: str, case: CaseFile) -> str:
    """Return the heading of a claim as within a sentence, with the case's names."""
    return _lower_first(load_catalogue().claim(claim).title.format(**case.names.model_dump()))


def _topic_title(topic: str) -> str:
    return _lower_first(next(t.title for t in load_catalogue().topics if t.id == topic))


def _lower_first(title: str) -> str:
    return title[0].lower() + title[1:]


def suggest_example(case: CaseFile) -> str:
    """Return a question that a case can answer, of two of its claims; empty if it examines none.

    Releases of events hold fighting and little else, so a case without a chronology is asked about attacks and strikes.
    """
    order = EXAMPLES if case.chronology else EXAMPLES_OF_FIGHTING
    examined = list_case_claims(case)
    chosen = [c for c in order if c in examined][: 2 if case.chronology else 1]
    text = ", and ".join(load_catalogue().claim(c).example.format(**case.names.model_dump()) for c in chosen)
    return f"{text[0].upper()}{text[1:]}?" if text else ""
