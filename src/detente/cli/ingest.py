"""`detente ingest`: add published files to the store."""

import sys
from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from detente.cli.options import Day, json_option, print_json, print_table, resolve_store_path, store_option
from detente.cli.progress import progress
from detente.core.date_range import join_spans
from detente.core.errors import DetenteError

if TYPE_CHECKING:
    from detente.events.reader import PlannedRelease, ReleasePlan
    from detente.store.effect import IngestEffect
    from detente.store.snapshot import ReleaseAccount, Snapshot
    from detente.store.writer import StoreChange


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--source", help="Name the source of the files.  [default: recognised from content]")
@click.option("--known-on", type=Day(), help="Set the publication date, such as 2026-02-20.")
@click.option("--mapping", type=click.Path(path_type=Path), help="Read column meanings from this TOML file.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]),
              help="Read days such as 01/02/2024 as day, month (dmy) or month, day (mdy).")  # fmt: skip
@click.option("--encoding", help="Name the encoding of the text, such as cp1251.  [default: recognised]")
@click.option("--member", "members", multiple=True, help="Read only this file of an archive or folder; repeatable.")
@click.option("--sheet", "sheets", multiple=True, help="Read only this sheet of a workbook; repeatable.")
@click.option("--again", is_flag=True, help="Read files again that the store already holds.")
@store_option
@json_option
def command(
    files: tuple[Path, ...], source: str | None, known_on: date | None, mapping: Path | None,
    dates: Literal["dmy", "mdy"] | None, encoding: str | None, members: tuple[str, ...], sheets: tuple[str, ...],
    again: bool, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Read published files into the store. Each release is added as a whole or not at all.

    A file is one release. Of a folder or archive, each file of UCDP or ACLED is a release, and so is each file where it mixes
    providers; the files of another provider are one release. The days that a release covers count as collected; they are
    printed. A release replaces an earlier one of the same source and name; the earlier version of the store
    stays readable. Rejected rows are stored with the reason: events, merged rows and rejected rows add up to the rows
    of the file, and are listed by sheet and member. A file of which no row can be read is not added. A file that
    fails does not stop the others; the exit code is that of the first failure.

    \b
    Examples:
      detente ingest GEDEvent_v26_0_1.csv
      detente ingest 2025*.export.CSV.zip --store /data/conflicts
      detente ingest chronology.csv --known-on 2026-06-30
      detente ingest Events.2017.tab --dates mdy
      detente ingest ged.xlsx --sheet 2024
      detente store list                                      list the releases
    """
    from detente.core.extras import require_extra
    from detente.events.reader import plan_releases

    require_extra("store")
    if encoding is not None:
        _check_encoding(encoding)
    path = resolve_store_path(store)
    results: list[dict[str, Any]] = []
    failed: list[int] = []

    def fail(file: Path, error: DetenteError, name: str = "") -> None:
        failed.append(error.exit_code)
        results.append(
            {"file": str(file), **({"release": name} if name else {}), "what": "failed", "error": str(error)}
        )
        click.echo(f"detente: {error}", err=True)

    for file in files:
        try:
            plan = plan_releases(
                file, source=source, known_on=known_on, mapping=mapping, dates=dates, encoding=encoding, members=members, sheets=sheets
            )  # fmt: skip
        except DetenteError as e:
            fail(file, e)
            continue
        _tell_older_whole(path, file, plan)
        for planned in plan.releases:
            try:
                with progress(planned.name, "events") as update:
                    results.append({"file": str(file), **_add(path, planned, update, again)})
            except DetenteError as e:
                fail(file, e, planned.name if len(plan.releases) > 1 else "")
        for other in plan.left_out:
            results.append({"file": str(file), "release": other.name, "what": "left out", "error": other.why})
            if other.damaged:
                failed.append(5)
                click.echo(f"detente: {other.name} was left out: {other.why}", err=True)
    if as_json:
        print_json({"store": str(path), "files": results})
    else:
        _print_report(path, results)
    if failed:
        sys.exit(failed[0])


def _check_encoding(name: str) -> None:
    import codecs

    try:
        codecs.lookup(name)
    except LookupError:
        raise click.BadParameter(
            f"{name!r} is not an encoding. Use one such as utf-8, cp1252 or cp1251.", param_hint="--encoding"
        ) from None


def _add(path: Path, planned: "PlannedRelease", update: Callable[[int], None], again: bool) -> dict[str, Any]:
    """Add one release; return what to print about it."""
    from detente.cases.user_data import find_covered_days
    from detente.store.writer import add_release

    before = _open_before(path)
    reading = planned.open()
    change = add_release(path, reading, told=update, again=again)
    release = change.release
    assert release is not None  # only a removal has none
    counts = {n: getattr(release, n) for n in ("known_on", "rows", "events", "merged", "set_aside")}
    told: dict[str, Any] = {"what": change.what, "release": release.name, **counts, "version": change.version}
    days = find_covered_days(release)
    told["collected"] = {"from": days[0], "to": days[1]} if days else None
    if change.what == "unchanged":
        return told
    account = reading.account()
    told["parts"] = [asdict(p) for p in account.parts]
    told["without_place"] = account.without_place
    told["effect"] = asdict(effect) if (effect := _measure_effect(before, path, change, release)) else None
    return told


def _tell_older_whole(path: Path, file: Path, plan: "ReleasePlan") -> None:
    """Say of a folder or archive that the store holds it as one release too: it covers days that no file of it covers."""
    from detente.events.release_units import EXTRACT_SOURCES

    names = {r.name for r in plan.releases}
    before = _open_before(path) if file.name not in names else None
    for source in EXTRACT_SOURCES:
        name = f"{source}/{file.name}"
        if before is not None and name in before.names:
            why = f"{name} is in the store from an earlier reading of {file.name} as one release: it counts all days from its first event to its last as collected"
            click.echo(f"detente: {why}. To take it out: detente store remove {name}", err=True)


def _open_before(path: Path) -> "Snapshot | None":
    from detente.store.errors import CorruptStore, NoStore
    from detente.store.snapshot import open_version

    try:
        return open_version(path)
    except (NoStore, CorruptStore):
        return None


def _measure_effect(
    before: "Snapshot | None", path: Path, change: "StoreChange", release: "ReleaseAccount"
) -> "IngestEffect | None":
    from detente.store.effect import measure_effect
    from detente.store.errors import CorruptStore
    from detente.store.snapshot import open_version

    if release.source == "gdelt":  # its ids never stand in two releases
        return None
    try:
        return measure_effect(before, open_version(path, change.version), release)
    except CorruptStore:
        return None


def _print_report(path: Path, results: list[dict[str, Any]]) -> None:
    rows = [
        (d.get("release", Path(d["file"]).name), d["what"], d.get("known_on"), d.get("rows"), d.get("events"), d.get("merged"), d.get("set_aside"))
        for d in results
        if d["what"] != "left out"
    ]  # fmt: skip
    rejected = next((d["release"] for d in results if d.get("set_aside")), None)
    note = f"Store: {path}." + (f" To list rejected rows: detente store set-aside {rejected}" if rejected else "")
    columns = ["release", "result", "known on", "rows#", "events#", "merged#", "rejected#"]
    print_table("Ingested files", columns, rows, note)
    for d in results:
        _print_details(d)
    for line in _list_collected_days(results):
        click.echo(line)
    _tell_unpublished_names([d["release"] for d in results if d["what"] in ("added", "replaced")])
    left_out = [d for d in results if d["what"] == "left out"]
    if left_out:
        click.echo("\nLeft out:")
        for d in left_out:
            click.echo(f"  {d['release']}: {d['error']}")


def _list_collected_days(results: list[dict[str, Any]]) -> list[str]:
    """Say by source which days the releases cover."""
    spans: dict[str, list[tuple[date, date]]] = {}
    for d in results:
        if days := d.get("collected"):
            spans.setdefault(d["release"].partition("/")[0], []).append((days["from"], days["to"]))
    return [
        f"Days that count as collected, of {source.upper()}: {'; '.join(f'{a} to {b}' for a, b in join_spans(each))}."
        for source, each in spans.items()
    ]


def _tell_unpublished_names(releases: list[str]) -> None:
    """Say for which cases the days of a UCDP file count as covered whose name is none of UCDP's."""
    from detente.cases.release_scope import is_published_name

    for name in releases:
        source, _, release = name.partition("/")
        if source == "ucdp" and not is_published_name(release):
            click.echo(
                f"{name}: UCDP names no release so. For each case made of UCDP of which it holds an event, its days count as "
                f"collected, and its events as UCDP's. To take it out: detente store remove {name}"
            )


def _print_details(d: dict[str, Any]) -> None:
    parts = d.get("parts") or []
    if len(parts) > 1:
        columns = ["sheet or member", "from row#", "rows#", "events#", "merged#", "rejected#"]
        table = [(p["name"], p["first_row"], p["rows"], p["events"], p["merged"], p["set_aside"]) for p in parts]
        print_table(f"\n{d['release']}", columns, table)
    for p in parts:
        if p["notes"]:
            click.echo(f"{p['name'] if len(parts) > 1 else d['release']}: {'; '.join(p['notes'])}.")
    if effect := d.get("effect"):
        click.echo(
            f"{d['release']}: {effect['new']:,} events new, {effect['replaced']:,} replaced, {effect['removed']:,} removed; "
            f"{effect['left']:,} events of other releases left as they were."
            + (
                f" {effect['outdated']:,} of its events do not hold: a later release has newer ones or dropped them."
                if effect["outdated"]
                else ""
            )
        )
