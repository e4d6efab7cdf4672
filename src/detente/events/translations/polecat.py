"""Translation of POLECAT rows into events. The text `None` means unknown; events are known on their publication date."""

from detente.events.cell_forms import CellKinds
from detente.events.sql_translator import RowCheck, Translation, day_checks, sql_date
from detente.sources.polecat import POLECAT


def _sql_known_text(name: str) -> str:
    return f"""CASE WHEN trim("{name}") NOT IN ('', 'None', 'NA', 'NULL') THEN trim("{name}") END"""


def _sql_not_number(name: str, limit: int) -> str:
    return f"({name} IS NOT NULL AND (NOT coalesce(abs(try_cast({name} AS DOUBLE)) <= {limit}, false) OR contains({name}, '_')))"


FROM_POLECAT = Translation(
    needs=(
        "Event ID", "Event Date", "Event Type", "Event Mode", "Contexts", "Actor Name", "Actor Country", "Recipient Name",
        "Recipient Country", "City", "District", "Province", "Country", "Latitude", "Longitude", "Publication Date",
        "Intensity", "Event Intensity",
    ),
    typed={
        "first": sql_date("Event Date"),
        "published": sql_date("Publication Date"),
        "lat": _sql_known_text("Latitude"),
        "lon": _sql_known_text("Longitude"),
        "land": _sql_known_text("Country"),
        "strength": f"coalesce({_sql_known_text('Intensity')}, {_sql_known_text('Event Intensity')})",
        "who": _sql_known_text("Actor Name"),
        "whom": _sql_known_text("Recipient Name"),
    },
    last_day=sql_date("Publication Date"),
    joins='LEFT JOIN types c ON c._type = upper(trim("Event Type")) LEFT JOIN countries_iso3 g ON g._key = upper(land) '
    "LEFT JOIN countries_name h ON h._key = lower(land)",
    checks=(
        RowCheck("Event ID", "\"Event ID\" = ''", "the event has no id", "The row may be damaged: fetch the file again."),
        RowCheck("Event Date", "first IS NULL", "it is not a day of the calendar", "Write it as 2023-10-09."),
        *day_checks("Event Date", "first", "first"),
        RowCheck("Event Type", "c._type IS NULL", "PLOVER has no such type", "Use one of the sixteen in docs/reference/event-types.md."),
        RowCheck("Publication Date", "\"Publication Date\" NOT IN ('', 'None') AND published IS NULL", "it is not a day of the calendar", "Write it as 2023-10-09."),
        RowCheck("Country", "land IS NOT NULL AND coalesce(g._iso3, h._iso3) IS NULL", "no country has this code or name", "Correct it, or add the name to countries.tsv."),
        RowCheck("Latitude", _sql_not_number("lat", 90), "it is no number of degrees within ±90", "Write decimal degrees: 34.12."),
        RowCheck("Longitude", _sql_not_number("lon", 180), "it is no number of degrees within ±180", "Write decimal degrees: 71.09."),
        RowCheck("Latitude", "lat IS NULL AND lon IS NOT NULL", "only half of the coordinate is given", "Give both, or neither."),
        RowCheck("Longitude", "lon IS NULL AND lat IS NOT NULL", "only half of the coordinate is given", "Give both, or neither."),
        RowCheck("Intensity", _sql_not_number("strength", 10), "it is no number within ±10", "The row may be damaged: fetch the file again."),
    ),
    columns={
        "id": '"Event ID"',
        "known_on": "coalesce(published, _release_day)",
        "first": "first",
        "last": "first",
        "country": "coalesce(g._iso3, h._iso3)",
        "province": _sql_known_text("Province"),
        "place": f"coalesce({_sql_known_text('City')}, {_sql_known_text('District')})",
        "latitude": "try_cast(lat AS DOUBLE)",
        "longitude": "try_cast(lon AS DOUBLE)",
        "geo_precision": f"CASE WHEN {_sql_known_text('City')} IS NOT NULL THEN 'place' WHEN {_sql_known_text('District')} IS NOT NULL THEN 'district' WHEN {_sql_known_text('Province')} IS NOT NULL THEN 'province' ELSE 'country' END",
        "raw_initiators": "CASE WHEN who IS NULL THEN [] ELSE [who] END",
        "raw_recipients": "CASE WHEN whom IS NULL THEN [] ELSE [whom] END",
        "initiator_codes": f"CASE WHEN {_sql_known_text('Actor Country')} IS NOT NULL THEN [{_sql_known_text('Actor Country')}] END",
        "recipient_codes": f"CASE WHEN {_sql_known_text('Recipient Country')} IS NOT NULL THEN [{_sql_known_text('Recipient Country')}] END",
        "type": "c._type",
        "quad": "c._quad",
        "mode": _sql_known_text("Event Mode"),
        "context": f"replace({_sql_known_text('Contexts')}, ';', ' ')",
        "summary": "concat(coalesce(who, 'Somebody'), ': ', lower(c._type), CASE WHEN whom IS NOT NULL THEN concat(' (', whom, ')') END, CASE WHEN land IS NOT NULL THEN concat(', ', land) END, '.')",
        "intensity": "coalesce(try_cast(strength AS DOUBLE), c._weight)",
    },
    kinds=CellKinds(
        decimal=("Intensity", "Event Intensity", "Latitude", "Longitude"),
        days=("Event Date", "Publication Date"),
    ),
)  # fmt: skip

FORMATS = {POLECAT: FROM_POLECAT}
