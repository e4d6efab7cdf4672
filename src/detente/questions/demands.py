"""Extract the demands of a question, and the claims that answer each, or the reason why none does.

Each asking clause is matched with the catalogue's phrases (`phrase_match.py`). A clause that lists different topics gives several
demands. A clause that only refers back is read with what it refers to. If no phrase is found and embeddings are available
(`embeddings.py`), the most similar question of the catalogue decides, if it is similar enough.
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
    suggest_example,
)
from detente.questions.tokenize import Token, select_content_words


class SemanticMatcher(Protocol):
    """A function that compares meanings: see `embeddings.py`."""

    def __call__(self, text: str, /) -> tuple[CatalogueMatch, ...]:
        """Return similar entries of the catalogue, best first; names in the text are replaced by roles."""


NOT_MEASURED_REASON = "no finding of this case is about this"
NAMES_ONLY_REASON = "it names somebody and says no more"
SHORT_DEMAND_WORDS = 3
"""A demand of so few content words is read together with the text before it."""


def extract_demands(
    question: Question, subject: CaseMatch, as_of: date, nearest: SemanticMatcher | None = None
) -> tuple[Demand, ...]:
    """Return the demands of a question, in order.

    Args:
        question: as parsed. subject: its case, and its words with roles. as_of: the knowledge date.
        nearest: compares meanings; None uses phrases only.

    Raises:
        NoDemandFound: the question contains no demand.
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
                asked = clause.text.strip(_EDGE_PUNCTUATION)
                out.append(Demand(asked, clause.start, clause.end, forward=True, found=steps))
        elif select_content_words(own) or match_way_forward(own):
            before, scene = _collect_preceding_words(r, i), _collect_scene_words(r, i)
            out += _parse_clause_demands(r, clause, own, before, scene, out)
        elif any(t.role for t in own):
            asked, start, end = _extract_wording(question.text, clause, own, [own])
            out.append(Demand(asked, start, end, why="unmeasured", told=NAMES_ONLY_REASON))
    if all(d.told == NAMES_ONLY_REASON for d in out):
        case = subject.case.id if subject.named else ""
        raise NoDemandFound(question.text, case, list_answerable_questions(subject.case), suggest_example(subject.case))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class _QuestionContext:
    """The constant inputs while a question is read."""

    question: Question
    words: tuple[Token, ...]
    case: CaseFile
    as_of: date
    nearest: SemanticMatcher | None

    def within(self, clause: Clause) -> tuple[Token, ...]:
        return tuple(t for t in self.words if clause.start <= t.start < clause.end)


def _parse_clause_demands(
    r: _QuestionContext, clause: Clause, own: tuple[Token, ...], before: tuple[Token, ...], scene: tuple[Token, ...],
    demands: Sequence[Demand],
) -> list[Demand]:  # fmt: skip
    """Return the demands of one clause. `before`: text that it may refer to; `scene`: the start of its sentence."""
    pieces = _split_list(r, clause, own)
    out: list[Demand] = []
    for piece in pieces:
        if select_content_words(piece) or len(pieces) == 1:
            asked = _extract_wording(r.question.text, clause, piece, pieces)
            last = next(reversed([*demands, *out]), None)
            out.append(_build_demand(r, asked, piece, before, scene, last))
    return out


def _find_statement(question: Question, i: int) -> Clause | None:
    """Return the sentence before a bare "Discuss.", which is what it asks about."""
    earlier = [c for c in question.clauses[:i] if c.sentence < question.clauses[i].sentence or not c.asks]
    statement = [c for c in earlier if c.sentence == earlier[-1].sentence] if earlier else []
    if not statement or any(c.asks and not c.bare for c in statement):
        return None
    return Clause(question.text[statement[0].start : statement[-1].end], statement[0].start, statement[-1].end)


def _collect_preceding_words(r: _QuestionContext, i: int) -> tuple[Token, ...]:
    """Return the words before a clause: the clauses that do not ask, or else the previous clause."""
    clauses = r.question.clauses
    preceding = [c for c in clauses[:i] if not c.asks] or list(clauses[max(i - 1, 0) : i])
    return tuple(t for c in preceding for t in r.within(c))


def _collect_scene_words(r: _QuestionContext, i: int) -> tuple[Token, ...]:
    """Return the words of the same sentence before the clause that do not ask: "In 1965, why ..."."""
    clauses = r.question.clauses
    return tuple(t for c in clauses[:i] if not c.asks and c.sentence == clauses[i].sentence for t in r.within(c))


# ---- Lists ---------------------------------------------------------------------------------------------------------

_EDGE_PUNCTUATION = " \"'“”‘’.;:,?!–—-"
_LIST_SEPARATOR = re.compile(
    r"\s*(?:[,;]\s*(?:(?:and|or|as well as|along with)\b)?|\b(?:and|or|as well as|along with|plus)\b|&)\s*"
)


