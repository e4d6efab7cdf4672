"""Selection of the rows that concern a case, as an expression for an engine.

The rule is that of `cases/user_data.py`: a row concerns the case if it happened in one of its two countries or names two
of its parties. Rows of a case's own chronology all concern it.
"""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import ibis.expr.types as ir

from detente.cases.case_file import CaseFile
from detente.cases.data_folder import data_folder
from detente.cases.engine.latest import select_latest
from detente.cases.errors import MissingUserData
from detente.cases.release_scope import covers_case
from detente.cases.user_data import list_party_names
from detente.events.release_units import EXTRACT_SOURCES
from detente.store.snapshot import ReleaseAccount, Snapshot

CHRONOLOGY_SOURCE = "chronology"


def find_case_accounts(case: CaseFile, now: Snapshot) -> tuple[ReleaseAccount, ...]:
    """Return the releases in a store that a case is made of, sorted by source and name.

    Raises:
        MissingUserData: the store has none of a source.
    """
    accounts = now.releases()
    found: list[ReleaseAccount] = []
    wanted = [(b.source, {Path(f).name for f in b.files}, b.where) for b in case.brought]
    for source, files, where in wanted or [(CHRONOLOGY_SOURCE, set(), f"It is {case.folder / case.chronology}.")]:
        own = sorted((k for k in accounts if k.source == source), key=lambda k: k.release)
        own = [k for k in own if not files or k.release in files]
        if not own:
            raise MissingUserData(case.id, source, data_folder() / source, where, now.path)
        found += own
    return tuple(found)


def select_known_rows(
    rows: ir.Table, case: CaseFile, accounts: tuple[ReleaseAccount, ...], as_of: date | None
) -> ir.Table:
    """Return the rows to classify: those that concern the case, the newest of each id as known on a day.

    Of a case made of releases, rows known only later are left out, since only what is known can be classified;
    `classify_events` counts those of a chronology.
    """
    if not case.brought or as_of is None:
        return select_latest(rows, accounts, as_of)
    current = select_latest(select_case_rows(rows, case), accounts, as_of)
    return current.filter(current.known_on <= as_of)


def count_case_rows(rows: ir.Table, case: CaseFile, as_of: date) -> tuple[int, int]:
    """Count the rows that concern a case made of releases, and those of them that are known only later."""
    mine = select_case_rows(rows, case)
    (counted,) = mine.aggregate(n=mine.count(), later=(mine.known_on > as_of).sum()).to_pyarrow().to_pylist()
    return counted["n"], counted["later"] or 0


def select_case_rows(rows: ir.Table, case: CaseFile) -> ir.Table:
    """Return the rows (`classify.COLUMNS`) that concern a case made of releases, and withdrawals of such rows."""
    concerns = _concerns_case(rows, case, [b.source for b in case.brought])
    mine = rows.filter(concerns & ~rows.withdrawn)
    ids = mine.select("source", "id").distinct()
    withdrawals = rows.filter(rows.withdrawn).semi_join(ids, ["source", "id"])
    return mine.union(withdrawals.select(*mine.columns))


def find_silent_releases(
    rows: ir.Table, case: CaseFile, accounts: Iterable[ReleaseAccount]
) -> frozenset[tuple[str, str]]:
    """Find the releases, by source and name, that say nothing of the case's days: see `cases/release_scope.py`.

    Args:
        rows: of all releases, before newer ones replace older ones. accounts: the releases to ask of.
    """
    asked = {(k.source, k.release) for k in accounts if k.source in EXTRACT_SOURCES}
    if not asked:
        return frozenset()
    sources = sorted({source for source, _ in asked})
    mine = rows.filter(rows.source.isin(sources) & ~rows.withdrawn & _concerns_case(rows, case, sources))
    found = {(c["source"], c["release"]) for c in mine.select("source", "release").distinct().to_pyarrow().to_pylist()}
    return frozenset(k for k in asked if not covers_case(case, *k, concerns=k in found))


def _concerns_case(rows: ir.Table, case: CaseFile, sources: Iterable[str]) -> ir.BooleanValue:
    concerns = rows.country.isin(sorted(case.countries.values())).fill_null(False)
    for source in dict.fromkeys(sources):
        parties = list_party_names(case, source)
        if parties:
            named = _count_names(rows.raw_initiators, parties) + _count_names(rows.raw_recipients, parties)
            concerns = concerns | ((rows.source == source) & (named >= 2))
    return concerns


def _count_names(names: ir.ArrayValue, parties: list[str]) -> ir.IntegerValue:
    count: ir.IntegerValue = names.filter(lambda name: name.isin(parties)).length()
    return count.fill_null(0)
