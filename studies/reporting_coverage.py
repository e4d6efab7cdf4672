"""Reporting coverage of each window of the chronology, by kind of deadly event, compared with UCDP.

    .venv/bin/python studies/reporting_coverage.py ../shared/data

For each window the packaged chronology's events of a kind are divided by UCDP's events of the nearest kind over the same
months (country-months of GED 25.1 to December 2024, then Candidate 25.01.25.12, then Candidate 26.0.1 for January
2026). The ratio to the reference window, with an exact interval, is the `coverage` of the case file.

    kind                  chronology                               UCDP
    in general            force in Pakistan with 5 or more deaths   events in Pakistan, all types
    attack                attacks with 5 or more deaths             events in Pakistan, all types
    operation             operations with 5 or more deaths          events in Pakistan, all types
    strike and clash      those with a reported death               events of the dyad of the two states
    restraint             the force in it                           state-based events in Afghanistan

UCDP names no initiator, so attacks and operations have the same yardstick: their ratio is right if UCDP's mix of the two
stayed the same. Dyads by month are at hand from January 2025 on only. Kinds without deaths have no yardstick.
Sources: Davies et al. 2025, Hegre et al. 2020 (UCDP, CC BY 4.0).
"""

import csv
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from scipy.stats import binomtest

from detente.cases.case_file import load_case_file
from detente.cases.load import CaseData, load_case_data
from detente.events.event import Event

WINDOWS = [
    ("2021-09", "2022-12"),
    ("2023-01", "2024-06"),
    ("2024-07", "2025-09"),
    ("2025-10", "2025-12"),
    ("2026-01", "2026-01"),
]
REFERENCE = 2
FIRST_DYAD_MONTH = "2025-01"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def read_ucdp(data: Path) -> Counter[tuple[str, str]]:
    """Count UCDP events by yardstick and month."""
    out: Counter[tuple[str, str]] = Counter()
    for r in rows(data / "ucdp/country_month_ged25_1.csv"):
        if r["country_iso3"] == "PAK":
            out["Pakistan", r["year_month"]] += int(float(r["events"]))
        if r["country_iso3"] == "AFG":
            out["Afghanistan, state-based", r["year_month"]] += int(float(r["state_based_events"]))
    candidates = [(r, r["date"][:7]) for r in rows(data / "ucdp/candidate_2025_seven_columns.csv")]
    candidates += [
        (r, r["date_start"][:7]) for r in rows(data / "ucdp/GEDEvent_v26_0_1.csv") if r["date_start"] >= "2026"
    ]
    for r, month in candidates:
        out["Pakistan", month] += r["country"] == "Pakistan"
        out["Afghanistan, state-based", month] += r["country"] == "Afghanistan" and r["type_of_violence"] == "1"
        out["the two states", month] += r["conflict_name"] == "Afghanistan - Pakistan"
    return out


def deaths(e: Event) -> int:
    t = e.tolls
    return t.best if t.best is not None else t.low or 0


def kinds(g: CaseData) -> list[tuple[str, str, str, Callable[[Event], bool]]]:
    """Return name, yardstick, first month and selection of each kind."""

    def of(*channels: str, least: int) -> Callable[[Event], bool]:
        return lambda e: g.channel(e) in channels and deaths(e) >= least

    return [
        ("in general", "Pakistan", "", lambda e: e.type == "ASSAULT" and e.place.country == "PAK" and deaths(e) >= 5),
        ("attack", "Pakistan", "", of("attack", least=5)),
        ("operation", "Pakistan", "", of("operation", least=5)),
        ("strike and clash", "the two states", FIRST_DYAD_MONTH, of("strike", "clash", least=1)),
        ("restraint", "Afghanistan, state-based", "", lambda e: g.channel(e) == "restraint" and e.type == "ASSAULT"),
    ]


def _add_months(count: Counter[str], first: str, last: str) -> int:
    return sum(n for m, n in count.items() if first <= m <= last)


def main(data: Path) -> None:
    ucdp, g = read_ucdp(data), load_case_data(load_case_file("pakistan-afghanistan"))
    print("| kind | window | chronology | UCDP events | share | coverage (95 %) |")
    print("| --- | --- | ---: | ---: | ---: | --- |")
    for name, yardstick, begin, selected in kinds(g):
        ours = Counter(f"{e.day:%Y-%m}" for e in g.events if selected(e))
        theirs = Counter({m: n for (y, m), n in ucdp.items() if y == yardstick})
        counts = [tuple(_add_months(c, max(a, begin), b) for c in (ours, theirs)) for a, b in WINDOWS]
        k0, n0 = counts[REFERENCE]
        for (a, b), (k, n) in zip(WINDOWS, counts, strict=True):
            if b < begin or not n:
                print(f"| {name} | {a} to {b} | {k} | {n} | | no yardstick |")
                continue
            # Given k + k0 events, k is binomial with odds coverage * n / n0: invert its exact limits.
            ci = binomtest(k, k + k0).proportion_ci(0.95)
            low, high = (p / (1 - p) * n0 / n if p < 1 else float("inf") for p in ci)
            start = max(a, begin)
            print(
                f"| {name} | {start} to {b} | {k} | {n} | {k / n:.4f} | {k / n / (k0 / n0):.2f} ({low:.2f}–{high:.2f}) |"
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
