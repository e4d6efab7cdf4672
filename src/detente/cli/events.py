"""`detente events`: list and export the events of a case."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from detente.cli.options import (
    Day,
    as_of_option,
    case_argument,
    case_store_option,
    json_option,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from detente.cases.load import CaseData
    from detente.events.event import Event
    from detente.events.export import EventLinks, EventWithChannel


class EventsGroup(click.Group):
    """`detente events` lists events; its subcommands change the record. Words that name none belong to the list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.list_commands(ctx) and args[0] not in ("--help", "-h")):
            args = ["list", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return ["list", *CHANGES]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name == "list":
            return list_events
        from detente.cli.events_edit import COMMANDS

        return COMMANDS.get(cmd_name)


CHANGES = ("add", "edit", "retract", "restore", "accept", "refuse", "import", "log")


@click.command(cls=EventsGroup)
def command() -> None:
    """List and export the events of a case, and keep its record up to date.

    Without one of the commands below, `list` is meant. Changes are kept in a journal next to the store, with author, time and
    reason; `log` lists them. Everything that is made from the record follows.

    \b
    Examples:
      detente events --channel strike --from 2025-10-01
      detente events --id DL-20260112-02        with reports of other sources in the store
      detente events list --help                all filters
      detente events edit DL-20251009-01 --deaths-high 12 --reason "The ministry corrected its figure."
      detente events import new_events.csv --dry-run --reason "October"
      detente events log
    """


@click.command("list")
@case_argument
@as_of_option
@click.option("--channel", multiple=True, help="Show only this channel, or unassigned; repeatable.")
@click.option("--type", "types", multiple=True, help="Show only this PLOVER type, such as ASSAULT; repeatable.")
@click.option("--actor", multiple=True, help="Show only events of this actor (key or name); repeatable.")
@click.option("--from", "first", type=Day(), help="Show only events that began on or after this date.")
@click.option("--to", "last", type=Day(), help="Show only events that began on or before this date.")
@click.option("--place", multiple=True, help="Show only events within this place, such as PAK/Balochistan; repeatable.")
@click.option("--precision", multiple=True,
              help="Show only events located to a place, district, province or country; repeatable.")  # fmt: skip
@click.option("--disputed", type=click.Choice(["yes", "no"]), help="Show only events whose accounts differ, or do not.")
@click.option("--text", help="Show only events that hold all these words in summary, place, actors or id.")
@click.option("--id", "key", help="Show one event in full, with its other reports in the store.")
@click.option("--limit", type=click.IntRange(min=1), default=40, show_default=True,
              help="Show at most this many rows; files and JSON hold all.")  # fmt: skip
@click.option(
    "--save", type=click.Path(path_type=Path), help="Write events to a .csv, .parquet, .json or .geojson file."
)
@case_store_option
@json_option
def list_events(
    case: str, as_of: date | None, channel: tuple[str, ...], types: tuple[str, ...], actor: tuple[str, ...],
    first: date | None, last: date | None, place: tuple[str, ...], precision: tuple[str, ...], disputed: str | None,
    text: str | None, key: str | None, limit: int, save: Path | None, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List or export the events of a case, newest last.

    \b
    Examples:
      detente events --channel strike --from 2025-10-01
      detente events --actor TTP --type ASSAULT --text Bannu
      detente events --id DL-20260112-02        with reports of other sources in the store
      detente events --save events.parquet
      detente events --as-of 2025-10-08 --json
    """
    from detente.api.events.filters import build_filter_masks, find_event_positions, parse_event_query
    from detente.api.events.table import build_event_columns
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.cases.testimony import describe_gaps, find_gaps

    g = load_case_data(load_case_file(case), as_of, store)
    if key:
        _print_event(g, key, store, as_json)
        return
    columns = build_event_columns(g)
    asked = {"channel": channel, "type": types, "actor": actor, "place": place, "precision": precision}
    params = [(name, word) for name, words in asked.items() for word in words]
    params += [("from", str(first or "")), ("to", str(last or "")), ("text", text or ""), ("disputed", disputed or "")]
    query = replace(parse_event_query(params, columns), sort="oldest")
    positions = find_event_positions(columns, query, build_filter_masks(columns, query))
    events = [columns.events[i] for i in positions]
    if save:
        _save(((e, g.channel(e)) for e in events), save, g.link_columns)
        click.echo(f"{len(events)} events written to {save}", err=as_json)
    if as_json:
        from detente.events.export import iterate_records

        print_json(list(iterate_records(((e, g.channel(e)) for e in events), g.link_columns)))
        return
    if save:
        return
    rows = [
        (
            e.day,
            e.id,
            g.channel(e) or "-",
            ";".join(e.initiators),
            ";".join(e.recipients),
            e.mode or e.type.lower(),
            e.place.format_name(),
            e.summary,
        )
        for e in events[-limit:]
    ]
    more = f" Showing the newest {limit}; see --limit, --save and --json." if len(events) > limit else ""
    gaps = () if events else find_gaps(g, {"channels": query.channel, "types": query.type})
    missing = f" {describe_gaps(g, gaps)}." if gaps else ""
    note = f"{len(events)} of {len(g.events)} events as of {g.as_of}.{more}{missing}"
    headings = ["day", "id", "channel", "initiators", "recipients", "act", "place", "summary"]
    print_table(f"Events of {g.case.title}", headings, rows, note)


def _print_event(g: "CaseData", key: str, store: Path | None, as_json: bool) -> None:
    """Print one event and, with a store, its other reports."""
    from dataclasses import asdict

    from detente.cases.link_text import describe_links
    from detente.cases.matched_reports import find_matched_reports
    from detente.core.date_range import format_date_range
    from detente.core.errors import nearest, quoted_choices
    from detente.events.arrow import to_record
    from detente.events.matching.discrepancies import find_discrepancies
    from detente.events.matching.linkage import compared_reports, probable_links, report_id

    known, old = [e.id for e in g.events], key
    key = g.current_id(key)
    if key not in known:
        raise click.BadParameter(
            f"no event {old!r} as of {g.as_of}. Nearest: {quoted_choices(nearest(old, known))}.",
            param_hint="--id",
        )
    e = g.event(key)
    if key != old:
        click.echo(f"{old} is listed as {key} now.", err=as_json)
    links = probable_links(find_matched_reports(g, store).links, e) if store else ()
    pairs = [(n, n.b if report_id(n.a) == report_id(e) else n.a) for n in links]
    discrepancies = find_discrepancies(e, compared_reports(links, e))
    if as_json:
        print_json(
            to_record(e) | {
                "channel": g.channel(e), "why": g.assignments[e.id].why,
                "links": [asdict(k) for k in g.links_of(key)] if g.has_links else None,
                "answered_by": [asdict(k) for k in g.links_to(key)] if g.has_links else None,
                "other_reports": [to_record(o) | {"standing": n.standing, "probability": n.probability, "score": n.score} for n, o in pairs],
                "disagreements": [{"what": d.what, "said": dict(d.said)} for d in discrepancies],
            }
        )  # fmt: skip
        return
    click.echo(f"{e.id}: {format_date_range(e.span)}, {e.place.format_name(g.case.country_names)}\n{e.summary}")
    click.echo(f"Initiators: {', '.join(e.initiators) or 'not named'}. Recipients: {', '.join(e.recipients) or 'not named'}. {e.type}"
               f"{' ' + e.mode if e.mode else ''}; channel {g.channel(e) or 'none'}: {g.assignments[e.id].why}.")  # fmt: skip
    click.echo(describe_reports(e))
    for a in e.addresses:
        click.echo(f"  {a}")
    for text in describe_links(g, key):
        click.echo(text)
    if not store:
        return
    if not pairs:
        click.echo("No probable match in the store. To list possible ones: detente store match")
    for n, o in pairs:
        click.echo(
            f"Match ({n.standing}, {n.probability:.0%}): {report_id(o)}, {format_date_range(o.span)}: {o.summary}"
        )
    for d in discrepancies:
        click.echo(f"Reports differ on {d.what}: " + "; ".join(f"{k} says {v}" for k, v in d.said.items()) + ".")


def describe_reports(e: "Event") -> str:
    """Say how many deaths are reported, whether accounts contradict each other, and who reports."""
    from detente.core.publishers import format_publishers
    from detente.events.matching.linkage import format_death_range

    deaths = f"{format_death_range(e.tolls.range)} deaths reported" if e.tolls.range else "deaths not reported"
    publishers = format_publishers(e.addresses, e.first_report)
    return f"{deaths}{', accounts contradict each other' * e.disputed}{f'; {publishers}' if publishers else ''}"


def _save(events: "Iterable[EventWithChannel]", path: Path, links: "EventLinks | None") -> None:
    from detente.core.atomic_write import write_files
    from detente.core.errors import CannotWrite
    from detente.events.export import EXPORT_FORMATS, export_events

    form = path.suffix.lower().removeprefix(".")
    if form not in EXPORT_FORMATS:
        known = ", ".join(f".{f}" for f in EXPORT_FORMATS)
        raise click.BadParameter(f"unknown file type {path.name!r}. Use {known}.", param_hint="--save")
    if not path.parent.is_dir():
        raise CannotWrite(path, f"there is no folder {path.parent}", "--save")
    write_files({path.name: export_events(events, form, links=links)}, path.parent, "--save")
