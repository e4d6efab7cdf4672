"""`detente digest`: what happened in a month, and whether it was better or worse than the months before."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import (
    as_of_option,
    cache_option,
    case_argument,
    case_store_option,
    count_or_dash,
    json_option,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from detente.api.results.digest import DigestResult

MOST_EVENTS = 3


@click.command()
@case_argument
@click.option("--month", default=None, help="The month, such as 2025-10.  [default: the latest that can be judged]")
@click.option("--archive", is_flag=True, help="List all months with their verdicts.")
@as_of_option
@case_store_option
@cache_option
@json_option
def command(
    case: str, month: str | None, archive: bool, as_of: date | None, store: Path | None, as_json: bool
) -> None:  # fmt: skip
    """Print the digest of a month: the verdict, the events by kind, what to watch, and what became known later.

    The verdict compares the month with the twelve covered months before. A month that was not collected on every day is not known.

    \b
    Examples:
      detente digest
      detente digest pakistan-afghanistan --month 2025-10
      detente digest --archive
      detente digest --month 2025-10 --as-of 2025-11-05 --json
    """
    from detente.api.case import open_case
    from detente.api.digest.months import list_digests
    from detente.api.results.base import ResultTable
    from detente.api.results.digest import WORD_TEXT

    if archive and month:
        raise click.UsageError("--archive and --month contradict each other. Use one of the two.")
    opened = open_case(case, as_of=as_of, store=store)
    if archive:
        rows = list_digests(opened)
        if as_json:
            print_json(ResultTable("digests", opened.header, rows).to_dict())
            return
        table = [
            (r.month, WORD_TEXT[r.word], r.reason, count_or_dash(r.events), f"{r.covered} of {r.days}") for r in rows
        ]
        print_table("Digests", ["day", "verdict", "reason", "events#", "days covered#"], table)
        return
    result = opened.digest(month)
    if as_json:
        print_json(result.to_dict())
        return
    _print(result)


def _print(d: "DigestResult") -> None:
    click.echo(f"{d.title}: {d.verdict}. As known on {d.header.as_of}.\n\n{d.text}\n")
    if d.measures:
        rows = [(m.name, m.now.text, m.usual.text, m.word) for m in d.measures]
        print_table("Compared with the twelve covered months before", ["measure", "month#", "usual", "alone"], rows)
        click.echo(f"{d.evidence.text}\n" if d.evidence else "")
    for k in d.kinds:
        click.echo(k.sentence.text)
        for e in k.events[:MOST_EVENTS]:
            click.echo(f"  {e.row.when}: {e.row.summary} [{e.row.id}; {e.row.publishers or 'no source named'}]")
        if len(k.events) > MOST_EVENTS:
            click.echo(f"  and {len(k.events) - MOST_EVENTS} more")
    _print_list("Began or ended", [f"{x.day}: {x.said}" for x in d.developments])
    _print_list("To watch", [w.sentence.text for w in d.watch])
    _print_list(
        "Became known after the month", [f"{e.known_later}: {e.row.summary} [{e.row.id}]" for e in d.later or ()]
    )


def _print_list(title: str, lines: list[str]) -> None:
    if lines:
        click.echo(f"\n{title}")
        for line in lines:
            click.echo(f"- {line}")
