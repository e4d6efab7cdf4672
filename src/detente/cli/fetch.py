"""`detente fetch`: download published data."""

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
    """The options of every provider."""
    for option in (
        json_option,
        click.option("--dry-run", is_flag=True, help="List what would be fetched and what is cached; fetch no data."),
        click.option("--offline", is_flag=True, help="Use cached files only, never the network."),
        click.option("--refresh", is_flag=True, help="Check whether cached files have changed."),
        click.option(
            "--out", type=click.Path(path_type=Path), help="Download to this folder.  [default: the user's cache]"
        ),
    ):
        f = option(f)
    return f


def date_range_option(f: F) -> F:
    """--from and --to."""
    f = click.option("--to", "last", type=Day(), required=True, help="Fetch events up to this date.")(f)
    return click.option("--from", "first", type=Day(), required=True, help="Fetch events from this date.")(f)


@click.group()
def command() -> None:
    """Download published data. Then add it to the store with detente ingest.

    Cached files are not fetched again. An interrupted download resumes, also in a later run. Files are checked against
    the provider's checksum, if there is one. Requests to busy servers are retried. Proxies come from HTTPS_PROXY and
    NO_PROXY. Tokens and passwords come from the environment or from secrets.toml in the user's configuration folder
    (readable by you alone), and are never shown.

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
@click.option("--api", is_flag=True, help="Use the API with the token in UCDP_TOKEN instead of the open downloads.")
@click.option("--country", "countries", multiple=True,
              help="API: fetch this country by Gleditsch-Ward number (770 Pakistan); repeatable.")  # fmt: skip
@click.option("--from", "first", type=Day(), help="API: fetch events from this date.")
@click.option("--to", "last", type=Day(), help="API: fetch events up to this date.")
@fetch_options
def ucdp(
    versions: tuple[str, ...], api: bool, countries: tuple[str, ...], first: date | None, last: date | None,
    out: Path | None, refresh: bool, offline: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Download UCDP events by version: yearly (25.1) or monthly candidates (26.0.1).

    \b
    Examples:
      detente fetch ucdp 25.1
      detente fetch ucdp 26.0.1 26.0.2 --out downloads
      detente fetch ucdp 25.1 --api --country 770 --from 2024-01-01 --to 2024-12-31
    """
    from detente.sources.fetch import ucdp as provider

    folder = _resolve_folder(out, "ucdp")
    if not api and (countries or first or last):
        raise click.UsageError("--country, --from and --to need the API. Add --api, or fetch the whole version.")
    from detente.events.provider_countries import check_ucdp_country

    numbers = [check_ucdp_country(c) for c in countries]
    wanted = provider.plan_downloads(versions, folder)
    if dry_run and not api:
        _print_plan(wanted, as_json)
        return
    if dry_run:
        click.echo(f"{len(versions)} queries to {provider.API_URL}, in pages of {provider.PAGE_SIZE:,} rows.")
        return
    with _open_client(offline) as client:
        if api:
            with progress("Fetching from the UCDP API", "rows") as update:
                files = [
                    provider.fetch_from_api(client, v, folder, countries=numbers, first=first, last=last, told=lambda n, _: update(n))
                    for v in versions
                ]  # fmt: skip
            _print_result(files, [], as_json)
        else:
            _download_all(wanted, lambda w: client.download(w, refresh=refresh), as_json)


@command.command()
@date_range_option
@click.option("--daily", is_flag=True, help="Fetch GDELT 1 (one file a day) instead of GDELT 2 (one every 15 minutes).")
@click.option("--country", "countries", multiple=True,
              help="Keep only rows with this place (PK, FIPS) or actor (PAK, CAMEO); repeatable.")  # fmt: skip
