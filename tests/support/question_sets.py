"""Questions with what each asks for, and how well the program tells it: used by tests and by a study.

Of each question are judged the case, and every demand: an expected demand is compared with the found one whose words
overlap it most. A demand is right when everything that must be found is, and nothing but that and what may be; or, where
it cannot be answered, when it is refused for one of the reasons that fit.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from detente.cases.case_file import CaseFile, load_case_file
from detente.questions.case_match import match_case
from detente.questions.demands import SemanticMatcher, extract_demands
from detente.questions.errors import AmbiguousConflict, NoDemandFound, UnknownConflict
from detente.questions.parse import parse_question
from detente.questions.phrase_match import WAY_FORWARD_ID, Demand, list_topic_claims

QUESTIONS_FOLDER = Path(__file__).parents[1] / "questions"
AS_OF = date(2026, 6, 30)


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One question's result. `hits`, `false` and `missed` count claims over all its demands."""

    id: str
    style: str
    text: str
    answerable: bool
    case: bool
    demands: int
    right: int
    split: bool
    hits: int
    false: int
    missed: int
    told: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Case, number of demands and every demand are right."""
        return self.case and self.split and self.right == self.demands


def load_questions(name: str) -> list[dict[str, Any]]:
    """A set by its name: `held_out` or `tuning`."""
    with (QUESTIONS_FOLDER / f"questions_{name}.toml").open("rb") as f:
        told: list[dict[str, Any]] = tomllib.load(f)["question"]
    return told


def score_question(q: dict[str, Any], nearest: SemanticMatcher | None = None) -> QuestionScore:
    """How a question was taken, against what is expected of it."""
    expected = q["demands"]
    got: tuple[Demand, ...] = ()
    case, error = "", ""
    try:
        question = parse_question(q["text"])
        s = match_case(question.text)
        case = s.case.id
        got = extract_demands(question, s, AS_OF, nearest)
    except (UnknownConflict, AmbiguousConflict, NoDemandFound) as refusal:
        error = type(refusal).__name__
    case_right = {"": error == "UnknownConflict", "?": error == "AmbiguousConflict", "any": True}.get(
        q["case"], case == q["case"]
    )
    own = load_case_file(q["case"] if q["case"] not in ("", "?", "any") else "pakistan-afghanistan")
    free = list(got)
    right = hits = false = missed = 0
    told = [error] if error else []
    for e in expected:
        must, may = (frozenset(expand_claims(e.get(k, []), own)) for k in ("claims", "may"))
        if error in ("UnknownConflict", "AmbiguousConflict"):
            right += "conflict" in e.get("why", [])
            missed += len(must)
            continue
        d = find_overlapping_demand(q["text"], e["words"], free)
        if d is None:
            missed += len(must)
            told.append(f"{e['words']!r}: not found")
            continue
        free.remove(d)
        found = {*d.claims, *([WAY_FORWARD_ID] if d.forward else [])}
        good = d.why in e["why"] if "why" in e else not d.why and must <= found <= must | may
        right += good
        hits, false, missed = (
            hits + len(found & (must | may)),
            false + len(found - must - may),
            missed + len(must - found),
        )
        if not good:
            want = sorted(must) or e["why"]
            told.append(f"{d.asked[:50]!r}: {d.why or sorted(found)} for {want}")
    for d in free:
        false += len(d.claims) + d.forward
        told.append(f"{d.asked[:50]!r}: not asked for")
    split = not free or bool(error)
    answerable = any("claims" in e for e in expected)
    return QuestionScore(
        q["id"],
        q["style"],
        q["text"],
        answerable,
        case_right,
        len(expected),
        right,
        split,
        hits,
        false,
        missed,
        tuple(told),
    )


def expand_claims(keys: list[str], case: CaseFile) -> list[str]:
    """Claims as the sets name them, a broad demand by its own."""
    return [c for k in keys for c in (list_topic_claims(k, case) if k in ("relations", "cooperation") else [k])]


def find_overlapping_demand(text: str, words: str, free: list[Demand]) -> Demand | None:
    """The found demand that overlaps some words of the question most."""
    start = text.index(words)
    end = start + len(words)

    def overlap(d: Demand) -> int:
        return min(end, d.end) - max(start, d.start)

    best = max(free, key=overlap, default=None)
    return best if best is not None and overlap(best) > 0 else None
