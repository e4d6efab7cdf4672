"""`detente fetch`: download what is published, politely and once."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from detente.cli.options import Day, json_option, print_json, print_table
from detente.cli.progress import progress
from detente.core.errors import DetenteError

if TYPE_CHECKING:
    from detente.sources.fetch.client import DownloadClient, FetchedFile
    from detente.sources.fetch.resume import DownloadRequest

F = TypeVar("F", bound=Callable[..., Any])


def fetch_options(f: F) -> F:
    """Options that every provider shares."""
    for option in (
        json_option,
        click.option("--dry-run", is_flag=True, help="Only say what would be fetched, and what is here already."),
        click.option("--offline", is_flag=True, help="Use only what is here already; never the network."),
        click.option("--refresh", is_flag=True, help="Ask whether what is here has changed."),
        click.option("--out", type=click.Path(path_type=Path), help="The folder; if not given, the user's cache."),
    ):
        f = option(f)
    return f


def date_range_option(f: F) -> F:
    """--from and --to."""
    f = click.option("--to", "last", type=Day(), required=True, help="The last day.")(f)
    return click.option("--from", "first", type=Day(), required=True, help="The first day.")(f)


@click.group()
def command() -> None:
    """Download what is published; then detente ingest reads it into the store.

    What is here already is not fetched again. A download that is cut goes on where it stopped, also in a later
    run. Files are held to the provider's checksum where there is one. Busy servers are given time. Proxies come
    from HTTPS_PROXY and NO_PROXY. Tokens and passwords come from the environment or from secrets.toml in the
    user's configuration folder (readable by you alone), and are never shown.

    \b
    Examples:
      detente fetch ucdp 25.1 26.0.1
      detente fetch ucdp 25.1 --api --country 770 --country 700    with UCDP_TOKEN
      detente fetch gdelt --from 2025-10-01 --to 2025-10-31 --country PAK --country AFG
      detente fetch acled --country Pakistan --from 2024-01-01 --to 2024-12-31
      detente fetch gdelt --from 2025-10-01 --to 2025-10-02 --dry-run
    """


@command.command()
@click.argument("versions", nargs=-1, required=True, metavar="VERSION...")
@click.option("--api", is_flag=True, help="Ask the API, with your token in UCDP_TOKEN, instead of the open downloads.")
@click.option(
    "--country",
    "countries",
    type=int,
    multiple=True,
    help="API: Gleditsch-Ward number (770 Pakistan); may be given again.",
)
@click.option("--from", "first", type=Day(), help="API: the first day.")
@click.option("--to", "last", type=Day(), help="API: the last day.")
@fetch_options
def ucdp(
    versions: tuple[str, ...], api: bool, countries: tuple[int, ...], first: date | None, last: date | None,
    out: Path | None, refresh: bool, offline: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """UCDP's events by version: 25.1 is a year's dataset, 26.0.1 a month's candidates.

    \b
    Examples:
      detente fetch ucdp 25.1
      detente fetch ucdp 26.0.1 26.0.2 --out downloads
      detente fetch ucdp 25.1 --api --country 770 --from 2024-01-01 --to 2024-12-31
    """
    from detente.sources.fetch import ucdp as provider

    folder = _resolve_folder(out, "ucdp")
    if not api and (countries or first or last):
        raise click.UsageError(
            "Countries and days are for the API: add --api, or fetch the whole version and filter later."
        )
    wanted = provider.plan_downloads(versions, folder)
    if dry_run and not api:
        _print_plan(wanted, as_json)
        return
    if dry_run:
        click.echo(f"{len(versions)} questions to {provider.API_URL}, in pages of {provider.PAGE_SIZE:,} rows.")
        return
    with _open_client(offline) as client:
        if api:
            with progress("UCDP's API", "rows") as told:
                found = [
                    provider.fetch_from_api(client, v, folder, countries=countries, first=first, last=last, told=lambda n, _: told(n))
                    for v in versions
                ]  # fmt: skip
            _print_result(found, [], as_json)
        else:
            _download_all(wanted, lambda w: client.download(w, refresh=refresh), as_json)


@command.command()
@date_range_option
@click.option("--daily", is_flag=True, help="Version 1, one file a day, instead of version 2's one every 15 minutes.")
@click.option(
    "--country",
    "countries",
    multiple=True,
    help="Keep only its rows: PK, where it happened (FIPS); PAK, who acted (CAMEO). May be given again.",
)
@fetch_options
def gdelt(
    first: date, last: date, daily: bool, countries: tuple[str, ...], out: Path | None, refresh: bool, offline: bool,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """GDELT's event files of some days; with --country only the rows that concern it.

    \b
    Examples:
      detente fetch gdelt --from 2025-10-01 --to 2025-10-31 --country PAK --country AFG --country PK --country AF
      detente fetch gdelt --from 2025-10-09 --to 2025-10-09 --daily
    """
    from detente.sources.fetch import gdelt as provider

    if last < first:
        raise click.UsageError(f"--to {last} is before --from {first}.")
    for code in countries:
        if not (code.isalpha() and code.isascii() and len(code) in (2, 3)):
            raise click.BadParameter(
                f"{code!r} is no code of two letters (FIPS: PK) or three (CAMEO: PAK).", param_hint="--country"
            )
    folder = _resolve_folder(out, "gdelt")
    with _open_client(offline) as client:
        with progress("the list of files", "bytes") as told:
            wanted = provider.plan_downloads(
                client, first, last, folder, daily=daily, refresh=refresh, told=lambda n, _: told(n)
            )
        if dry_run:
            _print_plan([replace(w, to=provider.build_destination(w, countries)) for w in wanted], as_json)
            return
        _download_all(wanted, lambda w: provider.fetch(client, w, countries), as_json)


@command.command()
@click.option("--country", "countries", multiple=True, help="A country by ACLED's name for it; may be given again.")
@click.option("--from", "first", type=Day(), help="The first day.")
@click.option("--to", "last", type=Day(), help="The last day.")
@click.option("--deleted", is_flag=True, help="The list of events that ACLED has withdrawn, instead of events.")
@fetch_options
def acled(
    countries: tuple[str, ...], first: date | None, last: date | None, deleted: bool, out: Path | None, refresh: bool,
    offline: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """ACLED's events, with your own account (ACLED_EMAIL, ACLED_PASSWORD); its terms forbid passing them on.

    \b
    Examples:
      detente fetch acled --country Pakistan --country Afghanistan --from 2024-01-01 --to 2024-12-31
      detente fetch acled --deleted
    """
    from detente.sources.fetch import acled as provider
    from detente.sources.fetch.errors import NotCached

    if not deleted and not (countries and first and last):
        raise click.UsageError("Give --country, --from and --to, or --deleted.")
    folder = _resolve_folder(out, "acled")
    a, b = first or date.min, last or date.max
    if b < a:
        raise click.UsageError(f"--to {b} is before --from {a}.")
    to = provider.build_destination(folder, countries, a, b, deleted=deleted)
    if dry_run:
        here = "is here already" if to.is_file() else f"would be asked for, in pages of {provider.PAGE_SIZE:,} rows"
        click.echo(f"{to} {here}.")
        return
    if to.is_file() and not refresh:
        _print_result([provider.describe_cached(to)], [], as_json)
        return
    if offline:
        raise NotCached(to.name, folder)
    with _open_client(offline) as client, progress("ACLED", "rows") as told:
        found = provider.fetch(client, countries, a, b, folder, deleted=deleted, told=lambda n, _: told(n))
    _print_result([found], [], as_json)


def _resolve_folder(out: Path | None, provider: str) -> Path:
    from platformdirs import user_cache_path

    return out or user_cache_path("detente", appauthor=False) / provider


@contextmanager
def _open_client(offline: bool) -> "Iterator[DownloadClient]":
    from detente.sources.fetch.client import DownloadClient

    with DownloadClient(offline=offline) as client:
        yield client


def _download_all(
    wanted: "Sequence[DownloadRequest]", one: "Callable[[DownloadRequest], FetchedFile]", as_json: bool
) -> None:
    from detente.sources.fetch.errors import RequestRefused

    found: list[FetchedFile] = []
    missing: list[DetenteError] = []
    with progress("fetching", f"of {len(wanted)} files", len(wanted)) as told:
        for i, w in enumerate(wanted):
            try:
                found.append(one(w))
            except RequestRefused as e:
                # Providers list files that they do not have; the others are still wanted.
                if e.status != 404 or len(wanted) == 1:
                    raise
                missing.append(e)
            told(i + 1)
    _print_result(found, missing, as_json)


def _print_result(found: "Sequence[FetchedFile]", missing: Sequence[DetenteError], as_json: bool) -> None:
    if as_json:
        files = [{"file": str(f.path), "url": f.url, "bytes": f.bytes, "cached": f.cached} for f in found]
        print_json({"files": files, "missing": [str(m) for m in missing]})
    else:
        new, size = sum(not f.cached for f in found), sum(f.bytes for f in found)
        for m in missing:
            click.echo(f"! {m}")
        for f in found[:10]:
            click.echo(f.path)
        if len(found) > 10:
            click.echo(f"and {len(found) - 10} more in {found[0].path.parent}")
        click.echo(f"{len(found)} files, {size:,} bytes: {new} fetched, {len(found) - new} were here already.")
        if found:
            click.echo(f"Next: detente ingest {found[0].path if len(found) == 1 else found[0].path.parent}")
    if missing:
        raise missing[0]


def _print_plan(wanted: "Sequence[DownloadRequest]", as_json: bool) -> None:
    rows = [{"url": w.url, "file": str(w.to), "bytes": w.size, "here": w.to.is_file()} for w in wanted]
    if as_json:
        print_json({"would_fetch": rows})
        return
    shown = [(r["url"], r["bytes"], "yes" if r["here"] else "no") for r in rows[:40]]
    known = sum(w.size or 0 for w in wanted)
    note = f"{len(wanted)} files" + (f", {known:,} bytes" if known else "") + "; nothing was fetched of them."
    print_table("Would be fetched", ["address", "bytes#", "here"], shown, note)
