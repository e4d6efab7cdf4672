"""Responses of the flagship case, as fitted.

.venv/bin/python studies/system_flagship.py
"""

from pathlib import Path

import numpy as np

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.claims.context import ClaimContext
from detente.model.report import explain

OUT = Path("docs/replications/system_flagship.md")


def main() -> None:
    case = load_case_file("pakistan-afghanistan")
    context = ClaimContext(load_case_data(case))
    e = explain(context.counts(), case.regimes, rng=np.random.default_rng(0), without_day=len(context.imprecise))
    d, c = e.direct, e.criticality
    lines = [
        f"Criticality {c.median:.2f} ({c.low:.2f} to {c.high:.2f}, 90 %).",
        f"Half-life of a crisis: {e.half_life.median:g} days ({e.half_life.low:g} to {e.half_life.high:g}).",
        "",
        "Responses whose sign has a probability of 95 % or more, of 100 asked: five false ones of each sign",
        "would be expected if there were none at all.",
        "",
        "| after one | within 30 days | expected more | 90 % interval | P(above 0) |",
        "| --- | --- | ---: | --- | ---: |",
    ]
    for k, j in np.argwhere(np.abs(d.positive - 0.5) >= 0.45):
        lines.append(
            f"| {d.channels[j]} | {d.channels[k]} | {d.mean[k, j]:+.2f} | {d.low[k, j]:+.2f} to "
            f"{d.high[k, j]:+.2f} | {d.positive[k, j]:.3f} |"
        )
    lines += ["", *(f"- {w}" for w in e.warnings)]
    print("\n".join(lines))
    OUT.write_text(f"# The flagship case\n\n{__doc__}\nSeed: 0.\n\n" + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
