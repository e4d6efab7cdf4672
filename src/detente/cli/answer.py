"""`detente answer`: answer a question from the data."""

import json
import shlex
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import as_of_option, cache_option, case_store_option, json_option, print_json, print_table
from detente.cli.progress import show_progress

if TYPE_CHECKING:
    from detente.api.results.answers import AnswerResult


REFUSED_EXIT_CODE = 6
"""Exit code where no part of a question can be answered."""


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
@click.option("--why", is_flag=True, help="Show how the question is understood; give no answer.")
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

    Each part of a question is answered by what knows: the record (how many, who, where, when, first, last, deadliest, more or
    fewer in one period than in another), the situation (crossings, truces, talks), the forecast, the simulator ("what if"), the background ("what is UNAMA?"), or
    the tested claims. Each answer begins with what was understood and names the words that it does not use.
    Pass - as QUESTION to read it from standard input. Exit code 6: no part can be answered.
    The case may also stand before the question: its id, or the path of a .toml file.

    \b
    Examples:
      detente answer "How many attacks did the TTP carry out in 2023?"
      detente answer "Is Torkham open, and will Pakistan strike again this year?"
      detente answer "How do recent clashes at the Pakistan–Afghanistan border destabilise relations, and how do
                      they complicate counter-terrorism cooperation?" --words 250
      detente answer "What did the closing of Torkham cost trade?" --why
      detente answer my-case.toml "How many strikes were there in 2024?"
      detente answer "Does India fund the TTP?" --case pakistan-afghanistan --as-of 2025-10-08 --json
    """
    from detente.api.ask import answer_parsed_question
    from detente.api.case import open_case
    from detente.core.atomic_write import check_folder, write_files
    from detente.core.extras import require_extra
    from detente.questions.case_match import match_case
    from detente.questions.parse import parse_question

    if meaning:
        require_extra("nlp")
    if out:
        check_folder(out)
    case, question = _take_case(case, question)
    asked = parse_question(sys.stdin.read() if question == ("-",) else " ".join(question))
    about = match_case(asked.text, case)
    command_line = shlex.join(["detente", *(a for a in sys.argv[1:] if a != "--json")])
    opened = open_case(case or about.case.id, as_of=as_of, store=store)
    with show_progress() as report:
        result = answer_parsed_question(
            opened, asked, about, words=words, meaning=meaning, command=command_line, only_match=why, report=report
        )
    if why and not as_json:
        _explain(result)
        return
    paths: list[Path] = []
    if out and not why:
        paths = write_files(_render_files(result), out)
    if as_json:
        print_json(result.to_dict() | {"files": [str(p) for p in paths]})
    else:
        _print_answer(result, paths)
    if not result.answered:
        click.get_current_context().exit(REFUSED_EXIT_CODE)


def _take_case(case: str | None, words: tuple[str, ...]) -> tuple[str | None, tuple[str, ...]]:
    """Take the case from the first word, as other commands do: a path to a .toml file, or the id of a shipped case."""
    from detente.cases.case_file import find_shipped_cases

    first, *rest = words
    if not rest or not (first.endswith(".toml") or first in find_shipped_cases()):
        return case, words
    if case is not None:
        raise click.UsageError(f"Two cases are named: {first}, and {case} with --case. Name one.")
    return first, tuple(rest)


def _print_answer(result: "AnswerResult", paths: Sequence[Path]) -> None:
    for notice in result.notices:
        click.echo(f"! {notice}", err=True)
    click.echo(result.text.rstrip())
    links = dict.fromkeys(x for p in result.parts for x in p.links)
    if links:
        click.echo("\nPages of the workbench (detente serve)")
        for link in links:
            click.echo(f"- {link.title}: {link.address}")
    h = result.header
    click.echo(f"\n{h.age.sentence}")
    counted = f"{result.answer.words} of {result.answer.limit} words; " if result.answer else ""
    click.echo(f"({counted}{h.case}, known on {h.as_of})")
    for path in paths:
        click.echo(path)


def _render_files(result: "AnswerResult") -> dict[str, bytes]:
    """Render the answer as Markdown and as JSON, by file name."""
    data = json.dumps(result.to_dict(), ensure_ascii=False, indent=1, default=str, allow_nan=False)
    return {
        "answer.md": f"# {result.question}\n\n{result.text.rstrip()}\n".encode(),
        "answer.json": f"{data}\n".encode(),
    }


def _explain(result: "AnswerResult") -> None:
    if (about := result.about) is not None:
        named = ", ".join(about.named) or "no one; case from --case"
        click.echo(f"{about.case.id}: {about.case.title}. Named: {named}.")
        for notice in about.notices:
            click.echo(f"! {notice}")
    for n, p in enumerate(result.parts, 1):
        click.echo(f"\n{n}. {p.asked}\n   {' · '.join(p.understood.words)}")
        for unused in p.unused:
            click.echo(f"   not used: “{unused.words}” ({unused.why})")
    for d in result.demands:
        if d.why:
            outcome = f"not answered ({d.why}): {d.told}"
        else:
            outcome = "policy options" if d.forward else ", ".join(d.claims)
        click.echo(f"\nDemand: {d.asked}\n   {outcome}")
        rows = [(f.kind, f.id, f"{f.score:.2f}", f.words, f.phrase) for f in d.found if f.by == "alias"]
        rows += [(f.kind, f.id, f"{f.score:.2f}", "(meaning)", f.phrase) for f in d.found if f.by == "meaning"]
        if rows:
            print_table("", ["kind", "match", "score#", "words", "phrase"], rows)
