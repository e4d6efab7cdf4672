"""`detente status`: the situation of a case."""

from datetime import date
from pathlib import Path

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


@click.command()
@case_argument
@as_of_option
@case_store_option
@cache_option
@json_option
def command(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """Print the situation of a case: relations, latest crisis, crossings, and what changed in the last thirty days.

    Verdicts on the claims are listed if a brief of this case and day has been written before.

    \b
    Examples:
      detente status
      detente status pakistan-afghanistan --as-of 2025-10-08
      detente status my_case.toml --json
    """
    from detente.api.case import open_case

    status = open_case(case, as_of=as_of, store=store).status()
    if as_json:
        print_json(status.to_dict())
        return
    h = status.header
    click.echo(f"{status.title}, as of {h.as_of}. {h.age.sentence}\n")
    for s in status.sentences:
        click.echo(f"- {s.text}")
    if status.crossings:
        click.echo()
        print_table("Crossings", ["crossing", "reported state"], [(c.name, c.said) for c in status.crossings])
    if status.changes:
        click.echo()
        rows = [(c.channel, count_or_dash(c.now), count_or_dash(c.before)) for c in status.changes]
        print_table("Events", ["kind", "now#", "before#"], rows, status.changes_text)
    click.echo()
    if status.verdicts:
        print_table("Claims", ["claim", "verdict"], [(c.replace("_", " "), v) for c, v in status.verdicts.items()])
    else:
        click.echo(f"Claims: not tested yet. To test them: detente brief {case}")
