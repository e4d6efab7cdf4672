"""Integrity of the store after kill -9 at random moments of an ingest.

    .venv/bin/python benchmarks/store_kill.py [KILLS] [SEED]

A separate program replaces one release again and again, each time with another number of events, in a store that
also holds a second, constant release. It is killed with SIGKILL at a random moment, KILLS times over the same
store. After each kill the whole store is verified, the release that was being written must be one of the complete
versions, and the second release must be unchanged. Moments are drawn over the whole write, including the commit.

Every other write is small, so that half of the time falls on the commit and the steps around it. A moment is
classified by what the kill left behind: a partly written file, complete files that no version names yet,
a version that the program had not reported yet, or nothing new.
"""

import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from detente.store.snapshot import open_version
from detente.store.verify import find_leftovers, remove_leftovers, verify_store

HERE = Path(__file__).resolve().parents[1]
WRITER = f"""
import sys
from pathlib import Path
sys.path.insert(0, {str(HERE / "tests")!r})
from detente.store.writer import add_release
from support.releases import make_reading, make_release, make_table
path, i = Path(sys.argv[1]), int(sys.argv[2])
events = make_table([f"A-{{k}}" for k in range(6_000)])
aside = 3
if i == 0:
    add_release(path, make_release(500, 5, release="B"))
print("ready", flush=True)
while True:
    i += 1
    n = 4_000 + i % 2_000 if i % 2 else 10 + i % 10
    change = add_release(path, make_reading(events.slice(0, n), aside, sha=str(i)))
    print(change.version, change.release.events, flush=True)
"""


def measure_write(path: Path) -> float:
    """Measure the seconds of one write: the median after the first."""
    with subprocess.Popen([sys.executable, "-c", WRITER, str(path), "0"], stdout=subprocess.PIPE, text=True) as p:
        assert p.stdout is not None
        p.stdout.readline()
        times = []
        for _ in range(8):
            began = time.perf_counter()
            p.stdout.readline()
            times.append(time.perf_counter() - began)
        p.kill()
    return sorted(times[1:])[3]


def main(kills: int, seed: int) -> None:
    draw = random.Random(seed)
    moments: Counter[str] = Counter()
    broken = 0
    with tempfile.TemporaryDirectory() as folder:
        path, began = Path(folder) / "store", time.perf_counter()
        before: set[Path] = set()
        known = 0
        written, a_write = 0, measure_write(Path(folder) / "measured")
        print(f"one write takes {a_write:.3f} s", file=sys.stderr)
        for n in range(kills):
            with subprocess.Popen(
                [sys.executable, "-c", WRITER, str(path), str(written)], stdout=subprocess.PIPE, text=True
            ) as p:
                assert p.stdout is not None
                p.stdout.readline()
                # Wait up to three writes, so that the kill can fall anywhere in a write.
                time.sleep(draw.uniform(0, 3 * a_write))
                p.send_signal(signal.SIGKILL)
                reports = [line.split() for line in p.stdout.read().splitlines() if line.count(" ") == 1]
            now = open_version(path)
            v = verify_store(now)
            left, before = set(find_leftovers(path)) - before, before | set(find_leftovers(path))
            releases = {k.release: (k.events, k.set_aside) for k in now.releases()}
            whole = "A" not in releases or (
                (4_000 <= releases["A"][0] < 6_000 or 10 <= releases["A"][0] < 20) and releases["A"][1] == 3
            )
            if v.problems or not whole or releases.get("B") != (500, 5):
                broken += 1
                print(f"kill {n}: {v.problems} {releases}", file=sys.stderr)
            newest = int(reports[-1][0]) if reports else None
            if any(p.suffix == ".part" for p in left):
                moments["while a file was being written"] += 1
            elif left:
                moments["after the files, before the commit was whole"] += 1
            elif now.version > (newest if newest is not None else known):
                moments["after the commit, before it was told"] += 1
            else:
                moments["before or after all this"] += 1
            known = now.version
            written += len(reports) + 1
            if n % 10 == 9:
                remove_leftovers(path, days=0, forget=True)
                before = set()
                if find_leftovers(path) or verify_store(open_version(path)).problems:
                    broken += 1
                print(f"\r{n + 1} kills, {broken} broken", end="", file=sys.stderr, flush=True)
        versions, seconds = open_version(path).version, time.perf_counter() - began
    print(
        f"\n{kills} kills over {versions} versions of one store (seed {seed}, {seconds:.0f} s): {broken} left it broken.\n"
    )
    print("| the kill came | times |\n| --- | ---: |")
    for what, n in moments.most_common():
        print(f"| {what} | {n} |")
    sys.exit(broken > 0)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200, int(sys.argv[2]) if len(sys.argv) > 2 else 7)
