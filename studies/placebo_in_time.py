"""Pass rate of the circular-shift check with and without a true response.

    .venv/bin/python studies/placebo_in_time.py [runs]

Each run simulates two actors, fits the model and tests whether b responds to a. `as it is` is the statistic of
`claims/checks/circular_shift.py`; `plain slope` is its predecessor: the slope of b's residuals on a's memory, without
removing what the background could explain and without weighting days. A run passes if at most 5 % of shifts show as large a slope.
"""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from detente.model import synthetic
from detente.model.fit import FittedModel, fit_model
from detente.model.partial_residuals import residual_series, residualise
from detente.model.placebo_tests import shifts, slope, t_values

OUT = Path("docs/replications/placebo_in_time.md")


def circular_shift_p(s: FittedModel) -> float:
    t = t_values([(1.0, *residualise(s, "a", "b"))])
    return float((1 + (t[list(shifts(len(t)))] >= t[0]).sum()) / (1 + len(shifts(len(t)))))


def plain_slope_p(s: FittedModel) -> float:
    u, m, d = residual_series(s, "a", "b")
    tried = np.array([slope(u, np.roll(m, i), d) for i in shifts(len(m))])
    return float((1 + (tried >= slope(u, m, d)).sum()) / (1 + len(tried)))


def main(runs: int) -> None:
    kinds: dict[str, tuple[Callable[[np.random.Generator], synthetic.SyntheticData], bool]] = {
        "plain, no response": (synthetic.independent_actors, True),
        "shared background, tripling named, no response": (synthetic.shared_background, True),
        "shared background, not named, no response": (synthetic.shared_background, False),
        "W = 0.3, 500 events": (synthetic.one_sided_response, True),
        "W = 0.3, 900 events, shared background, not named": (
            lambda rng: synthetic.two_actors(rng, events=900, answer=0.3, season=0.9, regime=3.0), False),
    }  # fmt: skip
    lines = ["| world | runs | as it is | plain slope |", "| --- | ---: | ---: | ---: |"]
    for i, (name, (make, named)) in enumerate(kinds.items()):
        passed = []
        for run in range(runs):
            w = make(np.random.default_rng([106, i, run]))
            s = fit_model(w.y, w.coverage, w.regimes if named else None, channels=w.channels,
                    rng=np.random.default_rng([107, i, run]), draws=50)  # fmt: skip
            passed.append([circular_shift_p(s) <= 0.05, plain_slope_p(s) <= 0.05])
        new, old = np.mean(passed, axis=0)
        lines.append(f"| {name} | {runs} | {new:.0%} | {old:.0%} |")
        print(lines[-1], flush=True)
    seeds = "\nSeeds: [106, world, run] and [107, world, run], used for nothing else.\n\n"
    OUT.write_text("# The placebo in time\n\n" + (__doc__ or "") + seeds + "\n".join(lines) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
