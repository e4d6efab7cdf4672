"""Changes of the record: what is saved, what is refused, and what the case then holds."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from detente.cases.case_file import load_case_file
from detente.cases.edits.changes import (
    RecordEditor,
    add_event,
    decide_change,
    edit_event,
    import_rows,
    restore_event,
    retract_event,
    version_of,
)
from detente.cases.edits.errors import EditConflict, EditRefused, InvalidEvent, UnknownEvent
from detente.cases.edits.import_file import plan_import
from detente.cases.edits.journal import journal_path, read_journal
from detente.cases.edits.release import write_notes_release
from detente.cases.edits.row import clean_row, event_to_row, find_faults, row_to_event
from detente.cases.edits.state import fold_entries
from detente.cases.load import CaseData, load_case_data
from detente.events.event import Event
from detente.store.snapshot import open_version
from support.worlds import FLAGSHIP

CASE = load_case_file("pakistan-afghanistan")
NEW = {
    "date_start": "2026-11-05", "country": "PAK", "admin1": "Khyber Pakhtunkhwa", "place": "Bannu", "latitude": "32.99",
    "longitude": "70.6", "geo_precision": "place", "initiator": "TTP", "target": "PAK", "event_type": "ASSAULT",
    "mode": "explosives", "context": "terrorism", "summary": "A bomb, made for a test.", "deaths_best": "3",
    "sources": "https://example.org/1",
}  # fmt: skip
OLD = "DL-20251009-01"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that does not exist yet."""
    return tmp_path / "store"


def load(store: Path, as_of: date | None = None) -> CaseData:
    """The flagship with the changes beside a store."""
    return load_case_data(CASE, as_of, store)


def editor(store: Path, by: str = "Ann", review: bool = False) -> RecordEditor:
    """An editor of the flagship as it is now; without a journal it is the flagship as shipped."""
    g = load(store) if journal_path(store, CASE.id).exists() else FLAGSHIP
    return RecordEditor(g, store, by, review)


def test_row_and_event_are_the_same() -> None:
    """Every event of the record, written as a row and read again, is the same event."""
    for e in FLAGSHIP.events:
        read, faults = find_faults(CASE, clean_row(event_to_row(e)))
        assert faults == []
        assert read is not None
        again = row_to_event(CASE, read, e)
        for name in Event.__dataclass_fields__:
            if not name.startswith("raw_"):
                assert getattr(again, name) == getattr(e, name), (e.id, name)


def test_added_event_extends_the_record(store: Path) -> None:
    """An added event stands in the record with its kind; the case then runs to its day and is known from it."""
    entry = add_event(editor(store), NEW)
    g = load(store)
    e = g.event(entry.event)
    assert entry.event == "NT-20261105-01"
    assert (len(g.events), g.rows) == (1414, 1414)
    assert (e.source, e.release, e.tolls.best, e.tolls.low, e.addresses) == (
        "notes",
        CASE.id,
        3,
        None,
        ("https://example.org/1",),
    )
    assert g.channel(e) == "attack"
    assert (g.case.last, g.as_of) == (date(2026, 11, 5), date(2026, 11, 5))
    assert g.watched_to == FLAGSHIP.watched_to
    assert g.release.sha256 != FLAGSHIP.release.sha256


def test_added_event_is_unknown_before(store: Path) -> None:
    """As of an earlier day the event is counted as known later, and nothing else differs."""
    add_event(editor(store), NEW)
    day = date(2026, 11, 4)
    before, g = load_case_data(CASE, day), load(store, day)
    assert g.events == before.events
    assert g.later == before.later + 1


def test_corrected_event_keeps_its_identity(store: Path) -> None:
    """A correction changes the given values only; id, source and row of the source stay."""
    was = FLAGSHIP.event(OLD)
    edit_event(editor(store), OLD, {"deaths_high": "12"}, "Corrected by the ministry.")
    g = load(store)
    e = g.event(OLD)
    assert e.tolls.high == 12
    assert (e.source, e.release, e.row, e.initiators, e.addresses) == (
        was.source,
        was.release,
        was.row,
        was.initiators,
        was.addresses,
    )
    assert (len(g.events), g.superseded, g.rows) == (1413, 1, 1414)


def test_moved_event_keeps_its_id(store: Path) -> None:
    """An event whose day is corrected keeps its id, is counted on the new day and known from it."""
    edit_event(editor(store), OLD, {"date_start": "2025-10-11", "date_end": "2025-10-11"}, "The day was wrong.")
    e = load(store).event(OLD)
    assert (e.day, e.known_on) == (date(2025, 10, 11), date(2025, 10, 11))


