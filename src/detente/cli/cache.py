"""`detente cache`: the results that commands and pages keep."""

from datetime import UTC, datetime
from typing import Any

import click

from detente.cli.options import json_option, print_json, print_table


@click.group()
def command() -> None:
    """Manage the cached results: fitted channels, findings, briefs.

    They lie in your cache folder; DETENTE_CACHE names another, and `DETENTE_CACHE=off` keeps nothing. Entries that have not been
    used for longest are removed beyond one gigabyte. Results of other data, options or code are made again by themselves, so
    clearing the cache only frees space.

    \b
    Examples:
      detente cache where
      detente cache list
      detente cache clear --stage brief
    """


@command.command()
def where() -> None:
    """Print the cache folder."""
    from detente.core.disk_cache import default_cache_folder

    click.echo(default_cache_folder() or "off")


@command.command("list")
@json_option
def list_entries(as_json: bool) -> None:
    """List the stages with the number, size and last use of their entries."""
    from detente.core.disk_cache import DiskCache, default_cache_folder

    cache = DiskCache(default_cache_folder())
    entries = cache.entries()
    stages: list[dict[str, Any]] = []
    for stage in sorted({e.stage for e in entries}):
        own = [e for e in entries if e.stage == stage]
        last = datetime.fromtimestamp(max(e.used for e in own), UTC).isoformat(timespec="seconds")
        stages.append({"stage": stage, "entries": len(own), "bytes": sum(e.size for e in own), "last_used": last})
    if as_json:
        print_json({"folder": cache.folder, "stages": stages})
        return
    rows = [(s["stage"], s["entries"], f"{s['bytes'] / 1e6:,.1f} MB", s["last_used"]) for s in stages]
    total = sum(e.size for e in entries) / 1e6
    print_table(
        "Cached results", ["stage", "entries#", "size#", "last used"], rows, f"{total:,.1f} MB in {cache.folder}."
    )


@command.command()
@click.option("--stage", help="Remove only the entries of this stage, as `detente cache list` names it.")
def clear(stage: str | None) -> None:
    """Remove cached results."""
    from detente.core.disk_cache import DiskCache, default_cache_folder

    cache = DiskCache(default_cache_folder())
    known = sorted({e.stage for e in cache.entries()})
    if stage and stage not in known:
        raise click.BadParameter(
            f"no entries of {stage!r}. Stages: {', '.join(known) or 'none'}.", param_hint="--stage"
        )
    click.echo(f"{cache.clear(stage) / 1e6:,.1f} MB removed.")
