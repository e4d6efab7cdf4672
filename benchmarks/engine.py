"""Time and memory of the store and of event coding at the size of a GDELT year.

    .venv/bin/python benchmarks/engine.py [--rows 1000000 10000000] [--spark]

Rows are generated in the canonical schema, in batches, with the shape of GDELT's: 40,000 names of which the case knows some,
at most one actor on each side, one address each, 366 days. Every step runs in its own process, so that its peak memory is its own.
The ratio is to a bare scan of the same columns by DuckDB in the same run, in CPU seconds. The Python path (`cases.load.resolve_events`
and `cases.channels.assign_channels`) is timed on 20,000 of the events and reported per million.

Writes docs/replications/engine.md.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

ROOT = Path(__file__).resolve().parents[1]
BATCH = 50_000
CASE = "pakistan-afghanistan"


def batches(rows: int, seed: int = 7) -> Iterator[pa.RecordBatch]:
    """Generate events in batches."""
    from detente.cases.case_file import load_case_file
    from detente.events.arrow import SCHEMA
    from detente.events.plover import event_types
    from detente.sources.chronology_schema import MODES

    rng = np.random.default_rng(seed)
    cast = [a.key for a in load_case_file(CASE).cast]
    names = pa.array(cast + [f"XX{i:05d}" for i in range(40_000)])
    kinds = [(t, m) for t in event_types() for m in ("", *MODES.get(t, "").split())]
    types, modes = pa.array([k[0] for k in kinds]), pa.array([k[1] or None for k in kinds])
    quads = pa.array([event_types()[k[0]].quad for k in kinds])
    places = pa.array(["AFG", "PAK", "IND", "USA", "IRN"])
    start = (date(2024, 1, 1) - date(1970, 1, 1)).days

    def lists(n: int) -> pa.Array:
        # Two in five names are actors of the case, a far larger share than in GDELT.
        known = rng.random(n) < 0.4
        which = np.where(known, rng.integers(0, len(cast), n), rng.integers(0, len(names), n))
        some = rng.random(n) < 0.9
        offsets = np.concatenate([[0], np.cumsum(some)])
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), names.take(pa.array(which[some])))

    for first in range(0, rows, BATCH):
        n = min(BATCH, rows - first)
        day = pa.array(start + rng.integers(0, 366, n), pa.int32()).cast(pa.date32())
        kind = pa.array(rng.integers(0, len(kinds), n))
        serial = np.arange(first, first + n)

        text = pa.array([f"https://example.org/news/{i}/a-report-of-some-length" for i in serial])
        none, empty = (
            pa.nulls(n),
            pa.ListArray.from_arrays(pa.array(np.zeros(n + 1), pa.int32()), pa.array([], pa.string())),
        )
        columns = {
            "id": pa.array(serial).cast(pa.string()), "source": pa.repeat("made", n), "release": pa.repeat("year", n),
            "row": pa.array(serial + 1), "known_on": day, "first": day, "last": day, "date_precision": pa.repeat("day", n),
            "country": places.take(pa.array(rng.integers(0, 5, n))), "geo_precision": pa.repeat("unknown", n),
            "latitude": pa.array(rng.uniform(25, 37, n)), "longitude": pa.array(rng.uniform(61, 75, n)),
            "raw_initiators": lists(n), "raw_recipients": lists(n), "initiators": empty, "recipients": empty,
            "type": types.take(kind), "quad": quads.take(kind), "mode": modes.take(kind), "disputed": pa.repeat(False, n),
            "addresses": pa.ListArray.from_arrays(pa.array(np.arange(n + 1), pa.int32()), text), "summary": text,
        }  # fmt: skip
        arrays = [columns.get(f.name, none).cast(f.type) for f in SCHEMA]
        yield pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def step(what: str, store: Path, rows: int, memory: str) -> dict[str, object]:
    """Run one step in this process."""
    from detente.cases.case_file import load_case_file
    from detente.cases.engine.backends import Engine
    from detente.measures.store_counts import count_store_events
    from detente.store.snapshot import open_version

    result: object = None
    began, cpu = time.perf_counter(), time.process_time()
    if what == "made":
        result = sum(b.num_rows for b in batches(rows))
    elif what == "ingest":
        from detente.events.arrow import SCHEMA
        from detente.events.row_account import REJECTS_SCHEMA, EventStream, RowAccount
        from detente.sources.release import Release
        from detente.store.writer import add_release

        stream = pa.RecordBatchReader.from_batches(SCHEMA, batches(rows))
        account = RowAccount(rows, rows, 0, REJECTS_SCHEMA.empty_table())
        result = add_release(
            store, EventStream(Release("made", "year", date(2025, 1, 1), str(rows)), stream, lambda: account)
        ).what
    elif what == "scan":
        import duckdb

        files = [str(f.path) for f in open_version(store).of("events")]
        result = duckdb.execute(
            "SELECT count(*), max(id), max(known_on), max(first), max(date_precision), max(country), max(raw_initiators), "
            "max(raw_recipients), max(type), max(mode) FROM read_parquet($f)",
            {"f": files},
        ).fetchone()[0]  # type: ignore[index]
    elif what in ("count", "spark"):
        engine = Engine("spark", master="local[2]", threads=2) if what == "spark" else Engine(memory=memory or None)
        s = count_store_events(load_case_file(CASE), open_version(store), engine)
        result = [
            s.read,
            s.events,
            s.assigned,
            s.strangers,
            int(s.counts.y.sum()),
            [int(x) for x in s.counts.y.sum(axis=0)],
        ]
    elif what == "python":
        from detente.cases.channels import assign_channels
        from detente.cases.load import resolve_events
        from detente.events.arrow import from_table
        from detente.events.rejects import TranslatedRelease
        from detente.sources.release import Release

        case = load_case_file(CASE)
        events = from_table(pa.Table.from_batches(batches(rows)))
        began, cpu = time.perf_counter(), time.process_time()
        harvest = resolve_events(case, TranslatedRelease(Release("made", "year", date(2025, 1, 1), ""), events, ()))
        result = len(assign_channels(case, harvest.events))
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "seconds": took,
        "cpu": cpu,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "result": result,
    }


def alone(what: str, store: Path, rows: int, memory: str = "") -> dict[str, object]:
    """Run a step in its own process."""
    args = [sys.executable, __file__, "--step", what, "--store", str(store), "--rows", str(rows), "--memory", memory]
    done = subprocess.run(args, check=True, capture_output=True, text=True)
    outcome: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
    print(what, memory, rows, outcome, file=sys.stderr)
    return outcome


def main(sizes: list[int], spark: bool) -> None:
    lines = []
    python = alone("python", Path(), 20_000)
    per_million = float(str(python["cpu"])) / 20_000 * 1e6
    equal = []
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            store = Path(folder) / "store"
            generated = alone("made", store, rows)
            steps = [("ingest into the store, rows being made", alone("ingest", store, rows))]
            size = sum(p.stat().st_size for p in store.rglob("*.parquet")) / 1e6
            scan = alone("scan", store, rows)
            steps += [("bare scan of the columns that are coded", scan)]
            whole, small = alone("count", store, rows), alone("count", store, rows, "512MB")
            steps += [("coding and counting", whole), ("the same, DuckDB held to 512 MB", small)]
            equal.append(whole["result"] == small["result"])
            if spark and rows == sizes[0]:
                on_spark = alone("spark", store, rows)
                steps += [("the same on Spark, local[2], start included", on_spark)]
                equal.append(on_spark["result"] == whole["result"])
        lines.append(
            f"| rows made and dropped, {size:,.0f} MB when stored | {rows:,} | {generated['seconds']:.1f} | {generated['cpu']:.1f} | | {generated['mib']:,.0f} |"
        )
        for name, s in steps:
            ratio = float(str(s["cpu"])) / float(str(scan["cpu"]))
            lines.append(f"| {name} | {rows:,} | {s['seconds']:.1f} | {s['cpu']:.1f} | {ratio:.1f} | {s['mib']:,.0f} |")
    if not all(equal):
        sys.exit("engines or memory limits gave different counts")
    text = f"""# The store and the coding at the size of a GDELT year

{__doc__.strip().split(chr(10), 1)[0]}

    .venv/bin/python benchmarks/engine.py{" --spark" if spark else ""}

Two cores, shared with much other work while this ran, so wall seconds say little; the ratio is of CPU seconds. Peak memory is
that of the whole process. The Spark line's CPU and memory are Python's alone, without Java's. All counts of one size were equal{", Spark's too (tried on the smaller)" if spark else ""}.

| step | rows | wall s | CPU s | times the scan | peak MiB |
| --- | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(lines)}

Python's own path, `gather.join` and `channels.assign`, took {per_million:.0f} CPU seconds a million rows on 20,000 of them, the events in memory.
"""
    (ROOT / "docs/replications/engine.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000_000, 10_000_000])
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--step")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--memory", default="")
    asked = parser.parse_args()
    if asked.step:
        print(json.dumps(step(asked.step, asked.store, asked.rows[0], asked.memory)))
    else:
        main(asked.rows, asked.spark)
