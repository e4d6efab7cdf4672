"""`detente answer`: answer a question from the data."""

import shlex
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import as_of_option, cache_option, case_store_option, json_option, print_json, print_table
from detente.cli.progress import show_progress

if TYPE_CHECKING:
    from detente.api.results.answers import AnswerResult


@click.command()
@click.argument("question", nargs=-1, required=True)
@click.option(
    "--words",
    type=click.IntRange(min=1),
    help="Limit the answer to this many words.  [default: the limit in the question, else 250 or the minimum needed]",
)
@click.option("--case", help="Use this case.  [default: found from names in the question]")
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), help="Also write answer.md and answer.json to this folder.")
@click.option("--why", is_flag=True, help="Show which phrases were matched; give no answer.")
@click.option("--meaning/--no-meaning", default=None,
              help="Compare meanings as well as phrases.  [default: if installed]")  # fmt: skip
@case_store_option
@cache_option
@json_option
def command(
    question: tuple[str, ...], words: int | None, case: str | None, as_of: date | None, out: Path | None, why: bool,
    meaning: bool | None, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Answer a question in plain English.

    The parties, crossings and places in the question identify the case. The question is split into demands; each one
    is answered by the claims that measure it, strongest evidence first. Demands that no claim measures, or that ask
    about the future, a person, or right and wrong, are listed as unanswered.
    Pass - as QUESTION to read it from standard input.

    \b
    Examples:
      detente answer "How do recent clashes at the Pakistan–Afghanistan border destabilise relations, and how do
                      they complicate counter-terrorism cooperation?" --words 250
      detente answer "Has mediation between Kabul and Islamabad held? Suggest a way forward."
      detente answer "What did the closing of Torkham cost trade?" --why
      detente answer "How do the clashes hurt trade?" --case pakistan-afghanistan --as-of 2025-10-08 --json
    """
    from detente.api.ask import answer_parsed_question
    from detente.api.case import open_case
    from detente.questions import embeddings as meanings
    from detente.questions.case_match import match_case
    from detente.questions.errors import NoAnswerableDemand
    from detente.questions.parse import parse_question
    from detente.questions.phrase_match import list_answerable_questions

    if meaning and not meanings.is_available():
        raise click.UsageError(f"--meaning needs the extra nlp. Install it: {meanings.INSTALL_COMMAND}")
    asked = parse_question(sys.stdin.read() if question == ("-",) else " ".join(question))
    about = match_case(asked.text, case)
    command_line = shlex.join(["detente", *(a for a in sys.argv[1:] if a != "--json")])
    opened = open_case(case or about.case.id, as_of=as_of, store=store)
    with show_progress() as report:
        result = answer_parsed_question(
            opened, asked, about, words=words, meaning=meaning, command=command_line, only_match=why, report=report
        )
    if why:
        if as_json:
            print_json(result.to_dict())
        else:
            _explain(result)
        return
    answer = result.answer
    if answer is None:
        if as_json:  # the error goes to standard error; programs still get what was understood
            print_json(result.to_dict())
        refused = [(d.asked, d.told) for d in result.demands if d.why]
        raise NoAnswerableDemand(refused, list_answerable_questions(opened.case))
    paths: list[Path] = []
    if out:
        from detente.brief.render import render_answer_files
        from detente.core.atomic_write import write_files

        paths = write_files(render_answer_files(answer), out)
    if as_json:
        print_json(result.to_dict() | {"files": [str(p) for p in paths]})
        return
    for notice in about.notices:
        click.echo(f"! {notice}", err=True)
    click.echo(result.text)
    click.echo(f"\n{result.header.age.sentence}")
    p = answer.material.provenance
    click.echo(f"({answer.words} of {answer.limit} words; {p.case}, {p.events} events as of {p.as_of})")
    for path in paths:
        click.echo(path)


def _explain(result: "AnswerResult") -> None:
    about, demands = result.about, result.demands
    click.echo(f"{about.case.id}: {about.case.title}. Named: {', '.join(about.named) or 'no one; case from --case'}.")
    for notice in about.notices:
        click.echo(f"! {notice}")
    for n, d in enumerate(demands, 1):
        if d.why:
            outcome = f"not answered ({d.why}): {d.told}"
        else:
            outcome = "policy options" if d.forward else ", ".join(d.claims)
        click.echo(f"\n{n}. {d.asked}\n   {outcome}")
        rows = [(f.kind, f.id, f"{f.score:.2f}", f.words, f.phrase) for f in d.found if f.by == "alias"]
        rows += [(f.kind, f.id, f"{f.score:.2f}", "(meaning)", f.phrase) for f in d.found if f.by == "meaning"]
        if rows:
            print_table("", ["kind", "match", "score#", "words", "phrase"], rows)
