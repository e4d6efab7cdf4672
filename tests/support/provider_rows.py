"""Rows of each provider's true format, made up for tests: no row of a provider stands here."""

import csv
import io
import zipfile
from pathlib import Path

from detente.sources.gdelt import COLUMNS as GDELT
from detente.sources.icews import ICEWS
from detente.sources.polecat import COLUMNS as POLECAT
from detente.sources.ucdp import GED

UCDP_49 = (
    "id,relid,year,active_year,code_status,type_of_violence,conflict_dset_id,conflict_new_id,conflict_name,dyad_dset_id,dyad_new_id,"
    "dyad_name,side_a_dset_id,side_a_new_id,side_a,side_b_dset_id,side_b_new_id,side_b,number_of_sources,source_article,"
    "source_office,source_date,source_headline,source_original,where_prec,where_coordinates,where_description,adm_1,adm_2,latitude,"
    "longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,date_prec,date_start,date_end,deaths_a,deaths_b,"
    "deaths_civilians,deaths_unknown,best,high,low,gwnoa,gwnob"
).split(",")
UCDP_42 = (
    "id,year,active_year,type_of_violence,conflict_new_id,conflict_name,dyad_new_id,dyad_name,side_a_new_id,gwnoa,side_a,side_b_new_id,"
    "gwnob,side_b,number_of_sources,source_article,source_office,source_date,source_headline,source_original,where_prec,"
    "where_coordinates,adm_1,adm_2,latitude,longitude,geom_wkt,priogrid_gid,country,country_id,region,event_clarity,date_prec,"
    "date_start,date_end,deaths_a,deaths_b,deaths_civilians,deaths_unknown,low,best,high"
).split(",")
_ACLED_NEW = (
    "event_id_cnty,event_date,year,time_precision,disorder_type,event_type,sub_event_type,actor1,assoc_actor_1,inter1,actor2,"
    "assoc_actor_2,inter2,interaction,civilian_targeting,iso,region,country,admin1,admin2,admin3,location,latitude,longitude,"
    "geo_precision,source,source_scale,notes,fatalities,tags,timestamp"
).split(",")
_ACLED_OLD = (
    "data_id,iso,event_id_cnty,event_id_no_cnty,event_date,year,time_precision,event_type,sub_event_type,actor1,assoc_actor_1,inter1,"
    "actor2,assoc_actor_2,inter2,interaction,region,country,admin1,admin2,admin3,location,latitude,longitude,geo_precision,source,"
    "source_scale,notes,fatalities,timestamp,iso3"
).split(",")

SAMPLE_ROWS: dict[str, dict[str, str]] = {
    "ucdp": {
        "id": "900001", "relid": "PAK-2025-1-404-1", "year": "2025", "active_year": "true", "code_status": "Clear",
        "type_of_violence": "1", "conflict_new_id": "404", "conflict_name": "Pakistan: Government", "dyad_new_id": "874",
        "dyad_name": "Government of Pakistan - TTP", "side_a_new_id": "141", "side_a": "Government of Pakistan",
        "side_b_new_id": "325", "side_b": "TTP", "number_of_sources": "2", "source_article": '"Made, 2025-01-02, a made headline"',
        "source_headline": "A made headline;\nanother, over two lines", "where_prec": "1", "where_coordinates": "Bannu town",
        "adm_1": "Khyber Pakhtunkhwa province", "adm_2": "Bannu district", "latitude": "32.99", "longitude": "70.60",
        "geom_wkt": "POINT (70.60 32.99)", "priogrid_gid": "177982", "country": "Pakistan", "country_id": "770", "region": "Asia",
        "event_clarity": "1", "date_prec": "1", "date_start": "2025-01-02 00:00:00.000", "date_end": "2025-01-02 00:00:00.000",
        "deaths_a": "2", "deaths_b": "3", "deaths_civilians": "0", "deaths_unknown": "0", "best": "5", "high": "7", "low": "4",
        "gwnoa": "770",
    },
    "gdelt": {
        "GLOBALEVENTID": "900000001", "SQLDATE": "20250102", "MonthYear": "202501", "Year": "2025", "FractionDate": "2025.0055",
        "Actor1Code": "PAKMIL", "Actor1Name": "PAKISTANI ARMY", "Actor1CountryCode": "PAK", "Actor2Code": "AFG", "Actor2Name": "KABUL",
        "IsRootEvent": "1", "EventCode": "195", "EventBaseCode": "195", "EventRootCode": "19", "QuadClass": "4",
        "GoldsteinScale": "-10.0", "NumMentions": "4", "NumSources": "1", "NumArticles": "4", "AvgTone": "-5.5",
        "ActionGeo_Type": "4", "ActionGeo_FullName": "Khost, Khowst, Afghanistan", "ActionGeo_CountryCode": "AF",
        "ActionGeo_Lat": "33.34", "ActionGeo_Long": "69.92", "ActionGeo_FeatureID": "-3378435", "DATEADDED": "20250102143000",
        "SOURCEURL": "https://example.org/1",
    },
    "acled": {
        "event_id_cnty": "PAK900001", "event_date": "2025-01-02", "year": "2025", "time_precision": "1", "disorder_type": "Political violence",
        "event_type": "Explosions/Remote violence", "sub_event_type": "Suicide bomb", "actor1": "TTP: Tehreek-i-Taliban Pakistan",
        "inter1": "Rebel group", "actor2": "Police Forces of Pakistan (2024-)", "inter2": "State forces", "interaction": "State forces-Rebel group",
        "iso": "586", "region": "South Asia", "country": "Pakistan", "admin1": "Khyber Pakhtunkhwa", "admin2": "Bannu", "location": "Bannu",
        "latitude": "32.99", "longitude": "70.60", "geo_precision": "1", "source": "Made", "source_scale": "National",
        "notes": 'On 2 January, a "made" event.', "fatalities": "5", "timestamp": "1736553600", "iso3": "PAK", "data_id": "9000001", "event_id_no_cnty": "900001",
    },
    "icews": {
        "Event ID": "900001", "Event Date": "2015-01-02", "Source Name": "Military (Pakistan)", "Source Sectors": "Military,Government",
        "Source Country": "Pakistan", "Event Text": "Use conventional military force", "CAMEO Code": "190", "Intensity": "-10.0",
        "Target Name": "Taliban", "Target Sectors": "Insurgents", "Target Country": "Afghanistan", "Story ID": "1", "Sentence Number": "2",
        "Publisher": "Made", "City": "Peshawar", "Province": "Khyber Pakhtunkhwa", "Country": "Pakistan", "Latitude": "34.0", "Longitude": "71.5",
    },
    "polecat": {
        "Event ID": "20230102-1-a", "Event Date": "2023-01-02", "Event Type": "ASSAULT", "Event Mode": "firearms", "Intensity": "-8.0",
        "Quad Code": "MATERIAL CONFLICT", "Contexts": "military;terrorism", "Actor Name": "Tehrik-i-Taliban", "Actor Country": "PAK",
        "Recipient Name": "Police", "Recipient Country": "PAK", "City": "Bannu", "District": "Bannu", "Province": "Khyber Pakhtunkhwa",
        "Country": "Pakistan", "Latitude": "32.99", "Longitude": "70.60", "Publication Date": "2023-01-03", "Language": "en", "Version": "NGEC",
    },
}  # fmt: skip

