"""UCDP's events and deaths by month and by year in the two states of the flagship, as tables of the package.

    .venv/bin/python studies/ucdp_figures.py ../shared/data [--write]

Months come from three releases, one after the other: country-months of GED 25.1 (January 1989 to December 2024), Candidate
25.01.25.12 (2025), Candidate 26.0.1 (January 2026). A Candidate release is provisional: later releases change it. An event
belongs to the month in which it begins. UCDP does not cover months before 1989: the file's zeros there are left out.

    conflict "all"            state-based, non-state and one-sided violence together
    conflict "state-based"    a government is a party; its deaths are not at hand before 2025
    any other                 UCDP's own name of a conflict, of those that the case compares; at hand from January 2025 on

`known_on` is the latest day on which the release can have been published (`sources/ucdp.py`).

Years are sums of months. For 1989 to 2024 the deaths are checked against the country-year dataset 25.1, which also gives the
lowest and highest estimates and the dyads that were active.
Sources: Davies et al. 2025; Sundberg and Melander 2013; Hegre et al. 2020 (UCDP, CC BY 4.0).
"""

import csv
import io
import sys
from collections import defaultdict
from itertools import product
from pathlib import Path

from detente.sources.ucdp import parse_release_date

OUT = Path(__file__).parents[1] / "src/detente/cases/shipped/pakistan_afghanistan"
CODES = {"Pakistan": "PAK", "Afghanistan": "AFG"}
GED, CANDIDATE_2025, CANDIDATE_2026 = "GED 25.1", "Candidate 25.01.25.12", "Candidate 26.0.1"
FILES = {GED: "GEDEvent_v25_1.csv", CANDIDATE_2025: "GEDEvent_v25_01_25_12.csv", CANDIDATE_2026: "GEDEvent_v26_0_1.csv"}
CONFLICTS = {
    "Afghanistan - Pakistan", "Afghanistan: Government", "Afghanistan: Islamic State", "Pakistan: Balochistan",
    "Pakistan: Government", "Pakistan: Islamic State", "TTP - Civilians",
}  # fmt: skip
MONTH_COLUMNS = ["country", "conflict", "month", "events", "deaths", "release", "status", "known_on"]
YEAR_COLUMNS = [
    "country",
    "year",
    "events",
    "deaths",
    "deaths_low",
    "deaths_high",
    "release",
    "status",
    "known_on",
    "dyads",
]

Row = dict[str, str]


def read_rows(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f))


def describe_release(release: str) -> Row:
    status = "final" if release == GED else "provisional"
    return {"release": release, "status": status, "known_on": str(parse_release_date(FILES[release]))}


def whole(x: str) -> int:
    return int(float(x))


def list_months(data: Path) -> list[Row]:
    out: list[Row] = []
    for r in read_rows(data / "ucdp/country_month_ged25_1.csv"):
        if r["country_iso3"] in CODES.values() and r["year_month"] >= "1989":
            place = {"country": r["country_iso3"], "month": r["year_month"]} | describe_release(GED)
            out.append(
                place | {"conflict": "all", "events": str(whole(r["events"])), "deaths": str(whole(r["deaths_best"]))}
            )
            out.append(place | {"conflict": "state-based", "events": str(whole(r["state_based_events"])), "deaths": ""})
    candidates = [
        (CANDIDATE_2025, [(r, r["date"][:7]) for r in read_rows(data / "ucdp/candidate_2025_seven_columns.csv")]),
        (CANDIDATE_2026, [(r, r["date_start"][:7]) for r in read_rows(data / "ucdp/GEDEvent_v26_0_1.csv")]),
    ]
    for release, rows in candidates:
        months = sorted({m for r, m in rows if m >= ("2026" if release == CANDIDATE_2026 else "2025")})
        counts: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
        for r, month in rows:
            if r["country"] not in CODES or month not in months:
                continue
            country = CODES[r["country"]]
            for conflict in {"all", r["conflict_name"], *(["state-based"] if r["type_of_violence"] == "1" else [])}:
                cell = counts[country, conflict, month]
                cell[0] += 1
                cell[1] += whole(r["best"])
        # A conflict without events in a month has zero events there: the release covers the month.
        for country, conflict, month in product(CODES.values(), ("all", "state-based", *CONFLICTS), months):
            events, deaths = counts[country, conflict, month]
            cell_row = {"country": country, "conflict": conflict, "month": month}
            out.append(cell_row | {"events": str(events), "deaths": str(deaths)} | describe_release(release))
    return sorted(out, key=lambda r: (r["country"], r["conflict"], r["month"]))


def list_years(data: Path, months: list[Row]) -> list[Row]:
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    release = {}
    for r in months:
        if r["conflict"] == "all":
            key = r["country"], r["month"][:4]
            release[key] = r["release"]
            for i, x in enumerate((int(r["events"]), int(r["deaths"]), 1)):
                sums[key][i] += x
    official = {
        (CODES[r["country_cy"]], r["year_cy"]): r
        for r in read_rows(data / "ucdp/organizedviolencecy_v25_1.csv")
        if r["country_cy"] in CODES
    }
    out = []
    for (country, year), (events, deaths, n) in sorted(sums.items()):
        if n < 12:
            continue
        row = {"country": country, "year": year, "events": str(events), "deaths": str(deaths), "deaths_low": "",
               "deaths_high": "", "dyads": "", **describe_release(release[country, year])}  # fmt: skip
        if (country, year) in official:
            r = official[country, year]
            total = "cumulative_total_deaths_in_orgvio_{}_cy"
            if whole(r[total.format("best")]) != deaths:
                raise SystemExit(f"{country} {year}: {deaths} deaths by month, {r[total.format('best')]} by year")
            row |= {
                "deaths_low": str(whole(r[total.format("low")])),
                "deaths_high": str(whole(r[total.format("high")])),
            }
            names = "; ".join(r[f"{kind}_dyad_names_cy"] for kind in ("sb", "ns", "os"))
            row["dyads"] = "; ".join(n for n in names.split("; ") if n not in ("", "NO_DYAD"))
        out.append(row)
    return out


def write_table(rows: list[Row], columns: list[str]) -> str:
    text = io.StringIO()
    table = csv.DictWriter(text, columns, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return text.getvalue()


def main(data: Path, write: bool) -> None:
    months = list_months(data)
    years = list_years(data, months)
    for r in years:
        if r["year"] >= "2022":
            print(r["country"], r["year"], r["events"], r["deaths"], r["release"])
    dyad = [r for r in months if r["conflict"] == "Afghanistan - Pakistan"]
    for year in ("2025-10", "2025"):
        of = [r for r in dyad if r["month"].startswith(year)]
        print("the two states", year, sum(int(r["events"]) for r in of), sum(int(r["deaths"]) for r in of))
    if write:
        (OUT / "ucdp_months.csv").write_text(write_table(months, MONTH_COLUMNS), encoding="utf-8")
        (OUT / "ucdp_years.csv").write_text(write_table(years, YEAR_COLUMNS), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), "--write" in sys.argv)
