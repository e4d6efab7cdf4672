"""How long sentences are that a reader meets: in the brief, in short answers, and on pages; the longest are listed.

    .venv/bin/python studies/sentences.py [CASE] [--write]

Words are separated by white space; an event's own summary and lists of sources are left out. Goal: 20 words on average at most.
"""

import argparse
import re
from pathlib import Path

import detente
from detente.brief.build import BriefRequest
from detente.brief.short_answer import case_material, fit_to_length, render_answer_body

OUT = Path(__file__).parents[1] / "docs/replications/sentences.md"
LONGEST = 5


def split_sentences(text: str) -> list[str]:
    """Split a text at full stops, question marks and line breaks; abbreviations and numbers do not end a sentence."""
    parts = re.split(r"(?<=[.?!])\s+(?=[A-Z“])|\n+", text)
    return [p for p in (x.strip("-• ").strip() for x in parts) if len(p.split()) > 2]


def collect_texts(case_id: str) -> dict[str, list[str]]:
    """The sentences of each place by its name."""
    case = detente.open(case_id)
    b = case.document
    reader = [m.sentence.text for s in b.sections for p in s.points if p.reader for m in p.reader.sentences]
    annex = [s.text for sec in b.sections for p in sec.points for s in (*p.sentences, *p.tests, p.limits)]
    conclusion = [s.text for p in b.conclusion for s in p]
    ways = [t for w in b.levers for t in (w.proposal, w.precedent, w.record.text, w.expectation.text, w.objection)]
    method = [s.text for _, sentences in b.method for s in sentences] if hasattr(b, "method") else []
    answer = fit_to_length(case_material(case.view, BriefRequest(case_id)), 350)
    return {
        "first page of the brief": [x for a in b.answer for x in split_sentences(a.sentence.text)],
        "introduction": [x for s in b.introduction for x in split_sentences(s.text)],
        "points, plain sentences": reader,
        "conclusion and way forward": [*conclusion, *(x for t in ways for x in split_sentences(t))],
        "annex: findings, tests and limits": [x for t in annex for x in split_sentences(t)],
        "annex: method": [x for t in method for x in split_sentences(t)],
        "short answer, 350 words": split_sentences(re.sub(r"Example: .*", "", render_answer_body(answer))),
        "status": split_sentences(case.status().text),
    }


def main() -> None:
    """Print the table, and write it if asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("case", nargs="?", default="pakistan-afghanistan")
    parser.add_argument("--write", action="store_true", help="write docs/replications/sentences.md")
    args = parser.parse_args()
    texts = {k: v for k, v in collect_texts(args.case).items() if v}
    lines = [
        "| text | sentences | words, average | words, longest | over 30 words |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for name, sentences in texts.items():
        n = [len(s.split()) for s in sentences]
        lines.append(f"| {name} | {len(n)} | {sum(n) / len(n):.1f} | {max(n)} | {sum(x > 30 for x in n)} |")
    longest = sorted(
        (s for k, v in texts.items() if not k.startswith("annex") for s in v), key=lambda s: -len(s.split())
    )[:LONGEST]
    text = "\n".join([
        "# Length of sentences", "", "    .venv/bin/python studies/sentences.py --write", "",
        "The goal is 20 words on average at most. Words are separated by white space.", "", *lines, "",
        "The longest outside the annex:", "", *(f"- {s}" for s in longest), "",
    ])  # fmt: skip
    print(text)
    if args.write:
        OUT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
