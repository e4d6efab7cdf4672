"""`detente case`: list, show and create cases."""

import shlex
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.options import (
    NOT_COLLECTED,
    Day,
    as_of_option,
    case_argument,
    case_store_option,
    count_or_dash,
    json_option,
    print_json,
    print_table,
)
from detente.cli.progress import show_progress


@click.group()
def command() -> None:
    """List, show and create cases: actors, channels, unassigned events, rejected rows.

    \b
    Examples:
      detente case list
      detente case show pakistan-afghanistan
      detente case show --unassigned
      detente case channels
      detente case new sahel --target Mali --host "Burkina Faso" --data GEDEvent_v26_0_1.csv
    """


@command.command("list")
@json_option
def list_cases(as_json: bool) -> None:
    """List the cases shipped with the package."""
    from detente.cases.case_file import find_shipped_cases, load_case_file

    rows = [(name, load_case_file(name)) for name in find_shipped_cases()]
    if as_json:
        print_json([{"id": n, "title": c.title, "from": c.first, "to": c.last, "file": c.file} for n, c in rows])
        return
    print_table("Cases", ["case", "title", "from", "to"], [(n, c.title, c.first, c.last) for n, c in rows])


@command.command("new")
@click.argument("name")
@click.option("--target", required=True, help="Name the state that fights the armed group: PAK or Pakistan.")
@click.option("--host", required=True, help="Name the state where the group shelters: AFG or Afghanistan.")
@click.option("--data", type=click.Path(path_type=Path), multiple=True,
              help="Suggest actors from this file or folder of releases (csv, zip, xlsx); repeatable.")  # fmt: skip
