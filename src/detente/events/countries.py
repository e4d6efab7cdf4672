"""Country codes and names of the providers, from `countries.tsv`.

UCDP uses Gleditsch-Ward numbers, GDELT FIPS 10-4 codes, ACLED ISO numbers and names, ICEWS names. Bars separate several codes or
names of one country. Former states have their last ISO 3166-3 code: YMD is South Yemen.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Literal

CountryCodeKind = Literal["iso3", "iso2", "iso_number", "gwno", "fips", "name"]


@cache
def load_country_codes(kind: CountryCodeKind) -> dict[str, str]:
    """Load ISO alpha-3 codes by another code, or by lower-case name.

    Example:
        >>> load_country_codes("gwno")["700"], load_country_codes("fips")["TU"], load_country_codes("name")["dr congo (zaire)"]
        ('AFG', 'TUR', 'COD')
    """
    out: dict[str, str] = {}
    for r in _read_table():
        codes = f"{r['name']}|{r['other_names']}".casefold() if kind == "name" else r[kind]
        out |= {code: r["iso3"] for code in codes.split("|") if code}
    return out


def find_country(text: str) -> str | None:
    """Find the ISO alpha-3 code of a country given by any code or name; None if none or several countries have it.

    Example:
        >>> find_country("UA"), find_country("Pakistan"), find_country("770"), find_country("Atlantis")
        ('UKR', 'PAK', 'PAK', None)
    """
    key = text.strip()
    kinds: tuple[CountryCodeKind, ...] = ("iso3", "iso2", "fips", "gwno", "name")
    for kind in kinds:
        code = load_country_codes(kind).get(key.casefold() if kind == "name" else key.upper())
        if code:
            return code
    return None


def find_country_code(iso3: str, kind: CountryCodeKind) -> str | None:
    """Return the first code of a country of some kind; None if it has none.

    Example:
        >>> find_country_code("UKR", "fips"), find_country_code("PAK", "gwno")
        ('UP', '770')
    """
    return next((code for code, country in load_country_codes(kind).items() if country == iso3), None)


@cache
def load_country_names() -> dict[str, str]:
    """Load the display names of countries by ISO alpha-3 code."""
    return {r["iso3"]: r["name"] for r in _read_table()}


def _read_table() -> "csv.DictReader[str]":
    text = files(__package__).joinpath("countries.tsv").read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines(), delimiter="\t")
