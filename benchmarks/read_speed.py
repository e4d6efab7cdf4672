"""Time and memory of reading, compared with a bare scan by DuckDB and with other clients, for `docs/replications/reading.md`.

    .venv/bin/python benchmarks/read_speed.py ../shared/data [--peers PYTHON] [--rows 10000000] [--write]

Files are generated in a temporary folder by repeating real rows with new ids: UCDP 418,000 rows of 49 columns, GDELT 1,000,000 and
ROWS rows of 61 columns in quarter-hours. Every job runs in its own process, so wall seconds, processor seconds of all its threads
and peak resident memory are its own. A bare scan is `SELECT * FROM read_csv(...)` streamed to Arrow batches that are
counted and dropped; for GDELT, whose files have no header, the columns are given as text. `--peers` names a Python that
has pandas, gdelt-py and gdelt (gdeltPyR): they read 200,000 rows. gdeltPyR has no reader apart from its download, so its own call of
pandas is used. Jobs are interleaved, so that other load on the machine affects all of them; the median is shown.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

OUT = Path(__file__).parents[1] / "docs/replications/reading.md"

CLOSE = (
    "\nimport json, resource, time\n"
    "u = resource.getrusage(resource.RUSAGE_SELF)\n"
    "print(json.dumps([n, time.perf_counter() - began, u.ru_utime + u.ru_stime - cpu, u.ru_maxrss / 1024]))\n"
)
OPEN = "import resource, time\n{imports}\nu = resource.getrusage(resource.RUSAGE_SELF); cpu = u.ru_utime + u.ru_stime; began = time.perf_counter()\n"

OURS = (
    "from pathlib import Path\nfrom detente.events.reader import read_release",
    """
reading = read_release(Path({path!r}))
n = sum(b.num_rows for b in reading.events)
a = reading.account()
assert a.rows == a.events + a.merged + a.set_aside.num_rows
n = a.rows
""",
)
_COUNT = """
bare = duckdb.connect()
bare.execute("SET enable_progress_bar = false")
n = sum(b.num_rows for b in bare.execute(q).to_arrow_reader(100_000))
"""
BARE_UCDP = ("import duckdb", "q = \"SELECT * FROM read_csv('{path}')\"" + _COUNT)
BARE_GDELT = (
    "import duckdb\nfrom detente.sources.gdelt import COLUMNS",
    """
