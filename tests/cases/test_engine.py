"""Classification by an engine gives the same results as the Python of `load_case_data` and `assign_channels`."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st
from ibis.backends.duckdb import Backend as DuckDB

from detente.cases.case_file import Actor, CaseFile, RolePeriod
from detente.cases.channel_rule import CHANNELS, COUNTED_CHANNELS, ROLES, ChannelRule
from detente.cases.channels import assign_channels, load_channel_rules, name_parties
from detente.cases.engine.backends import PLANNING, Engine, NoEngine, open_event_table
from detente.cases.engine.classify import (
    EVENT,
    KNOWN_LATER,
    OUTSIDE_CASE,
    UNKNOWN_NAME,
    classify_events,
    count_classified,
    count_unknown_names,
)
from detente.cases.engine.latest import select_latest
from detente.cases.engine.roles import era_of, list_role_changes
from detente.cases.errors import AsOfOutOfRange
from detente.cases.load import load_case_data, resolve_events
from detente.events import vintage
from detente.events.arrow import to_table
from detente.events.event import Event
from detente.events.plover import event_types
from detente.events.reader import read_release
from detente.events.rejects import TranslatedRelease
from detente.events.translations import chronology as translation
from detente.measures.counts import daily_counts
from detente.measures.store_counts import count_store_events
from detente.sources import chronology
from detente.sources.chronology_schema import MODES
from detente.sources.release import Release
from detente.store.snapshot import ReleaseAccount, Snapshot, open_version
from detente.store.writer import add_release, remove_release
from support.release_vintages import (
    SCHEMA,
    ReleaseDays,
    Row,
    make_releases,
    release_days_strategy,
    rows_strategy,
    sort_rows,
)
from support.releases import make_reading, make_release
from support.small_case import keep_few_actors
from support.worlds import FLAGSHIP, make_event

CASE = FLAGSHIP.case
SMALL = keep_few_actors(CASE)
FILE = CASE.folder / CASE.chronology


@cache
def flagship_events() -> tuple[Event, ...]:
    return translation.translate_chronology(chronology.read_chronology(FILE)).events


@cache
def open_duckdb() -> DuckDB:
    return ibis.duckdb.connect(**PLANNING)


def on_duckdb(expression: ir.Table, events: pa.Table) -> pa.Table:
    open_duckdb().con.register("events", events)
    return open_duckdb().to_pyarrow(expression)


def unbound(events: pa.Table | None = None) -> ir.Table:
    schema = (to_table([]) if events is None else events).schema
    return ibis.table(ibis.Schema.from_pyarrow(schema), name="events")


def by_python(
    case: CaseFile, events: list[Event], as_of: date, rules: tuple[ChannelRule, ...] = ()
) -> dict[str, tuple[str, str | None]]:
    """Return status and channel of each event by `resolve_events`, `assign_channels` and the day of knowledge."""
    harvest = resolve_events(case, TranslatedRelease(Release("made", "made", as_of, ""), tuple(events), ()))
    results: dict[str, tuple[str, str | None]] = {}
    for s in harvest.set_aside:
        key = s.raw.split(",", 1)[0]
        results[key] = (
            UNKNOWN_NAME if any(f.column in ("initiator", "target") for f in s.faults) else OUTSIDE_CASE,
            None,
        )
    known = [e for e in harvest.events if e.known_on <= as_of]
    results |= {e.id: (KNOWN_LATER, None) for e in harvest.events if e.known_on > as_of}
    return results | {k: (EVENT, a.channel) for k, a in assign_channels(case, known, rules).items()}


def by_expression(
    case: CaseFile, events: list[Event], as_of: date, rules: tuple[ChannelRule, ...] = ()
) -> dict[str, tuple[str, str | None]]:
    found = on_duckdb(classify_events(unbound(), case, as_of=as_of, rules=rules), to_table(events)).to_pylist()
    assert len(found) == len(events)
    return {r["id"]: (r["status"], r["channel"]) for r in found}


def test_engine_classifies_flagship_like_python() -> None:
    """The engine assigns every flagship event to the same channel by the same rule."""
    found = on_duckdb(classify_events(unbound(), CASE), to_table(flagship_events())).to_pylist()
    order = name_parties((*CASE.rules, *load_channel_rules()), CASE.names)
    assert {r["id"]: (r["channel"], order[r["rule"]].why) for r in found} == {
        e.id: (a.channel, a.why) for e in FLAGSHIP.events for a in [FLAGSHIP.assignments[e.id]]
    }
    assert len(found) == len(FLAGSHIP.events) == 1413


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    path = tmp_path_factory.mktemp("store")
    add_release(path, read_release(FILE))
    return open_version(path)


@pytest.mark.parametrize(
    ("as_of", "precise", "channels"),
    [(None, False, CHANNELS), (date(2021, 8, 20), False, CHANNELS), (date(2025, 10, 8), True, ("clash", "attack"))],
)
def test_store_counts_equal_chronology_counts(
    store: Snapshot, as_of: date | None, precise: bool, channels: tuple[str, ...]
) -> None:
    """Daily counts from a store equal those from the chronology, for the requested channels in the requested order."""
    g = load_case_data(CASE, as_of)
    here = daily_counts(g, channels, precise=precise)
    there = count_store_events(CASE, store, as_of=as_of, channels=channels, precise=precise)
    assert there.as_of == g.as_of
    np.testing.assert_array_equal(there.counts.y, here.y)
    np.testing.assert_array_equal(there.counts.imprecise, here.imprecise)
    np.testing.assert_array_equal(there.counts.coverage, here.coverage)
    assert (there.counts.first, there.counts.channels) == (here.first, here.channels) == (CASE.first, channels)
    assert (there.events, there.later, there.read) == (len(g.events), g.later, g.rows)
    assert there.assigned == len(g.events) - len(g.unassigned)


# ---- Generated events and rules, roles that change


def changing_case() -> CaseFile:
    """Return the flagship's case, with few actors, with an actor whose role changes, and with names limited to a period or country."""
    days = [date(2022, 3, 1), date(2023, 6, 15)]
    sides = (
        RolePeriod(role="group", **{"from": date(2021, 1, 1), "to": days[0]}),
        RolePeriod(role="rival", **{"from": days[1]}),
    )
    names = {
        "made": ("Old Guard", {"name": "Guard*", "to": date(2024, 1, 1)}, "77", {"name": "Militia", "in": "AFG"}),
        "cameo": ("OLD", {"name": "PAKREB", "from": date(2025, 1, 1)}),
    }
    former = Actor(key="OLD", name="Former", role="outsider", sides=sides, aliases=names)  # type: ignore[arg-type]
    here = {"made": ({"name": "Militia", "in": "PAK"}, {"name": "Guard of Honour", "from": date(2023, 1, 1)})}
    local = Actor(key="LOCAL", name="Local", role="civilians", of="target", aliases=here)  # type: ignore[arg-type]
    return SMALL.model_copy(update={"cast": (*SMALL.cast, former, local)})


