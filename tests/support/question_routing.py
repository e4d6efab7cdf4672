"""How well questions are routed: kind, constraints and value of each answer against what was written down before.

The values come from the CSV file of the record by `support/recompute.py`, which shares no code with the package.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from detente.api.ask import answer_parsed_question
from detente.api.case import Case
from detente.api.results.answers import AnswerResult, UnderstoodPart
from detente.core.errors import DetenteError
from detente.questions.case_match import match_case
from detente.questions.parse import parse_question
from support.recompute import RecomputedCase, Row

FOLDER = Path(__file__).parents[1] / "questions"
TODAY = date(2026, 7, 20)
RECORD_BEGINS = date(2021, 8, 15)


@dataclass(frozen=True, slots=True)
class RoutingScore:
    """One question's result: the kinds found, whether kind, constraints and value are right, and what is wrong."""

    id: str
    text: str
    expected: tuple[str, ...]
    found: tuple[str, ...]
    constraints: bool
    value: bool | None
    told: tuple[str, ...]

    @property
    def kind(self) -> bool:
        """The kinds of all parts are right."""
        return self.expected == self.found

    @property
    def whole(self) -> bool:
        """Kind, constraints and value are right."""
        return self.kind and self.constraints and self.value is not False


def load_routing(name: str) -> list[dict[str, Any]]:
    """Load a set: `tuning`, `held_out` or `fresh`."""
    return list(tomllib.loads((FOLDER / f"routing_{name}.toml").read_text(encoding="utf-8"))["question"])


@cache
def _record(as_of: date) -> RecomputedCase:
    return RecomputedCase(as_of)


def select_rows(case: Case, wanted: dict[str, Any]) -> list[Row]:
    """Select rows of the CSV file by conditions; `place` and `province` are names."""
    of = {k: v for k, v in wanted.items() if k not in ("place", "province")}
    rows = _record(case.as_of).select(of)
    rows = [r for r in rows if "place" not in wanted or r["place"] == wanted["place"]]
    return [r for r in rows if "province" not in wanted or r["admin1"] == wanted["province"]]


def expected_value(case: Case, q: dict[str, Any]) -> Any:
    """Compute the value that a question asks for; None if the set gives no condition."""
    if "count" in q:
        return len(select_rows(case, q["count"]))
    if "civilians" in q:
        n = sum(r["civilian_deaths"] for r in select_rows(case, q["civilians"]) if r["civilian_deaths"] is not None)
        return {"low": n, "best": n, "high": n}
    if "deaths" in q:
        rows = [(RecomputedCase.range(r), r["deaths_best"]) for r in select_rows(case, q["deaths"])]
        told = [(x, best) for x, best in rows if x is not None]
        low, high = sum(x[0] for x, _ in told), sum(x[1] for x, _ in told)
        return {"low": low, "best": sum(x[0] if b is None else b for x, b in told), "high": high}
    return None


def ask(case: Case, text: str, *, only_match: bool = False) -> AnswerResult | str:
    """Answer a question, or only say how it is understood; one that cannot be answered gives the error's name."""
    try:
        asked = parse_question(text)
        about = match_case(asked.text, case.named)
        return answer_parsed_question(case, asked, about, today=TODAY, meaning=False, only_match=only_match)
    except DetenteError as error:
        return type(error).__name__


# ---- Whether an answer ignores an actor, a period or a place ----------------------------------------------------------

_ACTORS = {
    "TTP": r"\bttp\b|\btehr[ie]+k-[ie]-taliban\b|\bpakistani taliban\b", "IND": r"\bindian?\b", "IRN": r"\biran(?:ian)?\b",
    "CHN": r"\bchin(?:a|ese)\b|\bbeijing\b", "QAT": r"\bqatari?\b|\bdoha\b", "TUR": r"\bturk(?:ey|ish)\b|\btürkiye\b", "SAU": r"\bsaudi\b",
    "USA": r"\bunited states\b|\bamerican?\b", "RUS": r"\brussian?\b", "ISKP": r"\biskp\b|\bis-k\b|\bislamic state\b", "BLA": r"\bbla\b|\bbaloch liberation",
    "JUA": r"\bjamaat-ul-ahrar\b", "HGB": r"\bgul bahadur\b",
}  # fmt: skip
_PLACES = (
    "torkham", "chaman", "spin boldak", "kharlachi", "ghulam khan", "angoor adda", "peshawar", "bannu", "kurram", "bajaur", "quetta",
    "north waziristan", "south waziristan", "dera ismail khan", "khyber pakhtunkhwa", "balochistan", "punjab", "sindh", "karachi", "swat",
    "paktika", "khost", "kunar", "nangarhar", "kandahar", "helmand", "paktia", "panjshir", "badakhshan", "jalalabad", "lahore", "kashmir",
)  # fmt: skip
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_CORE = {"PAK", "AFG", "TTP"}


