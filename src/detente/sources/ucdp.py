"""UCDP GED and Candidate: columns, covered days and publication dates of releases.

Sources: Sundberg & Melander 2013, Journal of Peace Research 50, 523-532 (GED); Hegre et al. 2020, Research &
Politics 7 (Candidate); the codebooks published with the data. CC BY 4.0.
"""

import re
from calendar import monthrange
from datetime import date

from detente.sources.detect import Format

GED = Format(
    source="ucdp",
    title="UCDP GED or Candidate",
    required=tuple(
        "id year active_year type_of_violence conflict_new_id conflict_name dyad_new_id dyad_name side_a_new_id gwnoa "
        "side_a side_b_new_id gwnob side_b number_of_sources source_article source_office source_date "
        "source_headline source_original where_prec where_coordinates adm_1 adm_2 latitude longitude geom_wkt "
        "priogrid_gid country country_id region event_clarity date_prec date_start date_end deaths_a deaths_b "
        "deaths_civilians deaths_unknown low best high".split()
    ),
    optional=tuple(
        "relid code_status conflict_dset_id dyad_dset_id side_a_dset_id side_b_dset_id where_description".split()
    ),
    delimiters=",;\t",
)


def parse_covered_days(name: str) -> tuple[date, date] | None:
    """Parse the first and last covered day from a release name; None if the name has none.

    A monthly Candidate file also contains late events of earlier months; it does not cover those months.

    Example:
        >>> parse_covered_days("GEDEvent_v26_0_1.csv")
        (datetime.date(2026, 1, 1), datetime.date(2026, 1, 31))
        >>> parse_covered_days("ged261-csv.zip"), parse_covered_days("my_events.csv")
        ((datetime.date(1989, 1, 1), datetime.date(2025, 12, 31)), None)
    """
    stem = name.lower()
    if m := re.search(r"v(\d\d)[._]0?(\d{1,2})[._](\d\d)[._]0?(\d{1,2})(?!\d)", stem):
        return _month_range(2000 + int(m[1]), int(m[2]), 2000 + int(m[3]), int(m[4]))
    if m := re.search(r"v(\d\d)[._]0[._](\d{1,2})(?!\d)", stem):
        return _month_range(2000 + int(m[1]), int(m[2]), 2000 + int(m[1]), int(m[2]))
    if m := re.search(r"(?:v|ged)(\d\d)[._]?1(?!\d)", stem):
        return date(1989, 1, 1), date(2000 + int(m[1]) - 1, 12, 31)
    return None


def _month_range(year: int, month: int, last_year: int, last_month: int) -> tuple[date, date] | None:
    if not (1 <= month <= 12 and 1 <= last_month <= 12 and (year, month) <= (last_year, last_month)):
        return None
    return date(year, month, 1), date(last_year, last_month, monthrange(last_year, last_month)[1])


def parse_release_date(name: str) -> date | None:
    """Return the latest possible publication date of a release from its name; None if the name has none.

    Candidate files of a month appear within the next month (Hegre et al. 2020); yearly GED files by the
    end of June of the year in their version. An earlier date would use data that were not yet known.

    Example:
        >>> parse_release_date("GEDEvent_v26_0_1.csv"), parse_release_date("GEDEvent_v25_01_25_12.csv"), parse_release_date("ged261-csv.zip")
        (datetime.date(2026, 2, 28), datetime.date(2026, 1, 31), datetime.date(2026, 6, 30))
        >>> parse_release_date("GEDEvent_v25_0_12.csv"), parse_release_date("my_events.csv")
        (datetime.date(2026, 1, 31), None)
    """
    covered = parse_covered_days(name)
    if covered is None:
        return None
    first, last = covered
    if first == date(1989, 1, 1):
        return date(last.year + 1, 6, 30)
    year, month = (last.year + 1, 1) if last.month == 12 else (last.year, last.month + 1)
    return date(year, month, monthrange(year, month)[1])


def parse_api_filter(name: str) -> tuple[tuple[str, ...], date | None, date | None] | None:
    """Parse the filter in the name that `detente fetch ucdp --api` gives a file; None if it is no such name.

    Returns:
        Gleditsch-Ward numbers (empty: all countries), first and last day (None: no bound).

    Example:
        >>> parse_api_filter("GEDEvent_api_v25_1_countries-770-700_from-2024-01-01.csv")
        (('770', '700'), datetime.date(2024, 1, 1), None)
    """
    if not name.startswith("GEDEvent_api_"):
        return None
    countries = re.search(r"_countries((?:-\d+)+)", name)
    days = {k: re.search(rf"_{k}-(\d{{4}}-\d\d-\d\d)", name) for k in ("from", "to")}
    try:
        first, last = (date.fromisoformat(m[1]) if m else None for m in days.values())
    except ValueError:
        return None
    return tuple(countries[1].strip("-").split("-")) if countries else (), first, last
