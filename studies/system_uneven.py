"""Effect of uneven reporting coverage: one period with three times the coverage of the rest.

    .venv/bin/python studies/system_uneven.py [runs]

Two actors, b responds to a (W = 0.3), a does not respond to b, about 900 events on 1,500 days, of which a fifth had three
times the coverage (`synthetic.uneven_coverage`), or only b had it (`synthetic.uneven_kind`). The response within 30 days is
estimated twice: once with the true coverage, once as if coverage had been constant. With `one kind`, coverage is told by channel.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

from detente.model.fit import fit_model
from detente.model.summaries import direct_responses
from detente.model.synthetic import uneven_coverage, uneven_kind

OUT = Path("docs/replications/system_uneven.md")


def main(runs: int) -> None:
    lines = ["| three times the coverage | response | coverage | runs | truth | mean of means | 90 % interval holds the truth | found (P over 0.95) |",
             "| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |"]  # fmt: skip
    for what, world, seed in (("all kinds", uneven_coverage, 120), ("one kind", uneven_kind, 130)):
        rows_by_fit: dict[str, list[np.ndarray]] = {"told": [], "not told": []}
        for run in range(runs):
            w = world(np.random.default_rng([seed, run]))
            truth = w.W * (1 - 0.5 ** (30 * w.decay / np.log(2)))
            for name in rows_by_fit:
                told = w.coverage if name == "told" else None
                d = direct_responses(fit_model(w.y, told, rng=np.random.default_rng([seed + 1, run])))
                rows_by_fit[name].append(np.array([d.mean, (d.low <= truth) & (truth <= d.high), d.positive > 0.95]))
        for k, j, response in (
            (1, 0, "b responds to a"),
            (0, 1, "a responds to b"),
            (0, 0, "a responds to itself"),
            (1, 1, "b responds to itself"),
        ):
            for name, rows in rows_by_fit.items():
                mean, held, found = np.mean(rows, axis=0)[:, k, j]
                lines.append(
                    f"| {what} | {response} | {name} | {runs} | {truth[k, j]:.2f} | {mean:.2f} | {held:.0%} | {found:.0%} |"
                )
    print("\n".join(lines))
    OUT.write_text(
        f"# Uneven reporting coverage\n\n{__doc__}\nSeeds: [120, run] and [121, run]; one kind [130, run] and [131, run].\n\n"
        + "\n".join(lines)
        + "\n"
    )


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
