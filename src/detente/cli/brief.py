"""`detente brief`: write the brief of a case."""

import shlex
import sys
import time
from datetime import date
from pathlib import Path

import click

from detente.cli.options import Day, as_of_option, case_argument, json_option, other_sources_option, print_json


@click.command()
@case_argument
@as_of_option
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder to write to."
)
@click.option(
    "--style",
    type=click.Choice(["brief", "answer"]),
    default="brief",
    show_default=True,
    help="The whole brief, or the short exam form.",
)
@click.option(
    "--words",
    type=click.IntRange(min=1),
    default=250,
    show_default=True,
    help="With --style answer: no more words than this.",
)
@click.option("--since", type=Day(), help="Also say what changed since the brief of this earlier day.")
@click.option(
    "--checks/--no-checks",
    default=True,
    show_default=True,
    help="Attack every claim. Without, it is quicker and no claim is more than leaning.",
)
@other_sources_option
@json_option
def command(
    case: str, as_of: date | None, out: Path, style: str, words: int, since: date | None, checks: bool,
    store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the brief of a case as a web page, PDF, Word, Markdown and JSON, with its references.

    CASE is a shipped case or the path of a case file; the flagship if left out.

    \b
    Examples:
      detente brief                                     the flagship, into ./out
      detente brief pakistan-afghanistan --as-of 2025-10-08
      detente brief --since 2026-01-01                  and what has changed since then
      detente brief --store data/store                  claims are held against its UCDP, GDELT or ACLED too
      detente brief --style answer --words 250          the short form, printed and written
      detente brief my_case.toml --out /tmp/mine --json

    The JSON twin says, for every number in the text, how it was made and from which events.
    """
    from detente.brief.build import Request, brief, looked_at
    from detente.brief.render.files import answer_files, brief_files, write

    began = time.perf_counter()
    _print_progress("reading events, measuring, fitting, attacking each claim ...", quiet=as_json)
    typed = shlex.join(["detente", *(a for a in sys.argv[1:] if a != "--json")]) if sys.argv else ""
    request = Request(case, as_of, typed, checks, since, store)
    if style == "answer":
        from detente.brief.short_answer import as_text, own_material, within

        short = within(own_material(looked_at(request), request), words)
        p = short.material.provenance
        paths = write(answer_files(short), out)
        if not as_json:
            click.echo(f"{short.material.question}\n\n{as_text(short)}\n({short.words} words of {words})")
    else:
        document = brief(request)
        p = document.provenance
        _print_progress("setting pages ...", quiet=as_json)
        paths = write(brief_files(document), out)
    if as_json:
        files = [str(x) for x in paths]
        print_json({"files": files, "provenance": {k: getattr(p, k) for k in p.__slots__}})
        return
    for path in paths:
        click.echo(f"{path}  {path.stat().st_size / 1000:,.0f} kB")
    aside = f"{p.set_aside} set aside, {p.unassigned} in no channel"
    later = f", {p.later} known only later" if p.later else ""
    click.echo(
        f"{p.events} events of {p.rows} rows as of {p.as_of}; {aside}{later}. {time.perf_counter() - began:.1f} s."
    )


def _print_progress(what: str, *, quiet: bool) -> None:
    if not quiet and sys.stderr.isatty():
        click.echo(what, err=True)
