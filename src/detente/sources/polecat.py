"""POLECAT files: 40 tab-separated columns with PLOVER types, modes and contexts.

Source: Halterman et al. 2023, PLOVER and POLECAT, Harvard Dataverse. Some files name the fifth column
`Event Intensity`.
"""

from detente.sources.detect import Format

COLUMNS = (
    "Event ID", "Event Date", "Event Type", "Event Mode", "Intensity", "Quad Code", "Contexts", "Actor Name",
    "Actor Country", "Actor COW", "Primary Actor Sector", "Actor Sectors", "Actor Title", "Actor Name Raw",
    "Wikipedia Actor ID", "Recipient Name", "Recipient Country", "Recipient COW", "Primary Recipient Sector",
    "Recipient Sectors", "Recipient Title", "Recipient Name Raw", "Wikipedia Recipient ID", "Placename", "City",
    "District", "Province", "Country", "Latitude", "Longitude", "GeoNames ID", "Raw Placename", "Feature Type",
    "Source", "Publication Date", "Story People", "Story Organizations", "Story Locations", "Language", "Version",
)  # fmt: skip

POLECAT = Format(
    source="polecat",
    title="POLECAT events",
    required=tuple(c for c in COLUMNS if c != "Intensity"),
    optional=("Intensity", "Event Intensity"),
    delimiters="\t,",
)
