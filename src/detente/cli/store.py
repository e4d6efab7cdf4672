"""`detente store`: manage the releases in the store."""

from pathlib import Path
from typing import Any

import click

from detente.cli.ingest import command as ingest
from detente.cli.match import command as match
from detente.cli.options import json_option, print_json, print_table, resolve_store_path, store_option
from detente.cli.progress import progress

version_option = click.option(
    "--version", type=click.IntRange(min=0), help="Read this version of the store.  [default: the newest]"
)


@click.group()
def command() -> None:
    """Manage the store: one versioned table to which releases are added and removed as a whole.

    \b
    Examples:
      detente store list
      detente store add GEDEvent_v26_0_1.csv            same as detente ingest
      detente store diff GEDEvent_v25_1 GEDEvent_v26_1  compare two releases
      detente store set-aside GEDEvent_v26_0_1          list rejected rows with reasons
      detente store match                               review reports of the same event
      detente store verify                              check every file and row count
      detente store history                             list versions, newest first
      detente store list --version 3                    list an earlier version
      detente store remove ucdp/GEDEvent_v25_1
      detente store clear --dry-run                     list leftover files
    """


command.add_command(ingest, "add")
command.add_command(match, "match")


@command.command("list")
@version_option
@store_option
@json_option
def list_releases(version: int | None, store: Path | None, as_json: bool) -> None:
    """List the releases in the store with their row counts."""
    from dataclasses import asdict

    from detente.store.snapshot import open_version

    now = open_version(resolve_store_path(store), version)
    releases = now.releases()
    if as_json:
        data = [{"name": r.name, **asdict(r)} for r in releases]
        print_json({"store": str(now.path), "version": now.version, "releases": data})
        return
    rows = [
        (r.name, r.known_on, r.rows, r.events, r.merged, r.set_aside, r.first, r.last, _format_bytes(r.bytes))
        for r in releases
    ]
    note = f"Version {now.version} of {now.path}: {len(releases)} releases, {sum(r.events for r in releases):,} events."
    columns = ["release", "known on", "rows#", "events#", "merged#", "rejected#", "from", "to", "size#"]
    print_table("Releases", columns, rows, note)


@command.command()
@click.argument("release")
@store_option
@json_option
def remove(release: str, store: Path | None, as_json: bool) -> None:
    """Remove a release. Earlier versions of the store hold it until they are cleared.

    \b
    Example:
      detente store remove ucdp/GEDEvent_v25_1
    """
    from detente.store.writer import remove_release

    change = remove_release(resolve_store_path(store), release)
    name = change.release.name if change.release else release
    if as_json:
        print_json({"what": change.what, "release": name, "version": change.version})
        return
    click.echo(f"{name} removed in version {change.version}; version {change.version - 1} still holds it.")


@command.command()
@version_option
@store_option
@json_option
def verify(version: int | None, store: Path | None, as_json: bool) -> None:
    """Check the store: hashes, checksums, row counts, row accounts and duplicate ids.

    Exits with code 5 if a check fails. Leftover files of killed programs are reported, but are no failure.

    \b
    Examples:
      detente store verify
      detente store verify --version 3 --json
    """
    from dataclasses import asdict

    from detente.store.errors import CorruptStore
    from detente.store.snapshot import open_version
    from detente.store.verify import verify_store

    now = open_version(resolve_store_path(store), version)
    with progress("verifying", f"of {len(now.files)} files", len(now.files)) as update:
        v = verify_store(now, update)
    if as_json:
        print_json(asdict(v))
    else:
        for p in v.problems:
            click.echo(f"{p.release}: {p.what}")
        click.echo(
            f"Version {v.version} of {now.path}: {v.releases} releases, {v.files} files, {_format_bytes(v.bytes)}; "
            f"{v.rows:,} rows = {v.events:,} events + {v.merged:,} merged + {v.set_aside:,} rejected."
        )
        if v.leftovers:
            click.echo(f"{len(v.leftovers)} leftover files belong to no version. Remove them with detente store clear.")
    if v.problems:
        count = len(v.problems)
        raise CorruptStore(
            now.path,
            f"{count} problem{'s' * (count > 1)}, the first in {v.problems[0].release}: {v.problems[0].what}",
            "Ingest the files of the releases listed above, with --again.",
        )
    if not as_json:
        click.echo("Store verified: no problems found.")


@command.command()
@click.option("--limit", type=click.IntRange(min=1), default=None, help="List at most this many versions.")
@store_option
@json_option
def history(limit: int | None, store: Path | None, as_json: bool) -> None:
    """List the versions of the store, newest first, with what each changed.

    \b
    Examples:
      detente store history --limit 10
      detente store history --json
    """
    from dataclasses import asdict

    from detente.store.history import read_history

    versions = read_history(resolve_store_path(store), limit)
    if as_json:
        print_json([asdict(v) for v in versions])
        return
    rows = [
        (v.version, f"{v.at:%Y-%m-%d %H:%M:%S}", v.what, v.release, v.known_on, v.rows, v.events, v.set_aside)
        for v in versions
    ]
    columns = ["version#", "time (UTC)", "change", "release", "known on", "rows#", "events#", "rejected#"]
    print_table("Versions", columns, rows, f"Store: {resolve_store_path(store)}.")


