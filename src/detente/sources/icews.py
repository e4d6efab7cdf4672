"""ICEWS yearly files: 20 columns, tab-separated.

Source: Boschee et al. 2015, ICEWS Coded Event Data, Harvard Dataverse. Rows may not be redistributed.
"""

from detente.sources.detect import Format

ICEWS = Format(
    source="icews",
    title="ICEWS coded events",
    required=(
        "Event ID", "Event Date", "Source Name", "Source Sectors", "Source Country", "Event Text", "CAMEO Code",
        "Intensity", "Target Name", "Target Sectors", "Target Country", "Story ID", "Sentence Number", "Publisher",
        "City", "District", "Province", "Country", "Latitude", "Longitude",
    ),
    delimiters="\t,",
)  # fmt: skip
