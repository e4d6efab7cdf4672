"""`detente measure`: descriptive measures of a case."""

import math
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from detente.cli.options import (
    NO_STORE,
    NOT_COLLECTED,
    as_of_option,
    case_argument,
    case_store_option,
    json_option,
    print_json,
    print_table,
)


@click.group()
def command() -> None:
    """Measure a case: counts, rates, durations and distances, without claims about causes.

    \b
    Examples:
      detente measure counts                     events by channel and year
      detente measure rates                      events per year, with exact limits
      detente measure relation                   the relation index by quarter
      detente measure episodes pakistan-afghanistan --as-of 2025-12-31
      detente measure crossings --json           days without trade at each crossing
      detente measure distance                   kilometres to the border
      detente measure truces                     durations of truces and rounds of talks
    """


def _load_case_data(case: str, as_of: date | None, store: Path | None) -> Any:
    from detente.cases.case_file import load_case_file
    from detente.cases.load import load_case_data

    return load_case_data(load_case_file(case), as_of, store)


def _list_unrecorded(g: Any, channels: Iterable[str]) -> frozenset[str]:
    """List the kinds of event that no source of the case records: their absence is unknown, not zero."""
    from detente.cases.testimony import find_uncounted_kinds

    return frozenset(find_uncounted_kinds(g, channels))


def _finite_or_none(x: float) -> float | None:
    return float(x) if math.isfinite(x) else None


def _parse_spark_settings(pairs: tuple[str, ...]) -> dict[str, str]:
    settings: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise click.BadParameter(f"{pair!r} has no value; write KEY=VALUE.", param_hint="--spark-conf")
        settings[key.strip()] = value
    return settings