def test_retracted_event_is_gone_and_comes_back(store: Path) -> None:
    """A retracted event is in no count, its links are gone, and restoring brings it back with a correction made before."""
    edit_event(editor(store), OLD, {"deaths_high": "12"}, "Corrected.")
    retract_event(editor(store), OLD, "Told twice.")
    g = load(store)
    assert OLD not in {e.id for e in g.events}
    assert OLD not in {x for k in g.links for x in (k.event, k.responds_to)}
    assert g.edits is not None
    assert g.edits.retracted == (OLD,)
    assert len(g.events) + g.later + g.superseded + len(g.set_aside) == g.rows == 1414
    restore_event(editor(store), OLD, "It was told once.")
    assert load(store).event(OLD).tolls.high == 12


def test_event_named_by_the_case_file_can_be_retracted(store: Path) -> None:
    """A retracted event that the case file names as a truce does not stop the case."""
    retract_event(editor(store), CASE.truce_events[0], "Told twice.")
    assert CASE.truce_events[0] not in {e.id for e in load(store).events}


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"date_start": "2026-13-05"}, "date_start"), ({"date_start": "2099-01-01"}, "date_end"),
        ({"date_start": "2019-01-01"}, "date_start"), ({"initiator": "TPP"}, "initiator"), ({"mode": "airstrike", "event_type": "CONSULT"}, "mode"),
        ({"summary": ""}, "summary"), ({"deaths_low": "9"}, "deaths_low"), ({"sources": "example.org"}, "sources"),
        ({"latitude": ""}, "latitude"), ({"latitude": "132.99"}, "latitude"), ({"country": "Pakistan"}, "country"),
        ({"initiator": ""}, "initiator"), ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_invalid_event_is_refused(store: Path, changed: dict[str, str], column: str) -> None:
    """A value that breaks the codebook is refused with its column, and nothing is saved."""
    if changed.get("latitude") == "":
        changed = {"latitude": "", "longitude": ""}
    ed = editor(store)
    with pytest.raises(InvalidEvent) as refusal:
        add_event(ed, NEW | changed)
    assert column in {f.column for f in refusal.value.faults}
    assert read_journal(ed.path).entries == ()


def test_second_editor_gets_a_conflict(store: Path) -> None:
    """Of two changes that begin from the same version only the first is saved."""
    g = load(store)
    base = version_of(g.edits, OLD)
    edit_event(RecordEditor(g, store, "Ann"), OLD, {"deaths_high": "12"}, "Corrected.", base)
    changes: tuple[Callable[[], object], ...] = (
        lambda: edit_event(RecordEditor(g, store, "Ben"), OLD, {"deaths_high": "15"}, "Corrected.", base),
        lambda: retract_event(RecordEditor(g, store, "Ben"), OLD, "Told twice.", base),
    )
    for change in changes:
        with pytest.raises(EditConflict) as refusal:
            change()
        assert refusal.value.current.by == "Ann"
    assert load(store).event(OLD).tolls.high == 12


def test_events_of_one_day_get_different_ids(store: Path) -> None:
    """Two editors who open the record at once and add an event of one day get two ids."""
    g = load(store)
    ids = {add_event(RecordEditor(g, store, by), NEW).event for by in ("Ann", "Ben")}
    assert ids == {"NT-20261105-01", "NT-20261105-02"}


@pytest.mark.parametrize("case", ["same", "no reason", "unknown", "retracted", "not retracted", "no name"])
def test_impossible_change_is_refused(store: Path, case: str) -> None:
    """A change of nothing, without a reason or author, or of an event that is not there, is refused."""
    if case == "retracted":
        retract_event(editor(store), OLD, "Told twice.")
    ed = editor(store, " " if case == "no name" else "Ann")
    before = read_journal(ed.path).entries
    with pytest.raises((EditRefused, UnknownEvent)):
        match case:
            case "same":
                edit_event(ed, OLD, {"place": FLAGSHIP.event(OLD).place.name}, "Why not.")
            case "no reason":
                edit_event(ed, OLD, {"deaths_high": "12"}, " ")
            case "unknown":
                edit_event(ed, "DL-20251009-99", {"deaths_high": "12"}, "Corrected.")
            case "retracted":
                edit_event(ed, OLD, {"deaths_high": "12"}, "Corrected.")
            case "not retracted":
                restore_event(ed, OLD, "Back.")
            case _:
                add_event(ed, NEW)
    assert read_journal(ed.path).entries == before


