"""Translation of ACLED rows into events, and of its list of deleted events into withdrawals.

In battles the order of the two actors does not show who initiated, so both are initiators. 0 deaths means that none
were reported, so the number is unknown. If only the month is known, ACLED writes a day in its middle; the event then
spans the whole month. `known_on` is the day of the row's time stamp, its last change.
"""

from detente.events.cell_forms import CellKinds
from detente.events.sql_translator import (
    RowCheck,
    Translation,
    coordinate_checks,
    day_checks,
    sql_column,
    sql_date,
    sql_not_whole_number,
)
from detente.events.vintage import WITHDRAWN_SCHEMA
from detente.sources.acled import ACLED, ACLED_DELETED

# Exports before 2023 write dates as 09 October 2025.
_SQL_DATE = f"coalesce({sql_date('event_date')}, try_strptime(event_date, '%d %B %Y')::DATE, try_strptime(event_date, '%d-%B-%Y')::DATE)"


def _sql_timestamp(name: str) -> str:
    c = sql_column(name)
    return f"CASE WHEN regexp_full_match({c}, '[0-9]{{9,10}}') THEN make_timestamp({c}::BIGINT * 1000000)::DATE END"


FROM_ACLED = Translation(
    needs=tuple(
        "event_id_cnty event_date year time_precision event_type sub_event_type actor1 actor2 iso country admin1 admin2 location "
        "latitude longitude geo_precision fatalities timestamp".split()
    ),
    typed={"event_day": _SQL_DATE, "stamp": _sql_timestamp("timestamp"), "n": "try_cast(fatalities AS BIGINT)"},
    last_day=f"coalesce({_sql_timestamp('timestamp')}, {_SQL_DATE})",
    joins="LEFT JOIN codes c ON c._source = 'acled' AND c._code = event_type || ' > ' || sub_event_type "
    "LEFT JOIN countries_iso_number g ON g._key = iso LEFT JOIN countries_name h ON h._key = lower(country)",
    checks=(
        RowCheck("event_id_cnty", "trim(event_id_cnty) = ''", "the event has no id", "Export the file again with event_id_cnty."),
        RowCheck("event_date", "event_day IS NULL", "it is not a day of the calendar", "Write it as 2025-10-09."),
        *day_checks("event_date", "event_day", "event_day", year="year"),
        RowCheck("time_precision", "time_precision NOT IN ('1', '2', '3')", "ACLED has no such precision of the day", "Use 1 (the day), 2 (the week) or 3 (the month)."),
        RowCheck("sub_event_type", "c._code IS NULL", "ACLED has no such sub-event type under this event type", "Correct the spelling; pairs are listed in docs/reference/codes.md."),
        RowCheck("sub_event_type", "c._type IS NULL", "PLOVER has no type for it", "Nothing to mend: it is no act of one party on another. Give it a type in codes.tsv if you need it.", final=True),
        RowCheck("actor1", "trim(actor1) = ''", "nobody is named", "Name the actor, as ACLED writes unidentified ones too."),
        RowCheck("country", "coalesce(g._iso3, h._iso3) IS NULL", "no country has this name or number", "Correct it, or add the name to countries.tsv."),
        RowCheck("geo_precision", "geo_precision NOT IN ('1', '2', '3')", "ACLED has no such precision of the place", "Use 1 (the place) to 3 (the province)."),
        *coordinate_checks("latitude", "longitude"),
        RowCheck("fatalities", sql_not_whole_number("fatalities"), "it is not a whole number", "Write digits, or nothing if unknown."),
        RowCheck("timestamp", "timestamp <> '' AND stamp IS NULL", "it is not a time in seconds since 1970", "Export the file again."),
    ),
    columns={
        "id": "event_id_cnty",
        "known_on": "coalesce(stamp, _release_day)",
        "first": "CASE WHEN time_precision = '3' THEN date_trunc('month', event_day)::DATE ELSE event_day END",
        "last": "CASE WHEN time_precision = '3' THEN last_day(event_day) ELSE event_day END",
        "date_precision": "CASE time_precision WHEN '1' THEN 'day' WHEN '2' THEN 'week' ELSE 'month' END",
        "country": "coalesce(g._iso3, h._iso3)",
        "province": "nullif(trim(admin1), '')",
        "place": "CASE WHEN geo_precision = '1' THEN nullif(trim(location), '') WHEN geo_precision = '2' THEN nullif(trim(admin2), '') END",
        "latitude": "try_cast(latitude AS DOUBLE)",
        "longitude": "try_cast(longitude AS DOUBLE)",
        "geo_precision": "CASE geo_precision WHEN '1' THEN 'place' WHEN '2' THEN 'district' ELSE 'province' END",
        "raw_initiators": "CASE WHEN event_type = 'Battles' AND actor2 <> '' AND actor2 <> actor1 THEN [actor1, actor2] ELSE [actor1] END",
        "raw_recipients": "CASE WHEN event_type = 'Battles' OR actor2 = '' THEN [] ELSE [actor2] END",
        "type": "c._type",
        "quad": "c._quad",
        "mode": "c._mode",
        "context": "c._context",
        "deaths_best": "nullif(n, 0)",
        "summary": "concat(actor1, ': ', lower(sub_event_type), CASE WHEN actor2 <> '' THEN ' (' END, actor2, "
        "CASE WHEN actor2 <> '' THEN ')' END, ', ', location, ', ', country, CASE WHEN n > 0 THEN '; deaths: ' END, nullif(n, 0), '.')",
        "intensity": "c._intensity",
    },
    kinds=CellKinds(
        whole=("year", "time_precision", "iso", "geo_precision", "fatalities", "timestamp"),
        decimal=("latitude", "longitude"),
        days=("event_date",),
        missing=("year", "actor1", "actor2", "admin1", "admin2", "location", "latitude", "longitude", "fatalities", "timestamp", "iso"),
    ),
)  # fmt: skip

FROM_DELETED = Translation(
    needs=("event_id_cnty", "deleted_timestamp"),
    typed={"stamp": _sql_timestamp("deleted_timestamp")},
    last_day=_sql_timestamp("deleted_timestamp"),
    joins="",
    checks=(
        RowCheck("event_id_cnty", "trim(event_id_cnty) = ''", "the event has no id", "Fetch the list again."),
        RowCheck(
            "deleted_timestamp", "stamp IS NULL", "it is not a time in seconds since 1970", "Fetch the list again."
        ),
    ),
    columns={"id": "event_id_cnty", "known_on": "stamp", "first": "stamp", "withdrawn": "true"},
    schema=WITHDRAWN_SCHEMA,
)

FORMATS = {ACLED: FROM_ACLED, ACLED_DELETED: FROM_DELETED}
