"""Accuracy of question routing: kind, constraints and value of each answer, by set and by kind.

PYTHONPATH=tests .venv/bin/python studies/questions.py

Sets and scoring: tests/questions/routing_tuning.toml, tests/support/question_routing.py. Questions about claims alone are in
studies/question_matching.py.
"""

from collections.abc import Sequence
from pathlib import Path

from detente.api.case import Case
from detente.api.open import open_case
from support.question_routing import RoutingScore, ask, find_ignored, find_strays, load_routing, score_routing
from support.question_sets import load_questions

OUT = Path("docs/replications/questions.md")
CASE = "pakistan-afghanistan"
SETS = {"held_out": "held out", "fresh": "fresh", "tuning": "tuning"}
HEAD = (
    "| questions | kind of answer | n | kind right | constraints right | value right | whole answer right |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: |"
)


def build_row(name: str, kind: str, scores: Sequence[RoutingScore]) -> str:
    """Build a row of the table; a value is judged only where a question asks for one."""
    n = len(scores)
    kinds = sum(s.kind for s in scores)
    constraints = sum(s.kind and s.constraints for s in scores)
    values = [s.value for s in scores if s.value is not None]
    told = f"{sum(values)}/{len(values)}" if values else "–"
    whole = sum(s.whole for s in scores)
    return f"| {name} | {kind} | {n} | {kinds}/{n} | {constraints}/{n} | {told} | {whole}/{n} ({whole / n:.0%}) |"


def list_rows(name: str, scores: Sequence[RoutingScore]) -> list[str]:
    """List the rows of a set: all its questions, then each kind."""
    kinds = sorted({"+".join(s.expected) for s in scores})
    rows = [build_row(SETS[name], "all", scores)]
    return rows + [
        build_row("", k.replace("+", ", then "), [s for s in scores if "+".join(s.expected) == k]) for k in kinds
    ]


def count_ignored(case: Case) -> tuple[int, int]:
    """Count the questions of all six sets, and those whose answer ignores an actor, a place or a year."""
    texts = [q["text"] for name in SETS for q in load_routing(name)]
    older = [q["text"] for name in SETS for q in load_questions(name) if q["case"] == CASE]
    ignored = 0
    for text in texts + older:
        result = ask(case, text, only_match=text in older)
        if not isinstance(result, str):
            ignored += bool(find_ignored(text, result) or (text in texts and find_strays(case, result)))
    return len(texts) + len(older), ignored


def main() -> None:
    case = open_case(CASE, store=None)
    lines, misses = [HEAD], []
    for name in SETS:
        scores = [score_routing(case, q) for q in load_routing(name)]
        lines += list_rows(name, scores)
        misses += [f"- {s.id} ({SETS[name]}): “{s.text}” {'; '.join(s.told)}" for s in scores if not s.whole]
    n, ignored = count_ignored(case)
    before, _, after = OUT.read_text(encoding="utf-8").partition("<!-- table -->\n")
    _, _, after = after.partition("<!-- end -->\n")
    body = [
        *lines, "", f"Answers that ignore an actor, a place or a year: **{ignored} of {n}** questions of six sets.", "",
        "Not wholly right:", "", *(misses or ["- none"]), "",
    ]  # fmt: skip
    OUT.write_text(before + "<!-- table -->\n" + "\n".join(body) + "<!-- end -->\n" + after, encoding="utf-8")


if __name__ == "__main__":
    main()
