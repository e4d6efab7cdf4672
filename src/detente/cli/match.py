"""`detente store match`: review reports of the same event in several sources."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from detente.cli.options import (
    as_of_option,
    case_argument,
    json_option,
    print_json,
    print_table,
    resolve_store_path,
    store_option,
)


@click.command()
@case_argument
@click.option("--accept", nargs=2, metavar="ID ID", help="Accept two reports as the same event.")
@click.option("--refuse", nargs=2, metavar="ID ID", help="Mark two reports as different events.")
@click.option("--source", "sources", multiple=True, help="Use only this source of the store; repeatable.")
@click.option("--event", help="List only pairs with this event.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=40,
    show_default=True,
    help="Show at most this many rows; --json lists all.",
)
@as_of_option
@store_option
@json_option
def command(
    case: str, accept: tuple[str, str] | None, refuse: tuple[str, str] | None, sources: tuple[str, ...],
    event: str | None, limit: int, as_of: date | None, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """List pairs of reports that may describe the same event, with probability and reasons. Nothing is merged.

    An event has at most one probable report in each source, from 80 %. Reports that are probably parts of an event are marked
    as part; the others are possible and are not compared. Your decisions bind; they are saved in a text file next to the store.

    \b
    Examples:
      detente store match                                           default case, most probable first
      detente store match --event DL-20260112-02
      detente store match --accept DL-20260112-02 ucdp:611281
      detente store match my_case.toml --source ucdp --json
    """
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.cases.matched_reports import find_matched_reports
    from detente.events.matching.decisions import record_decision
    from detente.events.matching.linkage import report_id

    path = resolve_store_path(store)
    g = load_case_data(load_case_file(case), as_of, path)
    r = find_matched_reports(g, path, sources=sources)
    known = {report_id(e): e for e in (*g.events, *(e for x in r.records.values() for e in x.events))}
    for decision, pair in (("accept", accept), ("refuse", refuse)):
        if pair:
            keys = [_parse_report_key(name, known, f"--{decision}") for name in pair]
            if keys[0] == keys[1]:
                raise click.BadParameter("cannot pair an event with itself.", param_hint=f"--{decision}")
            record_decision(r.decisions, frozenset(keys), "accept" if decision == "accept" else "refuse")
            are = "are one event" if decision == "accept" else "are two events"
            click.echo(f"{' and '.join(keys)} {are}. Saved in {r.decisions}.", err=as_json)
    if accept or refuse:
        r = find_matched_reports(g, path, sources=sources)
    links = [
        n
        for n in r.links
        if event is None or _parse_report_key(event, known, "--event") in (report_id(n.a), report_id(n.b))
    ]
    if as_json:
        data = [
            {"a": report_id(n.a), "b": report_id(n.b), "probability": n.probability, "relation": n.relation, "score": n.score, "standing": n.standing, "decided": n.decided,
             "parts": [{"what": p.what, "bits": p.bits, "why": p.why} for p in n.parts],
             "told": {report_id(n.a): n.a.summary, report_id(n.b): n.b.summary}}
            for n in links
        ]  # fmt: skip
        print_json({"store": str(r.store.path), "version": r.store.version, "releases": list(r.releases),
                    "decisions": str(r.decisions), "pairs": data})  # fmt: skip
        return
    rows = [
        (n.a.id, report_id(n.b), f"{n.probability:.0%}", n.standing,
         "; ".join(f"{p.what} {p.bits:+.1f}: {p.why}" for p in n.parts), f"{n.a.summary[:70]} | {n.b.summary[:70]}")
        for n in links[:limit]
    ]  # fmt: skip
    searched = ", ".join(r.releases) or "no release; no source has names of this case's actors"
    more = f" Showing {limit}; --json lists all." if len(links) > limit else ""
    note = f"{len(links)} pairs. Searched: {searched} (version {r.store.version} of {r.store.path}).{more}"
    print_table("Possible matches", ["id", "other report", "probability#", "status", "why", "summaries"], rows, note)


def _parse_report_key(name: str, known: dict[str, Any], option: str) -> str:
    """Return `source:id` for that key, or for an id that only one source has."""
    from detente.core.errors import nearest, quoted_choices

    if name in known:
        return name
    keys = [k for k in known if k.split(":", 1)[1] == name]
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise click.BadParameter(
            f"{name!r} is in several sources. Name one: {', '.join(sorted(keys))}.", param_hint=option
        )
    near = quoted_choices(nearest(name, [*known, *(k.split(":", 1)[1] for k in known)]))
    raise click.BadParameter(f"no event {name!r} in the case or the store. Nearest: {near}.", param_hint=option)
