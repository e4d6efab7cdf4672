"""Places that the record and the map of a case know by name, and the province of a point."""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import shapely
from shapely.geometry import shape

from detente.cases.errors import BadCase
from detente.cases.geography import Geography, load_geography
from detente.cases.load import CaseData
from detente.core.place import great_circle_km
from detente.questions.tokenize import fold_text

SAME_PLACE_KM = 15.0  # points with one name up to this distance apart are one place


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A named place: country, province (empty if not known), and a point. `events` counts the record's events there."""

    name: str
    country: str
    province: str
    latitude: float
    longitude: float
    events: int


def list_known_places(g: CaseData) -> tuple[KnownPlace, ...]:
    """List the places of the record's events and the towns of its map, those with most events first.

    Points of one name, country and province are one place if they lie within 15 km; their middle is used.
    """
    points: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for e in g.events:
        if e.place.name and e.place.point and e.place.precision == "place":
            points.setdefault((e.place.name, e.place.country, e.place.province), []).append(e.place.point)
    out = []
    for (name, country, province), at in points.items():
        middle = (median(p[0] for p in at), median(p[1] for p in at))
        if all(great_circle_km(middle, p) <= SAME_PLACE_KM for p in at):
            out.append(KnownPlace(name, country, province, *middle, len(at)))
    named = {fold_text(p.name) for p in out}
    land = find_geography(g)
    for town in land.towns if land else ():
        longitude, latitude = town["geometry"]["coordinates"]
        name = town["properties"]["name"]
        if fold_text(name) not in named:
            country, province = locate_point(land, latitude, longitude) if land else ("", "")
            if country:
                out.append(KnownPlace(name, country, province, latitude, longitude, 0))
    return tuple(sorted(out, key=lambda p: (-p.events, p.name)))


def find_known_places(g: CaseData, name: str, country: str = "", province: str = "") -> tuple[KnownPlace, ...]:
    """Find the known places of a name, whatever its case and accents; a country or province narrows them.

    Example:
        >>> import detente
        >>> g = detente.open("pakistan-afghanistan", store=None).g
        >>> [(p.country, p.province) for p in find_known_places(g, "torkham", country="PAK")]
        [('PAK', 'Khyber Pakhtunkhwa')]
    """
    wanted = fold_text(name)
    return tuple(
        p for p in list_known_places(g)
        if fold_text(p.name) == wanted and country in ("", p.country) and province in ("", p.province)
    )  # fmt: skip


def complete_place(g: CaseData, row: Mapping[str, str]) -> dict[str, str]:
    """Fill in coordinates, country, province and precision of a row where they follow from what is given.

    A name that stands for several places is left as it is: the row is then refused with the reason.
    """
    out = {k: v.strip() for k, v in row.items()}
    if out.get("place") and not out.get("latitude") and out.get("geo_precision", "place") in ("", "place"):
        found = find_known_places(g, out["place"], out.get("country", ""), out.get("admin1", ""))
        if len(found) == 1:
            p = found[0]
            out |= {
                "latitude": f"{p.latitude:g}",
                "longitude": f"{p.longitude:g}",
                "country": p.country,
                "place": p.name,
            }
            out["admin1"] = out.get("admin1") or p.province
    point = _point(out)
    land = find_geography(g)
    if point and land and not (out.get("country") and out.get("admin1")):
        country, province = locate_point(land, *point)
        if country and out.get("country", "") in ("", country):
            out |= {"country": country, "admin1": out.get("admin1") or province}
    if not out.get("geo_precision"):
        out["geo_precision"] = "place" if point else "province" if out.get("admin1") else "country"
    return out


def locate_point(land: Geography, latitude: float, longitude: float) -> tuple[str, str]:
    """Return country and province of a point; empty texts if it lies in none of the map's provinces."""
    at = shapely.Point(longitude, latitude)
    for p in land.provinces:
        if shape(p["geometry"]).covers(at):
            return p["properties"].get("country", ""), p["properties"].get("name", "")
    return "", ""


def find_geography(g: CaseData) -> Geography | None:
    """The geography of a case, or None if it has none."""
    try:
        return load_geography(g.case)
    except BadCase:
        return None


def _point(row: Mapping[str, str]) -> tuple[float, float] | None:
    try:
        return float(row.get("latitude", "")), float(row.get("longitude", ""))
    except ValueError:
        return None
