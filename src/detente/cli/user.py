"""`detente user`: who may write in the workbench. Passwords are asked for at the prompt and are never arguments."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import folder_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection


@click.group()
@folder_option
@click.pass_context
def command(ctx: click.Context, folder: Path | None) -> None:
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
    ctx.obj = folder


@command.command()
@click.argument("name")
@click.option("--moderator", is_flag=True, help="May hide what others wrote.")
@json_option
@click.pass_obj
def add(folder: Path | None, name: str, moderator: bool, as_json: bool) -> None:
    """Make an account; the password is asked for, twice."""
    from detente.web.accounts.account import create_account as make

    password = _prompt_password()
    with _database(folder) as c:
        made = make(c, name, password, now=datetime.now(UTC), role="moderator" if moderator else "reader")
    _print_result(as_json, {"name": made.name, "role": made.role}, f"{made.name} can log in as a {made.role}.")


@command.command("list")
@json_option
@click.pass_obj
def list_accounts(folder: Path | None, as_json: bool) -> None:
    """All accounts, with role and since when."""
    from dataclasses import asdict

    from detente.web.accounts.account import load_accounts

    with _database(folder) as c:
        found = load_accounts(c)
    if as_json:
        print_json([asdict(a) for a in found])
        return
    rows = [(a.name, a.role, f"{a.created:%Y-%m-%d}", f"{a.disabled:%Y-%m-%d}" if a.disabled else None) for a in found]
    print_table("Accounts", ["name", "role", "since", "disabled on"], rows, f"{len(found)} accounts.")


@command.command()
@click.option("--moderator", is_flag=True, help="The account will be a moderator's.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How long the link can be used.")
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="What the link begins with.")
@json_option
@click.pass_obj
def invite(folder: Path | None, moderator: bool, days: int, address: str, as_json: bool) -> None:
    """A link that makes one account, once. It is shown now or never."""
    from detente.web.accounts.invitation import create_invitation as make

    with _database(folder) as c:
        token = make(c, now=datetime.now(UTC), role="moderator" if moderator else "reader", lasts=timedelta(days=days))
    link = f"{address.rstrip('/')}/account/invitation/{token}"
    _print_result(as_json, {"link": link, "days": days}, link)
    click.echo(f"It makes one account within {days} days. Send it to one person.", err=True)


@command.command()
@click.argument("name")
@click.option("--not", "undo", is_flag=True, help="Make a reader of a moderator.")
@json_option
@click.pass_obj
def moderator(folder: Path | None, name: str, undo: bool, as_json: bool) -> None:
    """Let somebody hide and restore comments."""
    from detente.web.accounts.account import find_account, give_role

    with _database(folder) as c:
        who = find_account(c, name)
        give_role(c, who, "reader" if undo else "moderator", now=datetime.now(UTC))
    role = "reader" if undo else "moderator"
    _print_result(as_json, {"name": who.name, "role": role}, f"{who.name} is a {role}.")


@command.command()
@click.argument("name")
@click.option("--not", "undo", is_flag=True, help="Let them in again.")
@json_option
@click.pass_obj
def disable(folder: Path | None, name: str, undo: bool, as_json: bool) -> None:
    """Let somebody in no more, at once. What they wrote stays."""
    from detente.web.accounts.account import find_account, set_disabled

    with _database(folder) as c:
        who = find_account(c, name)
        set_disabled(c, who, not undo, now=datetime.now(UTC))
    said = "can log in again" if undo else "can log in no more; all sessions are ended"
    _print_result(as_json, {"name": who.name, "disabled": not undo}, f"{who.name} {said}.")


@command.command()
@click.argument("name")
@json_option
@click.pass_obj
def password(folder: Path | None, name: str, as_json: bool) -> None:
    """Give an account a new password; all its sessions end."""
    from detente.web.accounts.account import find_account, set_password

    with _database(folder) as c:
        who = find_account(c, name)
    new = _prompt_password()
    with _database(folder) as c:
        set_password(c, who, new, now=datetime.now(UTC))
    _print_result(
        as_json, {"name": who.name, "changed": True}, f"{who.name} has a new password; all sessions are ended."
    )


def _print_result(as_json: bool, data: dict[str, object], text: str) -> None:
    if as_json:
        print_json(data)
    else:
        click.echo(text)


def _prompt_password() -> str:
    asked: str = click.prompt("Password", hide_input=True, confirmation_prompt="Again", err=True)
    return asked


@contextmanager
def _database(folder: Path | None) -> Iterator["Connection"]:
    """The database, brought up to date; what was begun is kept as a whole or not at all."""
    from detente.web.db.engine import open_database, write_transaction
    from detente.web.db.migrate import upgrade
    from detente.web.db.url import database_url

    engine = open_database(database_url(folder=folder))
    try:
        upgrade(engine)
        with write_transaction(engine) as c:
            yield c
    finally:
        engine.dispose()
