"""A small case of other countries than the flagship's, from a made UCDP file: Kenya, Somalia and Al-Shabaab in one month."""

from pathlib import Path

from detente.api.case import Case, open_case
from support.provider_rows import change_row, encode_file, make_rows

TEXT = """
id = "kenya-somalia"
title = "Kenya, Somalia and Al-Shabaab"
question = "How does the violence between Kenya and Al-Shabaab affect relations with Somalia?"
from = 2026-01-01
to = 2026-01-31

[countries]
target = "KEN"
host = "SOM"

[country_names]
KEN = "Kenya"
SOM = "Somalia"

[names]
target = "Kenya"
host = "Somalia"
host_government = "the Somali authorities"
group = "Al-Shabaab"
border = "the border of Kenya and Somalia"

[[demands]]
key = "relations"
title = "How the violence destabilises relations"
asks = "How does the violence destabilise relations between the two states?"
claims = ["linkage", "safe_haven", "trust", "sovereignty", "spillover"]

[[brought]]
source = "ucdp"
files = ["GEDEvent_v26_0_1.csv"]
where = "Made for a test."

[[windows]]
name = "January 2026"
from = 2026-01-01
coverage = 1.0
basis = "Made for a test."

[[rules]]
channel = "attack"
initiators = "target+group"
recipients = "-"
types = "ASSAULT"
soil = "target"
why = "the source does not say who began"

[[cast]]
key = "KEN"
name = "Kenya"
role = "target"
[cast.aliases]
ucdp = ["Government of Kenya"]

[[cast]]
key = "SOM"
name = "Somalia"
role = "host"
[cast.aliases]
ucdp = ["Government of Somalia"]

[[cast]]
key = "AL_SHABAAB"
name = "Al-Shabaab"
role = "group"
[cast.aliases]
ucdp = ["Al-Shabaab"]

[[cast]]
key = "KEN_CIV"
name = "people in Kenya"
role = "civilians"
of = "target"
[cast.aliases]
ucdp = [{ name = "Civilians", in = "KEN" }]

[[cast]]
key = "UNK"
name = "unknown"
role = "unknown"
[cast.aliases]
ucdp = ["XXX*"]
"""
KENYA = {
    "country": "Kenya", "country_id": "501", "side_a": "Government of Kenya", "adm_1": "Garissa county", "adm_2": "Garissa",
    "where_coordinates": "Garissa town", "latitude": "-0.45", "longitude": "39.65",
}  # fmt: skip
SOMALIA = {
    "country": "Somalia", "country_id": "520", "side_a": "Government of Somalia", "adm_1": "Lower Juba region", "adm_2": "Kismayo",
    "where_coordinates": "Kismayo town", "latitude": "-0.36", "longitude": "42.54",
}  # fmt: skip


def write_other_case(folder: Path) -> Path:
    """Write the case file and its data file; return the case file's path."""
    rows = []
    for i, row in enumerate(make_rows("ucdp-49", 8)):
        day = f"2026-01-{3 * i + 2:02d} 00:00:00.000"
        place = KENYA if i % 2 else SOMALIA
        days = {"year": "2026", "date_start": day, "date_end": day, "side_b": "Al-Shabaab", "region": "Africa"}
        rows.append(change_row("ucdp-49", row, **place, **days, dyad_name=f"{place['side_a']} - Al-Shabaab"))
    (folder / "GEDEvent_v26_0_1.csv").write_bytes(encode_file("ucdp-49", rows))
    path = folder / "kenya-somalia.toml"
    path.write_text(TEXT, encoding="utf-8")
    return path


def open_other_case(folder: Path) -> Case:
    """Open the case of the two files."""
    return open_case(str(write_other_case(folder)), store=None, compare=False)