CHANGING = changing_case()
EDGES = [CHANGING.first, CHANGING.last, *list_role_changes(CHANGING)]
NAMES = [
    *(a.key for a in SMALL.cast),
    "Old Guard",
    "Old Guard (former)",
    "OLD",
    "Nobody We Know",
    "",
    "a\x1fb",
    "Ünbekannt",
]
days_of = st.one_of(
    st.builds(lambda d, n: d + timedelta(days=n), st.sampled_from(EDGES), st.integers(-2, 2)),
    st.dates(CHANGING.first, CHANGING.last),
)
sides = st.lists(st.sampled_from(NAMES), max_size=3)
known_sides = st.lists(st.sampled_from([a.key for a in SMALL.cast]), max_size=3)


def codes(names: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    one = st.sampled_from(["77", "PAK", "9", "Guards"])
    return st.one_of(st.just(()), st.lists(one, min_size=len(names), max_size=len(names)).map(tuple), st.just(("77",)))


@st.composite
def generated_events(draw: st.DrawFn) -> list[Event]:
    kinds = st.sampled_from([(t, m) for t in event_types() for m in ("", *MODES.get(t, "").split())])
    out = []
    for n in range(draw(st.integers(1, 90))):
        day, (kind, mode) = draw(days_of), draw(kinds)
        some = known_sides if draw(st.integers(0, 3)) else sides
        did, got = tuple(draw(some)), tuple(draw(some))
        e = make_event(day, "", "", kind, mode, country=draw(st.sampled_from(["AFG", "PAK", "IRN"])), n=n)
        out.append(
            replace(e, id=f"E{n}", raw_initiators=did, raw_recipients=got, initiators=(), recipients=(), initiator_codes=draw(codes(did)),
                    recipient_codes=draw(codes(got)), place=replace(e.place, country=draw(st.sampled_from(["AFG", "PAK", "IRN", ""])),
                                  province=draw(st.sampled_from(["", "Khyber Pakhtunkhwa", "Kabul", "Khost"])), name=draw(st.sampled_from(["", "Kabul"]))),
                    source=draw(st.sampled_from(["made", "chronology", "elsewhere", "gdelt"])), known_on=day + timedelta(days=draw(st.integers(0, 5))))
        )  # fmt: skip
    return out


roles_pattern = st.one_of(
    st.just("*"),
    st.just("-"),
    st.lists(
        st.one_of(
            st.sampled_from(ROLES),
            st.sampled_from(ROLES).map("!{}".format),
            st.lists(st.sampled_from(ROLES), min_size=2, max_size=3).map("+".join),
            st.sampled_from(["*", "target+*", "-"]),
        ),
        min_size=1,
        max_size=4,
    ).map(" ".join),
)
rules_of = st.lists(
    st.builds(
        ChannelRule,
        channel=st.sampled_from([*COUNTED_CHANNELS, "-"]),
        initiators=roles_pattern,
        recipients=roles_pattern,
        types=st.one_of(
            st.just("*"), st.lists(st.sampled_from(list(event_types())), min_size=1, max_size=3).map(" ".join)
        ),
        modes=st.one_of(st.just("*"), st.sampled_from(["airstrike", "talks", "clash firearms"])),
        soil=st.sampled_from(["*", "target", "host"]),
        places=st.sampled_from([(), ("PAK",), ("PAK/Khyber Pakhtunkhwa", "AFG/Kabul/Kabul"), ("AFG/Khost",)]),
        why=st.just("made"),
    ),
    max_size=8,
).map(tuple)


@given(events=generated_events(), rules=rules_of, as_of=days_of)
@settings(max_examples=5)
def test_engine_classifies_generated_events_like_python(
    events: list[Event], rules: tuple[ChannelRule, ...], as_of: date
) -> None:
    """Generated events under generated rules get the same status and channel from the engine and from Python."""
    assert by_expression(CHANGING, events, as_of, rules) == by_python(CHANGING, events, as_of, rules)


def test_role_changes_on_the_right_day() -> None:
    """An actor's role is correct on both sides of each change."""
    days = [d + timedelta(days=n) for d in EDGES for n in (-1, 0, 1)]
    events = [
        replace(make_event(d, "", "", "ASSAULT", "airstrike", country="PAK", n=i), id=f"E{i}", raw_initiators=("Old Guard",), raw_recipients=("PAK",))
        for i, d in enumerate(days)
        if CHANGING.first <= d <= CHANGING.last
    ]  # fmt: skip
    results = by_expression(CHANGING, events, date.max)
    assert results == by_python(CHANGING, events, date.max)
    channels = {e.day: results[e.id][1] for e in events}
    assert channels[date(2022, 3, 1)] == "attack"
    assert channels[date(2022, 3, 2)] == "outside"
    assert channels[date(2023, 6, 15)] is None


def test_no_name_differs_from_empty_name() -> None:
    """An event without a name differs from one with an empty name."""
    events = [
        replace(make_event(date(2024, 1, 1), "", "", "ASSAULT", n=i), id=str(i), raw_initiators=names)
        for i, names in enumerate([(), ("",), ("", "")])
    ]
    found = by_expression(SMALL, events, date.max)
    assert [found[str(i)][0] for i in range(3)] == [EVENT, UNKNOWN_NAME, UNKNOWN_NAME]


def test_era_starts_on_day_of_change() -> None:
    """An era starts on the day of the change."""
    days = pa.table({"day": [d + timedelta(days=n) for d in list_role_changes(CHANGING) for n in (-1, 0)]})
    t = ibis.table(ibis.Schema.from_pyarrow(days.schema), name="events")
    assert on_duckdb(t.select(era=era_of(t.day, CHANGING)), days)["era"].to_pylist() == [
        n for i in range(len(list_role_changes(CHANGING))) for n in (i, i + 1)
    ]


def test_unknown_names_are_counted_by_rows() -> None:
    """Unknown names are listed by the number of rows that name them."""
    names = [("BLA (made)", "PAK"), ("BLA (made)",), ("TPP",), ("TTP",)]
    events = [
        replace(
            make_event(date(2024, 1, 1), "", "", "ASSAULT", n=i), id=str(i), raw_initiators=n, raw_recipients=("PAK",)
        )
        for i, n in enumerate(names)
    ]
    found = on_duckdb(count_unknown_names(unbound(), SMALL), to_table(events)).to_pylist()
    assert [(f["name"], f["n"]) for f in found] == [("BLA (made)", 2), ("TPP", 1)]


# ---- Several releases


def _account(release: str, known_on: date) -> ReleaseAccount:
    return ReleaseAccount("made", release, known_on, "", 0, 0, 0, 0, None, None, FLAGSHIP_ADDED, "", 0)


FLAGSHIP_ADDED = datetime(2026, 1, 1, tzinfo=UTC)


def test_later_release_replaces_ids(tmp_path: Path) -> None:
    """A later release replaces an earlier one id by id."""

    def release(name: str, countries: dict[str, str], known_on: date) -> None:
        events = [
            replace(make_event(date(2024, 1, 1), "", "", "ASSAULT", "airstrike", n=i), id=k, release=name, raw_initiators=("PAK",), raw_recipients=("TTP",),
                    known_on=known_on, place=replace(make_event(date(2024, 1, 1), "", "", "ASSAULT").place, country=c))
            for i, (k, c) in enumerate(countries.items())
        ]  # fmt: skip
        add_release(tmp_path, make_reading(to_table(events), release=name, sha=name, known_on=known_on))

    release("January", {"a": "AFG", "b": "AFG", "c": "AFG"}, date(2024, 2, 1))
    release("March", {"b": "PAK", "d": "AFG"}, date(2024, 4, 1))
    now = open_version(tmp_path)
    whole = count_store_events(SMALL, now)
    # a, c and d are strikes in the host's country; the newer release places b in the target's: an operation.
    assert (int(whole.counts.of("strike").sum()), int(whole.counts.of("operation").sum())) == (3, 1)
    assert (whole.read, whole.events, whole.replaced) == (5, 4, 1)
    then = count_store_events(SMALL, now, as_of=date(2024, 3, 1))
    assert (int(then.counts.of("strike").sum()), int(then.counts.of("operation").sum())) == (3, 0)
    assert (then.events, then.later, then.replaced) == (3, 2, 0)
    one = count_store_events(SMALL, now, releases=["made/March"])
    assert (one.read, one.events) == (2, 2)
    for s in (whole, then, one):
        assert s.events + s.later + s.strangers + s.outside + s.replaced == s.read


def test_withdrawn_event_is_not_counted(tmp_path: Path) -> None:
    """An event that its source retracts is not counted."""
    known, later = date(2024, 2, 1), date(2024, 4, 1)
    events = [
        replace(make_event(date(2024, 1, 1), "", "", "ASSAULT", "airstrike", n=i), id=k, release="export", raw_initiators=("PAK",), raw_recipients=("TTP",), known_on=known)
        for i, k in enumerate("abc")
    ]  # fmt: skip
    add_release(tmp_path, make_reading(to_table(events), release="export", sha="1", known_on=known))
    retractions = {
        "id": ["b", "z"],
        "source": ["made"] * 2,
        "release": ["deleted"] * 2,
        "row": [2, 3],
        "known_on": [later] * 2,
        "first": [later] * 2,
    }
    gone = pa.table(retractions).append_column("withdrawn", pa.array([True, True]))
    add_release(tmp_path, make_reading(gone.cast(pa.schema([f.with_type(pa.date32()) if f.name in ("known_on", "first") else f for f in gone.schema])),
                          release="deleted", sha="2", known_on=later))  # fmt: skip
    now = open_version(tmp_path)
    whole = count_store_events(SMALL, now)
    assert (int(whole.counts.of("strike").sum()), whole.events, whole.withdrawn, whole.replaced, whole.read) == (
        2,
        2,
        2,
        1,
        5,
    )
    then = count_store_events(SMALL, now, as_of=date(2024, 3, 1))
    assert (int(then.counts.of("strike").sum()), then.events) == (3, 3)


@pytest.mark.parametrize("folder", ["source=other/release=9", "a [old]*?'b", "ünüblich #1"])
def test_store_path_may_hold_any_characters(tmp_path: Path, folder: str) -> None:
    """A store may be in a folder of any name."""
    path = tmp_path / folder / "store"
    for name in ("2024-01", "7", "GED 25.1 é/x"):
        events = replace(
            make_event(date(2024, 1, 1), "", "", "ASSAULT", "airstrike"),
            id=name,
            release=name,
            raw_initiators=("PAK",),
            raw_recipients=("TTP",),
        )
        add_release(path, make_reading(to_table([events]), release=name, sha=name))
    with open_event_table(Engine(), open_version(path)) as rows:
        found = rows.select("source", "release", "id").to_pyarrow().to_pylist()
    assert sorted((r["source"], r["release"], r["id"]) for r in found) == [
        ("made", n, n) for n in ("2024-01", "7", "GED 25.1 é/x")
    ]


@settings(max_examples=60, deadline=None)
@given(
    rows_strategy,
    release_days_strategy,
    st.none() | st.integers(-1, 10).map(lambda n: date(2026, 1, 1) + timedelta(days=n)),
)
def test_engine_selects_rows_like_vintage_rule(rows: list[Row], on: ReleaseDays, as_of: date | None) -> None:
    """The engine selects the same rows as the vintage rule on a table."""
    events = pa.Table.from_pylist(rows, SCHEMA)
    releases = [replace(_account(r, d), source=s, first=None, last=None) for (s, r), d in on.items()]
    t = ibis.table(ibis.Schema.from_pyarrow(SCHEMA), name="events")
    selected = [
        r
        for r in on_duckdb(select_latest(t, releases, as_of), events).to_pylist()
        if r["known_on"] <= (as_of or date.max)
    ]
    expected = vintage.select_as_of(
        events, as_of or date.max, make_releases(on), vintage.find_release_coverage(make_releases(on))
    )
    assert sort_rows([r for r in selected if not r["withdrawn"]]) == sort_rows(expected.to_pylist())


def test_single_releases_leave_rows_unchanged() -> None:
    """With one release for each source the rows are returned unchanged."""
    t = unbound()
    assert select_latest(t, [_account("A", date(2024, 1, 1))]) is t


def test_empty_store_gives_zero_counts(tmp_path: Path) -> None:
    """A store whose only release was removed gives zero counts."""
    add_release(tmp_path, make_release(2))
    remove_release(tmp_path, "made/A")
    s = count_store_events(SMALL, open_version(tmp_path))
    assert (s.read, s.events, int(s.counts.y.sum())) == (0, 0, 0)


def test_store_counts_reject_day_before_case(store: Snapshot) -> None:
    """A day of knowledge before the case is rejected."""
    with pytest.raises(AsOfOutOfRange):
        count_store_events(CASE, store, as_of=date(2021, 8, 14))


# ---- Other engines

DIALECTS = {"pyspark": "spark", "clickhouse": "clickhouse", "trino": "trino", "bigquery": "bigquery"}


@pytest.fixture(scope="module")
def dated_counts() -> ir.Table:
    return count_classified(classify_events(unbound(), SMALL, as_of=date(2025, 10, 8)))


@pytest.mark.parametrize("dialect", DIALECTS)
def test_classification_compiles_for_other_engines(dated_counts: ir.Table, dialect: str) -> None:
    """The classification compiles for engines that are not installed."""
    sql = str(ibis.to_sql(dated_counts, dialect=dialect))
    parsed = sqlglot.parse_one(sql, read=DIALECTS[dialect])
    # The query reads only the events table, so no other table has to be copied to the engine.
    subqueries = {c.alias_or_name for c in parsed.find_all(sqlglot.exp.CTE)}
    assert {t.name for t in parsed.find_all(sqlglot.exp.Table)} - subqueries == {"events"}
    assert all(c in sql for c in CHANNELS)


@cache
def flagship_counts() -> tuple[ir.Table, list[dict[str, object]]]:
    """Return the expression that counts the flagship's events, and its rows."""
    expression = count_classified(classify_events(unbound(), CASE))
    return expression, on_duckdb(expression, to_table(flagship_events())).to_pylist()


@pytest.mark.parametrize("dialect", ["pyspark", "trino"])
def test_compiled_sql_gives_same_counts(dialect: str) -> None:
    """The SQL for another engine, translated back, gives the same counts."""
    expression, expected = flagship_counts()
    translated = sqlglot.transpile(
        str(ibis.to_sql(expression, dialect=dialect)), read=DIALECTS[dialect], write="duckdb"
    )[0]
    connection = open_duckdb().con
    connection.register("events", to_table(flagship_events()))
    found = connection.execute(translated).to_arrow_table().to_pylist()

    def counted(rows: list[dict[str, object]]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(str(r[c]) for c in ("status", "channel", "day", "precise", "n")) for r in rows)

    assert counted(found) == counted(expected)


@pytest.mark.parametrize(
    ("engine", "name"),
    [(Engine("oracle"), "oracle"), (Engine("postgres://me:s3cret@127.0.0.1:9/x"), "postgres://…")],
)
def test_unavailable_engine_error_hides_password(store: Snapshot, engine: Engine, name: str) -> None:
    """The error for an unavailable engine does not contain its password."""
    with pytest.raises(NoEngine) as refusal, open_event_table(engine, store):
        pass
    assert refusal.value.name == name
    assert "s3cret" not in str(refusal.value)
