"""Roles of the actors that an event names, on its day, as Ibis expressions.

Each distinct list of names is resolved once: millions of events share some thousand lists. The roles of a list are one
integer with one bit for each role, so rules test bits.

Roles and names change on a few days only (the Taliban were a group before they governed). The period between two such
days is an *era*; `actors.role_on` and `Alias.fits` are evaluated for one day of each. Only countries that an alias names
matter. The order of resolution is that of `actors.resolve_actors`; a test compares the two.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from detente.cases.actors import CODEBOOK_OF_SOURCE, find_codebook, role_on
from detente.cases.alias import Alias
from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import ROLES

ROLE_BITS: Mapping[str, int] = {role: 1 << i for i, role in enumerate(ROLES)}
# A character that occurs in no name. The count of names precedes it, since no name and one empty name differ.
NAME_SEPARATOR = "\x1f"
# Stands for all sources without aliases in a case: their names are the keys of the cast.
ANY_SOURCE = ""
# Stands for all known countries that no alias names.
OTHER_COUNTRY = "-"
CODE_COLUMNS = {"raw_initiators": "initiator_codes", "raw_recipients": "recipient_codes"}


def list_role_changes(case: CaseFile) -> list[date]:
    """List the days on which an actor's role or name changes, in order.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> [str(d) for d in list_role_changes(load_case_file("pakistan-afghanistan"))]
        ['1994-01-01', '2021-08-15']
    """
    spans: list[tuple[date | None, date | None]] = [(s.first, s.last) for a in case.cast for s in a.sides]
    spans += [(n.first, n.last) for a in case.cast for names in a.aliases.values() for n in names]
    days = {first for first, _ in spans if first is not None}
    days |= {last + timedelta(days=1) for _, last in spans if last is not None and last < date.max}
    return sorted(days)


def era_of(day: ir.DateValue, case: CaseFile) -> ir.IntegerValue:
    """Count the changes of role or name on or before a day."""
    number: ir.IntegerValue = ibis.literal(0, "int64")
    for change in list_role_changes(case):
        number = number + (day >= ibis.literal(change)).cast("int64")
    return number


def _day_in_era(case: CaseFile, era: int) -> date:
    days = list_role_changes(case)
    return days[era - 1] if era else (days[0] - timedelta(days=1) if days else case.first)


def _codebooks(case: CaseFile) -> dict[str, str]:
    """Map each source that a case has names for to the codebook that lists them."""
    named = {s for a in case.cast for s in a.aliases}
    return {s: b for s in sorted(named | set(CODEBOOK_OF_SOURCE)) if (b := find_codebook(case, s)) in named}


def codebook_of(source: ir.StringValue, case: CaseFile) -> ir.StringValue:
    """Return the codebook of a source: its own, another's, or `ANY_SOURCE`."""
    books = _codebooks(case)
    if not books:
        return ibis.literal(ANY_SOURCE)
    return ibis.cases(*((source == s, ibis.literal(b)) for s, b in books.items()), else_=ANY_SOURCE)


def alias_country(country: ir.StringValue, case: CaseFile) -> ir.StringValue:
    """Return the country if an alias names it, else `OTHER_COUNTRY`; empty where unknown."""
    asked = sorted({n.soil for a in case.cast for names in a.aliases.values() for n in names if n.soil})
    known = country.fill_null("")
    if not asked:
        return ibis.literal("")
    return ((known == "") | known.isin(asked)).ifelse(known, ibis.literal(OTHER_COUNTRY))


def role_bit_of(
    book: ir.StringValue, word: ir.StringValue, number: ir.IntegerValue, country: ir.StringValue, case: CaseFile
) -> ir.IntegerValue:
    """Return the role of a name or code as a bit; null where no actor has it on that day in that country."""
    eras = range(len(list_role_changes(case)) + 1)
    days = {e: _day_in_era(case, e) for e in eras}
    branches: list[tuple[ir.BooleanValue, ir.IntegerValue]] = []
    for b in (*sorted(set(_codebooks(case).values())), ANY_SOURCE):
        # A full name takes precedence over a prefix.
        for whole in (True, False):
            for actor in case.cast:
                roles = {e: ROLE_BITS[role_on(actor, d)] for e, d in days.items()}
                # One test for all names valid in the same eras and the same country.
                alike: dict[tuple[tuple[int, ...], str], list[Alias]] = {}
                for n in actor.named(b):
                    if n.name.endswith("*") != whole:
                        valid = tuple(e for e, d in days.items() if n.fits(n.name, d, n.soil))
                        alike.setdefault((valid, n.soil), []).append(n)
                for (valid, soil), names in alike.items():
                    fits = (book == b) & _matches_names(word, names, whole)
                    if soil:
                        fits = fits & country.isin(["", soil])
                    for bit in dict.fromkeys(roles[e] for e in valid):
                        when = [e for e in valid if roles[e] == bit]
                        test = fits if len(when) == len(days) else fits & number.isin(when)
                        branches.append((test, ibis.literal(bit, "int64")))
    return ibis.cases(*branches, else_=ibis.null("int64"))


