"""Time and memory of a case opened over ten million GDELT rows: open, counts, fit.

    .venv/bin/python benchmarks/large_store.py [--rows 10000000] [--days 365] [--keep FOLDER]

The rows are made up, in the true format of GDELT 2.0 (61 columns, tab-separated), a file a day, and go through the reader
into a store. One row in thirty lies in Pakistan or Afghanistan; there, six actors in ten are known to the flagship's cast.
Spark opens the same case with two worker processes, in local cluster mode and on a standalone cluster of this machine; its
counts must equal those of DuckDB. It needs the extra spark, and Java 17.

Every step runs in its own process, so that its peak memory is its own. The case is the flagship with GDELT in the place of
its chronology. A seventh of the days is also opened in memory, event by event, and must give equal counts and account.

Writes docs/replications/large_store.md.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START = date(2025, 1, 1)
GOAL_SECONDS, GOAL_GIB = 60, 1.5
ENGINES = {
    "Spark, local cluster of two executors": "local-cluster[2,1,1024]",
    "Spark, standalone cluster of two workers": "standalone",
}
LOOPBACK = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
JAVA_KINDS = {
    "CoarseGrainedExecutorBackend": "executor",
    "SparkSubmit": "driver",
    "deploy.worker": "worker",
    "deploy.master": "master",
}
CODES = (
    "010 020 036 040 042 043 046 050 051 057 060 070 080 090 110 111 112 120 130 138 141 150 160 163 170 173 175 180 183 190 193 194 "
    "195 202"
).split()
KNOWN = "PAK PAKGOV PAKMIL PAKCOP AFG AFGGOV AFGMIL TAL PAKREB AFGCVL PAKCVL".split()

# FIPS code, latitude and longitude of a point whose surroundings of one degree lie in the country.
PLACES = (
    ("AF", 34, 66), ("PK", 31, 72), ("US", 40, -100), ("UK", 52.5, -1), ("IN", 22, 79), ("IR", 32.5, 54), ("RS", 60, 90),
)  # fmt: skip


def write_day(path: Path, day: date, rows: int, first: int) -> None:
    """Write one day's file in the format of GDELT 2.0."""
    import duckdb

    from detente.sources.gdelt import COLUMNS

    stamp = f"{day:%Y%m%d}"
    # A point lies in the country that its row names; the reader would drop it otherwise.
    code, lat, long = (
        f"CASE WHEN own THEN {list(column[:2])}[r3 % 2 + 1] ELSE {list(column[2:])}[r3 % 5 + 1] END"
        for column in zip(*PLACES, strict=True)
    )
    values = {
        "GLOBALEVENTID": "i", "SQLDATE": f"'{stamp}'", "MonthYear": f"'{stamp[:6]}'", "Year": f"'{stamp[:4]}'",
        "FractionDate": f"'{day.year}.5'", "Actor1Code": "a1", "Actor1Name": "a1", "Actor1CountryCode": "left(a1, 3)", "Actor2Code": "a2",
        "Actor2Name": "a2", "Actor2CountryCode": "left(a2, 3)", "IsRootEvent": "'1'", "EventCode": "code",
        "EventBaseCode": "left(code, 3)", "EventRootCode": "left(code, 2)",
        "QuadClass": "CASE WHEN code < '05' THEN '1' WHEN code < '09' THEN '2' WHEN code < '14' THEN '3' ELSE '4' END", "GoldsteinScale": "'-2.0'",
        "NumMentions": "'4'", "NumSources": "'1'", "NumArticles": "'4'", "AvgTone": "'-5.5'", "ActionGeo_Type": "'4'",
        "ActionGeo_FullName": "CASE WHEN own THEN 'Khost, Khowst, Afghanistan' ELSE 'A place, somewhere' END",
        "ActionGeo_CountryCode": code,
        "ActionGeo_Lat": f"round({lat} - 1 + r1 % 200 / 100.0, 2)", "ActionGeo_Long": f"round({long} - 1 + r2 % 200 / 100.0, 2)",
        "ActionGeo_FeatureID": "r4 % 100000", "DATEADDED": f"'{stamp}143000'", "SOURCEURL": "'https://example.org/news/' || i || '/a-report-of-some-length'",
    }  # fmt: skip
    connection = duckdb.connect()
    known, codes = (", ".join(f"'{x}'" for x in xs) for xs in (KNOWN, CODES))
    connection.execute("SET threads = 2")
    actor = (
        "CASE WHEN own AND {r} % 10 < 6 THEN [{known}][{r} // 10 % {n} + 1] WHEN {r} % 10 = 9 THEN '' "
        "ELSE chr((65 + {r} // 10 % 26)::INTEGER) || chr((65 + {r} // 260 % 26)::INTEGER) || 'X' || ['', 'GOV', 'MIL', 'REB', 'CVL'][{r} // 6760 % 5 + 1] END"
    )
    connection.execute(
        f"COPY (SELECT {', '.join(f'{values.get(c, chr(39) * 2)} AS {c}' for c in COLUMNS)} FROM ("
        f"SELECT *, {actor.format(r='r1', known=known, n=len(KNOWN))} AS a1, {actor.format(r='r2', known=known, n=len(KNOWN))} AS a2, "
        f"[{codes}][r4 // 7 % {len(CODES)} + 1] AS code FROM ("
        f"SELECT range + {first} AS i, (hash(i, 1) % 1000000007)::BIGINT AS r1, (hash(i, 2) % 1000000007)::BIGINT AS r2, (hash(i, 3) % 1000000007)::BIGINT AS r3, (hash(i, 4) % 1000000007)::BIGINT AS r4, hash(i, 5) % 30 = 0 AS own "
        f"FROM range({rows})))) TO '{path}' (DELIMITER '\t', HEADER false, QUOTE '')"
    )


