"""How well questions are routed: kind, constraints and value of each answer against what was written down before.

The values come from the CSV file of the record by `support/recompute.py`, which shares no code with the package.
"""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from detente.api.ask import answer_question
from detente.api.case import Case
from detente.api.results.answers import AnswerResult
from detente.core.errors import DetenteError
from support.recompute import RecomputedCase, Row

FOLDER = Path(__file__).parents[1] / "questions"
TODAY = date(2026, 7, 20)


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
    """Load a set: `tuning` or `held_out`."""
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


def ask(case: Case, text: str) -> AnswerResult | str:
    """Answer a question; a question that cannot be read or is about another conflict gives the error's name."""
    try:
        return answer_question(case, text, today=TODAY, meaning=False)
    except DetenteError as error:
        return type(error).__name__


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