cols = ', '.join(f"'{{c}}': 'VARCHAR'" for c in COLUMNS)
q = f"SELECT * FROM read_csv('{path}', delim='\\t', quote='', header=false, auto_detect=false, columns={{{{{{cols}}}}}})"
"""
    + _COUNT,
)
PANDAS = ("import pandas as pd", "n = len(pd.read_csv({path!r}, sep='\\t', header=None, quoting=3, dtype=str))")
GDELTPYR = (
    "import pandas as pd, warnings; warnings.simplefilter('ignore')",
    "n = len(pd.read_csv({path!r}, sep='\\t', header=None, on_bad_lines='skip', dtype={{26: 'str', 27: 'str', 28: 'str'}}))",
)
PY_GDELT = (
    "from py_gdelt.parsers.events import EventsParser\nfrom py_gdelt.models.events import Event",
    "n = 0\nfor raw in EventsParser().parse(open({path!r}, 'rb').read(), is_translated=False):\n    Event.from_raw(raw); n += 1",
)


def job(what: tuple[str, str], path: Path, python: str = sys.executable) -> list[float]:
    code = OPEN.format(imports=what[0]) + what[1].format(path=str(path)) + CLOSE
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [float(x) for x in json.loads(next(x for x in done.stdout.splitlines()[::-1] if x.startswith("[")))]


def in_turn(jobs: dict[str, Callable[[], list[float]]], times: int) -> dict[str, list[float]]:
    times_by_job: dict[str, list[list[float]]] = {k: [] for k in jobs}
    for _ in range(times):
        for k, run in jobs.items():
            times_by_job[k].append(run())
            print(k, [round(x, 2) for x in times_by_job[k][-1]], file=sys.stderr, flush=True)
    return {k: [statistics.median(column) for column in zip(*v, strict=True)] for k, v in times_by_job.items()}


def make_ucdp(data: Path, out: Path, rows: int) -> None:
    real = []
    for name in ("GEDEvent_v26_0_1.csv", "GEDEvent_v23_0_10.csv"):
        with (data / "ucdp" / name).open(newline="", encoding="utf-8") as f:
            head, *body = csv.reader(f)
        real += body
    with out.open("w", newline="", encoding="utf-8") as f:
        w = csv.writer(f, lineterminator="\n")
        w.writerow(head)
        w.writerows([str(1_000_000 + i), *real[i % len(real)][1:]] for i in range(rows))


def make_gdelt(data: Path, out: Path, rows: int) -> None:
    real = [
        r.split("\t") for r in (data / "gdelt/sample.export.CSV").read_text(encoding="utf-8").rstrip("\n").split("\n")
    ]
    with out.open("w", encoding="utf-8") as f:
        for start in range(0, rows, len(real)):
            slot = f"{datetime(2016, 1, 1) + timedelta(minutes=15 * (start // len(real))):%Y%m%d%H%M%S}"  # noqa: DTZ001
            part = real[: rows - start]
            f.write(
                "".join(
                    "\t".join([str(500_000_000 + start + i), *r[1:59], slot, r[60]]) + "\n" for i, r in enumerate(part)
                )
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--peers")
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ucdp = Path(folder) / "GEDEvent_v25_1.csv"
        small, mid, large = (Path(folder) / f"2016010{i}.export.CSV" for i in (1, 2, 3))
        make_ucdp(options.data, ucdp, 418_000)
        make_gdelt(options.data, small, 200_000)
        make_gdelt(options.data, mid, 1_000_000)
        make_gdelt(options.data, large, options.rows)
        size = {p: p.stat().st_size / 1e6 for p in (ucdp, small, mid, large)}
        job(OURS, small)  # compiles the cutting of records, once and for all
        u = in_turn({"bare": lambda: job(BARE_UCDP, ucdp), "ours": lambda: job(OURS, ucdp)}, options.times)
        g1 = in_turn({"bare": lambda: job(BARE_GDELT, mid), "ours": lambda: job(OURS, mid)}, options.times)
        g10 = in_turn({"bare": lambda: job(BARE_GDELT, large), "ours": lambda: job(OURS, large)}, 1)
        peers = {}
        if options.peers:
            peers = in_turn(
                {
                    "détente": lambda: job(OURS, small),
                    "pandas.read_csv, all text": lambda: job(PANDAS, small, options.peers),
                    "gdeltPyR's call of pandas": lambda: job(GDELTPYR, small, options.peers),
                    "py-gdelt (gdelt-py)": lambda: job(PY_GDELT, small, options.peers),
                },
                options.times,
            )
    lines = [
        "| file | rows | MB | bare scan, s | détente, s | ratio, wall | ratio, processor | peak memory, MB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for name, path, times_by_job in (
        ("UCDP, 49 columns", ucdp, u),
        ("GDELT, 61 columns", mid, g1),
        ("GDELT, 61 columns", large, g10),
    ):
        b, o = times_by_job["bare"], times_by_job["ours"]
        lines.append(
            f"| {name} | {o[0]:,.0f} | {size[path]:,.0f} | {b[1]:.1f} | {o[1]:.1f} | {o[1] / b[1]:.2f} | {o[2] / b[2]:.2f} | {o[3]:,.0f} |"
        )
    if peers:
        base = peers["détente"]
        lines += [
            "",
            "| reader of 200,000 GDELT rows | µs a row, wall | as many times as détente | peak memory, MB |",
            "| --- | ---: | ---: | ---: |",
        ]
        lines += [
            f"| {k} | {v[1] / v[0] * 1e6:.1f} | {v[1] / v[0] / (base[1] / base[0]):.1f} | {v[3]:,.0f} |"
            for k, v in peers.items()
        ]
    table = "\n".join(lines)
    print(table)
    if options.write:
        text = OUT.read_text(encoding="utf-8")
        begin, end = text.index("<!-- table -->"), text.index("<!-- end -->")
        OUT.write_text(f"{text[:begin]}<!-- table -->\n\n{table}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
