"""ACLED exports: current and older columns, and the list of deleted events.

Source: ACLED Codebook. Its terms forbid redistribution: files stay with the account holder.
"""

from detente.sources.detect import Format

_REQUIRED_COLUMNS = (
    "event_id_cnty event_date year time_precision event_type sub_event_type actor1 actor2 country admin1 admin2 location "
    "latitude longitude geo_precision fatalities"
).split()

ACLED = Format(
    source="acled",
    title="ACLED export",
    required=tuple(_REQUIRED_COLUMNS),
    # data_id, event_id_no_cnty and iso3 are in exports before 2023; the API leaves columns without values out.
    optional=tuple(
        "assoc_actor_1 inter1 assoc_actor_2 inter2 interaction region admin3 source source_scale notes disorder_type "
        "civilian_targeting iso tags timestamp data_id event_id_no_cnty iso3 population_1km population_2km "
        "population_5km population_best".split()
    ),
    delimiters=",;\t",
)

ACLED_DELETED = Format(
    source="acled",
    title="ACLED list of deleted events",
    required=("event_id_cnty", "deleted_timestamp"),
    optional=("data_id",),
    delimiters=",;\t",
)
