"""`detente user`: who may write in the workbench. Passwords are asked for at the prompt and are never arguments."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from detente.cli.options import json_option, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.group()
def command() -> None:
    """Accounts of the workbench: add, invite, make a moderator, disable.

    They are kept in the database that DETENTE_DATABASE_URL names, or in a file in your data folder.

    \b
    Examples:
      detente user add ann                     asks for the password
      detente user invite                      a link that makes one account
      detente user moderator ann
      detente user disable ann
      detente user list --json
    """


@command.command()
@click.argument("name")
@click.option("--moderator", is_flag=True, help="May hide what others wrote.")
def add(name: str, moderator: bool) -> None:
    """Make an account; the password is asked for, twice."""
    from detente.web.accounts.account import add as make

    password = _asked()
    with _database() as c:
        made = make(c, name, password, now=datetime.now(UTC), role="moderator" if moderator else "reader")
    click.echo(f"{made.name} can log in as a {made.role}.")


@command.command("list")
@json_option
def list_accounts(as_json: bool) -> None:
    """All accounts, with role and since when."""
    from dataclasses import asdict

    from detente.web.accounts.account import everyone

    with _database() as c:
        found = everyone(c)
    if as_json:
        print_json([asdict(a) for a in found])
        return
    rows = [(a.name, a.role, f"{a.created:%Y-%m-%d}", f"{a.disabled:%Y-%m-%d}" if a.disabled else None) for a in found]
    print_table("Accounts", ["name", "role", "since", "disabled on"], rows, f"{len(found)} accounts.")


@command.command()
@click.option("--moderator", is_flag=True, help="The account will be a moderator's.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long the link can be used.")
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="What the link begins with.")
def invite(moderator: bool, days: int, address: str) -> None:
    """A link that makes one account, once. It is shown now or never."""
    from detente.web.accounts.invitation import invite as make

    with _database() as c:
        token = make(c, now=datetime.now(UTC), role="moderator" if moderator else "reader", lasts=timedelta(days=days))
    click.echo(f"{address.rstrip('/')}/account/invitation/{token}")
    click.echo(f"It makes one account within {days} days. Send it to one person.", err=True)


@command.command()
@click.argument("name")
@click.option("--not", "undo", is_flag=True, help="Make a reader of a moderator.")
def moderator(name: str, undo: bool) -> None:
    """Let somebody hide and restore comments."""
    from detente.web.accounts.account import give_role, named

    with _database() as c:
        who = named(c, name)
        give_role(c, who, "reader" if undo else "moderator", now=datetime.now(UTC))
    click.echo(f"{who.name} is a {'reader' if undo else 'moderator'}.")


@command.command()
@click.argument("name")
@click.option("--not", "undo", is_flag=True, help="Let them in again.")
def disable(name: str, undo: bool) -> None:
    """Let somebody in no more, at once. What they wrote stays."""
    from detente.web.accounts.account import named, set_disabled

    with _database() as c:
        who = named(c, name)
        set_disabled(c, who, not undo, now=datetime.now(UTC))
    click.echo(f"{who.name} can log in again." if undo else f"{who.name} can log in no more; all sessions are ended.")


@command.command()
@click.argument("name")
def password(name: str) -> None:
    """Give an account a new password; all its sessions end."""
    from detente.web.accounts.account import named, set_password

    with _database() as c:
        who = named(c, name)
    new = _asked()
    with _database() as c:
        set_password(c, who, new, now=datetime.now(UTC))
    click.echo(f"{who.name} has a new password; all sessions are ended.")


def _asked() -> str:
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt="Again")
    return asked


@contextmanager
def _database() -> Iterator["Connection"]:
    """The database, brought up to date; what was begun is kept as a whole or not at all."""
    from detente.web.db.engine import open_database, writing
    from detente.web.db.migrate import upgrade
    from detente.web.db.where import database_url

    engine = open_database(database_url())
    try:
        upgrade(engine)
        with writing(engine) as c:
            yield c
    finally:
        engine.dispose()
