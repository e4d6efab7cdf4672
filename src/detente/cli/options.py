"""Shared options and printing."""

import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_CASE = "pakistan-afghanistan"
NO_STORE = "detente.no_store"  # a key of click's context


class Day(click.ParamType[date]):
    """A date such as 2025-10-09."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a date. Write it as 2025-10-09.", param, ctx)


def case_argument(f: F) -> F:
    """CASE, the Pakistan–Afghanistan case by default."""
    return click.argument("case", default=DEFAULT_CASE)(f)


def as_of_option(f: F) -> F:
    """--as-of: leave out what became known later."""
    text = "Use only what was known on this date, such as 2025-10-08."
    return click.option("--as-of", type=Day(), default=None, help=text)(f)


def store_option(f: F) -> F:
    """--store of commands that manage the store: its folder, which need not exist yet."""
    text = "Use the store in this folder.  [default: DETENTE_STORE, else the user's data folder]"
    return click.option("--store", type=click.Path(path_type=Path), default=None, help=text)(f)


def _find_case_store(ctx: click.Context, _param: click.Parameter, store: Path | None) -> Path | None:
    from detente.store.paths import find_store

    if ctx.meta.get(NO_STORE):
        if store is not None:
            raise click.UsageError("--store and --no-store contradict each other. Use one of the two.")
        return None
    return None if ctx.resilient_parsing else find_store(store)


def _leave_store_out(ctx: click.Context, _param: click.Parameter, off: bool) -> None:
    ctx.meta[NO_STORE] = off


def case_store_option(f: F) -> F:
    """--store and --no-store of every command that opens a case. `store` is the folder to read, or None for none.

    The store holds the releases of a case that brings its own, and other sources with which a case is compared.
    """
    text = "Read releases from the store in this folder.  [default: DETENTE_STORE, else your own store if you have one]"
    named = click.option("--store", type=click.Path(path_type=Path), callback=_find_case_store, help=text)
    off = click.option("--no-store", is_flag=True, is_eager=True, expose_value=False, callback=_leave_store_out,
                       help="Read no store.")  # fmt: skip
    return named(off(f))


def resolve_store_path(store: Path | None) -> Path:
    """The folder that --store names, or the default."""
    from detente.store.paths import default_store_path

    return store or default_store_path()


def _inherit_folder(ctx: click.Context, _param: click.Parameter, folder: Path | None) -> Path | None:
    ctx.obj = folder or ctx.obj
    return folder or ctx.obj


def folder_option(f: F) -> F:
    """--folder: the workbench's own folder. A subcommand takes it from its group unless it has one of its own."""
    text = "Store comments, accounts and uploads in this folder.  [default: the user's data folder]"
    return click.option("--folder", type=click.Path(path_type=Path), callback=_inherit_folder, help=text)(f)


def _open_cache(ctx: click.Context, _param: click.Parameter, off: bool) -> None:
    from detente.core.disk_cache import DiskCache, default_cache_folder, use_cache

    ctx.with_resource(use_cache(DiskCache(None if off else default_cache_folder())))


def cache_option(f: F) -> F:
    """--no-cache: otherwise results of this command are kept and read in the user's cache folder."""
    text = "Compute everything again; read and keep no cached results."
    return click.option("--no-cache", is_flag=True, expose_value=False, callback=_open_cache, help=text)(f)


def json_option(f: F) -> F:
    """--json: output for programs."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")(f)


NOT_COLLECTED = "–: not collected, so unknown."
"""The note under a table in which `count_or_dash` put a dash."""


def count_or_dash(events: int | None) -> int | str:
    """Return a count for a table, a dash where it is unknown.

    Example:
        >>> count_or_dash(12), count_or_dash(0), count_or_dash(None)
        (12, 0, '–')
    """
    return "–" if events is None else events


def print_json(data: Any) -> None:
    """Print data as JSON. Dates become text, None becomes null, and NaN is refused."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=1, default=str, allow_nan=False))


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], note: str = "") -> None:
    """Print a table; columns whose heading ends in `#` are right-aligned."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=None, pad_edge=False)
    for c in columns:
        # People copy ids and dates, so these stay on one line.
        table.add_column(
            c.removesuffix("#"), justify="right" if c.endswith("#") else "left", no_wrap=c in ("id", "day")
        )
    for row in rows:
        table.add_row(*("" if x is None else f"{x:,}" if isinstance(x, int) else str(x) for x in row))
    # A pipe has no width, and 80 columns would break sentences. Brackets and colons in source text are not markup.
    console = Console(width=None if sys.stdout.isatty() else 200, markup=False, emoji=False)
    with console.capture() as output:
        console.print(table)
        if note:
            console.print(note, style="dim", highlight=False)
    click.echo(output.get(), nl=False)
