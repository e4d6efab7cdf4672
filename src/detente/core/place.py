"""Places: name, province, country, optional coordinates, and geographic precision."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

GeoPrecision = Literal["place", "district", "province", "country"]
GEO_PRECISIONS: tuple[str, ...] = get_args(GeoPrecision)

EARTH_RADIUS_KM = 6371.0088  # mean radius (IUGG 1980)


@dataclass(frozen=True, slots=True)
class Place:
    """A place; unknown text is empty and unknown coordinates are None, never 0 and 0.

    `country` is an ISO 3166-1 alpha-3 code. `latitude` and `longitude` are decimal degrees (WGS 84),
    both known or both None. `precision` is the area that the point represents.
    """

    country: str
    province: str = ""
    name: str = ""
    latitude: float | None = None
    longitude: float | None = None
    precision: GeoPrecision = "country"

    @property
    def point(self) -> tuple[float, float] | None:
        """(latitude, longitude), or None where the source gives none."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude

    def format_name(self, countries: Mapping[str, str] | None = None) -> str:
        """Return the most precise known name; `countries` maps codes to country names.

        Example:
            >>> Place("AFG", "Kunar").format_name(), Place("AFG").format_name({"AFG": "Afghanistan"})
            ('Kunar', 'Afghanistan')
        """
        return self.name or self.province or (countries or {}).get(self.country, self.country)


def great_circle_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Compute the distance in km between two (latitude, longitude) points on a sphere.

    Source: the haversine formula; a sphere is within 0.5% of the ellipsoid.

    Example:
        >>> round(great_circle_km((34.53, 69.17), (33.69, 73.05)))   # Kabul to Islamabad
        369
    """
    lat1, lon1, lat2, lon2 = map(math.radians, (*a, *b))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))
