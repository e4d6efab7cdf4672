"""Compiled loops under concurrent calls."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from detente.core.jit import parallel_jit, prange


@parallel_jit
def double_values(x: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    for i in prange(len(x)):
        out[i] = 2 * x[i]


def test_import_leaves_numba_out() -> None:
    """Importing the model imports no numba; a command that reads its results from the cache does not wait for it."""
    program = "import sys, detente.model.simulate, detente.model.paired_simulation; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_parallel_jit_serialises_threads() -> None:
    """Threads that call a parallel loop at once run one by one and get the single-threaded result."""
    x = np.arange(100_000, dtype=float)
    outs = [np.zeros_like(x) for _ in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda out: double_values(x, out), outs))
    assert all((out == 2 * x).all() for out in outs)
