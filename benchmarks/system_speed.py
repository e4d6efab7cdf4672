"""Time of the model: the flagship fit, simulated futures, and fits of 50,000 and 1,000,000 events at day
resolution.

    .venv/bin/python benchmarks/system_speed.py

Each line is the best of three after one run that compiles. The goals are 1 s for the flagship fit and 2 s for
10,000 futures of 180 days and 10 channels on two cores.
"""

import os
import resource
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.measures.counts import daily_counts
from detente.model.fit import fit_model
from detente.model.report import regime_indicators
from detente.model.simulate import simulate_future
from detente.model.synthetic import three_actors

OUT = Path("docs/replications/system_speed.md")


def best(job: Callable[[], object], times: int = 3) -> float:
    job()
    took = []
    for _ in range(times):
        began = time.perf_counter()
        job()
        took.append(time.perf_counter() - began)
    return min(took)


def main() -> None:
    warnings.simplefilter("ignore")
    case = load_case_file("pakistan-afghanistan")
    c = daily_counts(load_case_data(case))
    named = regime_indicators(c, case.regimes)

    def flagship(draws: int = 500) -> object:
        return fit_model(c.y, c.coverage, named, rng=np.random.default_rng(0), channels=c.channels, draws=draws,
                   leave_out_unwatched=True)  # fmt: skip

    s = fit_model(c.y, c.coverage, named, rng=np.random.default_rng(0), channels=c.channels, leave_out_unwatched=True)
    lines = ["| job | best of three, s |", "| --- | ---: |"]
    lines.append(f"| flagship fit, 10 channels, {len(c.y)} days, 500 draws | {best(flagship):.2f} |")
    took = best(lambda: simulate_future(s, 180, np.random.default_rng(0)))
    lines.append(f"| 10,000 futures, 180 days, 10 channels | {took:.2f} |")
    for events, days in ((50_000, 5_000), (1_000_000, 5_000)):
        w = three_actors(events, np.random.default_rng(1), days=days)
        took = best(lambda w=w: fit_model(w.y, rng=np.random.default_rng(0), half_lives=[np.log(2)], harmonics=0), 1)
        lines.append(f"| fit of {w.y.sum():,} events, 3 channels, {days:,} days | {took:.2f} |")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    lines += ["", f"Peak memory of all this: {memory:.2f} GiB. Cores: {os.cpu_count()}."]
    print("\n".join(lines))
    OUT.write_text(f"# Speed\n\n{__doc__}\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
