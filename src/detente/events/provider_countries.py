"""Checks of countries given to a provider: each has codes of its own, and a wrong one finds nothing or another country."""

from detente.events.countries import find_country, find_country_code, load_country_codes, load_country_names
from detente.events.errors import UnknownCountryCode


def check_gdelt_country(code: str) -> str:
    """Check a country of GDELT: two letters are the place in FIPS 10-4, three an actor in CAMEO.

    Returns:
        The code in capitals, with the country's name.

    Raises:
        UnknownCountryCode: the error shows the FIPS code of the country that an ISO code or a name means.

    Example:
        >>> check_gdelt_country("up")
        'UP: place Ukraine'
    """
    key = code.upper()
    kind = "two letters of FIPS 10-4 for a place and three of CAMEO for an actor"
    if len(key) == 2 and (iso3 := load_country_codes("fips").get(key)):
        return f"{key}: place {load_country_names()[iso3]}"
    if len(key) == 3 and key in load_country_codes("iso3"):
        return f"{key}: actor {load_country_names()[key]}"
    meant = find_country(code)
    right = find_country_code(meant, "fips" if len(key) != 3 else "iso3") if meant else None
    raise UnknownCountryCode(code, "GDELT", kind, right, load_country_names()[meant] if meant else "")


def check_ucdp_country(code: str) -> int:
    """Check a country of UCDP's API, a Gleditsch-Ward number.

    Raises:
        UnknownCountryCode: the error shows the number of the country that another code or a name means.

    Example:
        >>> check_ucdp_country("770")
        770
    """
    if code.isascii() and code.isdecimal() and code in load_country_codes("gwno"):
        return int(code)
    meant = None if code.isdecimal() else find_country(code)
    right = find_country_code(meant, "gwno") if meant else None
    name = load_country_names()[meant] if meant else ""
    raise UnknownCountryCode(code, "UCDP", "Gleditsch-Ward numbers", right, name)


def check_acled_country(name: str) -> str:
    """Check a country of ACLED, a name; names that no table knows are left for ACLED to judge.

    Raises:
        UnknownCountryCode: it is a code; the error shows the name.

    Example:
        >>> check_acled_country("Pakistan")
        'Pakistan'
    """
    is_code = (len(name) <= 3 and name.isupper()) or name.isdecimal()
    if not is_code or name.casefold() in load_country_codes("name"):
        return name
    meant = load_country_codes("iso_number").get(name) if name.isdecimal() else find_country(name)
    right = load_country_names()[meant] if meant else None
    raise UnknownCountryCode(name, "ACLED", "names of countries", repr(right) if right else None, right or "")
