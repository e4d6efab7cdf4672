"""Countries as providers write them: ISO letters and numbers, Gleditsch-Ward numbers, FIPS codes, names.

The table is `countries.tsv`. UCDP gives Gleditsch-Ward numbers, GDELT FIPS 10-4 codes, ACLED ISO numbers, ICEWS
names. Several codes or names of one country stand between bars. States that are no more keep their last letters (ISO
3166-3): YMD is South Yemen.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal

CountryCodeKind = Literal["iso3", "iso_number", "gwno", "fips", "name"]


@cache
def load_country_codes(kind: CountryCodeKind) -> dict[str, str]:
    """ISO alpha-3 codes by another code, or by name in lower case.

    Example:
        >>> load_country_codes("gwno")["700"], load_country_codes("fips")["TU"], load_country_codes("name")["dr congo (zaire)"]
        ('AFG', 'TUR', 'COD')
    """
    text = files(__package__).joinpath("countries.tsv").read_text(encoding="utf-8")
    out: dict[str, str] = {}
    for r in csv.DictReader(text.splitlines(), delimiter="\t"):
        told = f"{r['name']}|{r['other_names']}".casefold() if kind == "name" else r[kind]
        out |= {word: r["iso3"] for word in told.split("|") if word}
    return out


@cache
def load_country_names() -> dict[str, str]:
    """The name by which we call a country, by its ISO alpha-3 code."""
    text = files(__package__).joinpath("countries.tsv").read_text(encoding="utf-8")
    return {r["iso3"]: r["name"] for r in csv.DictReader(text.splitlines(), delimiter="\t")}
