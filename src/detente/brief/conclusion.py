"""The conclusion: verdicts for each demand, the effect of pressure and strikes, and the basis of the recommendations."""

from collections.abc import Sequence

from detente.brief.document import BriefSection
from detente.claims.finding import Finding
from detente.claims.recommendations import Recommendation
from detente.claims.verdict import VerdictLabel
from detente.text.sentence import Sentence, make_sentence

_NUMBER_WORDS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 7: "seven", 8: "eight", 9: "nine"}
# Readers of such a case ask above all what pressure and strikes achieved.
PRESSURE_ESTIMATES = ("pressure_brings_concession", "pressure_rather", "strike_brings_defiance", "strike_brings_attack")


def build_conclusion(
    sections: Sequence[BriefSection], ways: Sequence[Recommendation]
) -> tuple[tuple[Sentence, ...], ...]:
    """Build the paragraphs: verdicts for each demand, the effect of pressure, and how to read the recommendations."""
    out = [summarise_verdicts(s.title, s.points) for s in sections]
    sovereignty = next((p for s in sections for p in s.points if p.claim == "sovereignty"), None)
    if sovereignty:
        tests = {e.key: t for e, t in zip(sovereignty.estimates, sovereignty.tests, strict=True)}
        out.append([tests[k] for k in PRESSURE_ESTIMATES if k in tests])
    effect = (
        ", then, apart, what an example setting assumes and what the fitted responses make follow from it; where "
        "an interval reaches from fewer to more, the record does not say which way the lever works."
        if any(w.effect for w in ways)
        else "; what they would change cannot be estimated from so short a record."
    )
    number = "Five" if len(ways) == 5 else "Several"
    out.append([make_sentence(f"{number} ways forward follow. For each stands what the record holds so far{effect}")])
    return tuple(tuple(p) for p in out if p)


def summarise_verdicts(title: str, points: Sequence[Finding]) -> list[Sentence]:
    """Summarise the verdicts under one heading, the strongest first, each statement in its own words.

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
    plural, it = ("", "it") if n == 1 else ("s", "them")
    statements = f"{_NUMBER_WORDS.get(n, 'several')} statement{plural}, without settling {it}"
    says: dict[VerdictLabel, tuple[str, str]] = {
        "supported": ("supports", "that"),
        "contradicted": ("contradicts", "that"),
        "leaning": (f"leans towards {statements}:", "that"),
        "not supported": ("does not support", "that"),
        "too little data": ("holds too little to say", "whether"),
        "not applicable": ("comes from sources that do not record what is needed to say", "whether"),
    }
    clauses = [f"{verb} {_join_statements(by[word], that)}" for word, (verb, that) in says.items() if word in by]
    if not by.keys() & {"supported", "contradicted"}:
        clauses.insert(0, "settles nothing that was tested")
    about = f"On {title[0].lower()}{title[1:]}, the record"
    return [make_sentence(f"{about if i == 0 else 'It'} {t}.") for i, t in enumerate(clauses)]


def _join_statements(statements: Sequence[str], that: str) -> str:
    # Semicolons, because the statements contain commas.
    *before, last = [f"{that} {s}" for s in statements]
    return "; ".join([*before, f"and {last}" if before else last])
