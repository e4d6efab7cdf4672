"""Reporting coverage of each window of the chronology: deadly attacks in Pakistan compared with UCDP's.

    .venv/bin/python studies/reporting_coverage.py ../shared/data

For each window: the chronology's events in Pakistan with at least five deaths, divided by UCDP's
events in Pakistan over the same months (all types; country-months of GED 25.1 to December 2024, then
Candidate 25.01.25.12, then Candidate 26.0.1 for January 2026). The ratio to the least covered window, with
an exact interval, is the `coverage` of the case file. It measures deadly attacks only: equal coverage of talks and
statements is an assumption.
Sources: Davies et al. 2025, Hegre et al. 2020 (UCDP, CC BY 4.0).
"""

import csv
import sys
from collections import Counter
from pathlib import Path

from scipy.stats import binomtest

WINDOWS = [
    ("2021-09", "2022-12"),
    ("2023-01", "2024-06"),
    ("2024-07", "2025-09"),
    ("2025-10", "2025-12"),
    ("2026-01", "2026-01"),
]
REFERENCE = 2


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def main(data: Path) -> None:
    ucdp: Counter[str] = Counter()
    for r in rows(data / "ucdp/country_month_ged25_1.csv"):
        if r["country_iso3"] == "PAK":
            ucdp[r["year_month"]] += int(float(r["events"]))
    for r in rows(data / "ucdp/candidate_2025_seven_columns.csv"):
        ucdp[r["date"][:7]] += r["country"] == "Pakistan"
    for r in rows(data / "ucdp/GEDEvent_v26_0_1.csv"):
        ucdp[r["date_start"][:7]] += r["country"] == "Pakistan" and r["date_start"] >= "2026"
    ours: Counter[str] = Counter()
    for r in rows(data / "chronology.csv"):
        deaths = int(r["deaths_best"] or r["deaths_low"] or 0)
        ours[r["date_start"][:7]] += r["country"] == "PAK" and r["event_type"] == "ASSAULT" and deaths >= 5
    counts = [tuple(sum(c[m] for m in set(ours) | set(ucdp) if a <= m <= b) for c in (ours, ucdp)) for a, b in WINDOWS]
    k0, n0 = counts[REFERENCE]
    print("| window | chronology, 5+ deaths | UCDP events | share | density (95 %) |")
    print("| --- | ---: | ---: | ---: | --- |")
    for (a, b), (k, n) in zip(WINDOWS, counts, strict=True):
        # Given k + k0 events, k is binomial with odds coverage * n / n0: invert its exact limits.
        ci = binomtest(k, k + k0).proportion_ci(0.95)
        low, high = (p / (1 - p) * n0 / n if p < 1 else float("inf") for p in ci)
        print(f"| {a} to {b} | {k} | {n} | {k / n:.4f} | {k / n / (k0 / n0):.2f} ({low:.2f}–{high:.2f}) |")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
