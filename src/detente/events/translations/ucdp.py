"""Translation of UCDP GED and Candidate rows into events.

State-based and non-state violence name two parties but not the initiator, so both are initiators and there is no
recipient. In one-sided violence, side A killed civilians. An unidentified party keeps its name, `XXX` and a country
number. A row that UCDP is still checking is provisional. If the best number of deaths is outside its bounds, the bounds
are widened and the row has a doubt: rejecting such rows would lose some of the deadliest events. Of its reports, written
`"publisher,day,headline"`, the first one's publisher and day are kept. Headlines and accounts of social networks may name
private persons and are left out.
"""

from detente.events.cell_forms import CellKinds
from detente.events.sql_translator import (
    RowCheck,
    Translation,
    coordinate_checks,
    day_checks,
    sql_date,
    sql_not_whole_number,
)
from detente.sources.ucdp import GED

_POINT = r"^POINT ?\(([-0-9.]+) ([-0-9.]+)\)$"
_FIRST_REPORT = r'^\s*"([^"\n]+?),\s*([0-9]{4}-[0-9]{2}-[0-9]{2}),'
_PERSONAL = "(?i)@|twitter|telegram|facebook|whatsapp|instagram|tiktok|youtube|blog|interview|witness|\\(x\\)|on x$| x$"
_DEATH_COLUMNS = ("low", "best", "high", "deaths_civilians")


def _name_side(column: str, article: str) -> str:
    """The SQL of a side's name in a summary; one that UCDP does not identify is called so, beside its code."""
    return f"CASE WHEN starts_with({column}, 'XXX') THEN concat('{article} unidentified party (', {column}, ')') ELSE {column} END"