@command.command()
@case_argument
@as_of_option
@case_store_option
@click.option("--release", "releases", multiple=True, help="Count only this release of the store; repeatable.")
@click.option("--version", type=click.IntRange(min=0), help="Count the releases in this version of the store.")
@click.option(
    "--engine", help="Use duckdb, spark, or a database such as clickhouse://user@host/database.  [default: duckdb]"
)
@click.option("--master", help="Use this Spark master, such as spark://host:7077.  [default: local[*]]")
@click.option("--spark-conf", "spark", multiple=True, metavar="KEY=VALUE", help="Set a Spark setting; repeatable.")
@click.option("--memory", help="Limit DuckDB to this much memory, such as 1GB.")
@click.option("--table", default="events", show_default=True, help="Read events from this table of a database engine.")
@json_option
def counts(
    case: str, as_of: date | None, store: Path | None, releases: tuple[str, ...], version: int | None,
    engine: str | None, master: str | None, spark: tuple[str, ...], memory: str | None, table: str, as_json: bool,
) -> None:  # fmt: skip
    """Count events by channel and year.

    With --store, --release, --version or --engine: counts all releases of the store instead of the case's chronology.
    With --json: counts by channel and day, with reporting coverage; null for kinds that no source of the case records.

    \b
    Examples:
      detente measure counts
      detente measure counts --store /data/conflicts                      all releases of a store
      detente measure counts --store /data/conflicts --release gdelt/2025 --memory 1GB
      detente measure counts --store /data/conflicts --engine spark --master local[2]
      detente measure counts --store /data/conflicts --engine spark --master spark://host:7077 \\
        --spark-conf spark.executor.memory=4g
    """
    from detente.cases.case_file import load_case_file
    from detente.cases.channel_names import list_table_channels
    from detente.measures.counts import daily_counts

    notes: list[str] = []
    account: dict[str, Any] = {}
    unrecorded: frozenset[str] = frozenset()
    loaded = load_case_file(case)
    named = click.get_current_context().get_parameter_source("store") is ParameterSource.COMMANDLINE
    asked = releases or version is not None or memory
    if asked and store is None and engine is None:
        raise click.UsageError("--release, --version and --memory need a store. Name one with --store.")
    if (spark or master) and engine != "spark":
        raise click.UsageError("--master and --spark-conf need Spark. Add --engine spark.")
    if engine is None and not asked and (store is None or loaded.brought or not named):
        g = _load_case_data(case, as_of, store)
        c = daily_counts(g, list_table_channels(loaded))
        unrecorded = _list_unrecorded(g, c.channels)
    else:
        from dataclasses import asdict

        from detente.cases.engine.backends import Engine
        from detente.cli.options import resolve_store_path
        from detente.cli.progress import progress
        from detente.measures.store_counts import count_store_events
        from detente.store.snapshot import open_version

        remote = engine is not None and "://" in engine
        left_out = click.get_current_context().meta[NO_STORE]
        now = None if remote or left_out else open_version(resolve_store_path(store), version)
        chosen = [now.resolve(r) for r in releases] if now and releases else None
        chosen_engine = Engine(engine or "duckdb", master, memory, table=table, spark=_parse_spark_settings(spark))
        with progress("Counting", ""):
            s = count_store_events(loaded, now, chosen_engine, releases=chosen, as_of=as_of)
        c = s.counts
        account = {k: v for k, v in asdict(s).items() if k != "counts"}
        at = "" if s.version is None else f"Version {s.version} of {resolve_store_path(store)}, as of {s.as_of}: "
        notes.append(
            f"{at}{s.read:,} events read = {s.events:,} of the case ({s.assigned:,} in a channel) + {s.later:,} known later + "
            f"{s.strangers:,} with an unknown actor + {s.outside:,} outside the case's dates + {s.withdrawn:,} retracted + "
            f"{s.replaced:,} replaced by a newer release."
        )
        if s.unknown:
            most = ", ".join(f"{name!r} ({source}, {n:,})" for source, name, n in s.unknown[:5])
            notes.append(f"Most frequent unknown actor names: {most}. --json lists more.")
    days = c.days
    if as_json:
        rows = [
            {
                "day": d,
                "coverage": float(w),
                **{k: int(n) or (None if k in unrecorded else 0) for k, n in zip(c.channels, y, strict=True)},
            }
            for d, w, y in zip(days, c.coverage, c.y, strict=True)
        ]
        imprecise = dict(zip(c.channels, map(int, c.imprecise), strict=True))
        print_json({**account, "channels": c.channels, "imprecise": imprecise, "days": rows})
        return
    years = sorted({d.year for d in days})
    marks, coverage_note = _mark_years(days, c.coverage)
    if unrecorded and "–" not in marks.values():
        coverage_note.append(NOT_COLLECTED)
    by_year = [
        (k, *(_count_year(days, c.of(k), y, "–" if k in unrecorded else marks[y]) for y in years),
         int(c.of(k).sum()) or ("–" if k in unrecorded else 0))
        for k in c.channels
    ]  # fmt: skip
    columns = ["channel", *(f"{y}{marks[y].strip('–')}#" for y in years), "total#"]
    print_table("Events by channel and year", columns, by_year, " ".join([*coverage_note, *notes]))


def _mark_years(days: list[date], coverage: Any) -> tuple[dict[int, str], list[str]]:
    """Mark years by their days collected, `*` some and `–` none, with a note on them; no note where all were."""
    every, observed = (
        Counter(d.year for d in days),
        Counter(d.year for d, w in zip(days, coverage, strict=True) if w > 0),
    )
    marks = {y: "" if observed[y] == n else "*" if observed[y] else "–" for y, n in every.items()}
    partly = [f"{observed[y]} of {every[y]} in {y}" for y, m in marks.items() if m == "*"]
    notes = [f"* Days collected: {', '.join(partly)}."] if partly else []
    return marks, [*notes, *([NOT_COLLECTED] if "–" in marks.values() else [])]


def _count_year(days: list[date], counts: Any, year: int, mark: str) -> int | str:
    n = int(sum(k for d, k in zip(days, counts, strict=True) if d.year == year))
    return n if n or mark != "–" else mark


