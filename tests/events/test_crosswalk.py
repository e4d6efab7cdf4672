"""The table of codes and the table of countries, against what providers publish."""

import csv
import re
from pathlib import Path

import pytest

from detente.events.countries import load_country_codes
from detente.events.crosswalk import load_crosswalk
from detente.events.plover import event_types
from detente.sources.chronology_schema import MODES

SHARED = Path(__file__).parents[3] / "shared/data"

# Ours on the left where the chronology's codebook has a word of its own for the act.
OURS = {
    "third-party-talks": "third-party", "talks": "", "artillery": "heavy-weapons", "airstrike": "heavy-weapons", "drone-strike": "heavy-weapons",
}  # fmt: skip


def shared(name: str) -> Path:
    if not (SHARED / name).exists():
        pytest.skip("the folder shared/data is not beside the repository")
    return SHARED / name


def test_cameo_becomes_plover_as_the_published_table_has_it() -> None:
    text = shared("plover/CAMEO2PLOVER-2021.txt").read_text(encoding="utf-8")
    published = {}
    for line in text.splitlines():
        if found := re.match(r"(\d{3,4}): *([A-Z]+) *,([^,#]*),([^#]*)", line):
            published[found[1]] = (found[2], found[3].strip(), " ".join(found[4].replace(";", " ").split()))
    assert len(published) > 240
    # Violent repression: the published line has a context where the mode should stand.
    assert published.pop("175") == ("ASSAULT", "pro_autocracy", "military")
    for code, told in published.items():
        c = load_crosswalk()["cameo", code]
        assert (c.type, OURS.get(c.mode, c.mode), c.context) == told, code
    ours = {c.code for c in load_crosswalk().values() if c.source == "cameo" and len(c.code) > 2}
    # Statements and appeals have no line there; 1951 and 1952 are of CAMEO's later editions.
    assert {c for c in ours - set(published) if not c.startswith(("01", "02"))} == {"175", "1951", "1952"}


def test_goldstein_weights_are_those_that_gdelt_writes() -> None:
    with shared("gdelt/sample.export.CSV").open(encoding="utf-8") as f:
        told = {(r[26], float(r[30])) for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r[30]}
    assert len(told) > 140
    assert {(c, w) for c, w in told if load_crosswalk()["cameo", c].intensity != w} == set()


def test_every_code_has_a_plover_type_or_says_that_there_is_none() -> None:
    assert {c.type for c in load_crosswalk().values()} == {*event_types(), None}
    assert all(c.meaning for c in load_crosswalk().values())
    assert all(c.intensity is not None for c in load_crosswalk().values() if c.type)


def test_modes_of_our_codebook_are_used_for_their_own_type() -> None:
    of = {m: t for t, words in MODES.items() for m in words.split()}
    assert {(c.mode, c.type) for c in load_crosswalk().values() if c.mode in of and of[c.mode] != c.type} <= {
        ("ban", "THREATEN"),
        ("withdraw", "SANCTION"),
    }


def test_countries_of_ucdp_are_found_by_number_and_by_name_alike() -> None:
    with shared("ucdp/organizedviolencecy_v25_1.csv").open(newline="", encoding="utf-8") as f:
        told = {(r["country_id_cy"], r["country_cy"]) for r in csv.DictReader(f)}
    assert len(told) > 190
    for number, name in told:
        assert load_country_codes("gwno")[number] == load_country_codes("name")[name.casefold()], name


def test_countries_of_gdelt_are_found_by_code_as_their_names_say() -> None:
    with shared("gdelt/sample.export.CSV").open(encoding="utf-8") as f:
        told = {(r[53], r[52].split(", ")[-1]) for r in csv.reader(f, delimiter="\t", quoting=csv.QUOTE_NONE) if r[53]}
    assert len(told) > 100
    # `Bahamas, The` and the like are cut by their own comma.
    cut = {"The", "Republic Of", "Virgin Islands"}
    assert {
        (c, n)
        for c, n in told
        if n not in cut and load_country_codes("fips")[c] != load_country_codes("name").get(n.casefold())
    } == set()
