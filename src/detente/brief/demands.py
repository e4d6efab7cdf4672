"""What a question demands, and which claims answer it; or why nothing does.

A clause is divided at the word that says what acts on what: in "how do strikes affect trade" what is asked about is trade.
Phrases of the catalogue are looked for there first, then in what acts, then in what was said before where the clause only
points at it. A clause whose list names different things is several demands. Where no phrase is found and meanings can be
compared (`meaning.py`), the nearest question of the catalogue decides, if it is near enough.

    score = 0.5, 0.7, 0.85, 0.95 for a phrase of one, two, three, four words or more; a claim's score is its best phrase's.
    Taken are the claims that score at least THRESHOLD and come within MARGIN of the best.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, Protocol

from detente.brief.question import Clause, Question
from detente.brief.subject import Subject
from detente.brief.tokens import Token, content, found, phrase, stem
from detente.case.case import Case
from detente.claims.catalogue import catalogue
from detente.ground.errors import NoDemand

WORTH = (0.5, 0.7, 0.85, 0.95)
THRESHOLD = 0.5
MARGIN = 0.1
WAY_FORWARD = "way_forward"
Kind = Literal["claim", "topic", "unmeasured", "forward", "refusal"]
GENERIC = "no claim measures this"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found in a demand: what, how surely, by which phrase, and in which words.

    `score` is 0 to 1; `by` is `alias` for a phrase that stands there and `meaning` for a nearest question.
    """

    kind: Kind
    id: str
    score: float
    by: Literal["alias", "meaning"]
    phrase: str
    words: str


@dataclass(frozen=True, slots=True)
class Demand:
    """One thing that a question asks for.

    Fields:
        asked: its words. start, end: where they stand in the question.
        claims: ids of the claims that answer it, in the case's order; empty if none does.
        forward: it asks what should be done. topic: the broad demand that it was taken for, if any.
        why: the reason for which it cannot be answered (`forecast`, `opinion`, `person`, `place`, `time`, `unmeasured`),
            or empty. told: that reason in words. found: what was found, best first.
    """

    asked: str
    start: int
    end: int
    claims: tuple[str, ...] = ()
    forward: bool = False
    topic: str = ""
    why: str = ""
    told: str = ""
    found: tuple[Found, ...] = ()


class Nearest(Protocol):
    """What compares meanings: see `meaning.py`."""

    def __call__(self, text: str) -> tuple[Found, ...]:
        """Entries of the catalogue that are near enough, best first; names in the text are replaced by roles."""


def demands(question: Question, subject: Subject, as_of: date, nearest: Nearest | None = None) -> tuple[Demand, ...]:
    """The demands of a question, in order.

    Args:
        question: taken apart. subject: its case, and its words marked by it. as_of: the day whose knowledge is used.
        nearest: compares meanings; None leaves it at phrases.

    Raises:
        NoDemand: it asks for nothing.
    """
    out: list[Demand] = []
    for i, clause in enumerate(question.clauses):
        if not clause.asks:
            continue
        if clause.bare:
            stated = _statement(question, i)
            if stated is None:
                continue
            own, before = _within(subject.words, stated), ()
            pieces = [own]
            clause = stated
        else:
            own = _within(subject.words, clause)
            before = _before(question, i, subject.words)
            if not content(own) and not _forward(own):
                continue
            pieces = _pieces(question.text, clause, own, subject.case, as_of)
        for piece in pieces:
            if content(piece) or len(pieces) == 1:
                asked = _said(question.text, clause, piece, pieces)
                out.append(_demand(asked, piece, before, subject.case, as_of, nearest))
    if not out:
        raise NoDemand(question.text, subject.case.id if subject.named else "", [c.says for c in catalogue().claims])
    return tuple(out)


def _within(words: Sequence[Token], clause: Clause) -> tuple[Token, ...]:
    return tuple(t for t in words if clause.start <= t.start < clause.end)


