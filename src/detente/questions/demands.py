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
from detente.questions.case_match import Subject
from detente.questions.catalogue import load_catalogue
from detente.questions.clause_object import has_head, is_asking, pivot
from detente.questions.errors import NoDemandFound
from detente.questions.parse import Clause, Question
from detente.questions.phrase_match import (
    Demand,
    Found,
    answerable,
    by_phrases,
    forward,
    resolve,
    specific,
)
from detente.questions.tokenize import Token, content


class Nearest(Protocol):
    """What compares meanings: see `embeddings.py`."""

    def __call__(self, text: str, /) -> tuple[Found, ...]:
        """Entries of the catalogue that are near enough, best first; names in the text are replaced by roles."""


GENERIC = "no claim measures this"
ONLY_NAMES = "it names somebody and says no more"


FEW = 3
"""Words of a demand that, alone, say too little to be read without what was said before."""


def demands(question: Question, subject: Subject, as_of: date, nearest: Nearest | None = None) -> tuple[Demand, ...]:
    """The demands of a question, in order.

    Args:
        question: taken apart. subject: its case, and its words marked by it. as_of: the day whose knowledge is used.
        nearest: compares meanings; None leaves it at phrases.

    Raises:
        NoDemand: it asks for nothing.
    """
    r = _Reading(question, subject.words, subject.case, as_of, nearest)
    out: list[Demand] = []
    for i, clause in enumerate(question.clauses):
        if not clause.asks:
            continue
        own = r.within(clause)
        if clause.bare:
            steps = forward(own)
            stated = _statement(question, i)
            if stated is not None:
                out += _read(r, stated, r.within(stated), (), (), out)
            if steps:
                out.append(Demand(clause.text.strip(_AROUND), clause.start, clause.end, forward=True, found=steps))
        elif content(own) or forward(own):
            out += _read(r, clause, own, _before(r, i), _scene(r, i), out)
        elif any(t.role for t in own):
            asked, start, end = _said(question.text, clause, own, [own])
            out.append(Demand(asked, start, end, why="unmeasured", told=ONLY_NAMES))
    if all(d.told == ONLY_NAMES for d in out):
        raise NoDemandFound(question.text, subject.case.id if subject.named else "", answerable(subject.case))
    return tuple(out)


@dataclass(frozen=True, slots=True)
class _Reading:
    """What stays the same while a question is read."""

    question: Question
    words: tuple[Token, ...]
    case: CaseFile
    as_of: date
    nearest: Nearest | None

    def within(self, clause: Clause) -> tuple[Token, ...]:
        return tuple(t for t in self.words if clause.start <= t.start < clause.end)


def _read(
    r: _Reading, clause: Clause, own: tuple[Token, ...], before: tuple[Token, ...], scene: tuple[Token, ...],
    told: Sequence[Demand],
) -> list[Demand]:  # fmt: skip
    """The demands of one clause; `before` is what it may point at, `scene` what its sentence began with."""
    pieces = _pieces(r, clause, own)
    out: list[Demand] = []
    for piece in pieces:
        if content(piece) or len(pieces) == 1:
            asked = _said(r.question.text, clause, piece, pieces)
            last = next(reversed([*told, *out]), None)
            out.append(_demand(r, asked, piece, before, scene, last))
    return out


def _statement(question: Question, i: int) -> Clause | None:
    """The clause or clauses that a bare "Discuss." is about: the sentence before it."""
    earlier = [c for c in question.clauses[:i] if c.sentence < question.clauses[i].sentence or not c.asks]
    told = [c for c in earlier if c.sentence == earlier[-1].sentence] if earlier else []
    if not told or any(c.asks and not c.bare for c in told):
        return None
    return Clause(question.text[told[0].start : told[-1].end], told[0].start, told[-1].end)


def _before(r: _Reading, i: int) -> tuple[Token, ...]:
    """What was said before a clause: the scene if one was set, or else the last thing asked."""
    clauses = r.question.clauses
    told = [c for c in clauses[:i] if not c.asks] or list(clauses[max(i - 1, 0) : i])
    return tuple(t for c in told for t in r.within(c))


def _scene(r: _Reading, i: int) -> tuple[Token, ...]:
    """What a clause's own sentence began with, without asking: "In 1965, why ..."."""
    clauses = r.question.clauses
    return tuple(t for c in clauses[:i] if not c.asks and c.sentence == clauses[i].sentence for t in r.within(c))


# ---- Lists ---------------------------------------------------------------------------------------------------------

