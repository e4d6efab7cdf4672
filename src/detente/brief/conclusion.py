"""The conclusion: what stands of each demand, what pressure and strikes brought, and what the ways forward rest on."""

from collections.abc import Sequence

from detente.brief.document import BriefSection
from detente.claims.finding import Finding
from detente.claims.recommendations import Recommendation
from detente.claims.verdict import VerdictLabel
from detente.text.sentence import Sentence, make_sentence

_NUMBER_WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
# The question every reader of such a case asks: what did pressing and striking achieve?
PRESSURE_ESTIMATES = ("pressure_brings_concession", "pressure_rather", "strike_brings_defiance", "strike_brings_attack")


def build_conclusion(
    sections: Sequence[BriefSection], ways: Sequence[Recommendation]
) -> tuple[tuple[Sentence, ...], ...]:
    """Paragraphs: what stands of each demand, what pressure achieved, and how the levers below are to be read."""
    out = [summarise_verdicts(s.title, s.points) for s in sections]
    answer = next((p for s in sections for p in s.points if p.claim == "sovereignty"), None)
    if answer:
        told_of = {e.key: t for e, t in zip(answer.estimates, answer.tests, strict=True)}
        out.append([told_of[k] for k in PRESSURE_ESTIMATES if k in told_of])
    moved = [w for w in ways if w.effect]
    out.append(
        [
            make_sentence(
                f"{'Five' if len(ways) == 5 else 'Several'} ways forward follow. For each stands what the record holds so far"
                + (
                    ", then, apart, what an example setting assumes and what the fitted responses make follow from it; where "
                    "an interval reaches from fewer to more, the record does not say which way the lever works."
                    if moved
                    else "; what they would change cannot be estimated from so short a record."
                )
            )
        ]
    )
    return tuple(tuple(p) for p in out if p)


def summarise_verdicts(title: str, points: Sequence[Finding]) -> list[Sentence]:
    """What was tested under one heading, the strongest verdict first, each statement in its own words.

    Example:
        >>> from types import SimpleNamespace as N
        >>> def point(word: str, statement: str) -> N:
        ...     return N(verdict=N(word=word), statement=statement)
        >>> for s in summarise_verdicts("How it began", [point("leaning", "Rain fell."), point("leaning", "Wind blew.")]):
        ...     print(s.text)
        On how it began, the record settles nothing that was tested.
        It leans towards two statements, without settling them: that rain fell; and that wind blew.
    """
    by: dict[VerdictLabel, list[str]] = {}
    for p in points:
        if p.verdict:
            by.setdefault(p.verdict.word, []).append(p.statement[0].lower() + p.statement[1:].rstrip("."))
    if not by:
        return []
    n = len(by.get("leaning", ()))
    statements = (
        "one statement, without settling it"
        if n == 1
        else f"{_NUMBER_WORDS.get(n, 'several')} statements, without settling them"
    )
    says: dict[VerdictLabel, tuple[str, str]] = {
        "supported": ("supports", "that"),
        "contradicted": ("contradicts", "that"),
        "leaning": (f"leans towards {statements}:", "that"),
        "not supported": ("does not support", "that"),
        "too little data": ("holds too little to say", "whether"),
    }
    told = [f"{verb} {_join_statements(by[word], that)}" for word, (verb, that) in says.items() if word in by]
    if not by.keys() & {"supported", "contradicted"}:
        told.insert(0, "settles nothing that was tested")
    about = f"On {title[0].lower()}{title[1:]}, the record"
    return [make_sentence(f"{about if i == 0 else 'It'} {t}.") for i, t in enumerate(told)]


def _join_statements(statements: Sequence[str], that: str) -> str:
    # Statements hold commas of their own.
    *before, last = [f"{that} {s}" for s in statements]
    return "; ".join([*before, f"and {last}" if before else last])
