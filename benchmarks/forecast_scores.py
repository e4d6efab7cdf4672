"""Time of CRPS on a panel the size of VIEWS' (39,000 cases of 1,000 draws), compared with other programs.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install views-evaluation scoringrules numba
    .venv/bin/python benchmarks/forecast_scores.py [/tmp/peers/bin/python]

Draws are negative-binomial counts of size 0.3 and mean 30, seed 1. Each program first runs on 100 cases to warm
up, then is timed, the best of three, in the same run on the same draws. `agree` is the largest relative
difference of its mean from ours. The other programs are installed in a separate environment because this project
does not depend on them.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

CASES, DRAWS = 39_000, 1_000
OUT = Path("docs/replications/forecast_scores.md")


def peers() -> dict[str, Callable[[np.ndarray, np.ndarray], float]]:
    from scoringrules import crps_ensemble
    from views_evaluation.evaluation.native_metric_calculators import calculate_crps_native

    return {
        "views-evaluation": lambda x, y: float(calculate_crps_native(y, x)),
        "scoringrules, numba": lambda x, y: float(
            np.mean(crps_ensemble(y, x, estimator="pwm", sorted_ensemble=False, backend="numba"))
        ),
        "scoringrules, numpy": lambda x, y: float(np.mean(crps_ensemble(y, x, estimator="pwm", backend="numpy"))),
    }


def timed(call: Callable[[np.ndarray, np.ndarray], float], x: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    call(x[:100], y[:100])
    best, score = np.inf, np.nan
    for _ in range(3):
        began = time.perf_counter()
        score = call(x, y)
        best = min(best, time.perf_counter() - began)
    return best, score


def main(python: str | None) -> None:
    from detente.forecast.scores.crps import crps

    rng = np.random.default_rng(1)
    x = rng.negative_binomial(0.3, 0.3 / 30.3, (CASES, DRAWS)).astype(float)
    y = rng.negative_binomial(0.3, 0.3 / 30.3, CASES).astype(float)
    took, ours = timed(lambda a, b: float(crps(a, b).mean()), x, y)
    fair = float(crps(x, y, fair=True).mean())
    lines = ["| program | s | times ours | agree |", "| --- | ---: | ---: | ---: |", f"| détente | {took:.2f} | 1 | |"]
    if python:
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "draws.npz")
            np.savez(path, x=x, y=y)
            run = subprocess.run([python, __file__, "--peers", path], capture_output=True, text=True, check=True)
        for name, (s, mean) in json.loads(run.stdout.splitlines()[-1]).items():
            # scoringrules' "pwm" divides by n (n - 1): it is the fair form.
            apart = abs(mean / (fair if "scoringrules" in name else ours) - 1)
            lines.append(f"| {name} | {s:.2f} | {s / took:.1f} | {apart:.0e} |")
    print("\n".join(lines))
    OUT.write_text(f"# Speed of the scores\n\n{__doc__}\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peers"]:
        data = np.load(sys.argv[2])
        print(json.dumps({n: timed(f, data["x"], data["y"]) for n, f in peers().items()}))
    else:
        main(sys.argv[1] if len(sys.argv) > 1 else None)
