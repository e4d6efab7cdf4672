"""`detente ingest`: read published files into the store."""

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
@click.option("--source", help="Whose file it is; recognised from its content if not given.")
@click.option("--known-on", type=Day(), help="The day this release became known (2026-02-20).")
@click.option(
    "--mapping", type=click.Path(path_type=Path), help="A TOML file that says what the columns of a table mean."
)
@click.option("--again", is_flag=True, help="Read anew what the store holds already.")
@store_option
@json_option
def command(
    files: tuple[Path, ...], source: str | None, known_on: date | None, mapping: Path | None, again: bool,
    store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read published files into the store: each one a release, kept whole or not at all.

    A release of the same source and name takes the place of the one that was there; the earlier version of the
    table stays readable. Rows that cannot be read are kept beside the events, with the reason: events, merged rows
    and rows set aside together are the rows of the file. Readers never see half of a release. A file that fails
    does not stop the others; the exit code is then that of the first failure.

    \b
    Examples:
      detente ingest GEDEvent_v26_0_1.csv
      detente ingest 2025*.export.CSV.zip --store /data/conflicts
      detente ingest chronology.csv --known-on 2026-06-30
      detente data list                                       what the store holds
    """
    from detente.events.reader import read_release
    from detente.store.writer import add_release

    path = resolve_store_path(store)
    done: list[dict[str, Any]] = []
    failed: list[DetenteError] = []
    for file in files:
        try:
            with progress(file.name, "events") as told:
                reading = read_release(file, source=source, known_on=known_on, mapping=mapping)
                change = add_release(path, reading, told=told, again=again)
        except DetenteError as e:
            failed.append(e)
            done.append({"file": str(file), "what": "failed", "error": str(e)})
            click.echo(f"detente: {e}", err=True)
            continue
        kept = change.release
        assert kept is not None  # only a removal has none
        told_of = {n: getattr(kept, n) for n in ("known_on", "rows", "events", "merged", "set_aside")}
        done.append(
            {"file": str(file), "what": change.what, "release": kept.name, **told_of, "version": change.version}
        )
    if as_json:
        print_json({"store": str(path), "files": done})
    else:
        rows = [
            (d.get("release", Path(d["file"]).name), d["what"], d.get("known_on"), d.get("rows"), d.get("events"), d.get("merged"), d.get("set_aside"))
            for d in done
        ]  # fmt: skip
        aside = next((d["release"] for d in done if d.get("set_aside")), None)
        note = f"Store: {path}." + (f" Why rows were set aside: detente data set-aside {aside}" if aside else "")
        columns = ["release", "done", "known on", "rows#", "events#", "merged#", "set aside#"]
        print_table("Ingested", columns, rows, note)
    if failed:
        sys.exit(failed[0].exit_code)