def _statement(question: Question, i: int) -> Clause | None:
    """The clause or clauses that a bare "Discuss." is about: the sentence before it."""
    earlier = [c for c in question.clauses[:i] if c.sentence < question.clauses[i].sentence or not c.asks]
    told = [c for c in earlier if c.sentence == earlier[-1].sentence] if earlier else []
    if not told or any(c.asks and not c.bare for c in told):
        return None
    return Clause(question.text[told[0].start : told[-1].end], told[0].start, told[-1].end)


def _before(question: Question, i: int, words: Sequence[Token]) -> tuple[Token, ...]:
    """What was said before a clause: the scene if one was set, or else the last thing asked."""
    scene = [c for c in question.clauses[:i] if not c.asks]
    told = scene or list(question.clauses[max(i - 1, 0) : i])
    return tuple(t for c in told for t in _within(words, c))


# ---- Lists ---------------------------------------------------------------------------------------------------------

_AROUND = " \"'“”‘’.;:,"
_SEPARATOR = re.compile(r"\s*(?:[,;]\s*(?:(?:and|or|as well as|along with)\b)?|\b(?:and|or|as well as|along with|plus)\b|&)\s*")


def _pieces(text: str, clause: Clause, own: Sequence[Token], case: Case, as_of: date) -> list[tuple[Token, ...]]:
    """The words of a clause, divided where its list names different things."""
    cuts = [m.span() for m in _SEPARATOR.finditer(text, clause.start, clause.end) if not _of_names(own, *m.span())]
    pivot = _pivot(own)
    after = own[pivot].start if pivot is not None else clause.start
    parts: list[tuple[Token, ...]] = []
    begin = clause.start
    for a, b in [*cuts, (clause.end, clause.end)]:
        part = tuple(t for t in own if begin <= t.start < a)
        if parts and (a <= after or not content(part) or not (parts and content(parts[-1]))):
            parts[-1] += part
        elif parts and begin <= after and not _has_head(part):
            parts[-1] += part
        else:
            parts.append(part)
        begin = b
    told: list[tuple[tuple[Token, ...], object]] = []
    for part in parts:
        d = _aliases(part, case, as_of)
        about = (d.claims, d.why, d.forward, d.topic, d.told if d.why == "unmeasured" else "") if d else None
        if told and (about is None or about == told[-1][1]):
            told[-1] = (told[-1][0] + part, told[-1][1])
        elif told and told[-1][1] is None:
            told[-1] = (told[-1][0] + part, about)
        else:
            told.append((part, about))
    return [part for part, _ in told]


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
    return told.strip(_AROUND), start + left, end


@cache
def _pivots() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    w = catalogue().words
    return frozenset(map(stem, w.pivots)), frozenset(map(stem, w.pivot_nouns)), frozenset(map(stem, w.asking_nouns))


def _has_head(part: Sequence[Token]) -> bool:
    _, nouns, heads = _pivots()
    return any(t.stem in nouns or t.stem in heads for t in part[:4])


def _is_noun(own: Sequence[Token], i: int) -> bool:
    before = own[i - 1].text if i else ""
    following = own[i + 1].text if i + 1 < len(own) else ""
    return before in ("the", "a", "an", "its", "their", "any", "and") or following in ("of", "on", "upon", "for")


def _pivot(own: Sequence[Token]) -> int | None:
    """The word after which stands what is acted on, or None."""
    verbs, nouns, _ = _pivots()
    for i, t in enumerate(own):
        if t.role:
            continue
        if t.stem in nouns and _is_noun(own, i):
            on = next((j for j in range(i + 1, len(own)) if own[j].text in ("on", "upon", "for")), None)
            return on if on is not None else i
        if t.stem in verbs and not (_is_noun(own, i) and t.text not in ("meant", "mean", "happen", "happens", "happened")) and i:
            return i
    return None


