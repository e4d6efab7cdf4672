"""The tables of codes and countries, compared with the providers' publications."""

import csv
import re
from pathlib import Path

import pytest

from detente.events.countries import load_country_codes
from detente.events.crosswalk import load_crosswalk
from detente.events.plover import event_types
from detente.sources.chronology_schema import MODES

SHARED = Path(__file__).parents[3] / "shared/data"

# PLOVER's mode by the mode of the chronology's codebook, where the two differ.
PLOVER_MODES = {
    "third-party-talks": "third-party", "talks": "", "artillery": "heavy-weapons", "airstrike": "heavy-weapons", "drone-strike": "heavy-weapons",
}  # fmt: skip


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip("needs the folder ../shared/data")
    return SHARED / name


def test_cameo_codes_match_published_table() -> None:
    """CAMEO codes map to PLOVER as in the published table."""
    text = shared("plover/CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    published = {}
    for line in text.splitlines():
        if found := re.match(r"(\d{3,4}): *([A-Z]+) *,([^,#]*),([^#]*)", line):
            published[found[1]] = (found[2], found[3].strip(), " ".join(found[4].replace(";", " ").split()))
    assert len(published) > 240
    # Violent repression: the published line has a context in place of the mode.
    assert published.pop("175") == ("ASSAULT", "pro_autocracy", "military")
    for code, expected in published.items():
        c = load_crosswalk()["cameo", code]
        assert (c.type, PLOVER_MODES.get(c.mode, c.mode), c.context) == expected, code
    ours = {c.code for c in load_crosswalk().values() if c.source == "cameo" and len(c.code) > 2}
    # The table has no statements and appeals; 1951 and 1952 are from later CAMEO editions.
    assert {c for c in ours - set(published) if not c.startswith(("01", "02"))} == {"175", "1951", "1952"}


def test_goldstein_weights_match_gdelt() -> None:
    """The weights are those in GDELT files."""
    with shared("gdelt/sample.export.CSV").open(encoding="utf-8") as f:
        weights = {(r[26], float(r[30])) for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r[30]}
    assert len(weights) > 140
    assert {(c, w) for c, w in weights if load_crosswalk()["cameo", c].intensity != w} == set()


def test_crosswalk_codes_have_type_or_none() -> None:
    """Every code has a PLOVER type or states that there is none."""
    assert {c.type for c in load_crosswalk().values()} == {*event_types(), None}
    assert all(c.meaning for c in load_crosswalk().values())
    assert all(c.intensity is not None for c in load_crosswalk().values() if c.type)


def test_crosswalk_modes_match_their_type() -> None:
    """The codebook's modes are used for their own type."""
    types = {m: t for t, modes in MODES.items() for m in modes.split()}
    assert {(c.mode, c.type) for c in load_crosswalk().values() if c.mode in types and types[c.mode] != c.type} <= {
        ("ban", "THREATEN"),
        ("withdraw", "SANCTION"),
    }


def test_ucdp_countries_match_by_number_and_name() -> None:
    """UCDP's numbers and names give the same country."""
    with shared("ucdp/organizedviolencecy_v25_1.csv").open(newline="", encoding="utf-8") as f:
        countries = {(r["country_id_cy"], r["country_cy"]) for r in csv.DictReader(f)}
    assert len(countries) > 190
    for number, name in countries:
        assert load_country_codes("gwno")[number] == load_country_codes("name")[name.casefold()], name


def test_gdelt_countries_match_by_code_and_name() -> None:
    """GDELT's codes and names give the same country."""
    with shared("gdelt/sample.export.CSV").open(encoding="utf-8") as f:
        rows = [r for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r[53]]
    countries = {(r[53], r[52].split(", ")[-1]) for r in rows}
    assert len(countries) > 100
    # Names such as `Bahamas, The` contain a comma.
    ambiguous = {"The", "Republic Of", "Virgin Islands"}
    assert {
        (c, n)
        for c, n in countries
        if n not in ambiguous and load_country_codes("fips")[c] != load_country_codes("name").get(n.casefold())
    } == set()
