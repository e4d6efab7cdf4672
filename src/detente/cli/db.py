"""`detente db`: the database of comments and accounts, and the steps that bring it up to date."""

from pathlib import Path

import click

from detente.cli.options import folder_option, json_option, print_json, print_table


@click.group()
@folder_option
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
    """The workbench's database: comments and accounts. `detente serve` brings it up to date by itself.

    It is a file in your data folder, or what DETENTE_DATABASE_URL names (postgresql://NAME:PASSWORD@HOST/DATABASE).

    \b
    Examples:
      detente db upgrade          take the steps that are missing
      detente db history          all steps, and which this database has seen
    """
    ctx.obj = folder


@command.command()
@json_option
@click.pass_obj
def upgrade(folder: Path | None, as_json: bool) -> None:
    """Take the steps that are missing, all or none."""
    from detente.web.db.engine import open_database
    from detente.web.db.migrate import upgrade as take
    from detente.web.db.url import database_url

    engine = open_database(database_url(folder=folder))
    try:
        taken = take(engine)
    finally:
        engine.dispose()
    if as_json:
        print_json({"database": engine.url.render_as_string(hide_password=True), "taken": taken})
        return
    shown = engine.url.render_as_string(hide_password=True)
    click.echo(f"{shown}: {'took ' + ', '.join(taken) if taken else 'nothing to do, it is up to date'}.")


@command.command()
@json_option
@click.pass_obj
def history(folder: Path | None, as_json: bool) -> None:
    """All steps, first to last, and which of them this database has seen."""
    from dataclasses import asdict

    from detente.web.db.engine import open_database
    from detente.web.db.migrate import history as steps
    from detente.web.db.url import database_url

    engine = open_database(database_url(folder=folder))
    try:
        found = steps(engine)
    finally:
        engine.dispose()
    if as_json:
        print_json([asdict(s) for s in found])
        return
    shown = engine.url.render_as_string(hide_password=True)
    rows = [(s.revision, s.what, "yes" if s.done else "no") for s in found]
    print_table("Steps", ["step", "what", "taken"], rows, f"Database: {shown}.")
