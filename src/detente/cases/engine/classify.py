"""Classification of event rows as one Ibis expression: names to actors, actors to channels, channels to counts.

`classify_events` gives every row the status and channel that `load_case_data` and `assign_channels` give an event, by
the same rules; tests compare both for every event of the flagship and for generated events. DuckDB runs the
expression in this process, another engine where it holds the rows.
"""

from datetime import date

import ibis
import ibis.expr.types as ir

from detente.cases.case_file import CaseFile
from detente.cases.channel_rule import ChannelRule
from detente.cases.channels import load_channel_rules
from detente.cases.engine.roles import (
    CODE_COLUMNS,
    ROLE_BITS,
    alias_country,
    codebook_of,
    era_of,
    resolve_names,
    role_sets,
    side_key,
)

# The required columns.
COLUMNS = (
    "id", "source", "release", "known_on", "first", "date_precision", "country", "raw_initiators", "raw_recipients",
    "type", "mode",
)  # fmt: skip
# Optional: rules that name places need them; a row without them is in no province and no place.
PLACE_COLUMNS = ("province", "place")
# Optional column: true where a source retracts the event with this id.
WITHDRAWN_COLUMN = "withdrawn"
EVENT, KNOWN_LATER, UNKNOWN_NAME, OUTSIDE_CASE = "event", "later", "names a stranger", "outside the case's days"
WITHDRAWN = "withdrawn"


def classify_events(
    events: ir.Table, case: CaseFile, *, as_of: date | None = None, rules: tuple[ChannelRule, ...] = ()
) -> ir.Table:
    """Add status and channel to every row.

    Args:
        events: rows with `COLUMNS`, and `PLACE_COLUMNS` where there are any.
        as_of: rows known later get the status `later`; if not given, none do.
        rules: come first, then the case's, then the table, as in `assign_channels`.

    Returns:
        `source`, `release`, `id`, `known_on`, `day`, `date_precision`; `status`, one of event, later, names a stranger,
        outside the case's days, withdrawn; `rule`, the index of the matching rule from 0; and `channel`, null where
        that rule assigns none or where the status is not event.
    """
    order = (*rules, *case.rules, *load_channel_rules())
    sets = role_sets(events, case)
    rows = events.select(
        *(c for c in COLUMNS if c not in ("raw_initiators", "raw_recipients", "mode")),
        **(place_columns(events) if any(r.places for r in order) else {}),
        mode=events["mode"].fill_null(""),
        withdrawn=is_withdrawn(events),
        alias_source=codebook_of(events.source, case),
        era=era_of(events["first"], case),
        at=alias_country(events.country, case),
        did_key=side_key(events, "raw_initiators"),
        got_key=side_key(events, "raw_recipients"),
    )
    for side in ("did", "got"):
        # The prefix distinguishes the two sides. An empty list of names is in no set: the side has no role.
        side_sets = sets.select(**{f"{side}_s": sets.source, f"{side}_e": sets.era, f"{side}_p": sets.place, f"{side}_k": sets.key,
                               f"{side}_roles": sets.roles, f"{side}_known": sets.known})  # fmt: skip
        rows = rows.left_join(
            side_sets,
            [
                rows.alias_source == side_sets[f"{side}_s"],
                rows.era == side_sets[f"{side}_e"],
                rows["at"] == side_sets[f"{side}_p"],
                rows[f"{side}_key"] == side_sets[f"{side}_k"],
            ],
        )
        rows = rows.drop(f"{side}_s", f"{side}_e", f"{side}_p", f"{side}_k", f"{side}_key")
    rows = rows.mutate(
        did=rows.did_roles.fill_null(0), got=rows.got_roles.fill_null(0),
        all_known=rows.did_known.fill_null(True) & rows.got_known.fill_null(True),
    )  # fmt: skip
    within = (rows["first"] >= ibis.literal(case.first)) & (rows["first"] <= ibis.literal(case.last))
    late = ibis.literal(False) if as_of is None else rows.known_on > ibis.literal(as_of)
    status = ibis.cases(
        (rows.withdrawn, WITHDRAWN),
        (~rows.all_known, UNKNOWN_NAME),
        (~within, OUTSIDE_CASE),
        (late, KNOWN_LATER),
        else_=EVENT,
    )
    rows = rows.mutate(status=status)
    # Most rows of a global source name unknown actors; the first branch skips the rules for them.
    matches = [(_matches_rule(r, rows, case), ibis.literal(i, "int64")) for i, r in enumerate(order)]
    numbered = rows.mutate(rule=ibis.cases((rows.status != EVENT, ibis.null("int64")), *matches))
    channels: dict[str, list[int]] = {}
    for i, r in enumerate(order):
        channels.setdefault(r.channel, []).append(i)
    named = [(numbered.rule.isin(n), ibis.literal(c)) for c, n in channels.items() if c != "-"]
    channel = ibis.cases(*named, else_=ibis.null("string"))
    return numbered.select(
        "source", "release", "id", "known_on", "date_precision", "status", "rule",
        day=numbered["first"], channel=channel,
    )  # fmt: skip


