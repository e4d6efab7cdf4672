"""All compiled loops of the package, run once with numba's checks of bounds.

numba checks no index by default, so a loop that leaves its arrays overwrites memory and says nothing. The checks hold for
code compiled with them, hence a process with a cache of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import gzip, importlib, pkgutil, sys
from pathlib import Path
import numpy as np

import detente
for name in ("model", "forecast", "sources", "events", "measures", "questions", "claims", "cases", "store", "text"):
    package = importlib.import_module(f"detente.{name}")
    for m in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not m.name.endswith(("spark", "nuts")):
            importlib.import_module(m.name)

from detente.events.id_index import IdIndex
from detente.forecast.mixture_weights import fill_distances
from detente.forecast.scores.crps import crps
from detente.model import synthetic
from detente.model.fit import fit_model
from detente.model.intervention_spec import parse_interventions
from detente.model.interventions import estimate_interventions, estimate_without_channels
from detente.sources.csv_scanner import MAX_RECORD_BYTES, CsvDialect, scan_records

rng = np.random.default_rng
w = synthetic.two_actors(rng(5), events=400, answer=0.5, own=0.0)
s = fit_model(w.y, channels=("attack", "strike"), rng=rng(0), draws=50)
estimate_interventions(s, parse_interventions(["border=0.5"]), rng(1), horizons=[5, 20], paths=20)
pair = fit_model(w.y, channels=("pressure", "defiance"), rng=rng(0), draws=50)
estimate_interventions(pair, parse_interventions(["delink=0.5"]), rng(1), horizons=[5, 20], paths=20)
estimate_without_channels(s, len(w.y) - 30, ["attack"], rng(2), paths=20)
assert crps([[1.0, 3.0]], [2.0]).tolist() == [0.5]
x = np.sort(rng(0).poisson([[[2.0], [9.0]]], (20, 2, 10)).astype(float))
fill_distances(x, x[:, 0, 0], np.empty((20, 2)), np.empty((20, 2, 2)))
index = IdIndex()
for i in range(0, 5000, 500):
    index.find_or_add(np.arange(i, i + 500, dtype=np.uint64) * 977, np.arange(i + 1, i + 501), np.ones(500, bool))

# Lines beyond the longest record, at block ends, quoted and not, up to 60 MB.
for size in (MAX_RECORD_BYTES, 3_300_000, 60_000_000):
    for quote in (b"", b'"') if size < 60_000_000 else (b'"',):
        data = b"1,2\\n" + quote + b"x" * size + quote + b"\\n3,4\\n"
        for cut in (len(data), MAX_RECORD_BYTES + 4, 1 << 20):
            found = list(scan_records([data[i : i + cut] for i in range(0, len(data), cut)], CsvDialect(44, 34, 2)))
            for b in found:
                b.select_good()
            raws = [b.raw(i) for b in found for i in range(len(b.row))]
            assert (raws[0], raws[-1]) == ("1,2", "3,4"), (size, quote, cut)

# The same, compressed, by the way of a user's file: refused as a file, not by a crash.
from detente.core.errors import DetenteError
from detente.events.reader import read_release
path = Path(sys.argv[1]) / "long.csv.gz"
path.write_bytes(gzip.compress(b"x" * 60_000_000 + b"\\n"))
try:
    for _ in read_release(path).events:
        pass
except DetenteError:
    pass
else:
    raise AssertionError("the file was read")

from detente.core.jit import LOOPS
never = sorted(name for name, loop in LOOPS.items() if not (loop.dispatcher and loop.dispatcher.signatures))
assert not never, f"never run: {never}"
print(len(LOOPS))
"""


def test_compiled_loops_stay_in_bounds(tmp_path: Path) -> None:
    """Every compiled loop runs with checked bounds on small inputs and on very long lines, and none was left out."""
    env = {**os.environ, "NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(tmp_path / "cache"), "DETENTE_CACHE": "off"}
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(done.stdout) >= 16


def test_bounds_are_checked_by_numba() -> None:
    """The setting works: a loop that leaves its array raises IndexError."""
    code = (
        "import numpy as np\nfrom detente.core.jit import jit\n"
        "def f(x):\n    x[len(x)] = 1.0\n"
        "import numba\ntry:\n    numba.njit(f)(np.zeros(3))\nexcept IndexError:\n    print('checked')\n"
    )
    env = {**os.environ, "NUMBA_BOUNDSCHECK": "1"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.stdout == "checked\n"