def test_reviewed_change_needs_second_person(store: Path) -> None:
    """With review a change counts only once another person accepted it; a refused one never does."""
    proposed = add_event(editor(store, review=True), NEW)
    refused = add_event(editor(store, review=True), NEW | {"date_start": "2026-11-06"})
    assert len(load(store).events) == 1413
    with pytest.raises(EditRefused):
        decide_change(editor(store, "ann", review=True), proposed.number, True)
    decide_change(editor(store, "Ben", review=True), proposed.number, True)
    decide_change(editor(store, "Ben", review=True), refused.number, False, "No report says so.")
    assert [e.id for e in load(store).events if e.source == "notes"] == [proposed.event]
    with pytest.raises(EditRefused):
        decide_change(editor(store, "Cem", review=True), refused.number, True)


def test_proposal_for_a_changed_event_conflicts(store: Path) -> None:
    """A proposal whose event was changed meanwhile cannot be accepted as it is."""
    proposed = edit_event(editor(store, review=True), OLD, {"deaths_high": "12"}, "Corrected.")
    edit_event(editor(store, "Cem"), OLD, {"deaths_high": "20"}, "Corrected again.")
    with pytest.raises(EditConflict):
        decide_change(editor(store, "Ben", review=True), proposed.number, True)
    assert load(store).event(OLD).tolls.high == 20


def write_csv(*rows: dict[str, str]) -> str:
    """A CSV of rows with the same columns."""
    lines = [",".join(rows[0])]
    lines += [",".join('"' + v.replace('"', '""') + '"' for v in r.values()) for r in rows]
    return "\n".join(lines) + "\n"


def test_import_sorts_rows_and_saves_all(store: Path) -> None:
    """A file's rows are new, corrections, unchanged or rejected; what is saved is what was planned."""
    g = load(store)
    old = clean_row(event_to_row(g.event(OLD)))
    columns = dict.fromkeys(old, "")
    new, bad = columns | NEW, columns | NEW | {"mode": "poem"}
    corrected, unknown = old | {"deaths_high": "12"}, old | {"event_id": "DL-20251009-99"}
    same = clean_row(event_to_row(g.events[0]))
    plan = plan_import(g, fold_entries(()), write_csv(new, bad, corrected, unknown, same, corrected))
    assert (plan.rows, len(plan.new), len(plan.corrections), plan.unchanged) == (6, 1, 1, (g.events[0].id,))
    assert {n: f[0].column for n, f in plan.faults.items()} == {3: "mode", 5: "event_id", 7: "event_id"}
    entries = import_rows(RecordEditor(g, store, "Ann"), (*plan.new, *plan.corrections), "October")
    assert [e.action for e in entries] == ["add", "edit"]
    after = load(store)
    assert (after.event(OLD).tolls.high, len(after.events)) == (12, 1414)


def test_import_saves_all_rows_or_none(store: Path) -> None:
    """One row that breaks the codebook keeps all others from being saved."""
    ed = editor(store)
    with pytest.raises(InvalidEvent):
        import_rows(ed, [NEW, NEW | {"mode": "poem"}], "October")
    assert read_journal(ed.path).entries == ()


@pytest.mark.parametrize(
    "text", ["", "a,b\n1,2\n", "summary,summary\nx,y\n", 'date_start\n"2026', "date_start\n2026-11-05\n"]
)
def test_import_of_another_file_is_refused(text: str) -> None:
    """A file without the codebook's columns is refused as a whole."""
    with pytest.raises(EditRefused):
        plan_import(FLAGSHIP, fold_entries(()), text)


def test_store_holds_a_copy_of_notes(store: Path) -> None:
    """The release notes/CASE holds the added and corrected events, and goes when none is left."""
    added = add_event(editor(store), NEW)
    edit_event(editor(store), OLD, {"deaths_high": "12"}, "Corrected.")
    assert write_notes_release(CASE, store)
    assert not write_notes_release(CASE, store)
    (release,) = open_version(store).releases()
    assert (release.name, release.events, release.rows) == (f"notes/{CASE.id}", 2, 2)
    rows = open_version(store).events().read_all().to_pylist()
    assert {r["id"]: r["deaths_high"] for r in rows} == {added.event: None, OLD: 12}
    for key in (added.event, OLD):
        retract_event(editor(store), key, "Told twice.")
    assert write_notes_release(CASE, store)
    assert open_version(store).releases() == ()


def test_correction_of_a_vanished_event_is_rejected(store: Path) -> None:
    """A correction of an event that the source no longer has stands among the rejected rows, with its reason."""
    from detente.cases.edits.apply import apply_journal
    from detente.events.rejects import TranslatedRelease

    ed = editor(store)
    edit_event(ed, OLD, {"deaths_high": "12"}, "Corrected.")
    rest = TranslatedRelease(FLAGSHIP.release, tuple(e for e in FLAGSHIP.events if e.id != OLD), ())
    edited = apply_journal(CASE, rest, read_journal(ed.path))
    (rejected,) = edited.harvest.set_aside
    assert rejected.faults[0].value == OLD
    assert len(edited.harvest.events) == 1412