@command.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--from-version", type=click.IntRange(min=0), help="Take A from this earlier version of the store.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="Show at most this many rows; --json lists all.",
)
@store_option
@json_option
def diff(before: str, after: str, from_version: int | None, limit: int, store: Path | None, as_json: bool) -> None:
    """Compare release A with release B: events added, removed or changed.

    \b
    Examples:
      detente store diff GEDEvent_v25_1 GEDEvent_v26_1
      detente store diff chronology.csv chronology.csv --from-version 3  one release, two versions
      detente store diff A B --json                                      list every changed value
    """
    from dataclasses import asdict

    from detente.store.diff import compare_releases
    from detente.store.snapshot import open_version

    path = resolve_store_path(store)
    now = open_version(path)
    d = compare_releases(now, before, after, earlier=None if from_version is None else open_version(path, from_version))
    if as_json:
        print_json(asdict(d))
        return
    rows: list[tuple[Any, ...]] = [(c.id, c.column, c.before, c.after) for c in d.changes[:limit]]
    click.echo(
        f"From {d.before} to {d.after}: {len(d.came):,} events added, {len(d.went):,} removed, "
        f"{len(d.changed):,} changed, {d.same:,} unchanged."
    )
    for word, ids in (("Added", d.came), ("Removed", d.went)):
        if ids:
            more = f" and {len(ids) - limit:,} more" if len(ids) > limit else ""
            click.echo(f"{word}: {', '.join(ids[:limit])}{more}")
    if d.columns:
        click.echo("Changed: " + ", ".join(f"{c} {n:,}" for c, n in d.columns.items()))
        click.echo(
            f"Deaths (best estimates, events with a figure in both): {d.deaths_before:,} before, {d.deaths_after:,} after."
        )
    if rows:
        more = f"{len(d.changes):,} changes; --json lists all." if len(d.changes) > limit else ""
        print_table("Changed values", ["id", "column", "before", "after"], rows, more)


@command.command("set-aside")
@click.argument("release", required=False)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=40,
    show_default=True,
    help="Show at most this many rows; --json lists all.",
)
@version_option
@store_option
@json_option
def set_aside(release: str | None, limit: int, version: int | None, store: Path | None, as_json: bool) -> None:
    """List rejected rows: where each one is, why it was rejected and how to fix it.

    \b
    Examples:
      detente store set-aside
      detente store set-aside GEDEvent_v26_0_1 --json
    """
    from detente.store.snapshot import open_version

    now = open_version(resolve_store_path(store), version)
    names = None if release is None else [now.resolve(release)]
    table = now.rejects(names).read_all()
    if as_json:
        print_json(table.to_pylist())
        return
    rows = [
        (f"{r['source']}/{r['release']}", r["row"], r["column"], r["value"], r["reason"], r["remedy"])
        for r in table.slice(0, limit).to_pylist()
    ]
    more = f" Showing {limit}; --json lists all." if table.num_rows > limit else ""
    columns = ["release", "row#", "column", "value", "reason", "remedy"]
    print_table("Rejected rows", columns, rows, f"{table.num_rows:,} rows.{more}")


@command.command()
@click.option("--days", type=click.FloatRange(min=0), default=1.0, show_default=True,
              help="Keep files younger than this: an ingest may be writing them.")  # fmt: skip
@click.option("--forget-versions", is_flag=True,
              help="Also remove data of earlier versions; briefs made from them cannot be reproduced.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Report what would be removed; remove nothing.")
@store_option
@json_option
def clear(days: float, forget_versions: bool, dry_run: bool, store: Path | None, as_json: bool) -> None:
    """Remove leftover files of killed programs and, on request, data of earlier versions.

    \b
    Examples:
      detente store clear --dry-run
      detente store clear --forget-versions --days 30
    """
    from detente.store.verify import remove_leftovers

    c = remove_leftovers(resolve_store_path(store), days=days, forget=forget_versions, dry_run=dry_run)
    if as_json:
        print_json({"files": [str(f) for f in c.files], "bytes": c.bytes, "dry_run": dry_run})
        return
    click.echo(f"{len(c.files)} files, {_format_bytes(c.bytes)}, {'would be ' * dry_run}removed.")


def _format_bytes(n: int) -> str:
    """Format a file size.

    Example:
        >>> _format_bytes(999), _format_bytes(131_956), _format_bytes(2_500_000_000)
        ('999 B', '132.0 kB', '2.5 GB')
    """
    size = float(n)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            break
        size /= 1000
    return f"{n} B" if unit == "B" else f"{size:.1f} {unit}"