# format: (provider, columns, separator, is there a header?)
FORMATS = {
    "ucdp-49": ("ucdp", UCDP_49, ",", True),
    "ucdp-42": ("ucdp", UCDP_42, ",", True),
    "gdelt-2": ("gdelt", list(GDELT), "\t", False),
    "gdelt-1": ("gdelt", [c for c in GDELT if not c.endswith("ADM2Code")], "\t", False),
    "acled-new": ("acled", _ACLED_NEW, ",", True),
    "acled-old": ("acled", _ACLED_OLD, ",", True),
    "icews": ("icews", list(ICEWS.required), "\t", True),
    "polecat": ("polecat", list(POLECAT), "\t", True),
}
assert set(GED.required) | set(GED.optional) == set(UCDP_49)

ID_COLUMNS = {
    "ucdp": "id",
    "gdelt": "GLOBALEVENTID",
    "acled": "event_id_cnty",
    "icews": "Event ID",
    "polecat": "Event ID",
}


def make_rows(form: str, n: int) -> list[list[str]]:
    """n good rows with ids of their own; their kinds of act differ, so that none repeats another."""
    provider, columns, _, _ = FORMATS[form]
    out = []
    for i in range(n):
        row = dict(SAMPLE_ROWS[provider])
        row[ID_COLUMNS[provider]] = row[ID_COLUMNS[provider]][:-3] + f"{i + 100}"
        if provider == "gdelt":
            row["Actor1Code"] = f"PAK{i:03d}"
        out.append([row.get(c, "") for c in columns])
    return out


def change_row(form: str, row: list[str], **values: str) -> list[str]:
    """The row with other values; a column's name is written with _ for a space."""
    columns = FORMATS[form][1]
    out = list(row)
    for name, value in values.items():
        out[columns.index(name if name in columns else name.replace("_", " "))] = value
    return out


def encode_row(form: str, row: list[str]) -> bytes:
    """One row as it stands in a file, with its line end."""
    separator = FORMATS[form][2]
    if separator == "\t":
        return ("\t".join(row) + "\n").encode()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(row)
    return out.getvalue().encode()


def encode_file(form: str, body: list[list[str]]) -> bytes:
    """A whole file."""
    _, columns, _, header = FORMATS[form]
    return b"".join(encode_row(form, r) for r in ([columns, *body] if header else body))


def write_file(folder: Path, form: str, content: bytes) -> Path:
    """The file under a name that says nothing of its day."""
    path = folder / f"{form}.csv"
    path.write_bytes(content)
    return path


def write_zip(path: Path, **members: bytes) -> Path:
    """A zip archive of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in members.items():
            z.writestr(name, content)
    return path
