"""What a question demands, and which claims answer it; or why nothing does.

Each clause that asks is read by the catalogue's phrases (`phrase_match.py`). A clause whose list names different things is
several demands. A clause that only points at what was said before is read with that. Where no phrase is found and meanings
can be compared (`embeddings.py`), the nearest question of the catalogue decides, if it is near enough.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from detente.cases.case_file import CaseFile
from detente.questions.case_match import CaseMatch
from detente.questions.catalogue import load_catalogue
from detente.questions.clause_object import find_pivot, has_asking_noun, is_asking_noun
from detente.questions.errors import NoDemandFound
from detente.questions.parse import Clause, Question
from detente.questions.phrase_match import (
    CatalogueMatch,
    Demand,
    list_answerable_questions,
    match_claims,
    match_phrases,
    match_way_forward,
    resolve_demand,
)
from detente.questions.tokenize import Token, select_content_words


class SemanticMatcher(Protocol):
    """What compares meanings: see `embeddings.py`."""

    def __call__(self, text: str, /) -> tuple[CatalogueMatch, ...]:
        """Entries of the catalogue that are near enough, best first; names in the text are replaced by roles."""


NOT_MEASURED_REASON = "no claim measures this"
NAMES_ONLY_REASON = "it names somebody and says no more"


SHORT_DEMAND_WORDS = 3
"""Words of a demand that, alone, say too little to be read without what was said before."""


def extract_demands(
    question: Question, subject: CaseMatch, as_of: date, nearest: SemanticMatcher | None = None
) -> tuple[Demand, ...]:
    """The demands of a question, in order.

    Args:
        question: taken apart. subject: its case, and its words marked by it. as_of: the day whose knowledge is used.
        nearest: compares meanings; None leaves it at phrases.

    Raises:
        NoDemand: it asks for nothing.
    """
    r = _QuestionContext(question, subject.words, subject.case, as_of, nearest)
    out: list[Demand] = []
    for i, clause in enumerate(question.clauses):
        if not clause.asks:
            continue
        own = r.within(clause)
        if clause.bare:
            steps = match_way_forward(own)
            stated = _find_statement(question, i)
            if stated is not None:
                out += _parse_clause_demands(r, stated, r.within(stated), (), (), out)
            if steps:
                out.append(
                    Demand(clause.text.strip(_EDGE_PUNCTUATION), clause.start, clause.end, forward=True, found=steps)
                )
        elif select_content_words(own) or match_way_forward(own):
            out += _parse_clause_demands(
                r, clause, own, _collect_preceding_words(r, i), _collect_scene_words(r, i), out
            )
        elif any(t.role for t in own):
            asked, start, end = _extract_wording(question.text, clause, own, [own])
            out.append(Demand(asked, start, end, why="unmeasured", told=NAMES_ONLY_REASON))
    if all(d.told == NAMES_ONLY_REASON for d in out):
        raise NoDemandFound(
            question.text, subject.case.id if subject.named else "", list_answerable_questions(subject.case)
        )
    return tuple(out)


@dataclass(frozen=True, slots=True)
class _QuestionContext:
    """What stays the same while a question is read."""

    question: Question
    words: tuple[Token, ...]
    case: CaseFile
    as_of: date
    nearest: SemanticMatcher | None

    def within(self, clause: Clause) -> tuple[Token, ...]:
        return tuple(t for t in self.words if clause.start <= t.start < clause.end)


def _parse_clause_demands(
    r: _QuestionContext, clause: Clause, own: tuple[Token, ...], before: tuple[Token, ...], scene: tuple[Token, ...],
    told: Sequence[Demand],
) -> list[Demand]:  # fmt: skip
    """The demands of one clause; `before` is what it may point at, `scene` what its sentence began with."""
    pieces = _split_list(r, clause, own)
    out: list[Demand] = []
    for piece in pieces:
        if select_content_words(piece) or len(pieces) == 1:
            asked = _extract_wording(r.question.text, clause, piece, pieces)
            last = next(reversed([*told, *out]), None)
            out.append(_build_demand(r, asked, piece, before, scene, last))
    return out


def _find_statement(question: Question, i: int) -> Clause | None:
    """The clause or clauses that a bare "Discuss." is about: the sentence before it."""
    earlier = [c for c in question.clauses[:i] if c.sentence < question.clauses[i].sentence or not c.asks]
    told = [c for c in earlier if c.sentence == earlier[-1].sentence] if earlier else []
    if not told or any(c.asks and not c.bare for c in told):
        return None
    return Clause(question.text[told[0].start : told[-1].end], told[0].start, told[-1].end)


def _collect_preceding_words(r: _QuestionContext, i: int) -> tuple[Token, ...]:
    """What was said before a clause: the scene if one was set, or else the last thing asked."""
    clauses = r.question.clauses
    told = [c for c in clauses[:i] if not c.asks] or list(clauses[max(i - 1, 0) : i])
    return tuple(t for c in told for t in r.within(c))


def _collect_scene_words(r: _QuestionContext, i: int) -> tuple[Token, ...]:
    """What a clause's own sentence began with, without asking: "In 1965, why ..."."""
    clauses = r.question.clauses
    return tuple(t for c in clauses[:i] if not c.asks and c.sentence == clauses[i].sentence for t in r.within(c))


# ---- Lists ---------------------------------------------------------------------------------------------------------

_EDGE_PUNCTUATION = " \"'“”‘’.;:,?!–—-"
_LIST_SEPARATOR = re.compile(
    r"\s*(?:[,;]\s*(?:(?:and|or|as well as|along with)\b)?|\b(?:and|or|as well as|along with|plus)\b|&)\s*"
)


