"""`detente data`: what the store holds, and looking after it."""

from pathlib import Path
from typing import Any

import click

from detente.cli.ingest import command as ingest
from detente.cli.match import command as same
from detente.cli.options import json_option, print_json, print_table, resolve_store_path, store_option
from detente.cli.progress import progress

version_option = click.option(
    "--version", type=click.IntRange(min=0), default=None, help="As it was at this version; the newest if not given."
)


@click.group()
def command() -> None:
    """The store of releases: one table with versions, in which a release comes and goes whole.

    \b
    Examples:
      detente data list
      detente data add GEDEvent_v26_0_1.csv             the same as detente ingest
      detente data diff GEDEvent_v25_1 GEDEvent_v26_1   what a new release changed
      detente data set-aside GEDEvent_v26_0_1           rows that could not be read, and why
      detente data same                                 two reports of one event, for you to decide
      detente data verify                               read every byte and count every row
      detente data history                              versions, newest first
      detente data list --version 3                     the store as it was
      detente data remove ucdp/GEDEvent_v25_1
      detente data clear --dry-run                      what killed programs left behind
    """


command.add_command(ingest, "add")
command.add_command(same, "same")


@command.command("list")
@version_option
@store_option
@json_option
def list_releases(version: int | None, store: Path | None, as_json: bool) -> None:
    """The releases in the store, with the account of their rows."""
    from dataclasses import asdict

    from detente.store.snapshot import open_version

    now = open_version(resolve_store_path(store), version)
    kept = now.releases()
    if as_json:
        releases = [{"name": k.name, **asdict(k)} for k in kept]
        print_json({"store": str(now.path), "version": now.version, "releases": releases})
        return
    rows = [
        (k.name, k.known_on, k.rows, k.events, k.merged, k.set_aside, k.first, k.last, _format_bytes(k.bytes))
        for k in kept
    ]
    note = f"Version {now.version} of {now.path}: {len(kept)} releases, {sum(k.events for k in kept):,} events."
    columns = ["release", "known on", "rows#", "events#", "merged#", "set aside#", "from", "to", "size#"]
    print_table("Releases", columns, rows, note)


@command.command()
@click.argument("release")
@store_option
@json_option
def remove(release: str, store: Path | None, as_json: bool) -> None:
    """Take a release out of the store. Earlier versions still hold it until they are cleared.

    \b
    Example:
      detente data remove ucdp/GEDEvent_v25_1
    """
    from detente.store.writer import remove_release as take_out

    change = take_out(resolve_store_path(store), release)
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
    """Read every byte of the store: hashes, checksums, row counts, accounts, ids that stand twice.

    Ends with code 5 if anything is wrong. Leftovers of killed programs are told, but are no fault.

    \b
    Examples:
      detente data verify
      detente data verify --version 3 --json
    """
    from dataclasses import asdict

    from detente.store.errors import CorruptStore
    from detente.store.snapshot import open_version
    from detente.store.verify import verify_store as check

    now = open_version(resolve_store_path(store), version)
    with progress("verifying", f"of {len(now.files)} files", len(now.files)) as told:
        v = check(now, told)
    if as_json:
        print_json(asdict(v))
    else:
        for p in v.problems:
            click.echo(f"{p.release}: {p.what}")
        click.echo(
            f"Version {v.version} of {now.path}: {v.releases} releases, {v.files} files, {_format_bytes(v.bytes)}; "
            f"{v.rows:,} rows = {v.events:,} events + {v.merged:,} merged + {v.set_aside:,} set aside."
        )
        if v.leftovers:
            click.echo(f"{len(v.leftovers)} leftover files, part of no version: detente data clear takes them away.")
    if v.problems:
        count = len(v.problems)
        raise CorruptStore(
            now.path,
            f"{count} problem{'s' * (count > 1)}, the first in {v.problems[0].release}: {v.problems[0].what}",
            "Ingest the files of the releases named above again; --again reads what seems unchanged.",
        )
    if not as_json:
        click.echo("All is as it was written.")