def place_columns(events: ir.Table) -> dict[str, ir.StringValue]:
    """Return province and place of every row, empty where unknown."""
    return {
        c: events[c].fill_null("") if c in events.columns else ibis.literal("").cast("string") for c in PLACE_COLUMNS
    }


def is_withdrawn(events: ir.Table) -> ir.BooleanValue:
    """Return whether the row retracts the event with its id."""
    if WITHDRAWN_COLUMN not in events.columns:
        return ibis.literal(False)
    column: ir.BooleanValue = events[WITHDRAWN_COLUMN]
    return column.fill_null(False)


def count_classified(rows: ir.Table) -> ir.Table:
    """Count classified rows by status, channel, day and whether the day is precisely known.

    `n` counts rows; `known_on` is the latest day on which one of them became known. `day` is null for rows without a
    channel, so the table has at most days times channels rows.
    """
    counted = rows.select(
        "status", "channel", "known_on",
        day=rows.channel.isnull().ifelse(ibis.null("date"), rows.day),
        precise=rows.date_precision == "day",
    )  # fmt: skip
    return counted.group_by("status", "channel", "day", "precise").agg(
        n=counted.count(), known_on=counted.known_on.max()
    )


def count_unknown_names(events: ir.Table, case: CaseFile) -> ir.Table:
    """Count the rows with each unknown name: `source`, `name`, `n`."""
    names = resolve_names(events, case)
    unknown = names.filter(names.bit.isnull()).select("source", "era", "place", "key", "name")
    # Rows are counted by distinct list of names: there are far fewer lists than names in rows.
    sides = [
        events.select(codebook_of(events.source, case).name("book"), "source", era=era_of(events["first"], case),
                      place=alias_country(events.country, case), key=side_key(events, c))
        for c in CODE_COLUMNS
    ]  # fmt: skip
    both = ibis.union(*sides)
    held = both.group_by("book", "source", "era", "place", "key").agg(n=both.count())
    joined = held.inner_join(unknown.rename(book="source"), ["book", "era", "place", "key"])
    counts = joined.group_by("source", "name").agg(n=joined.n.sum())
    return counts.order_by(ibis.desc("n"), "source", "name")


def _matches_rule(rule: ChannelRule, rows: ir.Table, case: CaseFile) -> ir.BooleanValue:
    tests = [
        _matches_word(rule.types, rows["type"]),
        _matches_word(rule.modes, rows["mode"]),
        None if rule.soil == "*" else rows.country == ibis.literal(case.countries[rule.soil]),  # type: ignore[index]
        _matches_places(rule.places, rows),
        _matches_roles(rule.initiators, rows.did),
        _matches_roles(rule.recipients, rows.got),
    ]
    fits: ir.BooleanValue | None = None
    for test in tests:
        if test is not None:
            fits = test if fits is None else fits & test
    return ibis.literal(True) if fits is None else fits


def _matches_word(allowed: str, word: ir.StringValue) -> ir.BooleanValue | None:
    return None if allowed == "*" else word.isin(allowed.split())


def _matches_places(places: tuple[str, ...], rows: ir.Table) -> ir.BooleanValue | None:
    some: ir.BooleanValue | None = None
    for place in places:
        within: ir.BooleanValue = ibis.literal(True)
        for column, word in zip(("country", "province", "place"), place.split("/"), strict=False):
            within = within & (rows[column].fill_null("") == ibis.literal(word))
        some = within if some is None else some | within
    return some


def _matches_roles(pattern: str, roles: ir.IntegerValue) -> ir.BooleanValue | None:
    """Test role bits as `channels._matches_roles` tests a set of roles; None where anything matches."""
    if pattern == "-":
        return roles == 0
    words = pattern.split()
    barred = sum(ROLE_BITS.get(w[1:], 0) for w in dict.fromkeys(words) if w.startswith("!"))
    wanted = [w for w in words if not w.startswith("!")]
    test: ir.BooleanValue | None = (roles & barred) == 0 if barred else None
    if not wanted or "*" in wanted:
        return test
    # A word that is not a role, alone or within a+b, matches nobody.
    masks = [sum(ROLE_BITS[p] for p in set(w.split("+"))) for w in wanted if all(p in ROLE_BITS for p in w.split("+"))]
    some: ir.BooleanValue = ibis.literal(False)
    singles = sum({m for m in masks if m & (m - 1) == 0})
    if singles:
        some = (roles & singles) != 0
    for mask in masks:
        if mask & (mask - 1):
            some = some | ((roles & mask) == mask)
    return some if test is None else test & some
