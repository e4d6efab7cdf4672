"""Translation of GDELT rows into events. The rows are machine-coded from news.

Actors are CAMEO codes. CAMEO statements (01) have no PLOVER type and are rejected. GDELT reports no deaths. An event is
known on the day its row was added. Rows added together with the same day, actors, code and place are merged and counted.
The coder turns `a year ago` into a date, so a row dated more than 31 days before it was added has a doubt.
"""

from detente.events.cell_forms import CellKinds
from detente.events.sql_translator import RowCheck, Translation, coordinate_checks, day_checks, sql_not_number
from detente.sources.gdelt import GDELT_1, GDELT_1_BEFORE_2013, GDELT_2


def _sql_date(name: str) -> str:
    n = f"try_cast(left({name}, 8) AS INTEGER)"
    return f"try(make_date({n} // 10000, {n} // 100 % 100, {n} % 100))"


def _sql_actor(n: int) -> str:
    return f"CASE WHEN Actor{n}Code <> '' THEN [Actor{n}Code] ELSE [] END"


FROM_GDELT = Translation(
    needs=tuple(
        "GLOBALEVENTID SQLDATE Actor1Code Actor1Name Actor2Code Actor2Name EventCode QuadClass GoldsteinScale "
        "ActionGeo_Type ActionGeo_FullName ActionGeo_CountryCode ActionGeo_Lat ActionGeo_Long ActionGeo_FeatureID DATEADDED "
        "SOURCEURL".split()
    ),
    typed={"first": _sql_date("SQLDATE"), "added": _sql_date("DATEADDED"), "slot": "try_cast(DATEADDED AS BIGINT)"},
    last_day=_sql_date("DATEADDED"),
    joins="LEFT JOIN codes c ON c._source = 'cameo' AND c._code = EventCode "
    "LEFT JOIN countries_fips g ON g._key = ActionGeo_CountryCode",
    checks=(
        RowCheck("GLOBALEVENTID", "coalesce(try_cast(GLOBALEVENTID AS BIGINT), -1) < 0", "it is not an event id of digits", "The row may be damaged: fetch the file again."),
        RowCheck("SQLDATE", "first IS NULL OR length(SQLDATE) <> 8", "it is not a day of the calendar", "GDELT writes 20251009: fetch the file again."),
        *day_checks("SQLDATE", "first", "first"),
        RowCheck("DATEADDED", "added IS NULL OR slot IS NULL OR length(DATEADDED) NOT IN (8, 14)", "it does not say when the row was added", "GDELT writes 20251009143000: fetch the file again."),
        RowCheck("EventCode", "c._code IS NULL", "CAMEO has no such code", "The row may be damaged; codes are listed in docs/reference/codes.md."),
        RowCheck("EventCode", "c._type IS NULL", "PLOVER has no type for a bare statement (CAMEO 01)", "Nothing to mend: it tells no act. Give it a type in codes.tsv if you need it.", final=True),
        RowCheck("QuadClass", "QuadClass NOT IN ('1', '2', '3', '4', '')", "GDELT has no such quad class", "The row may be damaged: fetch the file again."),
        RowCheck("GoldsteinScale", sql_not_number("GoldsteinScale"), "it is not a number", "The row may be damaged: fetch the file again."),
        RowCheck("ActionGeo_Type", "ActionGeo_Type NOT IN ('0', '1', '2', '3', '4', '5', '')", "GDELT has no such kind of place", "The row may be damaged: fetch the file again."),
        *coordinate_checks("ActionGeo_Lat", "ActionGeo_Long"),
    ),
    columns={
        "id": "GLOBALEVENTID",
        "known_on": "added",
        "first": "first",
        "last": "first",
        # An unlisted code leaves the country unknown; the name of the place still contains it.
        "country": "g._iso3",
        "place": "CASE WHEN ActionGeo_Type IN ('3', '4') THEN nullif(ActionGeo_FullName, '') END",
        "province": "CASE WHEN ActionGeo_Type IN ('2', '5') THEN nullif(ActionGeo_FullName, '') END",
        "latitude": "try_cast(ActionGeo_Lat AS DOUBLE)",
        "longitude": "try_cast(ActionGeo_Long AS DOUBLE)",
        "geo_precision": "CASE WHEN ActionGeo_Type IN ('3', '4') THEN 'place' WHEN ActionGeo_Type IN ('2', '5') THEN 'province' ELSE 'country' END",
        "raw_initiators": _sql_actor(1),
        "raw_recipients": _sql_actor(2),
        "type": "c._type",
        "quad": "c._quad",
        "mode": "c._mode",
        "context": "c._context",
        "addresses": "CASE WHEN SOURCEURL <> '' THEN [SOURCEURL] ELSE [] END",
        # concat() skips nulls and is faster than ||.
        "summary": "concat(CASE WHEN Actor1Code = '' THEN 'Somebody' WHEN Actor1Name = '' THEN Actor1Code ELSE Actor1Name END, "
        "': ', c._meaning, CASE WHEN Actor2Code <> '' THEN ' (' END, CASE WHEN Actor2Name = '' THEN Actor2Code ELSE Actor2Name END, "
        "CASE WHEN Actor2Code <> '' THEN ')' END, CASE WHEN ActionGeo_FullName <> '' THEN ', ' END, ActionGeo_FullName, '.')",
        "intensity": "c._intensity",
        "reports": "1",
        "doubts": "CASE WHEN added - first > 31 THEN ['dated ' || (added - first) || ' days before it was added'] "
        "WHEN first > added THEN ['dated after it was added'] END",
    },
    once=False,
    repeats=True,
    extra={
        # Unknown actors count as the same actor only within one page.
        "_key": "hash(DATEADDED, SQLDATE, Actor1Code, Actor2Code, EventCode, ActionGeo_Type, ActionGeo_FullName, "
        "ActionGeo_FeatureID, CASE WHEN Actor1Code = '' OR Actor2Code = '' THEN SOURCEURL END)",
        "_slot": "slot",
        "_address": "hash(SOURCEURL)",
    },
    kinds=CellKinds(
        whole=("GLOBALEVENTID", "SQLDATE", "QuadClass", "ActionGeo_Type", "DATEADDED"),
        decimal=("GoldsteinScale", "ActionGeo_Lat", "ActionGeo_Long"),
        # NA is no code of an actor; of the places it may be one.
        missing=("Actor1Code", "Actor1Name", "Actor2Code", "Actor2Name", "GoldsteinScale", "ActionGeo_Type", "ActionGeo_FullName", "ActionGeo_Lat", "ActionGeo_Long", "SOURCEURL"),
    ),
)  # fmt: skip

FORMATS = {GDELT_2: FROM_GDELT, GDELT_1: FROM_GDELT, GDELT_1_BEFORE_2013: FROM_GDELT}