@command.command()
@click.option("--limit", type=click.IntRange(min=1), default=None, help="Only so many of the newest versions.")
@store_option
@json_option
def history(limit: int | None, store: Path | None, as_json: bool) -> None:
    """The versions of the store, newest first, and what each changed.

    \b
    Examples:
      detente data history --limit 10
      detente data history --json
    """
    from dataclasses import asdict

    from detente.store.history import read_history as versions

    found = versions(resolve_store_path(store), limit)
    if as_json:
        print_json([asdict(v) for v in found])
        return
    rows = [
        (v.version, f"{v.at:%Y-%m-%d %H:%M:%S}", v.what, v.release, v.known_on, v.rows, v.events, v.set_aside)
        for v in found
    ]
    columns = ["version#", "at (UTC)", "what", "release", "known on", "rows#", "events#", "set aside#"]
    print_table("Versions", columns, rows, f"Store: {resolve_store_path(store)}.")


@command.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--from-version", type=click.IntRange(min=0), help="Look for A in this earlier version of the store.")
@click.option(
    "--limit", type=click.IntRange(min=0), default=20, show_default=True, help="Rows of the table; JSON holds all."
)
@store_option
@json_option
def diff(
    before: str, after: str, from_version: int | None, limit: int, store: Path | None, as_json: bool
) -> None:  # fmt: skip
    """What release B changed of release A: events that came, went, or were told differently.

    \b
    Examples:
      detente data diff GEDEvent_v25_1 GEDEvent_v26_1
      detente data diff chronology.csv chronology.csv --from-version 3   one release, then and now
      detente data diff A B --json                                       every value that changed
    """
    from dataclasses import asdict

    from detente.store.diff import compare_releases as compare
    from detente.store.snapshot import open_version

    path = resolve_store_path(store)
    now = open_version(path)
    d = compare(now, before, after, earlier=None if from_version is None else open_version(path, from_version))
    if as_json:
        print_json(asdict(d))
        return
    rows: list[tuple[Any, ...]] = [(c.id, c.column, c.before, c.after) for c in d.changes[:limit]]
    click.echo(
        f"From {d.before} to {d.after}: {len(d.came):,} events came, {len(d.went):,} went, "
        f"{len(d.changed):,} changed, {d.same:,} stayed the same."
    )
    for word, ids in (("Came", d.came), ("Went", d.went)):
        if ids:
            click.echo(
                f"{word}: {', '.join(ids[:limit])}" + (f" and {len(ids) - limit:,} more" if len(ids) > limit else "")
            )
    if d.columns:
        click.echo("Changed: " + ", ".join(f"{c} {n:,}" for c, n in d.columns.items()))
        click.echo(
            f"Deaths, best estimates, of events that both give a figure for: {d.deaths_before:,} then {d.deaths_after:,}."
        )
    if rows:
        more = f"{len(d.changes):,} changes; --json gives all." if len(d.changes) > limit else ""
        print_table("Told differently", ["id", "column", "before", "after"], rows, more)


@command.command("set-aside")
@click.argument("release", required=False)
@click.option(
    "--limit", type=click.IntRange(min=1), default=40, show_default=True, help="Rows of the table; JSON holds all."
)
@version_option
@store_option
@json_option
def set_aside(release: str | None, limit: int, version: int | None, store: Path | None, as_json: bool) -> None:
    """Rows that could not become events: where they stood, why, and how to mend them.

    \b
    Examples:
      detente data set-aside
      detente data set-aside GEDEvent_v26_0_1 --json
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
    more = f" {limit} are shown; --json gives all." if table.num_rows > limit else ""
    columns = ["release", "row#", "column", "value", "reason", "remedy"]
    print_table("Rows set aside", columns, rows, f"{table.num_rows:,} rows.{more}")


@command.command()
@click.option(
    "--days",
    type=click.FloatRange(min=0),
    default=1.0,
    show_default=True,
    help="Leave younger files alone: an ingest may be writing them.",
)
@click.option(
    "--forget-versions",
    is_flag=True,
    help="Also remove what only earlier versions hold; briefs made from them cannot be made again.",
)
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@store_option
@json_option
def clear(days: float, forget_versions: bool, dry_run: bool, store: Path | None, as_json: bool) -> None:
    """Remove what killed programs left behind; on request also what only earlier versions hold.

    \b
    Examples:
      detente data clear --dry-run
      detente data clear --forget-versions --days 30
    """
    from detente.store.verify import remove_leftovers as sweep

    c = sweep(resolve_store_path(store), days=days, forget=forget_versions, dry_run=dry_run)
    if as_json:
        print_json({"files": [str(f) for f in c.files], "bytes": c.bytes, "dry_run": dry_run})
        return
    click.echo(f"{len(c.files)} files, {_format_bytes(c.bytes)}, {'would be ' * dry_run}removed.")


def _format_bytes(n: int) -> str:
    """A file's size for people.

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
