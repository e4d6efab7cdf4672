"""`detente events add | edit | retract | restore | accept | refuse | import | log`: keep the record of a case alive."""

import getpass
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detente.cli.options import case_argument, json_option, print_json, print_table, resolve_store_path, store_option

if TYPE_CHECKING:
    from detente.cases.edits.changes import RecordEditor
    from detente.cases.edits.entry import JournalEntry


def _default_author() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def _by_option(f: Callable[..., Any]) -> Callable[..., Any]:
    text = "Name of the author.  [default: the name of your user account]"
    return click.option("--by", "by", default=_default_author, help=text)(f)


def _case_option(f: Callable[..., Any]) -> Callable[..., Any]:
    from detente.cli.options import DEFAULT_CASE

    return click.option("--case", default=DEFAULT_CASE, show_default=True, help="Name or path of the case.")(f)


def _reason_option(required: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    return click.option("--reason", default="", required=required, help="Say why the record changes.")


def _saving_options(*, reason_needed: bool) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The options that every command that changes the record takes last: reason, author, store, JSON."""

    def decorate(f: Callable[..., Any]) -> Callable[..., Any]:
        return _reason_option(reason_needed)(_by_option(store_option(json_option(f))))

    return decorate


# Option, column of the codebook, help.
FIELDS: tuple[tuple[str, str, str], ...] = (
    ("--day", "date_start", "First day, such as 2026-11-05."),
    ("--until", "date_end", "Last day; the first if not given."),
    ("--date-precision", "date_precision", "day, week or month."),
    ("--country", "country", "Country of the place, such as PAK."),
    ("--province", "admin1", "Province."),
    ("--place", "place", "Town, village or crossing. Coordinates of a known place are filled in."),
    ("--latitude", "latitude", "Decimal degrees."),
    ("--longitude", "longitude", "Decimal degrees."),
    ("--place-precision", "geo_precision", "place, district, province or country."),
    ("--actor", "initiator", "Who acted: keys of the cast, separated by ;. UNK if nobody knows."),
    ("--towards", "target", "Towards whom: keys of the cast, separated by ;."),
    ("--type", "event_type", "PLOVER type, such as ASSAULT."),
    ("--mode", "mode", "Mode of the type, such as airstrike."),
    ("--context", "context", "Context, such as terrorism."),
    ("--summary", "summary", "One sentence of your own, at most 45 words."),
    ("--deaths", "deaths_best", "Best estimate of deaths; leave it out if none was reported."),
    ("--deaths-low", "deaths_low", "Lowest reported figure."),
    ("--deaths-high", "deaths_high", "Highest reported figure."),
    ("--civilian-deaths", "civilian_deaths", "Civilians among them."),
    ("--disputed", "disputed", "yes if a party contradicts the account."),
    ("--source", "sources", "Address of a report; several are separated by ' | '."),
    ("--confidence", "confidence", "high, medium or low."),
)


def _field_options(f: Callable[..., Any]) -> Callable[..., Any]:
    for option, column, text in reversed(FIELDS):
        f = click.option(option, column, default=None, help=text)(f)
    return f


@click.command("add")
@_case_option
@_field_options
@click.option("--dry-run", is_flag=True, help="Show what the event would change; save nothing.")
@_saving_options(reason_needed=False)
def add(
    case: str, by: str, reason: str, store: Path | None, as_json: bool, dry_run: bool, **values: str | None
) -> None:
    """Add an event to the record of a case.

    \b
    Example:
      detente events add --day 2026-11-05 --country PAK --place Bannu --actor TTP --towards PAK \\
        --type ASSAULT --mode explosives --context terrorism --deaths 3 \\
        --summary "A bomb killed three policemen near Bannu." --source https://example.org/report
    """
    from detente.api.known_places import complete_place
    from detente.cases.edits.changes import add_event
    from detente.cases.edits.row import ID_PREFIX, clean_row, read_row, row_to_event

    editor = _open_editor(case, store, by)
    row = complete_place(editor.g, {k: v for k, v in values.items() if v is not None})
    if dry_run:
        draft = clean_row(row) | {"event_id": f"{ID_PREFIX}-new"}
        _print_preview(editor, row_to_event(editor.g.case, read_row(editor.g.case, draft)), None, as_json)
        return
    _report(editor, add_event(editor, row, reason), as_json)


@click.command("edit")
@click.argument("event")
@_case_option
@_field_options
@click.option("--dry-run", is_flag=True, help="Show what the correction would change; save nothing.")
@_saving_options(reason_needed=True)
def edit(
    event: str, case: str, by: str, reason: str, store: Path | None, as_json: bool, dry_run: bool, **values: str | None
) -> None:
    """Correct an EVENT; values that are not given stay. An empty value means unknown.

    \b
    Example:
      detente events edit DL-20251009-01 --deaths-high 12 --reason "The ministry corrected its figure on 12 October."
    """
    from detente.cases.edits.changes import edit_event, find_event
    from detente.cases.edits.row import clean_row, event_to_row, read_row, row_to_event

    editor = _open_editor(case, store, by)
    changed = {k: v for k, v in values.items() if v is not None}
    if dry_run:
        before = find_event(editor.g, event)
        row = clean_row(event_to_row(before) | changed)
        _print_preview(editor, row_to_event(editor.g.case, read_row(editor.g.case, row), before), before, as_json)
        return
    _report(editor, edit_event(editor, event, changed, reason), as_json)


@click.command("retract")
@click.argument("event")
@_case_option
@_saving_options(reason_needed=True)
def retract(event: str, case: str, by: str, reason: str, store: Path | None, as_json: bool) -> None:
    """Take an EVENT out of the record. It stays in the log and can be restored."""
    from detente.cases.edits.changes import retract_event

    editor = _open_editor(case, store, by)
    _report(editor, retract_event(editor, event, reason), as_json)


@click.command("restore")
@click.argument("event")
@_case_option
@_saving_options(reason_needed=True)
def restore(event: str, case: str, by: str, reason: str, store: Path | None, as_json: bool) -> None:
    """Put a retracted EVENT back."""
    from detente.cases.edits.changes import restore_event

    editor = _open_editor(case, store, by)
    _report(editor, restore_event(editor, event, reason), as_json)


@click.command("accept")
@click.argument("change", type=click.IntRange(min=1))
@_case_option
@_saving_options(reason_needed=False)
def accept(change: int, case: str, by: str, reason: str, store: Path | None, as_json: bool) -> None:
    """Accept the CHANGE of another person, by its number in the log."""
    from detente.cases.edits.changes import decide_change

    editor = _open_editor(case, store, by)
    _report(editor, decide_change(editor, change, True, reason), as_json)


@click.command("refuse")
@click.argument("change", type=click.IntRange(min=1))
@_case_option
@_saving_options(reason_needed=True)
def refuse(change: int, case: str, by: str, reason: str, store: Path | None, as_json: bool) -> None:
    """Refuse a proposed CHANGE, by its number in the log."""
    from detente.cases.edits.changes import decide_change

    editor = _open_editor(case, store, by)
    _report(editor, decide_change(editor, change, False, reason), as_json)


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_case_option
@click.option("--dry-run", is_flag=True, help="Say what the file would change; save nothing.")
@click.option("--valid-only", is_flag=True, help="Import the valid rows although others are rejected.")
@_saving_options(reason_needed=True)
def import_file(
    file: Path, case: str, by: str, reason: str, store: Path | None, as_json: bool, dry_run: bool, valid_only: bool
) -> None:
    """Add and correct events from a CSV FILE with the codebook's columns.

    A row without an event_id is a new event; one with the id of an event corrects it. All rows are imported or none, unless
    --valid-only is given.
    """
    from detente.api.record_changes import read_case_journal
    from detente.cases.edits.changes import import_rows, state_of
    from detente.cases.edits.errors import EditRefused
    from detente.cases.edits.import_file import plan_import

    editor = _open_editor(case, store, by)
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise EditRefused(f"{file} is not UTF-8. Save it as CSV in UTF-8, then import it.") from e
    plan = plan_import(editor.g, state_of(read_case_journal(editor.g, editor.store)), text)
    counts = {"rows": plan.rows, "new": len(plan.new), "corrections": len(plan.corrections),
              "unchanged": len(plan.unchanged), "rejected": len(plan.faults)}  # fmt: skip
    faults = [{"row": f.row, "column": f.column, "value": f.value, "reason": f.reason, "remedy": f.remedy}
              for fs in plan.faults.values() for f in fs]  # fmt: skip
    entries: tuple[JournalEntry, ...] = ()
    save = not dry_run and (valid_only or not plan.faults)
    if save:
        entries = import_rows(editor, (*plan.new, *plan.corrections), reason)
        _write_release(editor)
    if as_json:
        print_json(counts | {"faults": faults, "saved": [e.to_data() for e in entries]})
    else:
        click.echo(", ".join(f"{n:,} {name}" for name, n in counts.items()) + ".")
        for f in faults[:20]:
            click.echo(
                f"  row {f['row']}, {f['column'] or 'the row'} {str(f['value'])[:60]!r}: {f['reason']}. {f['remedy']}"
            )
        if len(faults) > 20:
            click.echo(f"  {len(faults) - 20} more; --json lists all.")
        click.echo(f"{len(entries):,} changes saved." if save else "Nothing was saved.")
    if plan.faults and not save and not dry_run:
        raise click.exceptions.Exit(5)


@click.command("log")
@case_argument
@click.option("--event", help="Show only changes of this event.")
@click.option("--waiting", is_flag=True, help="Show only changes that wait for a second person.")
@click.option("--limit", type=click.IntRange(min=1), default=40, show_default=True, help="Show at most this many rows.")
@store_option
@json_option
def log(case: str, event: str | None, waiting: bool, limit: int, store: Path | None, as_json: bool) -> None:
    """List who changed the record of a case, when and why, newest first."""
    from detente.api.record_changes import list_changes, read_case_journal
    from detente.api.results.base import to_plain

    editor = _open_editor(case, store, "reader")
    rows = [
        r for r in list_changes(editor.g, read_case_journal(editor.g, editor.store))
        if (event is None or editor.g.current_id(r.event) == editor.g.current_id(event)) and (not waiting or r.standing == "waiting")
    ]  # fmt: skip
    if as_json:
        print_json(
            [
                to_plain(r) | {"at": r.at.isoformat(), "decided_at": r.decided_at and r.decided_at.isoformat()}
                for r in rows
            ]
        )
        return
    cells = [
        (r.number, f"{r.at:%Y-%m-%d %H:%M}", r.by, r.action, r.event, r.standing,
         "; ".join(f"{d.name}: {d.old or 'unknown'} → {d.new or 'unknown'}" for d in r.differences) or r.summary, r.reason)
        for r in rows[:limit]
    ]  # fmt: skip
    more = f" Showing the newest {limit}; see --limit." if len(rows) > limit else ""
    note = f"{len(rows):,} change{'s' * (len(rows) != 1)}. Times are UTC.{more}"
    headings = ["no.", "when", "by", "change", "event", "state", "what", "why"]
    print_table(f"Changes of the record: {editor.g.case.title}", headings, cells, note)


def _open_editor(case: str, store: Path | None, by: str) -> "RecordEditor":
    from detente.cases.case_file import load_case_file
    from detente.cases.edits.changes import RecordEditor
    from detente.cases.load import load_case_data
    from detente.core.clock import today
    from detente.store.paths import has_content

    file, path = load_case_file(case), resolve_store_path(store)
    day = max(today(), file.last)
    g = load_case_data(file, day, path if not file.brought or has_content(path) else None)
    return RecordEditor(g, path, by, file.review)


def _report(editor: "RecordEditor", entry: "JournalEntry", as_json: bool) -> None:
    from detente.api.record_changes import describe_entry

    _write_release(editor)
    if as_json:
        print_json(entry.to_data())
        return
    waits = " It counts once another person accepts it." if entry.proposed else ""
    click.echo(f"{entry.number}: {describe_entry(entry)}.{waits} Saved in {editor.path}.")


def _write_release(editor: "RecordEditor") -> None:
    from detente.cases.edits.release import write_notes_release
    from detente.core.errors import DetenteError

    try:
        write_notes_release(editor.g.case, editor.store)
    except DetenteError as e:  # the journal holds the change, and the next one writes the copy again
        click.echo(f"detente: the store's copy was not updated: {e}", err=True)


def _print_preview(editor: "RecordEditor", after: Any, before: Any, as_json: bool) -> None:
    from detente.api.change_preview import preview_change
    from detente.api.results.base import to_plain

    p = preview_change(editor.g, after, before)
    if as_json:
        print_json(to_plain(p))
        return
    click.echo(f"Kind of event: {p.kind or 'none'}. {p.why}.")
    for text in p.effects:
        click.echo(text)
    for s in p.similar:
        click.echo(f"Perhaps the same: {s.id}, {s.day}, {s.place}: {s.summary}")
    click.echo("Nothing was saved.")


COMMANDS: Mapping[str, click.Command] = {
    c.name or "": c for c in (add, edit, retract, restore, accept, refuse, import_file, log)
}