def _split_list(r: _QuestionContext, clause: Clause, own: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The words of a clause, divided where its list names different things."""
    separators = _LIST_SEPARATOR.finditer(r.question.text, clause.start, clause.end)
    cuts = [m.span() for m in separators if not _is_between_names(own, *m.span())]
    divide = find_pivot(own)
    after = own[divide].start if divide is not None else clause.start
    parts: list[tuple[Token, ...]] = []
    begin = clause.start
    for a, b in [*cuts, (clause.end, clause.end)]:
        part = tuple(t for t in own if begin <= t.start < a)
        # Before what divides the clause, a list says only who acts; "... and the consequences for" asks anew.
        lesser = a <= after or not select_content_words(part) or (begin <= after and not has_asking_noun(part))
        if parts and (lesser or not select_content_words(parts[-1])):
            parts[-1] += part
        else:
            parts.append(part)
        begin = b
    told: list[tuple[tuple[Token, ...], object]] = []
    for part in parts:
        d = match_phrases(part, r.case, r.as_of, scene=False)
        about = (d.claims, d.why, d.forward, d.topic, d.told if d.why == "unmeasured" else "") if d else None
        if told and (about is None or about == told[-1][1] or _is_only_asking_nouns(told[-1][0])):
            told[-1] = (told[-1][0] + part, told[-1][1] if about is None else about)
        elif told and told[-1][1] is None:
            told[-1] = (told[-1][0] + part, about)
        else:
            told.append((part, about))
    return [part for part, _ in told]


def _is_only_asking_nouns(part: Sequence[Token]) -> bool:
    """ "Causes" of "causes and consequences of air strikes": a noun that asks, of something that follows."""
    held = select_content_words(part)
    return all(is_asking_noun(t) for t in held) and not match_way_forward(part)


def _is_between_names(own: Sequence[Token], a: int, b: int) -> bool:
    """Does a separator stand between two names: "Pakistan and Afghanistan"?"""
    before = max((t for t in own if t.end <= a), key=lambda t: t.end, default=None)
    following = min((t for t in own if t.start >= b), key=lambda t: t.start, default=None)
    return bool(before and following and before.role and following.role)


def _extract_wording(
    text: str, clause: Clause, piece: Sequence[Token], pieces: Sequence[Sequence[Token]]
) -> tuple[str, int, int]:
    """The words of a piece as the question has them, and where they stand."""
    start = clause.start if piece is pieces[0] else piece[0].start
    end = clause.end if piece is pieces[-1] else max((t.end for t in piece), default=clause.end)
    told = text[start:end]
    left = len(told) - len(told.lstrip(_EDGE_PUNCTUATION))
    # What a list leaves at the end of an item: "..., and (c)".
    return re.sub(r"[\s,]+(?:and|or)$", "", told.strip(_EDGE_PUNCTUATION)).strip(_EDGE_PUNCTUATION), start + left, end


# ---- One demand -----------------------------------------------------------------------------------------------------


def _build_demand(
    r: _QuestionContext, asked: tuple[str, int, int], piece: Sequence[Token], before: Sequence[Token], scene: Sequence[Token],
    last: Demand | None,
) -> Demand:  # fmt: skip
    """One demand: by its phrases, by what it points at, by its meaning, or as what the one before it asked."""
    words, start, end = asked
    sure = match_phrases(piece, r.case, r.as_of, before=scene)
    pointing = any(t.text in load_catalogue().words.pointing for t in piece)
    if before and (sure is None or (sure.topic and pointing)):
        earlier = match_claims(before, frozenset(range(len(before))))
        if earlier and (pointing or len(select_content_words(piece)) <= SHORT_DEMAND_WORDS):
            sure = resolve_demand(earlier, r.case)
    if sure is None and r.nearest is not None and (near := r.nearest(replace_names_with_roles(words, start, piece))):
        sure = resolve_demand(near, r.case)
    if sure is None and pointing and last is not None and not last.forward and last.told != NAMES_ONLY_REASON:
        sure = last  # "Has it succeeded?" asks on about what was asked before
    if sure is None:
        name = _find_unknown_name(piece)
        told = f"it asks about {name}, a name that the case does not know" if name else NOT_MEASURED_REASON
        sure = Demand("", 0, 0, why="name" if name else "unmeasured", told=told)
    return replace(sure, asked=words, start=start, end=end)


def replace_names_with_roles(words: str, start: int, piece: Sequence[Token]) -> str:
    """The words of a demand with each name replaced by what its role is called."""
    roles = load_catalogue().roles
    out, at, last = "", 0, ("", "")
    for t in piece:
        here = (t.role, t.key)
        if t.role in roles and here != last:
            out += re.sub(r"\b[Tt]he $", "", words[at : max(t.start - start, at)]) + roles[t.role]
        if t.role in roles:
            at = t.end - start
        last = here
    return out + words[at:]


def _find_unknown_name(piece: Sequence[Token]) -> str:
    """Two or more words in a row that are written as names and are nobody's that the case knows; not in a headline."""
    later = piece[1:]
    if sum(t.raw[:1].isupper() for t in later) > len(later) / 2:
        return ""
    run: list[str] = []
    for t in [*later, None]:
        if t is not None and t.raw[:1].isupper() and not t.role:
            run.append(t.raw)
        elif len(run) > 1:
            return " ".join(run)
        else:
            run = []
    return ""
