"""How often `measures/count_change.py` finds a rise where there is none, and how often its limits hold the truth.

    .venv/bin/python studies/count_change.py [--write]

Made counts: 60 months on either side of a break, negative binomial with mean 10 and dispersion 3, times a level whose logarithm
follows an AR(1) with standard deviation 0.4 and monthly correlation as given. A true ratio of 1 (false rises at a nominal 5 %,
one side) and of 3 (limits of 95 % that hold it). 2,000 worlds each, seed 7.

Then UCDP's events in Pakistan: the ratio at the takeover of August 2021, with the break half a year earlier and later, with final
figures alone, and every other month since 1993 taken as a break.
"""

import sys
from datetime import date
from pathlib import Path

import numpy as np

from detente.cases.case_file import load_case_file
from detente.cases.load import load_case_data
from detente.core.rng import make_rng
from detente.measures.count_change import measure_count_change
from detente.measures.yardstick import source_figures

OUT = Path(__file__).parents[1] / "docs/replications/count_change.md"
WORLDS, MONTHS, SPREAD = 2000, 60, 0.4


def made_counts(rng: np.random.Generator, correlation: float, ratio: float) -> np.ndarray:
    n = 2 * MONTHS + 1
    level = np.empty(n)
    level[0] = rng.normal(0, SPREAD)
    for t in range(1, n):
        level[t] = correlation * level[t - 1] + rng.normal(0, SPREAD * np.sqrt(1 - correlation**2))
    mean = 10 * np.exp(level) * np.where(np.arange(n) > MONTHS, ratio, 1.0)
    size = mean / 2  # variance 3 times the mean
    return rng.poisson(rng.gamma(size, mean / size))


def measure_worlds() -> list[str]:
    rng = make_rng(7)
    lines = ["| monthly correlation | rises found where there is none (nominal 5 %) | 95 % limits that hold a ratio of 3 |", "| ---: | ---: | ---: |"]
    for correlation in (0.0, 0.5, 0.8, 0.9, 0.95):
        false = held = 0
        for _ in range(WORLDS):
            false += measure_count_change(made_counts(rng, correlation, 1.0), MONTHS, MONTHS).probability > 0.95
            c = measure_count_change(made_counts(rng, correlation, 3.0), MONTHS, MONTHS)
            held += c.low <= 3 <= c.high
        lines.append(f"| {correlation:g} | {false / WORLDS:.1%} | {held / WORLDS:.1%} |")
    return lines


def measure_flagship() -> list[str]:
    figures = source_figures(load_case_data(load_case_file("pakistan-afghanistan")))
    assert figures is not None
    of = figures.monthly("PAK")
    y, months = np.array([m.events for m in of]), [m.month for m in of]
    final = y[: sum(not m.provisional for m in of)]
    lines = ["| break | figures | months on either side | before | after | ratio | 95 % limits |", "| --- | --- | ---: | ---: | ---: | ---: | --- |"]
    at = months.index(date(2021, 8, 1))
    reach = len(y) - 1 - at
    for name, counts, shift in (("February 2021", y, -6), ("August 2021", y, 0), ("February 2022", y, 6), ("August 2021", final, 0)):
        n = min(reach, len(counts) - 1 - at - shift)
        c = measure_count_change(counts, at + shift, n)
        kind = "final" if counts is final else "with provisional ones"
        lines.append(f"| {name} | {kind} | {n} | {c.before:,} | {c.after:,} | {c.ratio:.2f} | {c.low:.2f}–{c.high:.2f} |")
    real = measure_count_change(y, at, reach).ratio
    other = [measure_count_change(y, i, reach).ratio for i in range(reach, at - reach)]
    span = f"{months[reach]:%B %Y} to {months[at - reach - 1]:%B %Y}"
    lines += ["", f"Of {len(other)} months from {span} taken as a break, {sum(r >= real for r in other)} "
              f"({np.mean([r >= real for r in other]):.0%}) show a rise as large as that of August 2021."]  # fmt: skip
    return lines


def main(write: bool) -> None:
    table = "\n".join([*measure_worlds(), "", *measure_flagship()])
    print(table)
    if write:
        text = OUT.read_text(encoding="utf-8")
        begin, end = text.index("<!-- table -->"), text.index("<!-- end -->")
        OUT.write_text(f"{text[:begin]}<!-- table -->\n\n{table}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main("--write" in sys.argv)