def _split_list(r: _QuestionContext, clause: Clause, own: Sequence[Token]) -> list[tuple[Token, ...]]:
    """Split the words of a clause where its list names different topics."""
    separators = _LIST_SEPARATOR.finditer(r.question.text, clause.start, clause.end)
    cuts = [m.span() for m in separators if not _is_between_names(own, *m.span())]
    pivot = find_pivot(own)
    after = own[pivot].start if pivot is not None else clause.start
    parts: list[tuple[Token, ...]] = []
    begin = clause.start
    for a, b in [*cuts, (clause.end, clause.end)]:
        part = tuple(t for t in own if begin <= t.start < a)
        # Before the pivot, a list names only what acts; "... and the consequences for" asks again.
        dependent = a <= after or not select_content_words(part) or (begin <= after and not has_asking_noun(part))
        if parts and (dependent or not select_content_words(parts[-1])):
            parts[-1] += part
        else:
            parts.append(part)
        begin = b
    groups: list[tuple[tuple[Token, ...], object]] = []
    for part in parts:
        d = match_phrases(part, r.case, r.as_of, scene=False)
        about = (d.claims, d.why, d.forward, d.topic, d.told if d.why == "unmeasured" else "") if d else None
        if groups and (about is None or about == groups[-1][1] or _is_only_asking_nouns(groups[-1][0])):
            groups[-1] = (groups[-1][0] + part, groups[-1][1] if about is None else about)
        elif groups and groups[-1][1] is None:
            groups[-1] = (groups[-1][0] + part, about)
        else:
            groups.append((part, about))
    return [part for part, _ in groups]


def _is_only_asking_nouns(part: Sequence[Token]) -> bool:
    """Return whether the part, such as "causes" in "causes and consequences of strikes", only asks about what follows."""
    return all(is_asking_noun(t) for t in select_content_words(part)) and not match_way_forward(part)


def _is_between_names(own: Sequence[Token], a: int, b: int) -> bool:
    """Return whether a separator stands between two names: "Pakistan and Afghanistan"."""
    before = max((t for t in own if t.end <= a), key=lambda t: t.end, default=None)
    following = min((t for t in own if t.start >= b), key=lambda t: t.start, default=None)
    return bool(before and following and before.role and following.role)


def _extract_wording(
    text: str, clause: Clause, piece: Sequence[Token], pieces: Sequence[Sequence[Token]]
) -> tuple[str, int, int]:
    """Return the words of a piece as the question writes them, and their start and end."""
    start = clause.start if piece is pieces[0] else piece[0].start
    end = clause.end if piece is pieces[-1] else max((t.end for t in piece), default=clause.end)
    wording = text[start:end]
    left = len(wording) - len(wording.lstrip(_EDGE_PUNCTUATION))
    # Remove what a list leaves at the end of an item: "..., and (c)".
    return (
        re.sub(r"[\s,]+(?:and|or)$", "", wording.strip(_EDGE_PUNCTUATION)).strip(_EDGE_PUNCTUATION),
        start + left,
        end,
    )


# A question for a person, a day, a place or a number is not answered by a claim that resembles it.
FACT_QUESTION = re.compile(r"(?:who|whom|whose|when|where|which|how (?:many|much|long|often|far|old))\b", re.IGNORECASE)

# ---- One demand -----------------------------------------------------------------------------------------------------


def _build_demand(
    r: _QuestionContext, asked: tuple[str, int, int], piece: Sequence[Token], before: Sequence[Token], scene: Sequence[Token],
    last: Demand | None,
) -> Demand:  # fmt: skip
    """Build one demand from its phrases, from what it refers to, from its meaning, or from the demand before it."""
    words, start, end = asked
    demand = match_phrases(piece, r.case, r.as_of, before=scene)
    pointing = any(t.text in load_catalogue().words.pointing for t in piece)
    if before and (demand is None or (demand.topic and pointing)):
        earlier = match_claims(before, frozenset(range(len(before))))
        if earlier and (pointing or len(select_content_words(piece)) <= SHORT_DEMAND_WORDS):
            demand = resolve_demand(earlier, r.case)
    nearest = None if FACT_QUESTION.match(words.strip()) else r.nearest
    if demand is None and nearest is not None and (near := nearest(replace_names_with_roles(words, start, piece))):
        demand = resolve_demand(near, r.case)
    if demand is None and pointing and last is not None and not last.forward and last.told != NAMES_ONLY_REASON:
        demand = last  # "Has it succeeded?" asks about the same topic as the demand before
    if demand is None:
        name = _find_unknown_name(piece)
        reason = f"it asks about {name}, a name that the case does not know" if name else NOT_MEASURED_REASON
        demand = Demand("", 0, 0, why="name" if name else "unmeasured", told=reason)
    return replace(demand, asked=words, start=start, end=end)


def replace_names_with_roles(words: str, start: int, piece: Sequence[Token]) -> str:
    """Replace each name in the words of a demand by the name of its role."""
    roles = load_catalogue().roles
    out, at, last = "", 0, ("", "")
    for t in piece:
        current = (t.role, t.key)
        if t.role in roles and current != last:
            out += re.sub(r"\b[Tt]he $", "", words[at : max(t.start - start, at)]) + roles[t.role]
        if t.role in roles:
            at = t.end - start
        last = current
    return out + words[at:]


def _find_unknown_name(piece: Sequence[Token]) -> str:
    """Return two or more capitalised words in a row that name nobody in the case; empty for text in title case."""
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
