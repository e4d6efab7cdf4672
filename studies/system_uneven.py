"""Does denser collection pass for a worse conflict? One stretch collected three times as densely as the rest.

    .venv/bin/python studies/system_uneven.py [runs]

Two actors, b answers a (W = 0.3), a does not answer b, about 900 events on 1,500 days, of which a fifth was collected
three times as densely (`worlds.uneven`). Asked is the response within 30 days, twice: once with the density told, once
as if all days had been watched alike.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

from detente.model.fit import fit_model
from detente.model.summaries import direct_responses
from detente.model.synthetic import uneven_coverage

OUT = Path("docs/replications/system_uneven.md")


def main(runs: int) -> None:
    lines = ["| response | density | runs | truth | mean of means | 90 % interval holds the truth | found (P over 0.95) |",
             "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    kept: dict[str, list[np.ndarray]] = {"told": [], "not told": []}
    for run in range(runs):
        w = uneven_coverage(np.random.default_rng([120, run]))
        truth = w.W * (1 - 0.5 ** (30 * w.decay / np.log(2)))
        for name in kept:
            d = direct_responses(
                fit_model(w.y, w.coverage if name == "told" else None, rng=np.random.default_rng([121, run]))
            )
            kept[name].append(np.array([d.mean, (d.low <= truth) & (truth <= d.high), d.positive > 0.95]))
    for k, j, what in (
        (1, 0, "b answers a"),
        (0, 1, "a answers b"),
        (0, 0, "a answers itself"),
        (1, 1, "b answers itself"),
    ):
        for name, rows in kept.items():
            mean, held, found = np.mean(rows, axis=0)[:, k, j]
            lines.append(f"| {what} | {name} | {runs} | {truth[k, j]:.2f} | {mean:.2f} | {held:.0%} | {found:.0%} |")
    print("\n".join(lines))
    OUT.write_text(f"# Uneven collection\n\n{__doc__}\nSeeds: [120, run] and [121, run].\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