def _matches_names(word: ir.StringValue, names: list[Alias], whole: bool) -> ir.BooleanValue:
    if whole:
        return word.isin([n.name for n in names])
    some: ir.BooleanValue = ibis.literal(False)
    for n in names:
        some = some | word.startswith(n.name[:-1])
    return some


def join_names(names: ir.ArrayValue) -> ir.StringValue:
    """Join a list of names into one text, unique for each list."""
    count = names.length().fill_null(0).cast("string")
    return count + NAME_SEPARATOR + names.join(NAME_SEPARATOR).fill_null("")


def codes_of(events: ir.Table, column: str) -> ir.ArrayValue:
    """Return the source's codes for a column of names; the names where it lacks one code for each."""
    names: ir.ArrayValue = events[column]
    if CODE_COLUMNS[column] not in events.columns:
        return names
    codes: ir.ArrayValue = events[CODE_COLUMNS[column]]
    return (codes.length().fill_null(-1) == names.length()).ifelse(codes, names)


def side_key(events: ir.Table, column: str) -> ir.StringValue:
    """Return the lookup key of one side of an event: its names, and its codes if the table has them."""
    names = join_names(events[column])
    has_codes = CODE_COLUMNS[column] in events.columns
    return names + NAME_SEPARATOR + join_names(codes_of(events, column)) if has_codes else names


def resolve_names(events: ir.Table, case: CaseFile) -> ir.Table:
    """Resolve every name of every list in the events: `source`, `era`, `place`, `key`, `name`, `bit`."""
    sides = [
        events.select(
            source=codebook_of(events.source, case), era=era_of(events["first"], case), place=alias_country(events.country, case),
            key=side_key(events, c), names=events[c], codes=codes_of(events, c),
        )
        for c in CODE_COLUMNS
    ]  # fmt: skip
    both = ibis.union(*sides)
    by = ("source", "era", "place", "key")
    lists = both.group_by(*by).agg(names=both.names.arbitrary(), codes=both.codes.arbitrary())
    each = lists.filter(lists.names.length() > 0)
    each = each.select(*by, "names", "codes", i=ibis.range(0, each.names.length()).unnest())
    single = each.select(*by, name=each.names[each.i], code=each.codes[each.i])
    found = single.mutate(
        bit=ibis.coalesce(
            role_bit_of(single.source, single.name, single.era, single.place, case),
            role_bit_of(single.source, single.code, single.era, single.place, case),
        )
    )
    # UCDP writes allies who fought together in one field: each part must be known by itself.
    allied = found.bit.isnull() & found.name.contains(", ")
    parts = found.filter(allied).select(*by, name=found.name.split(", ").unnest())
    parts = parts.mutate(bit=role_bit_of(parts.source, parts.name, parts.era, parts.place, case))
    return ibis.union(found.filter(~allied).select(*by, "name", "bit"), parts.select(*by, "name", "bit"))


def role_sets(events: ir.Table, case: CaseFile) -> ir.Table:
    """Resolve every list of names in the events: `source`, `era`, `place`, `key`, `known` (all names), `roles`."""
    names = resolve_names(events, case)
    # Some engines lack bitwise OR as an aggregate, so each role is aggregated separately.
    one = {f"is_{i}": (names.bit == bit).fill_null(False).any() for i, bit in enumerate(ROLE_BITS.values())}
    found = names.group_by("source", "era", "place", "key").agg(known=names.bit.notnull().all(), **one)
    roles: ir.IntegerValue = ibis.literal(0, "int64")
    for i, bit in enumerate(ROLE_BITS.values()):
        roles = roles + found[f"is_{i}"].ifelse(ibis.literal(bit, "int64"), ibis.literal(0, "int64"))
    return found.select("source", "era", "place", "key", "known", roles=roles)