@fetch_options
def gdelt(
    first: date, last: date, daily: bool, countries: tuple[str, ...], out: Path | None, refresh: bool, offline: bool,
    dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Download GDELT event files by date.

    \b
    Examples:
      detente fetch gdelt --from 2025-10-01 --to 2025-10-31 --country PAK --country AFG --country PK --country AF
      detente fetch gdelt --from 2025-10-09 --to 2025-10-09 --daily
    """
    from detente.sources.fetch import gdelt as provider

    if last < first:
        raise click.UsageError(f"--to {last} is before --from {first}.")
    from detente.events.provider_countries import check_gdelt_country

    meanings = [check_gdelt_country(c) for c in countries]
    if meanings:
        click.echo(f"Rows kept: {'; '.join(meanings)}.", err=True)
    folder = _resolve_folder(out, "gdelt")
    with _open_client(offline) as client:
        with progress("Fetching the file list", "bytes") as update:
            wanted = provider.plan_downloads(
                client, first, last, folder, daily=daily, refresh=refresh, told=lambda n, _: update(n)
            )
        if dry_run:
            _print_plan([replace(w, to=provider.build_destination(w, countries)) for w in wanted], as_json)
            return
        files = _download_all(wanted, lambda w: provider.fetch(client, w, countries), as_json, print_it=not countries)
        if countries:
            _finish_gdelt(wanted, files, countries, first, last, as_json)


def _finish_gdelt(
    wanted: "Sequence[DownloadRequest]", fetched: "tuple[list[FetchedFile], list[DetenteError]]",
    countries: Sequence[str], first: date, last: date, as_json: bool,
) -> None:  # fmt: skip
    """Say what was found. Archives without a matching row are removed only if others had one."""
    from detente.sources.fetch import gdelt as provider
    from detente.sources.fetch.errors import NothingFound

    files, missing = fetched
    if files and not any(f.bytes for f in files):
        kept = f"The {len(files)} archives are kept in {files[0].path.parent}."
        for f in files:
            f.path.unlink(missing_ok=True)  # an empty file would count as fetched
        raise NothingFound(f"{' and '.join(countries)} from {first} to {last} in {len(files)} files of GDELT", kept)
    for w in wanted:
        if provider.build_destination(w, countries).is_file():
            provider.remove_archive(w)
    _print_result(files, missing, as_json)


@command.command()
@click.option("--country", "countries", multiple=True, help="Fetch this country, by its ACLED name; repeatable.")
@click.option("--from", "first", type=Day(), help="Fetch events from this date.")
@click.option("--to", "last", type=Day(), help="Fetch events up to this date.")
@click.option("--deleted", is_flag=True, help="Fetch the list of deleted events instead of events.")
@fetch_options
def acled(
    countries: tuple[str, ...], first: date | None, last: date | None, deleted: bool, out: Path | None, refresh: bool,
    offline: bool, dry_run: bool, as_json: bool,
) -> None:  # fmt: skip
    """Download ACLED events with your account (ACLED_EMAIL, ACLED_PASSWORD). Its terms forbid sharing them.

    \b
    Examples:
      detente fetch acled --country Pakistan --country Afghanistan --from 2024-01-01 --to 2024-12-31
      detente fetch acled --deleted
    """
    from detente.sources.fetch import acled as provider
    from detente.sources.fetch.errors import NotCached

    if not deleted and not (countries and first and last):
        raise click.UsageError("Give --country, --from and --to, or --deleted.")
    from detente.events.provider_countries import check_acled_country

    for country in countries:
        check_acled_country(country)
    folder = _resolve_folder(out, "acled")
    a, b = first or date.min, last or date.max
    if b < a:
        raise click.UsageError(f"--to {b} is before --from {a}.")
    to = provider.build_destination(folder, countries, a, b, deleted=deleted)
    if dry_run:
        action = "is cached" if to.is_file() else f"would be fetched, in pages of {provider.PAGE_SIZE:,} rows"
        click.echo(f"{to} {action}.")
        return
    if to.is_file() and not refresh:
        _print_result([provider.describe_cached(to)], [], as_json)
        return
    if offline:
        raise NotCached(to.name, folder)
    with _open_client(offline) as client, progress("Fetching from ACLED", "rows") as update:
        file = provider.fetch(client, countries, a, b, folder, deleted=deleted, told=lambda n, _: update(n))
    _print_result([file], [], as_json)


def _resolve_folder(out: Path | None, provider: str) -> Path:
    from platformdirs import user_cache_path

    return out or user_cache_path("detente", appauthor=False) / provider


@contextmanager
def _open_client(offline: bool) -> "Iterator[DownloadClient]":
    from detente.sources.fetch.client import DownloadClient

    with DownloadClient(offline=offline) as client:
        yield client


def _download_all(
    wanted: "Sequence[DownloadRequest]",
    one: "Callable[[DownloadRequest], FetchedFile]",
    as_json: bool,
    *,
    print_it: bool = True,
) -> "tuple[list[FetchedFile], list[DetenteError]]":
    from detente.sources.fetch.errors import RequestRefused

    fetched: list[FetchedFile] = []
    missing: list[DetenteError] = []
    with progress("Fetching", f"of {len(wanted)} files", len(wanted)) as update:
        for i, w in enumerate(wanted):
            try:
                fetched.append(one(w))
            except RequestRefused as e:
                # Providers list files that they do not have. The others can still be fetched.
                if e.status != 404 or len(wanted) == 1:
                    raise
                missing.append(e)
            update(i + 1)
    if print_it:
        _print_result(fetched, missing, as_json)
    return fetched, missing


def _print_result(files: "Sequence[FetchedFile]", missing: Sequence[DetenteError], as_json: bool) -> None:
    if as_json:
        data = [{"file": str(f.path), "url": f.url, "bytes": f.bytes, "cached": f.cached} for f in files]
        print_json({"files": data, "missing": [str(m) for m in missing]})
    else:
        new, size = sum(not f.cached for f in files), sum(f.bytes for f in files)
        for m in missing:
            click.echo(f"! {m}")
        for f in files[:10]:
            click.echo(f.path)
        if len(files) > 10:
            click.echo(f"and {len(files) - 10} more in {files[0].path.parent}")
        click.echo(f"{len(files)} files, {size:,} bytes: {new} fetched, {len(files) - new} cached.")
        if files:
            click.echo(f"Next: detente ingest {files[0].path if len(files) == 1 else files[0].path.parent}")
    if missing:
        raise missing[0]


def _print_plan(wanted: "Sequence[DownloadRequest]", as_json: bool) -> None:
    rows = [{"url": w.url, "file": str(w.to), "bytes": w.size, "here": w.to.is_file()} for w in wanted]
    if as_json:
        print_json({"would_fetch": rows})
        return
    table = [(r["url"], r["bytes"], "yes" if r["here"] else "no") for r in rows[:40]]
    known = sum(w.size or 0 for w in wanted)
    note = f"{len(wanted)} files" + (f", {known:,} bytes" if known else "") + "; none was fetched."
    print_table("Planned downloads", ["URL", "bytes#", "cached"], table, note)