def make_case():
    """The flagship's case, made of GDELT releases."""
    from detente.cases.case_file import CoverageWindow, UserDataSource, load_case_file

    window = CoverageWindow.model_validate(
        {"name": "all days", "from": date(2021, 8, 15), "coverage": 1.0, "basis": "GDELT"}
    )
    changes = {
        "chronology": "", "brought": (UserDataSource(source="gdelt", where="Made up."),), "windows": (window,), "regimes": (),
        "crossing_events": (), "truce_events": (),
    }  # fmt: skip
    return load_case_file("pakistan-afghanistan").model_copy(update=changes)


def ingest(store: Path, rows: int, days: int) -> int:
    """Write and ingest a file a day; only one is on the disk at a time."""
    from detente.events.reader import read_release
    from detente.store.writer import add_release

    read = 0
    for n in range(days):
        day = START + timedelta(days=n)
        path = store.parent / f"{day:%Y%m%d}143000.export.CSV"
        write_day(path, day, rows // days, n * (rows // days))
        release = add_release(store, read_release(path)).release
        path.unlink()
        read += release.rows if release else 0
    return read


def watch_processes(stop: threading.Event, seen: dict[int, tuple[str, float, float]]) -> None:
    """Note kind, CPU seconds and peak MiB of the Java processes below this one, twice a second."""
    tick = os.sysconf("SC_CLK_TCK")
    while not stop.wait(0.5):
        parents: dict[int, tuple[int, float]] = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError, IndexError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / tick)
        for pid, (parent, cpu) in parents.items():
            while parent not in (0, os.getpid()):
                parent = parents.get(parent, (0, 0.0))[0]
            if parent == 0:
                continue
            with suppress(OSError, StopIteration):
                command = Path(f"/proc/{pid}/cmdline").read_text()
                kind = next(name for mark, name in JAVA_KINDS.items() if mark in command)
                status = Path(f"/proc/{pid}/status").read_text()
                seen[pid] = (kind, cpu, int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def step(what: str, store: Path, rows: int, days: int, engine: str) -> dict[str, object]:
    """Run one step in this process. `engine` is duckdb, standalone (a Spark cluster started for the step), or a Spark master."""
    if what == "open" and engine == "standalone":
        sys.path.insert(0, str(ROOT / "tests"))
        from support.spark_cluster import start_cluster

        with tempfile.TemporaryDirectory() as folder, start_cluster(Path(folder), memory="2g") as master:
            return measure_step(what, store, rows, days, master)
    return measure_step(what, store, rows, days, engine)


def measure_step(what: str, store: Path, rows: int, days: int, engine: str) -> dict[str, object]:
    """Run one step and measure time, CPU and peak memory, those of Java's processes apart."""
    stop, java = threading.Event(), {}
    watcher = threading.Thread(target=watch_processes, args=(stop, java), daemon=True)
    watcher.start()
    began, cpu = time.perf_counter(), time.process_time()
    result, parts = (
        [ingest(store, rows, days), {}]
        if what == "ingest"
        else open_case(store, engine)
        if what == "open"
        else hold_case(store)
    )
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    stop.set()
    watcher.join()
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": took, "cpu": cpu, "mib": mib, "parts": parts, "result": result, "java": sorted(java.values())}


def open_case(store: Path, engine: str) -> tuple[list[object], dict[str, float]]:
    """Open the case from counts, fit it, and with DuckDB fetch events to show."""
    import numpy as np

    from detente.cases.engine.fetch import fetch_case_events
    from detente.measures.open_counts import open_counts
    from detente.model.report import explain
    from detente.store.snapshot import open_version

    parts: dict[str, float] = {}

    def mark(name: str, since: float) -> float:
        parts[name] = time.perf_counter() - since
        return time.perf_counter()

    t = time.perf_counter()
    releases = len(open_version(store).releases())
    t = mark("open the store, read its accounts", t)
    case = make_case()
    if engine == "duckdb":
        o = open_counts(case, store)
    else:
        o = open_counts(case, store, engine="spark", master=engine, spark={"spark.executor.memory": "1g"} | LOOPBACK)
    t = mark("counts and account", t)
    explain(o.counts, case.regimes, rng=np.random.default_rng(0))
    t = mark("fit", t)
    shown = 0
    if engine == "duckdb":
        shown = len(fetch_case_events(case, o.store, o.as_of, limit=100))
        mark("the newest 100 events, to be shown", t)
    account = [o.rows, o.events, o.assigned, o.later, o.rejected, o.elsewhere, o.superseded]
    return [releases, *account, o.counts.y.tolist(), shown], parts


def hold_case(store: Path) -> tuple[list[object], dict[str, float]]:
    """Open the case in memory, event by event."""
    from detente.cases.load import load_case_data
    from detente.measures.counts import daily_counts

    g = load_case_data(make_case(), store=store)
    account = [
        g.rows,
        len(g.events),
        len(g.events) - len(g.unassigned),
        g.later,
        len(g.set_aside),
        g.elsewhere,
        g.superseded,
    ]
    return [0, *account, daily_counts(g).y.tolist(), 0], {}


def alone(what: str, store: Path, rows: int, days: int, engine: str = "duckdb") -> dict:
    """Run a step in its own process; an ingest that is kept is not done again."""
    kept = store.parent / "ingest.json"
    if what == "ingest" and kept.is_file():
        return json.loads(kept.read_text(encoding="utf-8"))
    args = ["--step", what, "--store", str(store), "--rows", str(rows), "--days", str(days), "--engine", engine]
    done = subprocess.run([sys.executable, __file__, *args], check=True, stdout=subprocess.PIPE, text=True)
    outcome = json.loads(done.stdout.strip().splitlines()[-1])
    if what == "ingest":
        kept.write_text(json.dumps(outcome), encoding="utf-8")
    shown = outcome["result"][:8] if what != "ingest" else ""
    print(what, engine, rows, {k: v for k, v in outcome.items() if k != "result"}, shown, file=sys.stderr)
    return outcome


def describe_engine(name: str, o: dict) -> str:
    """A line of the table of engines."""
    case = sum(list(o["parts"].values())[:2])
    executors = [(cpu, mib) for kind, cpu, mib in o["java"] if kind == "executor"]
    cpu = o["cpu"] + sum(c for _, c, _ in o["java"])
    # The shell that starts the driver's Java process bears its arguments too.
    driver_mib = o["mib"] + max((mib for kind, _, mib in o["java"] if kind == "driver"), default=0)
    memory = " and ".join(f"{m:,.0f}" for _, m in executors) or "none"
    return f"| {name} | {case:.0f} | {cpu:.0f} | {driver_mib:,.0f} | {memory} |"


def main(rows: int, days: int, folder: Path) -> None:
    part = days // 7
    small, large = folder / "small/store", folder / "large/store"
    small.parent.mkdir(parents=True, exist_ok=True)
    large.parent.mkdir(parents=True, exist_ok=True)
    alone("ingest", small, rows // days * part, part)
    counted, held = (alone(what, small, rows, days) for what in ("open", "memory"))
    if counted["result"][1:9] != held["result"][1:9]:
        sys.exit("counts and memory gave different results")
    read = alone("ingest", large, rows, days)
    opened = alone("open", large, rows, days)
    table = [describe_engine("DuckDB in one process", opened)]
    for name, engine in ENGINES.items():
        other = alone("open", large, rows, days, engine)
        if other["result"][:9] != opened["result"][:9]:
            sys.exit(f"{name} and DuckDB gave different results")
        table.append(describe_engine(name, other))
    size = sum(p.stat().st_size for p in large.rglob("*.parquet")) / 1e6
    releases, total, events, assigned, _, rejected, elsewhere, *_ = opened["result"]
    per_row = 1e6 * read["cpu"] / total
    lines = [f"| {name} | {seconds:.1f} |" for name, seconds in opened["parts"].items()]
    case_seconds = sum(list(opened["parts"].values())[:2])
    text = f"""# A case opened over {total:,} GDELT rows

{__doc__.strip().split(chr(10), 1)[0]}

    .venv/bin/python benchmarks/large_store.py

{total:,} rows in {releases} releases, {size:,.0f} MB when stored. Of these {events:,} are events of the case ({assigned:,} in a channel), {rejected:,}
were rejected (most name an actor that the cast does not know) and {elsewhere:,} belong to other conflicts. Two cores, shared with much other work.

| step | wall s |
| --- | ---: |
{chr(10).join(lines)}

The case was open after {case_seconds:.1f} s (goal: {GOAL_SECONDS} s). Peak memory of the whole process, fit included: {opened["mib"] / 1024:.2f} GiB (goal: {GOAL_GIB} GB); CPU: {opened["cpu"]:.0f} s.

Writing and reading the files took {read["seconds"]:.0f} s ({per_row:.1f} µs CPU a row) and {read["mib"]:,.0f} MiB. A seventh of the days, {counted["result"][1]:,} rows, gave
equal counts and an equal account in memory; that took {held["seconds"]:.1f} s and {held["mib"]:,.0f} MiB, from counts {sum(list(counted["parts"].values())[:2]):.1f} s.

## Engines

Each opened the same case over the same store: all daily counts and the whole account were equal. Two executors, each a process with one core
and 1 GB. The time of Spark includes the start of the session, but not that of the standalone cluster. Driver: Python and its Java process.

| engine | case open, wall s | CPU s, all processes | driver, peak MiB | executors, peak MiB |
| --- | ---: | ---: | ---: | --- |
{chr(10).join(table)}

Here every process shares two cores, so a cluster only adds its own cost. Workers with cores of their own were not measured.
"""
    (ROOT / "docs/replications/large_store.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--keep", type=Path, help="folder in which the stores stay, for another run")
    parser.add_argument("--step")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--engine", default="duckdb")
    asked = parser.parse_args()
    if asked.step:
        print(json.dumps(step(asked.step, asked.store, asked.rows, asked.days, asked.engine)))
    elif asked.keep:
        main(asked.rows, asked.days, asked.keep)
    else:
        with tempfile.TemporaryDirectory() as made:
            main(asked.rows, asked.days, Path(made))
