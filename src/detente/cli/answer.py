"""`detente answer`: a question in plain words, answered from the record."""

import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import as_of_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from detente.questions.case_match import Subject
    from detente.questions.phrase_match import Demand


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--words",
    type=click.IntRange(min=1),
    help="No more words than this.  [default: what the question says (in 150 words), or else 250, or what is needed]",
)
@click.option("--case", help="Which case it is about; found from the question's names if left out.")
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), help="Also write answer.md and answer.json here.")
@click.option("--why", is_flag=True, help="Show what was found in the question, and by which phrase; answer nothing.")
@click.option(
    "--meaning/--no-meaning", default=None, help="Compare meanings, not phrases alone.  [default: if installed]"
)
@json_option
def command(
    question: tuple[str, ...], words: int | None, case: str | None, as_of: date | None, out: Path | None, why: bool,
    meaning: bool | None, as_json: bool,
) -> None:  # fmt: skip
    """Answer a question in plain English.

    The case is found by the parties, crossings and places that the question names; the question is split into what it
    demands; each demand is answered by the claims that measure it, the strongest evidence first. What no claim measures,
    and what is asked of the future, of a person, or of right and wrong, is named and left unanswered.
    QUESTION may be - to read it from standard input.

    \b
    Examples:
      detente answer "How do recent clashes at the Pakistan–Afghanistan border destabilise relations, and how do
                      they complicate counter-terrorism cooperation?" --words 250
      detente answer "Has mediation between Kabul and Islamabad held? Suggest a way forward."
      detente answer "What did the closing of Torkham cost trade?" --why
      detente answer "How do the clashes hurt trade?" --case pakistan-afghanistan --as-of 2025-10-08 --json
    """
    from detente.brief.build import Request, looked_at
    from detente.brief.render.files import answer_files, write
    from detente.brief.render.json import answer_data
    from detente.brief.short_answer import as_text, material, within
    from detente.questions import embeddings as meanings
    from detente.questions.case_match import subject
    from detente.questions.demands import demands
    from detente.questions.errors import NoAnswerableDemand
    from detente.questions.parse import parse, words_asked_for

    if meaning and not meanings.available():
        raise click.UsageError(f"--meaning needs the extra nlp, which is not installed: {meanings.INSTALL}")
    compare = meaning if meaning is not None else meanings.available()
    asked = parse(sys.stdin.read() if question == ("-",) else " ".join(question))
    about = subject(asked.text, case)
    typed = shlex.join(["detente", *(a for a in sys.argv[1:] if a != "--json")])
    request = Request(case or about.case.id, as_of, typed)
    view = looked_at(request)
    found = demands(asked, about, view.g.as_of, meanings.nearest if compare else None)
    taken = {"case": _case_data(about), "meanings_compared": compare, "demands": [_demand_data(d) for d in found]}
    if why:
        if as_json:
            print_json({"question": asked.text, **taken})
        else:
            _explain(about, found)
        return
    try:
        made = within(material(view, request, asked.text, found), words or words_asked_for(asked.text))
    except NoAnswerableDemand:
        if as_json:  # the refusal is told as an error, and what was understood is told all the same
            print_json({"question": asked.text, **taken, "text": None})
        raise
    paths = write(answer_files(made), out) if out else []
    if as_json:
        print_json({**answer_data(made), **taken, "files": [str(p) for p in paths]})
        return
    for notice in about.notices:
        click.echo(f"! {notice}", err=True)
    click.echo(as_text(made))
    p = made.material.provenance
    click.echo(f"({made.words} words of {made.limit}; {p.case}, {p.events} events as of {p.as_of})")
    for path in paths:
        click.echo(path)


def _case_data(about: "Subject") -> dict[str, Any]:
    return {
        "id": about.case.id,
        "named": about.named,
        "score": about.score,
        "ties": about.ties,
        "notices": about.notices,
    }


def _demand_data(d: "Demand") -> dict[str, Any]:
    hits = [{name: getattr(f, name) for name in f.__slots__} for f in d.found]
    return {
        "asked": d.asked, "from": d.start, "to": d.end, "claims": d.claims, "topic": d.topic or None, "way_forward": d.forward,
        "why_not": d.why or None, "told": d.told or None, "found": hits,
    }  # fmt: skip


def _explain(about: "Subject", found: "tuple[Demand, ...]") -> None:
    click.echo(f"{about.case.id}: {about.case.title}. Named: {', '.join(about.named) or 'nobody; said by --case'}.")
    for notice in about.notices:
        click.echo(f"! {notice}")
    for n, d in enumerate(found, 1):
        if d.why:
            outcome = f"not answered ({d.why}): {d.told}"
        else:
            outcome = "what could be done" if d.forward else ", ".join(d.claims)
        click.echo(f"\n{n}. {d.asked}\n   {outcome}")
        rows = [(f.kind, f.id, f"{f.score:.2f}", f.words, f.phrase) for f in d.found if f.by == "alias"]
        rows += [(f.kind, f.id, f"{f.score:.2f}", "(meaning)", f.phrase) for f in d.found if f.by == "meaning"]
        if rows:
            print_table("", ["kind", "found", "score#", "in the words", "by"], rows)
