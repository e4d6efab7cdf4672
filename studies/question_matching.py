"""Accuracy of question parsing: case, demands and claims, by phrases alone and with meanings compared.

PYTHONPATH=tests .venv/bin/python studies/question_matching.py

Needs the extra nlp. Question sets and scoring: tests/questions/questions_held_out.toml, tests/support/question_sets.py.
"""

from collections.abc import Sequence
from pathlib import Path

from detente.questions.case_match import match_case
from detente.questions.demands import extract_demands, replace_names_with_roles
from detente.questions.embeddings import MIN_SIMILARITY, match_by_meaning, rank_by_meaning
from detente.questions.parse import parse_question
from detente.questions.phrase_match import WAY_FORWARD_ID, list_topic_claims
from support.question_sets import (
    AS_OF,
    QuestionScore,
    expand_claims,
    find_overlapping_demand,
    load_questions,
    score_question,
)

OUT = Path("docs/replications/question_matching.md")
HEAD = (
    "| questions | by | n | case | demands refused or answered rightly | whole question right | claims found that are right | "
    "right claims that are found | unanswerable, yet answered |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def row(name: str, by: str, scores: Sequence[QuestionScore]) -> str:
    hits, false, missed = (sum(getattr(j, k) for j in scores) for k in ("hits", "false", "missed"))
    right, demands = sum(j.right for j in scores), sum(j.demands for j in scores)
    whole, n = sum(j.whole for j in scores), len(scores)
    refused = [j for j in scores if not j.answerable]
    wrongly = sum(j.false > 0 for j in refused)
    return (
        f"| {name} | {by} | {n} | {sum(j.case for j in scores)}/{n} | {right}/{demands} ({right / demands:.0%}) | {whole}/{n} "
        f"({whole / n:.0%}) | {hits}/{hits + false} ({hits / (hits + false):.0%}) | {hits}/{hits + missed} "
        f"({hits / (hits + missed):.0%}) | {wrongly}/{len(refused)} |"
    )


def score_meaning_alone() -> str:
    """Score meaning without phrases on the tuning demands, with names replaced by roles."""
    near: list[tuple[float, bool]] = []
    for q in load_questions("tuning"):
        if q["case"] != "pakistan-afghanistan":
            continue
        parsed = parse_question(q["text"])
        about = match_case(parsed.text)
        extracted = list(extract_demands(parsed, about, AS_OF))
        for e in q["demands"]:
            d = find_overlapping_demand(q["text"], e["words"], extracted)
            must, may = (set(expand_claims(e.get(k, []), about.case)) for k in ("claims", "may"))
            if d is None or WAY_FORWARD_ID in must or not must | ({"unmeasured"} & set(e.get("why", []))):
                continue  # recognised from the form of the question, not from its meaning
            words = [t for t in about.words if d.start <= t.start < d.end]
            best = rank_by_meaning(replace_names_with_roles(d.asked, d.start, words))[0]
            got = (
                set(list_topic_claims(best.id, about.case))
                if best.kind == "topic"
                else {best.id}
                if best.kind == "claim"
                else set()
            )
            near.append((best.score, bool(got & must) and got <= must | may if must else not got))
    above, below = [ok for s, ok in near if s >= MIN_SIMILARITY], [ok for s, ok in near if s < MIN_SIMILARITY]
    return (
        f"Meaning alone, on the tuning demands that it could find: right in {sum(above)} of the {len(above)} whose nearest "
        f"question is at {MIN_SIMILARITY} or nearer, and in {sum(below)} of the {len(below)} below."
    )


def main() -> None:
    lines = [HEAD]
    wrong: list[str] = []
    for name in ("held_out", "fresh", "tuning"):
        for by, near in (("phrases", None), ("phrases, then meaning", match_by_meaning)):
            scores = [score_question(q, near) for q in load_questions(name)]
            lines.append(row(name.replace("_", " "), by, scores))
            if near is None and name != "tuning":
                wrong += [f"- {j.id} ({j.style}): “{j.text}” {'; '.join(j.told)}" for j in scores if not j.whole]
    text, alone = "\n".join(lines), score_meaning_alone()
    print(text, alone, sep="\n")
    OUT.write_text(
        f"# Questions in plain words\n\n{__doc__}\n{text}\n\n{alone}\n\n{NOTES}\nHeld-out and fresh questions that are not wholly right, by phrases:\n\n"
        + "\n".join(wrong)
        + "\n",
        encoding="utf-8",
    )


NOTES = """\
The held-out questions were written, with what is expected of each, before any matching code; their file is older in the
history, and no expectation was changed since. While the code was written only their totals were seen. Demands right at the
first run: 82 of 91. **At the last run before a single one was looked at: 83 of 91 demands (91 %), 67 of 75 whole questions
(89 %), 72 of 84 claims found right and 72 of 84 right claims found (86 % each), 2 of 32 unanswerable questions answered; with
meaning, the same.** These are the held-out figures. Then the eight that were wrong were read, and four faults of reading were
mended: items of a numbered list that are nouns were lost, "Against this background" was taken for a demand, a year at the
head of a sentence was passed over, and "strikes and clashes" was split. The table is after that, so its first two rows are
held out no more. The fresh questions were written after that, in words not so near to the catalogue's, run once, and led to no change: **23 of
30 demands (77 %) by phrases alone, 26 (87 %) with meaning**, which also answers one more that should be refused. They are the
better guide to how a stranger's questions will fare.

The author of the questions also wrote the catalogue. The thresholds were chosen on the tuning questions: a phrase of one word
is enough (0.5), and claims within 0.1 of the best are taken together. Meaning is asked only where no phrase is found: in the
held-out and tuning questions phrases find something in nearly every demand, which is why it changes nothing there.
"""


if __name__ == "__main__":
    main()
