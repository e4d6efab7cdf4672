"""Options that several commands share, and how they print."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_CASE = "pakistan-afghanistan"


class Day(click.ParamType[date]):
    """A day written as 2025-10-09."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day of the calendar. Write it as 2025-10-09.", param, ctx)


def case_argument(f: F) -> F:
    """CASE, the flagship if not given."""
    return click.argument("case", default=DEFAULT_CASE)(f)


def as_of_option(f: F) -> F:
    """--as-of: nothing known later is read."""
    text = "Use only what was known on this day (2025-10-08)."
    return click.option("--as-of", type=Day(), default=None, help=text)(f)


def store_option(f: F) -> F:
    """--store: where the releases are kept."""
    text = "The store's folder. If not given: DETENTE_STORE, else the user's data folder."
    return click.option("--store", type=click.Path(path_type=Path), default=None, help=text)(f)


def other_sources_option(f: F) -> F:
    """--store where it is an addition: the other sources in it are read beside the case's own."""
    text = "Also read what other sources in this store say (detente ingest brings them)."
    return click.option("--store", type=click.Path(path_type=Path), default=None, help=text)(f)


def resolve_store_path(store: Path | None) -> Path:
    """The folder that --store names, or the default."""
    from detente.store.paths import default_store_path

    return store or default_store_path()


def folder_option(f: F) -> F:
    """--folder: where the workbench keeps what readers wrote."""
    text = "Where comments, accounts and uploads are kept. If not given: the user's data folder."
    return click.option("--folder", type=click.Path(path_type=Path), default=None, help=text)(f)


def json_option(f: F) -> F:
    """--json: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")(f)


def print_json(data: Any) -> None:
    """Data as JSON; days as text, an unknown number as null."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str, allow_nan=False))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> None:
    """A table for people; columns whose head ends in `#` are set to the right."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for c in columns:
        # Ids and days are for copying: they keep to one line.
        table.add_column(
            c.removesuffix("#"), justify="right" if c.endswith("#") else "left", no_wrap=c in ("id", "day")
        )
    for row in rows:
        table.add_row(*("" if x is None else f"{x:,}" if isinstance(x, int) else str(x) for x in row))
    # Into a pipe there is no screen to fit: 80 columns would cut sentences to pieces.
    # What sources write may hold brackets and colons; none of it is meant as style.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False)
    with console.capture() as printed:
        console.print(table)
        if note:
            console.print(note, style="dim", highlight=False)
    click.echo(printed.get(), nl=False)
