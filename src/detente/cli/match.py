"""`detente data same`: reports of one event in several sources, for a person to accept or refuse."""

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
@click.option("--accept", nargs=2, metavar="ID ID", help="Say that two reports tell one event.")
@click.option("--refuse", nargs=2, metavar="ID ID", help="Say that they tell two.")
@click.option("--source", "sources", multiple=True, help="Only this source of the store; may be given again.")
@click.option("--event", help="Only pairs of this event.")
@click.option(
    "--limit", type=click.IntRange(min=1), default=40, show_default=True, help="Rows of the table; JSON holds all."
)
@as_of_option
@store_option
@json_option
def command(
    case: str, accept: tuple[str, str] | None, refuse: tuple[str, str] | None, sources: tuple[str, ...],
    event: str | None, limit: int, as_of: date | None, store: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Reports in the store that may tell an event of the case: pairs, each with a score and why. Nothing is merged.

    A score of 6 bits or more is likely, from 3 on possible. What you accept or refuse is kept in a text file beside the
    store, and goes before any score.

    \b
    Examples:
      detente data same                                             pairs of the flagship, most alike first
      detente data same --event DL-20260112-02
      detente data same --accept DL-20260112-02 ucdp:611281
      detente data same my_case.toml --source ucdp --json
    """
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data
    from detente.cases.matched_reports import find_matched_reports
    from detente.events.matching.decisions import record_decision
    from detente.events.matching.linkage import report_id

    g = load_case_data(load_case_file(case), as_of)
    r = find_matched_reports(g, resolve_store_path(store), sources=sources)
    known = {report_id(e): e for e in (*g.events, *(e for x in r.records.values() for e in x.events))}
    for decision, pair in (("accept", accept), ("refuse", refuse)):
        if pair:
            keys = [_parse_report_key(name, known, f"--{decision}") for name in pair]
            if keys[0] == keys[1]:
                raise click.BadParameter("an event is not paired with itself.", param_hint=f"--{decision}")
            record_decision(r.decisions, frozenset(keys), "accept" if decision == "accept" else "refuse")
            are = "are one event" if decision == "accept" else "are two events"
            click.echo(f"{' and '.join(keys)} {are}. Kept in {r.decisions}.", err=as_json)
    if accept or refuse:
        r = find_matched_reports(g, resolve_store_path(store), sources=sources)
    found = [
        n
        for n in r.links
        if event is None or _parse_report_key(event, known, "--event") in (report_id(n.a), report_id(n.b))
    ]
    if as_json:
        data = [
            {"a": report_id(n.a), "b": report_id(n.b), "score": n.score, "standing": n.standing, "decided": n.decided,
             "parts": [{"what": p.what, "bits": p.bits, "why": p.why} for p in n.parts],
             "told": {report_id(n.a): n.a.summary, report_id(n.b): n.b.summary}}
            for n in found
        ]  # fmt: skip
        print_json({"store": str(r.store.path), "version": r.store.version, "releases": list(r.releases),
                    "decisions": str(r.decisions), "pairs": data})  # fmt: skip
        return
    rows = [
        (n.a.id, report_id(n.b), f"{n.score:.1f}", n.standing,
         "; ".join(f"{p.what} {p.bits:+.1f}: {p.why}" for p in n.parts), f"{n.a.summary[:70]} | {n.b.summary[:70]}")
        for n in found[:limit]
    ]  # fmt: skip
    looked = ", ".join(r.releases) or "no release of a source whose names the cast knows"
    note = f"{len(found)} pairs. Looked through: {looked} (version {r.store.version} of {r.store.path})." + (
        f" {limit} are shown; --json gives all." if len(found) > limit else ""
    )
    print_table(
        "Same event, two reports?", ["id", "other report", "bits#", "standing", "why", "what is told"], rows, note
    )


def _parse_report_key(name: str, known: dict[str, Any], option: str) -> str:
    """An event as `source:id`, from that or from an id that only one source has."""
    from detente.core.errors import nearest, quoted_choices

    if name in known:
        return name
    found = [k for k in known if k.split(":", 1)[1] == name]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.BadParameter(f"{name!r} is in several sources: {', '.join(sorted(found))}.", param_hint=option)
    near = quoted_choices(nearest(name, [*known, *(k.split(":", 1)[1] for k in known)]))
    raise click.BadParameter(
        f"there is no event {name!r} in the case or the store. Nearest: {near}.", param_hint=option
    )