FROM_UCDP = Translation(
    needs=tuple(
        "id type_of_violence code_status side_a side_b side_a_new_id side_b_new_id source_article where_prec where_coordinates adm_1 adm_2 "
        "latitude longitude geom_wkt year country country_id event_clarity date_prec date_start date_end deaths_civilians low best "
        "high".split()
    ),
    typed={
        "first": sql_date("date_start"),
        "last": sql_date("date_end"),
        "named": f"regexp_extract(source_article, '{_FIRST_REPORT}', ['publisher', 'day'])",
        **{f"n_{c}": f"try_cast({c} AS BIGINT)" for c in _DEATH_COLUMNS},
    },
    last_day=sql_date("date_end"),
    joins="LEFT JOIN codes c ON c._source = 'ucdp' AND c._code = type_of_violence "
    "LEFT JOIN countries_gwno g ON g._key = country_id LEFT JOIN countries_name h ON h._key = lower(trim(country))",
    checks=(
        RowCheck("id", "NOT regexp_full_match(id, '[0-9]{1,18}')", "it is not an event id of digits", "Restore the number from UCDP's file."),
        RowCheck("type_of_violence", "c._code IS NULL", "UCDP has no such type of violence", "Use 1 (state-based), 2 (non-state) or 3 (one-sided)."),
        RowCheck("date_start", "first IS NULL", "it is not a day of the calendar", "Write it as 2025-10-09 00:00:00.000."),
        RowCheck("date_end", "last IS NULL", "it is not a day of the calendar", "Write it as 2025-10-09 00:00:00.000."),
        RowCheck("date_end", "last < first", "it is before date_start", "Swap or correct the dates."),
        *day_checks("date_start", "first", "last", year="year"),
        RowCheck("date_prec", "NOT regexp_full_match(date_prec, '[0-5]')", "UCDP has no such precision of the day", "Use 1 (the day) to 5 (more than a month)."),
        RowCheck("where_prec", "NOT regexp_full_match(where_prec, '[1-7]')", "UCDP has no such precision of the place", "Use 1 (the place) to 7 (at sea or in the air)."),
        RowCheck("country_id", "g._key IS NULL AND h._key IS NULL", "no country has this Gleditsch-Ward number", "Correct it; country says which is meant."),
        RowCheck("side_a", "trim(side_a) = ''", "nobody is named", "Name the party, or XXX and the country's number if nobody knows."),
        RowCheck("side_b", "trim(side_b) = ''", "nobody is named", "Name the party, or XXX and the country's number if nobody knows."),
        *coordinate_checks("latitude", "longitude"),
        *(RowCheck(c, sql_not_whole_number(c), "it is not a whole number", "Write digits, or nothing if unknown.") for c in _DEATH_COLUMNS),
    ),
    columns={
        "id": "id",
        "first": "first",
        "last": "last",
        # UCDP's start and end already span all possible days; date_prec states why they differ.
        "date_precision": "CASE WHEN date_prec = '1' THEN 'day' WHEN date_prec IN ('2', '3') THEN 'week' "
        "WHEN date_prec IN ('4', '5') THEN 'month' WHEN last - first > 6 THEN 'month' ELSE 'week' END",
        "country": "coalesce(g._iso3, h._iso3)",
        "province": "nullif(trim(adm_1), '')",
        "place": "CASE WHEN where_prec IN ('1', '2') THEN nullif(trim(where_coordinates), '') "
        "WHEN where_prec = '3' THEN nullif(trim(adm_2), '') END",
        "latitude": "try_cast(latitude AS DOUBLE)",
        "longitude": "try_cast(longitude AS DOUBLE)",
        # where_prec 2: within about 25 km of the place; 5: along a road or in a region without borders.
        "geo_precision": "CASE where_prec WHEN '1' THEN 'place' WHEN '2' THEN 'district' WHEN '3' THEN 'district' "
        "WHEN '4' THEN 'province' WHEN '5' THEN CASE WHEN adm_1 <> '' THEN 'province' ELSE 'country' END "
        "ELSE 'country' END",
        "raw_initiators": "CASE WHEN type_of_violence = '3' THEN [side_a] WHEN side_a = side_b THEN [side_a] ELSE [side_a, side_b] END",
        "raw_recipients": "CASE WHEN type_of_violence = '3' THEN [side_b] ELSE [] END",
        "initiator_codes": "CASE WHEN type_of_violence = '3' OR side_a = side_b THEN [side_a_new_id] ELSE [side_a_new_id, side_b_new_id] END",
        "recipient_codes": "CASE WHEN type_of_violence = '3' THEN [side_b_new_id] ELSE NULL END",
        "type": "c._type",
        "quad": "c._quad",
        "mode": "c._mode",
        "context": "c._context",
        "deaths_low": "CASE WHEN n_low IS NOT NULL THEN least(n_low, n_best, n_high) END",
        "deaths_best": "n_best",
        "deaths_high": "CASE WHEN n_high IS NOT NULL THEN greatest(n_low, n_best, n_high) END",
        "civilian_deaths": "n_deaths_civilians",
        # concat() skips nulls and is faster than ||.
        "summary": f"concat({_name_side('side_a', 'An')}, CASE WHEN type_of_violence = '3' THEN ' killed ' ELSE ' and ' END, "
        f"CASE WHEN side_b = 'Civilians' THEN 'civilians' ELSE {_name_side('side_b', 'an')} END, "
        "CASE WHEN type_of_violence = '3' THEN ', ' ELSE ' fought, ' END, where_coordinates, "
        "CASE WHEN where_coordinates <> '' THEN ', ' END, country, CASE WHEN best = '' THEN NULL "
        "WHEN low = best AND high = best THEN '; deaths: ' ELSE '; deaths: best ' END, best, "
        "CASE WHEN low <> '' AND high <> '' AND NOT (low = best AND high = best) THEN concat(', ', low, ' to ', high) END, '.')",
        "first_report": "CASE WHEN try_cast(named.day AS DATE) IS NOT NULL "
        f"AND NOT regexp_matches(trim(named.publisher), '{_PERSONAL}') "
        "THEN concat(trim(named.publisher), ', ', named.day) END",
        "intensity": "c._intensity",
        "provisional": "nullif(code_status, '') <> 'Clear'",
        "doubts": "CASE WHEN nullif(code_status, '') <> 'Clear' OR event_clarity = '2' OR date_prec = '0' OR n_low > n_best OR n_best > n_high "
        "OR n_low > n_high OR g._key IS NULL THEN list_filter(["
        "CASE WHEN nullif(code_status, '') <> 'Clear' THEN code_status END, "
        "CASE WHEN event_clarity = '2' THEN 'told with others, in sum' END, "
        "CASE WHEN date_prec = '0' THEN 'precision of the day not given' END, "
        "CASE WHEN g._key IS NULL THEN concat('the country is taken by its name, since no country has the number ', country_id) END, "
        "CASE WHEN n_low > n_best OR n_best > n_high OR n_low > n_high THEN 'deaths out of order: low ' || low || ', best ' || best || ', high ' || high END"
        "], x -> x IS NOT NULL) END",
    },
    extra={
        "_place_fault": "CASE WHEN geom_wkt = '' OR geom_wkt = concat('POINT (', longitude, ' ', latitude, ')') THEN NULL "
        "WHEN abs(try_cast(regexp_extract(geom_wkt, _POINT, 1) AS DOUBLE) - try_cast(longitude AS DOUBLE)) > 0.01 "
        "OR abs(try_cast(regexp_extract(geom_wkt, _POINT, 2) AS DOUBLE) - try_cast(latitude AS DOUBLE)) > 0.01 "
        "THEN geom_wkt END".replace("_POINT", f"'{_POINT}'"),
    },
    kinds=CellKinds(
        whole=("id", "type_of_violence", "side_a_new_id", "side_b_new_id", "where_prec", "year", "country_id", "event_clarity", "date_prec", *_DEATH_COLUMNS),
        decimal=("latitude", "longitude"),
        days=("date_start", "date_end"),
        missing=("code_status", "side_a", "side_b", "where_coordinates", "adm_1", "adm_2", "latitude", "longitude", "geom_wkt", "year", "country", "event_clarity", *_DEATH_COLUMNS),
    ),
)  # fmt: skip

FORMATS = {GED: FROM_UCDP}
