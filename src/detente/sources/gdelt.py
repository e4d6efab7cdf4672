"""GDELT event files: 58 columns in 1.0 (57 before April 2013: no address), 61 in 2.0, tab-separated, without a header line.

Source: GDELT Event Codebooks 1.03 and 2.0. Files are daily in 1.0 and appear every 15 minutes in 2.0.
"""

import re
from calendar import monthrange
from datetime import date

from detente.sources.detect import Format

_GEO_COLUMNS = "Type FullName CountryCode ADM1Code ADM2Code Lat Long FeatureID".split()

COLUMNS = (
    *"GLOBALEVENTID SQLDATE MonthYear Year FractionDate".split(),
    *(
        f"{actor}{c}"
        for actor in ("Actor1", "Actor2")
        for c in "Code Name CountryCode KnownGroupCode EthnicCode Religion1Code Religion2Code Type1Code Type2Code "
        "Type3Code".split()
    ),
    *"IsRootEvent EventCode EventBaseCode EventRootCode QuadClass GoldsteinScale NumMentions NumSources NumArticles "
    "AvgTone".split(),
    *(f"{role}Geo_{c}" for role in ("Actor1", "Actor2", "Action") for c in _GEO_COLUMNS),
    "DATEADDED",
    "SOURCEURL",
)

# BigQuery and gdeltPyR write a header line and commas; a query may choose columns.
_ESSENTIAL = ("GLOBALEVENTID", "SQLDATE", "Actor1Code", "Actor2Code", "EventCode", "DATEADDED")
_COLUMNS_1 = tuple(c for c in COLUMNS if not c.endswith("ADM2Code"))

GDELT_2 = Format("gdelt", "GDELT 2.0 events", COLUMNS, header=False, delimiters="\t,", essential=_ESSENTIAL)
GDELT_1 = Format("gdelt", "GDELT 1.0 events", _COLUMNS_1, header=False, delimiters="\t,")
GDELT_1_BEFORE_2013 = Format(
    "gdelt", "GDELT 1.0 events before April 2013", _COLUMNS_1[:-1], header=False, delimiters="\t,"
)


def parse_release_date(name: str) -> date | None:
    """Parse the publication date at the start of a file name; None if there is none.

    Example:
        >>> parse_release_date("20251009143000.export.CSV.zip"), parse_release_date("sample.export.CSV")
        (datetime.date(2025, 10, 9), None)
    """
    match = re.match(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{6})?\.export", name)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def parse_covered_days(name: str) -> tuple[date, date] | None:
    """Parse the first and last day that a file covers from its name; None if it states none.

    Rows carry the day of the event, which a report may place a year or ten before the day on which it was read: a file covers
    the days on which its rows were added, not the days of its events. Files of 1.0 before April 2013 hold a month or a year.

    Example:
        >>> [d.isoformat() for d in parse_covered_days("20251009143000.AFG-PK.export.CSV") or ()]
        ['2025-10-09', '2025-10-09']
        >>> [d.isoformat() for d in parse_covered_days("200602.zip") or ()], parse_covered_days("sample.export.CSV")
        (['2006-02-01', '2006-02-28'], None)
    """
    daily = re.match(r"((?:19|20)\d\d)(\d\d)(\d\d)(?:\d{6})?(?:\.[A-Za-z-]+)?\.export", name)
    historical = re.fullmatch(r"((?:19|20)\d\d)(\d\d)?\.(?:csv|zip)", name, re.IGNORECASE)
    try:
        if daily:
            day = date(*map(int, daily.groups()))
            return day, day
        if historical:
            year, month = int(historical[1]), int(historical[2] or 0)
            return date(year, month or 1, 1), date(year, month or 12, monthrange(year, month or 12)[1])
    except ValueError:
        pass
    return None
