"""`detente user`: accounts of the workbench. Passwords are read from the prompt, never from arguments."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import folder_option, json_option, print_json, print_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from detente.web.accounts.account import Role


_ROLE_TEXT = {"reader": "a reader", "editor": "an editor", "moderator": "a moderator", "admin": "an administrator"}


def _role_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--editor`, `--moderator` and `--admin`; the last one counts, and without them the account is a reader's."""
    role = click.option("--editor", "role", flag_value="editor", help="Let the account edit events and cases.")
    moderator = click.option(
        "--moderator", "role", flag_value="moderator",
        help="Let it also hide comments, put releases into the store and accept new readers.",
    )  # fmt: skip
    admin = click.option(
        "--admin", "role", flag_value="admin", default="reader", help="Let it also change settings and give roles."
    )
    return role(moderator(admin(command)))


@click.group()
@folder_option
def command(folder: Path | None) -> None:
    """Manage workbench accounts: add, invite, give a role, disable.

    Accounts are stored in the database that DETENTE_DATABASE_URL names, or in a file in your data folder.

    \b
    Examples:
      detente user add ann                     prompt for the password
      detente user invite                      print a link that creates one account
      detente user role ann editor             or reader, moderator, admin
      detente user disable ann
      detente user list --json
      detente user list --folder /srv/workbench
    """


@command.command()
@click.argument("name")
@_role_options
@json_option
@folder_option
def add(folder: Path | None, name: str, role: "Role", as_json: bool) -> None:
    """Create an account; prompt for its password twice."""
    from detente.web.accounts.account import create_account

    password = _prompt_password()
    with _database(folder) as c:
        account = create_account(c, name, password, now=datetime.now(UTC), role=role)
    _print_result(as_json, {"name": account.name, "role": role}, f"{account.name} can log in as {_ROLE_TEXT[role]}.")


@command.command("list")
@json_option
@folder_option
def list_accounts(folder: Path | None, as_json: bool) -> None:
    """List all accounts with role and creation date."""
    from dataclasses import asdict

    from detente.web.accounts.account import load_accounts

    with _database(folder) as c:
        accounts = load_accounts(c)
    if as_json:
        print_json([asdict(a) for a in accounts])
        return
    rows = [
        (a.name, a.role, f"{a.created:%Y-%m-%d}", f"{a.disabled:%Y-%m-%d}" if a.disabled else None) for a in accounts
    ]
    print_table("Accounts", ["name", "role", "created", "disabled"], rows, f"{len(accounts)} accounts.")


@command.command()
@_role_options
@click.option(
    "--days", type=click.IntRange(1, 90), default=7, show_default=True, help="Let the link expire after this many days."
)
@click.option("--address", default="http://127.0.0.1:8000", show_default=True, help="Public base URL of the workbench.")
@json_option
@folder_option
def invite(folder: Path | None, role: "Role", days: int, address: str, as_json: bool) -> None:
    """Print a link that creates one account, once. The link cannot be shown again."""
    from detente.web.accounts.invitation import create_invitation

    with _database(folder) as c:
        token = create_invitation(c, now=datetime.now(UTC), role=role, lasts=timedelta(days=days))
    link = f"{address.rstrip('/')}/account/invitation/{token}"
    _print_result(as_json, {"link": link, "days": days}, link)
    click.echo(f"The link creates one account within {days} days. Send it to one person.", err=True)


@command.command()
@click.argument("name")
@click.option("--not", "undo", is_flag=True, help="Make the moderator a reader again.")
@json_option
@folder_option
def moderator(folder: Path | None, name: str, undo: bool, as_json: bool) -> None:
    """Make an account a moderator, who can hide comments and put releases into the store."""
    from detente.web.accounts.account import find_account, give_role

    role: Role = "reader" if undo else "moderator"
    with _database(folder) as c:
        account = find_account(c, name)
        give_role(c, account, role, now=datetime.now(UTC))
    _print_result(as_json, {"name": account.name, "role": role}, f"{account.name} is a {role}.")


@command.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(["reader", "editor", "moderator", "admin"]))
@json_option
@folder_option
def set_role(folder: Path | None, name: str, role: "Role", as_json: bool) -> None:
    """Give an account a role; each role may do what those before it may.

    \b
    reader     comments and uploads files
    editor     edits events and cases
    moderator  hides comments, puts releases into the store, accepts new readers
    admin      changes settings, gives roles, disables accounts
    """
    from detente.web.accounts.account import find_account, give_role

    with _database(folder) as c:
        account = find_account(c, name)
        give_role(c, account, role, now=datetime.now(UTC))
    _print_result(as_json, {"name": account.name, "role": role}, f"{account.name} is {_ROLE_TEXT[role]}.")


@command.command()
@click.argument("name")
@click.option("--not", "undo", is_flag=True, help="Enable the account again.")
@json_option
@folder_option
def disable(folder: Path | None, name: str, undo: bool, as_json: bool) -> None:
    """Disable an account and end its sessions. Its comments stay."""
    from detente.web.accounts.account import find_account, set_disabled

    with _database(folder) as c:
        account = find_account(c, name)
        set_disabled(c, account, not undo, now=datetime.now(UTC))
    effect = "can log in again" if undo else "cannot log in any more; all sessions have ended"
    _print_result(as_json, {"name": account.name, "disabled": not undo}, f"{account.name} {effect}.")


@command.command()
@click.argument("name")
@json_option
@folder_option
def password(folder: Path | None, name: str, as_json: bool) -> None:
    """Set a new password and end the account's sessions."""
    from detente.web.accounts.account import find_account, set_password

    with _database(folder) as c:
        account = find_account(c, name)
    new = _prompt_password()
    with _database(folder) as c:
        set_password(c, account, new, now=datetime.now(UTC))
    text = f"{account.name} has a new password; all sessions have ended."
    _print_result(as_json, {"name": account.name, "changed": True}, text)


def _print_result(as_json: bool, data: dict[str, object], text: str) -> None:
    if as_json:
        print_json(data)
    else:
        click.echo(text)


def _prompt_password() -> str:
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt="Repeat the password", err=True)
    return password


@contextmanager
def _database(folder: Path | None) -> Iterator["Connection"]:
    """Open the migrated database in one transaction."""
    from detente.web.db.engine import open_database, write_transaction
    from detente.web.db.migrate import upgrade
    from detente.web.db.url import database_url

    url = database_url(folder=folder)
    # `detente serve --folder X` and `detente user` without it would otherwise speak of two databases in silence.
    meta = click.get_current_context().meta
    if not meta.setdefault("detente.database", ""):
        meta["detente.database"] = url.render_as_string(hide_password=True)
        click.echo(f"Database: {meta['detente.database']}", err=True)
    engine = open_database(url)
    try:
        upgrade(engine)
        with write_transaction(engine) as c:
            yield c
    finally:
        engine.dispose()
