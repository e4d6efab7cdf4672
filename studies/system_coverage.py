"""Coverage of the 90 % intervals at about 200, 500 and 1,000 events.

    .venv/bin/python studies/system_coverage.py [runs]

Each run draws the true parameters roughly as the prior does (background level and season; one direct
response per pair at the fastest memory, Gaussian with deviation 0.3, accepted where W is stable and positive),
simulates events in continuous time, floors them to days, fits, and checks whether each 90 % interval of
the 30-day response covers the true value. A branching process has no negative responses, so true values are
half-normal: the prior of the fit is wider than their distribution. `too little data` is the share of runs
in which the fit reported it.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

from detente.model.fit import fit_model
from detente.model.summaries import criticality, direct_responses
from detente.model.synthetic import bin_by_day, simulate_hawkes

OUT = Path("docs/replications/system_coverage.md")


def main(runs: int) -> None:
    lines = ["| events | runs | own response | other's response | criticality | too little data | k > 0.7 |",
             "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for events in (200, 500, 1000):
        held, rho, few, k = [], [], [], []
        for run in range(runs):
            rng = np.random.default_rng([106, events, run])
            w = np.ones((2, 2))
            while np.abs(np.linalg.eigvals(w)).max() > 0.9:
                w = np.abs(rng.normal(0, 0.3, (2, 2)))
            t = np.arange(1500)
            shape = 1 + rng.uniform(0, 0.9) * np.cos(2 * np.pi * t / 365.25)
            b = np.repeat((shape / 1500 * events / np.linalg.inv(np.eye(2) - w).sum())[:, None], 2, axis=1)
            y = bin_by_day(*simulate_hawkes(b, w, np.log(2) / 2, rng), 1500, 2)
            s = fit_model(y, rng=rng)
            d, c = direct_responses(s), criticality(s)
            truth = w * (1 - 0.5 ** (30 / 2))
            held.append((d.low <= truth) & (truth <= d.high))
            rho.append(c.low <= np.abs(np.linalg.eigvals(w)).max() <= c.high)
            few.append(bool(s.too_few))
            k.append(np.mean([c.pareto_k > 0.7 for c in s.of]))
        h = np.mean(held, axis=0)
        lines.append(f"| {events} | {runs} | {(h[0, 0] + h[1, 1]) / 2:.1%} | {(h[0, 1] + h[1, 0]) / 2:.1%} | "
                     f"{np.mean(rho):.1%} | {np.mean(few):.1%} | {np.mean(k):.0%} |")  # fmt: skip
        print(lines[-1], flush=True)
    OUT.write_text(
        f"# Coverage of 90 % intervals\n\n{__doc__}\nSeeds: [106, events, run].\n\n" + "\n".join(lines) + "\n"
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
