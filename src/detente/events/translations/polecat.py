"""POLECAT rows as events: PLOVER as it is. `None` as text means unknown; known on the day of publication."""

from detente.events.sql_translator import Check, Translation, day
from detente.sources.polecat import POLECAT


def _told(name: str) -> str:
    return f"""nullif(nullif(trim("{name}"), ''), 'None')"""


def _not_number(name: str, limit: int) -> str:
    return f"({name} IS NOT NULL AND (NOT coalesce(abs(try_cast({name} AS DOUBLE)) <= {limit}, false) OR contains({name}, '_')))"


FROM_POLECAT = Translation(
    needs=(
        "Event ID", "Event Date", "Event Type", "Event Mode", "Contexts", "Actor Name", "Actor Country", "Recipient Name",
        "Recipient Country", "City", "District", "Province", "Country", "Latitude", "Longitude", "Publication Date",
        "Intensity", "Event Intensity",
    ),
    typed={
        "first": day("Event Date"),
        "published": day("Publication Date"),
        "lat": _told("Latitude"),
        "lon": _told("Longitude"),
        "land": _told("Country"),
        "strength": f"coalesce({_told('Intensity')}, {_told('Event Intensity')})",
        "who": _told("Actor Name"),
        "whom": _told("Recipient Name"),
    },
    last_day=day("Publication Date"),
    joins='LEFT JOIN types c ON c._type = upper(trim("Event Type")) LEFT JOIN countries_iso3 g ON g._key = upper(land) '
    "LEFT JOIN countries_name h ON h._key = lower(land)",
    checks=(
        Check("Event ID", "\"Event ID\" = ''", "the event has no id", "The row may be damaged: fetch the file again."),
        Check("Event Date", "first IS NULL", "it is not a day of the calendar", "Write it as 2023-10-09."),
        Check("Event Type", "c._type IS NULL", "PLOVER has no such type", "Use one of the sixteen in docs/reference/event-types.md."),
        Check("Publication Date", "\"Publication Date\" NOT IN ('', 'None') AND published IS NULL", "it is not a day of the calendar", "Write it as 2023-10-09."),
        Check("Country", "land IS NOT NULL AND coalesce(g._iso3, h._iso3) IS NULL", "no country has this code or name", "Correct it, or add the name to countries.tsv."),
        Check("Latitude", _not_number("lat", 90), "it is no number of degrees within ±90", "Write decimal degrees: 34.12."),
        Check("Longitude", _not_number("lon", 180), "it is no number of degrees within ±180", "Write decimal degrees: 71.09."),
        Check("Latitude", "lat IS NULL AND lon IS NOT NULL", "only half of the coordinate is given", "Give both, or neither."),
        Check("Longitude", "lon IS NULL AND lat IS NOT NULL", "only half of the coordinate is given", "Give both, or neither."),
        Check("Intensity", _not_number("strength", 10), "it is no number within ±10", "The row may be damaged: fetch the file again."),
    ),
    columns={
        "id": '"Event ID"',
        "known_on": "coalesce(published, _release_day)",
        "first": "first",
        "last": "first",
        "country": "coalesce(g._iso3, h._iso3)",
        "province": _told("Province"),
        "place": f"coalesce({_told('City')}, {_told('District')})",
        "latitude": "try_cast(lat AS DOUBLE)",
        "longitude": "try_cast(lon AS DOUBLE)",
        "geo_precision": f"CASE WHEN {_told('City')} IS NOT NULL THEN 'place' WHEN {_told('District')} IS NOT NULL THEN 'district' WHEN {_told('Province')} IS NOT NULL THEN 'province' ELSE 'country' END",
        "raw_initiators": "CASE WHEN who IS NULL THEN [] ELSE [who] END",
        "raw_recipients": "CASE WHEN whom IS NULL THEN [] ELSE [whom] END",
        "initiator_codes": f"CASE WHEN {_told('Actor Country')} IS NOT NULL THEN [{_told('Actor Country')}] END",
        "recipient_codes": f"CASE WHEN {_told('Recipient Country')} IS NOT NULL THEN [{_told('Recipient Country')}] END",
        "type": "c._type",
        "quad": "c._quad",
        "mode": _told("Event Mode"),
        "context": f"replace({_told('Contexts')}, ';', ' ')",
        "summary": "concat(coalesce(who, 'Somebody'), ': ', lower(c._type), CASE WHEN whom IS NOT NULL THEN concat(' (', whom, ')') END, CASE WHEN land IS NOT NULL THEN concat(', ', land) END, '.')",
        "intensity": "coalesce(try_cast(strength AS DOUBLE), c._weight)",
    },
)  # fmt: skip

FORMATS = {POLECAT: FROM_POLECAT}