@click.option(
    "--from", "first", type=Day(), help="Begin the case on this day.  [default: the first that the releases cover]"
)
@click.option("--to", "last", type=Day(), help="End the case on this day.  [default: the last that the releases cover]")
@click.option("--out", type=click.Path(path_type=Path), help="Write to this file.  [default: NAME.toml]")
@json_option
def new(
    name: str, target: str, host: str, data: tuple[Path, ...], first: date | None, last: date | None, out: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Create a case file from a template, with actors suggested from releases.

    The file lists every actor that the releases name in the two countries, with its number of events. Nothing is invented:
    what the releases do not say is listed at the end. Without --data, give --from and --to. The suggested group is one that
    fights the target and has events in the host; candidates are listed beside it. Lines marked DECIDE need your decision: which group is the case's group, who is whose rival, which names mean the same actor.
    An existing file is never overwritten.

    \b
    Examples:
      detente case new turkiye-iraq --target TUR --host IRQ --data GEDEvent_v26_0_1.csv
      detente case new kenya-somalia --target KEN --host SOM --data october.csv --data november.csv
      detente case new my-case --target Colombia --host Venezuela --from 2016-11-24 --to 2025-12-31
    """
    from detente.cases.case_id import check_case_id

    try:
        check_case_id(name)
    except ValueError as e:
        raise click.BadParameter(f"{name!r} cannot name a case: {e}.", param_hint="NAME") from None
    from detente.cases.case_file import load_case_file
    from detente.cases.data_folder import data_folder, is_inside
    from detente.cases.release_names import count_names, country_code, shorten_name
    from detente.cases.scaffold import format_case_file, list_gaps
    from detente.core.atomic_write import write_files
    from detente.core.errors import CannotWrite

    if not data and not (first and last):
        raise click.UsageError("Without a release, the days of the case are unknown. Give --data, or --from and --to.")
    out = out or Path(f"{name}.toml")
    if out.exists():
        raise CannotWrite(out, "the file exists already")
    if not out.parent.is_dir():
        raise CannotWrite(out, f"there is no folder {out.parent}")
    a, b = country_code(target), country_code(host)
    if a == b:
        raise click.UsageError(f"--target and --host are the same country, {a}. Name two countries.")
    counted = None
    if data:
        with show_progress() as report:
            counted = count_names(data, a, b, told=report)
    begin, end = first or (counted.days[0] if counted else None), last or (counted.days[1] if counted else None)
    assert begin is not None and end is not None
    if end < begin:
        raise click.UsageError(f"--to {end} is before the first day, {begin}.")
    # A case file names no file outside its folder and the data folder.
    reachable = all(is_inside(d, out.parent, data_folder()) for d in data)
    named = [_name_release(d, out.parent) for d in data] if reachable else []
    write_files({out.name: format_case_file(name, a, b, counted, named, (begin, end)).encode()}, out.parent)
    if data and not reachable:
        files = " ".join(shlex.quote(str(d)) for d in data)
        one = len(data) == 1
        told = f"{data[0]} is" if one else f"{', '.join(str(d) for d in data)} are"
        click.echo(
            f"{told} not part of the case yet. Put {'it' if one else 'them'} into the store: detente ingest {files}",
            err=True,
        )
    gaps = list_gaps(a, b, counted)
    case = load_case_file(str(out))
    cast = [{"key": x.key, "name": x.name, "role": x.role} for x in case.cast]
    events = {x: n.events for n in reversed(counted.names) for x in (shorten_name(n.name), n.name)} if counted else {}
    if as_json:
        found = [c | {"events": events.get(str(c["name"]))} for c in cast]
        collected = [{"from": a, "to": b} for a, b in counted.covered] if counted else None
        print_json(
            {"file": str(out), "from": begin, "to": end, "collected": collected, "cast": found, "not_found": gaps}
        )
        return
    rows = [(c["key"], c["name"], c["role"], events.get(str(c["name"]))) for c in cast]
    note = f"Edit the lines marked DECIDE, then run: detente case show {out} --set-aside"
    click.echo(f"{out}: {begin} to {end}.")
    if counted and len(counted.covered) > 1:
        click.echo(f"Days that count as collected: {'; '.join(f'{x} to {y}' for x, y in counted.covered)}.")
    print_table("Suggested actors", ["key", "name", "role", "events#"], rows, note)
    click.echo("Not found; look for it elsewhere:")
    for gap in gaps:
        click.echo(f"  {gap}")


@command.command()
@json_option
def channels(as_json: bool) -> None:
    """Show the rules that assign each event to a channel. The first matching row applies."""
    from detente.cases.channels import load_channel_rules, name_parties

    rules = name_parties(load_channel_rules())
    if as_json:
        print_json([r.model_dump() for r in rules])
        return
    rows = [(r.channel, r.initiators, r.recipients, r.types, r.modes, r.soil, r.why) for r in rules]
    note = "Space: or; a+b: both; !a: not a; *: anything; -: no actor, or no channel."
    print_table("Channels", ["channel", "initiators", "recipients", "types", "modes", "soil", "why"], rows, note)


@command.command()
@case_argument
@as_of_option
@click.option("--unassigned", is_flag=True, help="List events in no channel, with reasons.")
@click.option("--set-aside", is_flag=True, help="List rejected rows, with their errors.")
@click.option("--strangers", is_flag=True, help="List unknown actor names, with the nearest known ones.")
@case_store_option
@json_option
def show(
    case: str, as_of: date | None, unassigned: bool, set_aside: bool, strangers: bool, store: Path | None, as_json: bool
) -> None:
    """Show a case: actors, channels, reporting coverage, unassigned events, rejected rows.

    \b
    Examples:
      detente case show
      detente case show pakistan-afghanistan --unassigned
      detente case show my_case.toml --set-aside --json
      detente case show my_case.toml --strangers
    """
    from detente.cases.case_file import load_case_file
    from detente.cases.channel_rule import COUNTED_CHANNELS
    from detente.cases.load import load_case_data
    from detente.cases.testimony import known_count

    g = load_case_data(load_case_file(case), as_of, store)
    if unassigned:
        rows: list[dict[str, Any]] = [
            {"id": e.id, "type": e.type, "initiators": list(e.initiators), "recipients": list(e.recipients),
             "why": g.assignments[e.id].why, "summary": e.summary}
            for e in g.unassigned
        ]  # fmt: skip
        if as_json:
            print_json(rows)
            return
        table = [(r["id"], r["type"], ";".join(r["initiators"]), ";".join(r["recipients"]), r["why"]) for r in rows]
        why = Counter(r["why"] for r in rows).most_common(1)
        note = f"{len(rows)} of {len(g.events)} events. Most frequent reason: {why[0][0]} ({why[0][1]})." if why else ""
        print_table("Events in no channel", ["id", "type", "initiators", "recipients", "why"], table, note)
        return
    if set_aside:
        rejected = [{"row": s.row, "faults": [str(f) for f in s.faults], "raw": s.raw} for s in g.set_aside]
        if as_json:
            print_json(rejected)
            return
        lines = [(s.row, str(f)) for s in g.set_aside for f in s.faults]
        note = f"{len(g.set_aside)} of {g.rows} rows rejected; {len(g.events)} events, {g.later} known only later."
        if lines:
            print_table("Rejected rows", ["row#", "error"], lines, note)
        else:
            click.echo(f"No row was rejected. {note}")
        return
    if strangers:
        from detente.cases.actors import list_known_names
        from detente.core.errors import nearest

        known = [n for source in dict.fromkeys(s.source for s in g.set_aside) for n in list_known_names(g.case, source)]
        named = Counter(f.value for s in g.set_aside for f in s.faults if f.unknown_name)
        unknown = [{"name": n, "rows": k, "nearest": nearest(n, known, n=3)} for n, k in named.most_common()]
        if as_json:
            print_json(unknown)
            return
        note = f"{len(unknown)} names, used {sum(named.values())} times. Add each to an actor's aliases, or leave its rows out."
        print_table("Unknown actor names", ["name", "rows#", "nearest"],
                    [(n, k, ", ".join(nearest(n, known, n=3))) for n, k in named.most_common()], note)  # fmt: skip
        return
    tally = Counter(g.channel(e) for e in g.events)
    count = {c: known_count(g, c, tally[c]) for c in COUNTED_CHANNELS}
    data = {
        "id": g.case.id,
        "title": g.case.title,
        "as_of": g.as_of,
        "rows": g.rows,
        "events": len(g.events),
        "later": g.later,
        "set_aside": len(g.set_aside),
        "unassigned": len(g.unassigned),
        "channels": count,
        "cast": [{"key": a.key, "name": a.name, "role": a.role} for a in g.case.cast],
        "windows": [
            {
                "name": w.name,
                "from": w.first,
                "to": w.last,
                "coverage": w.coverage,
                "basis": w.basis,
                "kinds": [k.model_dump() for k in w.kinds],
            }
            for w in g.case.windows
        ],
        "regimes": [{"name": r.name, "kind": r.kind, "from": r.first, "to": r.last} for r in g.case.regimes],
    }
    if as_json:
        print_json(data)
        return
    click.echo(f"{g.case.title}: {len(g.events)} events of {g.rows} rows as of {g.as_of}")
    click.echo(
        f"{g.later} known only later, {len(g.set_aside)} rows rejected, {len(g.unassigned)} events in no channel\n"
    )
    rows_of = [(c, count_or_dash(n)) for c, n in count.items()]
    print_table("Channels", ["channel", "events#"], rows_of, NOT_COLLECTED if None in count.values() else "")
    print_table("\nActors", ["key", "name", "role"], [(a.key, a.name, a.role) for a in g.case.cast])
    windows = [
        row
        for w in g.case.windows
        for row in (
            (w.name, w.first, w.last, "in general", w.coverage, w.basis),
            *(("", "", "", ", ".join(k.channels), k.coverage, k.basis) for k in w.kinds),
        )
    ]
    print_table("\nReporting coverage", ["window", "from", "to", "kinds", "coverage#", "basis"], windows)


def _name_release(data: Path, folder: Path) -> str:
    """Return how a case file in `folder` names a release: by its relative path, so that the folder can be moved."""
    data, folder = data.absolute(), folder.absolute()
    return data.relative_to(folder).as_posix() if data.is_relative_to(folder) else str(data)