def _object(own: Sequence[Token]) -> frozenset[int]:
    """Positions of the words that say what is asked about; all of them where nothing divides the clause."""
    every = frozenset(range(len(own)))
    i = _pivot(own)
    if i is None:
        return every
    passive = any(t.text == "by" for t in own[i + 1 : i + 4]) and any(t.text in ("is", "are", "was", "were", "been", "be", "being") for t in own[max(i - 6, 0) : i])
    told = own[:i] if passive else own[i + 1 :]
    if not content(told) and not any(t.role for t in told):
        return every
    return frozenset(range(i)) if passive else frozenset(range(i + 1, len(own)))


# ---- One demand -----------------------------------------------------------------------------------------------------

def _demand(asked: tuple[str, int, int], piece: Sequence[Token], before: Sequence[Token], case: Case, as_of: date, nearest: Nearest | None) -> Demand:
    words, start, end = asked
    sure = _aliases(piece, case, as_of)
    pointing = any(t.text in catalogue().words.pointing for t in piece)
    broad = sure is not None and bool(sure.topic)
    if before and (sure is None or (broad and pointing)):
        earlier = _specific(before, frozenset(range(len(before))))
        if earlier and (pointing or len(content(piece)) <= 3):
            sure = _resolve(earlier, case)
    if sure is None and nearest is not None and (near := nearest(_without_names(words, start, piece))):
        sure = _resolve(near, case)
    if sure is None and before and pointing and (topics := _topics(before)):
        sure = _resolve(topics, case)
    if sure is None:
        name = _unknown_name(piece)
        told = f"it asks about {name}, a name that the case does not know" if name else GENERIC
        sure = Demand("", 0, 0, why="person" if name else "unmeasured", told=told)
    return Demand(words, start, end, sure.claims, sure.forward, sure.topic, sure.why, sure.told, sure.found)


def _without_names(words: str, start: int, piece: Sequence[Token]) -> str:
    """The words of a demand with each name replaced by what its role is called."""
    roles = catalogue().roles
    out, at, last = "", 0, ("", "")
    for t in piece:
        here = (t.role, t.key)
        if t.role in roles and here != last:
            out += re.sub(r"\b[Tt]he $", "", words[at : max(t.start - start, at)]) + roles[t.role]
        if t.role in roles:
            at = t.end - start
        last = here
    return out + words[at:]


def _aliases(piece: Sequence[Token], case: Case, as_of: date) -> Demand | None:
    """What phrases alone make of a piece, or None where they find nothing."""
    refused = _refused(piece, case, as_of)
    if refused:
        return refused
    forward = _forward(piece)
    if forward:
        return Demand("", 0, 0, forward=True, found=forward)
    asked_about = _object(piece)
    rest = frozenset(range(len(piece))) - asked_about
    for places in (asked_about, rest):
        told = _specific(piece, places)
        if told:
            return _resolve(told, case)
    topics = _topics(piece)
    return _resolve(topics, case) if topics else None


def _refused(piece: Sequence[Token], case: Case, as_of: date) -> Demand | None:
    for refusal in catalogue().refusals:
        for text in refusal.phrases:
            wanted, first = phrase(text)
            at = found(_begun(piece) if first else piece, wanted, slack=2, ordered=True, first=first)
            if at:
                hit = Found("refusal", refusal.id, 1.0, "alias", text, _quoted(_begun(piece) if first else piece, at))
                return Demand("", 0, 0, why=refusal.id, told=refusal.says, found=(hit,))
    years = [int(t.text) for t in piece if re.fullmatch(r"1[0-9]{3}|20[0-9]{2}", t.text)]
    if years and max(years) < case.first.year:
        told = f"the case begins on {case.first.day} {case.first:%B %Y}"
        return Demand("", 0, 0, why="time", told=told)
    if years and min(years) > as_of.year:
        return Demand("", 0, 0, why="forecast", told=next(r.says for r in catalogue().refusals if r.id == "forecast"))
    return None


