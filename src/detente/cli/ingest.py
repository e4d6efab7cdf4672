"""`detente ingest`: add published files to the store."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.options import Day, json_option, print_json, print_table, resolve_store_path, store_option
from detente.cli.progress import progress
from detente.core.errors import DetenteError


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--source", help="Name the source of the files.  [default: recognised from content]")
@click.option("--known-on", type=Day(), help="Set the publication date, such as 2026-02-20.")
@click.option("--mapping", type=click.Path(path_type=Path), help="Read column meanings from this TOML file.")
@click.option("--again", is_flag=True, help="Read files again that the store already holds.")
@store_option
@json_option
def command(
    files: tuple[Path, ...], source: str | None, known_on: date | None, mapping: Path | None, again: bool,
    store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read published files into the store. Each file is one release, added as a whole or not at all.

    A release replaces an earlier one of the same source and name; the earlier version of the store stays readable.
    Rejected rows are stored with the reason: events, merged rows and rejected rows add up to the rows of the file.
    A file that fails does not stop the others; the exit code is that of the first failure.

    \b
    Examples:
      detente ingest GEDEvent_v26_0_1.csv
      detente ingest 2025*.export.CSV.zip --store /data/conflicts
      detente ingest chronology.csv --known-on 2026-06-30
      detente store list                                      list the releases
    """
    from detente.events.reader import read_release
    from detente.store.writer import add_release

    path = resolve_store_path(store)
    results: list[dict[str, Any]] = []
    failed: list[DetenteError] = []
    for file in files:
        try:
            with progress(file.name, "events") as update:
                reading = read_release(file, source=source, known_on=known_on, mapping=mapping)
                change = add_release(path, reading, told=update, again=again)
        except DetenteError as e:
            failed.append(e)
            results.append({"file": str(file), "what": "failed", "error": str(e)})
            click.echo(f"detente: {e}", err=True)
            continue
        release = change.release
        assert release is not None  # only a removal has none
        counts = {n: getattr(release, n) for n in ("known_on", "rows", "events", "merged", "set_aside")}
        results.append(
            {"file": str(file), "what": change.what, "release": release.name, **counts, "version": change.version}
        )
    if as_json:
        print_json({"store": str(path), "files": results})
    else:
        rows = [
            (d.get("release", Path(d["file"]).name), d["what"], d.get("known_on"), d.get("rows"), d.get("events"), d.get("merged"), d.get("set_aside"))
            for d in results
        ]  # fmt: skip
        rejected = next((d["release"] for d in results if d.get("set_aside")), None)
        note = f"Store: {path}." + (f" To list rejected rows: detente store set-aside {rejected}" if rejected else "")
        columns = ["release", "result", "known on", "rows#", "events#", "merged#", "rejected#"]
        print_table("Ingested files", columns, rows, note)
    if failed:
        sys.exit(failed[0].exit_code)
