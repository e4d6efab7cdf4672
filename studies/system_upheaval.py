"""Detection rate of change points that no named regime covers, with and without a true one.

    .venv/bin/python studies/system_upheaval.py [runs]

Two actors over 1,500 days. `two steps or more` can only be right under the shared background, whose tripling begins on day 600
and ends on day 900. Criticality C means that each actor's event has 0.55 C children of its own kind and 0.45 C of the other's.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from detente.model import synthetic
from detente.model.background import build_background
from detente.model.changepoints import find_changepoints

OUT = Path("docs/replications/system_upheaval.md")


def symmetric_actors(criticality: float) -> Callable[[np.random.Generator], synthetic.SyntheticData]:
    own, other = 0.55 * criticality, 0.45 * criticality
    return lambda rng: synthetic.two_actors(rng, own=own, answer=other, answer_back=other)


def main(runs: int) -> None:
    kinds: dict[str, Callable[[np.random.Generator], synthetic.SyntheticData]] = {
        "plain": synthetic.independent_actors,
        "season of 90 %": lambda rng: synthetic.two_actors(rng, season=0.9),
        "criticality 0.5": symmetric_actors(0.5),
        "criticality 0.7": symmetric_actors(0.7),
        "criticality 0.9, 2,000 events": synthetic.near_critical,
        "shared background, tripling named": synthetic.shared_background,
        "shared background, not named": synthetic.shared_background,
    }
    lines = ["| world | runs | a step or more | two steps or more |", "| --- | ---: | ---: | ---: |"]
    for i, (name, make) in enumerate(kinds.items()):
        n_changepoints = []
        for run in range(runs):
            w = make(np.random.default_rng([108, i, run]))
            named = w.regimes if "tripling named" in name else {}
            n_changepoints.append(len(find_changepoints(w.y, w.coverage, build_background(len(w.y), named))))
        n = np.array(n_changepoints)
        lines.append(f"| {name} | {runs} | {np.mean(n > 0):.0%} | {np.mean(n > 1):.0%} |")
        print(lines[-1], flush=True)
    seeds = "\nSeeds: [108, world, run], used for nothing else.\n\n"
    OUT.write_text("# Upheavals that nobody named\n\n" + (__doc__ or "") + seeds + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 200)
