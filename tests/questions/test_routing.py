"""Questions are routed by kind: accuracy on two sets, and no answer that ignores an actor, a period or a place.

The thresholds are the figures of docs/replications/questions.md. They guard against regressions.
"""

from collections import Counter
from functools import cache

import pytest

from detente.api.case import Case
from detente.questions.intent import ANSWER_KINDS
from support.question_routing import (
    RoutingScore,
    ask,
    find_ignored,
    find_strays,
    load_routing,
    score_routing,
)
from support.question_sets import load_questions

SETS = ("tuning", "held_out", "fresh")
MISSES: dict[str, set[str]] = {"tuning": set(), "held_out": {"h16"}, "fresh": {"n12", "n16"}}
"""Questions that are known not to be wholly right, by set."""
HELD_OUT_FLOORS = {
    "analysis": 3, "definition": 5, "forecast": 4, "record": 14, "record+status": 1, "refused": 7, "simulation": 4, "status": 5,
}  # fmt: skip
"""Held-out questions that are wholly right, by kind, at least."""
FRESH_FLOOR = 22


@cache
def scores(case: Case, name: str) -> tuple[RoutingScore, ...]:
    return tuple(score_routing(case, q) for q in load_routing(name))


def test_routing_sets_have_stated_size_and_mix() -> None:
    """At least 120 questions of every kind, a third of them not used for tuning, and none twice."""
    sets = {name: load_routing(name) for name in SETS}
    texts = [q["text"] for qs in sets.values() for q in qs]
    assert len(texts) >= 120
    assert len(texts) == len(set(texts))
    assert (len(sets["held_out"]) + len(sets["fresh"])) * 3 >= len(texts)
    for name in ("tuning", "held_out"):
        assert {k for q in sets[name] for k in q["kind"]} == set(ANSWER_KINDS)


def test_tuning_questions_are_answered_rightly(flagship: Case) -> None:
    """Kind, constraints and value of every tuning question are right, except for the named misses."""
    wrong = {s.id: s.told for s in scores(flagship, "tuning") if not s.whole}
    assert set(wrong) == MISSES["tuning"], wrong


def test_held_out_questions_reach_accuracy_floors(flagship: Case) -> None:
    """Held-out questions are wholly right as often as measured, kind by kind."""
    right = Counter("+".join(s.expected) for s in scores(flagship, "held_out") if s.whole)
    assert {k: right[k] for k in HELD_OUT_FLOORS} == {k: max(n, right[k]) for k, n in HELD_OUT_FLOORS.items()}


def test_fresh_questions_reach_accuracy_floor(flagship: Case) -> None:
    """Questions written after the routing code are wholly right as often as measured."""
    assert sum(s.whole for s in scores(flagship, "fresh")) >= FRESH_FLOOR


@pytest.mark.parametrize("name", SETS)
def test_values_come_from_selected_events(flagship: Case, name: str) -> None:
    """No value differs from the one computed from the CSV file."""
    wrong = {s.id: s.told for s in scores(flagship, name) if s.kind and s.value is False}
    assert set(wrong) <= MISSES[name], wrong


@pytest.mark.parametrize("name", SETS)
def test_answers_ignore_no_name_or_period(flagship: Case, name: str) -> None:
    """Every actor, place and year of a question is used, named as not used, or refused; listed events meet them all."""
    ignored: dict[str, list[str]] = {}
    for q in load_routing(name):
        result = ask(flagship, q["text"])
        if not isinstance(result, str) and (
            found := [*find_ignored(q["text"], result), *find_strays(flagship, result)]
        ):
            ignored[q["text"]] = found
    assert ignored == {}


@pytest.mark.parametrize("name", ["tuning", "held_out", "fresh"])
def test_older_questions_ignore_no_name(flagship: Case, name: str) -> None:
    """The same holds for the questions about claims."""
    ignored: dict[str, list[str]] = {}
    for q in load_questions(name):
        if q["case"] != flagship.id:
            continue
        result = ask(flagship, q["text"], only_match=True)
        if not isinstance(result, str) and (found := find_ignored(q["text"], result)):
            ignored[q["text"]] = found
    assert ignored == {}