def _begun(piece: Sequence[Token]) -> Sequence[Token]:
    """The words from where the demand begins, past what is only polite."""
    polite = {w for p in catalogue().words.polite for w in p.split()}
    i = 0
    while i < len(piece) and piece[i].text in polite and piece[i].text not in ("critically",):
        i += 1
    return piece[i:]


def _forward(piece: Sequence[Token]) -> tuple[Found, ...]:
    for text in catalogue().way_forward.phrases:
        wanted, first = phrase(text)
        words = _begun(piece) if first else piece
        at = found(words, wanted, slack=4, first=first)
        if at:
            return (Found("forward", WAY_FORWARD, _worth(wanted), "alias", text, _quoted(words, at)),)
    return ()


def _worth(wanted: Sequence[object]) -> float:
    return WORTH[min(len(wanted), len(WORTH)) - 1]


def _quoted(words: Sequence[Token], at: Iterable[int]) -> str:
    return " ".join({words[i].start: words[i].raw for i in sorted(at)}.values())


def _best(piece: Sequence[Token], phrases: Iterable[str], kind: Kind, key: str, places: frozenset[int]) -> Found | None:
    best: Found | None = None
    for text in phrases:
        wanted, _ = phrase(text)
        if best and _worth(wanted) <= best.score:
            continue
        at = found(piece, wanted)
        if at and places & set(at):
            best = Found(kind, key, _worth(wanted), "alias", text, _quoted(piece, at))
    return best


def _specific(piece: Sequence[Token], places: frozenset[int]) -> tuple[Found, ...]:
    """Claims, and what none of them measures, that phrases find in some places of a piece; best first."""
    c = catalogue()
    hits = [_best(piece, e.phrases, "claim", e.id, places) for e in c.claims]
    hits += [_best(piece, u.phrases, "unmeasured", u.says, places) for u in c.unmeasured]
    told = [h for h in hits if h and h.score >= THRESHOLD]
    return tuple(sorted(told, key=lambda h: (-h.score, h.kind != "unmeasured")))


def _topics(piece: Sequence[Token]) -> tuple[Found, ...]:
    every = frozenset(range(len(piece)))
    asked_about = _object(piece)
    for places in (asked_about, every):
        hits = [_best(piece, t.phrases, "topic", t.id, places) for t in catalogue().topics]
        told = [h for h in hits if h]
        if told:
            return tuple(sorted(told, key=lambda h: -h.score))
    return ()


def _resolve(hits: Sequence[Found], case: Case) -> Demand:
    """What found things make of a demand: the best decides its kind."""
    best = hits[0]
    if best.kind == "unmeasured":
        return Demand("", 0, 0, why="unmeasured", told=f"no claim measures {best.id}", found=tuple(hits))
    if best.kind == "forward":
        return Demand("", 0, 0, forward=True, found=tuple(hits))
    if best.kind == "topic":
        # A demand for cooperation speaks of terrorism, and often of relations too; the narrower word decides.
        topic = next((h for h in hits if h.id != "relations" and h.score >= best.score - MARGIN), best)
        return Demand("", 0, 0, claims_of(topic.id, case), topic=topic.id, found=tuple(hits))
    taken = {h.id for h in hits if h.kind == "claim" and h.score >= best.score - MARGIN}
    return Demand("", 0, 0, tuple(c for c in _order(case) if c in taken), found=tuple(hits))


def claims_of(topic: str, case: Case) -> tuple[str, ...]:
    """The claims that answer a broad demand: those of the case's demand of that key, or else the catalogue's."""
    own = next((d.claims for d in case.demands if d.key == topic), None)
    return own or next(t.claims for t in catalogue().topics if t.id == topic)


def _order(case: Case) -> tuple[str, ...]:
    named = [c for d in case.demands for c in d.claims]
    return tuple(dict.fromkeys([*named, *(e.id for e in catalogue().claims)]))


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