_AROUND = " \"'“”‘’.;:,?!–—-"
_SEPARATOR = re.compile(
    r"\s*(?:[,;]\s*(?:(?:and|or|as well as|along with)\b)?|\b(?:and|or|as well as|along with|plus)\b|&)\s*"
)


def _pieces(r: _Reading, clause: Clause, own: Sequence[Token]) -> list[tuple[Token, ...]]:
    """The words of a clause, divided where its list names different things."""
    separators = _SEPARATOR.finditer(r.question.text, clause.start, clause.end)
    cuts = [m.span() for m in separators if not _of_names(own, *m.span())]
    divide = pivot(own)
    after = own[divide].start if divide is not None else clause.start
    parts: list[tuple[Token, ...]] = []
    begin = clause.start
    for a, b in [*cuts, (clause.end, clause.end)]:
        part = tuple(t for t in own if begin <= t.start < a)
        # Before what divides the clause, a list says only who acts; "... and the consequences for" asks anew.
        lesser = a <= after or not content(part) or (begin <= after and not has_head(part))
        if parts and (lesser or not content(parts[-1])):
            parts[-1] += part
        else:
            parts.append(part)
        begin = b
    told: list[tuple[tuple[Token, ...], object]] = []
    for part in parts:
        d = by_phrases(part, r.case, r.as_of, scene=False)
        about = (d.claims, d.why, d.forward, d.topic, d.told if d.why == "unmeasured" else "") if d else None
        if told and (about is None or about == told[-1][1] or _only_asks(told[-1][0])):
            told[-1] = (told[-1][0] + part, told[-1][1] if about is None else about)
        elif told and told[-1][1] is None:
            told[-1] = (told[-1][0] + part, about)
        else:
            told.append((part, about))
    return [part for part, _ in told]


def _only_asks(part: Sequence[Token]) -> bool:
    """ "Causes" of "causes and consequences of air strikes": a noun that asks, of something that follows."""
    held = content(part)
    return all(is_asking(t) for t in held) and not forward(part)


def _of_names(own: Sequence[Token], a: int, b: int) -> bool:
    """Does a separator stand between two names: "Pakistan and Afghanistan"?"""
    before = max((t for t in own if t.end <= a), key=lambda t: t.end, default=None)
    following = min((t for t in own if t.start >= b), key=lambda t: t.start, default=None)
    return bool(before and following and before.role and following.role)


def _said(text: str, clause: Clause, piece: Sequence[Token], pieces: Sequence[Sequence[Token]]) -> tuple[str, int, int]:
    """The words of a piece as the question has them, and where they stand."""
    start = clause.start if piece is pieces[0] else piece[0].start
    end = clause.end if piece is pieces[-1] else max((t.end for t in piece), default=clause.end)
    told = text[start:end]
    left = len(told) - len(told.lstrip(_AROUND))
    # What a list leaves at the end of an item: "..., and (c)".
    return re.sub(r"[\s,]+(?:and|or)$", "", told.strip(_AROUND)).strip(_AROUND), start + left, end


# ---- One demand -----------------------------------------------------------------------------------------------------


def _demand(
    r: _Reading, asked: tuple[str, int, int], piece: Sequence[Token], before: Sequence[Token], scene: Sequence[Token],
    last: Demand | None,
) -> Demand:  # fmt: skip
    """One demand: by its phrases, by what it points at, by its meaning, or as what the one before it asked."""
    words, start, end = asked
    sure = by_phrases(piece, r.case, r.as_of, before=scene)
    pointing = any(t.text in load_catalogue().words.pointing for t in piece)
    if before and (sure is None or (sure.topic and pointing)):
        earlier = specific(before, frozenset(range(len(before))))
        if earlier and (pointing or len(content(piece)) <= FEW):
            sure = resolve(earlier, r.case)
    if sure is None and r.nearest is not None and (near := r.nearest(without_names(words, start, piece))):
        sure = resolve(near, r.case)
    if sure is None and pointing and last is not None and not last.forward and last.told != ONLY_NAMES:
        sure = last  # "Has it succeeded?" asks on about what was asked before
    if sure is None:
        name = _unknown_name(piece)
        told = f"it asks about {name}, a name that the case does not know" if name else GENERIC
        sure = Demand("", 0, 0, why="name" if name else "unmeasured", told=told)
    return replace(sure, asked=words, start=start, end=end)


def without_names(words: str, start: int, piece: Sequence[Token]) -> str:
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


def _unknown_name(piece: Sequence[Token]) -> str:
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
