"""Who an event names, as roles on its day, in an expression.

Every list of names is looked up once, not every event: there are millions of events and some thousand lists. A list's
roles are one whole number, a bit a role, so that a rule about roles is a test of bits.

Roles change on a few days only (the Taliban were a group before they governed). Between two such days lies an *era*, and
`cast.role_on` is asked for a day of each, so that there is one truth about roles.
"""

from collections.abc import Mapping
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from detente.case.case import Case
from detente.case.cast import names_of, role_on
from detente.case.rule import ROLES

BIT: Mapping[str, int] = {role: 1 << i for i, role in enumerate(ROLES)}
# A sign that no name of a source holds. The number of names stands before it: no name and one empty name differ.
SIGN = "\x1f"
# A source without aliases in a case goes by the keys of the cast, whatever it is called.
ANY_SOURCE = ""


def changes(case: Case) -> list[date]:
    """The days on which somebody's role changes, in order.

    Example:
        >>> from detente.case.case import load
        >>> [str(d) for d in changes(load("pakistan-afghanistan"))]
        ['1994-01-01', '2021-08-15']
    """
    days = {s.first for a in case.cast for s in a.sides}
    days |= {s.last + timedelta(days=1) for a in case.cast for s in a.sides if s.last is not None and s.last < date.max}
    return sorted(days)


def era(day: ir.DateValue, case: Case) -> ir.IntegerValue:
    """How many changes of role lie on or before a day."""
    number: ir.IntegerValue = ibis.literal(0, "int64")
    for change in changes(case):
        number = number + (day >= ibis.literal(change)).cast("int64")
    return number


def _day_of(case: Case, era: int) -> date:
    days = changes(case)
    return days[era - 1] if era else (days[0] - timedelta(days=1) if days else case.first)


def source_of(source: ir.StringValue, case: Case) -> ir.StringValue:
    """The source whose aliases hold: its own, or none."""
    named = sorted({s for a in case.cast for s in a.aliases})
    none = ibis.literal(ANY_SOURCE)
    return source.isin(named).ifelse(source, none) if named else none


def bits(source: ir.StringValue, name: ir.StringValue, number: ir.IntegerValue, case: Case) -> ir.IntegerValue:
    """The role of one name as a bit; null where the cast does not know the name."""
    sources = [*sorted({s for a in case.cast for s in a.aliases}), ANY_SOURCE]
    eras = range(len(changes(case)) + 1)
    actors = {a.key: a for a in case.cast}
    branches: list[tuple[ir.BooleanValue, ir.IntegerValue]] = []
    for s in sources:
        # Names whose bit is the same in all eras are one test together.
        by_roles: dict[tuple[int, ...], list[str]] = {}
        for n, key in names_of(case, s).items():
            found = tuple(BIT[role_on(actors[key], _day_of(case, e))] for e in eras)
            by_roles.setdefault(found, []).append(n)
        for found, names in by_roles.items():
            fits = (source == s) & name.isin(names)
            if len(set(found)) == 1:
                branches.append((fits, ibis.literal(found[0], "int64")))
            else:
                branches += [(fits & (number == e), ibis.literal(b, "int64")) for e, b in enumerate(found)]
    return ibis.cases(*branches, else_=ibis.null("int64"))


def key(names: ir.ArrayValue) -> ir.StringValue:
    """A list of names as one text, different for different lists."""
    count = names.length().fill_null(0).cast("string")
    return count + SIGN + names.join(SIGN).fill_null("")


def role_sets(events: ir.Table, case: Case) -> ir.Table:
    """Every list of names that events hold: `source`, `era`, `key`, its `roles`, and whether all names are `known`."""
    sides = [
        events.select(
            source=source_of(events.source, case), era=era(events["first"], case), key=key(events[c]), names=events[c]
        )
        for c in ("raw_initiators", "raw_recipients")
    ]
    both = ibis.union(*sides)
    lists = both.group_by("source", "era", "key").agg(names=both.names.arbitrary())
    single = lists.select("source", "era", "key", name=lists.names.unnest())
    looked_up = single.mutate(bit=bits(single.source, single.name, single.era, case))
    # A bitwise OR as an aggregate is not to be had on every engine, so each role is asked for by itself.
    one = {f"is_{i}": (looked_up.bit == bit).fill_null(False).any() for i, bit in enumerate(BIT.values())}
    found = looked_up.group_by("source", "era", "key").agg(known=looked_up.bit.notnull().all(), **one)
    roles: ir.IntegerValue = ibis.literal(0, "int64")
    for i, bit in enumerate(BIT.values()):
        roles = roles + found[f"is_{i}"].ifelse(ibis.literal(bit, "int64"), ibis.literal(0, "int64"))
    return found.select("source", "era", "key", "known", roles=roles)
