"""Translation of ICEWS rows into events: CAMEO codes, actors by name and country, known on the day of the story.

A two-digit code has lost its leading zero in a spreadsheet; it is rejected, since `10` may be `010` or `10`.
"""

from detente.events.cell_forms import CellKinds
from detente.events.sql_translator import RowCheck, Translation, coordinate_checks, day_checks, sql_date, sql_not_number
from detente.sources.icews import ICEWS

_CODE = '"CAMEO Code"'


def _sql_actor(who: str) -> str:
    return f"""CASE WHEN "{who} Name" IN ('', 'Unspecified Actor') THEN [] ELSE ["{who} Name"] END"""


FROM_ICEWS = Translation(
    needs=(
        "Event ID", "Event Date", "Source Name", "Source Country", "Event Text", "CAMEO Code", "Intensity", "Target Name",
        "Target Country", "City", "District", "Province", "Country", "Latitude", "Longitude",
    ),
    typed={"first": sql_date("Event Date")},
    last_day=sql_date("Event Date"),
    joins=f"LEFT JOIN codes c ON c._source = 'cameo' AND c._code = {_CODE} LEFT JOIN countries_name h ON h._key = lower(trim(Country))",
    checks=(
        RowCheck("Event ID", "\"Event ID\" = ''", "the event has no id", "The row may be damaged: fetch the file again."),
        RowCheck("Event ID", "regexp_full_match(\"Event ID\", '[0-9]+[.,]0+')", "it is a number with decimals", "Write it as 900100."),
        RowCheck("Event Date", "first IS NULL", "it is not a day of the calendar", "Write it as 2015-10-09."),
        *day_checks("Event Date", "first", "first"),
        RowCheck("CAMEO Code", f"length({_CODE}) < 3", "CAMEO's codes have three digits or four", "A spreadsheet may have taken the first zero away: read the file as it was published."),
        RowCheck("CAMEO Code", "c._code IS NULL", "CAMEO has no such code", "A spreadsheet may have taken the first zero away; codes are listed in docs/reference/codes.md."),
        RowCheck("CAMEO Code", "c._type IS NULL", "PLOVER has no type for a bare statement (CAMEO 01)", "Nothing to mend: it tells no act. Give it a type in codes.tsv if you need it.", final=True),
        RowCheck("Intensity", sql_not_number("Intensity"), "it is not a number", "The row may be damaged: fetch the file again."),
        RowCheck("Country", "trim(Country) <> '' AND h._iso3 IS NULL", "no country has this name", "Correct it, or add the name to countries.tsv."),
        *coordinate_checks("Latitude", "Longitude"),
    ),
    columns={
        "id": '"Event ID"',
        "known_on": "first",
        "first": "first",
        "last": "first",
        "country": "h._iso3",
        "province": "nullif(trim(Province), '')",
        "place": "coalesce(nullif(trim(City), ''), nullif(trim(District), ''))",
        "latitude": "try_cast(Latitude AS DOUBLE)",
        "longitude": "try_cast(Longitude AS DOUBLE)",
        "geo_precision": "CASE WHEN trim(City) <> '' THEN 'place' WHEN trim(District) <> '' THEN 'district' WHEN trim(Province) <> '' THEN 'province' ELSE 'country' END",
        "raw_initiators": _sql_actor("Source"),
        "raw_recipients": _sql_actor("Target"),
        "initiator_codes": "CASE WHEN \"Source Country\" <> '' THEN [\"Source Country\"] END",
        "recipient_codes": "CASE WHEN \"Target Country\" <> '' THEN [\"Target Country\"] END",
        "type": "c._type",
        "quad": "c._quad",
        "mode": "c._mode",
        "context": "c._context",
        "summary": "concat(coalesce(nullif(\"Source Name\", ''), 'Somebody'), ': ', c._meaning, CASE WHEN \"Target Name\" <> '' THEN concat(' (', \"Target Name\", ')') END, CASE WHEN Country <> '' THEN concat(', ', Country) END, '.')",
        "intensity": "c._intensity",
    },
    kinds=CellKinds(
        whole=("Event ID",),
        decimal=("Intensity", "Latitude", "Longitude"),
        days=("Event Date",),
        missing=("Source Name", "Source Country", "Target Name", "Target Country", "City", "District", "Province", "Country", "Latitude", "Longitude", "Intensity"),
    ),
)  # fmt: skip

FORMATS = {ICEWS: FROM_ICEWS}
