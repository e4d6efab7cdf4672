"""Which releases say anything of a case's days: an extract of other countries does not.

UCDP publishes the events of all countries, so its file of a month without an event of the case is a quiet month. A file
that somebody cut to other countries, or made, looks like such a month and is none. A release of UCDP or ACLED covers days
of a case if

- a row of it concerns the case, or
- the filter in its name, from UCDP's API, asks for one of the case's countries or for all, or
- its name is one that UCDP gives to its releases, such as `GEDEvent_v26_0_1.csv` or `ged251-csv.zip`.

Otherwise its days are unknown for the case, not quiet. Files that the case file names are the case's own, and cover
their days. The other sources publish by day or year for all countries.
"""

import re

from detente.cases.case_file import CaseFile
from detente.events.countries import load_country_codes
from detente.events.release_units import EXTRACT_SOURCES
from detente.sources.ucdp import parse_api_filter

# The second part allows for a browser's copy, such as `ged251-csv (1).zip`.
PUBLISHED_NAME = re.compile(
    r"(?:gedevent_v\d\d[\d_.]*\d|ged\d{3}(?:[-_](?:csv|tsv|xlsx?|rds|dta))?)(?: ?\(\d+\))?(?:\.[a-z]+)*"
)


def is_published_name(release: str) -> bool:
    """Return whether UCDP gives its releases such a name.

    Example:
        >>> is_published_name("GEDEvent_v26_0_1.csv"), is_published_name("practice.csv")
        (True, False)
    """
    return PUBLISHED_NAME.fullmatch(release.lower()) is not None or parse_api_filter(release) is not None


def covers_case(case: CaseFile, source: str, release: str, *, concerns: bool) -> bool:
    """Return whether a release says anything of the case's days, by the rule of this module.

    Args:
        concerns: whether a row of the release concerns the case.

    Example:
        >>> from detente.cases.case_file import load_case_file
        >>> case = load_case_file("turkiye-iraq-pkk")
        >>> [covers_case(case, "ucdp", n, concerns=False) for n in ("practice.csv", "ged251_mali.csv", "ged251-csv.zip")]
        [False, False, True]
    """
    if concerns or source not in EXTRACT_SOURCES:
        return True
    if source != "ucdp":
        return False
    if api := parse_api_filter(release):
        codes = load_country_codes("gwno")
        asked = {codes.get(n, n) for n in api[0]}
        return not asked or not asked.isdisjoint(case.countries.values())
    return is_published_name(release)
