"""`detente brief`: write the brief of a case."""

import shlex
import sys
import time
from datetime import date
from pathlib import Path

import click

from detente.cli.options import (
    Day,
    as_of_option,
    cache_option,
    case_argument,
    case_store_option,
    json_option,
    print_json,
)
from detente.cli.progress import show_progress


@click.command()
@case_argument
@as_of_option
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True,
              help="Write to this folder.")  # fmt: skip
@click.option("--style", type=click.Choice(["brief", "answer"]), default="brief", show_default=True,
              help="Write the whole brief or a short answer.")  # fmt: skip
@click.option("--words", type=click.IntRange(min=1), default=250, show_default=True,
              help="Limit the short answer to this many words.")  # fmt: skip
@click.option("--since", type=Day(), help="Also report what changed since the brief of this earlier date.")
@click.option(
    "--checks/--no-checks", default=True, show_default=True,
    help="Run robustness checks. Without them the brief is faster, but no claim is rated above “leaning”.",
)  # fmt: skip
@case_store_option
@cache_option
@json_option
def command(
    case: str, as_of: date | None, out: Path, style: str, words: int, since: date | None, checks: bool,
    store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Write the brief of a case as a web page, PDF, Word, Markdown and JSON, with its references.

    CASE is a shipped case or the path of a case file; the default is pakistan-afghanistan.

    \b
    Examples:
      detente brief                                     the default case, to ./out
      detente brief pakistan-afghanistan --as-of 2025-10-08
      detente brief --since 2026-01-01                  also list changes since then
      detente brief --store data/store                  compare claims with its UCDP, GDELT or ACLED
      detente brief --no-store                          use the case's own chronology only
      detente brief --style answer --words 250          print and write a short answer
      detente brief my_case.toml --out /tmp/mine --json

    For every number in the text, brief.json gives its method and its events.
    """
    from detente.core.extras import require_extra

    if style == "brief":
        require_extra("brief")  # before the long imports
    from dataclasses import replace

    from detente.api.case import open_case
    from detente.brief.build import BriefRequest, build_brief
    from detente.brief.render import render_answer_files, render_brief_files
    from detente.core.atomic_write import check_folder, write_files

    check_folder(out)
    began = time.perf_counter()
    command_line = shlex.join(["detente", *(a for a in sys.argv[1:] if a != "--json")]) if sys.argv else ""
    opened = open_case(case, as_of=as_of, store=store)
    request = BriefRequest(case, as_of, command_line, checks, since, store)
    with show_progress() as report:
        if style == "answer":
            from detente.brief.short_answer import case_material, fit_to_length, render_answer_text

            opened.prepare(report, ("claims",))
            short = fit_to_length(case_material(opened.view, request), words)
            p = short.material.provenance
            paths = write_files(render_answer_files(short), out)
        else:
            if checks and not since and not store:
                opened.prepare(report, ("forecast", "claims", "brief"))
                document = replace(
                    opened.document, provenance=replace(opened.document.provenance, command=command_line)
                )
            else:
                report("brief", 0, 1)
                document = build_brief(request)
            p = document.provenance
            report("writing files", 1, 1)
            paths = write_files(render_brief_files(document), out)
    if style == "answer" and not as_json:
        click.echo(f"{short.material.question}\n\n{render_answer_text(short)}\n({short.words} of {words} words)")
    if as_json:
        files = [str(x) for x in paths]
        print_json({"files": files, "provenance": {k: getattr(p, k) for k in p.__slots__}})
        return
    for path in paths:
        click.echo(f"{path}  {path.stat().st_size / 1000:,.0f} kB")
    later = f", {p.later} known only later" if p.later else ""
    click.echo(
        f"{p.events} events of {p.rows} rows as of {p.as_of}; {p.set_aside} rejected, {p.unassigned} in no channel{later}. "
        f"{time.perf_counter() - began:.1f} s."
    )