def find_ignored(text: str, result: AnswerResult) -> list[str]:
    """Find actors, places and years of a question that its answer neither uses, nor names as not used, nor refuses.

    The names are listed here, apart from those of the package. What the claims answer uses the three parties alone.
    """
    parts = [p for p in result.parts if p.kind != "refused"]
    if not parts or len(parts) < len(result.parts):
        return []  # a refusal gives its reason; the parts beside it are judged in questions of their own
    named = " ".join(n.words for p in parts for n in p.unused).lower()
    asked = " ".join(p.asked for p in parts).lower()
    low, analysed = text.lower(), any(p.kind == "analysis" for p in parts)
    used = {a for p in parts for a in p.understood.actors if p.kind != "analysis" or a in _CORE}
    places = " ".join(x for p in parts if p.kind != "analysis" for x in p.understood.places).lower()
    out = []
    for key, pattern in _ACTORS.items():
        for m in re.finditer(pattern, low):
            alone = (
                key in used or m.group() in named or m.group() in places or any(p.kind == "definition" for p in parts)
            )
            if not alone and not (key == "TTP" and analysed):
                out.append(m.group())
    for place in _PLACES:
        if re.search(rf"\b{place}\b", low) and place not in places and place not in named and place in asked:
            definition = any(p.kind == "definition" for p in parts)
            out += [] if definition else [place]
    for m in _YEAR.finditer(low):
        year = int(m.group())
        inside = any(_holds_year(p.understood, year, whole=p.kind == "analysis") for p in parts if p.understood.period)
        if not inside and m.group() not in named and not any(p.kind == "definition" for p in parts):
            out.append(m.group())
    return list(dict.fromkeys(out))


def _holds_year(u: UnderstoodPart, year: int, *, whole: bool) -> bool:
    """Return whether a year lies in a period, or next to its end; `whole`: the period must be that of the whole record."""
    first, last = u.first or date.min, u.last or date.max
    return first <= RECORD_BEGINS and u.last is None if whole else first.year - 1 <= year <= last.year + 1


def find_strays(case: Case, result: AnswerResult) -> list[str]:
    """Find events listed by a part about the record that lie outside its period, its places or its actors."""
    rows = {r["event_id"]: r for r in _record(case.as_of).events}
    out = []
    for p in result.parts:
        u = p.understood
        if p.kind != "record" or u.asks == "allegation":
            continue
        for e in p.events:
            r = rows[e]
            in_time = (u.first or date.min) <= r["first"] <= (u.last or date.max)
            taking_part = {*r["did"], *r["got"]}
            allied = taking_part | (
                {"TTP"} if any(_record(case.as_of).role(a, r["first"]) == "group" for a in taking_part) else set()
            )
            countries = {
                case.case.country_names.get(r["country"], ""),
                {"PAK": "Pakistan", "AFG": "Afghanistan"}.get(r["country"], ""),
            }
            where = {r["place"], r["admin1"], *countries}
            known = {x for x in u.places if x in _KNOWN_PLACES}
            in_place = not known or bool(known & where)
            if not (in_time and set(u.actors) <= allied and in_place):
                out.append(f"{p.asked!r}: {e}")
    return out


_KNOWN_PLACES = {
    "Pakistan",
    "Afghanistan",
    "Khyber Pakhtunkhwa",
    "Balochistan",
    "Bannu",
    "Kunar",
    "Khost",
    "Paktika",
    "Peshawar",
}


def score_routing(case: Case, q: dict[str, Any]) -> RoutingScore:
    """Compare a question's answer with what is expected of it."""
    result = ask(case, q["text"])
    if isinstance(result, str):
        found: tuple[str, ...] = ("refused",)
        return RoutingScore(q["id"], q["text"], tuple(q["kind"]), found, True, None, (result,))
    found = tuple(p.kind for p in result.parts)
    told: list[str] = []
    data = result.to_dict()
    understood = data["understood"]
    if found == tuple(q["kind"]) and q["kind"] != ["refused"]:
        lists, days = ("actors", "kinds", "places"), ("from", "to")
        wrong = [n for n in lists if n in q and set(q[n]) != set(understood[n])]
        wrong += [n for n in days if n in q and understood[n] != str(q[n])]
        told += [f"{n}: {understood[n]} for {q[n]}" for n in wrong]
    constraints = not told
    value: bool | None = None
    wanted = expected_value(case, q)
    if wanted is not None:
        value = data["value"] == wanted or (wanted == 0 and data["value"] is None)
        if not value:
            told.append(f"value {data['value']} for {wanted}")
    if "event" in q and q["event"] not in data["events"]:
        value = False
        told.append(f"{q['event']} is not listed")
    if found != tuple(q["kind"]):
        told.insert(0, f"{'+'.join(found)} for {'+'.join(q['kind'])}")
    return RoutingScore(q["id"], q["text"], tuple(q["kind"]), found, constraints, value, tuple(told))