@command.command()
@case_argument
@as_of_option
@case_store_option
@json_option
def rates(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """Estimate events per observed year by channel, adjusted for reporting coverage."""
    from detente.cases.channel_rule import CHANNELS
    from detente.cases.testimony import KIND_WORDS, describe_gaps
    from detente.measures.event_filter import EventFilter
    from detente.measures.quantity import rate_quantity

    g = _load_case_data(case, as_of, store)
    quantities = [(c, rate_quantity(g, c, EventFilter(channels=(c,)), g.case.first, g.watched_to)) for c in CHANNELS]
    unrecorded = {c for c in _list_unrecorded(g, CHANNELS) if not g.of(c)}
    if as_json:
        unknown = {"per_year": None, "low": None, "high": None}
        print_json([
            {"channel": c, "per_year": m.value, "low": m.low, "high": m.high, "level": m.level, "how": m.how}
            | (unknown | {"how": describe_gaps(g, [KIND_WORDS[c]])} if c in unrecorded else {})
            for c, m in quantities
        ])  # fmt: skip
        return
    rows = [
        (
            c,
            *("–" if c in unrecorded else f"{x:.1f}" for x in (m.value, m.low, m.high)),
            "–" if c in unrecorded else len(m.events),
        )
        for c, m in quantities
    ]
    note = ("Per year at the reporting coverage of the reference window. The exact 95% limits assume independent events; "
            "conflict events cluster, so the true uncertainty is larger.")  # fmt: skip
    note += f" {NOT_COLLECTED}" if unrecorded else ""
    print_table("Events per year", ["channel", "per year#", "low#", "high#", "events#"], rows, note)


@command.command()
@case_argument
@as_of_option
@case_store_option
@json_option
def relation(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """Estimate the relation index: weekly scores and a smoothed level with a 90% band."""
    from detente.claims.context import LEVEL, ClaimContext

    r = ClaimContext(_load_case_data(case, as_of, store)).index
    weeks = [] if r is None else [
        {"week": w, "acts": int(n), "score": _finite_or_none(s), "total": float(t), "level": float(m), "low": float(a),
         "high": float(b)}
        for w, n, s, t, m, a, b in zip(r.weeks, r.acts, r.score, r.total, r.smoothed, r.low, r.high, strict=True)
    ]  # fmt: skip
    if as_json:
        print_json({"band": LEVEL if r is None else r.band, "weeks": weeks})
        return
    quarters = [w for w in weeks if w is weeks[-1] or (w["week"].month % 3 == 1 and w["week"].day <= 7)]
    rows = [(w["week"], f"{w['level']:+.1f}", f"{w['low']:+.1f}", f"{w['high']:+.1f}") for w in quarters]
    note = (
        "Goldstein's scale, −10 to +10; 90% band."
        if weeks
        else "No index: the sources record no words of the two governments, or too few weeks of them."
    )
    print_table("Relation index, first week of each quarter", ["week", "level#", "low#", "high#"], rows, note)


@command.command()
@case_argument
@as_of_option
@case_store_option
@json_option
def episodes(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """List crisis episodes: start, end, initiator, range of deaths, outcome."""
    from detente.measures.episodes import find_episodes

    found = find_episodes(_load_case_data(case, as_of, store))
    if as_json:
        print_json(
            [
                {"first": e.first, "last": e.last, "days": e.days, "began": e.began, "events": e.events, "deaths_low": e.deaths.low,
                 "deaths_high": e.deaths.high, "without_figure": e.deaths.untold, "ended_by": e.ended_by, "running": e.running}
                for e in found
            ]
        )  # fmt: skip
        return
    rows = [
        (e.first, e.last, len(e.events), e.began, f"{e.deaths.low}–{e.deaths.high}", e.deaths.untold,
         e.ended_by or ("end not known" if e.running else "not recorded"))
        for e in found
    ]  # fmt: skip
    note = "Series of strikes and clashes with no gap over 14 days. Deaths: lowest to highest reported figures."
    columns = ["first", "last", "events#", "initiator", "deaths#", "deaths not reported#", "ended by"]
    print_table("Crisis episodes", columns, rows, note)


@command.command()
@case_argument
@as_of_option
@case_store_option
@json_option
def crossings(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """Count the days each crossing was closed to trade, as a range."""
    from detente.measures.crossings import count_closed_days, find_crossing_spells

    g = _load_case_data(case, as_of, store)
    found = [(c, count_closed_days(g, c), find_crossing_spells(g, c)) for c in g.case.crossings]
    if as_json:
        print_json(
            [
                {"crossing": c.key, "days_low": low, "days_high": high,
                 "spells": [{"state": s.state, "first": s.first, "last_low": s.last_low, "last_high": s.last_high, "events": s.events} for s in spells]}
                for c, (low, high), spells in found
            ]
        )  # fmt: skip
        return
    if not found:
        click.echo("The case file names no crossing, so no closure is counted.")
        return
    rows = [
        (c.name, s.state, s.first, s.days_low, s.days_high, ", ".join(s.events))
        for c, _, spells in found
        for s in spells
    ]
    totals = "; ".join(f"{c.name} {low}–{high} days" for c, (low, high), _ in found)
    columns = ["crossing", "state", "from", "min. days#", "max. days#", "events"]
    print_table("Crossing closures", columns, rows, f"Days without trade: {totals}.")


@command.command()
@case_argument
@as_of_option
@case_store_option
@json_option
def distance(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """Measure the distance of events to the border. Unknown places are left out."""
    from detente.cases.channel_rule import FORCE_CHANNELS
    from detente.cases.geography import load_geography
    from detente.measures.distance import distances_km
    from detente.measures.event_filter import EventFilter
    from detente.measures.quantity_places import median_distance

    g = _load_case_data(case, as_of, store)
    line = load_geography(g.case).border
    if as_json:
        km = distances_km(g.events, line)
        print_json([{"id": e.id, "channel": g.channel(e), "km": km.get(e.id)} for e in g.events])
        return
    rows = []
    for c in FORCE_CHANNELS:
        if g.of(c):
            m = median_distance(g, c, EventFilter(channels=(c,)), line, g.case.names.border)
            limits = "too few" if m.low is None or m.high is None else f"{m.low:.0f}–{m.high:.0f}"
            rows.append((c, f"{m.value:.0f}", limits, len(m.events), len(g.of(c)) - len(m.events)))
    note = f"Kilometres to {g.case.names.border}; distribution-free 95% limits of the median."
    print_table("Distance to the border", ["channel", "median km#", "limits#", "events#", "place unknown#"], rows, note)


@command.command()
@case_argument
@as_of_option
@case_store_option
@json_option
def truces(case: str, as_of: date | None, store: Path | None, as_json: bool) -> None:
    """List truces and mediated rounds of talks: duration, end, and the median duration."""
    from detente.measures.truces import find_mediated_rounds, find_truces, fit_duration_curve

    g = _load_case_data(case, as_of, store)
    found = [*find_truces(g), *find_mediated_rounds(g)]
    if as_json:
        print_json(
            [
                {"kind": h.kind, "pair": h.pair, "first": h.first, "last": h.last, "days": h.days, "events": h.events,
                 "ended_by": h.ended_by, "expired": h.expired, "brokers": h.brokers}
                for h in found
            ]
        )  # fmt: skip
        return
    if not found:
        click.echo(_describe_missing_truces(g))
        return
    rows = [
        (h.kind, h.pair, h.first, h.days, h.ended_by or ("expired" if h.expired else "in force when observation ended"),
         ", ".join(h.brokers))
        for h in found
    ]  # fmt: skip
    notes = []
    for kind, pair in (("truce", "target–group"), ("truce", "target–host"), ("round", "target–host")):
        some = [h for h in found if (h.kind, h.pair) == (kind, pair)]
        if some:
            c = fit_duration_curve(some)
            median = "not reached" if c.median is None else f"{c.median:.0f} days"
            notes.append(f"{kind}s {pair}: {c.started}, {c.ended} ended, median {median}")
    columns = ["kind", "pair", "from", "days#", "ended by", "third parties"]
    print_table("Truces and rounds of talks", columns, rows, "; ".join(notes) + ".")


def _describe_missing_truces(g: Any) -> str:
    """Say that no truce is on record, or that the sources record none, which is not the same."""
    from detente.cases.testimony import KIND_WORDS, collects, describe_gaps

    gaps = [KIND_WORDS[k] for k in ("truce", "dialogue") if not collects(g, k)]
    return f"{describe_gaps(g, gaps)}." if gaps else "No truce and no mediated round of talks is on record."
